//! Single rows that cannot be read: each is written down with its line and reason, and the rest is imported.

use std::fs;

use waymark_collect::import::RejectsFile;
use waymark_model::normal::TimeUnit;

use super::{Input, MAP};

/// A file of good rows with one other in the middle, in line 4; the reason's code and part of its text.
fn check(row: &[u8], code: &str, reason: &str) {
    let good = b"17,1433193132535,view,1,a\n";
    let map = "visitor=v,time=t,name=n,value=x,prop.p=p";
    let file = [b"v,t,n,x,p\n", good.as_slice(), good, row, b"\n", good, good].concat();
    let input = Input::new("in.csv", file).map(map);
    let (report, _) = input.import().unwrap_or_else(|error| panic!("{error}"));
    let counts = &report.counts;
    assert_eq!((counts.imported, counts.rejected), (4, 1), "{counts:?}");
    let found = &counts.reasons[code];
    assert_eq!((found.rows, found.line), (1, 4), "{counts:?}");
    assert!(found.reason.contains(reason), "{}", found.reason);
    let rejects = input.rejects().unwrap();
    assert!(rejects.starts_with("line,code,reason,row\n4,"), "{rejects}");
    assert!(rejects.len() < 1500 && !rejects.contains('\0'), "{}", rejects.len());
    assert_eq!(report.rejects, RejectsFile::Written(input.folder.path().join("in.csv.rejects.csv")));
}

#[test]
fn rows() {
    check(b"17,1433193132535,caf\xE9,1,a", "not_utf8", "byte 0xE9 at position 21");
    check(b"17,1433193132535,\xC3,\xA9,a", "not_utf8", "byte 0xC3");
    check(b"17,1433193132535,vi\0ew,1,a", "nul", "NUL");
    check(b"17,1433193132535,view,1,a,b", "field_count", "6 fields where the header has 5");
    check(b"17,1433193132535,view", "field_count", "3 fields");
    check(b",1433193132535,view,1,a", "missing_field", "no visitor");
    check(b"NULL,1433193132535,view,1,a", "missing_field", "no visitor");
    check(b"17,,view,1,a", "missing_field", "no time");
    check(b"17,1433193132535, ,1,a", "missing_field", "no name");
    check(b"17,soon,view,1,a", "bad_time", "`soon`");
    check(b"17,0,view,1,a", "far_time", "outside the years");
    check(b"17,1433193132535,view,1;5,a", "bad_value", "`1;5`");
    check(b"17,1433193132535,view,99999999999999999999,a", "bad_value", "more money than can be counted");
    check(&[[b'x'; 2000].as_slice(), b",1433193132535,view,1,a"].concat(), "long_text", "visitor");
    check(b"undefined,1433193132535,view,1,a", "missing_field", "`undefined` stands for none");
    check(b"17,1433193132535,view,1,\"{\\\"a\\\":1}\"", "text_after_quote", "escaped by backslashes");
    check(b"17,1433193132535,\"view\"s,1,a", "text_after_quote", "text after a closing quote");
    check(&[b"17,1433193132535,view,1,", vec![b'x'; 10 << 20].as_slice()].concat(), "too_long", "1048576");
    check(b"=cmd(),soon,view,1,a", "bad_time", "soon");
}

#[test]
fn a_quote_without_end_costs_its_own_line_only() {
    let good = "17,1433193132535,view\n";
    for (before, after) in [(3, 5), (3, 100_000), (3, 0)] {
        let text = format!("v,t,n\n{}4,1433193132535,\"buy\n{}", good.repeat(before), good.repeat(after));
        let input = Input::new("in.csv", text).map(MAP);
        let counts = input.import().unwrap().0.counts;
        assert_eq!((counts.imported, counts.rejected), ((before + after) as u64, 1), "{counts:?}");
        assert_eq!(counts.reasons["unclosed_quote"].line, 5);
    }
}

#[test]
fn json_rows() {
    let good = r#"{"v":17,"t":1433193132535,"n":"view"}"#;
    for (row, code) in [
        ("nonsense".to_owned(), "not_json"),
        ("[1]".to_owned(), "not_json"),
        (format!("{good} {good}"), "not_json"),
        (good.replace("view", "vi\\u0000ew"), "nul"),
        (good.replace("17", "null"), "missing_field"),
        ("x".repeat(2 << 20), "too_long"),
    ] {
        let input = Input::new("in.ndjson", format!("{good}\n{good}\n{row}\n{good}\n\n")).map(MAP);
        let counts = input.import().unwrap_or_else(|error| panic!("{error}")).0.counts;
        assert_eq!((counts.imported, counts.rejected, counts.blank), (3, 1, 1), "{counts:?}");
        assert_eq!(counts.reasons[code].line, 3);
    }
}

#[test]
fn what_does_not_fit_is_cut_or_left_out_and_said() {
    let long = "x".repeat(1025);
    let many: Vec<String> = (0..51).map(|number| format!("\"p{number}\":1")).collect();
    for (name, props, code, text) in [
        ("view", format!("\"{}\":1", "k".repeat(65)), "left_out", "kkkk"),
        ("view", many.join(","), "left_out", "p50"),
        ("view", format!("\"k\":\"{long}\""), "repaired", "k"),
        (long.as_str(), String::new(), "repaired", "name"),
    ] {
        let row = format!("{{\"v\":17,\"t\":1433193132535,\"n\":\"{name}\",\"props\":{{{props}}}}}\n");
        let counts = Input::new("in.ndjson", row).map(MAP).import().unwrap().0.counts;
        let notice = counts.notices.get(code).unwrap_or_else(|| panic!("{code}: {counts:?}"));
        assert_eq!((counts.imported, notice.count, notice.line), (1, 1, 1), "{code}");
        assert!(notice.text.starts_with(text), "{notice:?}");
    }
}

#[test]
fn cells_are_no_formulas() {
    let text = "v,t,n\n17,1433193132535,view\n17,1433193132535,view\n@sum(),soon,x\n";
    let input = Input::new("in.csv", text).map(MAP);
    input.import().unwrap();
    assert!(input.rejects().unwrap().contains("\"'@sum(),soon,x\""), "{:?}", input.rejects());
}

#[test]
fn a_given_unit_rejects_what_does_not_fit() {
    let text = "v,t,n\n17,1433193132535,view\n17,1433193132535,view\n17,1433193132,view\n";
    let input = Input::new("in.csv", text).map(MAP).with(|input| input.unit = Some(TimeUnit::Ms));
    assert_eq!(input.import().unwrap().0.counts.reasons["bad_time"].line, 4);
}

#[test]
fn without_a_place_for_rejects_the_rest_is_imported() {
    let text = "v,t,n\n17,1433193132535,view\n17,1433193132535,view\n17,soon,view\n";
    let input = Input::new("in.csv", text).map(MAP);
    fs::create_dir(input.folder.path().join("in.csv.rejects.csv")).unwrap();
    let report = input.import().unwrap().0;
    assert!(matches!(report.rejects, RejectsFile::NotWritten { .. }), "{:?}", report.rejects);
    assert_eq!((report.counts.imported, report.counts.rejected), (2, 1));
}
