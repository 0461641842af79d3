//! The catalog's seal: length and hash of its file as it was last left, in a file beside it, so that a changed byte is seen where
//! SQLite sees none. It must not know what is in the catalog.
//!
//! ```text
//! waymark-catalog 1 change=<SQLite's change counter> bytes=<length> xxh3-128=<32 hex digits> state=<whole|damaged>
//! ```
//! SQLite raises the counter with every change. A file with the sealed counter must be, byte for byte, the sealed one; with
//! another counter it was changed by a process that ended before it could seal, and nothing can be said until the next seal.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use xxhash_rust::xxh3::xxh3_128;

use super::CATALOG;
use crate::vfs::{RealVfs, write_atomic};

/// The seal's file, below the data folder.
pub const SEAL: &str = "catalog.sum";

const MAGIC: &str = "waymark-catalog 1";

/// What the seal says of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    /// Every byte is the one that was written.
    Whole,
    /// Nothing can be said: there is no seal, or the catalog was changed since.
    Unknown,
    /// The file is not what was written.
    Damaged(String),
}

/// What a seal holds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seal {
    change: u32,
    bytes: usize,
    hash: u128,
    is_damaged: bool,
}

impl Seal {
    fn from_file(file: &[u8], is_damaged: bool) -> Option<Self> {
        Some(Self { change: counter(file, CHANGE)?, bytes: file.len(), hash: xxh3_128(file), is_damaged })
    }

    fn line(&self) -> String {
        let Self { change, bytes, hash, is_damaged } = self;
        let state = if *is_damaged { "damaged" } else { "whole" };
        format!("{MAGIC} change={change} bytes={bytes} xxh3-128={hash:032x} state={state}\n")
    }

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix(MAGIC)?.split_ascii_whitespace();
        let mut value = |key: &str| words.next()?.strip_prefix(key)?.strip_prefix('=');
        let found = Self {
            change: value("change")?.parse().ok()?,
            bytes: value("bytes")?.parse().ok()?,
            hash: u128::from_str_radix(value("xxh3-128")?, 16).ok()?,
            is_damaged: value("state")? == "damaged",
        };
        (found.line() == line).then_some(found)
    }
}

/// Where SQLite's header has the change counter, …
const CHANGE: usize = 24;
/// … and the counter as it was when the header was last written: the same, or somebody else wrote the file.
const VALID_FOR: usize = 92;

fn counter(file: &[u8], at: usize) -> Option<u32> {
    file.get(at..at + 4)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

fn path(root: &Path) -> PathBuf {
    root.join(SEAL)
}

/// Compares the catalog with its seal. Nobody may be writing to it.
pub(super) fn examine(root: &Path) -> io::Result<Sealed> {
    let file = fs::read(root.join(CATALOG))?;
    let damaged = |what: String| Ok(Sealed::Damaged(what));
    if counter(&file, CHANGE) != counter(&file, VALID_FOR) {
        return damaged("its header was changed by something else than SQLite".to_owned());
    }
    let seal = match fs::read_to_string(path(root)) {
        Ok(line) => Seal::parse(&line),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Sealed::Unknown),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => None,
        Err(error) => return Err(error),
    };
    let Some(seal) = seal else { return Ok(Sealed::Unknown) };
    let found = Seal::from_file(&file, seal.is_damaged);
    match found {
        _ if seal.is_damaged => damaged("it was found damaged before".to_owned()),
        Some(found) if found.change != seal.change => Ok(Sealed::Unknown),
        Some(found) if found == seal => Ok(Sealed::Whole),
        _ => damaged("its bytes are not those that were written".to_owned()),
    }
}

/// Seals the catalog as it is. Nobody may be writing to it.
pub(super) fn seal(root: &Path, is_damaged: bool) -> io::Result<()> {
    let file = fs::read(root.join(CATALOG))?;
    let Some(seal) = Seal::from_file(&file, is_damaged) else { return Ok(()) };
    let line = seal.line();
    if fs::read_to_string(path(root)).is_ok_and(|has| has == line) {
        return Ok(());
    }
    Ok(write_atomic(&RealVfs, &path(root), line.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with that change counter, and something after it.
    fn file(change: u32) -> Vec<u8> {
        let mut file = vec![7; 300];
        file[CHANGE..CHANGE + 4].copy_from_slice(&change.to_be_bytes());
        file[VALID_FOR..VALID_FOR + 4].copy_from_slice(&change.to_be_bytes());
        file
    }

    #[test]
    fn every_flipped_bit_and_every_cut_of_a_sealed_file_is_seen() {
        let root = tempfile::tempdir().unwrap();
        let write = |bytes: &[u8]| fs::write(root.path().join(CATALOG), bytes).unwrap();
        let examined = || examine(root.path()).unwrap();
        let sound = file(5);
        write(&sound);
        assert_eq!(examined(), Sealed::Unknown);
        seal(root.path(), false).unwrap();
        assert_eq!(examined(), Sealed::Whole);
        for bit in 0..sound.len() * 8 {
            let mut flipped = sound.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            write(&flipped);
            assert!(matches!(examined(), Sealed::Damaged(_)), "bit {bit}");
        }
        for length in 0..sound.len() {
            write(&sound[..length]);
            assert!(matches!(examined(), Sealed::Damaged(_)), "{length} bytes");
        }
        write(&file(6));
        assert_eq!(examined(), Sealed::Unknown, "SQLite has changed it");
        seal(root.path(), true).unwrap();
        assert!(matches!(examined(), Sealed::Damaged(_)), "found damaged before");
    }

    #[test]
    fn a_broken_seal_says_nothing() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(CATALOG), file(5)).unwrap();
        seal(root.path(), false).unwrap();
        let line = fs::read(root.path().join(SEAL)).unwrap();
        for at in 0..line.len() {
            let mut flipped = line.clone();
            flipped[at] ^= 1;
            fs::write(root.path().join(SEAL), &flipped).unwrap();
            assert_ne!(examine(root.path()).unwrap(), Sealed::Whole, "byte {at}");
        }
    }
}
