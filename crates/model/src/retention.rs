//! How long a site keeps what its visitors did: whole calendar months, or for ever.

use std::fmt;

use jiff::Span;
use serde::{Deserialize, Serialize};

use crate::time::Zone;

/// Months that are kept unless a site says otherwise.
const USUAL: u16 = 25;

/// How long events are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Retention {
    /// So many calendar months, at least one.
    Months(u16),
    /// Until somebody removes them.
    Forever,
}

/// A text that is no length of keeping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time to keep events: write `25 months`, or `forever`")]
pub struct BadRetention(pub String);

impl Retention {
    /// The retention of that many months; none is for ever.
    #[must_use]
    pub const fn of_months(months: Option<u16>) -> Self {
        match months {
            Some(0) => Self::Months(1),
            Some(months) => Self::Months(months),
            None => Self::Forever,
        }
    }

    /// How many months; `None` is for ever.
    #[must_use]
    pub const fn months(self) -> Option<u16> {
        match self {
            Self::Months(months) => Some(months),
            Self::Forever => None,
        }
    }

    /// Reads `25 months` or `forever`.
    ///
    /// # Errors
    /// When the text is anything else, or 0 or more than 1200 months.
    pub fn parse(text: &str) -> Result<Self, BadRetention> {
        let bad = || BadRetention(text.to_owned());
        let trimmed = text.trim();
        if trimmed == "forever" {
            return Ok(Self::Forever);
        }
        let number = trimmed.strip_suffix("months").or_else(|| trimmed.strip_suffix("month"));
        let number: u16 = number.and_then(|number| number.trim().parse().ok()).ok_or_else(bad)?;
        if (1..=1_200).contains(&number) { Ok(Self::Months(number)) } else { Err(bad()) }
    }

    /// The moment that events are kept from, in ms since 1970-01-01 UTC: the beginning of the day so many months before
    /// `now` in the zone. `None` when all are kept.
    #[must_use]
    pub fn since(self, now: i64, zone: &Zone) -> Option<i64> {
        let months = self.months()?;
        zone.date(now).checked_sub(Span::new().months(months)).ok().map(|date| zone.start_of(date))
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self::Months(USUAL)
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
        let since = Retention::Months(1).since(1_774_958_400_000, &zone).unwrap();
        assert_eq!(crate::time::timestamp(since).to_string(), "2026-02-27T23:00:00Z");
        assert_eq!(Retention::Forever.since(0, &zone), None);
    }
}
