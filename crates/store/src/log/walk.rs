//! Goes through the log's files in order and checks that none is missing. It changes nothing on the disk.

use std::{
    io,
    path::{Path, PathBuf},
    vec::IntoIter,
};

use super::{
    damage::{Damage, DamageCause},
    error::LogError,
    file::{self, LOG_VERSION},
    hooks::Start,
    judge::{LogFile, judge},
    position::LogPosition,
};
use crate::vfs::Vfs;

/// The files that hold what comes at or after a position.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    vfs: &'a dyn Vfs,
    folder: PathBuf,
    from: LogPosition,
    numbers: IntoIter<u64>,
    before: Option<u64>,
}

/// Numbers of the log files in a folder, in order; none if there is no folder.
pub(super) fn numbers(vfs: &dyn Vfs, folder: &Path) -> Result<Vec<u64>, LogError> {
    let names = match vfs.list(folder) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(LogError::Read { path: folder.to_path_buf(), source }),
    };
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| file::number(name)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// What is missing at the end of a log whose newest file is `newest` and that ends at `end`: files that were marked, or what
/// came after the position up to which records are stored.
pub(super) fn missing_end(start: &Start, newest: Option<u64>, end: LogPosition) -> Option<Damage> {
    let Start { from, mark } = *start;
    if let Some(mark) = mark.filter(|mark| newest.is_none_or(|newest| newest < mark.file)) {
        let first = newest.map_or(from.file.max(1), |newest| newest + 1);
        let is_needless = from >= mark.previous || newest.is_some_and(|newest| newest >= mark.previous.file);
        let lost = (mark.closed && is_needless).then_some(0);
        let cause = DamageCause::MissingFiles { first, last: mark.file };
        return Some(Damage::new(mark.file, 0..0, cause, lost));
    }
    let cause = DamageCause::EndsBeforeFlushed { flushed: from };
    (end < from).then(|| Damage::new(end.file, end.offset..end.offset, cause, None))
}

impl<'a> Walk<'a> {
    pub(super) fn new(vfs: &'a dyn Vfs, folder: &Path, from: LogPosition) -> Result<Self, LogError> {
        let mut numbers = numbers(vfs, folder)?;
        numbers.retain(|number| *number >= from.file);
        Ok(Self { vfs, folder: folder.to_path_buf(), from, numbers: numbers.into_iter(), before: None })
    }

    /// Whether the file given last was the newest.
    pub(super) fn is_done(&self) -> bool {
        self.numbers.as_slice().is_empty()
    }

    fn load(&self, number: u64, newest: bool) -> Result<LogFile, LogError> {
        let path = file::path(&self.folder, number);
        let bytes = self.vfs.read(&path).map_err(|source| LogError::Read { path: path.clone(), source })?;
        let mut file = judge(bytes, number, newest);
        if let Some(header) = file.header.filter(|header| header.version > LOG_VERSION) {
            return Err(LogError::NewerVersion { path, found: header.version });
        }
        file.damage.extend(self.missing_before(&file));
        file.damage.sort_by_key(|damage| damage.at);
        // What lies below is in segments already.
        file.damage.retain(|damage| damage.end() > self.from || damage.bytes == 0);
        let skipped =
            file.records.partition_point(|found| LogPosition::new(number, found.offset) < self.from);
        file.records.drain(..skipped);
        Ok(file)
    }

    /// The files that should lie between the one before and this one.
    fn missing_before(&self, file: &LogFile) -> Option<Damage> {
        let previous = file.header?.previous;
        if previous <= self.from || self.before.is_some_and(|before| before >= previous.file) {
            return None;
        }
        let first = self.before.map_or(self.from.file.max(1), |before| before + 1);
        let cause = DamageCause::MissingFiles { first, last: previous.file };
        Some(Damage::new(file.number, 0..0, cause, None))
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<LogFile, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        let number = self.numbers.next()?;
        let file = self.load(number, self.is_done());
        self.before = Some(number);
        Some(file)
    }
}
