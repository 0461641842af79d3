//! What rows become, format by format and field by field.

use std::fs;

use waymark_collect::import::{Compression, Format, RejectsFile, TimeForm};
use waymark_model::normal::TimeUnit;

use super::{Input, MAP, check, gzip, test_data, zstd};

const ROWS: &str = "n,v,t\nview,17,1433193132535\nbuy,4,1433193132536\n";
const EVENTS: [&str; 2] = ["17 1433193132535 view", "4 1433193132536 buy"];

#[test]
fn csv_in_many_forms() {
    for text in [
        ROWS.to_owned(),
        ROWS.replace('\n', "\r\n"),
        ROWS.replace('\n', "\r"),
        ROWS.trim_end().to_owned(),
        ROWS.replace(',', ";"),
        ROWS.replace(',', "\t"),
        ROWS.replace(',', "|"),
        ROWS.replace(',', " , "),
        format!("\u{feff}{ROWS}"),
        ROWS.replace("view", "\"view\"").replace("n,v", "\"n\",\"v\""),
    ] {
        let report = check(&Input::new("in.csv", &text).map(MAP), &EVENTS);
        assert_eq!((report.counts.rows, report.counts.blank), (2, 0), "{text:?}");
        assert_eq!(report.rejects, RejectsFile::None);
    }
}

#[test]
fn quotes_hold_delimiters_line_ends_and_quotes() {
    let text = "n,v,t,p\n\"a,\"\"b\"\"\nc\",17,1433193132535,x\n5\" disk,4,1433193132536,\"\"\n";
    let input = Input::new("in.csv", text).map("visitor=v,time=t,name=n,prop.p=p");
    check(&input, &["17 1433193132535 a,\"b\" c p:x", "4 1433193132536 5\" disk"]);
}

#[test]
fn blank_lines_are_counted() {
    let text = format!("\n{}\n\r\n{}\n\n", &ROWS[..27], &ROWS[27..]);
    let report = check(&Input::new("in.csv", text).map(MAP), &EVENTS);
    assert_eq!((report.counts.rows, report.counts.blank), (6, 4));
}

#[test]
fn formats_and_packing_tell_by_their_first_bytes() {
    let json =
        "{\"v\":17,\"t\":1433193132535,\"n\":\"view\"}\n{\"n\":\"buy\",\"v\":\"4\",\"t\":\"1433193132536\"}";
    for (bytes, compression, format) in [
        (ROWS.as_bytes().to_vec(), Compression::None, Format::Csv),
        (gzip(ROWS.as_bytes()), Compression::Gzip, Format::Csv),
        (
            [gzip(&ROWS.as_bytes()[..30]), gzip(&ROWS.as_bytes()[30..])].concat(),
            Compression::Gzip,
            Format::Csv,
        ),
        (zstd(ROWS.as_bytes()), Compression::Zstd, Format::Csv),
        (json.into(), Compression::None, Format::Ndjson),
        (gzip(json.as_bytes()), Compression::Gzip, Format::Ndjson),
    ] {
        let report = check(&Input::new("events", bytes).map(MAP), &EVENTS);
        assert_eq!((report.compression, report.format), (compression, format));
    }
}

#[test]
fn columns_with_our_own_names_need_no_map() {
    let text = "time,name,visitor,key,value,currency,path,prop.item,other\n2015-06-01T21:12:12Z,buy,17,8693.0,19.9,eur,/a?b=c,3,x\n";
    let report = check(
        &Input::new("in.csv", text),
        &["17 1433193132000 buy path=/a currency=EUR key=8693 value=1990 item:3"],
    );
    assert_eq!(report.unused, ["other"]);
    let json =
        r#"{"time":1433193132,"name":"buy","visitor":17,"props":{"item":3,"on":true},"other":{"x":1}}"#;
    check(&Input::new("in.jsonl", json), &["17 1433193132000 buy item:3 on:true"]);
}

#[test]
fn one_column_may_fill_several_fields() {
    let input = Input::new("in.csv", ROWS).map("visitor=v,time=t,name=n,prop.kind=n,user=v");
    check(&input, &["17 1433193132535 view user=17 kind:view", "4 1433193132536 buy user=4 kind:buy"]);
}

fn field(map: &str, cell: &str, expected: &str) {
    let text = format!("v,t,n,x\n17,1433193132535,view,\"{cell}\"\n");
    let input = Input::new("in.csv", text).map(&format!("{MAP},{map}"));
    check(&input, &[&format!("17 1433193132535 view{expected}")]);
}

#[test]
fn fields() {
    field("url=x", "https://Shop.example/a?utm_source=news&id=7", " host=shop.example path=/a source=news");
    field("url=x,path=n", "https://shop.example/a", " host=shop.example path=/view");
    field("path=x", "/a?token=7#top", " path=/a");
    field("path=x", "https://shop.example/a?token=7", " path=/a");
    field("referrer=x", "https://search.example/find?q=private", " referrer=search.example/find");
    field("country=x", "DE", " country=DE");
    field("value=x", "19.9051", " value=1991");
    field("value_minor=x", "1990", " value=1990");
    field("value=x", "NaN", "");
    field("key=x", "null", "");
    field("key=x", "8693.0", " key=8693");
    field("key=x", "00123", " key=00123");
    field("key=x", "1e3", " key=1e3");
    field("key=x", "undefined", "");
    field("key=x", "(not set)", "");
    field("event_id=x", "e-1", " event_id=e-1");
    field("tag=x", "internal", " tag=internal");
    field("prop.a=x", "ann@example.com", " a:[email]");
    field("prop.a=x", "", "");
}

#[test]
fn values_take_the_decimals_of_their_currency() {
    let text = "v,t,n,x,c\n1,1433193132,buy,5,JPY\n1,1433193132,buy,5,kwd\n1,1433193132,buy,5,\n";
    let map = "visitor=v,time=t,name=n,value=x,currency=c";
    let shown = |value, currency| format!("1 1433193132000 buy currency={currency} value={value}");
    let expected = [shown(5, "JPY"), shown(5000, "KWD"), shown(500, "EUR")];
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check(&Input::new("in.csv", text).map(map).with(|input| input.currency = Some("EUR")), &expected);
}

#[test]
fn times_say_how_they_were_read() {
    let zoned = |cell: &str| {
        let text = format!("v,t,n\n17,{cell},view\n");
        Input::new("in.csv", text).map(MAP).with(|input| input.zone = "Europe/Berlin")
    };
    let report = check(&zoned("2015-06-01 17:52:12.535"), &["17 1433173932535 view"]);
    assert_eq!(
        report.times.to_string(),
        "times read as dates and times; those without a zone as Europe/Berlin"
    );
    let report = check(&zoned("1433173932535"), &["17 1433173932535 view"]);
    assert_eq!(report.times.to_string(), "times read as milliseconds since 1970");
    let given = zoned("1433173932535").with(|input| input.unit = Some(TimeUnit::Ms));
    assert_eq!(
        check(&given, &["17 1433173932535 view"]).times.to_string(),
        "times read as milliseconds since 1970, as given"
    );
}

#[test]
fn the_report_counts_names_and_what_was_changed() {
    let text = "v,t,n,x,p\n1,1433193132,a,1.2345,me@example.com\n2,1433193139,b,1,\n3,1433193130,a,1,\n";
    let input = Input::new("in.csv", text).map("visitor=v,time=t,name=n,value=x,prop.p=p");
    let counts = input.import().unwrap().0.counts;
    assert_eq!((counts.redacted, counts.notices.get("rounded").unwrap().count), (1, 1));
    assert_eq!(counts.span, Some((1_433_193_130_000, 1_433_193_139_000)));
    assert_eq!(counts.names.into_iter().collect::<Vec<_>>(), [("a".to_owned(), 2), ("b".to_owned(), 1)]);
}

#[test]
fn the_fingerprint_is_that_of_the_bytes() {
    let print = |bytes: &[u8]| {
        let input = Input::new("in.csv", bytes);
        waymark_collect::import::Source::open(&input.path, None).unwrap().fingerprint().unwrap()
    };
    assert_eq!(print(b"a"), print(b"a"));
    assert_ne!(print(b"a"), print(b"b"));
    assert_eq!(print(b"a").len(), 32);
}

#[test]
fn a_real_shop_s_events() {
    let path = test_data().join("retailrocket_sample_5000v.csv");
    let Ok(bytes) = fs::read(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let map = "visitor=visitorid,time=timestamp,name=event,key=transactionid,prop.item=itemid";
    let input = Input::new("in.csv", bytes).map(map);
    let (report, events) = input.import().unwrap();
    let counts = &report.counts;
    assert_eq!((counts.rows, counts.imported, counts.rejected), (9_385, 9_385, 0));
    assert_eq!(report.times.form, TimeForm::Since1970(TimeUnit::Ms));
    assert_eq!(report.unused, ["datetime"]);
    assert_eq!(
        (counts.names["view"], counts.names["addtocart"], counts.names["transaction"]),
        (9_076, 263, 46)
    );
    let distinct = |mut numbers: Vec<u64>| {
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    };
    assert_eq!(distinct(events.iter().map(|event| event.visitor).collect()), 5_000);
    assert_eq!(distinct(events.iter().filter_map(|event| event.key).collect()), 40);
    assert!(events.iter().all(|event| event.prop("item").is_some()));
}
