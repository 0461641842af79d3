//! The file of rejected rows, beside the input: line, reason and the beginning of each. It is written only when a row
//! is rejected; when it cannot be, the import goes on and says so.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use super::reject::Reject;
use crate::formula::guarded;

/// The file of rejected rows.
pub(super) struct Rejects {
    path: PathBuf,
    state: State,
}

enum State {
    Nothing,
    Writing(Box<csv::Writer<File>>),
    Failed(io::Error),
}

impl Rejects {
    pub(super) fn beside(input: &Path) -> Self {
        let mut path = input.as_os_str().to_owned();
        path.push(".rejects.csv");
        Self { path: path.into(), state: State::Nothing }
    }

    /// Writes a row down, unless the file could not be written before.
    pub(super) fn write(&mut self, line: u64, reject: &Reject, row: &[u8]) {
        if matches!(self.state, State::Nothing) {
            self.state = begin(&self.path).map_or_else(State::Failed, |file| State::Writing(Box::new(file)));
        }
        if let State::Writing(file) = &mut self.state {
            let written = file.write_record([
                line.to_string().as_str(),
                reject.code(),
                &guarded(&reject.to_string()),
                &guarded(&shown(row)),
            ]);
            if let Err(error) = written {
                self.state = State::Failed(error.into());
            }
        }
    }

    /// The file, once all of it is written: `None` when there is nothing in it.
    ///
    /// # Errors
    /// The path and the reason, when it could not be written.
    pub(super) fn finish(self) -> Result<Option<PathBuf>, (PathBuf, io::Error)> {
        match self.state {
            State::Nothing => Ok(None),
            State::Writing(mut file) => match file.flush() {
                Ok(()) => Ok(Some(self.path)),
                Err(error) => Err((self.path, error)),
            },
            State::Failed(error) => Err((self.path, error)),
        }
    }
}

fn begin(path: &Path) -> io::Result<csv::Writer<File>> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // The rows are as personal as the input.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = csv::Writer::from_writer(options.open(path)?);
    file.write_record(["line", "code", "reason", "row"])?;
    Ok(file)
}

/// The row as text that any program can show.
fn shown(row: &[u8]) -> String {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    let row = row.strip_suffix(b"\r").unwrap_or(row);
    let replaced =
        |c: char| if c.is_control() && c != '\t' && c != '\n' { char::REPLACEMENT_CHARACTER } else { c };
    String::from_utf8_lossy(row).chars().map(replaced).collect()
}
