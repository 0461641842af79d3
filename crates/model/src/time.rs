//! Time ranges and the site-local days in them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Milliseconds in a second, minute, hour and day of 24 hours.
pub const SECOND: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Milliseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds in a day of 24 hours.
pub const DAY: i64 = 24 * HOUR;

/// A new session starts when the gap to the visitor's previous event is greater than this, unless the site says otherwise.
pub const SESSION_GAP: i64 = 30 * MINUTE;

/// From `start` (inclusive) to `end` (exclusive), in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// First millisecond in the range.
    pub start: i64,
    /// First millisecond after the range.
    pub end: i64,
}

impl TimeRange {
    /// Whether the range holds no moment.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// Whether the moment is in the range.
    #[must_use]
    pub const fn contains(&self, time: i64) -> bool {
        self.start <= time && time < self.end
    }
}

/// A site's time zone: an IANA name, or UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A time zone that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone called `{0}`: use an IANA name such as `Europe/Berlin`, or `UTC`")]
pub struct UnknownZone(pub String);

/// A civil day, or the part of it that lies in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The day in the site's zone.
    pub date: Date,
    /// The moments of the day, cut to the range asked for.
    pub range: TimeRange,
    /// The range asked for cuts the day short.
    pub partial: bool,
}

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone of an IANA name.
    ///
    /// # Errors
    /// When the name is not in the time zone database.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        if name == "UTC" {
            return Ok(Self::utc());
        }
        TimeZone::get(name).map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }

    /// The zone's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The civil day of a moment.
    #[must_use]
    pub fn date(&self, time: i64) -> Date {
        timestamp(time).to_zoned(self.0.clone()).date()
    }

    /// The moment the civil day begins; on days without a midnight, the first moment there is.
    #[must_use]
    pub fn start_of(&self, date: Date) -> i64 {
        date.to_zoned(self.0.clone()).map_or(i64::MAX, |zoned| zoned.timestamp().as_millisecond())
    }

    /// The first of so many days that end with a date. Days that the zone left out do not count.
    #[must_use]
    pub fn first_of(&self, days: u32, last: Date) -> Option<Date> {
        let back =
            |from: Date, days: u32| from.checked_sub(jiff::Span::new().try_days(i64::from(days)).ok()?).ok();
        let mut first = back(last, days.checked_sub(1)?)?;
        let mut counted = last;
        // The days that were left out since `first`, then those among the ones that came in for them, and so on.
        loop {
            let missing = self.days_left_out(first, counted);
            if missing == 0 {
                return Some(first);
            }
            counted = first;
            first = back(first, missing)?;
        }
    }

    /// How many of the days from one to before another the zone left out: those that a change of its offset skips.
    fn days_left_out(&self, from: Date, to: Date) -> u32 {
        let (start, end) = (timestamp(self.start_of(from).saturating_sub(1)), timestamp(self.start_of(to)));
        let changes = self.0.following(start).take_while(|change| change.timestamp() <= end);
        let skipped = changes.filter(|change| {
            let time = change.timestamp().as_millisecond();
            let day = self.date(time.saturating_sub(1)).tomorrow();
            day.is_ok_and(|day| from <= day && day < to && day < self.date(time))
        });
        u32::try_from(skipped.count()).unwrap_or(u32::MAX)
    }

    /// The moment so many weeks earlier, at the same time of day in the zone; a time that clocks skip is taken as the one
    /// after. Beyond what a calendar holds, weeks have 168 hours.
    #[must_use]
    pub fn weeks_before(&self, time: i64, weeks: i64) -> i64 {
        let earlier = || {
            let span = jiff::Span::new().try_weeks(weeks).ok()?;
            let moment = Timestamp::from_millisecond(time).ok()?.to_zoned(self.0.clone());
            Some(moment.checked_sub(span).ok()?.timestamp().as_millisecond())
        };
        earlier().unwrap_or_else(|| time.saturating_sub(weeks.saturating_mul(7 * DAY)))
    }

    /// The days that the range touches, in order; days at a change of the clock have 23 or 25 hours.
    #[must_use]
    pub fn days(&self, range: TimeRange) -> Vec<Bucket> {
        let mut days = Vec::new();
        if range.is_empty() {
            return days;
        }
        let mut date = self.date(range.start);
        loop {
            let next = date.tomorrow().ok();
            let (start, end) = (self.start_of(date), next.map_or(i64::MAX, |next| self.start_of(next)));
            let cut = TimeRange { start: start.max(range.start), end: end.min(range.end) };
            // A day that the zone left out, as Samoa did with 2011-12-30, never was.
            if start < end {
                days.push(Bucket { date, range: cut, partial: cut != TimeRange { start, end } });
            }
            match next {
                Some(next) if end < range.end => date = next,
                _ => return days,
            }
        }
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).map_err(serde::de::Error::custom)
    }
}

/// The moment as a timestamp; times beyond what a calendar holds are taken as its first or last moment.
#[must_use]
pub fn timestamp(time: i64) -> Timestamp {
    Timestamp::from_millisecond(time).unwrap_or(if time < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn days_follow_the_zone() {
        let cases = [
            ("UTC", "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z", vec![24, 24, 24]),
            ("Europe/Berlin", "2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z", vec![24, 23, 24]),
            ("Europe/Berlin", "2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z", vec![24, 25, 24]),
            ("America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", vec![25]),
            ("UTC", "2026-01-01T12:00:00Z", "2026-01-02T06:00:00Z", vec![12, 6]),
        ];
        for (zone, start, end, hours) in cases {
            let range = TimeRange { start: at(start), end: at(end) };
            let days = Zone::parse(zone).unwrap().days(range);
            let found: Vec<_> = days.iter().map(|day| (day.range.end - day.range.start) / HOUR).collect();
            assert_eq!(found, hours, "{zone} {start}");
            assert!(days.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
            assert_eq!(days.iter().any(|day| day.partial), start.contains("T12"), "{zone} {start}");
        }
    }

    #[test]
    fn weeks_keep_the_day_of_the_week_and_the_time_of_day() {
        for (zone, moment, weeks, expected) in [
            ("UTC", "2026-03-31T12:30:00Z", 1, "2026-03-24T12:30:00Z"),
            ("Europe/Berlin", "2026-03-31T00:00:00+02:00", 1, "2026-03-24T00:00:00+01:00"),
            ("Europe/Berlin", "2026-04-05T02:30:00+02:00", 1, "2026-03-29T03:30:00+02:00"),
            ("America/New_York", "2026-11-03T00:00:00-05:00", 5, "2026-09-29T00:00:00-04:00"),
        ] {
            let found = Zone::parse(zone).unwrap().weeks_before(at(moment), weeks);
            assert_eq!(timestamp(found), timestamp(at(expected)), "{zone} {moment}");
        }
        assert_eq!(Zone::utc().weeks_before(i64::MIN, 1), i64::MIN);
    }

    #[test]
    fn a_day_that_never_was_is_none() {
        for (zone, start, end, dates) in [
            ("Pacific/Apia", "2011-12-29T10:00:00Z", "2012-01-01T10:00:00Z", "29 31 1"),
            ("Pacific/Kwajalein", "1993-08-20T12:00:00Z", "1993-08-23T12:00:00Z", "20 22 23"),
            ("Pacific/Kiritimati", "1994-12-30T10:40:00Z", "1995-01-02T10:00:00Z", "30 1 2"),
        ] {
            let range = TimeRange { start: at(start), end: at(end) };
            let days = Zone::parse(zone).unwrap().days(range);
            let found: Vec<_> = days.iter().map(|day| day.date.day().to_string()).collect();
            assert!(days.iter().all(|day| !day.range.is_empty()), "{zone}");
            assert!(days.windows(2).all(|pair| pair[0].range.end == pair[1].range.start), "{zone}");
            assert_eq!(found.join(" "), dates, "{zone}");
        }
    }

    #[test]
    fn days_are_counted_back_as_the_calendar_has_them() {
        for (zone, last, days, first) in [
            ("UTC", "2011-12-31", 1, Some("2011-12-31")),
            ("UTC", "2011-12-31", 3, Some("2011-12-29")),
            ("Pacific/Apia", "2011-12-31", 1, Some("2011-12-31")),
            ("Pacific/Apia", "2011-12-31", 2, Some("2011-12-29")),
            ("Pacific/Apia", "2011-12-31", 3, Some("2011-12-28")),
            ("Pacific/Apia", "2012-01-31", 33, Some("2011-12-29")),
            ("Europe/Berlin", "2026-03-30", 3, Some("2026-03-28")),
            ("UTC", "2011-12-31", 0, None),
        ] {
            let found = Zone::parse(zone).unwrap().first_of(days, last.parse().unwrap());
            assert_eq!(
                found.map(|date| date.to_string()).as_deref(),
                first,
                "{days} days to {last} in {zone}"
            );
        }
    }

    #[test]
    fn an_empty_range_has_no_days() {
        assert!(Zone::utc().days(TimeRange { start: 5, end: 5 }).is_empty());
    }
}
