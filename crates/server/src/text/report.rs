//! A report as text: the headline first and alone, everything else visibly beneath it.

use waymark_analysis::{
    QuestionResult,
    questions::overview::{GoalResult, OverviewResult},
};
use waymark_model::Role;

use super::{
    answer::grounds,
    funnel::funnel,
    lints::lints,
    numbers::{count, counted},
    overview::{days, goals, headline, refunds_without_order, totals},
    style::{MUTED, TITLE, WARNING, shown, styled},
    table::{Align, table},
};
use crate::cli::report::Report;

/// Most kinds of events that are listed.
const MOST_EVENTS: usize = 15;

/// The whole report.
pub(crate) fn report(report: &Report) -> String {
    let QuestionResult::Overview(overview) = &report.overview.outcome else { return String::new() };
    let site = &report.overview.site;
    let mut sections = vec![format!("{}  {}", styled(TITLE, shown(site)), totals(&overview.total))];
    sections.push(on_top(report, overview));
    sections.push(refunds_without_order(&overview.total));
    sections.push(beneath(report, overview));
    for (name, answer) in &report.funnels {
        if let QuestionResult::Funnel(result) = &answer.outcome {
            sections.push(funnel(result, Some(&format!("Funnel {name}"))));
        }
    }
    sections.push(lints(&report.lints));
    sections.push(report.overview.grounds.as_ref().map_or(String::new(), grounds));
    sections.retain(|section| !section.is_empty());
    sections.join("\n")
}

fn on_top(report: &Report, overview: &OverviewResult) -> String {
    let by_day = |goal| days(overview.days.as_deref().unwrap_or_default(), goal);
    match overview.total.goals.iter().find(|goal| goal.headline) {
        Some(goal) => format!("{}{}", headline(goal), by_day(Some(&goal.goal.name))),
        None => format!("{}{}{}", styled(WARNING, "No headline yet.\n"), by_day(None), choose(report)),
    }
}

/// What a site without a headline has to choose from.
fn choose(report: &Report) -> String {
    if report.events.is_empty() {
        return String::new();
    }
    let row = |kind: &waymark_analysis::inventory::EventKind| {
        let of = |number: u64, what: &str| {
            if number > 0 { format!("{} {what}", count(number)) } else { String::new() }
        };
        vec![
            shown(&kind.name).to_string(),
            count(kind.events),
            of(kind.with_key, "with an order key"),
            of(kind.with_value, "with a value"),
        ]
    };
    let rows: Vec<_> = report.events.iter().take(MOST_EVENTS).map(row).collect();
    let mut text = table(&["event", "count"], &[Align::Left, Align::Right], &rows);
    if report.events.len() > MOST_EVENTS {
        let hidden = (report.events.len() - MOST_EVENTS) as u64;
        text.push_str(&format!("  {}\n", styled(MUTED, format!("and {} more", counted(hidden, "kind")))));
    }
    if let Some(kind) = report.events.iter().find(|kind| Some(&kind.name) == report.likely_headline.as_ref())
    {
        text.push_str(&suggestion(&report.overview.site, kind));
    }
    text
}

/// A definition to begin with.
fn suggestion(site: &str, kind: &waymark_analysis::inventory::EventKind) -> String {
    let mut lines = vec![
        format!("[[site.{site}.goal]]"),
        format!("name = {:?}", kind.name),
        "role = \"macro\"".to_owned(),
        "headline = true".to_owned(),
    ];
    // Without a key, a reloaded thank-you page must not count again.
    let counting = if kind.with_key > 0 { "key = true" } else { "counting = \"once_per_session\"" };
    lines.push(counting.to_owned());
    lines.extend((kind.with_value > 0).then(|| "value = \"event\"".to_owned()));
    let toml: String = lines.iter().map(|line| format!("    {line}\n")).collect();
    format!(
        "\n`{}` looks like what the site is for. If it is, put this into `waymark.toml` (begin with `waymark goals \
         export`) and apply it with `waymark goals apply waymark.toml`:\n{toml}",
        shown(&kind.name)
    )
}

/// The other goals: macros, milestones in the order of their funnel, secondary actions.
fn beneath(report: &Report, overview: &OverviewResult) -> String {
    let of = |role| {
        let goals = overview.total.goals.iter().filter(move |goal| goal.role == Some(role) && !goal.headline);
        goals.collect::<Vec<&GoalResult>>()
    };
    let place = |goal: &&GoalResult| {
        report.order.iter().position(|step| *step == goal.goal.name).unwrap_or(report.order.len())
    };
    let mut milestones = of(Role::Milestone);
    milestones.sort_by_key(place);
    [
        goals("Other macro goals", &of(Role::Macro)),
        goals("On the way", &milestones),
        goals("Signs of interest", &of(Role::Secondary)),
    ]
    .concat()
}
