//! Columns are the same from the file, the cache and memory, whatever happens to the cache.

use std::{fs, os::unix::fs::FileExt, path::Path, sync::Arc};

use proptest::prelude::*;
use waymark_model::Event;

use super::*;
use crate::{
    columns::{
        ColumnName, ColumnsError, Part, PartBuilder,
        testing::{Row, events, expected, rows as read},
    },
    segment::{PropertyColumns, SegmentMeta, write},
    vfs::RealVfs,
};

const PLENTY: u64 = 1 << 30;

struct Fixture {
    folder: tempfile::TempDir,
    meta: SegmentMeta,
    rows: Vec<Row>,
}

impl Fixture {
    fn new(events: &[Event]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut builder = PartBuilder::default();
        events.iter().for_each(|event| builder.push(event));
        let part = builder.finish(3).unwrap();
        let mut properties = PropertyColumns::default();
        properties.add(&*part.columns).unwrap();
        let written = write(&RealVfs, &folder.path().join("segment"), &part, &properties).unwrap();
        Self { meta: written.named("segment".to_owned()), rows: expected(events, 3), folder }
    }

    fn segment(&self) -> std::path::PathBuf {
        self.folder.path().join("segment")
    }

    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("hot")
    }

    fn cache(&self) -> Arc<HotCache> {
        HotCache::open(self.root(), PLENTY, 2)
    }

    fn part(&self, cache: &Arc<HotCache>) -> Part {
        HotColumns::new(cache, Arc::new(RealVfs), self.segment(), self.meta.clone()).into_part()
    }

    fn hot_files(&self) -> Vec<std::path::PathBuf> {
        let folder = self.root().join(self.meta.hash.to_string());
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

fn some_events() -> Vec<Event> {
    let event = |at: i64| {
        let mut event = Event::new(at as u64 / 4, at, ["view", "buy"][at as usize % 2]);
        event.value = (at % 5 == 0).then_some(at);
        event.event_id = (at % 3 == 0).then_some(at as u128);
        event.props.push(("item".to_owned(), format!("i{}", at % 7)));
        event
    };
    (0..40).map(event).collect()
}

fn bytes_in(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).unwrap().flat_map(|entry| fs::read_dir(entry.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_row_comes_back_and_then_without_the_segment(events in events(40)) {
        let fixture = Fixture::new(&events);
        assert_eq!(read(&fixture.part(&fixture.cache())), fixture.rows);
        fs::remove_file(fixture.segment()).unwrap();
        let again = fixture.cache();
        assert_eq!((read(&fixture.part(&again)), again.note()), (fixture.rows.clone(), None));
        assert_eq!(again.bytes(), bytes_in(&fixture.root()));
    }
}

#[test]
fn damaged_files_of_the_cache_are_made_again() {
    let fixture = Fixture::new(&some_events());
    assert_eq!(read(&fixture.part(&fixture.cache())), fixture.rows);
    for (nth, path) in fixture.hot_files().into_iter().enumerate() {
        let sound = fs::read(&path).unwrap();
        let item = all_items().into_iter().find(|item| path.ends_with(item.file())).unwrap();
        let (segment, name) = (fixture.meta.hash, &item.name());
        let rows = if item == name::Item::Properties { 0 } else { fixture.meta.bounds.rows };
        let file = fs::File::options().write(true).open(&path).unwrap();
        for at in (nth % 5..sound.len()).step_by(5) {
            file.write_all_at(&[sound[at] ^ 1 << (at % 8)], at as u64).unwrap();
            assert!(
                file::open(&path, &file::Expected { segment, name, rows }).is_none(),
                "flip at {at} of {path:?}"
            );
            file.write_all_at(&sound[at..=at], at as u64).unwrap();
        }
        file.write_all_at(b"!", sound.len() as u64 / 2).unwrap();
        assert_eq!(read(&fixture.part(&fixture.cache())), fixture.rows, "{path:?}");
        assert_eq!(fs::read(&path).unwrap(), sound);
        fs::write(&path, &sound[..sound.len() / 2]).unwrap();
        let cache = fixture.cache();
        assert_eq!(read(&fixture.part(&cache)), fixture.rows, "cut {path:?}");
        assert_eq!(cache.bytes(), bytes_in(&fixture.root()));
    }
}

fn all_items() -> Vec<name::Item> {
    use waymark_model::{Dimension, TextColumn};

    use crate::columns::NumberColumn;
    let texts = TextColumn::ALL.into_iter().map(Dimension::Column);
    let texts = texts.chain([Dimension::Property("item".to_owned())]).map(ColumnName::Text);
    let numbers = [NumberColumn::Value, NumberColumn::Key, NumberColumn::User].map(ColumnName::Numbers);
    let plain = [ColumnName::Runs, ColumnName::Times, ColumnName::Seqs, ColumnName::Tags];
    let more = [ColumnName::Identities, ColumnName::Verified, ColumnName::EventIds];
    let columns = texts.chain(numbers).chain(plain).chain(more).map(name::Item::Column);
    columns.chain([name::Item::Properties]).collect()
}

#[test]
fn files_of_another_segment_or_column_are_not_used() {
    let (one, mut events) = (Fixture::new(&some_events()), some_events());
    events[3].set_text(waymark_model::TextColumn::Name, "else");
    let two = Fixture::new(&events);
    assert_eq!(read(&two.part(&two.cache())), two.rows);
    fs::create_dir(one.root()).unwrap();
    fs::rename(two.root().join(two.meta.hash.to_string()), one.root().join(one.meta.hash.to_string()))
        .unwrap();
    assert_eq!(read(&one.part(&one.cache())), one.rows);
    let folder = one.root().join(one.meta.hash.to_string());
    fs::copy(folder.join("name.hot"), folder.join("path.hot")).unwrap();
    assert_eq!(read(&one.part(&one.cache())), one.rows);
}

#[test]
fn without_a_folder_columns_come_from_memory_with_a_note() {
    let fixture = Fixture::new(&some_events());
    fs::write(fixture.root(), "a file where the folder should be").unwrap();
    let cache = fixture.cache();
    let part = fixture.part(&cache);
    assert_eq!(read(&part), fixture.rows);
    assert!(cache.note().is_some_and(|note| note.contains("memory")), "{:?}", cache.note());
    fs::remove_file(fixture.segment()).unwrap();
    assert_eq!((read(&part), cache.bytes()), (fixture.rows.clone(), 0), "kept in memory");
}

#[test]
fn the_segments_used_least_recently_make_room() {
    let fixtures: Vec<Fixture> = (0..3)
        .map(|at| {
            let mut events = some_events();
            events[0].time = at;
            Fixture::new(&events)
        })
        .collect();
    let root = fixtures[0].root();
    let size = {
        let cache = fixtures[0].cache();
        read(&fixtures[0].part(&cache));
        cache.bytes()
    };
    let cache = HotCache::open(root.clone(), 2 * size, 1);
    let parts: Vec<Part> = fixtures.iter().map(|fixture| fixture.part(&cache)).collect();
    let there = || fixtures.iter().map(|of| root.join(of.meta.hash.to_string()).exists()).collect::<Vec<_>>();
    read(&parts[0]);
    read(&parts[1]);
    read(&parts[0]);
    assert_eq!(there(), [true, true, false]);
    read(&parts[2]);
    assert_eq!(there(), [true, false, true]);
    let held = (parts[0].columns.times().unwrap(), parts[2].columns.times().unwrap());
    assert_eq!(read(&parts[1]), fixtures[1].rows);
    assert!(there()[0] && there()[2], "what is being read stays");
    assert!(cache.bytes() <= 2 * size && bytes_in(&root) == cache.bytes());
    drop((held, parts));
    cache.retain(&[fixtures[1].meta.hash].into_iter().collect());
    assert_eq!((there()[0], there()[2]), (false, false));
}

#[test]
fn a_damaged_segment_is_an_error_for_each_column() {
    let fixture = Fixture::new(&some_events());
    let mut bytes = fs::read(fixture.segment()).unwrap();
    bytes[9] ^= 4;
    fs::write(fixture.segment(), bytes).unwrap();
    let part = fixture.part(&fixture.cache());
    assert!(matches!(part.columns.times(), Err(ColumnsError::Damaged { .. })));
    assert!(matches!(part.columns.prefetch(&[ColumnName::Runs]), Err(ColumnsError::Damaged { .. })));
}
