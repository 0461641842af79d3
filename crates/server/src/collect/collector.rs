//! From a delivery to stored events: the one way that all protocols share.

use std::sync::Arc;

use waymark_model::{Event, Identity, TextColumn, event::NO_VISITOR};
use waymark_store::{
    Clock, Fate, Store, StoreError,
    catalog::{IdentifierKind, Site},
    log::AppendError,
};

use super::{
    Caller, Delivery, Incoming, Refusal, RequestError, Visitor,
    build::{self, Found},
    describe::{Description, Surroundings},
    live::{Live, Origin, Seen, Who},
};

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored and survives a power cut.
    Stored,
    /// It was stored before.
    Duplicate,
    /// It is refused.
    Refused(Refusal),
}

/// What became of a request's events, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One outcome for each event.
    pub outcomes: Vec<Outcome>,
    /// Why stored events are left out of results, by the stable names of the reasons.
    pub not_counted: Vec<&'static str>,
}

/// Takes deliveries and has their events stored.
#[derive(Debug)]
pub struct Collector {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) surroundings: Surroundings,
    /// Who is on the sites now.
    pub live: Live,
}

impl Collector {
    /// A collector that stores events in that store.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, surroundings: Surroundings) -> Self {
        Self { store, clock, surroundings, live: Live::default() }
    }

    /// Stores the events of a delivery; returns once they survive a power cut.
    ///
    /// # Errors
    /// When nothing was stored.
    pub async fn take(
        &self,
        site: &Site,
        caller: &Caller,
        delivery: Delivery,
    ) -> Result<Report, RequestError> {
        if delivery.events.is_empty() {
            return Err(RequestError::NoEvents);
        }
        let now = self.clock.now();
        let mut report = Report::default();
        let mut events = Vec::with_capacity(delivery.events.len());
        for told in delivery.events {
            match told.and_then(|told| self.event(site, caller, told, now, &mut report)) {
                Ok(event) => {
                    report.outcomes.push(Outcome::Stored);
                    events.push(event);
                }
                Err(refusal) => {
                    self.store.count(&site.id, Fate::Rejected(refusal.code()), 1);
                    report.outcomes.push(Outcome::Refused(refusal));
                }
            }
        }
        let seen = self.live.is_watched().then(|| events.iter().map(|event| seen(site, event)).collect());
        let stored = self.store(site, events).await?;
        report.settle(&stored);
        self.show(seen.unwrap_or_default(), &stored);
        Ok(report)
    }

    fn event(
        &self,
        site: &Site,
        caller: &Caller,
        told: Incoming,
        now: i64,
        report: &mut Report,
    ) -> Result<Event, Refusal> {
        let description = self.surroundings.describe(site, caller, &told)?;
        let time = told.time.unwrap_or(now);
        let (visitor, identity) = self.visitor(site, &told);
        let Description { page, referrer, arrival, agent, country, tag, not_counted } = description;
        let origin = Origin {
            channel: arrival.channel.as_str(),
            source: arrival.source,
            medium: arrival.medium,
            campaign: page.campaign.campaign.into_owned(),
            referrer,
        };
        let gap = site.definition.session_gap_ms;
        let origin = match visitor {
            NO_VISITOR => Arc::new(origin),
            _ => self.live.note(Who { site: site.number, visitor }, visitor, time, gap, origin),
        };
        let country = country.as_ref().map_or("", |country| country.as_str());
        let texts = vec![
            (TextColumn::Host, page.host.as_str()),
            (TextColumn::Path, page.path.as_str()),
            (TextColumn::Referrer, origin.referrer.as_str()),
            (TextColumn::Channel, origin.channel),
            (TextColumn::Source, origin.source.as_str()),
            (TextColumn::Medium, origin.medium.as_str()),
            (TextColumn::Campaign, origin.campaign.as_str()),
            (TextColumn::Country, country),
            (TextColumn::Device, agent.device.as_str()),
            (TextColumn::Browser, agent.browser),
            (TextColumn::Os, agent.os),
        ];
        let is_verified = caller.is_server;
        let found = Found { visitor, identity, time, tag, is_verified, texts, notes: Vec::new() };
        let event = build::event(told, page.params, found, &site.secret)?;
        report.not_counted.extend(not_counted);
        Ok(event)
    }

    fn visitor(&self, site: &Site, told: &Incoming) -> (u64, Identity) {
        match &told.visitor {
            Some(Visitor::Consented { id, .. } | Visitor::Named(id)) => {
                (site.secret.pseudonym(IdentifierKind::Visitor, id), Identity::Consented)
            }
            None => (NO_VISITOR, Identity::Audience),
        }
    }

    async fn store(
        &self,
        site: &Site,
        events: Vec<Event>,
    ) -> Result<Vec<waymark_store::Outcome>, RequestError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let failed = |error| match error {
            StoreError::Append(AppendError::QueueFull) => RequestError::Overloaded,
            error => RequestError::Store(error),
        };
        self.store.offer(site.id.clone(), events).map_err(failed)?.await.map_err(failed)
    }

    /// Shows the events that are new to those who watch.
    fn show(&self, seen: Vec<Seen>, stored: &[waymark_store::Outcome]) {
        let new =
            seen.into_iter().zip(stored).filter(|(_, stored)| **stored == waymark_store::Outcome::Stored);
        new.for_each(|(seen, _)| self.live.show(seen));
    }
}

/// An event as those see it who watch.
fn seen(site: &Site, event: &Event) -> Seen {
    let text = |column| event.text(column).to_owned();
    Seen {
        site: site.number,
        time: event.time,
        name: text(TextColumn::Name),
        host: text(TextColumn::Host),
        path: text(TextColumn::Path),
        channel: text(TextColumn::Channel),
        country: text(TextColumn::Country),
        device: text(TextColumn::Device),
        value: event.value,
        currency: text(TextColumn::Currency),
    }
}

impl Report {
    /// Notes what the store said of the events that were handed to it.
    fn settle(&mut self, stored: &[waymark_store::Outcome]) {
        let handed = self.outcomes.iter_mut().filter(|outcome| **outcome == Outcome::Stored);
        for (outcome, stored) in handed.zip(stored) {
            if *stored == waymark_store::Outcome::Duplicate {
                *outcome = Outcome::Duplicate;
            }
        }
    }
}
