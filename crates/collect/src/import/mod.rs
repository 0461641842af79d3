//! Import: from a file of rows to events, in the file's order. It knows files and events, and no store: where events
//! go and how identifiers become pseudonyms is passed in.
//!
//! One thread reads, unpacks and parses; the caller's thread hands the events on. Batches of events go to and fro
//! between them, so that their buffers are used again.

mod amount;
mod builder;
mod csv_rows;
mod csv_split;
mod error;
mod field;
mod json_rows;
mod map;
mod notice;
mod parquet_rows;
mod reading;
mod record;
mod reject;
mod rejects;
mod report;
mod rows;
mod source;
mod times;
mod window;

use std::{
    sync::{
        atomic::Ordering,
        mpsc::{self, Receiver, Sender, SyncSender},
    },
    thread,
};

use waymark_model::{Event, Zone, normal::TimeUnit};

pub use crate::redact::REDACTED;
pub use amount::{AmountError, SignOf};
pub use builder::Pseudonyms;
pub use error::{Foreign, ImportError};
pub use field::{Field, LONGEST_KEY, MOST_PROPS};
pub use map::{ColumnMap, Filling, MapError};
pub use notice::{NoticeCount, Notices};
pub use reject::{LONGEST_TEXT, Reject};
pub use report::{Counts, ImportReport, ReasonCount, RejectsFile, TimesRead};
pub use source::{Compression, Format, Source};
pub use times::{TimeError, TimeForm};

/// Batches under way between the threads.
const BATCHES: usize = 4;

/// What to import and how to read it.
#[derive(Clone, Copy)]
pub struct ImportRequest<'a> {
    /// The file.
    pub source: &'a Source,
    /// Which column fills which field.
    pub map: &'a ColumnMap,
    /// The unit of times, instead of finding it.
    pub time_unit: Option<TimeUnit>,
    /// The zone of times that have none.
    pub zone: &'a Zone,
    /// What separates decimals in amounts, instead of finding it.
    pub decimal: Option<SignOf>,
    /// The parameters of addresses that the site keeps as properties.
    pub query_params: &'a [String],
    /// The currency of values that do not say theirs.
    pub currency: Option<&'a str>,
    /// What turns identifiers into pseudonyms.
    pub pseudonyms: &'a dyn Pseudonyms,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file read.
    pub bytes: u64,
    /// Bytes of the file.
    pub total: u64,
    /// Rows read.
    pub rows: u64,
}

/// What became of an event that was handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new.
    New,
    /// Its identifier was known: it is there already.
    Known,
}

/// Why an import came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E> {
    /// The file cannot be imported.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The sink refused an event.
    #[error("{0}")]
    Sink(E),
}

/// Events on their way from the reading thread.
#[derive(Debug, Default)]
struct Batch {
    /// Buffers of events, of which the first `used` are filled.
    events: Vec<Event>,
    used: usize,
    /// Rows that were read for it.
    rows: u64,
}

/// Reads the file and hands each event to `sink`, in the file's order. `progress` is told now and then.
///
/// Events reach the sink before the whole file has been read: after an error the caller must drop what the sink
/// has taken. Rows that cannot be read are written to `<file>.rejects.csv`, whatever comes of the import.
///
/// # Errors
/// When the file cannot be read or understood, more than half of its rows cannot, or the sink refuses an event.
pub fn run<E>(
    request: ImportRequest<'_>,
    mut sink: impl FnMut(&Event) -> Result<Taken, E>,
    mut progress: impl FnMut(Progress),
) -> Result<ImportReport, RunError<E>> {
    let (batches, received) = mpsc::sync_channel(BATCHES);
    let (spare, spares) = mpsc::channel();
    thread::scope(|scope| {
        let reader = thread::Builder::new().name("waymark-read".to_owned());
        let reader = reader.spawn_scoped(scope, move || reading::read(request, &Pipe { batches, spares }));
        let reader = reader.map_err(ImportError::Thread)?;
        let mut known = Counts::default();
        let mut take = |event: &Event| {
            if sink(event)? == Taken::Known {
                known.count_event(event);
            }
            Ok(())
        };
        pour(request.source, received, &spare, &mut take, &mut progress).map_err(RunError::Sink)?;
        // The decoder of Parquet may panic on damaged data.
        let damaged = || ImportError::Undecodable { path: request.source.path().to_owned() };
        let mut report = reader.join().map_err(|_| damaged())??;
        report.counts.set_known(&known);
        request.source.unchanged()?;
        Ok(report)
    })
}

/// Hands on events until the reader has no more. When the sink refuses, the reader finds its pipe closed.
fn pour<E>(
    source: &Source,
    received: Receiver<Batch>,
    spare: &Sender<Batch>,
    sink: &mut dyn FnMut(&Event) -> Result<(), E>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), E> {
    let mut rows = 0;
    for batch in received {
        batch.events[..batch.used].iter().try_for_each(&mut *sink)?;
        rows += batch.rows;
        progress(Progress { bytes: source.done().load(Ordering::Relaxed), total: source.length(), rows });
        // A reader that has ended wants no buffers.
        drop(spare.send(batch));
    }
    Ok(())
}

/// The reading thread's end of the two ways.
struct Pipe {
    batches: SyncSender<Batch>,
    spares: Receiver<Batch>,
}

impl Pipe {
    /// Sends a batch on and gives an empty one; `None` when nobody takes them any more.
    fn exchange(&self, batch: Batch) -> Option<Batch> {
        self.batches.send(batch).ok()?;
        let mut next = self.spares.try_recv().unwrap_or_default();
        (next.used, next.rows) = (0, 0);
        Some(next)
    }
}
