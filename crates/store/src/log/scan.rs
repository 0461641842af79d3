//! Finds the records in the bytes of one log file, and what is broken between them. It judges nothing: what a
//! broken place means is said in [`super::judge`].

use std::ops::Range;

use super::{
    file::{GroupMark, HEADER_BYTES},
    record::{self, Broken, FIRST_RESERVED_KIND, FOOTER_KIND, FRAME_BYTES, GROUP_KIND, RecordError},
};

/// A user's record in a file.
#[derive(Clone, Debug)]
pub(super) struct FoundRecord {
    /// Where its frame begins.
    pub(super) offset: u64,
    pub(super) kind: u8,
    /// Where its payload lies.
    pub(super) payload: Range<usize>,
}

/// A broken place in a file.
#[derive(Clone, Debug)]
pub(super) struct Gap {
    pub(super) bytes: Range<u64>,
    pub(super) cause: RecordError,
    /// Users' records in it, if known.
    pub(super) records: Option<u64>,
}

/// All that was found in a file.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) records: Vec<FoundRecord>,
    /// In the order of the file.
    pub(super) gaps: Vec<Gap>,
    /// The furthest offset of which a group mark says that all before it was synced.
    pub(super) synced: u64,
    /// Where the footer lies.
    pub(super) footer: Option<u64>,
    /// Bytes that the last group lacks, if it is whole up to where the file ends.
    pub(super) group_lacks: u64,
    group: Option<Group>,
}

/// The group being scanned: counts tell how many records a gap in it had.
#[derive(Debug)]
struct Group {
    end: u64,
    records: u64,
    seen: u64,
    /// The gap whose records are not known, if there is just one.
    unknown: Option<usize>,
    unknowns: usize,
}

/// Scans the content of log file `number` after its header.
pub(super) fn scan(bytes: &[u8], number: u64) -> Scan {
    let mut scan = Scan { synced: HEADER_BYTES, ..Scan::default() };
    let mut at = HEADER_BYTES as usize;
    while at < bytes.len() && scan.footer.is_none() {
        scan.end_group(at as u64);
        at = match record::decode(bytes, number, at) {
            Ok(frame) => scan.take(at, frame.kind, frame.payload),
            Err(broken) => scan.skip(bytes, number, at, broken),
        };
    }
    scan.end_group(at as u64);
    if let Some(group) = &scan.group {
        scan.group_lacks = group.end.saturating_sub(at as u64);
    }
    scan
}

impl Scan {
    /// Takes a sound record and says where the next one begins.
    fn take(&mut self, at: usize, kind: u8, payload: &[u8]) -> usize {
        let start = at + FRAME_BYTES;
        let end = start + payload.len();
        if kind < FIRST_RESERVED_KIND {
            self.records.push(FoundRecord { offset: at as u64, kind, payload: start..end });
            if let Some(group) = &mut self.group {
                group.seen += 1;
            }
            return end;
        }
        match (kind, GroupMark::decode(payload)) {
            (GROUP_KIND, Some(mark)) => self.begin_group(end as u64, mark),
            (FOOTER_KIND, None) if payload.is_empty() => self.footer = Some(at as u64),
            _ => self.gap(at..end, RecordError::Unknown { kind }, Some(0)),
        }
        end
    }

    /// Notes a gap and says where to go on: after it if its frame is sound, else at the next sound frame.
    fn skip(&mut self, bytes: &[u8], number: u64, at: usize, broken: Broken) -> usize {
        let (end, records) = match broken.frame {
            Some((length, kind)) => {
                ((at + length).min(bytes.len()), Some(u64::from(kind < FIRST_RESERVED_KIND)))
            }
            None => (next_frame(bytes, number, at + 1), None),
        };
        self.gap(at..end, broken.cause, records);
        end
    }

    fn gap(&mut self, bytes: Range<usize>, cause: RecordError, records: Option<u64>) {
        if let Some(group) = &mut self.group {
            match records {
                Some(known) => group.seen += known,
                None => {
                    group.unknown = Some(self.gaps.len());
                    group.unknowns += 1;
                }
            }
        }
        self.gaps.push(Gap { bytes: bytes.start as u64..bytes.end as u64, cause, records });
    }

    fn begin_group(&mut self, start: u64, mark: GroupMark) {
        self.synced = self.synced.max(mark.synced);
        self.group = Some(Group {
            end: start.saturating_add(mark.bytes),
            records: u64::from(mark.records),
            seen: 0,
            unknown: None,
            unknowns: 0,
        });
    }

    /// Ends the group if it ends here: then what its mark counted and was not seen lay in its one unknown gap.
    fn end_group(&mut self, at: u64) {
        let Some(group) = self.group.take_if(|group| group.end <= at) else { return };
        if let (true, 1, Some(gap)) = (group.end == at, group.unknowns, group.unknown) {
            self.gaps[gap].records = group.records.checked_sub(group.seen);
        }
    }
}

/// The first offset from `at` on where a sound frame lies, or the end.
fn next_frame(bytes: &[u8], number: u64, at: usize) -> usize {
    (at..bytes.len())
        .find(|at| match record::decode(bytes, number, *at) {
            Ok(_) => true,
            Err(broken) => broken.frame.is_some(),
        })
        .unwrap_or(bytes.len())
}
