//! From a delivery to stored events: the one way that all protocols share.

use std::{cell::RefCell, collections::BTreeSet, fmt, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use waymark_model::{
    Event, Goal, Tag, TextColumn,
    normal::{properties::CLOCK, shown_host},
};
use waymark_store::{
    Clock, Fate, Store, StoreError,
    catalog::Site,
    columns::{ColumnsError, Part},
    log::AppendError,
};

use super::{
    Caller, Delivery, Incoming, Refusal, Remark, RequestError,
    build::{self, Found},
    client_time::{self, ClientClocks, EventTime},
    describe::Surroundings,
    enrich::url,
    identifiers,
    incoming::Property,
    live::{Live, Seen},
    names::Names,
    rate_limit::RateLimit,
    request::Request,
    who::{self, DaySalts, Visitors},
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
    /// What became of parts of events that could not be kept as they were sent, by the events' places in the request.
    pub remarks: Vec<(usize, Remark)>,
}

/// Takes deliveries and has their events stored.
#[derive(Debug)]
pub struct Collector {
    /// Where events go.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Tables that events are described by.
    pub surroundings: Surroundings,
    /// Whose events are.
    pub visitors: Visitors,
    /// Offsets of clients' clocks.
    pub clocks: ClientClocks,
    /// How fast a network may send; without a limit, unless given.
    pub limit: Option<RateLimit>,
    /// The names of each site's events.
    pub names: Names,
    /// Who is on the sites now.
    pub live: Live,
    /// Requests whose events are compared with earlier ones, for those who watch, at a time.
    pub marking: Arc<Semaphore>,
    /// What knows the goals' counting rules, for those who watch.
    pub repeats: Arc<dyn Repeats>,
}

/// Whether an event repeats one that its goals have counted already. How events are counted is not known here.
pub trait Repeats: fmt::Debug + Send + Sync {
    /// Whether the event may be a repeat, told without a look at what is stored.
    fn may_repeat(&self, goals: &[Goal], event: &Event) -> bool;

    /// For each of these stored events, whether it is one.
    ///
    /// # Errors
    /// When a column cannot be read.
    fn repeats(
        &self,
        parts: &[Part],
        goals: &[Goal],
        session_gap_ms: i64,
        events: &[Event],
    ) -> Result<Vec<bool>, ColumnsError>;
}

impl Collector {
    /// Stores the events of a delivery; returns once they survive a power cut.
    ///
    /// # Errors
    /// When nothing was stored.
    pub async fn take(
        &self,
        site: &Site,
        caller: &Caller,
        delivery: Delivery<'_>,
    ) -> Result<Report, RequestError> {
        let (mut report, events) = self.events(site, caller, delivery)?;
        let shown = if self.live.is_watched() { events.clone() } else { Vec::new() };
        let stored = self.store(site, events).await?;
        report.settle(&stored);
        self.count(site, &report);
        self.show(site, shown, &stored).await;
        Ok(report)
    }

    /// The events of a delivery that may be stored, and what became of the others.
    fn events(
        &self,
        site: &Site,
        caller: &Caller,
        delivery: Delivery<'_>,
    ) -> Result<(Report, Vec<Event>), RequestError> {
        let request = self.begin(site, caller, &delivery)?;
        let mut report = Report::default();
        let mut events = Vec::with_capacity(delivery.events.len());
        for told in delivery.events {
            match told.and_then(|told| self.event(&request, told, &mut report)) {
                Ok((event, remarks)) => {
                    let place = report.outcomes.len();
                    report.remarks.extend(remarks.into_iter().map(|remark| (place, remark)));
                    report.outcomes.push(Outcome::Stored);
                    events.push(event);
                }
                Err(refusal) => {
                    self.store.count(&site.id, Fate::Rejected(refusal.code()), 1);
                    report.outcomes.push(Outcome::Refused(refusal));
                }
            }
        }
        for aside in self.names.admit(site.number, &mut events, caller.is_server) {
            report.not_counted.extend(aside.name.then_some("too_many_names"));
            report.not_counted.extend(aside.properties.then_some("too_many_keys"));
        }
        Ok((report, events))
    }

    /// Counts, by reason, the stored events of which something was left out or repaired.
    fn count(&self, site: &Site, report: &Report) {
        let noted: BTreeSet<_> =
            report.stored_remarks().map(|(place, remark)| (place, remark.counted())).collect();
        noted.iter().for_each(|(_, reason)| self.store.note(&site.id, reason, 1));
    }

    /// What the events of a request share, if it may be looked at.
    fn begin<'r>(
        &self,
        site: &'r Site,
        caller: &'r Caller,
        delivery: &Delivery<'_>,
    ) -> Result<Request<'r>, RequestError> {
        let received = self.clock.now();
        let events = delivery.events.len();
        let salts = self.salts(site, caller, events, received).inspect_err(|error| {
            // What the store refuses later on, it counts itself.
            self.store.count(&site.id, Fate::Rejected(error.code()), events.max(1) as u64);
        })?;
        let load = delivery.load.as_deref();
        let offset = self.clocks.offset(site.id.as_str(), load, delivery.sent_at, received);
        let browser = (!caller.is_server).then(|| self.surroundings.browser(site, caller));
        Ok(Request { site, caller, received, offset, salts, browser, audience: RefCell::default() })
    }

    /// The salts for a request that has events, and whose sender is not too fast.
    fn salts(
        &self,
        site: &Site,
        caller: &Caller,
        events: usize,
        received: i64,
    ) -> Result<DaySalts, RequestError> {
        if events == 0 {
            return Err(RequestError::NoEvents);
        }
        self.allow(caller, events, received)?;
        self.visitors.salts(site, received).map_err(RequestError::NoSalt)
    }

    /// Servers with a key send as fast as they can.
    fn allow(&self, caller: &Caller, events: usize, now: i64) -> Result<(), RequestError> {
        let Some(limit) = self.limit.as_ref().filter(|_| !caller.is_server) else { return Ok(()) };
        let events = u32::try_from(events).unwrap_or(u32::MAX);
        limit.allow(caller.ip, events, now).map_err(|too_fast| RequestError::RateLimited {
            after: u32::try_from(too_fast.retry_after).unwrap_or(u32::MAX),
        })
    }

    fn event(
        &self,
        request: &Request<'_>,
        mut told: Incoming<'_>,
        report: &mut Report,
    ) -> Result<(Event, Vec<Remark>), Refusal> {
        let Request { site, caller, received, offset, .. } = request;
        cut_addresses(&mut told.properties, &site.definition.collect.query_params);
        identifiers::settle(&mut told);
        let sender = request.sender(&self.surroundings, &told.told);
        let mut description = self.surroundings.describe(site, &sender, caller.is_server, &mut told)?;
        let at = client_time::told(told.time, (*offset, *received), caller.is_server, &mut told.remarks)?;
        let EventTime { time, is_clamped } = EventTime::of(at, *offset, *received, caller.is_server);
        let at = (description.page.host.as_str(), time);
        let choice = self.visitors.choose(request, &mut told, sender.ip, at, &self.live);
        let origin = who::note(&self.live, site, &choice, time, || description.origin());
        let params = std::mem::take(&mut description.page.params);
        let found = Found {
            visitor: choice.visitor,
            identity: choice.identity,
            time,
            tag: description.tag,
            is_verified: caller.is_server,
            texts: description.texts(&sender, &origin),
            note: is_clamped.then_some((CLOCK, "clamped")),
        };
        let made = build::event(told, params, found, &site.secret)?;
        report.not_counted.extend(description.not_counted);
        Ok(made)
    }

    async fn store(
        &self,
        site: &Site,
        events: Vec<Event>,
    ) -> Result<Vec<waymark_store::AppendOutcome>, RequestError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let failed = |error| match error {
            StoreError::Append(AppendError::QueueFull) => RequestError::Overloaded,
            error => RequestError::Store(error),
        };
        self.store.offer(site.id.clone(), events).map_err(failed)?.await.map_err(failed)
    }

    /// Shows the events that are new to those who watch, with those marked that goals have counted before.
    async fn show(&self, site: &Site, events: Vec<Event>, stored: &[waymark_store::AppendOutcome]) {
        let is_new = |(event, stored): (Event, &waymark_store::AppendOutcome)| {
            (*stored == waymark_store::AppendOutcome::Stored).then_some(event)
        };
        let events: Vec<Event> = events.into_iter().zip(stored).filter_map(is_new).collect();
        let mut shown: Vec<Seen> = events.iter().map(|event| seen(site, event)).collect();
        let goals = &site.definition.goals;
        let may_repeat = |at: &usize| self.repeats.may_repeat(goals, &events[*at]);
        let looked_at: Vec<usize> = (0..events.len()).filter(may_repeat).collect();
        // While others are looked at, events go without the mark: watching must not slow taking.
        if let (false, Ok(place)) = (looked_at.is_empty(), Arc::clone(&self.marking).try_acquire_owned()) {
            let events = looked_at.iter().map(|at| events[*at].clone()).collect();
            let repeats = self.repeats(site, events, place).await;
            looked_at
                .into_iter()
                .zip(repeats)
                .for_each(|(at, is_repeat)| shown[at].already_counted = is_repeat);
        }
        shown.into_iter().for_each(|seen| self.live.show(seen));
    }

    /// Which of these stored events repeat what goals have counted; none, when that cannot be told.
    async fn repeats(&self, site: &Site, events: Vec<Event>, place: OwnedSemaphorePermit) -> Vec<bool> {
        let (store, id) = (self.store.clone(), site.id.clone());
        let (goals, gap) = (site.definition.goals.clone(), site.definition.session_gap_ms);
        let repeats = Arc::clone(&self.repeats);
        let found = tokio::task::spawn_blocking(move || {
            let _place = place;
            repeats.repeats(&store.snapshot(&id).parts, &goals, gap, &events)
        });
        found.await.ok().and_then(Result::ok).unwrap_or_default()
    }
}

/// Of addresses among the properties no more is kept than of the page's own.
fn cut_addresses(properties: &mut [Property<'_>], allowed: &[String]) {
    for (_, value) in properties {
        if let Some(kept) = url::kept_of(value, allowed) {
            *value = kept.into();
        }
    }
}

/// An event as those see it who watch.
fn seen(site: &Site, event: &Event) -> Seen {
    let text = |column| event.text(column).to_owned();
    Seen {
        site: site.number,
        time: event.time,
        name: text(TextColumn::Name),
        host: shown_host(event.text(TextColumn::Host)).into_owned(),
        path: text(TextColumn::Path),
        channel: text(TextColumn::Channel),
        country: text(TextColumn::Country),
        device: text(TextColumn::Device),
        value: event.value,
        currency: text(TextColumn::Currency),
        tag: event.tag.as_str(),
        already_counted: false,
        headline: event.tag == Tag::None
            && site.definition.headline().is_some_and(|goal| goal.matches(event)),
    }
}

impl Report {
    /// Why a part of an event was left out or repaired: each reason's code once for each stored event.
    pub fn noted(&self) -> impl Iterator<Item = &'static str> {
        let noted: BTreeSet<_> =
            self.stored_remarks().map(|(place, remark)| (place, remark.reason.code())).collect();
        noted.into_iter().map(|(_, code)| code)
    }

    /// The remarks on events that were stored, each with the event's place.
    fn stored_remarks(&self) -> impl Iterator<Item = (usize, &Remark)> {
        let is_stored = |place: usize| self.outcomes.get(place) == Some(&Outcome::Stored);
        self.remarks
            .iter()
            .map(|(place, remark)| (*place, remark))
            .filter(move |(place, _)| is_stored(*place))
    }

    /// Notes what the store said of the events that were handed to it.
    fn settle(&mut self, stored: &[waymark_store::AppendOutcome]) {
        let handed = self.outcomes.iter_mut().filter(|outcome| **outcome == Outcome::Stored);
        for (outcome, stored) in handed.zip(stored) {
            if *stored == waymark_store::AppendOutcome::Duplicate {
                *outcome = Outcome::Duplicate;
            }
        }
    }
}
