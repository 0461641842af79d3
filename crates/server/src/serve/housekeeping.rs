//! What the server does by itself: moves tails into segments when due, and merges small ones.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use super::App;

const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Merging is looked for after so many looks at the tails.
const MAINTAIN_AFTER: u32 = 60;

/// Looks after the store for as long as it is polled.
pub async fn housekeeping(app: Arc<App>) {
    let names = Arc::clone(&app);
    // It is only a bound on what strangers may add: the first seconds may do without.
    drop(tokio::task::spawn_blocking(move || read_names(&names)));
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
        if maintain && let Err(error) = app.catalog.forget_ended(app.clock.now()).await {
            tracing::warn!(%error, "sessions that have ended could not be removed; it is tried again");
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
    forget(app, maintain);
    if maintain && let Err(error) = app.store.maintain() {
        tracing::error!(%error, "segments could not be merged; they stay as they are");
    }
}

/// Sessions that are over are forgotten, and so are salts of days that are, where it is time to look for them.
fn forget(app: &App, is_time: bool) {
    let gap = app.sites.all().iter().map(|site| site.definition.session_gap_ms).max().unwrap_or(0);
    app.collector.live.forget_before(app.clock.now().saturating_sub(gap));
    if is_time {
        tidy(app);
    }
}

/// Removes the salts that have served. Failures are logged and tried again.
pub fn tidy(app: &App) {
    for site in app.sites.all() {
        if let Err(error) = app.collector.visitors.forget(&site, app.clock.now()) {
            tracing::error!(%error, "salts that are due could not be removed; it is tried again");
        }
    }
}

/// Reads which names the sites' events have.
fn read_names(app: &App) {
    for site in app.sites.all() {
        if let Err(error) = app.collector.names.read(site.number, &app.store.snapshot(&site.id)) {
            tracing::error!(%error, site = site.id.as_str(), "the names of events could not be read");
        }
    }
}
