//! How many files, and so connections, the process may have open.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Files for everything else: segments, the log, the catalog.
const OTHERS: u64 = 512;

/// Raises the process's limit of open files as far as connections need it and the system allows; gives the connections
/// that fit.
#[must_use]
pub fn for_connections(wanted: usize) -> usize {
    let needed = (wanted as u64).saturating_add(OTHERS);
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < needed) {
        let most = limit.maximum.unwrap_or(needed).min(needed);
        let raised = rustix::process::Rlimit { current: Some(most), ..limit };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit.current = Some(most);
        }
    }
    let room = limit.current.unwrap_or(needed).saturating_sub(OTHERS).max(16);
    let fitting = usize::try_from(room).unwrap_or(usize::MAX).min(wanted);
    if fitting < wanted {
        tracing::warn!(
            connections = fitting,
            "the limit of open files allows fewer connections than configured; raise it (`ulimit -n`, `LimitNOFILE`)"
        );
    }
    fitting
}
