//! Writes groups of records and syncs them: the part of the log that decides what is safe. It starts no
//! thread and answers no one; an error here means that nobody may be told "stored".
//!
//! What follows from which error:
//! - **Full disk while writing**: the file is cut back to what was synced, that is synced, and the group is
//!   refused. The next one is tried as if nothing had been.
//! - **The file or the folder is no longer ours**: the log has failed, for what was synced may lie in no file that is read.
//! - **Any other error, any error of a sync, any error in cutting back**: the log is poisoned. After a failed
//!   sync the kernel may drop the pages it could not write, so a second sync that succeeds proves nothing.

use std::{io, path::PathBuf, sync::Arc};

use super::{
    error::AppendError,
    file::{self, GroupMark, HEADER_BYTES, Header, MARK_BYTES},
    hooks::{LogMark, OnMark, StillOurs},
    position::LogPosition,
    record::{self, FRAME_BYTES},
};
use crate::vfs::{SyncPoint, Vfs, VfsFile, is_disk_full, write_atomic};

/// A record on its way into the log. The log does not look into the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Says what the payload is; below [`super::FIRST_RESERVED_KIND`].
    pub kind: u8,
    /// The bytes to keep.
    pub payload: Vec<u8>,
}

impl AsRef<Self> for Record {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Record {
    fn length(&self) -> u64 {
        (FRAME_BYTES + self.payload.len()) as u64
    }
}

/// The end of the log: an open file, or the place where one begins.
pub(super) struct Appender {
    vfs: Arc<dyn Vfs>,
    folder: PathBuf,
    /// A file that would grow longer is closed first.
    file_bytes: u64,
    /// Number of the open file, or of the one to open next.
    number: u64,
    open: Option<Box<dyn VfsFile>>,
    /// Length of the open file: its header and the groups that were synced.
    length: u64,
    /// Where the log ended when the file before was closed.
    previous: LogPosition,
    failed: Option<AppendError>,
    buffer: Vec<u8>,
    on_mark: OnMark,
    still_ours: StillOurs,
}

impl Appender {
    /// An appender that begins log file `number` with its first group.
    pub(super) fn new(
        vfs: Arc<dyn Vfs>,
        folder: PathBuf,
        file_bytes: u64,
        number: u64,
        previous: LogPosition,
    ) -> Self {
        Self {
            vfs,
            folder,
            file_bytes,
            number,
            open: None,
            length: HEADER_BYTES,
            previous,
            failed: None,
            buffer: Vec::new(),
            on_mark: Box::new(|_| Ok(())),
            still_ours: Box::new(|| Ok(())),
        }
    }

    /// Has the log's marks kept, and asks before each acknowledgement whether the folder is still ours.
    pub(super) fn watched(mut self, on_mark: OnMark, still_ours: StillOurs) -> Self {
        (self.on_mark, self.still_ours) = (on_mark, still_ours);
        self
    }

    /// Where the next group would begin.
    pub(super) fn end(&self) -> LogPosition {
        LogPosition::new(self.number, self.length)
    }

    /// Writes a group and syncs it. `Ok` gives each record's position and says that all of them survive a power
    /// cut; after an error none of them may be acknowledged.
    pub(super) fn commit(&mut self, records: &[&Record]) -> Result<Vec<LogPosition>, AppendError> {
        self.works()?;
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let bytes = records.iter().map(|record| record.length()).sum();
        self.make_room(MARK_BYTES + bytes)?;
        let positions = self.encode(records, bytes);
        self.append_buffer()?;
        self.sync(SyncPoint::LogCommit)?;
        self.is_in_place()?;
        self.length += self.buffer.len() as u64;
        Ok(positions)
    }

    /// Ends the open file if it holds something, and begins the next. Gives where that begins.
    pub(super) fn next_file(&mut self) -> Result<LogPosition, AppendError> {
        self.works()?;
        if self.length > HEADER_BYTES {
            self.close_file()?;
        }
        if self.open.is_none() {
            self.begin_file(false)?;
        }
        Ok(self.end())
    }

    /// Ends the open file and begins an empty one, so that the next start finds nothing to repair.
    pub(super) fn close(mut self) -> Result<(), AppendError> {
        self.works()?;
        if self.length > HEADER_BYTES {
            self.close_file()?;
            return self.begin_file(true);
        }
        // One that was begun holds nothing: the mark says so. Without one this life wrote nothing.
        if self.open.is_some() { self.mark(true) } else { Ok(()) }
    }

    fn works(&self) -> Result<(), AppendError> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    /// Fails, for good, when the file is no longer where the next start looks for it, or the folder is somebody else's: what
    /// was synced may then be in no file that is ever read.
    fn is_in_place(&mut self) -> Result<(), AppendError> {
        let path = file::path(&self.folder, self.number);
        let file = self.open.as_ref().ok_or(AppendError::Closed)?;
        match file.is_at(&path) {
            Ok(true) => (self.still_ours)().map_err(|error| self.fail(error)),
            Ok(false) => {
                let what =
                    format!("{} was removed, replaced or moved while it was written to", path.display());
                Err(self.fail(AppendError::Displaced { what }))
            }
            Err(error) => Err(self.poison(error)),
        }
    }

    fn mark(&mut self, closed: bool) -> Result<(), AppendError> {
        let mark = LogMark { file: self.number, previous: self.previous, closed };
        (self.on_mark)(mark).map_err(|error| self.fail(error))
    }

    /// Notes an error after which nothing more is taken; others are passed on.
    fn fail(&mut self, error: AppendError) -> AppendError {
        if error.is_final() {
            self.failed.get_or_insert(error.clone());
        }
        error
    }

    fn encode(&mut self, records: &[&Record], bytes: u64) -> Vec<LogPosition> {
        let (number, synced) = (self.number, self.length);
        self.buffer.clear();
        let mark = GroupMark { synced, bytes, records: records.len() as u32 };
        mark.encode(&mut self.buffer, number, synced);
        let mut positions = Vec::with_capacity(records.len());
        for record in records {
            let offset = synced + self.buffer.len() as u64;
            positions.push(LogPosition::new(number, offset));
            record::encode(&mut self.buffer, number, offset, record.kind, &record.payload);
        }
        positions
    }

    /// Sees to an open file that takes `bytes` more.
    fn make_room(&mut self, bytes: u64) -> Result<(), AppendError> {
        if self.length > HEADER_BYTES && self.length + bytes > self.file_bytes {
            self.close_file()?;
        }
        if self.open.is_none() {
            self.begin_file(false)?;
        }
        Ok(())
    }

    /// Ends the open file with a synced footer, before a next one may exist: so a file with a successor
    /// always has one.
    fn close_file(&mut self) -> Result<(), AppendError> {
        self.buffer = file::footer(self.number, self.length);
        self.append_buffer()?;
        self.sync(SyncPoint::LogFooter)?;
        self.previous = self.end();
        self.open = None;
        self.number += 1;
        self.length = HEADER_BYTES;
        Ok(())
    }

    /// Begins a file; `closed` says that it is to stay empty. It gets its name only with a whole and synced header, so a
    /// broken header is damage.
    fn begin_file(&mut self, closed: bool) -> Result<(), AppendError> {
        let path = file::path(&self.folder, self.number);
        let header = Header::new(self.number, self.previous).encode();
        match write_atomic(&*self.vfs, &path, &header) {
            Ok(()) => {}
            Err(error) if error.is_disk_full() => return Err(AppendError::DiskFull(Arc::new(error.into()))),
            Err(error) => return Err(self.poison(error.into())),
        }
        self.mark(closed)?;
        match self.vfs.open_append(&path) {
            Ok(opened) => self.open = Some(opened),
            Err(error) => return Err(self.poison(error)),
        }
        Ok(())
    }

    fn append_buffer(&mut self) -> Result<(), AppendError> {
        let file = self.open.as_mut().ok_or(AppendError::Closed)?;
        let Err(error) = file.append(&self.buffer) else { return Ok(()) };
        if !is_disk_full(&error) {
            return Err(self.poison(error));
        }
        match file.truncate(self.length).and_then(|()| file.sync_data(SyncPoint::LogCutBack)) {
            Ok(()) => Err(AppendError::DiskFull(Arc::new(error))),
            Err(worse) => Err(self.poison(worse)),
        }
    }

    fn sync(&mut self, point: SyncPoint) -> Result<(), AppendError> {
        let file = self.open.as_mut().ok_or(AppendError::Closed)?;
        file.sync_data(point).map_err(|error| self.poison(error))
    }

    fn poison(&mut self, error: io::Error) -> AppendError {
        self.fail(AppendError::Poisoned(Arc::new(error)))
    }
}
