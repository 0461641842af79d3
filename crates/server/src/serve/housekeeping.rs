//! What the server does by itself: moves tails into segments when due, and merges small ones.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use super::App;

const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Merging is looked for after so many looks at the tails.
const MAINTAIN_AFTER: u32 = 60;

/// Looks after the store for as long as it is polled.
pub async fn housekeeping(app: Arc<App>) {
    let mut ticks = interval(FLUSH_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = 0_u32;
    loop {
        ticks.tick().await;
        looks = looks.wrapping_add(1);
        let maintain = looks.is_multiple_of(MAINTAIN_AFTER);
        if maintain && let Err(error) = app.keys.note(&app.catalog).await {
            tracing::warn!(%error, "the last use of keys could not be noted; it is tried again");
        }
        let app = Arc::clone(&app);
        let done = tokio::task::spawn_blocking(move || once(&app, maintain)).await;
        if let Err(error) = done {
            tracing::error!(%error, "looking after the store broke off");
        }
    }
}

/// Failures are logged and tried again: nothing is lost by them.
fn once(app: &App, maintain: bool) {
    if app.store.flush_due()
        && let Err(error) = app.store.flush()
    {
        tracing::error!(%error, "events could not be moved into segments; they stay in the log");
    }
    if maintain && let Err(error) = app.store.maintain() {
        tracing::error!(%error, "segments could not be merged; they stay as they are");
    }
}
