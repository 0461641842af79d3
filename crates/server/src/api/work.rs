//! Questions about a site's history: so many at once, on threads of their own, and given up when nobody waits for the
//! answer any more. It must not know what is asked.

use std::{net::IpAddr, sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use waymark_analysis::Source;
use waymark_query::Cancel;

use super::{error::ApiError, guard::Access};
use crate::{
    places::{Place, Places, network},
    serve::App,
};

/// Questions that are answered at once: each uses all processors for most of its time.
const AT_ONCE: usize = 4;
/// Longest wait for its turn.
const TURN: Duration = Duration::from_secs(10);

/// Downloads that are written at once: they last as long as whoever reads them takes. Of these, …
const DOWNLOADS: usize = 12;
/// … those of one account, key or link, …
const OF_ONE: usize = 2;
/// … those of one site, …
const OF_SITE: usize = 4;
/// … and those that go to one network.
const TO_NETWORK: usize = 6;

/// Places for questions, and for downloads.
#[derive(Debug)]
pub(crate) struct Work {
    questions: Arc<Semaphore>,
    downloads: Places,
    /// The longest time that a question may take.
    most: Option<Duration>,
}

impl Work {
    /// All places, for questions that may take this long.
    pub(crate) fn new(most: Option<Duration>) -> Self {
        Self { questions: Arc::new(Semaphore::new(AT_ONCE)), downloads: Places::new(DOWNLOADS), most }
    }

    /// A place for a download of a site to somebody at that address.
    ///
    /// # Errors
    /// When there are too many already, or too many of theirs.
    pub(super) fn download(&self, access: &Access, ip: IpAddr) -> Result<Place, ApiError> {
        let who = format!("who {}", access.principal.name());
        let by = [
            (who, OF_ONE),
            (format!("site {}", access.site.id), OF_SITE),
            (format!("network {:?}", network(ip)), TO_NETWORK),
        ];
        self.downloads.take(&by).ok_or_else(ApiError::busy)
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
/// Those of the work; when too much is asked at the moment; and when the work takes longer than it may: it is stopped then.
pub(super) async fn run<T: Send + 'static>(
    app: &Arc<App>,
    access: &Access,
    mut work: impl FnMut(&Source<'_>) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let turn = timeout(TURN, Arc::clone(&app.work.questions).acquire_owned()).await;
    let place = turn.map_err(|_| ApiError::busy())?.map_err(|error| ApiError::internal(&error))?;
    let waiting = Waiting(Cancel::default());
    let most = app.work.most;
    let (app, access, cancel) = (Arc::clone(app), access.clone(), waiting.0.clone());
    let done = spawn_blocking(move || {
        let _place = place;
        app.store.read(&access.site.id, |snapshot| {
            work(&Source {
                site: &access.site.definition,
                parts: &snapshot.parts,
                damage: &snapshot.damage,
                now: app.clock.now(),
                watch: &|_, _| (),
                cancel: &cancel,
                small_groups: access.small_groups(),
            })
        })
    });
    let done = match most {
        None => done.await,
        // What is dropped here gives up the question, and soon leaves its place to another.
        Some(most) => timeout(most, done).await.map_err(|_| ApiError::too_long(most))?,
    };
    drop(waiting);
    done.map_err(|error| ApiError::internal(&error))?
}
