//! One record in bytes: a frame of 13 bytes and the payload. It must not know what a payload means.
//!
//! ```text
//! length u32 | kind u8 | CRC32C of the payload u32 | CRC32C of the frame u32 | payload
//! ```
//! Numbers are little-endian. The frame's CRC also covers the number of the file and the offset, so that
//! a sector of another file, or of another place, never passes for a record. A sound frame with a broken
//! payload still says where the next record begins.

/// Bytes before the payload.
pub(super) const FRAME_BYTES: usize = 13;

/// The largest payload the format allows: 16 MiB.
pub const MAX_PAYLOAD_BYTES: usize = 16 << 20;

/// Kinds from here on belong to the log itself.
pub const FIRST_RESERVED_KIND: u8 = 0xF0;

/// The kind of the mark that begins a group: see [`super::file::GroupMark`].
pub(super) const GROUP_KIND: u8 = 0xFE;

/// The kind of the footer, which has no payload.
pub(super) const FOOTER_KIND: u8 = 0xFF;

/// The ways in which a record can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// There are fewer bytes than a frame has.
    #[error("the file ends inside a record's frame, {missing} bytes short")]
    FrameCut {
        /// Bytes that the frame lacks.
        missing: u64,
    },
    /// The frame is not what was written at this place.
    #[error("a record's frame does not match its checksum")]
    FrameChecksum,
    /// The frame is sound, but the file ends before the payload does.
    #[error("the file ends inside a record's payload, {missing} bytes short")]
    PayloadCut {
        /// Bytes that the payload lacks.
        missing: u64,
    },
    /// The frame is sound, but the payload is not what was written.
    #[error("a record's payload of {length} bytes does not match its checksum")]
    PayloadChecksum {
        /// Length of the payload.
        length: u64,
    },
    /// Frame and payload are sound, but the log has no such record of its own.
    #[error("a record of the log itself has the unknown kind {kind} or form")]
    Unknown {
        /// The kind found.
        kind: u8,
    },
    /// A group of records ends before the length that its mark gives.
    #[error("the last group of records is incomplete, {missing} bytes short")]
    GroupCut {
        /// Bytes that the group lacks.
        missing: u64,
    },
}

/// A record as found in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    pub(super) kind: u8,
    pub(super) payload: &'a [u8],
}

/// Why there is no record, and its length and kind if the frame is sound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken {
    pub(super) cause: RecordError,
    pub(super) frame: Option<(usize, u8)>,
}

fn frame_checksum(file: u64, offset: u64, first_nine: &[u8]) -> u32 {
    let place = crc32c::crc32c_append(crc32c::crc32c(&file.to_le_bytes()), &offset.to_le_bytes());
    crc32c::crc32c_append(place, first_nine)
}

/// Appends a record that will lie at `offset` of `file`. The payload is at most [`MAX_PAYLOAD_BYTES`].
pub(super) fn encode(out: &mut Vec<u8>, file: u64, offset: u64, kind: u8, payload: &[u8]) {
    debug_assert!(payload.len() <= MAX_PAYLOAD_BYTES);
    let start = out.len();
    out.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    out.push(kind);
    out.extend_from_slice(&crc32c::crc32c(payload).to_le_bytes());
    let checksum = frame_checksum(file, offset, &out[start..]);
    out.extend_from_slice(&checksum.to_le_bytes());
    out.extend_from_slice(payload);
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut value = [0; 4];
    value.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(value)
}

/// Reads the record at `offset` of a file whose whole content is `bytes`.
pub(super) fn decode(bytes: &[u8], file: u64, offset: usize) -> Result<Frame<'_>, Broken> {
    let rest = bytes.get(offset..).unwrap_or_default();
    if rest.len() < FRAME_BYTES {
        let missing = (FRAME_BYTES - rest.len()) as u64;
        return Err(Broken { cause: RecordError::FrameCut { missing }, frame: None });
    }
    let (frame, rest) = rest.split_at(FRAME_BYTES);
    let (length, kind) = (u32_at(frame, 0) as usize, frame[4]);
    if length > MAX_PAYLOAD_BYTES || u32_at(frame, 9) != frame_checksum(file, offset as u64, &frame[..9]) {
        return Err(Broken { cause: RecordError::FrameChecksum, frame: None });
    }
    let broken = |cause| Broken { cause, frame: Some((FRAME_BYTES + length, kind)) };
    let Some(payload) = rest.get(..length) else {
        let missing = (length - rest.len()) as u64;
        return Err(broken(RecordError::PayloadCut { missing }));
    };
    if u32_at(frame, 5) != crc32c::crc32c(payload) {
        return Err(broken(RecordError::PayloadChecksum { length: length as u64 }));
    }
    Ok(Frame { kind, payload })
}
