//! Commands while the server runs: they are sent to it over a socket in the data folder, it runs them on its open store,
//! and what they print comes back. The code of a command is the same either way.

mod client;
mod frame;
mod host;

use std::{
    os::unix::net::UnixStream,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

pub(crate) use client::Served;
pub(crate) use host::Host;

use frame::Kind;

/// The socket's name in the data folder.
const SOCKET: &str = "serve.sock";

/// A command as it is sent.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    /// The version of Waymark that sends it.
    version: String,
    /// The arguments, the program's name first.
    args: Vec<String>,
    /// The folder that its paths start from.
    folder: PathBuf,
    /// The user who gives it.
    user: String,
    /// What the input stream holds, if the command reads it.
    input: String,
}

/// The two streams of the process that sent a command.
#[derive(Clone, Debug)]
pub(crate) struct Remote(Arc<Mutex<UnixStream>>);

impl Remote {
    pub(crate) fn text(&self, text: &str) -> std::io::Result<()> {
        self.send(Kind::Text, text.as_bytes())
    }

    pub(crate) fn bytes(&self, bytes: &[u8]) -> std::io::Result<()> {
        self.send(Kind::Bytes, bytes)
    }

    pub(crate) fn say(&self, text: &str) -> std::io::Result<()> {
        self.send(Kind::Say, text.as_bytes())
    }

    fn send(&self, kind: Kind, payload: &[u8]) -> std::io::Result<()> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        frame::write(&mut *stream, kind, payload)
    }
}
