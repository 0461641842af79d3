//! Each file of a real data folder in turn removed, cut, flipped, and the folder made read-only: nothing of it is silent, reading goes
//! on where it can, and no row is ever wrong.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use waymark_store::{Access, catalog::BlockingCatalog, live_set::LiveSet, manifest, vfs::RealVfs};

use super::{client::Client, server::Server};
use crate::cli::{Folder, Ran};

fn batch(numbers: std::ops::Range<u64>) -> String {
    let event = |number: u64| json!({ "id": format!("e{number}"), "name": "load", "props": { "n": number } });
    json!({ "site": "shop", "events": numbers.map(event).collect::<Vec<_>>() }).to_string()
}

/// A folder whose server was killed: events 0–39 in a segment, 40–69 in the log only, in three groups.
fn killed() -> Folder {
    let folder = Folder::new_shop();
    let server = Server::start(&folder, &[]);
    assert_eq!(server.post(batch(0..40)).status, 200);
    server.stop();
    folder.ok(&["rate", "--site", "shop", "--goal", "load", "--base", "event"]);
    let server = Server::start(&folder, &[]);
    for first in [40, 50, 60] {
        assert_eq!(server.post(batch(first..first + 10)).status, 200);
    }
    server.kill();
    // What a killed server leaves, and no file.
    fs::remove_file(folder.path().join("serve.sock")).unwrap();
    folder
}

/// All files below a folder, by their paths in it.
fn files(root: &Path) -> BTreeSet<PathBuf> {
    fn below(root: &Path, folder: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(root, &path, found);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_path_buf());
            }
        }
    }
    let mut found = BTreeSet::new();
    below(root, root, &mut found);
    found
}

fn copy_of(folder: &Folder) -> Folder {
    let copy = Folder::new();
    let copied = Command::new("cp").arg("-a").arg(folder.path()).arg(copy.path()).status().unwrap();
    assert!(copied.success());
    copy
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoil {
    Removed,
    Cut,
    Flipped,
}

impl Spoil {
    fn spoil(self, path: &Path) {
        let mut bytes = fs::read(path).unwrap();
        match self {
            Self::Removed => return fs::remove_file(path).unwrap(),
            Self::Cut => bytes.truncate(bytes.len() / 2),
            Self::Flipped => {
                let at = bytes.len() / 3;
                bytes[at] ^= 1;
            }
        }
        fs::write(path, bytes).unwrap();
    }
}

/// What must follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    /// Nothing: the file is derived from others, or of no use any more.
    Nothing,
    /// All rows are there, and the damage is said.
    Said,
    /// Rows may be missing, and every answer says so.
    Missing,
    /// The folder is refused, with a reason.
    Refused,
    /// Of a cut that looks as if the log had ended there: rows may be missing, and the doctor has a note.
    Noted,
}

fn follows(path: &Path, spoil: Spoil, newest_log: &Path) -> Follows {
    let text = path.to_str().unwrap();
    let begins = |with: &str| text.starts_with(with);
    match spoil {
        _ if begins("cache/") => Follows::Nothing,
        _ if ["LOCK", "MANIFEST.previous", "catalog.sum"].contains(&text) => Follows::Nothing,
        _ if ["FORMAT", "MANIFEST"].contains(&text) => Follows::Refused,
        Spoil::Flipped if text == "catalog.sqlite" => Follows::Said,
        _ if text == "catalog.sqlite" => Follows::Refused,
        _ if begins("dedup/") || begins("salts/") => Follows::Said,
        _ if begins("segments/") => Follows::Missing,
        Spoil::Cut if path == newest_log => Follows::Noted,
        _ if path == newest_log => Follows::Missing,
        // Its records are in segments; that nothing came after them is not known of a file without its end.
        Spoil::Cut if begins("log/") => Follows::Said,
        _ if begins("log/") => Follows::Nothing,
        _ => panic!("what follows when {text} is {spoil:?}?"),
    }
}

/// The numbers of the events that an export wrote; each must be there once.
fn numbers(export: &Ran) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    for line in export.out.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let number = event["prop"]["n"].as_str().unwrap().parse().unwrap();
        assert!(number < 70 && found.insert(number), "{line}");
    }
    found
}

/// A server that may refuse to start: `Err` is what it said.
struct Tried(Child);

impl Tried {
    fn start(folder: &Folder) -> Result<(Self, SocketAddr), String> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_waymark"))
            .arg("--data")
            .arg(folder.path())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_remove("WAYMARK_DATA")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut all = String::new();
        let tried = Self(process);
        loop {
            let from = all.len();
            if said.read_line(&mut all).unwrap() == 0 {
                return Err(all);
            }
            if let Some((_, address)) = all[from..].split_once("listens on http://") {
                let address = address.trim().parse().unwrap();
                std::thread::spawn(move || said.lines().for_each(drop));
                return Ok((tried, address));
            }
        }
    }
}

impl Drop for Tried {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ready(address: SocketAddr) -> (u16, Value) {
    let answer = Client::connect(address).unwrap().ask("GET", "/health/ready", &[], b"").unwrap();
    (answer.status, answer.json())
}

/// Spoils one file of a copy of the folder and asks everybody.
fn check(sound: &Folder, path: &Path, spoil: Spoil, expected: Follows) {
    let folder = copy_of(sound);
    spoil.spoil(&folder.path().join(path));
    let name = format!("{} {spoil:?}", path.display());
    let (doctor, export, rate) = (
        folder.run(&["doctor"]),
        folder.run(&["export", "--site", "shop"]),
        folder.run(&["rate", "--site", "shop", "--goal", "load", "--base", "event", "--json"]),
    );
    let said = format!("{name}: {expected:?}\n{}{}\n{}\n{}", doctor.out, doctor.err, export.err, rate.err);
    for ran in [&doctor, &export, &rate] {
        assert!([0, 1, 4, 5].contains(&ran.code) && !ran.err.contains("panicked"), "{said}");
    }
    let found = if [0, 5].contains(&export.code) { numbers(&export) } else { BTreeSet::new() };
    let counted = serde_json::from_str(&rate.out).unwrap_or(Value::Null);
    if [0, 5].contains(&rate.code) {
        assert_eq!(counted["numerator"], found.len(), "{said}");
        assert_eq!(counted.get("damage").is_some(), rate.code == 5, "{said}");
    }
    match expected {
        Follows::Nothing => {
            assert_eq!((export.code, rate.code, found.len()), (0, 0, 70), "{said}");
        }
        Follows::Said => {
            assert!(doctor.code == 1 && found.len() == 70 && [0, 5].contains(&export.code), "{said}");
        }
        Follows::Missing => {
            assert!(doctor.code == 1 && export.code == 5 && rate.code == 5, "{said}");
            assert!(found.len() < 70 && found.len() >= 30 && export.err.contains("damaged"), "{said}");
        }
        Follows::Refused => {
            assert!([1, 4].contains(&export.code) && export.err.contains("error:"), "{said}");
            assert!([1, 4].contains(&doctor.code), "{said}");
        }
        Follows::Noted => {
            assert!(doctor.out.contains("note:") && found.len() >= 40 && found.len() < 70, "{said}");
        }
    }
    match Tried::start(&folder) {
        Err(refused) => {
            assert!(refused.contains("error:") && !refused.contains("panicked"), "{said}\n{refused}");
            let may = expected == Follows::Refused || path == Path::new("catalog.sqlite");
            assert!(may, "{said}\nthe server does not start:\n{refused}");
        }
        Ok((_server, address)) => {
            let (status, body) = ready(address);
            let is_said = status == 503 && body["reasons"][0]["code"] == "damage_found";
            let must = matches!(expected, Follows::Said | Follows::Missing);
            assert_eq!(is_said, must, "{said}\n{body}");
            assert_ne!(expected, Follows::Refused, "{said}\nthe server starts");
            let again = Client::connect(address)
                .unwrap()
                .ask("POST", "/v1/events", &[], batch(0..40).as_bytes())
                .unwrap();
            // What is stored is recognised; only what was lost with the log may be stored again.
            let is_known = again.json()["duplicates"] == 40
                || spoil == Spoil::Flipped && path.starts_with("catalog.sqlite");
            assert!(again.status == 200 && is_known, "{said}\n{}", again.text());
        }
    }
}

#[test]
fn no_damage_to_a_file_is_silent() {
    let folder = killed();
    let files = files(&folder.path());
    let newest_log = files.iter().filter(|path| path.starts_with("log")).max().unwrap().clone();
    for kind in ["segments", "dedup", "log", "salts", "cache"] {
        assert!(files.iter().any(|path| path.starts_with(kind)), "no file of {kind} in {files:?}");
    }
    // One file of the cache stands for all.
    let cached = files.iter().find(|path| path.starts_with("cache")).unwrap();
    for path in files.iter().filter(|path| !path.starts_with("cache") || *path == cached) {
        for spoil in [Spoil::Removed, Spoil::Cut, Spoil::Flipped] {
            check(&folder, path, spoil, follows(path, spoil, &newest_log));
        }
    }
}

#[test]
fn a_folder_that_is_gone_is_missed() {
    let sound = killed();
    for gone in ["log", "dedup", "segments", "salts"] {
        let folder = copy_of(&sound);
        fs::remove_dir_all(folder.path().join(gone)).unwrap();
        let doctor = folder.run(&["doctor"]);
        assert_eq!(doctor.code, 1, "{gone}: {}{}", doctor.out, doctor.err);
        let (_server, address) = Tried::start(&folder).unwrap();
        assert_eq!(ready(address).0, 503, "{gone}");
    }
}

#[test]
fn a_catalog_that_is_gone_is_not_made_again() {
    let folder = Folder::shop();
    let catalog = folder.path().join("catalog.sqlite");
    let kept = fs::read(&catalog).unwrap();
    let lost: [(&str, &dyn Fn()); 2] = [
        ("removed", &|| fs::remove_file(&catalog).unwrap()),
        ("emptied", &|| fs::write(&catalog, "").unwrap()),
    ];
    for (name, lose) in lost {
        lose();
        let before = fs::metadata(&catalog).map(|file| file.len()).ok();
        folder.fails(
            &["serve", "--listen", "127.0.0.1:0"],
            4,
            &["catalog.sqlite is gone", "`shop`", "backup", "--adopt"],
        );
        for args in [
            &["site", "add", "shop", "--timezone", "UTC"][..],
            &["rate", "--site", "shop", "--goal", "view"],
            &["export", "--site", "shop"],
            &["maintain"],
        ] {
            folder.fails(args, 4, &["is gone"]);
        }
        let doctor = folder.run(&["doctor"]);
        assert!(doctor.code == 1 && doctor.out.contains("is gone"), "{name}: {}{}", doctor.out, doctor.err);
        assert_eq!(fs::metadata(&catalog).map(|file| file.len()).ok(), before, "{name}: it was changed");
        fs::write(&catalog, &kept).unwrap();
        folder.ok(&["doctor"]);
    }
    // One that is older than the site.
    let other = Folder::new();
    other.ok(&["site", "add", "blog", "--timezone", "UTC"]);
    fs::copy(other.path().join("catalog.sqlite"), &catalog).unwrap();
    fs::copy(other.path().join("catalog.sum"), folder.path().join("catalog.sum")).unwrap();
    folder.fails(&["serve", "--listen", "127.0.0.1:0"], 4, &["does not know `shop`"]);
    assert_eq!(folder.run(&["doctor"]).code, 1);
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--adopt"]);
    let rate = folder.json(&["rate", "--site", "shop", "--goal", "view", "--base", "event"]);
    assert!(rate["numerator"].as_u64().unwrap() > 0, "{rate}");
    Server::start(&folder, &[]).stop();
}

#[test]
fn a_secret_that_the_disk_has_changed_is_refused() {
    let folder = Folder::shop();
    let path = folder.path().join("catalog.sqlite");
    let secret = {
        let catalog = BlockingCatalog::open(&folder.path(), Access::Read).unwrap();
        let site = catalog.wait(async |catalog| catalog.site("shop").await).unwrap().unwrap();
        *site.secret.as_bytes()
    };
    let sound = fs::read(&path).unwrap();
    let at = sound.windows(secret.len()).position(|window| window == secret).unwrap();
    for has_seal in [true, false] {
        if !has_seal {
            fs::remove_file(folder.path().join("catalog.sum")).unwrap();
        }
        for bit in [0, 100, 255] {
            let mut flipped = sound.clone();
            flipped[at + bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, flipped).unwrap();
            let doctor = folder.run(&["doctor"]);
            assert!(
                doctor.code == 1 && doctor.out.contains("the secret of shop"),
                "{}{}",
                doctor.out,
                doctor.err
            );
            folder.fails(&["serve", "--listen", "127.0.0.1:0"], 1, &["the secret of shop", "backup"]);
            let rate = folder.run(&["rate", "--site", "shop", "--goal", "view"]);
            assert!([0, 5].contains(&rate.code) && !rate.out.is_empty(), "reading goes on: {}", rate.err);
        }
    }
}

#[test]
fn the_log_and_the_lock_are_looked_after_while_the_server_runs() {
    type Remove<'a> = &'a dyn Fn(&Path);
    let removals: [(&str, Remove<'_>); 3] = [
        ("LOCK", &|data| fs::remove_file(data.join("LOCK")).unwrap()),
        ("the log's folder", &|data| fs::remove_dir_all(data.join("log")).unwrap()),
        ("the data folder", &|data| fs::rename(data, data.with_file_name("moved")).unwrap()),
    ];
    for (name, remove) in removals {
        let folder = Folder::new_shop();
        let server = Server::start(&folder, &[]);
        assert_eq!(server.post(batch(0..10)).status, 200);
        remove(&folder.path());
        let refused = server.post(batch(10..20));
        assert_eq!(refused.status, 503, "{name}: {}", refused.text());
        let (status, body) = ready(server.address);
        assert_eq!((status, &body["reasons"][0]["code"]), (503, &json!("log_failed")), "{name}");
        server.kill();
    }
}

#[test]
fn a_second_server_after_the_lock_was_removed_loses_no_acknowledged_event() {
    let folder = Folder::new_shop();
    let first = Server::start(&folder, &[]);
    assert_eq!(first.post(batch(0..10)).status, 200);
    fs::remove_file(folder.path().join("LOCK")).unwrap();
    let second = Server::start(&folder, &[]);
    assert_eq!(first.post(batch(10..20)).status, 503);
    assert_eq!(second.post(batch(20..30)).status, 200);
    first.kill();
    second.stop();
    let found = numbers(&folder.run(&["export", "--site", "shop"]));
    assert!((0..10).chain(20..30).all(|number| found.contains(&number)), "{found:?}");
    folder.ok(&["doctor"]);
}

/// Runs a script in a mount namespace of its own where `$DATA` is read-only; `None`, with the reason printed, where that may not be.
fn read_only(folder: &Folder, script: &str) -> Option<Ran> {
    let ran = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
        .arg(format!(
            "mount --bind \"$DATA\" \"$DATA\" && mount -o remount,bind,ro \"$DATA\" || exit 99\n{script}"
        ))
        .env("DATA", folder.path())
        .env("OUT", folder.0.path())
        .env("WAYMARK", env!("CARGO_BIN_EXE_waymark"))
        .env_remove("WAYMARK_DATA")
        .output();
    let ran = match ran {
        Ok(ran) if ran.status.code() != Some(99) => ran,
        other => {
            println!("skipped: nothing can be mounted here: {other:?}");
            return None;
        }
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Some(Ran { code: ran.status.code().unwrap_or(-1), out: text(ran.stdout), err: text(ran.stderr) })
}

#[test]
fn nothing_needs_write_access_to_be_read() {
    for without_lock in [false, true] {
        let folder = killed();
        if without_lock {
            fs::remove_file(folder.path().join("LOCK")).unwrap();
        }
        let run = |script: &str| read_only(&folder, &format!("exec \"$WAYMARK\" --data \"$DATA\" {script}"));
        let Some(doctor) = run("doctor") else { return };
        assert_eq!(doctor.code, 0, "{}{}", doctor.out, doctor.err);
        assert_eq!(doctor.out.contains("no LOCK file"), without_lock, "{}", doctor.out);
        let export = run("export --site shop").unwrap();
        assert_eq!((export.code, numbers(&export).len()), (0, 70), "{}", export.err);
        let rate = run("rate --site shop --goal load --base event --json").unwrap();
        assert_eq!(rate.code, 0, "{}", rate.err);
        let backup = run("backup \"$OUT/copy\"").unwrap();
        assert_eq!(backup.code, 0, "{}{}", backup.out, backup.err);
        let refused = run("maintain").unwrap();
        assert!(refused.code != 0 && refused.err.contains("error:"), "{}", refused.err);
        let new = Folder::new();
        new.ok(&["restore", folder.0.path().join("copy").to_str().unwrap()]);
        assert_eq!(numbers(&new.run(&["export", "--site", "shop"])).len(), 70);
        new.ok(&["doctor"]);
    }
}

#[test]
fn a_clock_far_ahead_removes_nothing_until_it_is_confirmed() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--retention", "14 months"]);
    let csv = "visitor,time,name\nanna,2015-05-02T10:00:00Z,view\nben,2015-05-03T10:00:00Z,view\n";
    let file = folder.file("old.csv", csv);
    folder.ok(&["import", "--site", "shop", "--map", "visitor=visitor,time=time,name=name", &file]);
    // As if the folder had last been written to 800 days ago.
    let path = folder.path().join("MANIFEST");
    let mut set: LiveSet = manifest::read(&RealVfs, &path).unwrap();
    set.clock = set.clock.map(|clock| clock - 800 * 86_400_000);
    manifest::write(&RealVfs, &path, &set).unwrap();
    let asked = folder.run(&["maintain"]);
    assert_eq!(asked.code, 1, "{}{}", asked.out, asked.err);
    assert!(asked.err.contains("800 days") && asked.err.contains("--clock-is-right"), "{}", asked.err);
    assert_eq!(folder.ok(&["export", "--site", "shop"]).lines().count(), 2);
    let server = Server::start(&folder, &[]);
    let (status, body) = ready(server.address);
    assert_eq!((status, &body["remarks"][0]["code"]), (200, &json!("clock_doubtful")), "{body}");
    let health = folder.run(&["health"]);
    assert!(health.code == 0 && health.out.contains("clock_doubtful"), "{}", health.out);
    server.stop();
    assert!(folder.ok(&["doctor"]).contains("--clock-is-right"));
    assert_eq!(folder.json(&["maintain", "--clock-is-right"])["removed"], 2);
    assert_eq!(folder.ok(&["export", "--site", "shop"]).lines().count(), 0);
    folder.ok(&["maintain"]);
}

#[test]
fn a_restore_that_was_killed_is_taken_over() {
    let folder = Folder::shop();
    let copy = folder.0.path().join("copy").to_str().unwrap().to_owned();
    folder.ok(&["backup", &copy]);
    // What one leaves that was killed in the middle: the marker, and some files.
    let new = Folder::new();
    fs::create_dir_all(new.path().join("segments/shop/2026-11")).unwrap();
    fs::write(new.path().join("UNFINISHED-COPY"), "").unwrap();
    fs::write(new.path().join("segments/shop/2026-11/0000000000000001.parquet.tmp"), "half").unwrap();
    fs::write(new.path().join("catalog.sqlite"), "half").unwrap();
    new.fails(&["doctor"], 4, &["broken off"]);
    new.ok(&["restore", &copy]);
    assert_eq!(new.json(&["doctor"])["sound"], true);
    new.fails(&["restore", &copy], 1, &["not empty"]);
    let inside = folder.path().join("copies/first");
    folder.fails(&["backup", inside.to_str().unwrap()], 1, &["outside"]);
    assert!(!inside.exists());
    let server = Server::start(&folder, &[]);
    folder.fails(&["backup", inside.to_str().unwrap()], 1, &["outside"]);
    server.stop();
}
