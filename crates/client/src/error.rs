//! What can go wrong, and what is lost by it.

use std::time::Duration;

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// The host is no address.
    #[error("`{0}` is no host: give it as `https://stats.example`")]
    Host(String),
    /// The thread cannot be started.
    #[error("the client's thread cannot be started: {0}")]
    Thread(#[source] std::io::Error),
}

/// Why an event was not taken. It is the caller's still.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackError {
    /// Too many events wait.
    #[error(
        "{0} events wait already: the collector cannot be reached, or not as fast; this event was not taken"
    )]
    QueueFull(usize),
    /// No request can hold it.
    #[error("the event has {bytes} bytes, more than the {limit} that fit into a request; it was not taken")]
    TooLarge {
        /// Its length as JSON.
        bytes: usize,
        /// The largest length.
        limit: usize,
    },
    /// The thread that sends events has ended by a panic, perhaps of `on_refused`.
    #[error(
        "the client's thread has panicked, so it sends no more events; this event was not taken. Create a new client"
    )]
    SenderFailed,
    /// The client is closed.
    #[error("the client is closed; this event was not taken")]
    Closed,
    /// The system gives no random numbers for an identifier.
    #[error("no random numbers for the event's identifier; it was not taken")]
    NoRandomness,
}

/// An event that the collector refused. It is not stored; sending it again would change nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the collector refused an event ({code}): {message}")]
pub struct Refused {
    /// The stable name of the reason.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// The event as JSON.
    pub event: String,
}

/// Why not all events are stored yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{events} events were not delivered within {waited:?}: {cause}")]
pub struct CloseError {
    /// How many: lost, if the client was closed; on their way still, if it was flushed.
    pub events: usize,
    /// How long it was tried.
    pub waited: Duration,
    /// What the last attempt ended with.
    pub cause: String,
}
