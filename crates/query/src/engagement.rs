//! Virtual events: what stands in a journey where a session reaches a threshold. It must not know who asks for them.

use std::ops::Range;

use crate::{pass::Pass, sessions, thresholds::Threshold};

/// A virtual event: the row of the journey that it stands behind, its time, and the predicates that it matches, as bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VirtualEvent {
    pub(crate) after: usize,
    pub(crate) time: i64,
    pub(crate) hits: u64,
    /// The number of the threshold that makes it.
    pub(crate) threshold: u32,
}

/// The virtual events of a visitor's rows, given their times, hits and sessions, in the order of the rows that they
/// stand behind.
pub(crate) fn virtual_events(pass: &Pass, times: &[i64], hits: &[u64], of_rows: &[u32]) -> Vec<VirtualEvent> {
    let mut found = Vec::new();
    for session in sessions::ranges(of_rows, 0..times.len()) {
        if pass.stops() {
            return Vec::new();
        }
        for (threshold, reached, bit) in pass.thresholds.iter() {
            if let Some((after, time)) = reach(pass, reached, times, hits, session.clone()) {
                let is_duration = matches!(reached, Threshold::Duration(_));
                found.push((VirtualEvent { after, time, hits: bit, threshold }, is_duration));
            }
        }
    }
    found.sort_unstable_by_key(|(event, is_duration)| {
        (event.after, *is_duration, event.time, event.threshold)
    });
    found.into_iter().map(|(event, _)| event).collect()
}

/// The row behind which a session reaches a threshold, and when.
fn reach(
    pass: &Pass,
    threshold: Threshold,
    times: &[i64],
    hits: &[u64],
    session: Range<usize>,
) -> Option<(usize, i64)> {
    match threshold {
        Threshold::Duration(ms) => {
            let (start, times) = (session.start, &times[session]);
            let at = times.first()?.saturating_add(ms);
            let is_reached = times.last().is_some_and(|&last| last >= at);
            is_reached.then(|| (start + times.partition_point(|&time| time <= at) - 1, at))
        }
        Threshold::Pages(count) => {
            let page_view = pass.thresholds.page_view;
            let mut pages = session.filter(|&row| hits[row] & page_view != 0);
            let row = pages.nth((count as usize).checked_sub(1)?)?;
            Some((row, times[row]))
        }
    }
}
