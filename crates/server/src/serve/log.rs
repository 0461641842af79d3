//! The server's own log: lines on the error stream, for people or programs. No line holds an address, a user agent, the
//! query of an address or anything of a body.

use std::{
    io::{IsTerminal as _, stderr},
    panic, thread,
};

use tracing_subscriber::{filter::LevelFilter, fmt};

use super::jobs::panic_text;
use crate::config::LogFormat;

/// Begins to log. A log that has begun already stays as it is.
pub fn begin(format: LogFormat, level: LevelFilter) {
    let lines = fmt().with_max_level(level).with_writer(stderr).with_ansi(stderr().is_terminal());
    let _ = match format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
    };
    log_panics();
}

/// Writes every panic as a line of the log, so that programs which read it find it.
fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let thread = thread::current();
        let (thread, text) = (thread.name().unwrap_or("unnamed"), panic_text(panic.payload()));
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(thread, place, "a fault in Waymark: {text}; please report it");
    }));
}
