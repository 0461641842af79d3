//! The project's own text files, read once into memory for the checks.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// Folders that hold no sources of ours.
const PASSED_OVER: [&str; 4] = [".git", "target", "node_modules", "waymark-data"];

/// Larger files are data, not sources.
const LARGEST: u64 = 1 << 20;

/// Paths from the root, with `/`, and the text of each; a folder's path ends in `/` and its text is empty, and so
/// is that of a file that is large or not UTF-8.
#[derive(Debug, Default)]
pub(super) struct Sources(BTreeMap<String, String>);

impl Sources {
    /// Reads all below `root`, following no links.
    ///
    /// # Errors
    /// When a file or folder cannot be read.
    pub(super) fn read(root: &Path) -> Result<Self, Failure> {
        let mut sources = Self::default();
        sources.read_folder(root, "")?;
        Ok(sources)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> Result<(), Failure> {
        let unreadable = |path: &Path| {
            let path = path.to_path_buf();
            |source| Failure::Unreadable { path, source }
        };
        for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
            let entry = entry.map_err(unreadable(folder))?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            let kind = entry.metadata().map_err(unreadable(&path))?;
            if kind.is_dir() && !PASSED_OVER.contains(&name.as_ref()) {
                self.0.insert(format!("{prefix}{name}/"), String::new());
                self.read_folder(&path, &format!("{prefix}{name}/"))?;
            } else if kind.is_file() {
                let small = kind.len() <= LARGEST;
                let bytes = if small { fs::read(&path).map_err(unreadable(&path))? } else { Vec::new() };
                self.0.insert(format!("{prefix}{name}"), String::from_utf8(bytes).unwrap_or_default());
            }
        }
        Ok(())
    }

    /// Files and their text, by path.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(|(path, _)| !path.ends_with('/'))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of a file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Whether there is such a file or folder.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.contains_key(path) || self.0.contains_key(&format!("{path}/"))
    }

    /// How many files there are.
    pub(super) fn len(&self) -> usize {
        self.files().count()
    }
}

/// Files given in memory.
#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Sources {
    fn from(files: [(&str, &str); N]) -> Self {
        let mut sources = Self::default();
        for (path, text) in files {
            sources.0.insert(path.into(), text.into());
            for (end, _) in path.match_indices('/') {
                sources.0.insert(path[..=end].into(), String::new());
            }
        }
        sources
    }
}
