//! One thing that happened on a site, as every collector and importer hands it on.
//!
//! An event carries no raw identifier: visitor, user and order key are already hashes.

use serde::{Deserialize, Serialize};

/// The name of the event that a page view is recorded under.
pub const PAGE_VIEW: &str = "pageview";
/// The name of the event that takes value back from an order key.
pub const REFUND: &str = "$refund";
/// What an event is called that came when the site had too many names; [`RAW_NAME`] keeps its own.
pub const OTHER_NAME: &str = "(other)";
/// The property that keeps the own name of an event that is called [`OTHER_NAME`].
pub const RAW_NAME: &str = "$name";
/// Reserved events begin with this character (engagement, scroll, exposure, refund, …).
pub const RESERVED_PREFIX: char = '$';
/// The visitor number of an event that came without a visitor (a webhook, say): it belongs to no journey.
pub const NO_VISITOR: u64 = 0;

/// A text column that every event has; an empty text means that the event does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum TextColumn {
    /// What happened: `pageview`, `add_to_cart`, …
    Name,
    /// The host the event happened on.
    Host,
    /// The path of the page, without query string.
    Path,
    /// Host (and path, where known) of the page before.
    Referrer,
    /// The channel the session came by: `organic`, `paid`, `email`, …
    Channel,
    /// `utm_source` or what stands for it.
    Source,
    /// `utm_medium` or what stands for it.
    Medium,
    /// `utm_campaign`.
    Campaign,
    /// ISO 3166-1 alpha-2 country code.
    Country,
    /// Device class: `desktop`, `mobile`, `tablet`, …
    Device,
    /// Browser family.
    Browser,
    /// Operating system family.
    Os,
    /// ISO 4217 code of the event's value.
    Currency,
}

impl TextColumn {
    /// Every text column, in the order they are stored.
    pub const ALL: [Self; 13] = [
        Self::Name,
        Self::Host,
        Self::Path,
        Self::Referrer,
        Self::Channel,
        Self::Source,
        Self::Medium,
        Self::Campaign,
        Self::Country,
        Self::Device,
        Self::Browser,
        Self::Os,
        Self::Currency,
    ];

    /// The column's name in files, definitions and queries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Host => "host",
            Self::Path => "path",
            Self::Referrer => "referrer",
            Self::Channel => "channel",
            Self::Source => "source",
            Self::Medium => "medium",
            Self::Campaign => "campaign",
            Self::Country => "country",
            Self::Device => "device",
            Self::Browser => "browser",
            Self::Os => "os",
            Self::Currency => "currency",
        }
    }

    /// The column of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == name)
    }
}

/// Why an event is kept but left out of results unless asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Tag {
    /// An ordinary event.
    #[default]
    None = 0,
    /// Sent by a robot.
    Bot = 1,
    /// Sent by the site's own people.
    Internal = 2,
    /// Sent to try the site out.
    Test = 3,
}

impl Tag {
    /// The tag's name in files; empty for an ordinary event.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Bot => "bot",
            Self::Internal => "internal",
            Self::Test => "test",
        }
    }

    /// The tag of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::None, Self::Bot, Self::Internal, Self::Test].into_iter().find(|tag| tag.as_str() == name)
    }
}

/// What an event's visitor number rests on, and so how far a journey reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Identity {
    /// A pseudonym that lives one site-local day.
    #[default]
    Audience = 0,
    /// A first-party identifier set after consent.
    Consented = 1,
    /// The identifier of an imported file, hashed with the site's key.
    Imported = 2,
}

impl Identity {
    /// The identity's name in files and results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audience => "audience",
            Self::Consented => "consented",
            Self::Imported => "imported",
        }
    }

    /// The identity of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Audience, Self::Consented, Self::Imported].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One event. Buffers can be reused: [`Event::clear`] keeps their capacity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Pseudonym of the visitor; [`NO_VISITOR`] when there is none.
    pub visitor: u64,
    /// Milliseconds since 1970-01-01 UTC.
    pub time: i64,
    texts: [String; TextColumn::ALL.len()],
    /// Hash of the user identifier that the site passed.
    pub user: Option<u64>,
    /// Identifier by which a repeated delivery is recognised.
    pub event_id: Option<u128>,
    /// Value in minor units of the event's currency.
    pub value: Option<i64>,
    /// Hash of the order or transaction identifier.
    pub key: Option<u64>,
    /// The value came by a signed webhook or a secret server key.
    pub verified: bool,
    /// Left out of results unless asked for, and why.
    pub tag: Tag,
    /// What the visitor number rests on.
    pub identity: Identity,
    /// Properties: at most one value a key; an empty value means none.
    pub props: Vec<(String, String)>,
}

impl Event {
    /// The text of a column; empty when the event does not have it.
    #[must_use]
    pub fn text(&self, column: TextColumn) -> &str {
        &self.texts[column as usize]
    }

    /// Sets the text of a column.
    pub fn set_text(&mut self, column: TextColumn, text: &str) {
        let slot = &mut self.texts[column as usize];
        slot.clear();
        slot.push_str(text);
    }

    /// The same event with that text: for building events in one expression.
    #[must_use]
    pub fn with_text(mut self, column: TextColumn, text: &str) -> Self {
        self.set_text(column, text);
        self
    }

    /// An event of that visitor, time (ms) and name, and nothing else.
    #[must_use]
    pub fn new(visitor: u64, time: i64, name: &str) -> Self {
        Self { visitor, time, ..Self::default() }.with_text(TextColumn::Name, name)
    }

    /// The value of a property, if the event has it.
    #[must_use]
    pub fn prop(&self, key: &str) -> Option<&str> {
        self.props.iter().find(|(k, v)| k == key && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// The name that the event was sent under, which a predicate looks at. It differs from the name column only for an event
    /// that is called [`OTHER_NAME`].
    #[must_use]
    pub fn own_name(&self) -> &str {
        match self.text(TextColumn::Name) {
            OTHER_NAME => self.prop(RAW_NAME).unwrap_or(OTHER_NAME),
            name => name,
        }
    }

    /// Empties the event for reuse, keeping its text buffers.
    pub fn clear(&mut self) {
        let mut texts = std::mem::take(&mut self.texts);
        texts.iter_mut().for_each(String::clear);
        let mut props = std::mem::take(&mut self.props);
        props.clear();
        *self = Self { texts, props, ..Self::default() };
    }
}
