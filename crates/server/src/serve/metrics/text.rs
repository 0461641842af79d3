//! Prometheus' text format, version 0.0.4. It must not know what the figures mean.

use std::fmt::Write as _;

/// Labels and their values.
type Labels = Vec<(&'static str, String)>;

/// A page of metrics.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// A figure that only grows, under labels.
    pub(super) fn counter(&mut self, name: &str, help: &str, values: impl Iterator<Item = (Labels, u64)>) {
        self.head(name, help, "counter");
        for (labels, value) in values {
            self.line(name, &labels, &value.to_string());
        }
    }

    /// A figure that goes up and down.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "gauge");
        self.line(name, &[], &value.to_string());
    }

    /// Figures that go up and down, under labels.
    pub(super) fn gauges(&mut self, name: &str, help: &str, values: impl Iterator<Item = (Labels, u64)>) {
        self.head(name, help, "gauge");
        for (labels, value) in values {
            self.line(name, &labels, &value.to_string());
        }
    }

    /// How often a figure was at most so large; `within` counts those above the bound before.
    pub(super) fn histogram(
        &mut self,
        name: &str,
        help: &str,
        bounds: &[f64],
        within: &[u64],
        (count, sum): (u64, f64),
    ) {
        self.head(name, help, "histogram");
        let bucket = format!("{name}_bucket");
        let mut so_far = 0;
        for (bound, within) in bounds.iter().zip(within) {
            so_far += within;
            self.line(&bucket, &[("le", bound.to_string())], &so_far.to_string());
        }
        // Counts are read one after the other: the whole must not be below its parts.
        let count = count.max(so_far);
        self.line(&bucket, &[("le", "+Inf".to_owned())], &count.to_string());
        self.line(&format!("{name}_sum"), &[], &sum.to_string());
        self.line(&format!("{name}_count"), &[], &count.to_string());
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.0
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &[(&'static str, String)], value: &str) {
        self.0.push_str(name);
        for (at, (label, value)) in labels.iter().enumerate() {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{value}\"", if at == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_what_the_format_asks_for() {
        let mut page = Page::default();
        page.counter(
            "a_total",
            "As.",
            [(vec![("x", "1\"\\\n".to_owned()), ("y", "2".to_owned())], 3)].into_iter(),
        );
        page.gauge("b", "Bs.", 4);
        page.histogram("c", "Cs.", &[0.5, 1.0], &[2, 1], (4, 6.5));
        let expected = "# HELP a_total As.\n# TYPE a_total counter\na_total{x=\"1\\\"\\\\\\n\",y=\"2\"} 3\n\
            # HELP b Bs.\n# TYPE b gauge\nb 4\n\
            # HELP c Cs.\n# TYPE c histogram\nc_bucket{le=\"0.5\"} 2\nc_bucket{le=\"1\"} 3\nc_bucket{le=\"+Inf\"} 4\n\
            c_sum 6.5\nc_count 4\n";
        assert_eq!(page.finish(), expected);
    }
}
