//! Questions about a site's history: so many at once, on threads of their own, and given up when nobody waits for the
//! answer any more. It must not know what is asked.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};
use waymark_query::Cancel;

use super::{error::ApiError, guard::Access};
use crate::{analysis::source::Source, serve::App};

/// Questions that are answered at once: each uses all processors for most of its time.
const AT_ONCE: usize = 4;
/// Longest wait for its turn.
const TURN: Duration = Duration::from_secs(10);

/// Downloads that are written at once: they last as long as whoever reads them takes.
const DOWNLOADS: usize = 4;

/// Places for questions, and for downloads.
#[derive(Debug)]
pub(crate) struct Work {
    questions: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
}

impl Default for Work {
    fn default() -> Self {
        let places = |places| Arc::new(Semaphore::new(places));
        Self { questions: places(AT_ONCE), downloads: places(DOWNLOADS) }
    }
}

impl Work {
    /// A place for a download.
    ///
    /// # Errors
    /// When there are too many already.
    pub(super) fn download(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.downloads).try_acquire_owned().map_err(|_| ApiError::busy())
    }
}

/// Gives up a question when it is dropped.
struct Waiting(Cancel);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Does something to its end, though whoever asked may go away meanwhile: a change must not be half known.
///
/// # Errors
/// Those of the work.
pub(super) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work).await.map_err(|error| ApiError::internal(&error))?
}

/// Does something with the history of a site, as somebody may see it.
///
/// # Errors
/// Those of the work; and when too much is asked at the moment.
pub(super) async fn run<T: Send + 'static>(
    app: &Arc<App>,
    access: &Access,
    work: impl FnOnce(&Source<'_>) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let turn = timeout(TURN, Arc::clone(&app.work.questions).acquire_owned()).await;
    let place = turn.map_err(|_| ApiError::busy())?.map_err(|error| ApiError::internal(&error))?;
    let waiting = Waiting(Cancel::default());
    let (app, access, cancel) = (Arc::clone(app), access.clone(), waiting.0.clone());
    let done = spawn_blocking(move || {
        let _place = place;
        let snapshot = app.store.snapshot(&access.site.id);
        work(&Source {
            site: &access.site.definition,
            parts: &snapshot.parts,
            now: app.clock.now(),
            watch: &|_, _| (),
            cancel: &cancel,
            small_groups: access.small_groups(),
        })
    });
    let done = done.await.map_err(|error| ApiError::internal(&error))?;
    drop(waiting);
    done
}
