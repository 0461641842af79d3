//! An answer as text: the result, what it rests on, and what to keep in mind.

use waymark_analysis::{
    Answer, Provenance, Query, QuestionResult, RateResult, TimesResult,
    questions::{
        breakdown::BreakdownResult, compare::CompareResult, conversion_time::ConversionTimeResult,
        overview::PreviousResult,
    },
};

use super::{
    funnel::funnel,
    journeys,
    numbers::{amount, count, counted, rate, share, time},
    overview::{all_goals, days, needed, refunds_without_order, totals},
    style::{MUTED, TITLE, shown, styled},
    table::{Align, table},
};

/// The answer without its warnings, which go to another stream.
pub(crate) fn answer(answer: &Answer) -> String {
    let mut text = match &answer.outcome {
        QuestionResult::Overview(result) => {
            let by_day = result.days.as_deref().map_or(String::new(), |found| days(found, None));
            let before = result.previous.as_ref().map_or(String::new(), before);
            let needed: String = result.total.goals.iter().filter(|goal| goal.headline).map(needed).collect();
            let refunds = refunds_without_order(&result.total);
            format!("{}{}{refunds}{needed}{by_day}{before}", totals(&result.total), all_goals(&result.total))
        }
        QuestionResult::Rate(result) => of_rate(&answer.query, result),
        QuestionResult::Funnel(result) => funnel(result, None),
        QuestionResult::Breakdown(result) => breakdown(result),
        QuestionResult::ConversionTime(result) => conversion_time(result),
        QuestionResult::Compare(result) => compare(result),
        QuestionResult::Events(result) => journeys::events(result),
        QuestionResult::Paths(result) => journeys::paths(result),
        QuestionResult::DropOff(result) => journeys::drop_off(result),
        QuestionResult::Exits(result) => journeys::exits(result),
        QuestionResult::Sequences(result) => journeys::sequences(result),
    };
    text.push_str(&answer.grounds.as_ref().map_or(String::new(), grounds));
    text
}

/// The time that an overview is compared with.
fn before(previous: &PreviousResult) -> String {
    let range = format!("  {} to {}", previous.range.from, previous.range.to);
    format!("{}{}\n{}", styled(TITLE, "before"), styled(MUTED, range), totals(&previous.total))
}

/// What a result rests on, in one muted line.
pub(crate) fn grounds(grounds: &Provenance) -> String {
    let range = &grounds.range;
    let mut parts = vec![format!("{} to {} ({})", range.from, range.to, range.timezone)];
    if !grounds.identities.is_empty() {
        let names: Vec<&str> = grounds.identities.iter().map(|kind| kind.as_str()).collect();
        parts.push(format!("{} visitors", names.join(" and ")));
    }
    if grounds.left_out.tagged_events > 0 {
        parts.push(format!(
            "{} of bots, staff and tests left out",
            counted(grounds.left_out.tagged_events, "event")
        ));
    }
    format!("{}\n", styled(MUTED, parts.join(" · ")))
}

fn of_rate(query: &Query, result: &RateResult) -> String {
    let Query::Rate(asked) = query else { return String::new() };
    let counts =
        format!("{} of {} converted", count(result.numerator), counted(result.denominator, &result.base));
    format!("{}  {}\n  {}\n", styled(TITLE, shown(&asked.goal)), rate(result), styled(MUTED, counts))
}

fn breakdown(result: &BreakdownResult) -> String {
    let names: Vec<String> = result
        .buckets
        .first()
        .iter()
        .flat_map(|bucket| &bucket.goals)
        .map(|goal| shown(&goal.name).to_string())
        .collect();
    let mut head = vec![result.by.as_str(), "units"];
    head.extend(names.iter().flat_map(|name| [name.as_str(), ""]));
    let rows: Vec<Vec<String>> = result
        .buckets
        .iter()
        .map(|bucket| {
            let mut row = vec![shown(&bucket.value).to_string(), count(bucket.units)];
            for goal in &bucket.goals {
                let value = goal.gross.iter().map(|(currency, minor)| amount(*minor, currency));
                row.push(count(goal.conversions));
                row.push(goal.rate.as_ref().map_or_else(|| value.collect::<Vec<_>>().join("; "), share));
            }
            row
        })
        .collect();
    let mut align = vec![Align::Right; head.len()];
    align[0] = Align::Left;
    let rule = styled(MUTED, format!("by {}", result.rule));
    format!("{}{rule}\n", table(&head, &align, &rows))
}

fn conversion_time(result: &ConversionTimeResult) -> String {
    let of = format!("{} of {} converted", count(result.converted), counted(result.units, result.unit));
    match result.time {
        None => format!("{of}\n"),
        Some(TimesResult { p25, p50, p75, p95 }) => {
            let told = [("half", p50), ("a quarter", p25), ("three quarters", p75), ("95 %", p95)];
            let told =
                told.into_iter().filter_map(|(who, within)| Some(format!("{who} within {}", time(within?))));
            format!("{of}\n  {}\n", told.collect::<Vec<_>>().join(", "))
        }
    }
}

fn compare(result: &CompareResult) -> String {
    let side = |name: &str, side: &waymark_analysis::questions::compare::SideResult| {
        let about = side.grounds.as_ref().map_or(String::new(), grounds);
        format!("{}  {}\n  {about}", styled(TITLE, name), rate(&side.rate))
    };
    let difference =
        result.difference.map_or("no difference: a side has no units".to_owned(), |difference| {
            let points = |share: f64| format!("{:+.2}", share * 100.0);
            let interval = difference.interval;
            format!(
                "{} points [{} to {}]",
                points(difference.value),
                points(interval.low),
                points(interval.high)
            )
        });
    let differ = styled(MUTED, format!("they differ in their {}", result.contrast));
    format!("{}{}{difference}\n{differ}\n", side("from", &result.from), side("to", &result.to))
}
