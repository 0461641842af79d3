//! Random events, written in each format, come back as they were.

use std::{fs::File, sync::Arc};

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use waymark_model::{Event, Identity, TextColumn};

use super::{Input, gzip, zstd};

/// What a row says.
#[derive(Clone, Debug)]
struct Row {
    visitor: u32,
    time: i64,
    name: String,
    path: String,
    user: String,
    key: Option<u16>,
    value: Option<i32>,
    plan: String,
}

const COLUMNS: [&str; 8] = ["visitor", "time", "name", "path", "user", "key", "value", "prop.plan"];

fn row() -> impl Strategy<Value = Row> {
    let text = "[a-zé0-9,;\"'\n\t| €=-]{0,10}";
    let fields = (
        1..u32::MAX,
        631_152_000_000..4_133_980_800_000_i64,
        "[a-z$,\"é]{0,6}[a-z]",
        "/[a-zé/,-]{0,6}",
        "u[0-9a-z,\"é]{0,5}",
        prop::option::of(1..u16::MAX),
        any::<Option<i32>>(),
        text,
    );
    fields.prop_map(|(visitor, time, name, path, user, key, value, plan)| {
        // Blanks around a text do not count.
        let (name, plan) = (name.trim().to_owned(), plan.trim().to_owned());
        Row { visitor, time, name, path, user, key, value, plan }
    })
}

fn minor(value: i32) -> String {
    format!(
        "{}{}.{:02}",
        if value < 0 { "-" } else { "" },
        value.unsigned_abs() / 100,
        value.unsigned_abs() % 100
    )
}

impl Row {
    fn cell(&self, column: &str) -> String {
        match column {
            "visitor" => self.visitor.to_string(),
            "time" => self.time.to_string(),
            "name" => self.name.clone(),
            "path" => self.path.clone(),
            "user" => self.user.clone(),
            "key" => self.key.map_or(String::new(), |key| key.to_string()),
            "value" => self.value.map_or(String::new(), minor),
            _ => self.plan.clone(),
        }
    }

    /// The cell as exports of CSV write it, so that no spreadsheet takes it for a formula.
    fn csv_cell(&self, column: &str) -> String {
        let cell = self.cell(column);
        let is_formula = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']);
        if column == "prop.plan" && is_formula { format!("'{cell}") } else { cell }
    }

    fn event(&self, input: &Input) -> Event {
        let mut event = Event::new(input.names.number(&self.visitor.to_string()), self.time, &self.name);
        event.set_text(TextColumn::Path, &self.path);
        event.user = Some(input.names.number(&self.user));
        event.key = self.key.map(|key| input.names.number(&key.to_string()));
        event.value = self.value.map(i64::from);
        event.identity = Identity::Imported;
        if !self.plan.is_empty() {
            event.props.push(("plan".to_owned(), self.plan.clone()));
        }
        event
    }
}

fn csv(rows: &[Row], columns: &[&str], delimiter: u8, quotes: csv::QuoteStyle) -> Vec<u8> {
    let mut file = csv::WriterBuilder::new().delimiter(delimiter).quote_style(quotes).from_writer(Vec::new());
    file.write_record(columns).unwrap();
    rows.iter().for_each(|row| file.write_record(columns.iter().map(|column| row.csv_cell(column))).unwrap());
    file.into_inner().unwrap()
}

fn ndjson(rows: &[Row], columns: &[&str]) -> Vec<u8> {
    let line = |row: &Row| {
        let mut object = serde_json::Map::new();
        for column in columns {
            let value = match *column {
                "visitor" => row.visitor.into(),
                "time" => row.time.into(),
                "key" => row.key.into(),
                "prop.plan" => {
                    object.insert("props".to_owned(), serde_json::json!({ "plan": row.plan }));
                    continue;
                }
                _ => row.cell(column).into(),
            };
            object.insert((*column).to_owned(), value);
        }
        serde_json::Value::Object(object).to_string() + "\n"
    };
    rows.iter().map(line).collect::<String>().into_bytes()
}

fn parquet(input: &Input, rows: &[Row], columns: &[&str], typed: bool) {
    let array = |column: &str| -> ArrayRef {
        match column {
            "visitor" if typed => {
                Arc::new(rows.iter().map(|row| Some(i64::from(row.visitor))).collect::<Int64Array>())
            }
            "time" if typed => {
                let times = rows.iter().map(|row| row.time).collect::<Vec<_>>();
                Arc::new(TimestampMillisecondArray::from(times).with_timezone("UTC"))
            }
            "key" if typed => Arc::new(rows.iter().map(|row| row.key.map(i64::from)).collect::<Int64Array>()),
            "value" if typed => Arc::new(
                rows.iter()
                    .map(|row| row.value.map(|value| f64::from(value) / 100.0))
                    .collect::<Float64Array>(),
            ),
            _ => Arc::new(rows.iter().map(|row| Some(row.cell(column))).collect::<StringArray>()),
        }
    };
    let batch = RecordBatch::try_from_iter(columns.iter().map(|column| (*column, array(column)))).unwrap();
    let mut file = ArrowWriter::try_new(File::create(&input.path).unwrap(), batch.schema(), None).unwrap();
    file.write(&batch).unwrap();
    file.close().unwrap();
}

fn check(input: &Input, rows: &[Row]) {
    let (report, events) = input.import().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.counts.rejected, 0, "{:?}", report.counts);
    assert_eq!(events, rows.iter().map(|row| row.event(input)).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_format_gives_the_events_back(
        rows in prop::collection::vec(row(), 1..12),
        columns in Just(COLUMNS.to_vec()).prop_shuffle(),
        delimiter in prop::sample::select(b",;|".to_vec()),
        always in any::<bool>(),
        typed in any::<bool>(),
    ) {
        let quotes = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let text = csv(&rows, &columns, delimiter, quotes);
        let json = ndjson(&rows, &columns);
        for bytes in [&text, &gzip(&text), &zstd(&text), &json, &gzip(&json)] {
            check(&Input::new("events", bytes), &rows);
        }
        let input = Input::new("events", "");
        parquet(&input, &rows, &columns, typed);
        check(&input, &rows);
    }

    #[test]
    fn damaged_parquet_is_refused_or_read(
        rows in prop::collection::vec(row(), 1..12),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u32,
        cut in any::<bool>(),
    ) {
        let input = Input::new("events.parquet", "");
        parquet(&input, &rows, &COLUMNS, true);
        let mut bytes = std::fs::read(&input.path).unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
        std::fs::write(&input.path, &bytes).unwrap();
        let outcome = input.import();
        prop_assert!(!cut || outcome.is_err(), "{outcome:?}");
    }

    #[test]
    fn no_bytes_make_an_import_panic(bytes in prop::collection::vec(
        prop::sample::select(b"v,t\"\n\r{}:n17\x00\xE9\xC3\xA9 ".to_vec()), 0..200,
    )) {
        for head in [&b""[..], b"v,t,n\n", b"v,t,n\n1,1433193132535,a\n", b"{\"v\":1}\n"] {
            // Whatever comes of it: the sums are checked on the way.
            let _ = Input::new("events", [head, &bytes].concat()).map("visitor=v,time=t,name=n").import();
        }
    }
}
