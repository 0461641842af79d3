//! How a running query is stopped, also in the middle of one visitor.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Stops a running query from another thread.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the query to stop. It ends soon with [`PlanError::Cancelled`](crate::PlanError::Cancelled).
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the query was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
