//! What a log file has besides its users' records: name, header, group marks, footer. It must not know
//! when files are made or read.
//!
//! ```text
//! log/<20 digits>.wlog:  header | group | group | … | footer (once closed)
//! header, 40 bytes:      magic 8 | version u32 | number u64 | end of the log before: file u64, offset u64 | CRC32C u32
//! group:                 mark | record | record | …
//! mark, a record:        offset that was synced before u64 | bytes that follow u64 | records that follow u32
//! ```

use std::path::{Path, PathBuf};

use super::{
    position::LogPosition,
    record::{self, FOOTER_KIND, FRAME_BYTES, GROUP_KIND},
};

/// Length of the header, and so the offset of the first group.
pub(super) const HEADER_BYTES: u64 = 40;

/// Length of a group mark with its frame.
pub(super) const MARK_BYTES: u64 = FRAME_BYTES as u64 + 20;

const MAGIC: &[u8; 8] = b"WAYMKLOG";

/// The version of the format that this Waymark writes, and the newest that it reads.
pub const LOG_VERSION: u32 = 1;

/// The beginning of a log file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: u32,
    pub(super) number: u64,
    /// Where the log ended when this file was begun; all before was synced.
    pub(super) previous: LogPosition,
}

/// The ways in which a header can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The file is shorter than a header.
    #[error("the file ends inside its header, after {length} bytes")]
    Cut {
        /// Bytes found.
        length: u64,
    },
    /// The file does not begin like a log file.
    #[error("the file does not begin like a log file")]
    Magic,
    /// The header is not what was written.
    #[error("the header does not match its checksum")]
    Checksum,
    /// The header is sound, but of another file.
    #[error("the header is that of log file {found}")]
    Misplaced {
        /// The number in the header.
        found: u64,
    },
}

impl Header {
    pub(super) fn new(number: u64, previous: LogPosition) -> Self {
        Self { version: LOG_VERSION, number, previous }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.version.to_le_bytes());
        for value in [self.number, self.previous.file, self.previous.offset] {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        let checksum = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Reads the header of the file with this number.
    pub(super) fn decode(bytes: &[u8], number: u64) -> Result<Self, HeaderError> {
        let Some((bytes, checksum)) =
            bytes.get(..HEADER_BYTES as usize).and_then(<[u8]>::split_last_chunk::<4>)
        else {
            return Err(HeaderError::Cut { length: bytes.len() as u64 });
        };
        if !bytes.starts_with(MAGIC) {
            return Err(HeaderError::Magic);
        }
        if u32::from_le_bytes(*checksum) != crc32c::crc32c(bytes) {
            return Err(HeaderError::Checksum);
        }
        let found = Self {
            version: number_at(bytes, 8, 4) as u32,
            number: number_at(bytes, 12, 8),
            previous: LogPosition::new(number_at(bytes, 20, 8), number_at(bytes, 28, 8)),
        };
        if found.number != number {
            return Err(HeaderError::Misplaced { found: found.number });
        }
        Ok(found)
    }
}

/// What begins a group of records that are synced together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GroupMark {
    /// All before this offset of the file was synced when the group was written.
    pub(super) synced: u64,
    /// Bytes of the group after the mark.
    pub(super) bytes: u64,
    /// Records of the group.
    pub(super) records: u32,
}

impl GroupMark {
    pub(super) fn encode(&self, out: &mut Vec<u8>, file: u64, offset: u64) {
        let mut payload = Vec::with_capacity(20);
        payload.extend_from_slice(&self.synced.to_le_bytes());
        payload.extend_from_slice(&self.bytes.to_le_bytes());
        payload.extend_from_slice(&self.records.to_le_bytes());
        record::encode(out, file, offset, GROUP_KIND, &payload);
    }

    pub(super) fn decode(payload: &[u8]) -> Option<Self> {
        (payload.len() == 20).then(|| Self {
            synced: number_at(payload, 0, 8),
            bytes: number_at(payload, 8, 8),
            records: number_at(payload, 16, 4) as u32,
        })
    }
}

/// The footer of `file`, which will lie at `offset`.
pub(super) fn footer(file: u64, offset: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FRAME_BYTES);
    record::encode(&mut bytes, file, offset, FOOTER_KIND, &[]);
    bytes
}

fn number_at(bytes: &[u8], at: usize, length: usize) -> u64 {
    bytes[at..at + length].iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Path of the log file with this number.
pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:020}.wlog"))
}

/// The number in a log file's name; `None` for names of other things.
pub(super) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".wlog")?;
    if digits.len() != 20 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|number| *number > 0)
}
