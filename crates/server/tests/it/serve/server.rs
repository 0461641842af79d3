//! A running server with a data folder of its own.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStderr, Command, Stdio},
    thread::JoinHandle,
};

use serde_json::Value;

use super::client::{Answer, Client};
use crate::cli::Folder;

/// The path that events are sent to.
pub const EVENTS: &str = "/v1/events";
/// A browser's user agent.
pub const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// A server; it is killed when it is dropped.
pub struct Server {
    process: Child,
    pub address: SocketAddr,
    /// What it said until it listened, and what it says later.
    begun: String,
    said: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts on the folder, which has a site, and waits until it listens.
    pub fn start(folder: &Folder, args: &[&str]) -> Self {
        Self::start_with(folder, args, &[])
    }

    /// The same, with variables of the environment.
    pub fn start_with(folder: &Folder, args: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::at(&folder.path(), args, variables)
    }

    /// The same, on the data folder at that path.
    pub fn at(path: &Path, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command
            .arg("--data")
            .arg(path)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(args)
            .env_remove("WAYMARK_DATA")
            .envs(variables.iter().copied());
        Self::spawn(command)
    }

    /// Starts by a command that becomes the server, and waits until it listens.
    pub fn spawn(mut command: Command) -> Self {
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let (begun, address) = address(&mut said);
        // What it says later is read on, so that it never waits for a reader.
        let rest = move || said.lines().map_while(Result::ok).collect::<Vec<_>>().join("\n");
        Self { process, address, begun, said: Some(std::thread::spawn(rest)) }
    }

    pub fn client(&self) -> Client {
        Client::connect(self.address).unwrap()
    }

    /// Posts to the path that events are sent to, on a new connection, as a browser.
    pub fn post(&self, body: impl AsRef<[u8]>) -> Answer {
        self.client().ask("POST", EVENTS, &[("user-agent", BROWSER)], body.as_ref()).unwrap()
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// The same, and what it said until it listened.
    pub fn said_so_far(self) -> (Self, String) {
        let said = self.begun.clone();
        (self, said)
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Tells it to end, and gives what it said.
    pub fn stop(self) -> String {
        self.signal("TERM");
        self.wait()
    }

    /// Waits until it has ended, and gives what it said.
    pub fn wait(mut self) -> String {
        let status = self.process.wait().unwrap();
        let said = self.begun.clone() + &self.said.take().unwrap().join().unwrap();
        assert!(status.success(), "{status}\n{said}");
        said
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// The code that it ends with, once it has.
    pub fn code(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }

    /// The process's peak of resident memory, in KiB.
    pub fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What is said up to the line with the address, and the address.
fn address(said: &mut BufReader<ChildStderr>) -> (String, SocketAddr) {
    let mut all = String::new();
    loop {
        let from = all.len();
        assert_ne!(said.read_line(&mut all).unwrap(), 0, "the server did not start:\n{all}");
        if let Some((_, address)) = all[from..].split_once("listens on ") {
            let (_, address) = address.split_once("://").unwrap();
            let end = address.find(|c: char| !"0123456789.:[]abcdef".contains(c)).unwrap();
            let address = address[..end].parse().unwrap();
            return (all, address);
        }
    }
}

/// All stored events of the site, oldest first, as the export writes them.
pub fn stored(folder: &Folder) -> Vec<Value> {
    let text = folder.ok(&["export", "--site", "shop", "--format", "ndjson"]);
    let mut events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    events.sort_by_key(|event| event["time"].to_string());
    events
}
