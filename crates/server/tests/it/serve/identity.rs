//! Whose events are, over days, sessions and consents: the server's own parts with a clock that the test turns.

use std::{net::IpAddr, path::Path, sync::Arc};

use serde_json::{Value, json};
use waymark_collect::{Caller, protocol};
use waymark_model::Identity;
use waymark_server::{
    config::Config,
    serve::{App, tidy},
};
use waymark_store::{Clock, ManualClock, columns::Part, vfs::RealVfs};

use super::server::BROWSER;
use crate::cli::Folder;

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;
/// 2026-06-15 12:00 in Berlin.
const NOON: i64 = 1_781_517_600_000;

struct Site {
    folder: Folder,
    clock: Arc<ManualClock>,
    app: App,
}

impl Site {
    async fn open() -> Self {
        let folder = Folder::new();
        folder.ok(&["site", "add", "shop", "--timezone", "Europe/Berlin"]);
        let clock = Arc::new(ManualClock::new(NOON));
        let app = open(&folder, &clock).await;
        Self { folder, clock, app }
    }

    /// The same after a restart.
    async fn again(self) -> Self {
        let Self { folder, clock, app } = self;
        drop(app);
        let app = open(&folder, &clock).await;
        Self { folder, clock, app }
    }

    fn at(&self, time: i64) {
        self.clock.advance(time - self.clock.now());
    }

    /// Sends a page view with that visitor; gives the visitor that it is stored under.
    async fn see(&self, caller: &Caller, visitor: Option<Value>) -> (u64, Identity) {
        let mut event = json!({ "site": "shop", "name": "pageview", "url": "https://shop.example/" });
        event["visitor"] = visitor.unwrap_or(Value::Null);
        let body = event.to_string();
        let delivery = protocol::own::decode(&body).unwrap();
        let site = self.app.sites.find("shop").unwrap();
        let before = self.rows();
        self.app.collector.take(&site, caller, delivery).await.unwrap();
        let parts = self.app.store.snapshot(&site.id).parts;
        assert_eq!(self.rows(), before + 1);
        newest(&parts, self.clock.now())
    }

    fn rows(&self) -> u64 {
        self.app.store.snapshot(&self.app.sites.find("shop").unwrap().id).rows
    }

    fn salts(&self) -> Vec<String> {
        let folder = self.folder.path().join("salts/shop");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }
}

async fn open(folder: &Folder, clock: &Arc<ManualClock>) -> App {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
    App::open(Arc::new(RealVfs), Path::new(&folder.path()), clock, Config::default()).await.unwrap()
}

/// Visitor and identity of the event at that time.
fn newest(parts: &[Part], time: i64) -> (u64, Identity) {
    let mut found = Vec::new();
    for part in parts {
        let (runs, times, identities) =
            (part.columns.runs().unwrap(), part.columns.times().unwrap(), part.columns.identities().unwrap());
        for (nth, visitor) in runs.visitors.iter().enumerate() {
            for row in runs.starts[nth]..runs.starts[nth + 1] {
                if times.get(row as usize) == time {
                    let only = || part.bounds.identities[0] as u8;
                    found
                        .push((*visitor, identities.as_ref().map_or_else(only, |codes| codes[row as usize])));
                }
            }
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    let (visitor, code) = found[0];
    let known = [Identity::Audience, Identity::Consented, Identity::Imported];
    (visitor, known.into_iter().find(|identity| *identity as u8 == code).unwrap())
}

fn ann() -> Caller {
    let ip: IpAddr = "198.51.100.7".parse().unwrap();
    Caller { ip, user_agent: BROWSER.to_owned(), country: None, objects: false, is_server: false }
}

fn consented(since: i64) -> Option<Value> {
    Some(json!({ "id": "0123456789abcdef0123456789abcdef", "since": since }))
}

#[tokio::test]
async fn a_visitor_is_one_for_a_day_and_another_the_next() {
    let site = Site::open().await;
    let (first, identity) = site.see(&ann(), None).await;
    assert_eq!(identity, Identity::Audience);
    assert_ne!(first, 0);
    let other = Caller { user_agent: format!("{BROWSER} x"), ..ann() };
    let elsewhere = Caller { ip: "198.51.100.8".parse().unwrap(), ..ann() };
    site.at(NOON + 1);
    let second = site.see(&other, None).await.0;
    site.at(NOON + 2);
    let third = site.see(&elsewhere, None).await.0;
    assert!(first != second && second != third && first != third);
    let site = site.again().await;
    site.at(NOON + 6 * HOUR);
    assert_eq!(site.see(&ann(), None).await.0, first, "the day's salt outlives a restart");
    site.at(NOON + 24 * HOUR);
    assert_ne!(site.see(&ann(), None).await.0, first);
    tidy(&site.app);
    assert_eq!(site.salts(), ["2026-06-16"]);
}

#[tokio::test]
async fn midnight_cuts_no_session_and_its_salt_goes() {
    let site = Site::open().await;
    let midnight = NOON + 12 * HOUR;
    site.at(midnight - 10 * MINUTE);
    let (before, _) = site.see(&ann(), None).await;
    for after in [5, 25, 50, 79] {
        site.at(midnight + after * MINUTE);
        tidy(&site.app);
        assert_eq!(site.see(&ann(), None).await.0, before, "{after} minutes after midnight");
    }
    assert_eq!(site.salts(), ["2026-06-16"], "an alias needs no salt");
    site.at(midnight + 110 * MINUTE);
    let (next, _) = site.see(&ann(), None).await;
    assert_ne!(next, before, "the session is over");
    let newcomer = Caller { ip: "198.51.100.9".parse().unwrap(), ..ann() };
    site.at(midnight + 111 * MINUTE);
    assert_ne!(site.see(&newcomer, None).await.0, before);
}

#[tokio::test]
async fn consent_takes_effect_with_the_next_session() {
    let site = Site::open().await;
    let (audience, _) = site.see(&ann(), None).await;
    site.at(NOON + 5 * MINUTE);
    let since = NOON + 4 * MINUTE;
    assert_eq!(site.see(&ann(), consented(since)).await, (audience, Identity::Audience));
    site.at(NOON + 40 * MINUTE);
    let (known, identity) = site.see(&ann(), consented(since)).await;
    assert_eq!(identity, Identity::Consented);
    assert_ne!(known, audience);
    site.at(NOON + 30 * 24 * HOUR);
    assert_eq!(site.see(&ann(), consented(since)).await, (known, Identity::Consented), "over days");
    site.at(NOON + 400 * 24 * HOUR);
    assert_eq!(site.see(&ann(), consented(since)).await.1, Identity::Audience, "consent has an end");
}

#[tokio::test]
async fn who_objects_is_never_known() {
    let site = Site::open().await;
    let objects = Caller { objects: true, ..ann() };
    let (first, identity) = site.see(&objects, consented(NOON - HOUR)).await;
    assert_eq!(identity, Identity::Audience);
    site.at(NOON + 1);
    assert_eq!(site.see(&objects, Some(json!("customer-17"))).await, (first, Identity::Audience));
    site.at(NOON + 2);
    assert_eq!(site.see(&ann(), Some(json!("customer-17"))).await.1, Identity::Consented);
}

#[tokio::test]
async fn a_server_without_a_visitor_has_none() {
    let site = Site::open().await;
    let server = Caller { is_server: true, ..ann() };
    assert_eq!(site.see(&server, None).await.0, 0);
}
