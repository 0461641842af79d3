//! What the manifest says of a segment. It knows nothing of the file's inside.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::columns::Bounds;

/// The XXH3-128 of a whole file: tells media damage, not malice. Written as 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileHash(pub u128);

/// A text that is not 32 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a file hash: 32 lower-case hex digits are expected")]
pub struct NotAHash(String);

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for FileHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let hash = u128::from_str_radix(text, 16).ok().map(Self);
        hash.filter(|hash| hash.to_string() == text).ok_or_else(|| NotAHash(text.to_owned()))
    }
}

impl TryFrom<String> for FileHash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        text.parse()
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> Self {
        hash.to_string()
    }
}

/// A segment as the manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentMeta {
    /// The file's name within the site's folder.
    pub file: String,
    /// Its format.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub format: u32,
    /// Hash of the whole file.
    pub hash: FileHash,
    /// Length of the file.
    pub bytes: u64,
    /// What it holds.
    pub bounds: Bounds,
}

/// The format of files that were noted without one.
const fn first() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_first(format: &u32) -> bool {
    *format == first()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_and_nothing_else_does() {
        let hash = FileHash(0xab);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for bad in ["", "ab", "zz", &"A".repeat(32), &"0".repeat(33), &format!("+{}", "0".repeat(31))] {
            assert_eq!(bad.parse::<FileHash>(), Err(NotAHash(bad.to_owned())));
        }
    }
}
