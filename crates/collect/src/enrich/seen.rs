//! User agents seen before: a table of fixed size in memory, which holds no text. It must not know how one is read.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::agent::{Agent, Rows};

/// Places of the table: a power of two.
const PLACES: usize = 8192;
/// Bits of a place that hold what was read; the others hold those of the hash.
const READ_BITS: u32 = 25;

/// Reads user agents, and knows those it has read lately. A place is one number: what was read and, to tell texts apart, the
/// hash; with the place itself they are 52 bits of it. The seed is random, so that nobody can choose texts that meet.
pub struct SeenAgents {
    seed: u64,
    places: Box<[AtomicU64]>,
}

impl SeenAgents {
    /// An empty table; `seed` is a random number.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, places: (0..PLACES).map(|_| AtomicU64::new(0)).collect() }
    }

    /// What the user agent says.
    #[must_use]
    pub fn read(&self, text: &str) -> Agent {
        let hash = xxh3_64_with_seed(text.as_bytes(), self.seed);
        #[allow(clippy::cast_possible_truncation, reason = "only its low bits are used")]
        let Some(place) = self.places.get(hash as usize % PLACES) else { return Agent::of(text) };
        // One number is written whole or not at all, and nothing else depends on it.
        let known = place.load(Ordering::Relaxed);
        if known >> READ_BITS == hash >> READ_BITS && known & FILLED != 0 {
            return unpacked(known).agent();
        }
        let rows = Rows::of(text);
        place.store(hash >> READ_BITS << READ_BITS | packed(rows), Ordering::Relaxed);
        rows.agent()
    }
}

impl fmt::Debug for SeenAgents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeenAgents(…)")
    }
}

/// Says that a place holds something.
const FILLED: u64 = 1 << (READ_BITS - 1);

/// Rows in 24 bits: 6 of the device, 8 of the browser, 6 of the system, 4 of the reason. A row that is none is all ones.
fn packed(Rows { device, browser, os, bot }: Rows) -> u64 {
    let part = |row: u8, bits: u32, at: u32| (u64::from(row) & ((1 << bits) - 1)) << at;
    FILLED | part(device, 6, 0) | part(browser, 8, 6) | part(os, 6, 14) | part(bot, 4, 20)
}

fn unpacked(place: u64) -> Rows {
    let part = |bits: u32, at: u32| {
        let row = place >> at & ((1 << bits) - 1);
        if row == (1 << bits) - 1 { u8::MAX } else { row as u8 }
    };
    Rows { device: part(6, 0), browser: part(8, 6), os: part(6, 14), bot: part(4, 20) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_was_read() {
        let agents: Vec<&str> =
            [include_str!("../../testdata/agents.tsv"), include_str!("../../testdata/bots.txt")]
                .into_iter()
                .flat_map(str::lines)
                .map(|line| line.rsplit('\t').next().unwrap_or(line))
                .chain(["", "no browser"])
                .collect();
        let seen = SeenAgents::new(7);
        for _ in 0..2 {
            for agent in &agents {
                assert_eq!(seen.read(agent), Agent::of(agent), "{agent}");
                assert_eq!(seen.read(agent), Agent::of(agent), "again: {agent}");
            }
        }
    }

    #[test]
    fn every_row_fits_its_bits() {
        for device in [0, 52, u8::MAX] {
            for browser in [0, 65, 200, u8::MAX] {
                for os in [0, 31, u8::MAX] {
                    for bot in [0, 4, u8::MAX] {
                        let rows = Rows { device, browser, os, bot };
                        assert_eq!(unpacked(packed(rows)), rows);
                    }
                }
            }
        }
    }
}
