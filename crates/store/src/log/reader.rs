//! Reads the records of a log that no one writes, one after another. It changes nothing on the disk.

use std::{path::Path, vec::IntoIter};

use super::{
    appender::Record,
    damage::{Damage, Truncated},
    error::LogError,
    file::HEADER_BYTES,
    hooks::Start,
    judge::LogFile,
    position::LogPosition,
    scan::FoundRecord,
    walk::{Walk, missing_end},
};
use crate::vfs::Vfs;

/// What stands between two records, or ends the reading.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A place is damaged; reading goes on after it.
    #[error("{0}")]
    Damaged(Damage),
    /// The log ends in a broken tail; the next start cuts it off.
    #[error("the log ends in writes that were under way: {}", .0.cause)]
    Tail(Truncated),
    /// A file cannot be read; reading ends.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Goes through the records at or after a position, in order, and reports what is damaged where it is. Each
/// file is read whole, so one file's bytes are held at a time.
#[derive(Debug)]
pub struct LogReader<'a> {
    walk: Option<Walk<'a>>,
    number: u64,
    bytes: Vec<u8>,
    records: std::iter::Peekable<IntoIter<FoundRecord>>,
    damage: std::iter::Peekable<IntoIter<Damage>>,
    truncated: Option<Truncated>,
    start: Start,
    /// Number and end of the newest file read.
    newest: Option<(u64, LogPosition)>,
}

impl<'a> LogReader<'a> {
    /// Reads the log in `folder` from `start.from` on.
    pub fn new(vfs: &'a dyn Vfs, folder: &Path, start: impl Into<Start>) -> Result<Self, LogError> {
        let start = start.into();
        Ok(Self {
            walk: Some(Walk::new(vfs, folder, start.from)?),
            number: 0,
            bytes: Vec::new(),
            records: Vec::new().into_iter().peekable(),
            damage: Vec::new().into_iter().peekable(),
            truncated: None,
            start,
            newest: None,
        })
    }

    fn load(&mut self, file: LogFile) {
        self.newest = Some((file.number, LogPosition::new(file.number, file.end.max(HEADER_BYTES))));
        self.number = file.number;
        self.bytes = file.bytes;
        self.records = file.records.into_iter().peekable();
        self.damage = file.damage.into_iter().peekable();
        self.truncated = file.truncated;
    }

    /// What comes next in the file that is loaded.
    fn next_in_file(&mut self) -> Option<Result<(LogPosition, Record), ReadError>> {
        let offset = self.records.peek().map(|found| found.offset);
        if let Some(damage) =
            self.damage.next_if(|damage| offset.is_none_or(|offset| damage.at.offset < offset))
        {
            return Some(Err(ReadError::Damaged(damage)));
        }
        let Some(found) = self.records.next() else {
            return self.truncated.take().map(|tail| Err(ReadError::Tail(tail)));
        };
        let position = LogPosition::new(self.number, found.offset);
        Some(Ok((position, Record { kind: found.kind, payload: self.bytes[found.payload].to_vec() })))
    }
}

impl Iterator for LogReader<'_> {
    type Item = Result<(LogPosition, Record), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.next_in_file() {
                return Some(item);
            }
            let Some(next) = self.walk.as_mut()?.next() else {
                self.walk = None;
                let (newest, end) = self.newest.unzip();
                let missing = missing_end(&self.start, newest, end.unwrap_or_default());
                return missing.map(|damage| Err(ReadError::Damaged(damage)));
            };
            match next {
                Ok(file) => self.load(file),
                Err(error) => {
                    self.walk = None;
                    return Some(Err(error.into()));
                }
            }
        }
    }
}
