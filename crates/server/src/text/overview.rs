//! Goals as text: the headline alone, the others beneath it and visibly less.

use waymark_analysis::{
    ChangeResult, DifferenceResult, Verdict,
    questions::overview::{DayResult, GoalResult, RefundsResult, TotalResult},
};
use waymark_model::Role;

use super::{
    bars::sparkline,
    numbers::{amount, count, counted, rate, share, value},
    style::{HEADLINE, MUTED, TITLE, shown, styled},
    table::{Align, table},
};

/// Characters of a line of days.
const DAYS: usize = 60;

/// What there was in all, in one line.
pub(crate) fn totals(total: &TotalResult) -> String {
    let mut parts = vec![counted(total.visitors, "visitor"), counted(total.sessions, "session")];
    parts.extend((total.users > 0).then(|| counted(total.users, "user")));
    parts.push(counted(total.events, "event"));
    format!("{}\n", parts.join(" · "))
}

/// The headline: its conversions, its rates, its value.
pub(crate) fn headline(goal: &GoalResult) -> String {
    let name = shown(&goal.goal.name);
    let mut text = format!(
        "{}  {}\n",
        styled(HEADLINE, &name),
        styled(HEADLINE, counted(goal.conversions, "conversion"))
    );
    for base in ["visitor", "session", "user"] {
        if let Some(found) = goal.rates.get(base) {
            text.push_str(&format!("  {}\n", rate(found)));
        }
    }
    if !goal.value.is_empty() {
        text.push_str(&format!("  value {}\n", value(&goal.value)));
    }
    text.push_str(&details(goal));
    text
}

/// How it counts, and what that left out.
fn details(goal: &GoalResult) -> String {
    let version = goal.goal.version.map_or("not defined".to_owned(), |version| format!("version {version}"));
    let mut parts = vec![format!("counted {}, {version}", goal.counting.replace('_', " "))];
    parts.push(format!("{} removed", counted(goal.repeats_removed, "repeat")));
    parts.extend((goal.without_key > 0).then(|| format!("{} without key", count(goal.without_key))));
    parts.extend((goal.unattributed > 0).then(|| format!("{} without a visitor", count(goal.unattributed))));
    format!("  {}\n", styled(MUTED, parts.join(" · ")))
}

/// How the rate on visitors changed, in points with its interval, and what can be said of it: `+0.31 [-0.51 to +1.13]`.
fn change(goal: &GoalResult) -> String {
    let change = goal.change.as_ref().and_then(|change| change.get("visitor"));
    let Some(ChangeResult { difference, verdict, .. }) = change else { return String::new() };
    let points = |share: f64| format!("{:+.2}", share * 100.0);
    let by = difference.map_or(String::new(), |DifferenceResult { value, interval }| {
        format!("{} [{} to {}] ", points(value), points(interval.low), points(interval.high))
    });
    match verdict {
        Verdict::Up => format!("{by}up"),
        Verdict::Down => format!("{by}down"),
        Verdict::NoChange => styled(MUTED, format!("{by}no change")),
        Verdict::TooClose => styled(MUTED, format!("{by}too close")),
        Verdict::TooFew => styled(MUTED, format!("{by}too few")),
    }
}

/// How many visitors each time would need to tell the headline's change.
pub(crate) fn needed(goal: &GoalResult) -> String {
    let change = goal.change.as_ref().and_then(|change| change.get("visitor"));
    let needed = change.and_then(|change| change.needed);
    needed.map_or(String::new(), |visitors| {
        let name = shown(&goal.goal.name).to_string();
        let visitors = counted(visitors, "visitor");
        format!(
            "  {}\n",
            styled(MUTED, format!("{name}: about {visitors} in each time would show a change of this size"))
        )
    })
}

/// What there is to know about refunds that have no order; nothing when there are none.
pub(crate) fn refunds_without_order(total: &TotalResult) -> String {
    let RefundsResult { count, value } = &total.refunds_without_order;
    if *count == 0 {
        return String::new();
    }
    let amounts: Vec<String> = value.iter().map(|(currency, minor)| amount(*minor, currency)).collect();
    let stated = if amounts.is_empty() { String::new() } else { format!(" ({})", amounts.join("; ")) };
    let one = *count == 1;
    let (refunds, key, lower) = if one {
        ("refund", "Its order key is", "it lowers")
    } else {
        ("refunds", "Their order keys are", "they lower")
    };
    let count = super::numbers::count(*count);
    format!(
        "  {}\n",
        styled(
            MUTED,
            format!(
                "{count} {refunds} without an order{stated}. {key} missing or unknown, so {lower} no net value."
            )
        )
    )
}

/// The goals of a role in a table; nothing when there are none.
pub(crate) fn goals(title: &str, goals: &[&GoalResult]) -> String {
    if goals.is_empty() {
        return String::new();
    }
    let row = |goal: &&GoalResult| {
        let of = |base: &str| goal.rates.get(base).map_or(String::new(), share);
        vec![
            shown(&goal.goal.name).to_string(),
            count(goal.conversions),
            of("visitor"),
            of("session"),
            value(&goal.value),
            if goal.repeats_removed > 0 {
                format!("{} removed", counted(goal.repeats_removed, "repeat"))
            } else {
                String::new()
            },
            change(goal),
            goal.then_headline.as_ref().map_or(String::new(), share),
        ]
    };
    let rows: Vec<_> = goals.iter().map(row).collect();
    let any = |is: fn(&GoalResult) -> bool, title| if goals.iter().any(|goal| is(goal)) { title } else { "" };
    let changed = any(|goal| goal.change.is_some(), "change in points");
    let then = any(|goal| goal.then_headline.is_some(), "then the headline");
    let head = ["", "conversions", "of visitors", "of sessions", "value", "", changed, then];
    let right = Align::Right;
    format!("{}\n{}", styled(TITLE, title), table(&head, &[Align::Left, right, right, right], &rows))
}

/// All goals: macros, then milestones, then secondary actions, then events that no goal defines.
pub(crate) fn all_goals(total: &TotalResult) -> String {
    let of = |role| total.goals.iter().filter(|goal| goal.role == role).collect::<Vec<_>>();
    let sections = [
        ("macro", Some(Role::Macro)),
        ("milestones", Some(Role::Milestone)),
        ("secondary actions", Some(Role::Secondary)),
        ("events", None),
    ];
    sections.into_iter().map(|(title, role)| goals(title, &of(role))).collect()
}

/// A goal's conversions by day as a line of bars; visitors where there is no goal.
pub(crate) fn days(days: &[DayResult], goal: Option<&str>) -> String {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return String::new() };
    let of_day = |day: &DayResult| match goal {
        Some(goal) => day.conversions.get(goal).copied().unwrap_or(0),
        None => day.visitors,
    };
    let counts: Vec<u64> = days.iter().map(of_day).collect();
    let (line, each) = sparkline(&counts, DAYS);
    let what = goal.map_or("visitors".to_owned(), |goal| shown(goal).to_string());
    let unit = if each == 1 { "a day each".to_owned() } else { format!("{each} days each") };
    format!("  {line}\n  {}\n", styled(MUTED, format!("{what} from {} to {}, {unit}", first.date, last.date)))
}
