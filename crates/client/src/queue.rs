//! The events that wait, between those who track and the thread that sends.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::error::TrackError;

/// What is known of the events that were taken.
#[derive(Debug, Default)]
struct State {
    /// Events as JSON, those under way included, in their order.
    waiting: VecDeque<String>,
    taken: u64,
    answered: u64,
    is_closing: bool,
    /// The thread that sends has ended by a panic: nothing is sent any more.
    is_dead: bool,
    /// Somebody waits for all to be answered: nothing is held back for others to come.
    is_urgent: bool,
    cause: String,
}

/// The events that wait.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an event, unless `capacity` wait already or nothing is sent any more.
    pub(crate) fn push(&self, event: String, capacity: usize) -> Result<(), TrackError> {
        let mut state = self.lock();
        if state.is_dead {
            return Err(TrackError::SenderFailed);
        }
        if state.is_closing {
            return Err(TrackError::Closed);
        }
        if state.waiting.len() >= capacity {
            return Err(TrackError::QueueFull(capacity));
        }
        state.waiting.push_back(event);
        state.taken += 1;
        self.changed.notify_all();
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Waits for events, and then for `most` of them or `delay`, whichever comes first. `None` when the client is
    /// closing and nothing waits.
    pub(crate) fn batch(&self, most: usize, delay: Duration) -> Option<Vec<String>> {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            if state.is_closing {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let until = Instant::now() + delay;
        while state.waiting.len() < most && !state.is_closing && !state.is_urgent {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Some(state.waiting.iter().take(most).cloned().collect())
    }

    /// The first so many events are answered for.
    pub(crate) fn answered(&self, events: usize) {
        let mut state = self.lock();
        let events = events.min(state.waiting.len());
        state.waiting.drain(..events);
        state.answered += events as u64;
        state.is_urgent &= !state.waiting.is_empty();
        self.changed.notify_all();
    }

    /// An attempt failed. Waits for `pause`, or until the client gives up.
    pub(crate) fn failed(&self, cause: String, pause: Duration) {
        let mut state = self.lock();
        state.cause = cause;
        let until = Instant::now() + pause;
        while !(state.is_closing && state.waiting.is_empty()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until all that was taken so far is answered for; the number that is not after `longest`, and why.
    pub(crate) fn flush(&self, longest: Duration) -> Result<(), (usize, String)> {
        let mut state = self.lock();
        let (wanted, until) = (state.taken, Instant::now() + longest);
        state.is_urgent = !state.waiting.is_empty();
        self.changed.notify_all();
        while state.answered < wanted {
            let left =
                if state.is_dead { Duration::ZERO } else { until.saturating_duration_since(Instant::now()) };
            if left.is_zero() {
                let missing = usize::try_from(wanted - state.answered).unwrap_or(usize::MAX);
                return Err((missing, state.cause.clone()));
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }

    /// Records that the thread that sends has panicked.
    pub(crate) fn die(&self) {
        let mut state = self.lock();
        state.is_dead = true;
        state.cause = TrackError::SenderFailed.to_string();
        self.changed.notify_all();
    }

    /// Takes no more events.
    pub(crate) fn close(&self) {
        self.lock().is_closing = true;
        self.changed.notify_all();
    }

    /// Gives up what still waits.
    pub(crate) fn abandon(&self) {
        self.lock().waiting.clear();
        self.changed.notify_all();
    }
}
