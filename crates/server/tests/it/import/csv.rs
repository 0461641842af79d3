//! Dialects of CSV: what is read as the standard says, and what is told instead of guessed.

use super::{Input, MAP, check};

#[test]
fn tab_separated_files_have_no_quoting() {
    let text = "v\tt\tn\tp\n17\t1433193132535\tview\t5\" disk\n4\t1433193132536\tbuy\t\"a\n5\t1433193132537\tbuy\tb\"\n";
    let input = Input::new("in.tsv", text).map("visitor=v,time=t,name=n,prop.p=p");
    let expected =
        ["17 1433193132535 view p:5\" disk", "4 1433193132536 buy p:\"a", "5 1433193132537 buy p:b\""];
    let report = check(&input, &expected);
    assert_eq!(report.counts.notices.get("quotes_kept"), None);
    // Quotes around a value are kept too, and said.
    let text = "v\tt\tn\n17\t1433193132535\tview\n4\t1433193132536\t\"buy\"\n";
    let report =
        check(&Input::new("in.tsv", text).map(MAP), &["17 1433193132535 view", "4 1433193132536 \"buy\""]);
    let notice = report.counts.notices.get("quotes_kept").unwrap();
    assert_eq!((notice.count, notice.line), (1, 3));
}

#[test]
fn the_first_line_may_tell_the_separator() {
    for (separator, text) in [
        (';', "sep=;\n"),
        (';', "\u{feff}sep=;\r\n"),
        (',', "SEP=,\n"),
        (';', "\"sep=;\"\n"),
        ('#', "sep=#\n"),
    ] {
        let rows = "v,t,n,x\n17,1433193132535,view,a|b|c|d\n".replace(',', &separator.to_string());
        let input = Input::new("in.csv", format!("{text}{rows}")).map("visitor=v,time=t,name=n,prop.p=x");
        let report = check(&input, &["17 1433193132535 view p:a|b|c|d"]);
        assert_eq!(report.delimiter, Some(separator), "{text:?}");
    }
    let input = Input::new("in.csv", "sep=;\nv;t;n\n17;soon;view\n17;1433193132535;view\n").map(MAP);
    assert_eq!(input.import().unwrap().0.counts.reasons["bad_time"].line, 3);
}

#[test]
fn quotes_that_were_escaped_otherwise_cost_their_own_rows_only() {
    let good = "17,1433193132535,view,x\n";
    let map = "visitor=v,time=t,name=n,prop.p=p";
    for row in [r#"4,1433193132536,buy,"{\"a\":1,\"b\":2}""#, r#"4,1433193132536,buy,"say \"hi\"""#] {
        let text = format!("v,t,n,p\n{good}{row}\n{good}{good}");
        let counts = Input::new("in.csv", text).map(map).import().unwrap().0.counts;
        assert_eq!((counts.imported, counts.rejected), (3, 1), "{row}: {counts:?}");
        assert_eq!(counts.reasons["text_after_quote"].line, 3);
    }
}

#[test]
fn a_field_that_may_have_swallowed_rows_is_said() {
    let map = "visitor=v,time=t,name=n,prop.p=p";
    let text = "v,t,n,p\n17,1433193132535,view,x\n17,1433193132536,view,\"open\n4,1433193132537,buy,x\n5,1433193132538,buy,y\"\n";
    let counts = Input::new("in.csv", text).map(map).import().unwrap().0.counts;
    let notice = counts.notices.get("field_over_lines").unwrap();
    assert_eq!((counts.imported, notice.count, notice.line), (2, 1, 3), "{counts:?}");
    // A text of several lines without separators is nothing special, whatever its line ends.
    let text = "v,t,n,p\n17,1433193132535,view,\"a\r\nb\"\r\n";
    let input = Input::new("in.csv", text).map(map);
    let report = check(&input, &["17 1433193132535 view p:a\r\nb"]);
    assert_eq!(report.counts.notices.get("field_over_lines"), None);
}

#[test]
fn blanks_before_a_quote_do_not_make_it_data() {
    let text = "v, t, n\n17, 1433193132535, \"a, b\" \n";
    check(&Input::new("in.csv", text).map(MAP), &["17 1433193132535 a, b"]);
}

#[test]
fn guards_against_formulas_are_taken_off() {
    let text = "v,t,n,p\n17,1433193132535,view,'=1+1\n17,1433193132536,view,''-5\n17,1433193132537,view,'x\n17,1433193132538,view,-5\n";
    let input = Input::new("in.csv", text).map("visitor=v,time=t,name=n,prop.p=p");
    let expected = ["=1+1", "'-5", "'x", "-5"];
    let expected: Vec<String> =
        (535..).zip(expected).map(|(ms, p)| format!("17 1433193132{ms} view p:{p}")).collect();
    check(&input, &expected.iter().map(String::as_str).collect::<Vec<_>>());
}
