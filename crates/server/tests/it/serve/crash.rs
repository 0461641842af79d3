//! The server ended by `kill -9` under load, again and again: what it acknowledged is stored, once.

use std::{
    collections::{BTreeSet, HashMap},
    sync::mpsc,
    thread,
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64Mcg;
use serde_json::json;

use super::{
    client::Client,
    server::{BROWSER, EVENTS, Server, stored},
};
use crate::cli::Folder;

const WRITERS: u64 = 4;
/// Flush often, so that kills hit flushes and merges too.
const OFTEN: [(&str, &str); 1] = [("WAYMARK_FLUSH_ROWS", "400")];

/// Every such life may last longer.
const LONG_LIFE: u64 = 6;

/// What a writer saw before the server was gone: batches that were acknowledged, and the one that was not.
#[derive(Default)]
struct Seen {
    acknowledged: Vec<u64>,
    unknown: Vec<u64>,
}

fn body(numbers: &[u64]) -> String {
    let event =
        |number: &u64| json!({ "id": format!("e{number}"), "name": "load", "props": { "n": number } });
    json!({ "site": "shop", "events": numbers.iter().map(event).collect::<Vec<_>>() }).to_string()
}

/// Sends a batch; true once it is acknowledged, false when the server is gone or refuses for now.
fn send(client: &mut Client, numbers: &[u64]) -> bool {
    let answer = client.ask("POST", EVENTS, &[("user-agent", BROWSER)], body(numbers).as_bytes());
    answer.is_ok_and(|answer| answer.status == 200)
}

/// Sends what is not known to be stored, then new batches, until the server is gone.
fn write(address: std::net::SocketAddr, mut unknown: Vec<u64>, mut next: u64, size: u64, end: u64) -> Seen {
    let mut seen = Seen::default();
    let Ok(mut client) = Client::connect(address) else { return Seen { unknown, ..seen } };
    while next < end {
        let batch =
            if unknown.is_empty() { (next..next + size).collect() } else { std::mem::take(&mut unknown) };
        next += if batch.first() == Some(&next) { size } else { 0 };
        if !send(&mut client, &batch) {
            seen.unknown = batch;
            return seen;
        }
        seen.acknowledged.extend(batch);
    }
    seen
}

/// Runs the server `runs` times under load and kills it each time after a while that the seed decides.
fn check(runs: u64, seed: u64) {
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let mut acknowledged = BTreeSet::new();
    let mut unknown: HashMap<u64, Vec<u64>> = HashMap::new();
    for run in 0..runs {
        let server = Server::start_with(&folder, &["--rate-limit", "off"], &OFTEN);
        let (done, results) = mpsc::channel();
        for writer in 0..WRITERS {
            let (done, address) = (done.clone(), server.address);
            let unknown = unknown.remove(&writer).unwrap_or_default();
            let from = (run * WRITERS + writer) << 32;
            let size = random.random_range(1..60);
            thread::spawn(move || done.send((writer, write(address, unknown, from, size, from + (1 << 31)))));
        }
        drop(done);
        // A server that never lived long enough would never flush, and have more to read at each start.
        let longest = if run % LONG_LIFE == LONG_LIFE - 1 { 2_000 } else { 250 };
        thread::sleep(Duration::from_millis(random.random_range(longest / 50..longest)));
        server.kill();
        for (writer, seen) in results {
            acknowledged.extend(seen.acknowledged);
            unknown.insert(writer, seen.unknown);
        }
    }
    let server = Server::start(&folder, &[]);
    for (_, batch) in unknown.into_iter().filter(|(_, batch)| !batch.is_empty()) {
        assert!(send(&mut server.client(), &batch));
        acknowledged.extend(batch);
    }
    server.stop();
    let mut found = BTreeSet::new();
    for event in stored(&folder) {
        let number: u64 = event["prop"]["n"].as_str().unwrap().parse().unwrap();
        assert!(found.insert(number), "event {number} is stored twice");
    }
    let lost: Vec<&u64> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "{} acknowledged events are lost, such as {:?}", lost.len(), lost.first());
    assert_eq!(found.len(), acknowledged.len());
    println!("{runs} kills, {} events, none lost, none doubled", found.len());
    folder.ok(&["doctor"]);
}

/// `cargo xtask crash --runs N` sets the number of kills.
#[test]
fn acknowledged_events_survive_kills() {
    let runs = std::env::var("WAYMARK_CRASH_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(8);
    check(runs, 42);
}
