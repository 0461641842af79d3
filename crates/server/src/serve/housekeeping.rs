//! What the server does by itself: moves tails into segments when due, merges small ones, and removes what sites keep no
//! longer.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use waymark_store::Removed;

use super::App;
use crate::upkeep;

const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Merging is looked for after so many looks at the tails.
const MAINTAIN_AFTER: u32 = 60;
/// What sites keep no longer is removed once in so many looks at the tails, a day, and an hour after the start for the first time:
/// who has just imported old events can still say that they are to be kept.
const RETAIN_AFTER: u32 = 24 * 60 * 60;
const RETAIN_FIRST: u32 = 60 * 60;

/// Looks after the store for as long as it is polled.
pub async fn housekeeping(app: Arc<App>) {
    let names = Arc::clone(&app);
    // It is only a bound on what strangers may add: the first seconds may do without. What definitions use is known already.
    drop(tokio::task::spawn_blocking(move || read_names(&names)));
    let mut ticks = interval(FLUSH_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = 0_u32;
    loop {
        ticks.tick().await;
        looks = looks.wrapping_add(1);
        let maintain = looks.is_multiple_of(MAINTAIN_AFTER);
        // What changes is known at once: this is for a change whose maker did not live to tell. Keys' last uses are noted by it.
        if maintain && let Err(error) = app.reload().await {
            tracing::warn!(%error, "the catalog could not be read anew, nor the last use of keys noted; it is tried again");
        }
        if maintain && let Err(error) = app.catalog.forget_ended(app.clock.now()).await {
            tracing::warn!(%error, "sessions that have ended could not be removed; it is tried again");
        }
        if maintain {
            erase_all(&app).await;
        }
        let app = Arc::clone(&app);
        let retain = looks % RETAIN_AFTER == RETAIN_FIRST;
        let done = tokio::task::spawn_blocking(move || {
            if retain {
                retain_all(&app);
            }
            once(&app, maintain);
        });
        let done = done.await;
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

/// Does what is asked for and not done: a request of the API, or one that failed or that an end of the server broke off.
/// Failures are logged and tried again.
pub(crate) async fn erase_all(app: &Arc<App>) {
    let _one_at_a_time = app.erasing.lock().await;
    let asked = match app.catalog.erasures(None).await {
        Ok(asked) => asked,
        Err(error) => return tracing::error!(%error, "who is to be forgotten could not be read"),
    };
    for erasure in asked.into_iter().filter(|erasure| erasure.done.is_none()) {
        let (number, site, store) = (erasure.number, erasure.site.clone(), app.store.clone());
        let erased = tokio::task::spawn_blocking(move || upkeep::erase(&store, &erasure)).await;
        let noted = match erased {
            Ok(Ok(erased)) => app.catalog.erasure_done(number, app.clock.now(), erased.events).await,
            Ok(Err(error)) => {
                tracing::error!(%error, site = site.as_str(), number, "an erasure failed; it is tried again");
                continue;
            }
            Err(error) => return tracing::error!(%error, number, "an erasure broke off; it is tried again"),
        };
        if let Err(error) = noted {
            tracing::error!(%error, number, "an erasure was done, but that could not be noted; it is done again");
        }
    }
}

/// Removes what sites keep no longer. Failures are logged and tried again a day later.
fn retain_all(app: &App) {
    if let Err(error) = app.store.flush_whole_log() {
        tracing::error!(%error, "events could not be moved into segments; they stay in the log");
    }
    for site in app.sites.all() {
        match upkeep::retain(&app.store, &site, app.clock.now()) {
            Ok(removed) if removed.segments > 0 => {
                let Removed { rows, bare, .. } = removed;
                tracing::info!(
                    site = site.id.as_str(),
                    rows,
                    bare,
                    "what the site keeps no longer was removed"
                );
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, site = site.id.as_str(), "what the site keeps no longer could not be removed");
            }
        }
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
        if let Err(error) = app.collector.names.read(site.number, &app.store.snapshot(&site.id).parts) {
            tracing::error!(%error, site = site.id.as_str(), "the names of events could not be read");
        }
    }
}
