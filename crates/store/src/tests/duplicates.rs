//! Many identifiers, each sent several times in any order, across restarts: exact counts.

use std::collections::HashSet;

use super::*;
use crate::{AppendOutcome, vfs::sim::Random};

#[test]
fn counts_are_exact() {
    let full = std::env::var_os("WAYMARK_FULL").is_some();
    let (ids, batch) = if full { (1_000_000, 2_000) } else { (100_000, 1_000) };
    let world = World::new(1);
    let mut random = Random::new(8);
    let mut sent: Vec<u64> =
        (0..ids).flat_map(|id| (0..1 + random.below(5)).map(move |_| id).collect::<Vec<_>>()).collect();
    for at in (1..sent.len()).rev() {
        sent.swap(at, random.index(at + 1));
    }
    let mut store = world.store();
    let (mut known, mut stored) = (HashSet::new(), 0);
    for (round, numbers) in sent.chunks(batch).enumerate() {
        let events: Vec<Event> = numbers
            .iter()
            .map(|&n| {
                let mut event = Event::new(n, NOON, "e");
                event.event_id = Some(u128::from(n) << 64 | u128::from(n));
                event
            })
            .collect();
        let answers = store.append(shop(), events).unwrap().wait().unwrap();
        for (number, answer) in numbers.iter().zip(answers) {
            assert_eq!(answer == AppendOutcome::Stored, known.insert(*number), "{number} in round {round}");
            stored += u64::from(answer == AppendOutcome::Stored);
        }
        world.clock.advance(60_000);
        if random.one_in(6) {
            store.flush().unwrap();
        }
        if random.one_in(15) {
            drop(store);
            world.disk.power_cut();
            store = world.store();
        }
    }
    assert_eq!((stored, store.snapshot(&shop()).rows), (ids, ids));
    let counters = store.counters(&shop());
    assert_eq!(counters.stored, ids);
    assert!(counters.add_up());
}
