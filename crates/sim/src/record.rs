//! An event as the simulator keeps it until it arrives: small, without texts; and how it becomes an [`Event`].

use waymark_model::{Event, Identity, Tag, TextColumn};

use crate::{
    catalogue::{Catalogue, ItemId, PageId},
    dice::mix,
    traffic::{COUNTRIES, PROFILES, SOURCES},
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    PageView,
    ViewItem,
    AddToCart,
    BeginCheckout,
    Details,
    Purchase,
    Refund,
    Newsletter,
    Account,
    Brochure,
    Video,
    Social,
    Scroll,
    Engagement,
}

impl Kind {
    pub(crate) const ALL: [Self; 14] = [
        Self::PageView,
        Self::ViewItem,
        Self::AddToCart,
        Self::BeginCheckout,
        Self::Details,
        Self::Purchase,
        Self::Refund,
        Self::Newsletter,
        Self::Account,
        Self::Brochure,
        Self::Video,
        Self::Social,
        Self::Scroll,
        Self::Engagement,
    ];

    /// The event's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PageView => waymark_model::event::PAGE_VIEW,
            Self::ViewItem => "view_item",
            Self::AddToCart => "add_to_cart",
            Self::BeginCheckout => "begin_checkout",
            Self::Details => "checkout_details",
            Self::Purchase => "purchase",
            Self::Refund => waymark_model::event::REFUND,
            Self::Newsletter => "newsletter_signup",
            Self::Account => "account_created",
            Self::Brochure => "brochure_download",
            Self::Video => "$video",
            Self::Social => "social_follow",
            Self::Scroll => "$scroll",
            Self::Engagement => "$engagement",
        }
    }

    /// The key of the property that [`Record::detail`] fills.
    const fn detail_key(self) -> Option<&'static str> {
        match self {
            Self::Video => Some("percent"),
            Self::Scroll => Some("depth"),
            Self::Engagement => Some("ms"),
            Self::Social => Some("network"),
            Self::Brochure => Some("file"),
            _ => None,
        }
    }
}

/// An event on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// When it arrives (ms): its time, or later.
    pub arrival: i64,
    /// When it happened (ms).
    pub time: i64,
    pub visitor: u64,
    /// 0 for none.
    pub user: u64,
    /// 0 for none.
    pub key: u64,
    pub value: Option<i32>,
    pub page: PageId,
    pub item: Option<ItemId>,
    pub kind: Kind,
    /// Percent, seconds, or the index of a network or file.
    pub detail: u8,
    pub source: u8,
    pub profile: u8,
    pub country: u8,
    pub tag: Tag,
    pub identity: Identity,
    pub verified: bool,
    /// First event of its visit, which carries the referrer.
    pub first: bool,
    /// The same action again: a double click, a reloaded page.
    pub again: bool,
}

const NETWORKS: [&str; 3] = ["instagram", "pinterest", "youtube"];
const FILES: [&str; 2] = ["brewing-guide.pdf", "catalogue.pdf"];
const VIDEO: &str = "pour-over";
const CURRENCY: &str = "EUR";

/// Turns records into events, reusing one event's buffers.
pub(crate) struct Writer {
    event: Event,
    /// Property buffers that the current event has no use for.
    spare: Vec<(String, String)>,
    /// 0 to 255, and the same times 1,000.
    numbers: Vec<String>,
    thousands: Vec<String>,
    key: u64,
    /// Events written.
    written: u64,
}

impl Writer {
    pub(crate) fn new(key: u64) -> Self {
        let texts = |factor: u32| (0..=255).map(|number| (number * factor).to_string()).collect();
        let (numbers, thousands) = (texts(1), texts(1_000));
        Self { event: Event::default(), spare: Vec::new(), numbers, thousands, key, written: 0 }
    }

    /// The record as an event; valid until the next call.
    pub(crate) fn write(&mut self, record: &Record, catalogue: &Catalogue) -> &Event {
        self.written += 1;
        let event = &mut self.event;
        event.visitor = record.visitor;
        event.time = record.time;
        event.user = (record.user != 0).then_some(record.user);
        event.key = (record.key != 0).then_some(record.key);
        event.event_id = Some(event_id(self.key, self.written));
        event.value = record.value.map(i64::from);
        event.verified = record.verified;
        event.tag = record.tag;
        event.identity = record.identity;
        self.texts(record, catalogue);
        self.props(record, catalogue);
        &self.event
    }

    fn texts(&mut self, record: &Record, catalogue: &Catalogue) {
        let source = &SOURCES[usize::from(record.source)];
        let profile = &PROFILES[usize::from(record.profile)];
        let (host, path) = catalogue.page(record.page);
        let texts = [
            (TextColumn::Name, record.kind.name()),
            (TextColumn::Host, host),
            (TextColumn::Path, path),
            (TextColumn::Referrer, if record.first { source.referrer } else { "" }),
            (TextColumn::Channel, source.channel),
            (TextColumn::Source, source.source),
            (TextColumn::Medium, source.medium),
            (TextColumn::Campaign, source.campaign),
            (TextColumn::Country, COUNTRIES[usize::from(record.country)].0),
            (TextColumn::Device, profile.device),
            (TextColumn::Browser, profile.browser),
            (TextColumn::Os, profile.os),
            (TextColumn::Currency, if record.value.is_some() { CURRENCY } else { "" }),
        ];
        for (column, text) in texts {
            self.event.set_text(column, text);
        }
    }

    fn props(&mut self, record: &Record, catalogue: &Catalogue) {
        self.spare.append(&mut self.event.props);
        if let Some(item) = record.item {
            put(&mut self.event, &mut self.spare, "item", &catalogue.product(item).sku);
            put(&mut self.event, &mut self.spare, "category", catalogue.category(item));
        }
        if let Some(key) = record.kind.detail_key() {
            let detail = usize::from(record.detail);
            let text = match record.kind {
                Kind::Social => NETWORKS[detail % NETWORKS.len()],
                Kind::Brochure => FILES[detail % FILES.len()],
                Kind::Engagement => &self.thousands[detail],
                _ => &self.numbers[detail],
            };
            put(&mut self.event, &mut self.spare, key, text);
        }
        if record.kind == Kind::Video {
            put(&mut self.event, &mut self.spare, "video", VIDEO);
        }
    }
}

fn put(event: &mut Event, spare: &mut Vec<(String, String)>, key: &str, value: &str) {
    let (mut k, mut v) = spare.pop().unwrap_or_default();
    k.clear();
    v.clear();
    k.push_str(key);
    v.push_str(value);
    event.props.push((k, v));
}

/// The id of the event with that serial: each half alone is distinct for distinct serials.
const fn event_id(key: u64, serial: u64) -> u128 {
    (mix(key ^ serial.rotate_left(32)) as u128) << 64 | mix(mix(key) ^ serial) as u128
}
