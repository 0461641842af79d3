//! The simulated days: when each begins in the shop's zone, its weekday, and how busy its hours are.

use jiff::civil::Date;
use waymark_model::{TimeRange, Zone};

/// Share of a day's traffic in each hour, before scaling: a trough at night, a peak after supper.
const HOURS: [f64; 24] = [
    1.2, 0.7, 0.4, 0.3, 0.3, 0.5, 1.2, 2.4, 3.6, 4.6, 5.2, 5.4, 5.5, 5.3, 5.2, 5.2, 5.3, 5.6, 6.2, 7.0, 7.6,
    7.4, 5.8, 3.1,
];
/// Traffic of Monday to Sunday relative to the mean day.
const WEEKDAYS: [f64; 7] = [1.05, 1.0, 0.98, 0.97, 0.92, 0.95, 1.13];

/// Days simulated before the first one that is emitted, so that returning visitors are there from the start.
pub(crate) const WARM_UP: i32 = 21;

/// A day of the simulation; day 0 is the first that is emitted, the days of the warm-up are negative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day {
    /// Days since the first day that is emitted.
    pub number: i32,
    /// Its first moment (ms).
    pub start: i64,
    /// Monday is 0.
    pub weekday: usize,
    /// Day of the year, from 1.
    pub of_year: i16,
}

/// Every day from the warm-up's first to the last.
pub(crate) struct Calendar {
    days: Vec<Day>,
    /// What is emitted.
    pub range: TimeRange,
}

impl Calendar {
    /// The calendar of that many days from `start`; `None` beyond what a calendar holds.
    pub(crate) fn new(start: Date, days: u32, zone: &Zone) -> Option<Self> {
        let mut date = start.checked_sub(jiff::Span::new().days(WARM_UP)).ok()?;
        let mut all = Vec::new();
        for number in -WARM_UP..i32::try_from(days).ok()? {
            let weekday = date.weekday().to_monday_zero_offset() as usize;
            all.push(Day { number, start: zone.start_of(date), weekday, of_year: date.day_of_year() });
            date = date.tomorrow().ok()?;
        }
        let first = all.get(WARM_UP as usize)?.start;
        let end = zone.start_of(date);
        // Beyond the calendar's moments a zone answers with the last moment there is.
        if end == i64::MAX || all[0].start >= end {
            return None;
        }
        Some(Self { days: all, range: TimeRange { start: first, end } })
    }

    /// The first moment of the warm-up.
    pub(crate) fn origin(&self) -> i64 {
        self.days[0].start
    }

    /// The day that holds the moment; the first or last day for moments outside.
    pub(crate) fn day(&self, time: i64) -> Day {
        let after = self.days.partition_point(|day| day.start <= time);
        self.days[after.saturating_sub(1)]
    }

    /// Every day, the warm-up's first.
    pub(crate) fn days(&self) -> &[Day] {
        &self.days
    }
}

impl Day {
    /// The share of a mean day's new visitors that comes in the hour that begins at `time`.
    pub(crate) fn traffic(&self, time: i64) -> f64 {
        let hour = ((time - self.start) / waymark_model::time::HOUR).clamp(0, 23) as usize;
        self.visitors() * HOURS[hour] / HOURS.iter().sum::<f64>()
    }

    /// Its new visitors, relative to the mean day's.
    pub(crate) fn visitors(&self) -> f64 {
        WEEKDAYS[self.weekday]
    }
}

/// The weights of a day's hours.
pub(crate) const fn hours() -> [f64; 24] {
    HOURS
}
