//! Dates and times as texts: RFC 3339 and what databases, shops and spreadsheets make of it. It knows no rows.

use std::borrow::Cow;

use jiff::{
    Timestamp, Zoned, civil,
    tz::{AmbiguousOffset, TimeZone},
};

/// A moment that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) struct Moment {
    /// Milliseconds since 1970-01-01 UTC.
    pub(in crate::import) time: i64,
    /// Which clock the text is of.
    pub(in crate::import) clock: Clock,
}

/// Which clock a time was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Clock {
    /// The text says its zone, or is a number since 1970.
    Zoned,
    /// A local time of the zone given.
    Local,
    /// A local time that the clock skips: it is read as if the clock had not been put forward yet.
    Skipped,
    /// A local time that comes twice: the first is taken.
    Repeated,
}

impl Moment {
    /// A moment whose zone is known.
    pub(in crate::import) const fn zoned(time: i64) -> Self {
        Self { time, clock: Clock::Zoned }
    }
}

/// Reads a date and time, with a `T` or a blank between the two. Its zone may follow, also after a blank: `Z`, `UTC`,
/// `GMT`, or an offset such as `+02:00`, `+0200` or `+02`. Without one the time is of the given zone.
pub(super) fn read(text: &str, zone: &TimeZone) -> Option<Moment> {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    if text.ends_with(']') {
        return Some(Moment::zoned(floor(text.parse::<Zoned>().ok()?.timestamp())));
    }
    let text = within_minute(text);
    if let Some((time, zone)) = text.rsplit_once(' ')
        && let Some(offset) = offset(zone)
    {
        let time = time.trim_end();
        return if offset.is_empty() {
            local(time, &TimeZone::UTC).map(|moment| Moment::zoned(moment.time))
        } else {
            // A time that has an offset already is none with two.
            civil_time(time)?;
            Some(Moment::zoned(floor(format!("{time}{offset}").parse().ok()?)))
        };
    }
    match text.parse::<Timestamp>() {
        Ok(moment) => Some(Moment::zoned(floor(moment))),
        Err(_) => local(&text, zone),
    }
}

/// The offset that a word stands for, empty for UTC; `None` when it stands for no zone.
fn offset(word: &str) -> Option<Cow<'_, str>> {
    let offset = ["UTC", "GMT", "Z"].iter().find_map(|name| word.strip_prefix(name));
    match offset.unwrap_or(word).as_bytes() {
        [] => Some(Cow::Borrowed("")),
        [sign @ (b'+' | b'-'), hour] => {
            Some(Cow::Owned(format!("{}0{}", char::from(*sign), char::from(*hour))))
        }
        [b'+' | b'-', ..] => Some(Cow::Borrowed(offset.unwrap_or(word))),
        _ => None,
    }
}

fn local(text: &str, zone: &TimeZone) -> Option<Moment> {
    let found = zone.to_ambiguous_zoned(civil_time(text)?);
    let clock = match found.offset() {
        AmbiguousOffset::Unambiguous { .. } => Clock::Local,
        AmbiguousOffset::Gap { .. } => Clock::Skipped,
        AmbiguousOffset::Fold { .. } => Clock::Repeated,
    };
    Some(Moment { time: floor(found.compatible().ok()?.timestamp()), clock })
}

/// A time that says nothing of a zone.
fn civil_time(text: &str) -> Option<civil::DateTime> {
    let time = text.get(10..)?;
    if time.contains(['+', '-', 'Z', 'z', '[']) { None } else { text.parse().ok() }
}

/// A leap second, `23:59:60`, as the last millisecond of its minute, so that it comes before the next minute and
/// after all that is before it.
fn within_minute(text: &str) -> Cow<'_, str> {
    const SECONDS: std::ops::Range<usize> = 16..19;
    if text.get(SECONDS) != Some(":60") {
        return Cow::Borrowed(text);
    }
    let rest = &text[SECONDS.end..];
    let fraction = rest
        .strip_prefix(['.', ','])
        .map_or("", |rest| &rest[..rest.bytes().take_while(u8::is_ascii_digit).count()]);
    let rest = if fraction.is_empty() { rest } else { &rest[1 + fraction.len()..] };
    Cow::Owned(format!("{}:59.999{rest}", &text[..SECONDS.start]))
}

fn floor(moment: Timestamp) -> i64 {
    // After 1970, where rounding toward zero is rounding down; earlier moments are outside the years that are read.
    moment.as_millisecond()
}

#[cfg(test)]
mod tests {
    use waymark_model::time::timestamp;

    use super::*;

    /// The moment in UTC and its clock; nothing when the text is no time.
    #[track_caller]
    fn check(text: &str, zone: &str, expected: &str) {
        let found = read(text, &TimeZone::get(zone).unwrap());
        let found =
            found.map_or(String::new(), |found| format!("{} {:?}", timestamp(found.time), found.clock));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn zones_are_read_in_every_form() {
        for text in [
            "2026-06-01T09:59:00Z",
            "2026-06-01 09:59:00Z",
            "2026-06-01 09:59:00 Z",
            "2026-06-01 09:59:00 UTC",
            "2026-06-01 09:59:00.000 GMT",
            "2026-06-01 11:59:00 +0200",
            "2026-06-01 11:59:00 +02:00",
            "2026-06-01 11:59:00+0200",
            "2026-06-01 11:59:00+02",
            "2026-06-01T11:59:00.000+02:00",
            "2026-06-01 11:59:00 UTC+2",
            "2026-06-01 11:59:00 GMT+0200",
            "2026-06-01 05:29:00 -0430",
            "2026-06-01T11:59:00+02:00[Europe/Berlin]",
        ] {
            check(text, "America/New_York", "2026-06-01T09:59:00Z Zoned");
        }
        check("2026-06-01 09:59:00", "UTC", "2026-06-01T09:59:00Z Local");
        check("2026-06-01", "Europe/Berlin", "2026-05-31T22:00:00Z Local");
        for text in ["", "soon", "10:00", "2026-06-01 +0200", "2026-06-01 10:00:00 CEST", "06/01/2026 10:00"]
        {
            check(text, "UTC", "");
        }
        // Two zones that differ are no time.
        check("2026-06-01 10:00:00+02:00 UTC", "UTC", "");
        check("2026-06-01T10:00:00Z UTC", "UTC", "");
        check("2026-06-01T10:00:00[Europe/Berlin", "UTC", "");
    }

    #[test]
    fn changes_of_the_clock_have_a_rule() {
        // The clock goes back: the first 02:30 of two. It goes forward: 02:30 is half an hour after the change.
        check("2026-10-25 02:30:00", "Europe/Berlin", "2026-10-25T00:30:00Z Repeated");
        check("2026-03-29 02:30:00", "Europe/Berlin", "2026-03-29T01:30:00Z Skipped");
        check("2026-03-29 01:59:59.999", "Europe/Berlin", "2026-03-29T00:59:59.999Z Local");
        // Samoa left out a whole day.
        check("2011-12-30 10:00:00", "Pacific/Apia", "2011-12-30T20:00:00Z Skipped");
        check("2011-12-29 10:00:00", "Pacific/Apia", "2011-12-29T20:00:00Z Local");
        check("2011-12-31 10:00:00", "Pacific/Apia", "2011-12-30T20:00:00Z Local");
    }

    #[test]
    fn a_leap_second_comes_after_all_of_its_minute() {
        check("2016-12-31T23:59:59.999Z", "UTC", "2016-12-31T23:59:59.999Z Zoned");
        check("2016-12-31T23:59:60Z", "UTC", "2016-12-31T23:59:59.999Z Zoned");
        check("2016-12-31T23:59:60.5Z", "UTC", "2016-12-31T23:59:59.999Z Zoned");
        check("2016-12-31 23:59:60 +0000", "UTC", "2016-12-31T23:59:59.999Z Zoned");
        check("2016-12-31 23:59:60", "UTC", "2016-12-31T23:59:59.999Z Local");
        check("2016-12-31T23:59:61Z", "UTC", "");
    }
}
