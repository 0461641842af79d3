//! Which local day's salt counts, and which may still be there. It must not know salts.

use jiff::civil::Date;
use waymark_model::{Zone, time::MINUTE};

/// So long after local midnight the last day's salt may be asked for sessions that midnight found open, in ms.
pub const LAST_DAY_STAYS: i64 = 30 * MINUTE;

/// The days whose salts count at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaltDays {
    /// The site's local day.
    pub today: Date,
    /// The day before, while its salt may still be asked for.
    pub yesterday: Option<Date>,
}

impl SaltDays {
    /// The days at `now`, in ms since 1970-01-01 UTC.
    #[must_use]
    pub fn at(zone: &Zone, now: i64) -> Self {
        let today = zone.date(now);
        let midnight = zone.start_of(today);
        let is_fresh = now.saturating_sub(midnight) < LAST_DAY_STAYS;
        // The day that the moment before belongs to: a zone may have left a day out.
        let yesterday = is_fresh.then(|| zone.date(midnight.saturating_sub(1))).filter(|day| *day < today);
        Self { today, yesterday }
    }

    /// Salts of days before this one are due to go.
    #[must_use]
    pub fn oldest(&self) -> Date {
        self.yesterday.unwrap_or(self.today)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[track_caller]
    fn check(zone: &str, now: &str, today: &str, yesterday: Option<&str>) {
        let now = now.parse::<Timestamp>().unwrap().as_millisecond();
        let found = SaltDays::at(&Zone::parse(zone).unwrap(), now);
        let date = |text: &str| text.parse::<Date>().unwrap();
        let expected = SaltDays { today: date(today), yesterday: yesterday.map(date) };
        assert_eq!(found, expected, "{zone} {now}");
        assert_eq!(found.oldest(), expected.yesterday.unwrap_or(expected.today));
    }

    #[test]
    fn a_salt_goes_half_an_hour_after_midnight() {
        check("UTC", "2026-11-23T23:59:59.999Z", "2026-11-23", None);
        check("UTC", "2026-11-24T00:00:00Z", "2026-11-24", Some("2026-11-23"));
        check("UTC", "2026-11-24T00:29:59.999Z", "2026-11-24", Some("2026-11-23"));
        check("UTC", "2026-11-24T00:30:00Z", "2026-11-24", None);
        check("Asia/Kolkata", "2026-11-23T18:40:00Z", "2026-11-24", Some("2026-11-23"));
        check("America/New_York", "2026-11-24T04:59:59Z", "2026-11-23", None);
        check("America/New_York", "2026-11-24T05:00:00Z", "2026-11-24", Some("2026-11-23"));
    }

    #[test]
    fn days_of_23_and_25_hours_are_days() {
        // Berlin: 2:00 becomes 3:00 on 2026-03-29, 3:00 becomes 2:00 on 2026-10-25.
        check("Europe/Berlin", "2026-03-28T23:10:00Z", "2026-03-29", Some("2026-03-28"));
        check("Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-29", None);
        check("Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30", Some("2026-03-29"));
        check("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25", None);
        check("Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25", None);
        check("Europe/Berlin", "2026-10-25T23:00:00Z", "2026-10-26", Some("2026-10-25"));
    }

    #[test]
    fn days_without_a_midnight_begin_with_their_first_moment() {
        // Beirut: 0:00 becomes 1:00 on 2026-03-29. Havana: 1:00 becomes 0:00 on 2026-11-01, so that midnight comes twice.
        check("Asia/Beirut", "2026-03-28T21:59:59Z", "2026-03-28", None);
        check("Asia/Beirut", "2026-03-28T22:00:00Z", "2026-03-29", Some("2026-03-28"));
        check("Asia/Beirut", "2026-03-28T22:30:00Z", "2026-03-29", None);
        check("America/Havana", "2026-11-01T04:00:00Z", "2026-11-01", Some("2026-10-31"));
        check("America/Havana", "2026-11-01T05:10:00Z", "2026-11-01", None);
        // Apia left 2011-12-30 out.
        check("Pacific/Apia", "2011-12-30T10:05:00Z", "2011-12-31", Some("2011-12-29"));
    }

    #[test]
    fn any_moment_has_its_days() {
        for now in [i64::MIN, -1, 0, i64::MAX] {
            let days = SaltDays::at(&Zone::parse("Europe/Berlin").unwrap(), now);
            assert!(days.oldest() <= days.today);
        }
    }
}
