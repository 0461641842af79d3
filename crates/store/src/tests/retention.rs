//! What a site keeps no longer goes, by how its events came.

use waymark_model::Identity;

use super::*;
use crate::KeptFrom;

const HOUR: i64 = 3_600_000;

/// Event `number`, which happened so many hours before noon; the odd ones were imported.
fn mixed(number: u64) -> Event {
    let mut event = event(number);
    event.identity = if number % 2 == 1 { Identity::Imported } else { Identity::Consented };
    event
}

/// Twenty events in one segment; keeps them by the hours given, and finds those with these numbers.
fn check(collected: Option<i64>, imported: Option<i64>, stay: fn(u64) -> bool) {
    let world = World::new(1);
    let store = world.store();
    drop(store.append(shop(), (0..20).map(mixed).collect()).unwrap().wait().unwrap());
    store.flush().unwrap();
    let moment = |hours: i64| NOON - hours * HOUR;
    let kept = KeptFrom { collected: collected.map(moment), imported: imported.map(moment) };
    let removed = store.remove_before(&shop(), kept).unwrap();
    let expected: Vec<Event> = (0..20).filter(|&number| stay(number)).map(mixed).collect();
    assert_eq!(content(&store.snapshot(&shop())), sorted(&expected), "{kept:?}");
    assert_eq!((removed.rows, removed.bare), (20 - expected.len() as u64, 0));
    let again = store.remove_before(&shop(), kept).unwrap();
    assert_eq!(again.segments, 0, "nothing is written anew when nothing goes: {kept:?}");
    sound(&store);
}

#[test]
fn imported_and_collected_events_go_by_moments_of_their_own() {
    check(None, None, |_| true);
    check(Some(5), None, |number| number <= 5 || number % 2 == 1);
    check(None, Some(5), |number| number <= 5 || number % 2 == 0);
    check(Some(3), Some(8), |number| number <= 3 || (number <= 8 && number % 2 == 1));
    check(Some(5), Some(5), |number| number <= 5);
    check(Some(-1), Some(-1), |_| false);
    check(Some(40), Some(40), |_| true);
}
