//! What a query is about: its time, its population, and whether tagged events count.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::{Population, Selects, TimeRange, Touch, Zone, time::DAY};

use crate::{conditions::Conditions, error::QueryError, words};

/// The time that an overview or a funnel is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompareTo {
    /// The time of equal length before it, whole weeks earlier.
    Previous,
    /// This time.
    Range(Range),
}

/// What a query is about. Everything absent: all that there is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Over {
    /// The time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// The units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Count events tagged as bot, internal or test too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub include_tagged: bool,
}

/// A stretch of time: `from` and `to`, either of which may be left out, or `last_days`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// A date in the site's zone, or an RFC 3339 moment; the first event unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// A date, which is included, or a moment, which is not; the end of the data unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// So many days of the site's zone, today included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_days: Option<u32>,
}

/// Units whose first (or last) event in the range is like this.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// What the deciding event must be like.
    #[serde(rename = "where")]
    pub conditions: Conditions,
    /// Which event decides.
    #[serde(default)]
    #[schemars(with = "words::Touch")]
    pub touch: Touch,
    /// Whether visitors or single sessions are selected.
    #[serde(default)]
    #[schemars(with = "words::Selects")]
    pub select: Selects,
}

/// What a query is about, worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedOver {
    /// The time.
    pub range: TimeRange,
    /// The units.
    pub population: Population,
}

impl Over {
    /// The time and the units. `all` is where the site's data begins and ends.
    pub fn resolve(&self, zone: &Zone, all: TimeRange, now: i64) -> Result<ResolvedOver, QueryError> {
        let range = match &self.range {
            Some(range) => range.resolve(zone, all, now)?,
            None => all,
        };
        let mut population = Population { include_tagged: self.include_tagged, ..Population::default() };
        if let Some(filter) = &self.filter {
            population.filter = filter.conditions.predicate()?;
            (population.touch, population.selects) = (filter.touch, filter.select);
        }
        Ok(ResolvedOver { range, population })
    }
}

impl ResolvedOver {
    /// The same units in the time before: as long, so many whole weeks earlier that the two do not overlap, and cut at the
    /// same point where this one is not over.
    pub fn before(&self, zone: &Zone, now: i64) -> Self {
        let TimeRange { start, end } = self.range;
        let whole = (end.saturating_sub(start) / (7 * DAY)).max(1);
        // With a change of the clock, the weeks that hold the range may be one more.
        let is_before = |weeks: &i64| zone.weeks_before(end, *weeks) <= start;
        let weeks = (whole..whole + 2).find(is_before).unwrap_or(whole + 2);
        let end = if start < now { end.min(now) } else { end };
        let range = TimeRange { start: zone.weeks_before(start, weeks), end: zone.weeks_before(end, weeks) };
        Self { range, population: self.population.clone() }
    }

    /// The same units in another time.
    pub fn during(&self, range: TimeRange) -> Self {
        Self { range, population: self.population.clone() }
    }
}

impl Range {
    pub fn resolve(&self, zone: &Zone, all: TimeRange, now: i64) -> Result<TimeRange, QueryError> {
        let refused = |reason: String| QueryError::Range { reason };
        if let Some(days) = self.last_days {
            if self.from.is_some() || self.to.is_some() {
                return Err(refused("`last_days` does not go with `from` and `to`".to_owned()));
            }
            return last_days(zone, days, now)
                .ok_or_else(|| refused(format!("{days} days cannot be counted back")));
        }
        let start = self.from.as_deref().map_or(Ok(all.start), |text| moment(zone, text, false));
        let end = self.to.as_deref().map_or(Ok(all.end), |text| moment(zone, text, true));
        let range = TimeRange { start: start.map_err(&refused)?, end: end.map_err(&refused)? };
        let stated = self.from.is_some() && self.to.is_some();
        if stated && range.is_empty() {
            return Err(refused("it ends before it begins".to_owned()));
        }
        Ok(range)
    }
}

fn last_days(zone: &Zone, days: u32, now: i64) -> Option<TimeRange> {
    let today = zone.date(now);
    let first = zone.first_of(days, today)?;
    Some(TimeRange { start: zone.start_of(first), end: zone.start_of(today.tomorrow().ok()?) })
}

/// What stands in a moment and in no date.
const fn is_of_a_moment(c: char) -> bool {
    matches!(c, 'T' | 't' | ' ')
}

/// The moment of a text; for a date the begin of the day or, `after` it, its end.
fn moment(zone: &Zone, text: &str, after: bool) -> Result<i64, String> {
    if let Ok(date) = text.parse::<Date>()
        && !text.contains(is_of_a_moment)
    {
        let date = if after { date.tomorrow().map_err(|error| error.to_string())? } else { date };
        return Ok(zone.start_of(date));
    }
    text.parse::<Timestamp>()
        .map(Timestamp::as_millisecond)
        .map_err(|_| format!("`{text}` is neither a date nor a moment with its offset"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: TimeRange = TimeRange { start: 5, end: 50 };

    fn check(json: &str, expected: Result<(&str, &str), &str>) {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let now = "2026-03-30T10:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        let range: Range = serde_json::from_str(json).unwrap();
        let show = |time: i64| waymark_model::time::timestamp(time).to_string();
        match (range.resolve(&zone, ALL, now), expected) {
            (Ok(found), Ok((start, end))) => {
                assert_eq!((show(found.start).as_str(), show(found.end).as_str()), (start, end), "{json}");
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{json}: {error}"),
            (found, _) => panic!("{json}: {found:?}"),
        }
    }

    fn check_before(zone: &str, range: (&str, &str), now: &str, expected: (&str, &str)) {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let range = TimeRange { start: at(range.0), end: at(range.1) };
        let over = ResolvedOver { range, population: Population::default() };
        let found = over.before(&Zone::parse(zone).unwrap(), at(now)).range;
        assert_eq!((found.start, found.end), (at(expected.0), at(expected.1)), "{range:?} in {zone}");
    }

    #[test]
    fn the_time_before_begins_on_the_same_day_of_the_week_and_is_cut_at_the_same_point() {
        let june = ("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z");
        check_before("UTC", june, "2026-08-01T00:00:00Z", ("2026-04-27T00:00:00Z", "2026-05-27T00:00:00Z"));
        check_before("UTC", june, "2026-06-03T06:00:00Z", ("2026-04-27T00:00:00Z", "2026-04-29T06:00:00Z"));
        check_before("UTC", june, "2026-05-03T06:00:00Z", ("2026-04-27T00:00:00Z", "2026-05-27T00:00:00Z"));
        let week = ("2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00");
        let before = ("2026-03-16T00:00:00+01:00", "2026-03-23T00:00:00+01:00");
        check_before("Europe/Berlin", week, "2026-08-01T00:00:00Z", before);
        let long = ("2026-10-19T00:00:00+02:00", "2026-10-26T00:00:00+01:00");
        let before = ("2026-10-12T00:00:00+02:00", "2026-10-19T00:00:00+02:00");
        check_before("Europe/Berlin", long, "2026-12-01T00:00:00Z", before);
        let today = ("2026-06-09T00:00:00Z", "2026-06-10T00:00:00Z");
        check_before("UTC", today, "2026-06-09T15:00:00Z", ("2026-06-02T00:00:00Z", "2026-06-02T15:00:00Z"));
    }

    #[test]
    fn ranges_are_days_of_the_zone_or_moments() {
        check(
            r#"{"from": "2026-03-28", "to": "2026-03-29"}"#,
            Ok(("2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z")),
        );
        check(
            r#"{"from": "2026-03-28T00:00:00Z", "to": "2026-03-28T12:00:00+01:00"}"#,
            Ok(("2026-03-28T00:00:00Z", "2026-03-28T11:00:00Z")),
        );
        check(r#"{"last_days": 2}"#, Ok(("2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z")));
        check(r#"{"to": "2026-03-29"}"#, Ok(("1970-01-01T00:00:00.005Z", "2026-03-29T22:00:00Z")));
        check("{}", Ok(("1970-01-01T00:00:00.005Z", "1970-01-01T00:00:00.05Z")));
        check(r#"{"last_days": 2, "to": "2026-03-29"}"#, Err("does not go with"));
        check(r#"{"last_days": 0}"#, Err("cannot be counted back"));
        check(r#"{"from": "2026-03-30", "to": "2026-03-29"}"#, Err("ends before"));
        check(r#"{"from": "yesterday"}"#, Err("neither a date"));
        check(r#"{"from": "2026-03-30T10:00:00"}"#, Err("offset"));
    }
}
