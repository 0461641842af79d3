//! Opens a log after whatever happened: hands out its records, quarantines what is damaged, and leaves its
//! files closed. It acknowledges nothing and must not know what records mean.
//!
//! The newest file is never continued, and never repaired in place: what counts of it is **written anew**,
//! closed, and renamed over it. After a failed sync the system may show bytes that the disk never got and
//! that no later sync would write; written anew, they are either safe or the start fails.

use std::path::{Path, PathBuf};

use super::{
    damage::{Damage, Truncated},
    error::LogError,
    file::{self, HEADER_BYTES},
    hooks::Start,
    judge::LogFile,
    position::LogPosition,
    walk::{Walk, missing_end, numbers},
};
use crate::vfs::{SyncPoint, TEMPORARY_SUFFIX, Vfs, create_folder, write_atomic};

/// A record read back from the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogRecord<'a> {
    /// Where it begins.
    pub position: LogPosition,
    /// Where it ends: reading on from here gives the next one.
    pub end: LogPosition,
    /// What the payload is.
    pub kind: u8,
    /// The bytes kept.
    pub payload: &'a [u8],
}

/// What was found when the log was opened.
#[derive(Clone, Debug, Default)]
pub struct Recovery {
    /// Records handed out.
    pub records: u64,
    /// Where the log ended.
    pub end: LogPosition,
    /// The tail that was cut off, if there was one. It held nothing acknowledged, unless bytes of the newest group
    /// went bad on the disk as well.
    pub truncated: Option<Truncated>,
    /// Damage to what was synced, in order of position. It stays in this list at every start, until its
    /// place lies below the flushed position.
    pub damage: Vec<Damage>,
}

/// Where the next log file begins.
#[derive(Debug)]
pub(super) struct NextFile {
    pub(super) number: u64,
    pub(super) previous: LogPosition,
}

/// Opens the log in `folder` and hands every record from `start.from` on to `take`, in order.
pub(super) fn recover(
    vfs: &dyn Vfs,
    folder: &Path,
    start: Start,
    take: &mut dyn FnMut(LogRecord<'_>),
) -> Result<(Recovery, NextFile), LogError> {
    create_folder(vfs, folder).map_err(|source| LogError::Folder { path: folder.to_path_buf(), source })?;
    remove_temporary(vfs, folder)?;
    let mut recovery = Recovery::default();
    let mut newest: Option<LogFile> = None;
    let mut walk = Walk::new(vfs, folder, start.from)?;
    while let Some(file) = walk.next() {
        let mut file = file?;
        recovery.records += hand_out(&file, take);
        for mut damage in file.damage.drain(..) {
            quarantine(vfs, folder, &file.bytes, &mut damage)?;
            recovery.damage.push(damage);
        }
        recovery.truncated = file.truncated.take();
        if walk.is_done() {
            newest = Some(file);
        } else {
            recovery.end = LogPosition::new(file.number, file.end);
        }
    }
    let found = newest.as_ref().map(|file| file.number);
    let mut next = close_newest(vfs, folder, start.from, newest, &mut recovery)?;
    recovery.damage.extend(missing_end(&start, found, recovery.end));
    if let Some(mark) = start.mark {
        // No number is used twice, so that a file that comes back is not taken for another.
        next.number = next.number.max(mark.file + u64::from(found.is_none_or(|found| found < mark.file)));
    }
    Ok((recovery, next))
}

fn hand_out(file: &LogFile, take: &mut dyn FnMut(LogRecord<'_>)) -> u64 {
    for found in &file.records {
        take(LogRecord {
            position: LogPosition::new(file.number, found.offset),
            end: LogPosition::new(file.number, found.payload.end as u64),
            kind: found.kind,
            payload: &file.bytes[found.payload.clone()],
        });
    }
    file.records.len() as u64
}

/// Leaves the newest file closed, or to be replaced if it holds nothing, and says where to go on.
fn close_newest(
    vfs: &dyn Vfs,
    folder: &Path,
    from: LogPosition,
    newest: Option<LogFile>,
    recovery: &mut Recovery,
) -> Result<NextFile, LogError> {
    let Some(file) = newest else {
        return Ok(NextFile { number: from.file + 1, previous: recovery.end });
    };
    if file.end <= HEADER_BYTES && LogPosition::new(file.number, HEADER_BYTES) >= from {
        let previous = file.header.map_or(recovery.end, |header| header.previous);
        recovery.end = LogPosition::new(file.number, HEADER_BYTES);
        return Ok(NextFile { number: file.number, previous });
    }
    let end = LogPosition::new(file.number, file.end);
    let mut content = file.bytes;
    content.truncate(file.end as usize);
    content.extend_from_slice(&file::footer(end.file, end.offset));
    write_atomic(vfs, &file::path(folder, end.file), &content)?;
    recovery.end = end;
    Ok(NextFile { number: end.file + 1, previous: end })
}

/// Copies a damaged place to a file of its own, unless an earlier start has done so.
fn quarantine(vfs: &dyn Vfs, folder: &Path, file: &[u8], damage: &mut Damage) -> Result<(), LogError> {
    let (start, end) = (damage.at.offset as usize, damage.end().offset as usize);
    let Some(bytes) = file.get(start..end).filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
    let quarantine: PathBuf = folder.join("quarantine");
    create_folder(vfs, &quarantine)
        .map_err(|source| LogError::Folder { path: quarantine.clone(), source })?;
    let path = quarantine.join(format!("{:020}-{:012}.bytes", damage.at.file, start));
    let kept = vfs.read(&path).is_ok_and(|kept| kept == bytes);
    if !kept {
        write_atomic(vfs, &path, bytes)?;
    }
    damage.quarantined = Some(path);
    Ok(())
}

/// Removes what a crash left of files that never got their names.
fn remove_temporary(vfs: &dyn Vfs, folder: &Path) -> Result<(), LogError> {
    let names = vfs.list(folder).map_err(|source| LogError::Read { path: folder.to_path_buf(), source })?;
    for name in names.iter().filter(|name| name.ends_with(TEMPORARY_SUFFIX)) {
        let path = folder.join(name);
        vfs.remove(&path).map_err(|source| LogError::Remove { path, source })?;
    }
    Ok(())
}

/// Removes the files all of whose records lie below `position`, oldest first and durably, and says how many. The newest
/// file stays in any case.
pub(super) fn remove_below(vfs: &dyn Vfs, folder: &Path, position: LogPosition) -> Result<u64, LogError> {
    let mut numbers = numbers(vfs, folder)?;
    numbers.pop();
    let mut removed = 0;
    for number in numbers.into_iter().filter(|number| *number < position.file) {
        let path = file::path(folder, number);
        vfs.remove(&path).map_err(|source| LogError::Remove { path, source })?;
        removed += 1;
    }
    if removed > 0 {
        // What was to be forgotten must not come back with a file.
        let failed = |source| LogError::Remove { path: folder.to_path_buf(), source };
        vfs.sync_dir(folder, SyncPoint::Removal).map_err(failed)?;
    }
    Ok(removed)
}
