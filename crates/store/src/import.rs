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

use waymark_model::Event;

use crate::{
    columns::MonthBuilders, commit::Change, error::StoreError, live_set::ImportEntry, lock, shelf::Segment,
    site::SiteId, store::Inner,
};

/// An import under way. Dropped before [`Import::finish`], it leaves nothing behind.
///
/// Events keep the order in which they are pushed. They do not pass the recognition of duplicates by event
/// identifier; the fingerprint tells whether the same file was imported before.
#[derive(Debug)]
pub struct Import {
    store: Arc<Inner>,
    site: SiteId,
    builders: MonthBuilders,
    chunk_rows: usize,
    rows: u64,
    writer: Option<Writer>,
}

/// What an import has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// Rows added.
    pub rows: u64,
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
        Ok(Self { store, site, builders: MonthBuilders::default(), chunk_rows: 0, rows: 0, writer })
    }

    /// Takes an event.
    ///
    /// # Errors
    /// When events taken before could not be written: the import has failed and left nothing behind.
    pub fn push(&mut self, event: &Event) -> Result<(), StoreError> {
        self.builders.push(event);
        self.chunk_rows += 1;
        self.rows += 1;
        if self.chunk_rows >= self.store.config.import_rows { self.send() } else { Ok(()) }
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
            rows: self.rows,
            segments: segments.len(),
            bytes: segments.iter().map(|segment| segment.entry.meta.bytes).sum(),
            not_merged: None,
        };
        self.commit(segments, fingerprint)?;
        // The import is done, whatever comes of this.
        summary.not_merged = self.store.compact(&self.site).err().map(|error| error.to_string());
        self.store.tidy_cache();
        Ok(summary)
    }

    fn commit(&self, segments: Vec<Segment>, fingerprint: &str) -> Result<(), StoreError> {
        let flushing = lock(&self.store.flushing);
        // What arrived before has lower batch numbers, and keeps them once it is in segments.
        self.store.flush(&flushing)?;
        let import = ImportEntry {
            fingerprint: fingerprint.to_owned(),
            rows: self.rows,
            time: self.store.clock.now(),
        };
        let site = |segment| (self.site.clone(), segment);
        self.store.commit(Change {
            add: segments.into_iter().map(site).collect(),
            import: Some((self.site.clone(), import)),
            ..Change::default()
        })
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

fn writer_gone() -> StoreError {
    StoreError::Thread { action: "go on with the import", reason: "it has failed before".to_owned() }
}

fn write(store: &Inner, site: &SiteId, chunks: &Receiver<Chunk>) -> Result<Vec<Segment>, StoreError> {
    let mut segments = Vec::new();
    while let Ok(Chunk { batch, builders }) = chunks.recv() {
        for (_, part) in builders.finish(batch) {
            segments.push(store.shelf.write(site, &part)?);
        }
    }
    Ok(segments)
}
