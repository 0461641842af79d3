//! Files that are refused: each with one error that says what is wrong, and nothing imported.

use std::fs;

use waymark_collect::import::{ColumnMap, Format};
use waymark_model::normal::TimeUnit;

use super::{Input, MAP, gzip, zstd};

const HEADER: &str = "v,t,n\n";
const GOOD: &str = "17,1433193132535,view\n";

/// The error and its hint hold the text expected.
fn refused(input: &Input, expected: &str) {
    let error = match input.import() {
        Ok((report, _)) => panic!("imported, but expected: {expected}\n{report:?}"),
        Err(error) => error,
    };
    let text = format!("{error}\nhint: {}", error.hint().unwrap_or_default());
    assert!(text.contains(expected), "{text}\nlacks: {expected}");
    assert_eq!(error.to_string().lines().count(), 1, "{text}");
}

fn csv(text: &str) -> Input {
    Input::new("in.csv", text).map(MAP)
}

#[test]
fn files_that_cannot_be_read() {
    let input = csv(HEADER);
    refused(&csv(HEADER).with(|input| input.path.push("../none.csv")), "cannot be read");
    refused(&csv(HEADER).with(|input| input.path.set_file_name("none.csv")), "there is no file");
    refused(&csv(HEADER).with(|input| input.path = input.folder.path().to_owned()), "is a folder");
    refused(&csv(""), "is empty");
    refused(&csv("\n \n"), "is empty");
    refused(&csv("\u{feff}"), "is empty");
    refused(&csv(HEADER), "only a header");
    refused(&csv("v,t,n\n\n\n"), "only a header");
    refused(&Input::new("in", gzip(b"")).map(MAP), "is empty");
    drop(input);
}

#[cfg(unix)]
#[test]
fn files_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let input = csv(&format!("{HEADER}{GOOD}"));
    fs::set_permissions(&input.path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&input.path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    refused(&input, "cannot be read: Permission denied");
}

#[test]
fn files_of_other_kinds() {
    let of = |bytes: &[u8]| Input::new("in.csv", bytes).map(MAP);
    let utf16: Vec<u8> =
        HEADER.encode_utf16().chain(GOOD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    refused(&of(&utf16), "UTF-16");
    refused(&of(&[b"\xFF\xFE", utf16.as_slice()].concat()), "iconv -f UTF-16");
    refused(&of(b"PK\x03\x04rest"), "a spreadsheet");
    refused(&of(b"BZh91AY"), "bzip2");
    refused(&of(b"\xFD7zXZ\0\0"), "xz");
    refused(&of(b"[{\"v\":1}]"), "jq -c '.[]'");
    refused(&of(b"PAR1garbage"), "cannot be read as Parquet");
    refused(&of(b"PAR1garbagePAR1"), "cannot be read as Parquet");
    refused(&of(&gzip(b"PAR1garbage")), "a packed Parquet file");
    refused(&Input::new("in.parquet", "v,t,n\n1,2,3\n").map(MAP), "does not begin with `PAR1`");
    refused(&of(b"PAR1").with(|input| input.format = Some(Format::Csv)), "holds Parquet");
    refused(&of(b"v,t,n\n").with(|input| input.format = Some(Format::Parquet)), "does not begin with `PAR1`");
    refused(&of(b"{\"v\":1}").with(|input| input.format = Some(Format::Csv)), "--format ndjson");
}

#[test]
fn packed_files_that_are_damaged() {
    let text = format!("{HEADER}{}", GOOD.repeat(5000));
    for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        for cut in [9, packed.len() / 2, packed.len() - 1] {
            let input = Input::new("in.csv", &packed[..cut]).map(MAP);
            refused(&input, "ends in the middle");
        }
    }
    let mut packed = gzip(text.as_bytes());
    let middle = packed.len() / 2;
    packed[middle..].fill(0xAA);
    refused(&Input::new("in.csv.gz", &packed).map(MAP), "");
}

#[test]
fn columns_and_maps() {
    let file = format!("{HEADER}{GOOD}");
    let mapped =
        |map: &str| Input::new("in.csv", "visitorid,timestamp,event\n17,1433193132535,view\n").map(map);
    refused(&mapped("visitor=visitor,time=timestamp,name=event"), "did you mean `visitorid`?");
    refused(&mapped("visitor=visitorid,time=timestamp,name=zzz"), "columns are: visitorid, timestamp, event");
    refused(&mapped("visitor=visitorid,time=timestamp"), "no column says the `name`");
    refused(&mapped(""), "--map visitor=visitorid,…");
    refused(&mapped("vistor=visitorid"), "did you mean `visitor`?");
    refused(&mapped("zzz=visitorid"), "the fields are: visitor, time");
    refused(&mapped("visitor"), "not a pair");
    refused(&mapped("visitor=visitorid,visitor=event"), "fills `visitor` twice");
    refused(&mapped("value=event,value_minor=event"), "major units");
    refused(&mapped(&format!("prop.{}=event", "k".repeat(65))), "longer than 64 bytes");
    refused(&csv("v,t,n,v\n17,1433193132535,view,3\n"), "more than one column `v`");
    refused(&csv(&format!("\"v\n{}", &file[2..])), "is not a header");
    refused(&csv(&"x".repeat(10 << 20)), "is not a header: it is longer than 1048576 bytes");
    refused(&csv("v,\0t,n\n1,2,3\n"), "is not a header: it has a NUL");
    refused(&csv(&file).with(|input| input.currency = Some("euro")), "the currency `euro`");
    let json = |text: &str, map: &str| Input::new("in.ndjson", text).map(map);
    let line = r#"{"v":17,"t":1433193132535,"n":"view","amount":3}"#;
    refused(&json(line, "visitor=vid,time=t,name=n"), "no column `vid`");
    refused(&json(line, "visitor=v,time=t,name=n,value=amont"), "did you mean `amount`?");
    refused(&json(line, ""), "no column says the `visitor`");
    let many: Vec<String> = (0..51).map(|number| format!("prop.p{number}=n")).collect();
    assert!(ColumnMap::parse(&many.join(",")).is_err());
}

#[test]
fn times_that_cannot_be_what_they_are_said_to_be() {
    let file = format!("{HEADER}{GOOD}");
    let wrong = csv(&file).with(|input| input.unit = Some(TimeUnit::S));
    refused(&wrong, "read as seconds since 1970, the time `1433193132535` in line 2");
    refused(&wrong, "give `--time-unit ms`");
    refused(&csv(&format!("{file}18,1433193132,view\n")), "times are mixed");
    let late = format!("{HEADER}{}18,2015-06-01 10:00:00,view\n", GOOD.repeat(3000));
    refused(&csv(&late), "in line 3002 as dates and times");
    refused(&csv("v,t,n\n1,soon,view\n"), "`soon` in line 2");
    refused(&csv("v,t,n\n1433193132535,17,view\n"), "right column");
}

#[test]
fn rows_of_which_most_cannot_be_read() {
    let nul = csv("v,t,n\n1,1433193132535,vi\0ew\n");
    refused(&nul, "1 of 1 rows cannot be read, so nothing was imported; the first, in line 2, has a NUL");
    assert!(nul.rejects().unwrap().contains("2,nul,"), "{:?}", nul.rejects());
    let long = csv(&format!("{HEADER}1,1433193132535,{}", "x".repeat(10 << 20)));
    refused(&long, "longer than 1048576 bytes");
    assert!(long.rejects().unwrap().len() < 1200);
    refused(&csv("v,t,n\n,1433193132535,view\n"), "in line 2, has no visitor");
    refused(&csv("v,t,n\n1,,view\n1,,view\n"), "2 of 2 rows");
    refused(&csv(&format!("{HEADER}{}", ",1433193132535,x\n".repeat(30_000))), "10000 of 10000 rows");
    refused(&Input::new("in.ndjson", "{\"v\":17}\nnonsense\n{}\n").map("visitor=v,time=v,name=v"), "");
}

#[test]
fn text_in_another_encoding() {
    let latin = |good: usize, bad: usize| {
        let mut bytes = HEADER.as_bytes().to_vec();
        bytes.extend(GOOD.repeat(good).bytes());
        (0..bad).for_each(|_| bytes.extend(b"17,1433193132535,caf\xE9\n"));
        Input::new("in.csv", bytes).map(MAP)
    };
    refused(&latin(0, 3), "is not written in UTF-8: 3 rows are not, the first in line 2");
    refused(&latin(1000, 10), "iconv -f LATIN1");
    refused(&Input::new("in.csv", b"v,t,n,Gr\xF6\xDFe\n").map(MAP), "is not written in UTF-8");
    assert_eq!(latin(1000, 9).import().unwrap().0.counts.rejected, 9);
}
