//! What the server does by itself: moves tails into segments when due, merges small ones, looks at every stored byte, and removes
//! what sites keep no longer. What fails is noted in the jobs, and tried again.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval};
use waymark_store::{
    Damaged, DamagedPart, Removed, Store, StoreError,
    catalog::{Erasure, Site},
    columns::ColumnsError,
};

use super::{App, Job};
use crate::{retention, salts};

const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Merging is looked for after so many looks at the tails.
const MAINTAIN_AFTER: u32 = 60;
/// What sites keep no longer is removed once in so many looks at the tails, a day, and an hour after the start for the first time:
/// who has just imported old events can still say that they are to be kept.
const RETAIN_AFTER: u32 = 24 * 60 * 60;
const RETAIN_FIRST: u32 = 60 * 60;
/// Bytes of stored files that are looked at with each look at the tails, until all were looked at.
const EXAMINED_BYTES: u64 = 32 << 20;
/// After this time, with each look at the tails, the preparation of columns waits for the next look.
const PREPARE_FOR: Duration = Duration::from_millis(500);

/// Starts the scheduled jobs for as long as it is polled.
pub async fn run_schedule(app: Arc<App>) {
    let mut ticks = interval(FLUSH_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = 0_u32;
    // Names only bound what strangers may add: the first seconds may do without. What definitions use is known already.
    let mut names_known = false;
    loop {
        ticks.tick().await;
        let read_names = !names_known && looks.is_multiple_of(MAINTAIN_AFTER);
        looks = looks.wrapping_add(1);
        let maintain = looks.is_multiple_of(MAINTAIN_AFTER);
        if read_names {
            names_known = true;
            start_reading_names(&app);
        }
        if maintain {
            names_known = !app.jobs.is_failing(Job::EventNames);
            look_after_catalog(&app).await;
            app.jobs.run_async(Job::Erasure, erase_all(&app)).await;
        }
        let at = Arc::clone(&app);
        let retain = looks % RETAIN_AFTER == RETAIN_FIRST;
        let done = tokio::task::spawn_blocking(move || {
            if retain {
                at.jobs.run(Job::DailyExamination, || at.store.examine_again());
                retain_all(&at);
            }
            once(&at, maintain);
        });
        app.jobs.record(Job::Schedule, done.await);
    }
}

/// Starts reading which names the sites' events have.
fn start_reading_names(app: &Arc<App>) {
    let names = Arc::clone(app);
    drop(app.jobs.spawn_blocking(Job::EventNames, move || read_names(&names)));
}

/// Reads again what the catalog says, forgets sessions that are over, and checks that its bytes are those that were written.
async fn look_after_catalog(app: &App) {
    // Changes are known at once: this is for one whose maker did not live to tell. The last use of keys is saved by it.
    app.jobs.run_async(Job::Catalog, app.reload()).await;
    app.jobs.run_async(Job::SignIns, app.catalog.forget_ended(app.clock.now())).await;
    let sealed = async {
        let found = app.catalog.examine().await?;
        found.into_iter().for_each(|what| app.store.note_damage(catalog_damaged(&what)));
        app.catalog.seal().await
    };
    app.jobs.run_async(Job::CatalogSeal, sealed).await;
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

/// What is done with each look at the tails.
fn once(app: &App, maintain: bool) {
    let (store, jobs) = (&app.store, &app.jobs);
    if store.flush_due() {
        jobs.run(Job::Flush, || store.flush());
    }
    forget(app, maintain);
    jobs.run(Job::Identifiers, || store.mend_if_due());
    jobs.run(Job::Examination, || Ok::<_, StoreError>(store.examine_next(EXAMINED_BYTES)));
    jobs.run(Job::ColumnCache, || prepare_columns(store));
    if maintain {
        jobs.run(Job::Compaction, || {
            store.examine_damaged();
            store.maintain()
        });
    }
}

/// Prepares columns that an earlier process did not leave ready to be read, for as long as there is time now.
fn prepare_columns(store: &Store) -> Result<(), StoreError> {
    let begun = Instant::now();
    while store.make_next_ready()? && begun.elapsed() < PREPARE_FOR {}
    Ok(())
}

/// Does the requests to delete a visitor or user that are not done: new ones, and those that failed or that an end of the
/// server interrupted. Goes on after one failed, and gives why the last one did.
pub(crate) async fn erase_all(app: &App) -> Result<(), String> {
    let _one_at_a_time = app.erasing.lock().await;
    let asked = app.catalog.erasures(None).await.map_err(|error| error.to_string())?;
    let mut done = Ok(());
    for erasure in asked.into_iter().filter(|erasure| erasure.done.is_none()) {
        let number = erasure.number;
        let erased = erase(app, erasure).await;
        done = erased.map_err(|error| format!("request {number}: {error}")).and(done);
    }
    done
}

async fn erase(app: &App, erasure: Erasure) -> Result<(), String> {
    let (number, store) = (erasure.number, app.store.clone());
    let erased = tokio::task::spawn_blocking(move || retention::erase(&store, &erasure)).await;
    let erased = erased.map_err(|fault| format!("a fault in Waymark: {fault}"))?;
    let erased = erased.map_err(|error| error.to_string())?;
    let noted = app.catalog.erasure_done(number, app.clock.now(), erased.events).await;
    noted.map_err(|error| format!("the events are deleted, but that could not be recorded: {error}"))
}

/// Deletes what sites no longer keep.
fn retain_all(app: &App) {
    if let Some(doubt) = app.store.clock_doubt() {
        // Health says so until somebody says that the clock is right.
        return tracing::warn!("{doubt}");
    }
    app.jobs.run(Job::Retention, || {
        app.store.flush_whole_log()?;
        each_site(app, |site| {
            let Removed { rows, bare, segments } = retention::retain(&app.store, site, app.clock.now())?;
            if segments > 0 {
                let site = site.id.as_str();
                tracing::info!(site, rows, bare, "events that the site no longer keeps were deleted");
            }
            Ok::<_, StoreError>(())
        })?;
        app.store.note_time()
    });
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
    let now = app.clock.now();
    app.jobs.run(Job::Salts, || each_site(app, |site| app.collector.visitors.forget(site, now)));
    note_salts(app);
}

/// Notes which of today's salts are there, so that one that is gone is missed.
pub(crate) fn note_salts(app: &App) {
    let files = app.collector.visitors.salt_files();
    let now = app.clock.now();
    app.jobs.run(Job::SaltRecord, || each_site(app, |site| salts::note_salt(&app.store, files, site, now)));
}

/// Reads which names the sites' events have.
fn read_names(app: &App) -> Result<(), ColumnsError> {
    each_site(app, |site| {
        app.store.read(&site.id, |snapshot| app.collector.names.read(site.number, &snapshot.parts))
    })
}
