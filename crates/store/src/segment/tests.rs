//! Segments give back what was put in, and refuse what was changed.

use std::{collections::BTreeMap, os::unix::fs::FileExt, path::Path};

use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
    schema::types::TypePtr,
};
use proptest::prelude::*;
use waymark_model::{Dimension, Event, TextColumn};

use super::*;
use crate::{
    columns::{
        Column, ColumnName, ColumnsError, Part, PartBuilder,
        testing::{events, expected, rows},
    },
    vfs::{RealVfs, Vfs},
};

const FILE: &str = "segment.parquet";

fn part(events: &[Event]) -> Part {
    let mut builder = PartBuilder::default();
    events.iter().for_each(|event| builder.push(event));
    builder.finish(3).unwrap()
}

fn stored(folder: &Path, part: &Part) -> SegmentMeta {
    let mut properties = PropertyColumns::default();
    properties.add(&*part.columns).unwrap();
    write(&RealVfs, &folder.join(FILE), part, &properties).unwrap().named(FILE.to_owned())
}

fn read_back(folder: &Path, meta: &SegmentMeta, threads: usize) -> Result<Part, ColumnsError> {
    SegmentReader::open(&RealVfs, &folder.join(FILE), meta)?.part(threads)
}

fn check(events: &[Event]) {
    let folder = tempfile::tempdir().unwrap();
    let part = part(events);
    let meta = stored(folder.path(), &part);
    assert_eq!(meta.bounds, *part.bounds);
    assert_eq!(rows(&read_back(folder.path(), &meta, 2).unwrap()), expected(events, 3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_row_comes_back(events in events(60)) {
        check(&events);
    }
}

/// Events with many distinct paths and items, in more than one row group when there are enough.
fn many(count: u32, distinct: u32) -> Vec<Event> {
    let event = |at: u32| {
        let text = format!("/{}", at.wrapping_mul(2_654_435_761) % distinct);
        let mut event =
            Event::new(u64::from(at / 3), i64::from(at), "view").with_text(TextColumn::Path, &text);
        event.props.push(("item".to_owned(), text));
        event
    };
    (0..count).map(event).collect()
}

#[test]
fn texts_of_each_width_come_back() {
    for (count, distinct) in [(600, 255), (600, 256), (600, 257), (70_000, 65_535), (140_000, 65_537)] {
        let events = many(count, distinct);
        let folder = tempfile::tempdir().unwrap();
        let part = part(&events);
        let meta = stored(folder.path(), &part);
        let found = rows(&read_back(folder.path(), &meta, 2).unwrap());
        assert!(found.iter().map(|(event, _)| event).eq(&events), "{distinct} distinct texts");
    }
}

#[test]
fn properties_past_the_most_frequent_are_packed_and_come_back() {
    let keys = (0..MOST_PROPERTIES + 20).map(|key| format!("k{key}"));
    let mut first = Event::new(1, 0, "a");
    first.props = keys.map(|key| (key, "x".to_owned())).collect();
    let mut second = Event::new(1, 1, "b");
    second.props = first.props.iter().skip(20).cloned().collect();
    let events = [first, second, Event::new(2, 0, "c")];
    check(&events);

    let folder = tempfile::tempdir().unwrap();
    let meta = stored(folder.path(), &part(&events));
    let reader = SegmentReader::open(&RealVfs, &folder.path().join(FILE), &meta).unwrap();
    let file = SerializedFileReader::new(std::fs::File::open(folder.path().join(FILE)).unwrap()).unwrap();
    let fields = file.metadata().file_metadata().schema_descr().root_schema().get_fields().len();
    assert_eq!((reader.properties().unwrap().len(), fields), (MOST_PROPERTIES + 20, 24 + MOST_PROPERTIES));
    let rest = file.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        row.get_column_iter().find(|(name, _)| *name == "props_rest").map(|(_, field)| field.clone()).unwrap()
    });
    let packed: Vec<Field> = rest.collect();
    let Field::Str(json) = &packed[0] else { panic!("no packed properties") };
    let packed_props: BTreeMap<String, String> = serde_json::from_str(json).unwrap();
    assert_eq!((packed_props.len(), &packed[1..]), (20, &[Field::Null, Field::Null][..]));
}

#[test]
fn any_reader_sees_the_documented_columns() {
    let mut event = Event::new(u64::MAX, 1_700_000_000_000, "buy").with_text(TextColumn::Currency, "EUR");
    (event.value, event.event_id) = (Some(-5), Some(1));
    event.props.push(("plan".to_owned(), "pro".to_owned()));
    let folder = tempfile::tempdir().unwrap();
    stored(folder.path(), &part(&[event]));
    let file = SerializedFileReader::new(std::fs::File::open(folder.path().join(FILE)).unwrap()).unwrap();
    let row = file.get_row_iter(None).unwrap().next().unwrap().unwrap();
    let found: Vec<String> = row.get_column_iter().map(|(name, field)| format!("{name}={field}")).collect();
    assert_eq!(
        found.join(" "),
        "visitor=-1 time=2023-11-14 22:13:20.000000 +00:00 seq=12884901888 name=\"buy\" host=null \
         path=null referrer=null channel=null source=null medium=null campaign=null country=null device=null \
         browser=null os=null user=null event_id=[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] value=-5 \
         currency=\"EUR\" key=null verified=false tag=null identity=\"audience\" props_rest=null prop_plan=\"pro\""
    );
}

#[test]
fn a_flip_or_cut_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let meta = stored(folder.path(), &part(&many(40, 7)));
    let path = folder.path().join(FILE);
    let sound = RealVfs.read(&path).unwrap();
    let refused = |what: String| {
        let found = read_back(folder.path(), &meta, 1);
        assert!(matches!(found, Err(ColumnsError::Damaged { .. })), "{what}: {found:?}");
    };
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    for (at, byte) in sound.iter().enumerate() {
        file.write_all_at(&[byte ^ 1 << (at * 5 % 8)], at as u64).unwrap();
        refused(format!("flip at {at}"));
        file.write_all_at(&[*byte], at as u64).unwrap();
    }
    assert_eq!(RealVfs.read(&path).unwrap(), sound);
    file.write_all_at(&[0], meta.bytes).unwrap();
    refused("one byte more".to_owned());
    for length in (0..meta.bytes).rev() {
        file.set_len(length).unwrap();
        refused(format!("cut at {length}"));
    }
    std::fs::remove_file(&path).unwrap();
    refused("no file".to_owned());
}

#[test]
fn columns_come_alone_and_absent_ones_are_absent() {
    let folder = tempfile::tempdir().unwrap();
    let events = many(10, 3);
    let meta = stored(folder.path(), &part(&events));
    let reader = SegmentReader::open(&RealVfs, &folder.path().join(FILE), &meta).unwrap();
    let path = ColumnName::Text(Dimension::Column(TextColumn::Path));
    let host = ColumnName::Text(Dimension::Column(TextColumn::Host));
    let none = ColumnName::Text(Dimension::Property("none".to_owned()));
    let found = reader.columns(&[host, ColumnName::Tags, path, none, ColumnName::Identities], 1).unwrap();
    let Column::Text(Some(text)) = &found[2] else { panic!("{found:?}") };
    assert_eq!(text.dictionary.get(text.codes.get(0)), Some(events[0].text(TextColumn::Path)));
    assert!(matches!(found[0], Column::Text(None)) && matches!(found[3], Column::Text(None)));
    assert!(matches!((&found[1], &found[4]), (Column::Small(None), Column::Small(None))));
}

/// Name, physical type, logical type and field id of each column.
fn described(folder: &Path) -> Vec<String> {
    let file = SerializedFileReader::new(std::fs::File::open(folder.join(FILE)).unwrap()).unwrap();
    let described = |column: &TypePtr| {
        let info = column.get_basic_info();
        let kind = column.get_physical_type();
        format!("{} {kind} {:?} {}", info.name(), info.logical_type_ref(), info.id())
    };
    file.metadata().file_metadata().schema_descr().root_schema().get_fields().iter().map(described).collect()
}

#[test]
fn columns_have_field_ids_and_types_that_table_formats_know() {
    let mut event = Event::new(1, 0, "buy");
    event.props =
        [("a.b", "1"), ("plan", "pro")].map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let folder = tempfile::tempdir().unwrap();
    stored(folder.path(), &part(&[event]));
    let columns = described(folder.path());
    let ids: Vec<i32> =
        columns.iter().map(|column| column.rsplit(' ').next().unwrap().parse().unwrap()).collect();
    assert!(ids.iter().copied().eq(1..=26), "{columns:#?}");
    for column in &columns {
        let known = [
            "INT64 None",
            "INT64 Some(Timestamp",
            "BYTE_ARRAY Some(String)",
            "FIXED_LEN_BYTE_ARRAY None",
            "BOOLEAN None",
        ];
        assert!(known.iter().any(|kind| column.contains(kind)) && !column.contains("prop."), "{column}");
    }
    assert!(
        columns[1].contains("unit: MICROS") && columns[1].contains("is_adjusted_to_u_t_c: true"),
        "{}",
        columns[1]
    );
    assert!(columns[24].starts_with("prop_a_b ") && columns[25].starts_with("prop_plan "), "{columns:#?}");
}

#[test]
fn a_property_keeps_its_column_and_later_ones_get_the_next() {
    let with = |keys: &[&str]| {
        let mut event = Event::new(1, 0, "view");
        event.props = keys.iter().map(|key| ((*key).to_owned(), "x".to_owned())).collect();
        part(&[event])
    };
    let mut properties = PropertyColumns::default();
    for keys in [&["b", "c"][..], &["a.b", "c"], &["c", "d"]] {
        properties.add(&*with(keys).columns).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let meta = write(&RealVfs, &folder.path().join(FILE), &with(&["c", "a.b"]), &properties).unwrap();
    assert!(meta.properties.iter().map(|of| of.field_id).eq([26, 27]));
    let columns = described(folder.path());
    assert!(columns[24].starts_with("prop_c ") && columns[24].ends_with(" 26"), "{columns:#?}");
    assert!(columns[25].starts_with("prop_a_b ") && columns[25].ends_with(" 27"), "{columns:#?}");
    let reader =
        SegmentReader::open(&RealVfs, &folder.path().join(FILE), &meta.named(FILE.to_owned())).unwrap();
    assert_eq!(reader.properties().unwrap(), ["a.b", "c"]);
}
