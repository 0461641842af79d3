//! The command line, by running the real program.

mod backup;
mod calls;
mod errors;
mod export;
mod formats;
mod full_disk;
mod goals;
mod numbers;
mod queries;
mod reports;
mod retention;

use std::{
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

/// A data folder of its own for a test.
pub struct Folder(pub TempDir);

/// How a run ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The file of the tests' own shop.
fn shop_csv() -> PathBuf {
    testdata("shop.csv")
}

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name)
}

/// A public shop's events, where they are at hand.
pub fn retailrocket() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("WAYMARK_TEST_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join("retailrocket_sample_5000v.csv");
    if !path.is_file() {
        println!("skipped: {} is not there; WAYMARK_TEST_DATA names its folder", path.display());
        return None;
    }
    Some(path)
}

const MAP: &str = "visitor=visitorid,time=timestamp,name=event,key=transactionid,prop.item=itemid";

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One with the site `shop`, which has no events.
    pub fn new_shop() -> Self {
        let folder = Self::new();
        folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
        folder
    }

    /// One with the site `shop` and the file's events.
    pub fn with(file: &Path) -> Self {
        let folder = Self::new();
        folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
        folder.ok(&["import", "--site", "shop", "--format", "csv", "--map", MAP, file.to_str().unwrap()]);
        folder
    }

    /// One with the tests' own shop, its goals and its funnel.
    pub fn shop() -> Self {
        let folder = Self::with(&shop_csv());
        folder.ok(&["goals", "apply", testdata("waymark.toml").to_str().unwrap()]);
        folder
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// Writes a file beside the data folder.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_waymark"))
            .arg("--data")
            .arg(self.path())
            .args(args)
            .env("USER", "ada")
            .env_remove("WAYMARK_DATA")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        // A signal that ended it, as a negative number.
        let code = output.status.code().or(output.status.signal().map(|signal| -signal)).unwrap_or(i32::MIN);
        Ran { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// What a run that succeeds prints.
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}\n{}\n{}", ran.out, ran.err);
        ran.out
    }

    /// What a run that succeeds prints as JSON.
    pub fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        serde_json::from_str(&self.ok(&args)).unwrap()
    }

    /// A run that must fail with that code, say each of these on the error stream, and print nothing else.
    pub fn fails(&self, args: &[&str], code: i32, said: &[&str]) {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args:?}\n{}\n{}", ran.out, ran.err);
        for part in said {
            assert!(ran.err.contains(part), "{args:?}: `{part}` is not in\n{}", ran.err);
        }
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        assert_eq!(ran.out, "", "{args:?}");
    }
}
