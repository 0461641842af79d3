//! The identifier that a browser keeps after its visitor consented: 128 random bits, and when consent was given. Only a pseudonym
//! of it is stored. It must not know how it was asked for.

use waymark_model::time::{MINUTE, timestamp};
use waymark_store::catalog::{IdentifierKind, Secret};

use jiff::{ToSpan, tz::TimeZone};

/// So many months after consent the identifier counts no more.
pub const CONSENT_MONTHS: i32 = 13;
/// So far ahead of ours a clock may be that noted a consent, in ms.
const CLOCK_TOLERANCE: i64 = 5 * MINUTE;
/// Hexadecimal digits of an identifier.
const DIGITS: usize = 32;

/// A visitor known by consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consented {
    /// The visitor's number: the pseudonym of the identifier.
    pub visitor: u64,
    /// When consent was given, in ms since 1970-01-01 UTC.
    pub since: i64,
}

/// Why an identifier does not count. The event is then one of the audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    /// It is not what a browser makes.
    #[error("the visitor's identifier must be {DIGITS} hexadecimal digits, not all zero")]
    BadId,
    /// It is too old.
    #[error("consent was given more than {CONSENT_MONTHS} months ago: ask again")]
    Expired,
    /// It is of the future.
    #[error("consent was given in the future: send the time in milliseconds since 1970")]
    Future,
}

impl Consented {
    /// The visitor of an identifier (upper and lower case are one) for which consent was given at `since`.
    ///
    /// # Errors
    /// When it is no such identifier, or does not count at `now`.
    pub fn read(id: &str, since: i64, now: i64, secret: &Secret) -> Result<Self, ConsentError> {
        let is_id = id.len() == DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_id || id.bytes().all(|byte| byte == b'0') {
            return Err(ConsentError::BadId);
        }
        if since > now.saturating_add(CLOCK_TOLERANCE) {
            return Err(ConsentError::Future);
        }
        if now >= expires(since) {
            return Err(ConsentError::Expired);
        }
        let visitor = secret.pseudonym(IdentifierKind::Visitor, &id.to_ascii_lowercase());
        Ok(Self { visitor, since })
    }
}

/// When a consent given at `since` ends: so many calendar months later, in UTC.
fn expires(since: i64) -> i64 {
    let end = timestamp(since).to_zoned(TimeZone::UTC).checked_add(CONSENT_MONTHS.months());
    end.map_or(i64::MAX, |end| end.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    const ID: &str = "9f86d081884c7d659a2feaa0c55ad015";

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn read(id: &str, since: &str, now: &str) -> Result<Consented, ConsentError> {
        Consented::read(id, at(since), at(now), &Secret::new([7; 32]))
    }

    #[test]
    fn an_identifier_is_a_visitor_for_thirteen_months() {
        let since = "2026-01-31T10:00:00Z";
        for (now, expected) in [
            ("2026-01-31T09:55:00Z", Ok(())),
            ("2026-01-31T09:54:59Z", Err(ConsentError::Future)),
            ("2026-01-31T10:00:00Z", Ok(())),
            ("2027-02-28T09:59:59Z", Ok(())),
            ("2027-02-28T10:00:00Z", Err(ConsentError::Expired)),
            ("2030-01-01T00:00:00Z", Err(ConsentError::Expired)),
        ] {
            assert_eq!(read(ID, since, now).map(drop), expected, "{now}");
        }
    }

    #[test]
    fn the_visitor_is_a_pseudonym_of_the_identifier() {
        let now = "2026-02-01T00:00:00Z";
        let visitor = |id: &str| read(id, now, now).unwrap().visitor;
        assert_eq!(visitor(ID), Secret::new([7; 32]).pseudonym(IdentifierKind::Visitor, ID));
        assert_eq!(visitor(ID), visitor(&ID.to_uppercase()));
        assert_ne!(visitor(ID), visitor("00000000000000000000000000000001"));
        assert_ne!(visitor(ID), 0x9f86_d081_884c_7d65, "no part of the identifier itself");
    }

    #[test]
    fn other_texts_are_no_identifiers() {
        let now = "2026-02-01T00:00:00Z";
        let dashed = "9f86d081-884c-7d65-9a2f-eaa0c55ad015";
        let others = [format!("{ID}0"), "0".repeat(DIGITS), "é".repeat(DIGITS / 2), format!(" {}", &ID[1..])];
        for id in others.iter().map(String::as_str).chain(["", "9f86", &ID[1..], dashed]) {
            assert_eq!(read(id, now, now), Err(ConsentError::BadId), "{id}");
        }
    }

    #[test]
    fn any_times_are_borne() {
        for since in [i64::MIN, 0, i64::MAX] {
            for now in [i64::MIN, 0, i64::MAX] {
                let _ = Consented::read(ID, since, now, &Secret::new([7; 32]));
            }
        }
    }
}
