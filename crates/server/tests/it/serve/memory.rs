//! How much memory the server takes when many connections dawdle and bodies are bombs.

use std::{
    io::Write as _,
    net::{Ipv4Addr, SocketAddr},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use super::{
    client::Client,
    server::{EVENTS, Server},
};
use crate::cli::Folder;

/// What the server may take, in KiB.
const LIMIT_KIB: u64 = 512 << 10;
/// So often each dawdler sends a byte: more often than the server gives up.
const BEAT: Duration = Duration::from_secs(1);
/// Longer than the server takes to accept them all.
const PATIENCE: Duration = Duration::from_secs(60);

fn bomb(encode: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    encode(&vec![b' '; 256 << 20])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 19).unwrap()
}

/// Opens connections whose bodies come byte by byte; says when all are open, and goes on until told to stop.
fn dawdle(address: SocketAddr, count: usize, opened: impl FnOnce(), stop: &Receiver<()>) {
    let filler = "y".repeat(6_000);
    let head = format!("POST {EVENTS} HTTP/1.1\r\nhost: a\r\nx: {filler}\r\ncontent-length: 900000\r\n\r\n");
    let mut open: Vec<Client> = Vec::with_capacity(count);
    // They come from many networks: one address may not hold so much. Those that are let go come again.
    let begin = |at: usize| {
        let own = Ipv4Addr::new(127, 1, u8::try_from(at % 200).unwrap(), 1);
        let mut client = Client::connect_from(own, address).unwrap();
        client.raw(head.as_bytes()).unwrap();
        client
    };
    let beat = |open: &mut [Client]| {
        for (at, client) in open.iter_mut().enumerate() {
            if client.raw(b" ").is_err() {
                *client = begin(at);
            }
        }
    };
    let mut last = Instant::now();
    for at in 0..count {
        open.push(begin(at));
        if last.elapsed() >= BEAT {
            beat(&mut open);
            last = Instant::now();
        }
    }
    opened();
    while stop.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
        beat(&mut open);
    }
}

/// Sends bombs, each of which must be refused.
fn throw(address: SocketAddr, bombs: usize) {
    let bodies = [bomb(gzip), bomb(zstd)];
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let bodies = &bodies;
            scope.spawn(move || {
                for at in (thread..bombs).step_by(8) {
                    let mut client = Client::connect(address).unwrap();
                    let answer = client.ask("POST", EVENTS, &[], &bodies[at % 2]).unwrap();
                    assert_eq!(answer.status, 413, "{}", answer.text());
                }
            });
        }
    });
}

/// The peak in KiB while so many connections dawdle, all at once, and so many bombs come.
fn peak_kib(dawdlers: usize, bombs: usize) -> u64 {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let args = ["--rate-limit", "off", "--metrics", "127.0.0.1:0"];
    let (server, said) = Server::start(&folder, &args).said_so_far();
    let metrics: SocketAddr =
        said.split("metrics are at http://").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
    let open = || {
        let page = Client::connect(metrics).unwrap().ask("GET", "/metrics", &[], &[]).unwrap().text();
        let line = page.lines().find_map(|line| line.strip_prefix("waymark_connections ")).unwrap();
        line.parse::<usize>().unwrap()
    };
    std::thread::scope(|scope| {
        let (opened, is_open) = channel();
        let (stop, stopped) = channel();
        let address = server.address;
        scope.spawn(move || dawdle(address, dawdlers, || opened.send(()).unwrap(), &stopped));
        is_open.recv().unwrap();
        let begin = Instant::now();
        // The system's queue gives them to the server one by one.
        while open() < dawdlers {
            assert!(begin.elapsed() < PATIENCE, "only {} connections are open", open());
        }
        throw(address, bombs);
        assert!(open() >= dawdlers, "{} connections are open", open());
        stop.send(()).unwrap();
    });
    let peak = server.peak_kib();
    server.stop();
    peak
}

#[test]
fn dawdlers_and_bombs_take_little_memory() {
    let peak = peak_kib(300, 60);
    assert!(peak <= LIMIT_KIB / 4, "{peak} KiB");
}

#[test]
#[ignore = "long: needs 10,000 connections, and so a limit of 13,000 open files"]
fn ten_thousand_dawdlers_and_two_thousand_bombs_stay_within_512_mib() {
    let peak = peak_kib(10_000, 2_000);
    println!("peak: {peak} KiB");
    assert!(peak <= LIMIT_KIB, "{peak} KiB");
}
