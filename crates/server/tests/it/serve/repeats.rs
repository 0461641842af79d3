//! Events sent several times, shuffled, while the server is started again and again: each counts once.

use std::collections::{HashMap, HashSet};

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_pcg::Pcg64Mcg;
use serde_json::json;

use super::server::{BROWSER, EVENTS, Server, stored};
use crate::cli::Folder;

const BATCH: usize = 500;
/// So often the server is ended, tidily or not, and started again.
const RESTARTS: usize = 8;

/// Sends `ids` identifiers one to five times each, and compares what was answered and what is stored with a set.
fn check(ids: u32, seed: u64) {
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let mut sent: Vec<u32> =
        (0..ids).flat_map(|id| std::iter::repeat_n(id, random.random_range(1..=5))).collect();
    sent.shuffle(&mut random);
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let (mut seen, mut answered, mut duplicates) = (HashSet::<u32>::new(), 0, 0);
    for stretch in sent.chunks(sent.len().div_ceil(RESTARTS)) {
        let server =
            Server::start_with(&folder, &["--rate-limit", "off"], &[("WAYMARK_FLUSH_ROWS", "40000")]);
        let mut client = server.client();
        for batch in stretch.chunks(BATCH) {
            let event = |id: &u32| json!({ "id": format!("e{id}"), "name": "load", "props": { "n": id } });
            let body = json!({ "site": "shop", "events": batch.iter().map(event).collect::<Vec<_>>() });
            let body = body.to_string();
            let answer = client.ask("POST", EVENTS, &[("user-agent", BROWSER)], body.as_bytes()).unwrap();
            assert_eq!(answer.status, 200);
            answered += answer.json()["stored"].as_u64().unwrap();
            duplicates += answer.json()["duplicates"].as_u64().unwrap();
            seen.extend(batch.iter().copied());
        }
        if random.random() { server.kill() } else { drop(server.stop()) }
    }
    assert_eq!((answered, duplicates), (u64::from(ids), (sent.len() - ids as usize) as u64));
    assert_eq!(seen.len(), ids as usize);
    let mut times: HashMap<String, u32> = HashMap::new();
    for event in stored(&folder) {
        *times.entry(event["prop"]["n"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(times.len(), ids as usize);
    assert!(times.values().all(|times| *times == 1));
    println!("{ids} identifiers sent {} times, {RESTARTS} restarts: each stored once", sent.len());
}

/// `WAYMARK_IDS` sets the number of identifiers.
#[test]
fn repeated_events_are_stored_once_across_restarts() {
    let ids = std::env::var("WAYMARK_IDS").ok().and_then(|ids| ids.parse().ok()).unwrap_or(20_000);
    check(ids, 8);
}
