//! Divides events by calendar month (UTC), since a part holds at most one. It knows nothing of files.

use std::{collections::BTreeMap, fmt, ops::Range};

use serde::{Deserialize, Serialize};
use waymark_model::{Event, time::DAY};

use super::{Part, PartBuilder};

/// A calendar month in UTC, counted from January of the year 0. Written `2025-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Month(i64);

impl Month {
    /// The month of a moment in ms since 1970-01-01 UTC, whichever it is.
    ///
    /// Proleptic Gregorian calendar, by eras of 400 years that begin on 1 March: `civil_from_days` of Howard
    /// Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    #[must_use]
    pub const fn containing(time: i64) -> Self {
        let days = time.div_euclid(DAY) + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        let since_march = (5 * day_of_year + 2) / 153;
        Self((era * 400 + year) * 12 + since_march + 2)
    }

    /// The moments of the month, in ms since 1970-01-01 UTC.
    #[must_use]
    pub const fn range(self) -> Range<i64> {
        self.start()..Self(self.0 + 1).start()
    }

    /// `days_from_civil` of the same source, for the month's first day.
    const fn start(self) -> i64 {
        let since_march = (self.0 - 2).rem_euclid(12);
        let year = (self.0 - 2).div_euclid(12);
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let day = 365 * year + year / 4 - year / 100 + (153 * since_march + 2) / 5;
        (era * 146_097 + day - 719_468).saturating_mul(DAY)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

/// A part builder for each month that events fall in.
#[derive(Debug, Default)]
pub struct MonthBuilders {
    builders: BTreeMap<Month, PartBuilder>,
    /// The month of the last event and its moments: most events stay in it.
    last: Option<(Month, Range<i64>)>,
}

impl MonthBuilders {
    /// Takes an event.
    pub fn push(&mut self, event: &Event) {
        let month = match &self.last {
            Some((month, range)) if range.contains(&event.time) => *month,
            _ => {
                let month = Month::containing(event.time);
                self.last = Some((month, month.range()));
                month
            }
        };
        self.builders.entry(month).or_default().push(event);
    }

    /// Number of events taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.builders.values().map(PartBuilder::len).sum()
    }

    /// Whether no event was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.builders.is_empty()
    }

    /// Roughly the memory in use, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.builders.values().map(PartBuilder::bytes).sum()
    }

    /// A part for each month, in order. Events of the same time fall in the same month, so sequence numbers
    /// are those that a single part would have.
    #[must_use]
    pub fn finish(self, batch: u32) -> Vec<(Month, Part)> {
        let part = |(month, builder): (Month, PartBuilder)| Some((month, builder.finish(batch)?));
        self.builders.into_iter().filter_map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::{civil::date, tz::TimeZone};

    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        for year in [-400_i16, -1, 0, 1, 1583, 1899, 1900, 1970, 1999, 2000, 2024, 2025, 2100, 9998] {
            for month in 1..=12_i8 {
                let first = date(year, month, 1);
                let next = first.checked_add(jiff::Span::new().months(1)).unwrap();
                let start = |date: jiff::civil::Date| {
                    date.to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond()
                };
                let found = Month::containing(start(first));
                assert_eq!(found.range(), start(first)..start(next), "{found}");
                assert_eq!(Month::containing(start(next) - 1), found);
                assert_ne!(Month::containing(start(next)), found);
                assert!(start(next) - start(first) < PartBuilder::MAX_SPAN);
            }
        }
        assert_eq!(Month::containing(1_735_689_600_000).to_string(), "2025-01");
        for far in [i64::MIN, i64::MAX] {
            let range = Month::containing(far).range();
            assert!(range.start <= far && far <= range.end, "{far} is in {range:?}");
        }
    }

    #[test]
    fn each_event_is_in_the_part_of_its_month() {
        let mut builders = MonthBuilders::default();
        let times = [5, 1_735_689_600_000, 7, 1_735_689_599_999, 1_735_689_600_000];
        times.iter().for_each(|&time| builders.push(&Event::new(1, time, "a")));
        assert_eq!(builders.len(), 5);
        let found = builders.finish(1);
        let rows: Vec<(String, u32)> =
            found.iter().map(|(month, part)| (month.to_string(), part.bounds.rows)).collect();
        assert_eq!(rows, [("1970-01".into(), 2), ("2024-12".into(), 1), ("2025-01".into(), 2)]);
        assert_eq!(&*found[2].1.columns.seqs().unwrap(), &[1 << 32, 1 << 32 | 1]);
    }
}
