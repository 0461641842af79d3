//! How long a site keeps what its visitors did: whole calendar months, or for ever.

use std::fmt;

use jiff::Span;
use serde::{Deserialize, Serialize};

use crate::{event::Identity, time::Zone};

/// Months that collected events are kept unless a site says otherwise.
pub const USUAL_MONTHS: u16 = 25;

/// How long events are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Retention {
    /// What holds unless a site says otherwise: collected events for [`USUAL_MONTHS`], and imported ones for ever, since
    /// a history that somebody brings along is not to vanish unasked.
    #[default]
    Usual,
    /// All events for so many calendar months, at least one.
    Months(u16),
    /// All events until somebody removes them.
    Forever,
}

/// A text that is no length of keeping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time to keep events: write `25 months`, `forever`, or `usual`")]
pub struct BadRetention(pub String);

impl Retention {
    /// How many calendar months events of an identity are kept; `None` is for ever.
    #[must_use]
    pub fn months(self, identity: Identity) -> Option<u16> {
        match self {
            Self::Usual => (identity != Identity::Imported).then_some(USUAL_MONTHS),
            Self::Months(months) => Some(months),
            Self::Forever => None,
        }
    }

    /// Reads `25 months`, `forever` or `usual`.
    ///
    /// # Errors
    /// When the text is anything else, or 0 or more than 1200 months.
    pub fn parse(text: &str) -> Result<Self, BadRetention> {
        let bad = || BadRetention(text.to_owned());
        let trimmed = text.trim();
        match trimmed {
            "usual" => return Ok(Self::Usual),
            "forever" => return Ok(Self::Forever),
            _ => {}
        }
        let number = trimmed.strip_suffix("months").or_else(|| trimmed.strip_suffix("month"));
        let number: u16 = number.and_then(|number| number.trim().parse().ok()).ok_or_else(bad)?;
        if (1..=1_200).contains(&number) { Ok(Self::Months(number)) } else { Err(bad()) }
    }

    /// The moment that events of an identity are kept from, in ms since 1970-01-01 UTC: the beginning of the day so many months
    /// before `now` in the zone. `None` when all are kept.
    #[must_use]
    pub fn since(self, identity: Identity, now: i64, zone: &Zone) -> Option<i64> {
        let months = self.months(identity)?;
        zone.date(now).checked_sub(Span::new().months(months)).ok().map(|date| zone.start_of(date))
    }
}

impl TryFrom<String> for Retention {
    type Error = BadRetention;

    fn try_from(text: String) -> Result<Self, BadRetention> {
        Self::parse(&text)
    }
}

impl From<Retention> for String {
    fn from(retention: Retention) -> Self {
        retention.to_string()
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usual => f.write_str("usual"),
            Self::Months(1) => f.write_str("1 month"),
            Self::Months(months) => write!(f, "{months} months"),
            Self::Forever => f.write_str("forever"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for (text, expected) in [
            ("25 months", Some(Retention::Months(25))),
            (" 1 month ", Some(Retention::Months(1))),
            ("6months", Some(Retention::Months(6))),
            ("forever", Some(Retention::Forever)),
            ("usual", Some(Retention::Usual)),
            ("0 months", None),
            ("1201 months", None),
            ("25", None),
            ("-1 months", None),
            ("two months", None),
            ("", None),
        ] {
            assert_eq!(Retention::parse(text).ok(), expected, "{text}");
            if let Some(retention) = expected {
                assert_eq!(Retention::parse(&retention.to_string()), Ok(retention));
            }
        }
    }

    #[test]
    fn the_cut_is_the_beginning_of_a_day_of_the_site() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        // 2026-03-31 12:00 UTC; a month earlier there is no 31st. Berlin is an hour ahead of UTC in winter.
        let since = |identity| Retention::Months(1).since(identity, 1_774_958_400_000, &zone).unwrap();
        for identity in [Identity::Audience, Identity::Consented, Identity::Imported] {
            assert_eq!(crate::time::timestamp(since(identity)).to_string(), "2026-02-27T23:00:00Z");
            assert_eq!(Retention::Forever.since(identity, 0, &zone), None);
        }
    }

    #[test]
    fn imported_events_stay_unless_a_site_says_otherwise() {
        assert_eq!(Retention::default().months(Identity::Audience), Some(25));
        assert_eq!(Retention::default().months(Identity::Consented), Some(25));
        assert_eq!(Retention::default().months(Identity::Imported), None);
    }
}
