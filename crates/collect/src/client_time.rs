//! When an event happened: the client's time, corrected by what its clock said when it sent. It must not know requests.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
};

use waymark_model::{
    normal::{
        TimeUnit,
        time_unit::{Number, PLAUSIBLE},
    },
    time::{HOUR, MINUTE},
};

use super::{Reason, Refusal, Remark, incoming::Time, recent::Recent};

/// Events of strangers are taken as no older than this, in ms.
pub const OLDEST: i64 = 72 * HOUR;
/// Events are taken as no further in the future than this, in ms.
pub const AHEAD: i64 = 5 * MINUTE;
/// Loads of pages whose offsets are remembered: twice as many at most.
const LOADS: usize = 1 << 15;

/// The time of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTime {
    /// In ms since 1970-01-01 UTC.
    pub time: i64,
    /// The client's time was out of bounds: this is the nearest one that is taken.
    pub is_clamped: bool,
}

/// The offsets of clients' clocks, one for each load of a page, so that the order of its events holds. In memory only, and forgotten
/// when others come.
#[derive(Debug)]
pub struct ClientClocks {
    /// By a hash of site and load.
    offsets: Mutex<Recent<u64, i64>>,
    hasher: RandomState,
}

impl Default for ClientClocks {
    fn default() -> Self {
        Self { offsets: Mutex::new(Recent::new(LOADS)), hasher: RandomState::new() }
    }
}

impl ClientClocks {
    /// What is to be added to a client's times, in ms: how far its clock was behind ours when it first sent something of that
    /// load. 0 when it does not say what its clock shows.
    pub fn offset(&self, site: &str, load: Option<&str>, sent_at: Option<i64>, received: i64) -> i64 {
        let Some(sent_at) = sent_at else { return 0 };
        let offset = received.saturating_sub(sent_at);
        let Some(load) = load else { return offset };
        let key = self.hasher.hash_one((site, load));
        let mut offsets = self.offsets.lock().unwrap_or_else(PoisonError::into_inner);
        *offsets.entry(key, || offset)
    }
}

impl EventTime {
    /// The time of an event that came at `received`. One without a time happened then. The past of a sender that is trusted is
    /// kept however long ago it was; nobody's future is.
    #[must_use]
    pub fn of(told: Option<i64>, offset: i64, received: i64, is_trusted: bool) -> Self {
        let Some(told) = told else { return Self { time: received, is_clamped: false } };
        let corrected = told.saturating_add(offset);
        let oldest = if is_trusted { i64::MIN } else { received.saturating_sub(OLDEST) };
        let time = corrected.clamp(oldest, received.saturating_add(AHEAD));
        Self { time, is_clamped: time != corrected }
    }
}

/// The time that a client tells. One in seconds, microseconds or nanoseconds is refused, whoever sends it, and so is one that
/// a server sends and that cannot be read or is of another century. What a browser's clock says and cannot be read is left
/// out: its events happen when they are sent.
pub(super) fn told(
    time: Option<Time>,
    (offset, received): (i64, i64),
    is_server: bool,
    remarks: &mut Vec<Remark>,
) -> Result<Option<i64>, Refusal> {
    let time = match time {
        None => return Ok(None),
        Some(Time::At(time)) => time,
        Some(Time::Unreadable) if is_server => return Err(Refusal::BadTime),
        Some(Time::Unreadable) => {
            remarks.push(Remark::new("time", Reason::BadTime));
            return Ok(None);
        }
    };
    let sent_at = received.saturating_sub(offset);
    if PLAUSIBLE.contains(&time) && !PLAUSIBLE.contains(&sent_at) {
        // What the clock is said to show at the moment of sending is in another unit: it corrects nothing.
        return Ok(Some(time.saturating_sub(offset)));
    }
    if PLAUSIBLE.contains(&time.saturating_add(offset)) {
        return Ok(Some(time));
    }
    match TimeUnit::of(Number { whole: time, thousandths: 0 }) {
        Some(unit) if unit != TimeUnit::Ms => Err(Refusal::TimeUnit(unit)),
        _ if is_server => Err(Refusal::FarTime),
        _ => Ok(Some(time)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_176_000_000;

    #[test]
    fn times_are_corrected_and_bounded() {
        let (hour, year) = (HOUR, 365 * 24 * HOUR);
        for (told, offset, trusted, expected, clamped) in [
            (None, 0, false, 0, false),
            (None, hour, false, 0, false),
            (Some(-10), 0, false, -10, false),
            (Some(-hour - 10), hour, false, -10, false),
            (Some(year), -year, false, 0, false),
            (Some(-OLDEST), 0, false, -OLDEST, false),
            (Some(-OLDEST - 1), 0, false, -OLDEST, true),
            (Some(-OLDEST - 1), 0, true, -OLDEST - 1, false),
            (Some(-year), 0, true, -year, false),
            (Some(AHEAD), 0, false, AHEAD, false),
            (Some(AHEAD + 1), 0, false, AHEAD, true),
            (Some(year), 0, true, AHEAD, true),
        ] {
            let found = EventTime::of(told.map(|told| NOW + told), offset, NOW, trusted);
            let expected = EventTime { time: NOW + expected, is_clamped: clamped };
            assert_eq!(found, expected, "{told:?} {offset} {trusted}");
        }
        for extreme in [i64::MIN, i64::MAX] {
            let found = EventTime::of(Some(extreme), extreme, NOW, false);
            assert!(found.is_clamped && (found.time - NOW).abs() <= OLDEST);
        }
    }

    #[test]
    fn a_time_in_another_unit_is_refused() {
        let check = |time, offset, is_server, expected| {
            let mut remarks = Vec::new();
            let found = told(time, (offset, NOW), is_server, &mut remarks);
            let remarks: Vec<_> = remarks.iter().map(|remark| remark.reason.code()).collect();
            assert_eq!((found, remarks.as_slice()), expected, "{time:?} {offset} {is_server}");
        };
        let seconds = NOW / 1000;
        for is_server in [false, true] {
            check(None, 0, is_server, (Ok(None), &[][..]));
            check(Some(Time::At(NOW)), 0, is_server, (Ok(Some(NOW)), &[]));
            for (time, unit) in
                [(seconds, TimeUnit::S), (NOW * 1000, TimeUnit::Us), (NOW * 1_000_000, TimeUnit::Ns)]
            {
                check(Some(Time::At(time)), 0, is_server, (Err(Refusal::TimeUnit(unit)), &[]));
            }
            // A clock that was never set, told by what it says when it sends.
            check(Some(Time::At(seconds)), NOW - seconds - 10, is_server, (Ok(Some(seconds)), &[]));
        }
        // What is said of the clock is in seconds.
        let offset = NOW - seconds;
        check(Some(Time::At(NOW)), offset, false, (Ok(Some(NOW - offset)), &[]));
        check(Some(Time::At(0)), 0, true, (Err(Refusal::FarTime), &[]));
        check(Some(Time::At(0)), 0, false, (Ok(Some(0)), &[]));
        check(Some(Time::At(-NOW)), 0, true, (Err(Refusal::FarTime), &[]));
        check(Some(Time::Unreadable), 0, true, (Err(Refusal::BadTime), &[]));
        check(Some(Time::Unreadable), 0, false, (Ok(None), &["unreadable_time"]));
        assert!(Refusal::TimeUnit(TimeUnit::S).to_string().contains("reads as seconds since 1970"));
    }

    #[test]
    fn a_load_has_one_offset() {
        let clocks = ClientClocks::default();
        assert_eq!(clocks.offset("shop", Some("a"), Some(NOW - 100), NOW), 100);
        // A slower request of the same load does not move its events.
        assert_eq!(clocks.offset("shop", Some("a"), Some(NOW - 900), NOW), 100);
        assert_eq!(clocks.offset("shop", Some("b"), Some(NOW - 900), NOW), 900);
        assert_eq!(clocks.offset("blog", Some("a"), Some(NOW + 500), NOW), -500);
        assert_eq!(clocks.offset("shop", None, Some(NOW - 900), NOW), 900);
        assert_eq!(clocks.offset("shop", Some("c"), None, NOW), 0);
        assert_eq!(clocks.offset("shop", Some("c"), Some(NOW - 7), NOW), 7, "nothing was remembered");
        assert_eq!(clocks.offset("shop", None, Some(i64::MIN), NOW), i64::MAX);
    }

    proptest::proptest! {
        #[test]
        fn the_order_within_a_load_holds(
            offset in -100_000_000_i64..100_000_000,
            first in -500_000_000_i64..500_000_000,
            second in -500_000_000_i64..500_000_000,
        ) {
            let time = |told: i64| EventTime::of(Some(NOW + told), offset, NOW, false).time;
            assert!(if first <= second { time(first) <= time(second) } else { time(first) >= time(second) });
        }
    }
}
