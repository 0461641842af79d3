//! Disks that fail under the running server: what it answers, what it keeps, and how it comes back.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use super::server::{Server, stored};
use crate::cli::Folder;

/// A batch whose events do not compress, numbered from `first`.
fn batch(first: u64, events: u64) -> String {
    let event = |number: u64| {
        let noise: String = (0..20_u64)
            .map(|nth| format!("{:016x}", (number * 20 + nth + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
            .collect();
        json!({ "id": format!("e{number}"), "name": "load", "props": { "n": number, "noise": noise } })
    };
    json!({ "site": "shop", "events": (first..first + events).map(event).collect::<Vec<_>>() }).to_string()
}

/// The numbers of stored events, each of which must be there once.
fn numbers(events: &[Value]) -> Vec<u64> {
    let mut numbers: Vec<u64> =
        events.iter().map(|event| event["prop"]["n"].as_str().unwrap().parse().unwrap()).collect();
    numbers.sort_unstable();
    let all = numbers.len();
    numbers.dedup();
    assert_eq!(numbers.len(), all, "an event is stored twice");
    numbers
}

fn ready(server: &Server) -> u16 {
    server.client().ask("GET", "/health/ready", &[], b"").unwrap().status
}

/// strace on a running process, which makes each of its syncs fail; it lets go when it is dropped.
struct FailingSyncs(Child);

impl FailingSyncs {
    /// `None`, with the reason printed, where processes may not be traced.
    fn of(process: u32) -> Option<Self> {
        let strace = Command::new("strace")
            .args(["-f", "-qq", "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO"])
            .args(["-p", &process.to_string()])
            .stderr(Stdio::piped())
            .spawn();
        let mut strace = match strace {
            Ok(strace) => strace,
            Err(error) => {
                println!("skipped: `strace` cannot be run: {error} (apt-get install strace)");
                return None;
            }
        };
        let said = strace.stderr.take().unwrap();
        let traced = || std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        while !traced().lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0")) {
            if strace.try_wait().unwrap().is_some() {
                let said: Vec<String> = BufReader::new(said).lines().map_while(Result::ok).collect();
                println!("skipped: processes may not be traced here: {}", said.join(" "));
                return None;
            }
            std::thread::yield_now();
        }
        // Read on, so that it never waits for a reader.
        std::thread::spawn(move || BufReader::new(said).lines().for_each(drop));
        Some(Self(strace))
    }
}

impl Drop for FailingSyncs {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-s", "INT", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_until_a_restart() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let server = Server::start(&folder, &[]);
    assert_eq!(server.post(batch(0, 10)).status, 200);
    assert_eq!(ready(&server), 200);
    let Some(failing) = FailingSyncs::of(server.id()) else { return };
    // A thread may have been between two looks of the tracer: the first that fails counts.
    let mut acknowledged = 10;
    let refused = loop {
        let answer = server.post(batch(acknowledged, 10));
        if answer.status != 200 {
            break answer;
        }
        acknowledged += 10;
        assert!(acknowledged < 1_000, "no sync failed");
    };
    assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (503, Some("store_failed")));
    assert!(refused.header("retry-after").is_some());
    drop(failing);
    assert_eq!(
        server.post(batch(5_000, 10)).status,
        503,
        "the disk is well again, and the log must not go on"
    );
    assert_eq!(ready(&server), 503);
    let rate = folder.json(&["rate", "--site", "shop", "--goal", "load", "--base", "event"]);
    assert_eq!(rate["numerator"], acknowledged, "what was acknowledged can be read on");
    server.kill();
    let server = Server::start(&folder, &[]);
    assert_eq!(ready(&server), 200);
    assert_eq!(server.post(batch(9_000, 10)).status, 200);
    server.stop();
    let numbers = numbers(&stored(&folder));
    for number in (0..acknowledged).chain(9_000..9_010) {
        assert!(numbers.binary_search(&number).is_ok(), "event {number} is lost");
    }
    folder.ok(&["doctor"]);
}

/// A server on a small disk of its own, which a file beside the data folder fills almost.
struct SmallDisk {
    /// The folder as it is seen from outside the server's mount namespace.
    folder: PathBuf,
    server: Server,
}

const SCRIPT: &str = r#"
mount -t tmpfs -o size=12m tmpfs "$DISK" || exit 99
head -c 6000000 /dev/zero > "$DISK/ballast" || exit 98
"$WAYMARK" --data "$DISK/data" site add shop --timezone UTC || exit 97
exec "$WAYMARK" --data "$DISK/data" serve --listen 127.0.0.1:0 --rate-limit off
"#;

impl SmallDisk {
    /// `None`, with the reason printed, where no disk may be mounted.
    fn open(beside: &Folder) -> Option<Self> {
        let disk = beside.0.path().join("disk");
        std::fs::create_dir(&disk).unwrap();
        let may = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs"])
            .arg(&disk)
            .output();
        if !may.as_ref().is_ok_and(|may| may.status.success()) {
            println!("skipped: no small disk can be mounted here: {may:?}");
            return None;
        }
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT])
            .env("DISK", &disk)
            .env("WAYMARK", env!("CARGO_BIN_EXE_waymark"))
            .env_remove("WAYMARK_DATA");
        let server = Server::spawn(command);
        let folder = Path::new("/proc")
            .join(server.id().to_string())
            .join("root")
            .join(disk.strip_prefix("/").unwrap());
        Some(Self { folder, server })
    }

    /// What a command prints that asks the running server.
    fn ask(&self, args: &[&str]) -> Value {
        let run = Command::new(env!("CARGO_BIN_EXE_waymark"))
            .arg("--data")
            .arg(self.folder.join("data"))
            .args(args)
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        serde_json::from_slice(&run.stdout).unwrap()
    }

    fn count(&self) -> u64 {
        self.ask(&["rate", "--site", "shop", "--goal", "load", "--base", "event", "--json"])["numerator"]
            .as_u64()
            .unwrap()
    }
}

#[test]
fn a_full_disk_is_said_reads_go_on_and_writes_resume() {
    let beside = Folder::new();
    let Some(disk) = SmallDisk::open(&beside) else { return };
    let mut acknowledged = 0;
    let refused = loop {
        let answer = disk.server.post(batch(acknowledged, 200));
        if answer.status != 200 {
            break answer;
        }
        acknowledged += 200;
        assert!(acknowledged < 100_000, "the disk is not full");
    };
    assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (503, Some("disk_full")));
    assert!(refused.header("retry-after").is_some());
    assert!(acknowledged > 0);
    assert_eq!(disk.count(), acknowledged, "reads go on");
    std::fs::remove_file(disk.folder.join("ballast")).unwrap();
    let again = disk.server.post(batch(acknowledged, 200));
    assert_eq!((again.status, again.json()["stored"].as_u64()), (200, Some(200)), "{}", again.text());
    acknowledged += 200;
    assert_eq!(disk.count(), acknowledged, "writes resume, and none is doubled");
    disk.server.stop();
}
