//! Lists that the owner keeps in files: networks of data centres, hosts of spam referrers.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{BadLine, Networks, SpamReferrers};

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file cannot be read.
    #[error("cannot read the list {path}: {source}; nothing was changed")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line is no network.
    #[error("{path}, {source}; write one network a line, such as 192.0.2.0/24")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line.
        source: BadLine,
    },
}

fn read(path: &Path) -> Result<String, ListError> {
    fs::read_to_string(path).map_err(|source| ListError::Io { path: path.to_owned(), source })
}

/// The networks of a file, one a line; none without a file.
///
/// # Errors
/// When the file cannot be read, or a line is no network.
pub fn networks(path: Option<&Path>) -> Result<Networks, ListError> {
    let Some(path) = path else { return Ok(Networks::default()) };
    Networks::read(&read(path)?).map_err(|source| ListError::Line { path: path.to_owned(), source })
}

/// The spam referrers that come with Waymark, and those of a file, one host a line.
///
/// # Errors
/// When the file cannot be read.
pub fn spam_referrers(path: Option<&Path>) -> Result<SpamReferrers, ListError> {
    let more = path.map(read).transpose()?;
    Ok(SpamReferrers::new(more.as_deref().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_or_the_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let good = write("good", "192.0.2.0/24\n");
        assert!(networks(Some(&good)).unwrap().contains("192.0.2.9".parse().unwrap()));
        let bad = write("bad", "192.0.2.0/24\nnowhere\n");
        assert!(networks(Some(&bad)).unwrap_err().to_string().contains("line 2"));
        assert!(networks(Some(&folder.path().join("none"))).unwrap_err().to_string().contains("cannot read"));
        assert!(!networks(None).unwrap().contains("192.0.2.9".parse().unwrap()));
        let spam = write("spam", "spam.example\n");
        assert!(spam_referrers(Some(&spam)).unwrap().contains("www.spam.example"));
        assert!(!spam_referrers(None).unwrap().contains("spam.example"));
    }
}
