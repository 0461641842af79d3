//! The input file: whether it can be read at all, what it holds by its first bytes, and its bytes, unpacked.
//! It knows no columns and no events.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, ErrorKind, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;

use super::error::{Foreign, ImportError};

/// How many bytes are looked at to tell what a file holds.
const HEAD: u64 = 64 << 10;
/// Bytes read at a time for the fingerprint.
const BLOCK: usize = 1 << 20;
/// The byte order mark of UTF-8.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";
const PARQUET: &[u8] = b"PAR1";

/// What rows are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Text with a header and delimited, possibly quoted fields.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

/// What a file is packed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, of one member or several.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// An input file that can be read and looks like something that can be imported.
#[derive(Clone, Debug)]
pub struct Source {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
    format: Format,
    compression: Compression,
    done: Arc<AtomicU64>,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Csv => "CSV",
            Self::Ndjson => "NDJSON",
            Self::Parquet => "Parquet",
        })
    }
}

impl std::fmt::Display for Compression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "no compression",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        })
    }
}

impl Source {
    /// Looks at the file: it must be a regular, readable file that is not empty. Its format is the one given, or
    /// the one that its first bytes or its name tell; what it is packed with always tells by its first bytes.
    ///
    /// # Errors
    /// When it cannot be read, or plainly holds something else.
    pub fn open(path: &Path, format: Option<Format>) -> Result<Self, ImportError> {
        let unreadable = |error: io::Error| match error.kind() {
            ErrorKind::NotFound => ImportError::Missing { path: path.to_owned() },
            _ => ImportError::Unreadable { path: path.to_owned(), reason: error },
        };
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(ImportError::Directory { path: path.to_owned() });
        }
        if !metadata.is_file() {
            return Err(ImportError::NotRegular { path: path.to_owned() });
        }
        let magic = head(File::open(path).map_err(unreadable)?, 8).map_err(unreadable)?;
        let mut source = Self {
            path: path.to_owned(),
            length: metadata.len(),
            modified: metadata.modified().ok(),
            format: Format::Csv,
            compression: compression(&magic),
            done: Arc::default(),
        };
        let head =
            source.bytes().and_then(|bytes| head(bytes, HEAD).map_err(|error| source.failed(error)))?;
        source.format = source.recognise(&head, format)?;
        Ok(source)
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the file, as it lies on the disk.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// What its rows are written in.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// What it is packed with.
    #[must_use]
    pub const fn compression(&self) -> Compression {
        self.compression
    }

    /// Tells the same content again: xxh3-128 of the file's bytes, in hexadecimal digits.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn fingerprint(&self) -> Result<String, ImportError> {
        let mut file = self.file()?;
        let (mut hash, mut block) = (Xxh3::new(), vec![0; BLOCK]);
        loop {
            match file.read(&mut block) {
                Ok(0) => return Ok(format!("{:032x}", hash.digest128())),
                Ok(read) => hash.update(&block[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(reason) => return Err(ImportError::Unreadable { path: self.path.clone(), reason }),
            }
        }
    }

    /// Whether the file is still the one that was opened, as far as length and time of change tell.
    pub(super) fn unchanged(&self) -> Result<(), ImportError> {
        let same = fs::metadata(&self.path)
            .is_ok_and(|now| now.len() == self.length && now.modified().ok() == self.modified);
        if same { Ok(()) } else { Err(ImportError::Changed { path: self.path.clone() }) }
    }

    /// The file, from its beginning.
    pub(super) fn file(&self) -> Result<File, ImportError> {
        File::open(&self.path).map_err(|reason| ImportError::Unreadable { path: self.path.clone(), reason })
    }

    /// The unpacked bytes, from the beginning; what is read of the file is counted anew.
    pub(super) fn bytes(&self) -> Result<Box<dyn Read + Send>, ImportError> {
        self.done.store(0, Ordering::Relaxed);
        let counted = Counted { file: self.file()?, done: Arc::clone(&self.done) };
        Ok(match self.compression {
            Compression::None => Box::new(counted),
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(counted)),
            Compression::Zstd => Box::new(zstd::Decoder::new(counted).map_err(|error| self.failed(error))?),
        })
    }

    /// Bytes of the file that have been read.
    pub(super) fn done(&self) -> &Arc<AtomicU64> {
        &self.done
    }

    /// What an error while reading [`Source::bytes`] means.
    pub(super) fn failed(&self, reason: io::Error) -> ImportError {
        let (path, compression) = (self.path.clone(), self.compression);
        match (compression, reason.kind()) {
            (Compression::None, _) => ImportError::Unreadable { path, reason },
            (_, ErrorKind::UnexpectedEof) => ImportError::Truncated { path, compression },
            _ => ImportError::Damaged { path, compression, reason },
        }
    }

    fn recognise(&self, head: &[u8], given: Option<Format>) -> Result<Format, ImportError> {
        let path = || self.path.clone();
        let text = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
        if text.is_empty() && (head.len() as u64) < HEAD {
            return Err(ImportError::Empty { path: path() });
        }
        if let Some(foreign) = foreign(head) {
            return Err(ImportError::Foreign { path: path(), foreign });
        }
        let named = given.or_else(|| by_name(&self.path));
        if head.starts_with(PARQUET) {
            return match (given, self.compression) {
                (_, Compression::Gzip | Compression::Zstd) => {
                    Err(ImportError::Foreign { path: path(), foreign: Foreign::PackedParquet })
                }
                (Some(given @ (Format::Csv | Format::Ndjson)), _) => {
                    Err(ImportError::FormatMismatch { path: path(), given, found: Format::Parquet })
                }
                _ => Ok(Format::Parquet),
            };
        }
        let object = text.starts_with(b"{");
        if object && is_pretty(text) {
            return Err(ImportError::Foreign { path: path(), foreign: Foreign::PrettyJson });
        }
        match (given, named) {
            (_, Some(Format::Parquet)) => Err(ImportError::NotParquet {
                path: path(),
                reason: "it does not begin with `PAR1`".to_owned(),
            }),
            _ if text.starts_with(b"[") && (named == Some(Format::Ndjson) || text[1..].contains(&b'{')) => {
                Err(ImportError::Foreign { path: path(), foreign: Foreign::JsonArray })
            }
            (Some(Format::Csv), _) if object => {
                Err(ImportError::FormatMismatch { path: path(), given: Format::Csv, found: Format::Ndjson })
            }
            (_, Some(Format::Ndjson)) => Ok(Format::Ndjson),
            _ if object => Ok(Format::Ndjson),
            _ => Ok(Format::Csv),
        }
    }
}

fn head(bytes: impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    bytes.take(length).read_to_end(&mut head)?;
    Ok(head)
}

fn compression(magic: &[u8]) -> Compression {
    match magic {
        [0x1F, 0x8B, ..] => Compression::Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Compression::Zstd,
        _ => Compression::None,
    }
}

/// Files that are plainly something else.
fn foreign(head: &[u8]) -> Option<Foreign> {
    let start = &head[..head.len().min(1024)];
    let nuls = start.iter().filter(|byte| **byte == 0).count();
    match head {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some(Foreign::Utf16),
        [b'P', b'K', 3, 4, ..] => Some(Foreign::Zip),
        [b'B', b'Z', b'h', ..] => Some(Foreign::Bzip2),
        [0xFD, b'7', b'z', b'X', b'Z', ..] => Some(Foreign::Xz),
        // Text in UTF-16 without a mark: every other byte is a NUL.
        [0, byte, 0, _, ..] | [byte, 0, _, 0, ..] if *byte != 0 && nuls * 3 > start.len() => {
            Some(Foreign::Utf16)
        }
        _ => None,
    }
}

/// Whether a JSON object at the beginning goes on after its first line.
fn is_pretty(text: &[u8]) -> bool {
    let Some(line) = text.iter().position(|byte| *byte == b'\n') else { return false };
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<serde::de::IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => values.byte_offset() > line,
        // It goes on beyond what is looked at.
        Some(Err(error)) => error.is_eof() && text[..line].trim_ascii().ends_with(b"{"),
        None => false,
    }
}

fn by_name(path: &Path) -> Option<Format> {
    let extension = |path: &Path| path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    let mut found = extension(path);
    if matches!(found.as_deref(), Some("gz" | "zst" | "zstd")) {
        found = path.file_stem().and_then(|stem| extension(Path::new(stem)));
    }
    match found?.as_str() {
        "csv" | "tsv" => Some(Format::Csv),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        "parquet" => Some(Format::Parquet),
        _ => None,
    }
}

/// Counts what is read.
struct Counted {
    file: File,
    done: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
