//! Appends events: recognises duplicates, hands new events to the log, and answers when they are safe. It must not
//! know where events go from there.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use waymark_model::Event;

use crate::{
    codec::{Arrival, EncodedArrival},
    counters::Fate,
    dedup::{Claim, Known},
    error::StoreError,
    lock,
    log::{AppendError, Appended, Pending},
    site::SiteId,
    store::{Inner, Store},
};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppendOutcome {
    /// It is stored, and survives a power cut.
    Stored,
    /// It was stored before, and that survives a power cut.
    Duplicate,
}

/// Outcomes to come, one for each event in their order. It can be awaited or, outside async code, waited for.
/// Dropping it takes nothing back. Only when an event's original was still on its way does polling take the
/// locks again that [`Store::append`] takes.
#[derive(Debug)]
#[must_use = "events are safe only once this has given `Ok`"]
pub struct PendingEvents {
    store: Arc<Inner>,
    site: SiteId,
    outcomes: Vec<Option<AppendOutcome>>,
    round: Round,
    pending: Option<Pending>,
    when_full: WhenFull,
}

/// What to do when the log's queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WhenFull {
    Wait,
    Refuse,
}

/// What one batch in the log will decide.
#[derive(Debug, Default)]
struct Round {
    claim: Claim,
    /// Places of the events in the batch.
    sent: Vec<usize>,
    /// Their identifiers.
    claimed: Vec<u128>,
    /// Events whose identifiers another batch has claimed that is before this one in the log's queue.
    others: Vec<(usize, Claim, Event)>,
}

impl Store {
    /// Takes events that arrived together, in their order, and queues them for the log; blocks while its
    /// queue is full.
    ///
    /// An event whose identifier the site sent before is not stored again. That is said only once its
    /// original is safe.
    ///
    /// # Errors
    /// When the log takes nothing, or identifiers cannot be searched. Nothing of the batch is stored then.
    pub fn append(&self, site: SiteId, events: Vec<Event>) -> Result<PendingEvents, StoreError> {
        self.queue(site, events, WhenFull::Wait)
    }

    /// As [`Store::append`], and never waits for room: for async code, and for senders that can come again.
    ///
    /// # Errors
    /// As [`Store::append`], and [`AppendError::QueueFull`] when more is sent than the disk takes.
    pub fn offer(&self, site: SiteId, events: Vec<Event>) -> Result<PendingEvents, StoreError> {
        self.queue(site, events, WhenFull::Refuse)
    }

    fn queue(
        &self,
        site: SiteId,
        events: Vec<Event>,
        when_full: WhenFull,
    ) -> Result<PendingEvents, StoreError> {
        self.0.writable()?;
        let mut outcomes = vec![None; events.len()];
        let places = (0..).zip(events).collect();
        let (round, pending) = self.0.submit(&site, places, &mut outcomes, when_full)?;
        Ok(PendingEvents { store: Arc::clone(&self.0), site, outcomes, round, pending, when_full })
    }
}

impl Inner {
    /// Sorts out duplicates and queues the others. There is nothing to wait for when all outcomes are known.
    fn submit(
        &self,
        site: &SiteId,
        events: Vec<(usize, Event)>,
        outcomes: &mut [Option<AppendOutcome>],
        when_full: WhenFull,
    ) -> Result<(Round, Option<Pending>), StoreError> {
        let log = self.writable()?;
        let _in_order = lock(&self.append_order);
        let (round, new) = self.claim(site, events, outcomes)?;
        if new.is_empty() && round.others.is_empty() {
            return Ok((round, None));
        }
        let queued =
            self.records(site, new, &round.sent, log.payload_bytes()).and_then(|batch| match when_full {
                WhenFull::Wait => Ok(log.append(batch)?),
                WhenFull::Refuse => Ok(log.try_append(batch)?),
            });
        match queued {
            Ok(pending) => Ok((round, Some(pending))),
            Err(error) => {
                self.refused(site, &round, &error);
                Err(error)
            }
        }
    }

    /// The events as records of at most `limit` bytes, as few as need be. `places` are the events' in the
    /// append.
    fn records(
        &self,
        site: &SiteId,
        events: Vec<Event>,
        places: &[usize],
        limit: usize,
    ) -> Result<Vec<EncodedArrival>, StoreError> {
        let mut records = Vec::new();
        let mut waiting = vec![(events, places)];
        while let Some((events, places)) = waiting.pop() {
            if events.is_empty() {
                continue;
            }
            let mut arrival = Arrival { site: site.clone(), arrived: self.clock.now(), events };
            let record = arrival.encode()?;
            let length = record.payload.len();
            if length <= limit {
                records.push(EncodedArrival { arrival, record });
            } else if let [place] = places {
                return Err(StoreError::EventTooLarge { place: *place, length, limit });
            } else {
                let second = arrival.events.split_off(arrival.events.len() / 2);
                let (first_places, second_places) = places.split_at(arrival.events.len());
                waiting.push((second, second_places));
                waiting.push((arrival.events, first_places));
            }
        }
        Ok(records)
    }

    /// Claims the identifiers that nobody knows; notes the outcome where it is known. Gives the events to
    /// store.
    fn claim(
        &self,
        site: &SiteId,
        events: Vec<(usize, Event)>,
        outcomes: &mut [Option<AppendOutcome>],
    ) -> Result<(Round, Vec<Event>), StoreError> {
        let mut round = Round::default();
        let mut new = Vec::with_capacity(events.len());
        let runs = {
            let mut live = lock(&self.live);
            round.claim = live.ids.new_claim();
            for (place, event) in events {
                let known = event.event_id.map(|id| live.ids.claim(site, id, round.claim));
                match known {
                    Some(Known::Stored) => outcomes[place] = Some(AppendOutcome::Duplicate),
                    Some(Known::Claimed(claim)) => round.others.push((place, claim, event)),
                    Some(Known::Nothing) | None => new.push((place, event)),
                }
            }
            live.runs.clone()
        };
        round.claimed = new.iter().filter_map(|(_, event)| event.event_id).collect();
        let mut stored = Vec::new();
        for id in &round.claimed {
            let known = runs.contains(site, *id).inspect_err(|error| {
                self.release(site, &round);
                self.mend_later(error);
            });
            if known? {
                stored.push(*id);
            }
        }
        if !stored.is_empty() {
            lock(&self.live).ids.release(site, stored.iter().copied(), round.claim);
            round.claimed.retain(|id| !stored.contains(id));
            new.retain(|(place, event)| {
                let known = event.event_id.is_some_and(|id| stored.contains(&id));
                if known {
                    outcomes[*place] = Some(AppendOutcome::Duplicate);
                }
                !known
            });
        }
        round.sent = new.iter().map(|(place, _)| *place).collect();
        Ok((round, new.into_iter().map(|(_, event)| event).collect()))
    }

    fn release(&self, site: &SiteId, round: &Round) {
        lock(&self.live).ids.release(site, round.claimed.iter().copied(), round.claim);
    }

    /// Gives back what was claimed, and counts what was refused.
    fn refused(&self, site: &SiteId, round: &Round, error: &StoreError) {
        let mut live = lock(&self.live);
        live.ids.release(site, round.claimed.iter().copied(), round.claim);
        let events = round.sent.len() + round.others.len();
        live.count(Some(site), Fate::Rejected(reason(error)), events as u64, self.clock.now());
    }
}

/// The stable name of a refusal.
fn reason(error: &StoreError) -> &'static str {
    match error {
        StoreError::EventTooLarge { .. } | StoreError::Append(AppendError::TooLarge { .. }) => "too_large",
        StoreError::Append(AppendError::QueueFull) => "queue_full",
        StoreError::Append(AppendError::DiskFull(_)) => "disk_full",
        StoreError::Append(error) if error.is_final() => "log_failed",
        StoreError::Append(AppendError::Closed) => "log_closed",
        _ => "store_failed",
    }
}

impl PendingEvents {
    /// Blocks until the outcomes are known. Must not be called from async code, which would block its thread:
    /// await the value there.
    ///
    /// # Errors
    /// When the log refused: nothing of the batch is stored, except when the error says that a restart will
    /// tell.
    pub fn wait(mut self) -> Result<Vec<AppendOutcome>, StoreError> {
        while let Some(pending) = self.pending.take() {
            let answer = pending.wait();
            self.settle(answer)?;
        }
        Ok(self.finished())
    }

    /// Takes the log's answer, and submits again what it did not decide.
    fn settle(&mut self, answer: Result<Appended, AppendError>) -> Result<(), StoreError> {
        let round = std::mem::take(&mut self.round);
        if let Err(error) = answer {
            let error = error.into();
            self.store.refused(&self.site, &round, &error);
            return Err(error);
        }
        for place in round.sent {
            self.outcomes[place] = Some(AppendOutcome::Stored);
        }
        if round.others.is_empty() {
            return Ok(());
        }
        // What was queued before is decided: stored, or refused, and then the claim is void if it still stands.
        let mut again = Vec::new();
        {
            let mut live = lock(&self.store.live);
            for (place, claim, event) in round.others {
                live.ids.release(&self.site, event.event_id.into_iter(), claim);
                again.push((place, event));
            }
        }
        (self.round, self.pending) =
            self.store.submit(&self.site, again, &mut self.outcomes, self.when_full)?;
        Ok(())
    }

    /// The outcomes, counted. Stored events were counted when the log made them readable.
    fn finished(&mut self) -> Vec<AppendOutcome> {
        let outcomes: Vec<AppendOutcome> = std::mem::take(&mut self.outcomes).into_iter().flatten().collect();
        let duplicates = outcomes.iter().filter(|outcome| **outcome == AppendOutcome::Duplicate).count();
        if duplicates > 0 {
            let now = self.store.clock.now();
            lock(&self.store.live).count(Some(&self.site), Fate::Duplicate, duplicates as u64, now);
        }
        outcomes
    }
}

impl Future for PendingEvents {
    type Output = Result<Vec<AppendOutcome>, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        while let Some(pending) = self.pending.as_mut() {
            let answer = ready!(Pin::new(pending).poll(context));
            self.pending = None;
            self.settle(answer)?;
        }
        Poll::Ready(Ok(self.finished()))
    }
}
