//! A file of the cache: a header and the sections of one column. It must not know when one is worth having.
//!
//! ```text
//! header (128 bytes): magic · form · rows · hash of the segment file · hash of this file · name and sections
//! name | section 1 | section 2 | section 3, each from a multiple of 64 bytes on, zeros between
//! ```
//! Numbers are little-endian as the machine's are; on a machine where they are not, the magic does not fit. The
//! hash is the XXH3-64 of the file with that hash as zero.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    mem::size_of,
    ops::Range,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
};

use bytemuck::{Pod, Zeroable};
use memmap2::Mmap;
use xxhash_rust::xxh3::Xxh3;

use super::{
    form::{Form, MOST_SECTIONS, Mapped, Texts, sections},
    map::map,
};
use crate::{columns::Column, segment::FileHash};

/// `WMHOT` and the version.
const MAGIC: u64 = u64::from_le_bytes(*b"WMHOT\0\0\x01");
const ALIGNMENT: usize = 64;
const ZEROS: [u8; ALIGNMENT] = [0; ALIGNMENT];
/// The hash's place in the header, for hashing the rest.
const HASH: Range<usize> = 32..40;

#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Header {
    magic: u64,
    form: u32,
    rows: u32,
    segment: [u8; 16],
    hash: u64,
    reserved: u64,
    /// Start and length of the name and of each section.
    places: [[u64; 2]; 1 + MOST_SECTIONS],
    padding: [u64; 2],
}

/// What a file must be of to be used.
pub(super) struct Expected<'a> {
    pub(super) segment: FileHash,
    pub(super) name: &'a str,
    pub(super) rows: u32,
}

/// A column in a mapped file.
pub(super) struct MappedColumn {
    pub(super) column: Column,
    pub(super) map: Arc<Mmap>,
}

/// A column laid out for writing.
pub(super) struct Layout<'a> {
    header: Header,
    parts: [&'a [u8]; 1 + MOST_SECTIONS],
}

impl<'a> Layout<'a> {
    pub(super) fn new(of: &Expected<'a>, column: &'a Column, texts: &'a Texts) -> Self {
        let (form, [one, two, three]) = sections(column, texts);
        let parts = [of.name.as_bytes(), one, two, three];
        let mut at = size_of::<Header>();
        let places = parts.map(|part| {
            let place = [at as u64, part.len() as u64];
            at = (at + part.len()).next_multiple_of(ALIGNMENT);
            place
        });
        let segment = of.segment.0.to_le_bytes();
        let mut header =
            Header { magic: MAGIC, form: form as u32, rows: of.rows, segment, places, ..Header::zeroed() };
        let mut hash = Xxh3::new();
        hash.update(bytemuck::bytes_of(&header));
        for part in parts {
            hash.update(part);
            hash.update(padding(part));
        }
        header.hash = hash.digest();
        Self { header, parts }
    }

    /// Length of the file.
    pub(super) fn bytes(&self) -> u64 {
        let padded = |part: &&[u8]| part.len().next_multiple_of(ALIGNMENT);
        (size_of::<Header>() + self.parts.iter().map(padded).sum::<usize>()) as u64
    }

    /// Writes the file under a temporary name and renames it. It is not synced: a crash costs a decode.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let temporary = path.with_extension("tmp");
        let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary);
        let written = opened.and_then(|file| self.write_to(file));
        let renamed = written.and_then(|()| fs::rename(&temporary, path));
        renamed.inspect_err(|_| {
            // Best effort: a temporary file that stays is overwritten by the next try, or goes with its folder.
            let _ = fs::remove_file(&temporary);
        })
    }

    fn write_to(&self, mut file: File) -> io::Result<()> {
        file.write_all(bytemuck::bytes_of(&self.header))?;
        for part in self.parts {
            file.write_all(part)?;
            file.write_all(padding(part))?;
        }
        Ok(())
    }
}

fn padding(part: &[u8]) -> &'static [u8] {
    &ZEROS[..part.len().next_multiple_of(ALIGNMENT) - part.len()]
}

/// Maps a file and checks all of it; `None` when it is not there or is not what it should be.
pub(super) fn open(path: &Path, expected: &Expected<'_>) -> Option<MappedColumn> {
    let map = map(path).ok()?;
    let header: Header = *bytemuck::try_from_bytes(map.get(..size_of::<Header>())?).ok()?;
    let mut hash = Xxh3::new();
    hash.update(&map[..HASH.start]);
    hash.update(&ZEROS[..HASH.len()]);
    hash.update(&map[HASH.end..]);
    let sound = header.magic == MAGIC && header.hash == hash.digest();
    let ours = header.segment == expected.segment.0.to_le_bytes() && header.rows == expected.rows;
    let [name, one, two, three] = header.places.map(range);
    if !sound || !ours || map.get(name?)? != expected.name.as_bytes() {
        return None;
    }
    let mapped = Mapped { map: &map, sections: [one?, two?, three?], rows: header.rows as usize };
    let column = mapped.column(Form::from_number(header.form)?)?;
    Some(MappedColumn { column, map })
}

fn range([start, length]: [u64; 2]) -> Option<Range<usize>> {
    Some(usize::try_from(start).ok()?..usize::try_from(start.checked_add(length)?).ok()?)
}
