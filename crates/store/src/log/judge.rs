//! Says what a broken place in a log file means: a tail that no one was told is safe, or damage to what was
//! synced. It reads no disk.
//!
//! A file that is not the newest is closed: it ends with a footer and every byte of it was synced, so whatever
//! is broken in it is damage. In the newest file all before the furthest offset named by a group mark was
//! synced; the first broken place after it begins the **tail**, which is what a crash leaves of writes that
//! were under way. Two things follow from that:
//! - The newest group is vouched for by its own checksums alone, since the mark that says it was synced comes
//!   with the next one. If bytes of it go bad on the disk *and* the process ends before the next group,
//!   they are taken for a tail: reported, and cut off.
//! - A file that was not closed and that lost all bytes from the end of some group on looks like one that
//!   ended there. Within a group, and in closed files, such a cut is seen.

use super::{
    damage::{Damage, DamageCause, Truncated},
    file::{HEADER_BYTES, Header, HeaderError},
    position::LogPosition,
    record::RecordError,
    scan::{FoundRecord, Scan, scan},
};

/// One log file, read and judged.
#[derive(Debug)]
pub(super) struct LogFile {
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    /// The records that count, in order.
    pub(super) records: Vec<FoundRecord>,
    pub(super) damage: Vec<Damage>,
    pub(super) truncated: Option<Truncated>,
    /// Where its records end: at the footer, the tail or the end of the file.
    pub(super) end: u64,
    /// From the header, if it is sound.
    pub(super) header: Option<Header>,
}

/// Judges the content of log file `number`; `newest` says that no later file exists.
pub(super) fn judge(bytes: Vec<u8>, number: u64, newest: bool) -> LogFile {
    let mut damage = Vec::new();
    let header = Header::decode(&bytes, number)
        .inspect_err(|error| {
            let length = HEADER_BYTES.min(bytes.len() as u64);
            // With the end of the header all that followed is gone as well.
            let lost = if let HeaderError::Cut { .. } = error { None } else { Some(0) };
            damage.push(Damage::new(number, 0..length, DamageCause::Header(*error), lost));
        })
        .ok();
    let mut scan = scan(&bytes, number);
    let length = bytes.len() as u64;
    let truncated = if newest && scan.footer.is_none() { tail(&mut scan, number, length) } else { None };
    let end = truncated.as_ref().map(|tail| tail.at.offset).or(scan.footer).unwrap_or(length);
    for gap in scan.gaps {
        damage.push(Damage::new(number, gap.bytes, DamageCause::Record(gap.cause), gap.records));
    }
    if let Some(after) = scan.footer.map(|footer| footer + super::record::FRAME_BYTES as u64)
        && after < length
    {
        damage.push(Damage::new(number, after..length, DamageCause::BytesAfterFooter, Some(0)));
    }
    if !newest && scan.footer.is_none() {
        damage.push(Damage::new(number, length..length, DamageCause::NotClosed, None));
    }
    LogFile { number, bytes, records: scan.records, damage, truncated, end, header }
}

/// Takes the tail off the newest file's records and gaps.
fn tail(scan: &mut Scan, number: u64, length: u64) -> Option<Truncated> {
    let Some(first) = scan.gaps.iter().position(|gap| gap.bytes.start >= scan.synced) else {
        let cause = RecordError::GroupCut { missing: scan.group_lacks };
        let at = LogPosition::new(number, length);
        return (scan.group_lacks > 0).then_some(Truncated { at, bytes: 0, records: 0, cause });
    };
    let (start, cause) = (scan.gaps[first].bytes.start, scan.gaps[first].cause);
    scan.gaps.truncate(first);
    let kept = scan.records.partition_point(|record| record.offset < start);
    let records = (scan.records.len() - kept) as u64;
    scan.records.truncate(kept);
    Some(Truncated { at: LogPosition::new(number, start), bytes: length - start, records, cause })
}
