//! What lies behind numbers as text: events, paths, what visitors who dropped out did next, exits, sequences.

use waymark_analysis::questions::{
    drop_off::DropOffResult,
    events::{EventRow, EventsResult, NotCounted},
    exits::ExitsResult,
    paths::{NodeKind, NodeResult, PathsResult},
    sequences::SequencesResult,
};

use super::{
    numbers::{amount, count, counted, share},
    style::{MUTED, TITLE, shown, styled},
    table::{Align, table},
};

/// Events, newest first.
pub(crate) fn events(result: &EventsResult) -> String {
    let row = |row: &EventRow| {
        let text =
            |text: &Option<String>| text.as_deref().map_or(String::new(), |text| shown(text).to_string());
        let value = row.value.map(|minor| amount(minor, row.currency.as_deref().unwrap_or_default()));
        vec![
            row.time.clone(),
            text(&row.name),
            text(&row.path),
            text(&row.channel),
            text(&row.country),
            text(&row.device),
            value.unwrap_or_default(),
            why(row),
        ]
    };
    let rows: Vec<_> = result.rows.iter().map(row).collect();
    let head = ["time", "event", "path", "channel", "country", "device", "value", ""];
    let left = Align::Left;
    let list = table(&head, &[left, left, left, left, left, left, Align::Right], &rows);
    let counts = format!("{}, {} counted", counted(result.matched, "event"), count(result.counted));
    let more = result.next.as_ref().map_or(String::new(), |next| {
        format!("  {}\n", styled(MUTED, format!("more with \"before\": \"{next}\"")))
    });
    format!("{counts}\n{list}{more}")
}

/// Why an event is not like the others.
fn why(row: &EventRow) -> String {
    let reason = row.reason.map(|reason| match reason {
        NotCounted::RepeatInSession => "not counted: its session has one",
        NotCounted::RepeatOfVisitor => "not counted: its visitor has one",
        NotCounted::RepeatOfOrder => "not counted: its order is counted by another",
    });
    let without_visitor = (!row.attributed).then_some("without a visitor");
    let notes: Vec<&str> = [reason, without_visitor, row.tag].into_iter().flatten().collect();
    styled(MUTED, notes.join(", "))
}

/// Paths, step by step away from the goal.
pub(crate) fn paths(result: &PathsResult) -> String {
    let mut nodes: Vec<&NodeResult> = result.nodes.iter().collect();
    nodes.sort_by_key(|node| (node.step.abs(), std::cmp::Reverse(node.sessions)));
    let row = |node: &&NodeResult| {
        let label = shown(&node.label).to_string();
        let is_muted = !matches!(node.kind, NodeKind::Goal | NodeKind::Place);
        #[allow(clippy::cast_precision_loss, reason = "for a share to be shown")]
        let share = 100.0 * node.sessions as f64 / result.units.max(1) as f64;
        let worth = node.gross.iter().map(|(currency, minor)| amount(*minor, currency));
        vec![
            format!("{:+}", node.step).replace("+0", "0"),
            if is_muted { styled(MUTED, label) } else { label },
            count(node.sessions),
            format!("{share:.1} %"),
            worth.collect::<Vec<_>>().join("; "),
        ]
    };
    let rows: Vec<_> = nodes.iter().map(row).collect();
    let right = Align::Right;
    let head = ["step", "", "sessions", "", "worth"];
    let list = table(&head, &[right, Align::Left, right, right, right], &rows);
    let name = styled(TITLE, shown(&result.goal.name));
    format!("{name}  in {}\n{list}", counted(result.units, "session"))
}

/// What units did next after they dropped out of a funnel.
pub(crate) fn drop_off(result: &DropOffResult) -> String {
    let unit = if result.count == "total" { "entry" } else { result.count };
    let rows: Vec<_> =
        result.next.iter().map(|next| vec![shown(&next.label).to_string(), count(next.units)]).collect();
    let lost = format!("{} after {}", counted(result.lost, &format!("lost {unit}")), shown(&result.step));
    let left = format!("{} did nothing more", count(result.left));
    let list = table(&["next", ""], &[Align::Left, Align::Right], &rows);
    format!("{}\n{list}  {}\n", styled(TITLE, lost), styled(MUTED, left))
}

/// The pages on which sessions ended.
pub(crate) fn exits(result: &ExitsResult) -> String {
    let row = |page: &waymark_analysis::questions::exits::ExitResult| {
        let seen = count(page.views_sessions);
        vec![shown(&page.path).to_string(), count(page.exits), seen, share(&page.rate)]
    };
    let rows: Vec<_> = result.items.iter().map(row).collect();
    let right = Align::Right;
    let head = ["page", "ended on it", "saw it", "of those that saw it"];
    let list = table(&head, &[Align::Left, right, right, right], &rows);
    let mut notes = vec![format!("{} in progress left out", counted(result.in_progress, "session"))];
    notes.extend((result.others > 0).then(|| {
        format!(
            "{} on {}",
            counted(result.other_exits, "more exit"),
            counted(result.others as u64, "other page")
        )
    }));
    format!("{}\n{list}  {}\n", counted(result.sessions, "session"), styled(MUTED, notes.join(" · ")))
}

/// What converters did more often than others.
pub(crate) fn sequences(result: &SequencesResult) -> String {
    let row = |item: &waymark_analysis::questions::sequences::SequenceResult| {
        let parts: Vec<String> = item.sequence.iter().map(|part| shown(part).to_string()).collect();
        let points = item.difference.map(|difference| {
            let [by, low, high] = [difference.value, difference.interval.low, difference.interval.high]
                .map(|share| format!("{:+.1}", share * 100.0));
            format!("{by} [{low} to {high}]")
        });
        vec![parts.join(" > "), share(&item.converters), share(&item.others), points.unwrap_or_default()]
    };
    let rows: Vec<_> = result.items.iter().map(row).collect();
    let right = Align::Right;
    let head = ["", "of converters", "of others", "difference in points"];
    let list = table(&head, &[Align::Left, right, right, right], &rows);
    let who = format!(
        "{} reached the goal, {} did not",
        counted(result.converters, "visitor"),
        count(result.others)
    );
    let few = format!("{} with too few visitors to be ranked", counted(result.too_few as u64, "sequence"));
    format!("{who}\n{list}  {}\n", styled(MUTED, few))
}
