//! Runs on a simulated disk: what is in them is found, nothing else is, and every damage is seen.

use std::{collections::HashSet, path::Path, sync::Arc};

use super::{ImportIds, Known, Place, RecentIds, RunError, Runs};
use crate::{
    site::SiteId,
    vfs::{
        Vfs, create_folder,
        sim::{Random, SimDisk},
    },
};

const HOUR: i64 = 3_600_000;

fn site(name: &str) -> SiteId {
    SiteId::parse(name).unwrap()
}

struct World {
    disk: SimDisk,
    vfs: Arc<dyn Vfs>,
    next: std::cell::Cell<u64>,
}

impl World {
    fn new() -> Self {
        let disk = SimDisk::new(1);
        create_folder(&disk, &Path::new("data").join(super::FOLDER)).unwrap();
        Self { vfs: Arc::new(disk.clone()), disk, next: std::cell::Cell::new(1) }
    }

    /// Moves what is in memory to the runs, at that hour.
    fn save(&self, recent: &mut RecentIds, runs: &Runs, hour: i64) -> Runs {
        let number = || self.next.replace(self.next.get() + 1);
        let place = Place { vfs: &self.vfs, root: Path::new("data"), number: &number };
        let next = runs.with(&place, recent.freeze().as_ref(), hour * HOUR, 96 * HOUR).unwrap();
        next.kept(runs);
        recent.forget_frozen();
        next
    }

    fn reopen(&self, runs: &Runs) -> Result<Runs, RunError> {
        let (runs, damaged) = Runs::open(&self.vfs, Path::new("data"), &runs.entries())?;
        damaged.into_iter().next().map_or(Ok(runs), |(_, error)| Err(error))
    }
}

#[test]
fn what_is_stored_is_found_and_nothing_else() {
    let world = World::new();
    let (mut recent, mut runs, mut random) = (RecentIds::default(), Runs::default(), Random::new(7));
    let sites = [site("a"), site("b"), site("empty")];
    let mut stored: HashSet<(usize, u128)> = HashSet::new();
    for hour in 0..40 {
        for _ in 0..random.below(2_000) {
            let (of, id) = (random.index(2), u128::from(random.below(200_000)) << random.below(100));
            recent.stored(&sites[of], [id].into_iter(), hour * HOUR);
            stored.insert((of, id));
        }
        runs = world.save(&mut recent, &runs, hour);
    }
    let runs = world.reopen(&runs).unwrap();
    assert!(runs.entries().len() < 16, "{} runs", runs.entries().len());
    assert!(runs.check(&*world.vfs).is_empty());
    for &(of, id) in &stored {
        assert!(runs.contains(&sites[of], id).unwrap());
        for (other, site) in sites.iter().enumerate() {
            for near in [id, id ^ 1, id.wrapping_add(1)] {
                assert_eq!(runs.contains(site, near).unwrap(), stored.contains(&(other, near)));
            }
        }
    }
}

#[test]
fn runs_past_the_window_go_and_no_others() {
    let world = World::new();
    let (mut recent, mut runs, shop) = (RecentIds::default(), Runs::default(), site("shop"));
    for hour in 0..300_i64 {
        recent.stored(&shop, [hour as u128].into_iter(), hour * HOUR);
        runs = world.save(&mut recent, &runs, hour);
        for id in (hour - 96).max(0)..=hour {
            assert!(runs.contains(&shop, id as u128).unwrap(), "{id} at {hour}");
        }
    }
    assert!(!runs.contains(&shop, 100).unwrap());
    let files = world.disk.list(&Path::new("data").join(super::FOLDER)).unwrap();
    assert_eq!(files.len(), runs.entries().len());
}

#[test]
fn a_claim_is_given_back_to_its_owner_only() {
    let (mut recent, shop) = (RecentIds::default(), site("shop"));
    let (first, second) = (recent.new_claim(), recent.new_claim());
    assert_eq!(recent.claim(&shop, 5, first), Known::Nothing);
    assert_eq!(recent.claim(&shop, 5, second), Known::Claimed(first));
    recent.release(&shop, [5].into_iter(), second);
    assert_eq!(recent.claim(&shop, 5, second), Known::Claimed(first));
    recent.release(&shop, [5].into_iter(), first);
    assert_eq!(recent.claim(&shop, 5, second), Known::Nothing);
    recent.stored(&shop, [5].into_iter(), 0);
    assert_eq!(recent.claim(&shop, 5, first), Known::Stored);
    assert!(recent.freeze().is_some());
    assert_eq!(recent.claim(&shop, 5, first), Known::Stored);
    recent.forget_frozen();
    assert_eq!(recent.claim(&shop, 5, first), Known::Nothing);
}

#[test]
fn every_cut_and_every_flipped_bit_is_detected() {
    let world = World::new();
    let (mut recent, shop) = (RecentIds::default(), site("shop"));
    recent.stored(&shop, (0..300).map(|id| id * 1_000), 0);
    let runs = world.save(&mut recent, &Runs::default(), 0);
    let path = Path::new("data").join(runs.entries()[0].path());
    let sound = world.disk.read(&path).unwrap();
    let seen = |bytes: &[u8]| {
        world.disk.set_content(&path, bytes).unwrap();
        world.reopen(&runs).map_or(true, |runs| !runs.check(&*world.vfs).is_empty())
    };
    assert!(!seen(&sound));
    assert!((0..sound.len()).step_by(7).all(|length| seen(&sound[..length])));
    for bit in (0..sound.len() * 8).step_by(5).chain(sound.len() * 8 - 800..sound.len() * 8) {
        let mut flipped = sound.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(seen(&flipped), "bit {bit} of {}", sound.len() * 8);
    }
}

#[test]
fn an_import_takes_each_identifier_once_and_they_are_known_for_ever() {
    let world = World::new();
    let number = || world.next.replace(world.next.get() + 1);
    let place = Place { vfs: &world.vfs, root: Path::new("data"), number: &number };
    let (mut recent, shop) = (RecentIds::default(), site("shop"));
    recent.stored(&shop, (0..100).map(|id| id * 3), 0);
    let live = world.save(&mut recent, &Runs::default(), 0);
    let mut ids = ImportIds::new(shop.clone(), live.clone(), HOUR).with_limit(16);
    let mut random = Random::new(3);
    let mut known: HashSet<u128> = (0..100).map(|id| id * 3).collect();
    for _ in 0..2_000 {
        let id = u128::from(random.below(1_000));
        assert_eq!(ids.take(&place, id).unwrap(), known.insert(id), "{id}");
    }
    // What was collected meanwhile is found, and nothing else.
    let new: HashSet<u128> = known.iter().copied().filter(|id| id % 3 > 0 || *id >= 300).collect();
    recent.stored(&shop, [1, 2, 5_000].into_iter(), 2 * HOUR);
    let live = world.save(&mut recent, &live, 2);
    let expected: HashSet<u128> = [1, 2].into_iter().filter(|id| new.contains(id)).collect();
    let found = ids.also_in(&live, [4_000].into_iter()).unwrap();
    assert_eq!(found.into_iter().collect::<HashSet<_>>(), expected);
    let runs = ids.into_runs(&place, &live).unwrap();
    runs.kept(&live);
    // After the window, and after a restart.
    let mut runs = world.reopen(&runs).unwrap();
    for hour in 100..300 {
        recent.stored(&shop, [10_000 + hour as u128].into_iter(), hour * HOUR);
        runs = world.save(&mut recent, &runs, hour);
    }
    let runs = world.reopen(&runs).unwrap();
    assert!(runs.check(&*world.vfs).is_empty());
    assert!(runs.entries().len() < 20, "{} runs", runs.entries().len());
    assert!(new.iter().all(|id| runs.contains(&shop, *id).unwrap()));
    assert!(!runs.contains(&shop, 5_000).unwrap());
    let files = world.disk.list(&Path::new("data").join(super::FOLDER)).unwrap();
    assert_eq!(files.len(), runs.entries().len());
}
