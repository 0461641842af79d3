//! From a delivery to stored events: the one way that all protocols share.

use std::sync::Arc;

use waymark_model::{Event, TextColumn, event::NO_VISITOR};
use waymark_store::{Clock, Store, StoreError, catalog::Site, log::AppendError};

use super::{
    Caller, Delivery, Incoming, Refusal, RequestError,
    build::{self, Found},
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
    /// Why stored events are left out of results, each reason once.
    pub not_counted: Vec<&'static str>,
}

/// Takes deliveries and has their events stored.
#[derive(Debug)]
pub struct Collector {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Collector {
    /// A collector that stores events in that store.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
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
            match told.and_then(|told| self.event(site, caller, told, now)) {
                Ok(event) => {
                    report.outcomes.push(Outcome::Stored);
                    events.push(event);
                }
                Err(refusal) => report.outcomes.push(Outcome::Refused(refusal)),
            }
        }
        self.count_refused(site, &report);
        let stored = self.store(site, events).await?;
        report.settle(&stored);
        Ok(report)
    }

    fn event(&self, site: &Site, _caller: &Caller, told: Incoming, now: i64) -> Result<Event, Refusal> {
        let url = told.url.clone().unwrap_or_default();
        let address = crate::address::split(&url);
        let found = Found {
            visitor: NO_VISITOR,
            time: told.time.unwrap_or(now),
            texts: vec![(TextColumn::Host, &address.host), (TextColumn::Path, address.path)],
            ..Found::default()
        };
        build::event(told, found, &site.secret)
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

    fn count_refused(&self, site: &Site, report: &Report) {
        for outcome in &report.outcomes {
            if let Outcome::Refused(refusal) = outcome {
                self.store.count(&site.id, waymark_store::Fate::Rejected(refusal.code()), 1);
            }
        }
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
