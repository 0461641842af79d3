//! The bulk path beside the log: events go to segments in large sorted chunks, and become visible all at once
//! or not at all. It must not know how files are read or events parsed.

use std::{
    mem,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use hashbrown::HashSet;
use waymark_model::Event;

use crate::{
    append::AppendOutcome,
    columns::{ColumnsError, Keep, Left, MonthBuilders, Part, rewrite},
    commit::Change,
    dedup::{ImportIds, Place, Runs},
    error::StoreError,
    live_set::ImportEntry,
    lock,
    segment_files::Segment,
    site::SiteId,
    store::Inner,
};

/// An import under way. Dropped before [`Import::finish`], it leaves nothing behind.
///
/// Events keep the order in which they are pushed. An event whose identifier the site has, from this import, from an
/// earlier one or from the collector, is not stored again; identifiers of imported events are known for ever. The
/// fingerprint tells whether the same file was imported before.
#[derive(Debug)]
pub struct Import {
    store: Arc<Inner>,
    site: SiteId,
    builders: MonthBuilders,
    chunk_rows: usize,
    rows: u64,
    duplicates: u64,
    /// There from the first event on that has an identifier.
    ids: Option<ImportIds>,
    writer: Option<Writer>,
}

/// What an import has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// Rows added.
    pub rows: u64,
    /// Events that the site had already, by their identifiers.
    pub duplicates: u64,
    /// Segments written, before any were merged.
    pub segments: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Why they are not merged yet, if that failed: nothing is lost, and the next maintenance tries again.
    pub not_merged: Option<String>,
}

/// One batch of rows, by month.
struct Chunk {
    batch: u32,
    builders: MonthBuilders,
}

/// The thread that sorts and writes a chunk while the next one is being filled.
#[derive(Debug)]
struct Writer {
    chunks: SyncSender<Chunk>,
    thread: JoinHandle<Result<Vec<Segment>, StoreError>>,
}

impl Import {
    pub(crate) fn begin(store: Arc<Inner>, site: SiteId) -> Result<Self, StoreError> {
        // Without a place to wait, so that at most two chunks are in memory.
        let (chunks, received) = sync_channel(0);
        let (writer_store, writer_site) = (Arc::clone(&store), site.clone());
        let thread = thread::Builder::new()
            .name("waymark-import".into())
            .spawn(move || write(&writer_store, &writer_site, &received))
            .map_err(|error| StoreError::Thread { action: "start the import", reason: error.to_string() })?;
        let writer = Some(Writer { chunks, thread });
        let builders = MonthBuilders::default();
        Ok(Self { store, site, builders, chunk_rows: 0, rows: 0, duplicates: 0, ids: None, writer })
    }

    /// Takes an event, unless it is there already.
    ///
    /// # Errors
    /// When events taken before could not be written, or identifiers cannot be searched: the import has failed and left
    /// nothing behind.
    pub fn push(&mut self, event: &Event) -> Result<AppendOutcome, StoreError> {
        if let Some(id) = event.event_id
            && !self.take(id)?
        {
            self.duplicates += 1;
            return Ok(AppendOutcome::Duplicate);
        }
        self.builders.push(event);
        self.chunk_rows += 1;
        self.rows += 1;
        if self.chunk_is_full() {
            self.send()?;
        }
        Ok(AppendOutcome::Stored)
    }

    /// Whether the chunk has as many rows, or takes up as much memory, as a chunk may.
    fn chunk_is_full(&self) -> bool {
        /// Rows after which memory is looked at.
        const LOOK: usize = 512;
        let config = &self.store.config;
        let is_heavy = || self.builders.bytes() >= config.import_bytes;
        self.chunk_rows >= config.import_rows || (self.chunk_rows.is_multiple_of(LOOK) && is_heavy())
    }

    /// Takes an identifier; false when it is known.
    fn take(&mut self, id: u128) -> Result<bool, StoreError> {
        let ids = match &mut self.ids {
            Some(ids) => ids,
            none => {
                // So that the identifiers of what was collected are in runs.
                self.store.flush(&lock(&self.store.flushing))?;
                let known = lock(&self.store.live).runs.clone();
                none.insert(ImportIds::new(self.site.clone(), known, self.store.clock.now()))
            }
        };
        Ok(self.store.in_place(|place| ids.take(place, id))?)
    }

    /// Rows taken.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Makes all events visible and durable, with one write of the manifest, then merges the segments of each
    /// month. `fingerprint` tells the same file again.
    ///
    /// # Errors
    /// When something could not be written: nothing of the import is visible, then or after a restart, except
    /// when only the last sync failed, which the error says.
    pub fn finish(mut self, fingerprint: &str) -> Result<ImportSummary, StoreError> {
        if self.chunk_rows > 0 {
            self.send()?;
        }
        let segments = self.join()?;
        let mut summary = ImportSummary {
            rows: 0,
            duplicates: 0,
            segments: segments.len(),
            bytes: segments.iter().map(|segment| segment.entry.meta.bytes).sum(),
            not_merged: None,
        };
        self.commit(segments, fingerprint)?;
        (summary.rows, summary.duplicates) = (self.rows, self.duplicates);
        // The import is done, whatever comes of this.
        summary.not_merged = self.store.compact(&self.site).err().map(|error| error.to_string());
        self.store.tidy_cache();
        Ok(summary)
    }

    fn commit(&mut self, mut segments: Vec<Segment>, fingerprint: &str) -> Result<(), StoreError> {
        let store = Arc::clone(&self.store);
        let flushing = lock(&store.flushing);
        // What arrived before has lower batch numbers, and keeps them once it is in segments.
        store.flush(&flushing)?;
        // Nothing may be collected between the last look at its identifiers and the commit.
        let _closed = self.ids.is_some().then(|| lock(&store.append_order));
        let runs = match self.ids.take() {
            Some(ids) => Some(self.settle(ids, &mut segments)?),
            None => None,
        };
        let import = ImportEntry {
            fingerprint: fingerprint.to_owned(),
            rows: self.rows,
            duplicates: self.duplicates,
            time: store.clock.now(),
        };
        let site = |segment| (self.site.clone(), segment);
        store.commit(Change {
            add: segments.into_iter().map(site).collect(),
            import: Some((self.site.clone(), import)),
            runs,
            ..Change::default()
        })
    }

    /// Takes out of the segments what was collected while the import was under way; gives the runs from now on.
    fn settle(&mut self, ids: ImportIds, segments: &mut Vec<Segment>) -> Result<Runs, StoreError> {
        let (live, recent): (Runs, Vec<u128>) = {
            let live = lock(&self.store.live);
            (live.runs.clone(), live.ids.of_site(&self.site).collect())
        };
        let twice = ids.also_in(&live, recent.into_iter())?;
        if !twice.is_empty() {
            let mut left = Vec::new();
            for segment in segments.drain(..) {
                match without(&segment.part, &twice)? {
                    None => left.push(segment),
                    Some(part) => {
                        let rows = part.as_ref().map_or(0, |part| u64::from(part.bounds.rows));
                        let gone = segment.rows() as u64 - rows;
                        (self.rows, self.duplicates) = (self.rows - gone, self.duplicates + gone);
                        if let Some(part) = part {
                            left.push(self.store.segment_files.write(&self.site, &part)?);
                        }
                    }
                }
            }
            *segments = left;
        }
        Ok(self.store.in_place(|place| ids.into_runs(place, &live))?)
    }

    /// Hands the chunk to the writer.
    fn send(&mut self) -> Result<(), StoreError> {
        let builders = mem::take(&mut self.builders);
        self.chunk_rows = 0;
        let batch = lock(&self.store.live).site(&self.site).tail.take_batch();
        let sent =
            self.writer.as_ref().is_some_and(|writer| writer.chunks.send(Chunk { batch, builders }).is_ok());
        // The writer ends before its time only by an error, which joining it gives.
        if sent { Ok(()) } else { self.join().and(Err(writer_gone())) }
    }

    /// Waits for the writer and gives what it wrote.
    fn join(&mut self) -> Result<Vec<Segment>, StoreError> {
        let Writer { chunks, thread } = self.writer.take().ok_or_else(writer_gone)?;
        drop(chunks);
        thread.join().unwrap_or_else(|_| Err(writer_gone()))
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        // Segments that are not committed remove their files.
        drop(self.join());
    }
}

impl Inner {
    /// Calls with the place where runs are written.
    pub(crate) fn in_place<T>(&self, write: impl FnOnce(&Place<'_>) -> T) -> T {
        let number = || self.segment_files.number();
        write(&Place { vfs: &self.vfs, root: &self.root, number: &number })
    }
}

/// What is left of a part without the rows of these identifiers; `None` when it has none of them.
fn without(part: &Part, ids: &HashSet<u128>) -> Result<Option<Option<Part>>, ColumnsError> {
    let (rows, found) = part.columns.event_ids()?;
    let gone: HashSet<u32> =
        rows.iter().zip(&*found).filter(|(_, id)| ids.contains(*id)).map(|(row, _)| *row).collect();
    if gone.is_empty() {
        return Ok(None);
    }
    let Left { whole, .. } = rewrite(part, |row| if gone.contains(&row) { Keep::Not } else { Keep::Whole })?;
    Ok(Some(whole))
}

fn writer_gone() -> StoreError {
    StoreError::Thread { action: "go on with the import", reason: "it has failed before".to_owned() }
}

fn write(store: &Inner, site: &SiteId, chunks: &Receiver<Chunk>) -> Result<Vec<Segment>, StoreError> {
    let mut segments = Vec::new();
    while let Ok(Chunk { batch, builders }) = chunks.recv() {
        for (_, part) in builders.finish(batch) {
            segments.push(store.segment_files.write(site, &part)?);
        }
    }
    Ok(segments)
}
