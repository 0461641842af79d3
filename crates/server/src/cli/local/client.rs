//! The sender's side: hands a command over, and prints what comes back.

use std::{
    env,
    io::{self, Read as _, Write as _, stdin},
    os::unix::net::UnixStream,
    path::Path,
};

use super::{
    Request, SOCKET,
    frame::{self, Kind},
};
use crate::cli::{context::user, failure::CliError, out::Out};

/// A server that has the data folder open.
#[derive(Debug)]
pub(crate) struct Served(UnixStream);

impl Served {
    /// The server of the folder, if one runs. What a server left that was killed is no server.
    pub(crate) fn of(data: &Path) -> Option<Self> {
        UnixStream::connect(data.join(SOCKET)).ok().map(Self)
    }

    /// Has it run the command of this process, and gives the code to end with.
    ///
    /// # Errors
    /// When the server goes away before the command has ended.
    pub(crate) fn run(mut self, reads_input: bool) -> Result<u8, CliError> {
        let request = request(reads_input)?;
        let gone = |error: io::Error| CliError::ServerGone(error);
        frame::write(&mut self.0, Kind::Command, &serde_json::to_vec(&request)?).map_err(gone)?;
        let out = Out::Process;
        loop {
            let (kind, payload) = frame::read(&mut self.0).map_err(gone)?;
            match kind {
                Kind::Text => out.text(&String::from_utf8_lossy(&payload))?,
                Kind::Bytes => out.clone().write_all(&payload)?,
                Kind::Say => out.say(&String::from_utf8_lossy(&payload)),
                Kind::End => return Ok(payload.first().copied().unwrap_or(1)),
                Kind::Command => return Err(gone(io::ErrorKind::InvalidData.into())),
            }
        }
    }
}

fn request(reads_input: bool) -> Result<Request, CliError> {
    let args = env::args_os().map(|arg| arg.into_string().map_err(CliError::NotUnicode));
    let mut input = String::new();
    if reads_input {
        let failed = |source| CliError::Read { path: "-".into(), source };
        stdin().read_to_string(&mut input).map_err(failed)?;
    }
    Ok(Request {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        args: args.collect::<Result<_, _>>()?,
        folder: env::current_dir()?,
        user: user(),
        input,
    })
}
