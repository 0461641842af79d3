//! The thread that sends: batches in their order, pauses that grow, and one at a time when a request cannot be read.

use std::{sync::Arc, thread, time::Duration};

use crate::{
    client::OnRefused,
    error::Refused,
    queue::Queue,
    transport::{Answer, Transport},
};

const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Requests are at most 1 MiB; this leaves room for what stands around the events.
pub(crate) const MOST_BYTES: usize = 1_000_000;

pub(crate) struct Worker {
    pub(crate) queue: Arc<Queue>,
    pub(crate) transport: Transport,
    pub(crate) batch: usize,
    pub(crate) delay: Duration,
    pub(crate) first_pause: Duration,
    pub(crate) on_refused: OnRefused,
}

/// Says, when it is dropped by a panic, that nothing is sent any more: events would pile up in silence.
struct DeathNotice(Arc<Queue>);

impl Drop for DeathNotice {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.die();
        }
    }
}

impl Worker {
    pub(crate) fn run(self) {
        let _notice = DeathNotice(Arc::clone(&self.queue));
        let (mut most, mut pause) = (self.batch, self.first_pause);
        while let Some(mut events) = self.queue.batch(most, self.delay) {
            events.truncate(fitting(&events));
            let now = jiff::Timestamp::now().as_millisecond();
            match self.transport.send(&events, now) {
                Answer::Read(refused) => {
                    for (place, code, message) in refused {
                        (self.on_refused)(&Refused { code, message, event: events[place].clone() });
                    }
                    self.queue.answered(events.len());
                    (most, pause) = (self.batch, self.first_pause);
                }
                Answer::Later { cause, after } => {
                    self.queue.failed(cause, after.unwrap_or(pause));
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Answer::Refused(code, message) if events.len() == 1 => {
                    (self.on_refused)(&Refused { code, message, event: events.swap_remove(0) });
                    self.queue.answered(1);
                    most = self.batch;
                }
                // One of them makes it unreadable: fewer, until that one is alone.
                Answer::Refused(..) => most = events.len().div_ceil(2),
            }
        }
    }
}

/// How many of the events fit into a request; at least one.
fn fitting(events: &[String]) -> usize {
    let mut bytes = 0;
    let fits = events.iter().take_while(|event| {
        bytes += event.len() + 1;
        bytes <= MOST_BYTES
    });
    fits.count().max(1)
}
