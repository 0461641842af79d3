//! What the server does by itself: moves tails into segments when due, merges small ones, looks at every stored byte, and removes
//! what sites keep no longer. What fails is noted in the jobs, and tried again.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};
use waymark_store::{Damaged, DamagedPart, Removed, StoreError, catalog::Site, columns::ColumnsError};

use super::App;
use crate::upkeep;

const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Merging is looked for after so many looks at the tails.
const MAINTAIN_AFTER: u32 = 60;
/// What sites keep no longer is removed once in so many looks at the tails, a day, and an hour after the start for the first time:
/// who has just imported old events can still say that they are to be kept.
const RETAIN_AFTER: u32 = 24 * 60 * 60;
const RETAIN_FIRST: u32 = 60 * 60;
/// Bytes of stored files that are looked at with each look at the tails, until all were looked at.
const EXAMINED_BYTES: u64 = 32 << 20;

/// Looks after the store for as long as it is polled.
pub async fn housekeeping(app: Arc<App>) {
    let names = Arc::clone(&app);
    // It is only a bound on what strangers may add: the first seconds may do without. What definitions use is known already.
    drop(tokio::task::spawn_blocking(move || {
        names.jobs.run("names", "the names of stored events could not be read", || read_names(&names));
    }));
    let mut ticks = interval(FLUSH_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = 0_u32;
    loop {
        ticks.tick().await;
        looks = looks.wrapping_add(1);
        let maintain = looks.is_multiple_of(MAINTAIN_AFTER);
        if maintain {
            look_after_catalog(&app).await;
            erase_all(&app).await;
        }
        let at = Arc::clone(&app);
        let retain = looks % RETAIN_AFTER == RETAIN_FIRST;
        let done = tokio::task::spawn_blocking(move || {
            if retain {
                let again = || at.store.examine_again();
                at.jobs.run("daily examination", "damaged identifiers could not be made again", again);
                retain_all(&at);
            }
            once(&at, maintain);
        });
        match done.await {
            Ok(()) => app.jobs.works("upkeep"),
            Err(error) => {
                tracing::error!(%error, "looking after the store broke off");
                app.jobs.failed("upkeep", format!("it broke off by a fault of the program: {error}"));
            }
        }
    }
}

/// Reads again what the catalog says, forgets sessions that are over, and sees whether its bytes are those that were written.
async fn look_after_catalog(app: &App) {
    // What changes is known at once: this is for a change whose maker did not live to tell. Keys' last uses are noted by it.
    let read = app.reload().await;
    note(
        app,
        "catalog",
        "what it says could not be read again, nor the last use of keys noted; it is tried again",
        read,
    );
    let forgotten = app.catalog.forget_ended(app.clock.now()).await;
    note(app, "sessions", "those that have ended could not be removed; it is tried again", forgotten);
    let examined = match app.catalog.examine().await {
        Ok(found) => {
            found.into_iter().for_each(|what| app.store.note_damage(catalog_damaged(&what)));
            app.catalog.seal().await
        }
        Err(error) => Err(error),
    };
    note(
        app,
        "catalog's seal",
        "whether its bytes are those that were written is not known; it is tried again",
        examined,
    );
}

/// A catalog with other bytes than were written, in the words for everybody.
#[must_use]
pub fn catalog_damaged(what: &str) -> Damaged {
    Damaged {
        part: DamagedPart::Catalog,
        site: None,
        message: format!(
            "the catalog is damaged: {what}; goals, settings and secrets may not be those that were defined: restore `catalog.sqlite` from a backup, or look through what is defined and say `waymark doctor --accept`"
        ),
        affects_answers: true,
    }
}

/// Notes how a job went that cannot wait on a thread.
fn note<E: std::fmt::Display>(app: &App, job: &'static str, meaning: &str, done: Result<impl Sized, E>) {
    app.jobs.run(job, meaning, || done.map(drop));
}

/// Failures are logged and tried again: nothing is lost by them.
fn once(app: &App, maintain: bool) {
    let (store, jobs) = (&app.store, &app.jobs);
    if store.flush_due() {
        jobs.run("flush", "events could not be moved into segments; they stay in the log", || {
            store.flush().map(drop)
        });
    }
    forget(app, maintain);
    jobs.run(
        "identifiers",
        "damaged ones could not be made again; events that carry one are refused for now",
        || store.mend_if_due(),
    );
    jobs.run("examination", "stored files could not be looked at", || {
        _ = store.examine_next(EXAMINED_BYTES);
        Ok::<_, StoreError>(())
    });
    if maintain {
        store.examine_damaged();
        jobs.run("merging", "segments could not be merged; they stay as they are", || {
            store.maintain().map(drop)
        });
    }
}

/// Does what is asked for and not done: a request of the API, or one that failed or that an end of the server broke off.
/// Failures are logged and tried again.
pub(crate) async fn erase_all(app: &Arc<App>) {
    let _one_at_a_time = app.erasing.lock().await;
    let asked = match app.catalog.erasures(None).await {
        Ok(asked) => asked,
        Err(error) => {
            return note(app, "erasure", "who is to be forgotten could not be read", Err::<(), _>(error));
        }
    };
    for erasure in asked.into_iter().filter(|erasure| erasure.done.is_none()) {
        let (number, store) = (erasure.number, app.store.clone());
        let erased = tokio::task::spawn_blocking(move || upkeep::erase(&store, &erasure)).await;
        let noted = match erased {
            Ok(Ok(erased)) => app.catalog.erasure_done(number, app.clock.now(), erased.events).await,
            Ok(Err(error)) => {
                note(
                    app,
                    "erasure",
                    &format!("number {number} failed; it is tried again"),
                    Err::<(), _>(error),
                );
                continue;
            }
            Err(error) => {
                return note(app, "erasure", &format!("number {number} broke off"), Err::<(), _>(error));
            }
        };
        note(
            app,
            "erasure",
            &format!("number {number} was done, but that could not be noted; it is done again"),
            noted,
        );
    }
}

/// Removes what sites keep no longer. Failures are logged and tried again a day later.
fn retain_all(app: &App) {
    if let Some(doubt) = app.store.clock_doubt() {
        // Health says so until somebody says that the clock is right.
        return tracing::warn!("{doubt}");
    }
    app.jobs.run(
        "retention",
        "what sites keep no longer could not be removed; it is tried again in a day",
        || {
            app.store.flush_whole_log()?;
            each_site(app, |site| {
                let Removed { rows, bare, segments } = upkeep::retain(&app.store, site, app.clock.now())?;
                if segments > 0 {
                    let site = site.id.as_str();
                    tracing::info!(site, rows, bare, "what the site keeps no longer was removed");
                }
                Ok::<_, StoreError>(())
            })?;
            app.store.note_time()
        },
    );
}

/// Does something for each site, also after it failed for one; gives the last failure.
fn each_site<E>(app: &App, work: impl Fn(&Site) -> Result<(), E>) -> Result<(), E> {
    let mut done = Ok(());
    for site in app.sites.all() {
        done = work(&site).and(done);
    }
    done
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
    app.jobs.run("salts", "those that are due could not be removed; it is tried again", || {
        each_site(app, |site| app.collector.visitors.forget(site, app.clock.now()))
    });
    note_salts(app);
}

/// Notes which of today's salts are there, so that one that is gone is missed.
pub(crate) fn note_salts(app: &App) {
    let salts = app.collector.visitors.salt_files();
    app.jobs.run("salts' days", "which are there could not be noted; it is tried again", || {
        each_site(app, |site| upkeep::note_salt(&app.store, salts, site, app.clock.now()))
    });
}

/// Reads which names the sites' events have.
fn read_names(app: &App) -> Result<(), ColumnsError> {
    each_site(app, |site| {
        app.store.read(&site.id, |snapshot| app.collector.names.read(site.number, &snapshot.parts))
    })
}
