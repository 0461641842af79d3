//! How a visitor's rows fall into sessions.

use std::ops::Range;

/// Adds the session of each row, counted from 0: one ends when the next event is more than `gap` ms away.
pub(crate) fn find(times: &[i64], gap: i64, sessions: &mut Vec<u32>) {
    let mut session = 0;
    let mut previous = times.first().copied().unwrap_or(0);
    sessions.extend(times.iter().map(|&time| {
        session += u32::from(time - previous > gap);
        previous = time;
        session
    }));
}

/// The sessions among these rows, as ranges of rows.
pub(crate) fn ranges(sessions: &[u32], rows: Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for row in rows {
        match found.last_mut() {
            Some(last) if sessions[last.start] == sessions[row] => last.end = row + 1,
            _ => found.push(row..row + 1),
        }
    }
    found
}
