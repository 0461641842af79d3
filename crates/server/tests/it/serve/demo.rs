//! The demonstration: what it simulates, where it serves, and that its storefront is nowhere else.

use std::{
    io::{BufReader, Read as _},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use serde_json::{Deserializer, Value};

use super::{client::Client, server::Server};
use crate::cli::Folder;

const SMALL: [&str; 4] = ["--events", "3000", "--days", "3"];

/// A demonstration that serves; it is killed when it is dropped.
struct Demo {
    process: Child,
    places: Value,
}

impl Demo {
    fn start(folder: &Folder, args: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_waymark"))
            .arg("--data")
            .arg(folder.path())
            .args(["--json", "demo"])
            .args(SMALL)
            .args(args)
            .env_remove("WAYMARK_DATA")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap());
        let places = Deserializer::from_reader(said).into_iter().next();
        let Some(Ok(places)) = places else {
            let mut why = String::new();
            process.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            panic!("it said nothing: {why}");
        };
        Self { process, places }
    }

    fn address(&self) -> SocketAddr {
        let dashboard = self.places["dashboard"].as_str().unwrap();
        dashboard.trim_start_matches("http://").trim_end_matches('/').parse().unwrap()
    }

    fn stop(mut self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", "TERM", &id]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn status(address: SocketAddr, path: &str) -> u16 {
    Client::connect(address).unwrap().ask("GET", path, &[], &[]).unwrap().status
}

#[test]
fn its_last_day_is_today_and_nothing_in_it_is_yet_to_come() {
    let folder = Folder::new();
    let begun = Timestamp::now();
    let demo = Demo::start(&folder, &["--port", "0"]);
    let ended = Timestamp::now();
    let site = &folder.json(&["report", "--site", "shop"])["overview"];
    let time = |edge: &str| site["range"][edge].as_str().unwrap().parse::<Timestamp>().unwrap();
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let (first, last) = (day(begun - 48.hours()), day(ended - 48.hours()));
    assert!((first..=last).contains(&day(time("from"))), "{site}");
    assert!(time("to") <= ended, "{site}");
    let goals = site["total"]["goals"].as_array().unwrap();
    assert!(goals.iter().any(|goal| goal["conversions"].as_u64() > Some(0)), "{goals:?}");
    demo.stop();
}

#[test]
fn it_serves_at_a_port_that_is_free() {
    // Whoever holds the usual port, it is taken.
    let _taken = TcpListener::bind("127.0.0.1:8090");
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    assert_ne!(demo.address().port(), 8090);
    assert!(demo.address().ip().is_loopback());
    assert_ne!(status(demo.address(), "/shop/"), 404);
    assert!(demo.places["shop"].as_str().unwrap().ends_with("/shop/"));
    let port = demo.address().port().to_string();
    Folder::new().fails(
        &["demo", "--port", &port, "--events", "100", "--days", "1"],
        1,
        &["cannot listen on"],
    );
    demo.stop();
    let again: Vec<&str> = ["demo"].into_iter().chain(SMALL).collect();
    folder.fails(&again, 1, &["has a site called `shop` already", "hint:"]);
}

#[test]
fn the_storefront_is_served_only_where_it_is_asked_for() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    // A build without the web packages says so: 503.
    for (args, found) in
        [(&[][..], &[404][..]), (&["--shop", "off"], &[404]), (&["--shop", "on"], &[200, 503])]
    {
        let server = Server::start(&folder, args);
        for path in ["/shop/", "/shop/cart", "/shop/p/mugs-sku-0033"] {
            let status = status(server.address, path);
            assert!(found.contains(&status), "{args:?} {path}: {status}");
        }
        let moved = status(server.address, "/shop");
        assert_eq!(moved, if found.contains(&404) { 404 } else { 308 }, "{args:?}");
        server.stop();
    }
}
