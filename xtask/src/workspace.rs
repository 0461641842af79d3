//! Where the sources are and where build output goes.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The checkout, and a target folder that outlives it.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// The workspace whose `xtask` this is. The target folder is `CARGO_TARGET_DIR` if that is set, else
    /// `waymark/target` in the user's cache folder, so that a fresh checkout builds warm.
    ///
    /// # Errors
    /// When no target folder can be determined, or the sources have been moved since the build.
    pub(crate) fn find() -> Result<Self, Failure> {
        // Where cargo runs it, not where it was built: checkouts may share a target folder.
        let xtask = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = xtask.parent().map(Path::to_path_buf).ok_or(Failure::NoWorkspace(xtask))?;
        let target = target_folder(&root, |name| env::var_os(name).filter(|value| !value.is_empty()))
            .ok_or(Failure::NoCacheFolder)?;
        Ok(Self { root, target })
    }

    /// The release binary that `build` makes.
    pub(crate) fn binary(&self) -> PathBuf {
        self.target.join("release").join(format!("waymark{}", env::consts::EXE_SUFFIX))
    }
}

/// Whether continuous integration runs us, by the customary variable.
pub(crate) fn in_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true" || value == "1")
}

fn target_folder(root: &Path, var: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(given) = var("CARGO_TARGET_DIR") {
        return Some(root.join(given));
    }
    let cache = var("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| var("HOME").or_else(|| var("USERPROFILE")).map(|home| Path::new(&home).join(".cache")))?;
    Some(cache.join("waymark").join("target"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(vars: &[(&str, &str)], expected: Option<&str>) {
        let var =
            |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
        assert_eq!(target_folder(Path::new("/src"), var), expected.map(PathBuf::from));
    }

    #[test]
    fn target_folder_is_the_given_one_or_in_the_cache() {
        check(&[("CARGO_TARGET_DIR", "/t"), ("HOME", "/h")], Some("/t"));
        check(&[("CARGO_TARGET_DIR", "out"), ("HOME", "/h")], Some("/src/out"));
        check(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")], Some("/c/waymark/target"));
        check(&[("HOME", "/h")], Some("/h/.cache/waymark/target"));
        check(&[], None);
    }
}
