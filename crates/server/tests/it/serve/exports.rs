//! Downloads by people who do not read what they asked for: they hold up neither others nor the end of the server.

use std::time::{Duration, Instant};

use super::{client::Client, server::Server};
use crate::{api::key, cli::Folder};

const EXPORT: &str = "/api/v1/sites/shop/export?what=events&format=ndjson";

/// A site with more events than what waits on the way to somebody who does not read: some ten megabytes as NDJSON.
fn large() -> Folder {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let mut rows = String::from("t,v,e,path\n");
    for number in 0..60_000_i64 {
        let (time, visitor) = (1_774_000_000_000 + number * 1_000, number % 500);
        rows.push_str(&format!("{time},v{visitor},view,/a/page/with/a/rather/long/name/{number}\n"));
    }
    let file = folder.file("rows.csv", &rows);
    folder.ok(&[
        "import",
        "--site",
        "shop",
        "--format",
        "csv",
        "--map",
        "visitor=v,time=t,name=e,path=path",
        &file,
    ]);
    folder
}

/// Asks for an export, reads how the answer begins, and nothing more of it.
fn does_not_read(server: &Server, key: &str) -> (Client, String) {
    let mut client = server.client();
    let bearer = format!("Bearer {key}");
    client.send("GET", EXPORT, &[("authorization", &bearer)], b"").unwrap();
    let status = client.line().unwrap();
    (client, status)
}

#[test]
fn who_reads_nothing_holds_up_nobody() {
    let folder = large();
    let keys: Vec<String> = (0..3).map(|_| key(&folder, "shop", "read")).collect();
    let server = Server::start(&folder, &[]);
    // The first two of one key are begun, and no more.
    let mut asleep: Vec<_> = (0..6).map(|_| does_not_read(&server, &keys[0])).collect();
    let begun = asleep.iter().filter(|(_, status)| status.contains(" 200 ")).count();
    assert_eq!(begun, 2, "{:?}", asleep.iter().map(|(_, status)| status).collect::<Vec<_>>());
    assert!(asleep.iter().skip(2).all(|(_, status)| status.contains(" 503 ")));
    let bearer = format!("Bearer {}", keys[1]);
    let whole = server.client().ask("GET", EXPORT, &[("authorization", &bearer)], b"").unwrap();
    assert_eq!(whole.status, 200);
    assert_eq!(whole.text().lines().count(), 60_000, "another gets all of it");
    // Who goes away leaves the place.
    asleep.clear();
    let waited = Instant::now();
    loop {
        let (_client, status) = does_not_read(&server, &keys[0]);
        if status.contains(" 200 ") {
            break;
        }
        assert!(waited.elapsed() < Duration::from_secs(30), "{status}");
    }
    // The server ends at once, whoever reads nothing.
    let last: Vec<_> = keys.iter().map(|key| does_not_read(&server, key)).collect();
    let ended = Instant::now();
    let said = server.stop();
    assert!(ended.elapsed() < Duration::from_secs(8), "{:?} {said}", ended.elapsed());
    drop(last);
}

/// A file that breaks off is never taken for whole.
#[test]
fn what_breaks_off_at_the_end_of_the_server_has_no_end() {
    let folder = large();
    let key = key(&folder, "shop", "read");
    let server = Server::start(&folder, &[]);
    let (mut client, status) = does_not_read(&server, &key);
    assert!(status.contains(" 200 "), "{status}");
    server.stop();
    let mut last = None;
    while let Ok(line) = client.line() {
        last = Some(line);
    }
    assert_ne!(last.as_deref(), Some("0"), "no last chunk");
}
