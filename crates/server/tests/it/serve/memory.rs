//! How much memory the server takes when many connections dawdle and bodies are bombs.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use super::{
    client::Client,
    server::{EVENTS, Server},
};
use crate::cli::Folder;

/// What the server may take, in KiB.
const LIMIT_KIB: u64 = 512 << 10;

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

/// Opens connections that never finish their request, and sends bombs meanwhile; gives the peak in KiB.
fn peak_kib(dawdlers: usize, bombs: usize) -> u64 {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let server = Server::start(&folder, &["--rate-limit", "off"]);
    let head = format!(
        "POST {EVENTS} HTTP/1.1\r\nhost: a\r\nx: {}\r\ncontent-length: 900000\r\n\r\n",
        "y".repeat(6_000)
    );
    let mut open: Vec<TcpStream> = Vec::with_capacity(dawdlers);
    for _ in 0..dawdlers {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        open.push(stream);
    }
    let bodies = [bomb(gzip), bomb(zstd)];
    let refused: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let (bodies, server) = (&bodies, &server);
                scope.spawn(move || {
                    let mut refused = 0;
                    for at in (thread..bombs).step_by(8) {
                        let mut client = Client::connect(server.address).unwrap();
                        let answer = client.ask("POST", EVENTS, &[], &bodies[at % 2]).unwrap();
                        assert_eq!(answer.status, 413, "{}", answer.text());
                        refused += 1;
                    }
                    refused
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(refused, bombs);
    // Those who dawdle are sent away, with or without a word.
    for mut stream in open {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
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
#[ignore = "long: needs 10,000 connections, and so a limit of 25,000 open files"]
fn ten_thousand_dawdlers_and_two_thousand_bombs_stay_within_512_mib() {
    let peak = peak_kib(10_000, 2_000);
    println!("peak: {peak} KiB");
    assert!(peak <= LIMIT_KIB, "{peak} KiB");
}
