//! Who is to be forgotten is found in no file afterwards, whatever the data went through, and nobody else is missing.

use hashbrown::HashSet;
use waymark_model::event::NO_VISITOR;

use super::*;
use crate::{AppendOutcome, Person, vfs::SyncPoint};

/// Who is to be forgotten: numbers that occur nowhere by chance.
const VISITOR: u64 = 0xC0FF_EE11_D00D_F00D;
const USER: u64 = 0xBADC_0DE5_CAFE_BABE;
/// Identifiers of their events begin so.
const EVENT: u128 = 0xFEED_FACE_DEAD_BEEF << 64;
/// What their events tell.
const WORD: &str = "canary-7f3a";

/// An event of the person: of the visitor, of the user, or of both.
fn of_person(number: u64, visitor: u64, user: Option<u64>) -> Event {
    let mut event = event(number).with_text(TextColumn::Path, &format!("/{WORD}/{number}"));
    (event.visitor, event.user) = (visitor, user);
    event.event_id = Some(EVENT + u128::from(number));
    event.props.push((format!("{WORD}-key"), WORD.to_owned()));
    event
}

fn append(store: &Store, events: Vec<Event>) {
    drop(store.append(shop(), events).unwrap().wait().unwrap());
}

/// All files below a folder.
fn files(world: &World, folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let vfs = world.vfs();
    let mut found = Vec::new();
    for name in vfs.list(folder).unwrap_or_default() {
        let path = folder.join(name);
        match vfs.read(&path) {
            Ok(bytes) => found.push((path, bytes)),
            Err(_) => found.extend(files(world, &path)),
        }
    }
    found
}

/// What must be in no file: numbers in both orders of bytes, as the log has them, and as text; and words.
fn needles() -> Vec<Vec<u8>> {
    let mut needles = vec![WORD.as_bytes().to_vec()];
    for number in [VISITOR, USER] {
        needles.extend([number.to_le_bytes().to_vec(), number.to_be_bytes().to_vec()]);
        needles.extend([postcard::to_allocvec(&number).unwrap(), number.to_string().into_bytes()]);
    }
    let event = (EVENT >> 64) as u64;
    needles.extend([event.to_le_bytes().to_vec(), event.to_be_bytes().to_vec()]);
    needles
}

/// Where the person is found: in the bytes of files, or in the rows of segments.
fn found(world: &World, store: &Store) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in files(world, Path::new("data")) {
        for needle in needles() {
            if bytes.windows(needle.len()).any(|window| window == needle) {
                found.push(path.display().to_string());
            }
        }
    }
    let rows = store.snapshot(&shop()).parts.iter().flat_map(rows).collect::<Vec<_>>();
    found.extend(
        rows.iter()
            .filter(|(event, _)| event.prop(&format!("{WORD}-key")).is_some())
            .map(|_| "rows".to_owned()),
    );
    found.sort();
    found.dedup();
    found
}

/// A store that has the person in segments, flushed and imported, in runs of identifiers, in the log, the tail, and what was
/// put aside; and what else it has.
fn prepared(world: &World) -> (Store, Vec<Event>) {
    let store = world.store();
    let mut others = events(0..60);
    append(
        &store,
        [events(0..60), vec![of_person(100, VISITOR, None), of_person(101, 5, Some(USER))]].concat(),
    );
    store.flush().unwrap();
    let mut import = store.importer(shop()).unwrap();
    let (mut imported, mut stays) = (of_person(900, VISITOR, Some(USER)), event(901));
    (imported.event_id, stays.event_id) = (None, None);
    import.push(&imported).unwrap();
    import.push(&stays).unwrap();
    import.finish("file").unwrap();
    others.push(stays);
    // Of the user's visitor 5 those without a user go, too, and those of another user stay.
    let (mut without_user, mut of_another, mut anonymous) = (event(200), event(201), event(202));
    (without_user.visitor, of_another.visitor, anonymous.visitor) = (5, 5, NO_VISITOR);
    of_another.user = Some(77);
    append(&store, vec![without_user, of_another.clone(), anonymous.clone()]);
    others.extend([of_another, anonymous]);
    others.retain(|event| event.visitor != 5 || event.user == Some(77));
    let order = [of_person(102, VISITOR, Some(USER)), of_person(103, NO_VISITOR, Some(USER))];
    append(&store, [order.to_vec(), events(300..305)].concat());
    others.extend(events(300..305));
    others.retain(|event| event.visitor != 5 || event.user == Some(77));
    for folder in ["data/quarantine", "data/log/quarantine"] {
        crate::vfs::create_folder(&*world.vfs(), Path::new(folder)).unwrap();
        let path = Path::new(folder).join("record");
        crate::vfs::write_atomic(&*world.vfs(), &path, WORD.as_bytes()).unwrap();
    }
    (store, others)
}

fn person() -> Person {
    Person { visitors: HashSet::from_iter([VISITOR]), users: HashSet::from_iter([USER]) }
}

#[test]
fn who_is_forgotten_is_in_no_file_and_nobody_else_is_missing() {
    let world = World::new(1);
    let (store, others) = prepared(&world);
    let before = found(&world, &store);
    for place in ["data/log", "data/dedup", "data/quarantine/", "data/log/quarantine/", "rows"] {
        assert!(before.iter().any(|found| found.starts_with(place)), "{place} is not in {before:?}");
    }
    let rows = store.snapshot(&shop()).rows;
    let erased = store.erase(&shop(), &person()).unwrap();
    assert_eq!(found(&world, &store), Vec::<String>::new());
    assert_eq!(content(&store.snapshot(&shop())), sorted(&others));
    assert_eq!((erased.events, erased.put_aside), (rows - others.len() as u64, 2));
    sound(&store);
    // What is not the person's is still known.
    let again = store.append(shop(), events(300..305)).unwrap().wait().unwrap();
    assert!(again.iter().all(|outcome| *outcome == AppendOutcome::Duplicate));
    let nothing = store.erase(&shop(), &person()).unwrap();
    assert_eq!((nothing.events, nothing.segments, nothing.put_aside), (0, 0, 0));
    drop(store);
    let store = world.store();
    assert!(store.recovered().damage.is_empty(), "{:?}", store.recovered());
    assert_eq!(found(&world, &store), Vec::<String>::new());
    assert_eq!(content(&store.snapshot(&shop())), sorted(&others));
}

#[test]
fn a_snapshot_from_before_goes_on_and_then_its_files_go() {
    let world = World::new(2);
    let (store, others) = prepared(&world);
    let before = store.snapshot(&shop());
    let rows = before.rows;
    store.erase(&shop(), &person()).unwrap();
    assert_eq!(content(&before).len() as u64, rows);
    drop(before);
    sound(&store);
    assert_eq!(content(&store.snapshot(&shop())), sorted(&others));
}

#[test]
fn a_power_cut_leaves_others_whole_and_the_next_time_forgets() {
    let operations = {
        let world = World::new(0);
        let (store, _) = prepared(&world);
        let before = world.disk.operations();
        store.erase(&shop(), &person()).unwrap();
        world.disk.operations() - before
    };
    assert!(operations > 20, "{operations}");
    // At last the power goes when it is done.
    for operation in 0..=operations {
        let world = World::new(operation);
        let (store, others) = prepared(&world);
        let all = content(&store.snapshot(&shop()));
        world.disk.cut_power_after(operation);
        let done = store.erase(&shop(), &person()).is_ok();
        drop(store);
        world.disk.power_cut();
        let store = world.store();
        let rows = content(&store.snapshot(&shop()));
        assert!(rows == sorted(&others) || (!done && rows == all), "operation {operation}");
        if done {
            assert_eq!(found(&world, &store), Vec::<String>::new(), "operation {operation}");
        }
        store.erase(&shop(), &person()).unwrap();
        assert_eq!(found(&world, &store), Vec::<String>::new(), "operation {operation}");
        assert_eq!(content(&store.snapshot(&shop())), sorted(&others), "operation {operation}");
        sound(&store);
    }
}

#[test]
fn the_sync_of_the_log_s_folder_is_needed() {
    let comes_back = (0..20).any(|seed| {
        let world = World::new(seed);
        world
            .disk
            .ignore_syncs(Some(|point, path| point == SyncPoint::Removal && path == Path::new("data/log")));
        let (store, _) = prepared(&world);
        store.erase(&shop(), &person()).unwrap();
        drop(store);
        world.disk.power_cut();
        let store = world.store();
        found(&world, &store).iter().any(|place| place.starts_with("data/log/"))
    });
    assert!(comes_back);
}
