//! Nested columns by their path, in NDJSON and in Parquet, and the types that only Parquet has.

use std::{fs::File, sync::Arc};

use arrow_array::{
    Array, ArrayRef, BooleanArray, Decimal256Array, FixedSizeBinaryArray, Float64Array, Int64Array,
    ListArray, RecordBatch, StringArray, StructArray,
    builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder},
};
use arrow_schema::{DataType, Field, Fields};
use parquet::arrow::ArrowWriter;

use super::{Input, check};

const PARAMS: &str = "visitor=user.id,time=t,name=n,url=params.page_location,prop.n=params.n,prop.id=params.id.int_value,prop.plan=user.plan";
const EVENTS: [&str; 2] =
    ["a 1433193132535 view host=shop.example path=/a id:7 n:7 plan:pro", "b 1433193132536 view n:1.5"];

#[test]
fn ndjson_by_path() {
    let rows = r#"{"user":{"id":"a","plan":"pro"},"t":1433193132535,"n":"view","params":[{"key":"page_location","value":{"string_value":"https://shop.example/a"}},{"key":"n","value":{"int_value":"7"}},{"key":"id","value":{"string_value":null,"int_value":7}}]}
{"user":{"id":"b"},"t":1433193132536,"n":"view","params":[{"key":"n","value":{"double_value":1.5}}]}
"#;
    let report = check(&Input::new("in.ndjson", rows).map(PARAMS), &EVENTS);
    assert_eq!(report.counts.rejected, 0);
}

fn texts(texts: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(texts.to_vec()))
}

fn nullable(members: Vec<(&str, ArrayRef)>) -> StructArray {
    let fields: Fields =
        members.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    StructArray::new(fields, members.into_iter().map(|(_, array)| array).collect(), None)
}

fn write(input: &Input, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let mut file = ArrowWriter::try_new(File::create(&input.path).unwrap(), batch.schema(), None).unwrap();
    file.write(&batch).unwrap();
    file.close().unwrap();
}

fn times(rows: i64) -> ArrayRef {
    Arc::new((0..rows).map(|row| Some(1_433_193_132_535 + row)).collect::<Int64Array>())
}

#[test]
fn parquet_by_path() {
    let user = nullable(vec![("id", texts(&[Some("a"), Some("b")])), ("plan", texts(&[Some("pro"), None]))]);
    let ints: ArrayRef = Arc::new(Int64Array::from(vec![None, Some(7), Some(7), None]));
    let doubles: ArrayRef = Arc::new(Float64Array::from(vec![None, None, None, Some(1.5)]));
    let values = nullable(vec![
        ("string_value", texts(&[Some("https://shop.example/a"), None, None, None])),
        ("int_value", ints),
        ("double_value", doubles),
    ]);
    let keys = texts(&[Some("page_location"), Some("n"), Some("id"), Some("n")]);
    let pairs = nullable(vec![("key", keys), ("value", Arc::new(values))]);
    let element = Arc::new(Field::new("element", pairs.data_type().clone(), true));
    let offsets = arrow_buffer::OffsetBuffer::from_lengths([3, 1]);
    let params = ListArray::new(element, offsets, Arc::new(pairs), None);
    let input = Input::new("in.parquet", "").map(PARAMS);
    let name = texts(&[Some("view"), Some("view")]);
    write(&input, vec![("user", Arc::new(user)), ("t", times(2)), ("n", name), ("params", Arc::new(params))]);
    check(&input, &EVENTS);
}

#[test]
fn maps_by_key_and_lists_as_json() {
    let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    map.keys().append_value("page.path");
    map.values().append_value("/a");
    map.append(true).unwrap();
    let mut list = ListBuilder::new(Int32Builder::new());
    list.append_value([Some(1), None, Some(3)]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("v", texts(&[Some("a")])),
        ("t", times(1)),
        ("n", texts(&[Some("view")])),
        ("m", Arc::new(map.finish())),
        ("l", Arc::new(list.finish())),
        ("on", Arc::new(BooleanArray::from(vec![true]))),
    ];
    let input = Input::new("in.parquet", "")
        .map("visitor=v,time=t,name=n,path=m.page.path,prop.l=l,prop.on=on,prop.none=m.none");
    write(&input, columns);
    check(&input, &["a 1433193132535 view path=/a l:[1,null,3] on:true"]);
    let whole = Input { map: "visitor=v,time=t,name=n,prop.m=m".to_owned(), ..input };
    let error = whole.import().unwrap_err();
    assert!(error.hint().unwrap().contains("`m.KEY`"), "{error}");
}

#[test]
fn numbers_of_any_width_and_bytes() {
    let key = "123456789012345678901234567890123456789012345";
    let wide = Decimal256Array::from(vec![arrow_buffer::i256::from_string(key).unwrap()]);
    let wide = wide.with_precision_and_scale(76, 0).unwrap();
    let bytes = FixedSizeBinaryArray::try_from_iter([[0xAB_u8, 1, 2].to_vec()].into_iter()).unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("v", Arc::new(Float64Array::from(vec![17.0]))),
        ("t", times(1)),
        ("n", texts(&[Some("buy")])),
        ("k", Arc::new(wide)),
        ("b", Arc::new(bytes)),
    ];
    let input = Input::new("in.parquet", "").map("visitor=v,time=t,name=n,key=k,user=b");
    write(&input, columns);
    check(&input, &[&format!("17 1433193132535 buy user=ab0102 key={key}")]);
}

#[test]
fn dictionaries_are_read_like_texts() {
    let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let names =
        arrow_array::DictionaryArray::<arrow_array::types::Int32Type>::from_iter([Some("view"), None]);
    assert_eq!(names.data_type(), &kind);
    let columns: Vec<(&str, ArrayRef)> =
        vec![("v", texts(&[Some("a"), Some("b")])), ("t", times(2)), ("n", Arc::new(names))];
    let input = Input::new("in.parquet", "").map("visitor=v,time=t,name=n");
    write(&input, columns);
    let (report, events) = input.import().unwrap();
    assert_eq!((events.len(), report.counts.rejected), (1, 1));
}

#[test]
fn every_codec_is_read() {
    use parquet::{
        basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel},
        file::properties::WriterProperties,
    };
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let input = Input::new("in.parquet", "").map("visitor=v,time=t,name=n");
        let name = texts(&[Some("view"), Some("buy")]);
        let batch =
            RecordBatch::try_from_iter([("v", texts(&[Some("a"), Some("b")])), ("t", times(2)), ("n", name)]);
        let batch = batch.unwrap();
        let properties = WriterProperties::builder().set_compression(codec).build();
        let file = File::create(&input.path).unwrap();
        let mut file = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        file.write(&batch).unwrap();
        file.close().unwrap();
        check(&input, &["a 1433193132535 view", "b 1433193132536 buy"]);
    }
}

/// A file that another program wrote (`testdata/parquet`).
fn foreign(name: &str) -> Input {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/parquet").join(name);
    Input::new(name, std::fs::read(path).unwrap())
}

#[test]
fn exports_of_analytics_are_the_same_in_both_formats() {
    let map = "visitor=user_pseudo_id,time=event_timestamp,name=event_name,url=event_params.page_location,\
               key=ecommerce.transaction_id,value=ecommerce.purchase_revenue,currency=event_params.currency,\
               device=device.category,prop.session=event_params.ga_session_id";
    for file in ["ga4.parquet", "ga4.ndjson"] {
        let report = check(
            &foreign(file).map(map),
            &[
                "1.2 1780300800123 page_view host=shop.example path=/a source=news device=mobile session:7",
                "1.2 1780300801123 purchase host=shop.example path=/done device=desktop currency=EUR key=T-1 value=1990",
            ],
        );
        let notice = report.counts.notices.get("placeholder_key").unwrap();
        assert_eq!((notice.count, notice.text.as_str()), (1, "(not set)"), "{file}");
    }
}

#[test]
fn types_of_other_programs() {
    let key = "123456789012345678901234567890";
    let map =
        "visitor=visitor,time=time,name=name,value=value,key=key,prop.plan=attrs.plan,path=attrs.page.path";
    check(
        &foreign("arrow-types.parquet").map(map),
        &[&format!("a 1780308000123 purchase path=/x key={key} value=129900 plan:pro")],
    );
    let map = "visitor=visitor,time=time,name=name,value=value,key=key,prop.plan=attrs.plan,url=params.page_location,\
               prop.n=params.n,prop.deep=deep.a.b.c";
    check(
        &foreign("duckdb-nested.parquet").map(map),
        &[
            "a 1780308000000 purchase host=shop.example path=/a key=100000000000000000001 value=1990 deep:1.500 n:7 plan:pro",
        ],
    );
}
