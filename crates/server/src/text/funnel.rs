//! A funnel as text: a bar for each step, with who went on and what became of the others.

use waymark_analysis::questions::funnel::{FunnelResult, StepResult};

use super::{
    bars::bar,
    numbers::{amount, count, counted, share, time},
    style::{MUTED, TITLE, shown, styled},
    table::{Align, table},
};

/// Characters of a full bar.
const BAR: usize = 16;

/// The funnel's steps, and its optional steps beneath.
pub(crate) fn funnel(result: &FunnelResult, title: Option<&str>) -> String {
    let mut text = String::new();
    let name = title.or(result.funnel.as_ref().map(|funnel| funnel.name.as_str()));
    if let Some(name) = name {
        let version = result.funnel.as_ref().and_then(|funnel| funnel.version);
        let version = version.map_or(String::new(), |version| format!(" (version {version})"));
        text.push_str(&format!("{}{}\n", styled(TITLE, shown(name)), styled(MUTED, version)));
    }
    let first = result.steps.first().map_or(0, |step| step.reached);
    let rows: Vec<_> = result.steps.iter().enumerate().map(|(at, step)| row(at, step, first)).collect();
    let value = result.steps.last().map_or(String::new(), |last| {
        let sums = last.value.iter().map(|(currency, minor)| amount(*minor, currency));
        sums.collect::<Vec<_>>().join("; ")
    });
    let noun = noun(result);
    let head = ["", "step", noun, "", "of first", "of previous", "then", "median time"];
    let right = Align::Right;
    text.push_str(&table(&head, &[right, Align::Left, right, Align::Left, right, right], &rows));
    if !value.is_empty() {
        text.push_str(&format!("  {}\n", styled(MUTED, format!("value at the last step {value}"))));
    }
    for step in &result.optional {
        let used = step.used + step.unused;
        text.push_str(&styled(
            MUTED,
            format!(
                "  optional {}: used by {} of {}; completed {} with it, {} without\n",
                shown(&step.label),
                count(step.used),
                counted(used, noun.trim_end_matches('s')),
                count(step.used_completed),
                count(step.unused_completed)
            ),
        ));
    }
    text
}

fn noun(result: &FunnelResult) -> &'static str {
    match result.count {
        "session" => "sessions",
        "pair" => "pairs",
        "total" => "entries",
        _ => "visitors",
    }
}

fn row(at: usize, step: &StepResult, first: u64) -> Vec<String> {
    #[allow(clippy::cast_precision_loss, reason = "for the length of a bar")]
    let of_first = if first > 0 { step.reached as f64 / first as f64 } else { 0.0 };
    let percent = step.share_of_first.as_ref().filter(|_| at > 0).and_then(|rate| rate.share);
    vec![
        (at + 1).to_string(),
        shown(&step.label).to_string(),
        count(step.reached),
        bar(of_first, BAR),
        percent.map_or(String::new(), |share| format!("{:.1} %", share * 100.0)),
        step.share_of_previous.as_ref().map_or(String::new(), share),
        fate(step),
        step.time_from_previous.and_then(|times| times.p50).map_or(String::new(), time),
    ]
}

/// What became of the units that stopped here, and how many came past the step before.
fn fate(step: &StepResult) -> String {
    let counts = [(step.lost, "lost"), (step.in_progress, "in progress"), (step.not_reached, "no further")];
    let stopped = counts
        .iter()
        .filter(|(units, _)| *units > 0)
        .map(|(units, what)| format!("{} {what}", count(*units)));
    let skipped = (step.skipped > 0).then(|| format!("{} skipped to it", count(step.skipped)));
    stopped.chain(skipped).collect::<Vec<_>>().join(", ")
}
