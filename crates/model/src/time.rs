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
            days.push(Bucket { date, range: cut, partial: cut != TimeRange { start, end } });
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
    fn an_empty_range_has_no_days() {
        assert!(Zone::utc().days(TimeRange { start: 5, end: 5 }).is_empty());
    }
}
