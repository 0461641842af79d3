//! The client: takes events, and says when all are stored.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    error::{CloseError, OptionsError, Refused, TrackError},
    event::Event,
    queue::Queue,
    transport::Transport,
    worker::{MOST_BYTES, Worker},
};

/// Hears of events that the collector refused, on the client's thread.
pub(crate) type OnRefused = Box<dyn Fn(&Refused) + Send>;

/// How a client behaves.
pub struct Options {
    /// Where the collector is: `https://stats.example`.
    pub host: String,
    /// The site's name in Waymark.
    pub site: String,
    /// A secret server key of the site (`wms_…`).
    pub key: Option<String>,
    /// Most events that wait; 10,000.
    pub capacity: usize,
    /// Most events of a request, up to 500; 100.
    pub batch: usize,
    /// How long an event waits for others; 500 ms.
    pub delay: Duration,
    /// The pause after a failure; each further one is twice as long, up to a minute. 1 s.
    pub first_pause: Duration,
    /// Hears of events that the collector refused. Without it they are written to the error stream.
    pub on_refused: Option<OnRefused>,
}

impl Options {
    /// Those of a collector and a site, without a key.
    #[must_use]
    pub fn new(host: impl Into<String>, site: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            site: site.into(),
            key: None,
            capacity: 10_000,
            batch: 100,
            delay: Duration::from_millis(500),
            first_pause: Duration::from_secs(1),
            on_refused: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is a secret.
        f.debug_struct("Options").field("host", &self.host).field("site", &self.site).finish_non_exhaustive()
    }
}

/// A client. Share it between threads. Dropping it gives up what still waits: [`close`](Self::close) it.
pub struct Client {
    queue: Arc<Queue>,
    capacity: usize,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl Client {
    /// Starts a client, with a thread of its own.
    ///
    /// # Errors
    /// When the host is no address, or the thread cannot be started.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        let Options { host, site, key, capacity, batch, delay, first_pause, on_refused } = options;
        let is_web = ["https://", "http://"]
            .iter()
            .any(|scheme| host.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        if !is_web {
            return Err(OptionsError::Host(host));
        }
        let queue = Arc::new(Queue::default());
        let worker = Worker {
            queue: Arc::clone(&queue),
            transport: Transport::new(&host, &site, key.as_deref()),
            batch: batch.clamp(1, 500),
            delay,
            first_pause,
            on_refused: on_refused.unwrap_or_else(|| Box::new(|refused| eprintln!("waymark: {refused}"))),
        };
        let thread = thread::Builder::new().name("waymark-client".to_owned()).spawn(move || worker.run());
        let thread = Mutex::new(Some(thread.map_err(OptionsError::Thread)?));
        Ok(Self { queue, capacity, thread })
    }

    /// Takes an event; it goes out soon, with others. Does not wait.
    ///
    /// # Errors
    /// When the event was not taken.
    pub fn track(&self, event: Event) -> Result<(), TrackError> {
        let now = jiff::Timestamp::now().as_millisecond();
        let json = event.into_json(now).map_err(|_| TrackError::NoRandomness)?;
        if json.len() > MOST_BYTES {
            return Err(TrackError::TooLarge { bytes: json.len(), limit: MOST_BYTES });
        }
        self.queue.push(json, self.capacity)
    }

    /// Events that wait or are under way.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Waits until the collector has answered for all events taken so far, at the most for `longest`.
    ///
    /// # Errors
    /// When it has not; it is tried on.
    pub fn flush(&self, longest: Duration) -> Result<(), CloseError> {
        let late = |(events, cause)| CloseError { events, waited: longest, cause };
        self.queue.flush(longest).map_err(late)
    }

    /// Takes no more events, and waits until the collector has answered for all, at the most for `longest`.
    ///
    /// # Errors
    /// When it has not: those events are lost.
    pub fn close(&self, longest: Duration) -> Result<(), CloseError> {
        self.queue.close();
        let flushed = self.flush(longest);
        self.queue.abandon();
        // A request under way is not waited for when time is up.
        if flushed.is_ok()
            && let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            // It ends when nothing waits; had it panicked, there would be nothing to do about it.
            let _ = thread.join();
        }
        flushed
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.queue.close();
        self.queue.abandon();
    }
}
