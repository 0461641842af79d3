//! The arguments that say what a question is about: its time, its units.

use serde_json::Value;
use waymark_analysis::{Filter, Over, Range};

/// A stretch of time.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "What it is about")]
pub(crate) struct TimeArgs {
    /// From this date in the site's zone, or this RFC 3339 moment [default: the first event].
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// To this date, which is included, or this moment, which is not [default: the last event].
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// The last so many days, today included.
    #[arg(long, value_name = "DAYS", conflicts_with_all = ["from", "to"])]
    last_days: Option<u32>,
}

/// What a question is about.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "What it is about")]
pub(crate) struct OverArgs {
    #[command(flatten)]
    time: TimeArgs,
    /// Only visitors whose first event in the range is like this, `*` standing for anything: `device=mobile`,
    /// `path=/shop/*`. Several must all hold.
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = condition)]
    conditions: Vec<(String, String)>,
    /// Count events of bots, staff and tests too.
    #[arg(long)]
    include_tagged: bool,
}

fn condition(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(of, value)| !of.is_empty() && !value.is_empty());
    let (of, value) = parts.ok_or_else(|| format!("`{text}` is no condition: write `device=mobile`"))?;
    Ok((of.to_owned(), value.to_owned()))
}

impl TimeArgs {
    /// The same as a part of a query; `None` for all there is.
    pub(crate) fn range(&self) -> Option<Range> {
        let range = Range { from: self.from.clone(), to: self.to.clone(), last_days: self.last_days };
        (range != Range::default()).then_some(range)
    }
}

impl OverArgs {
    /// The same as a part of a query.
    pub(crate) fn over(&self) -> Over {
        let filter = (!self.conditions.is_empty()).then(|| {
            let mut filter = Filter::default();
            for (of, value) in &self.conditions {
                filter.conditions.0.insert(of.clone(), Value::from(value.as_str()));
            }
            filter
        });
        Over { range: self.time.range(), filter, include_tagged: self.include_tagged }
    }
}
