//! Senders that hold what they can and give nothing back: others are served all the same.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

use serde_json::json;

use super::{
    client::Client,
    server::{BROWSER, EVENTS, Server},
};
use crate::cli::Folder;

const FIRST: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
const NEIGHBOUR: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 9, 0, 1);

/// The status of an event that is sent from that address; `None` when the connection is closed.
fn event(server: &Server, from: Ipv4Addr) -> Option<u16> {
    let body = json!({ "site": "shop", "name": "view" }).to_string();
    let mut client = Client::connect_from(from, server.address).ok()?;
    Some(client.ask("POST", EVENTS, &[("user-agent", BROWSER)], body.as_bytes()).ok()?.status)
}

/// Begins a request whose body does not end.
fn begin(server: &Server, from: Ipv4Addr, body: &[u8]) -> Client {
    let mut client = Client::connect_from(from, server.address).unwrap();
    let head = format!("POST {EVENTS} HTTP/1.1\r\nhost: a\r\ncontent-length: 1048576\r\n\r\n");
    let _ = client.raw(&[head.as_bytes(), body].concat());
    client
}

#[test]
fn one_address_does_not_hold_all_connections() {
    let folder = Folder::new_shop();
    let server = Server::start(&folder, &["--connections", "16"]);
    let held: Vec<Client> = (0..16).map(|_| begin(&server, FIRST, b"")).collect();
    for from in [NEIGHBOUR, OTHER] {
        assert_eq!(event(&server, from), Some(200), "{from}");
    }
    assert_eq!(event(&server, FIRST), None, "it holds its share already");
    drop(held);
    server.stop();
}

#[test]
fn connections_of_a_trusted_proxy_are_not_counted_as_one_senders() {
    let folder = Folder::new_shop();
    let server = Server::start(&folder, &["--connections", "16", "--trusted-proxies", "127.0.0.1"]);
    let held: Vec<Client> = (0..12).map(|_| begin(&server, FIRST, b"")).collect();
    assert_eq!(event(&server, FIRST), Some(200));
    drop(held);
    server.stop();
}

#[test]
fn one_address_does_not_hold_the_memory_of_all_bodies() {
    let folder = Folder::new_shop();
    let server = Server::start(&folder, &[]);
    let part = vec![b' '; (1 << 20) - 1];
    // More than its share of 64 MiB; what is beyond is refused.
    let mut held: Vec<Client> = (0..24).map(|_| begin(&server, FIRST, &part)).collect();
    let refused =
        held.split_off(16).into_iter().map(|mut client| client.answer().map(|answer| answer.status));
    assert!(refused.flatten().any(|status| status == 503));
    for from in [NEIGHBOUR, OTHER] {
        assert_eq!(event(&server, from), Some(200), "{from}");
    }
    drop(held);
    server.stop();
}

/// However steadily its bytes come.
#[test]
fn a_body_that_trickles_is_let_go() {
    let folder = Folder::new_shop();
    let server = Server::start(&folder, &[]);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let head = format!("POST {EVENTS} HTTP/1.1\r\nhost: a\r\ncontent-length: 1048576\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 64];
    // Each wait for an answer takes a second, after which comes the next byte.
    let read = (0..60).find_map(|_| {
        let _ = stream.write_all(b" ");
        stream.read(&mut answer).ok()
    });
    let said = String::from_utf8_lossy(&answer[..read.unwrap_or(0)]).into_owned();
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    server.stop();
}
