//! Whether the machine's clock can be believed: one that is far ahead of the last time this folder saw would have retention
//! remove what is still to be kept. It must not know what is removed.

use waymark_model::time::{DAY, timestamp};

use crate::{commit::Change, error::StoreError, lock, store::Store};

/// A clock that has gone on by more than this since the folder was last written to is doubted.
const DOUBTED_AFTER: i64 = 30 * DAY;

/// A clock that may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockDoubt {
    /// The last time that the folder saw, in ms since 1970-01-01 UTC.
    pub last_seen: i64,
    /// What the clock says now.
    pub now: i64,
}

impl std::fmt::Display for ClockDoubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let days = (self.now - self.last_seen) / DAY;
        write!(
            f,
            "the clock says {}, which is {days} days after the last time that this folder saw ({}): nothing is removed for \
             its age until you say that the clock is right",
            timestamp(self.now).strftime("%Y-%m-%d"),
            timestamp(self.last_seen).strftime("%Y-%m-%d"),
        )
    }
}

/// The latest time that is believed, when the clock says `now`.
pub(crate) fn believed(last_seen: Option<i64>, now: i64) -> i64 {
    match last_seen {
        Some(last_seen) if now < last_seen || is_doubtful(last_seen, now) => last_seen,
        _ => now,
    }
}

fn is_doubtful(last_seen: i64, now: i64) -> bool {
    now.saturating_sub(last_seen) > DOUBTED_AFTER
}

impl Store {
    /// Whether the clock is too far ahead to be believed without asking.
    #[must_use]
    pub fn clock_doubt(&self) -> Option<ClockDoubt> {
        let (now, live) = (self.0.clock.now(), lock(&self.0.live));
        let last_seen = live.set.clock?;
        is_doubtful(last_seen, now).then_some(ClockDoubt { last_seen, now })
    }

    /// Notes that the clock is right, whatever was seen before.
    ///
    /// # Errors
    /// When the manifest cannot be replaced.
    pub fn confirm_clock(&self) -> Result<(), StoreError> {
        self.0.writable()?;
        self.0.commit(Change { clock_is_right: true, ..Change::default() })
    }

    /// Notes the time, so that a folder nothing arrives in does not doubt the clock later.
    ///
    /// # Errors
    /// When the manifest cannot be replaced.
    pub fn note_time(&self) -> Result<(), StoreError> {
        self.0.writable()?;
        self.0.commit(Change::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_believed_as_far_as_it_can_have_gone() {
        let day = |days: i64| days * DAY;
        let cases = [
            (None, day(9), day(9)),
            (Some(day(9)), day(10), day(10)),
            (Some(day(9)), day(39), day(39)),
            (Some(day(9)), day(39) + 1, day(9)),
            (Some(day(9)), day(809), day(9)),
            (Some(day(9)), day(3), day(9)),
        ];
        for (last_seen, now, expected) in cases {
            assert_eq!(believed(last_seen, now), expected, "{last_seen:?}, {now}");
        }
    }
}
