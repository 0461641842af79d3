//! Why something that was sent is not stored: every case with its stable code, its status, and what to do about it.

use waymark_model::normal::{TimeUnit, limits::JSON_DEPTH};
use waymark_store::{StoreError, salts::SaltError};

use super::limits;

/// Why a whole request is refused. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The body is longer than may be sent.
    #[error("the body is longer than {} bytes; nothing was stored", limits::BODY_BYTES)]
    BodyTooLarge,
    /// The body inflates to more than may be.
    #[error("the body inflates to more than {} bytes; nothing was stored", limits::INFLATED_BYTES)]
    InflatedTooLarge,
    /// The body says it is compressed, and cannot be inflated.
    #[error("the body cannot be inflated: {0}; nothing was stored")]
    BadCompression(String),
    /// The body broke off, or its pieces are not as HTTP has them.
    #[error("the body did not come whole; nothing was stored")]
    BodyBrokenOff,
    /// The body did not come in time.
    #[error("the body did not come in time; nothing was stored")]
    BodyTooSlow,
    /// The body is not what the protocol asks for.
    #[error("the body is no JSON that is understood here: {0}; nothing was stored")]
    BadJson(String),
    /// The body is nested too deeply, and does not end.
    #[error("the body does not end, and is nested deeper than {JSON_DEPTH} levels; nothing was stored")]
    TooDeep,
    /// Too many events at a time.
    #[error("the request has {0} events, more than {max}; nothing was stored", max = limits::EVENTS)]
    TooManyEvents(usize),
    /// There is no event in it.
    #[error("the request has no event; nothing was stored")]
    NoEvents,
    /// The request does not say which site it is for.
    #[error("the request names no site; nothing was stored")]
    NoSite,
    /// There is no such site.
    #[error("there is no site `{0}` here; nothing was stored")]
    UnknownSite(String),
    /// The secret key is not, or no longer, one that may send events.
    #[error("this key may not send events here; nothing was stored")]
    BadKey,
    /// Too many requests from one network.
    #[error("too many requests; nothing was stored")]
    RateLimited {
        /// When to try again, in seconds.
        after: u32,
    },
    /// More is sent than can be stored.
    #[error("more is sent than can be stored at the moment; nothing was stored")]
    Overloaded,
    /// No salt for pseudonyms.
    #[error("visitors cannot be told apart for now; nothing was stored")]
    NoSalt(#[source] SaltError),
    /// The store refused.
    #[error("the events could not be stored")]
    Store(#[source] StoreError),
}

impl RequestError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BodyTooLarge => "body_too_large",
            Self::InflatedTooLarge => "inflated_too_large",
            Self::BadCompression(_) => "bad_compression",
            Self::BodyBrokenOff => "body_broken_off",
            Self::BodyTooSlow => "body_too_slow",
            Self::BadJson(_) => "bad_json",
            Self::TooDeep => "too_deep",
            Self::TooManyEvents(_) => "too_many_events",
            Self::NoEvents => "no_events",
            Self::NoSite => "no_site",
            Self::UnknownSite(_) => "unknown_site",
            Self::BadKey => "bad_key",
            Self::RateLimited { .. } => "rate_limited",
            Self::Overloaded => "overloaded",
            Self::NoSalt(_) => "no_salt",
            Self::Store(error) if error.is_disk_full() => "disk_full",
            Self::Store(_) => "store_failed",
        }
    }

    /// When to try again, in seconds, if trying again can help.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::RateLimited { after } => Some(*after),
            Self::Overloaded => Some(1),
            Self::Store(error) if error.is_disk_full() => Some(60),
            Self::NoSalt(_) | Self::Store(_) => Some(30),
            _ => None,
        }
    }

    /// What to do about it, if that does not go without saying.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::BodyTooLarge | Self::InflatedTooLarge | Self::TooManyEvents(_) => {
                "send the events in several requests"
            }
            Self::NoSite => "put the site's name into `site`, or give the address of the page in `url`",
            Self::UnknownSite(_) => "`waymark site list` lists the sites, `waymark site add` adds one",
            Self::BadKey => "`waymark key add SITE --scope collect` makes a key",
            Self::RateLimited { .. } | Self::Overloaded => {
                "send the same events again later: none is counted twice"
            }
            Self::Store(error) if error.is_disk_full() => {
                "the disk of the server is full; send the same events again once there is room"
            }
            Self::NoSalt(_) | Self::Store(_) => {
                "send the same events again; the server's log says what failed"
            }
            _ => return None,
        })
    }
}

/// Why one event of a request is not stored; the others are. What is wrong with a part of an event only is a
/// [`Remark`](super::Remark).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not a JSON object.
    #[error("an event is a JSON object")]
    NotAnObject,
    /// A field that every event needs.
    #[error("an event needs a `{0}`")]
    Missing(&'static str),
    /// A field of the wrong kind, without which nothing is known.
    #[error("`{field}` must be {expected}")]
    WrongKind {
        /// The field.
        field: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A name of which nothing can be kept.
    #[error("the name must have a character that can be seen")]
    BadName,
    /// A host that the site does not list.
    #[error("the site takes no events from this host")]
    HostNotListed,
    /// A time that cannot be read.
    #[error("the time cannot be read: send whole milliseconds since 1970, or RFC 3339")]
    BadTime,
    /// A time in another unit.
    #[error("the time reads as {} since 1970: send milliseconds", .0.plural())]
    TimeUnit(TimeUnit),
    /// A time that is a mistake.
    #[error("the time is outside the years 1990 to 2100: send milliseconds since 1970, or RFC 3339")]
    FarTime,
    /// It is larger than the log takes.
    #[error("it is larger than the log takes")]
    TooLarge,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAnObject => "not_an_object",
            Self::Missing(_) => "missing_field",
            Self::WrongKind { .. } => "wrong_kind",
            Self::BadName => "bad_name",
            Self::HostNotListed => "host_not_listed",
            Self::BadTime | Self::TimeUnit(_) | Self::FarTime => "bad_time",
            Self::TooLarge => "too_large",
        }
    }
}

#[cfg(test)]
mod tests {
    /// Codes are the texts of small letters in this file that a case is turned into.
    #[test]
    fn the_documentation_names_every_code_and_no_other() {
        let of = |line: &'static str| line.split_once("=> \"")?.1.strip_suffix("\",");
        let is_code = |text: &&str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let mut codes: Vec<&str> =
            include_str!("refusal.rs").lines().filter_map(of).filter(is_code).collect();
        let docs = include_str!("../../../docs/collecting.md");
        let (_, tables) = docs.split_once("## When a request is refused").unwrap();
        let (tables, _) = tables.split_once("## When a part of an event").unwrap();
        let row = |line: &'static str| line.strip_prefix("| `")?.split('`').next();
        let mut documented: Vec<&str> = tables.lines().filter_map(row).collect();
        codes.sort_unstable();
        documented.sort_unstable();
        assert!(codes.len() > 15, "{codes:?}");
        assert_eq!(documented, codes);
    }
}
