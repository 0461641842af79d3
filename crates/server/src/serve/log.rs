//! The server's own log: lines on the error stream, for people or programs. No line holds an address, a user agent, the
//! query of an address or anything of a body.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::{filter::LevelFilter, fmt};

use crate::config::LogFormat;

/// Begins to log. A log that has begun already stays as it is.
pub fn begin(format: LogFormat, level: LevelFilter) {
    let lines = fmt().with_max_level(level).with_writer(stderr).with_ansi(stderr().is_terminal());
    let _ = match format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
    };
}
