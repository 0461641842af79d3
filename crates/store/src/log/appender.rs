//! Writes groups of records and syncs them: the part of the log that decides what is safe. It starts no
//! thread and answers no one; an error here means that nobody may be told "stored".
//!
//! What follows from which error:
//! - **Full disk while writing**: the file is cut back to what was synced, that is synced, and the group is
//!   refused. The next one is tried as if nothing had been.
//! - **Any other error, any error of a sync, any error in cutting back**: the log is poisoned. After a failed
//!   sync the kernel may drop the pages it could not write, so a second sync that succeeds proves nothing.

use std::{io, path::PathBuf, sync::Arc};

use super::{
    error::AppendError,
    file::{self, GroupMark, HEADER_BYTES, Header, MARK_BYTES},
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

impl Record {
    fn length(&self) -> u64 {
        (FRAME_BYTES + self.payload.len()) as u64
    }
}

/// The end of the log: an open file, or the place where one begins.
#[derive(Debug)]
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
    poison: Option<Arc<io::Error>>,
    buffer: Vec<u8>,
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
        let (open, poison, buffer) = (None, None, Vec::new());
        Self { vfs, folder, file_bytes, number, open, length: HEADER_BYTES, previous, poison, buffer }
    }

    /// Where the next group would begin.
    pub(super) fn end(&self) -> LogPosition {
        LogPosition::new(self.number, self.length)
    }

    /// Writes a group and syncs it. `Ok` gives each record's position and says that all of them survive a power
    /// cut; after an error none of them may be acknowledged.
    pub(super) fn commit(&mut self, records: &[&Record]) -> Result<Vec<LogPosition>, AppendError> {
        if let Some(cause) = &self.poison {
            return Err(AppendError::Poisoned(Arc::clone(cause)));
        }
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let bytes = records.iter().map(|record| record.length()).sum();
        self.make_room(MARK_BYTES + bytes)?;
        let positions = self.encode(records, bytes);
        self.append_buffer()?;
        self.sync(SyncPoint::LogCommit)?;
        self.length += self.buffer.len() as u64;
        Ok(positions)
    }

    /// Ends the open file if it holds something, and begins the next. Gives where that begins.
    pub(super) fn next_file(&mut self) -> Result<LogPosition, AppendError> {
        if let Some(cause) = &self.poison {
            return Err(AppendError::Poisoned(Arc::clone(cause)));
        }
        if self.length > HEADER_BYTES {
            self.close_file()?;
        }
        if self.open.is_none() {
            self.begin_file()?;
        }
        Ok(self.end())
    }

    /// Ends the open file and begins an empty one, so that the next start finds nothing to repair.
    pub(super) fn close(mut self) -> Result<(), AppendError> {
        if let Some(cause) = self.poison {
            return Err(AppendError::Poisoned(cause));
        }
        if self.length > HEADER_BYTES {
            self.close_file()?;
            self.begin_file()?;
        }
        Ok(())
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
            self.begin_file()?;
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

    /// Begins a file. It gets its name only with a whole and synced header, so a broken header is damage.
    fn begin_file(&mut self) -> Result<(), AppendError> {
        let path = file::path(&self.folder, self.number);
        let header = Header::new(self.number, self.previous).encode();
        match write_atomic(&*self.vfs, &path, &header) {
            Ok(()) => {}
            Err(error) if error.is_disk_full() => return Err(AppendError::DiskFull(Arc::new(error.into()))),
            Err(error) => return Err(self.poison(error.into())),
        }
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
        let cause = Arc::new(error);
        self.poison = Some(Arc::clone(&cause));
        AppendError::Poisoned(cause)
    }
}
