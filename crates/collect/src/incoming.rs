//! An event as a client told it, whatever its protocol. Nothing is decided yet: no identity, no class, no limit.

use std::{borrow::Cow, net::IpAddr};

use super::{Refusal, remark::Remark};

/// A key and a value of an event's properties.
pub type Property<'t> = (Cow<'t, str>, Cow<'t, str>);

/// What one request delivers. Its texts borrow from the body.
#[derive(Debug, Default)]
pub struct Delivery<'t> {
    /// The site it is for: its name, one of its hosts, or a secret key of it; or several names separated by commas, of which
    /// the first that is known counts.
    pub site: Option<Cow<'t, str>>,
    /// The client's clock at the moment of sending, in ms since 1970-01-01 UTC.
    pub sent_at: Option<i64>,
    /// Which load of a page it comes from: events of one load are corrected by one offset of the clock.
    pub load: Option<Cow<'t, str>>,
    /// The events in their order, each or why it is none.
    pub events: Vec<Result<Incoming<'t>, Refusal>>,
}

/// One event as it was told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incoming<'t> {
    /// What happened.
    pub name: Cow<'t, str>,
    /// Its own identifier, by which a repeated delivery is recognised.
    pub id: Option<Cow<'t, str>>,
    /// When it happened by the client's clock.
    pub time: Option<Time>,
    /// The address of the page.
    pub url: Option<Cow<'t, str>>,
    /// The site's pages are in fragments of addresses: `/#/cart`.
    pub is_routed: bool,
    /// The address of the page before.
    pub referrer: Option<Cow<'t, str>>,
    /// Who did it, if the client says so.
    pub visitor: Option<Visitor<'t>>,
    /// The user that the site knows.
    pub user: Option<Cow<'t, str>>,
    /// The order or transaction.
    pub key: Option<Cow<'t, str>>,
    /// The value in minor units.
    pub value: Option<i64>,
    /// The value's currency.
    pub currency: Option<String>,
    /// Properties in their order, each value as text.
    pub properties: Vec<Property<'t>>,
    /// It was sent to try the site out.
    pub is_test: bool,
    /// What a server tells of the visitor's surroundings.
    pub told: Told<'t>,
    /// What became of parts that could not be kept as they were sent.
    pub remarks: Vec<Remark>,
}

/// When something happened, as a client tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// In ms since 1970-01-01 UTC.
    At(i64),
    /// It says something else.
    Unreadable,
}

impl Time {
    /// The time, if it can be read.
    #[must_use]
    pub const fn at(self) -> Option<i64> {
        match self {
            Self::At(time) => Some(time),
            Self::Unreadable => None,
        }
    }
}

/// Who did something, as a client tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor<'t> {
    /// A browser that keeps a random identifier since the visitor consented to it.
    Consented {
        /// 32 hexadecimal digits.
        id: Cow<'t, str>,
        /// When consent was given, in ms since 1970-01-01 UTC.
        since: i64,
    },
    /// An identifier that a server or another client made.
    Named(Cow<'t, str>),
}

/// The surroundings of a visitor whose own request this is not. Believed from servers with a key only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told<'t> {
    /// The visitor's address.
    pub ip: Option<IpAddr>,
    /// The visitor's user agent.
    pub user_agent: Option<Cow<'t, str>>,
    /// The visitor's country, ISO 3166-1 alpha-2.
    pub country: Option<Cow<'t, str>>,
}
