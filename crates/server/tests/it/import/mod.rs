//! Import: what files become, which files are refused, and that no format loses anything.

mod accepted;
mod cases;
mod csv;
mod large;
mod nested;
mod refused;
mod rejected;
mod round_trip;

use std::{
    collections::HashMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
};

use tempfile::TempDir;
use waymark_collect::import::{
    ColumnMap, Format, ImportError, ImportReport, ImportRequest, Pseudonyms, RunError, SignOf, Source, Taken,
    run,
};
use waymark_model::{Event, Identity, Tag, TextColumn, Zone, normal::TimeUnit};

/// Pseudonyms that can be undone, so that tests can show identifiers.
#[derive(Default)]
struct Names(Mutex<HashMap<u64, String>>);

impl Names {
    fn number(&self, text: &str) -> u64 {
        // FNV-1a: a few short texts do not meet.
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        self.0.lock().unwrap().insert(hash, text.to_owned());
        hash
    }

    fn name(&self, number: u64) -> String {
        self.0.lock().unwrap()[&number].clone()
    }

    /// An event in one line: visitor, time, name, and what else it has.
    fn show(&self, event: &Event) -> String {
        assert_eq!(event.identity, Identity::Imported);
        let mut parts = vec![self.name(event.visitor), event.time.to_string()];
        parts.push(event.text(TextColumn::Name).to_owned());
        let texts = TextColumn::ALL[1..].iter().filter(|column| !event.text(**column).is_empty());
        parts.extend(texts.map(|column| format!("{}={}", column.as_str(), event.text(*column))));
        parts.extend(event.user.map(|user| format!("user={}", self.name(user))));
        parts.extend(event.key.map(|key| format!("key={}", self.name(key))));
        parts.extend(event.value.map(|value| format!("value={value}")));
        parts.extend(event.event_id.map(|id| format!("event_id={}", self.name(id as u64))));
        parts.extend((event.tag != Tag::None).then(|| format!("tag={}", event.tag.as_str())));
        parts.extend(event.props.iter().map(|(key, value)| format!("{key}:{value}")));
        parts.join(" ")
    }
}

impl Pseudonyms for Names {
    fn visitor(&self, text: &str) -> u64 {
        self.number(text)
    }

    fn user(&self, text: &str) -> u64 {
        self.number(text)
    }

    fn key(&self, text: &str) -> u64 {
        self.number(text)
    }

    fn event_id(&self, text: &str) -> u128 {
        u128::from(self.number(text))
    }
}

/// A file to import, and how.
struct Input {
    folder: TempDir,
    path: PathBuf,
    map: String,
    format: Option<Format>,
    unit: Option<TimeUnit>,
    zone: &'static str,
    currency: Option<&'static str>,
    decimal: Option<SignOf>,
    query_params: Vec<String>,
    names: Names,
}

/// What came of an import.
type Outcome = Result<(ImportReport, Vec<Event>), ImportError>;

/// The map of most tests.
const MAP: &str = "visitor=v,time=t,name=n";

impl Input {
    fn new(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let (map, names) = (String::new(), Names::default());
        Self {
            folder,
            path,
            map,
            format: None,
            unit: None,
            zone: "UTC",
            currency: None,
            decimal: None,
            query_params: Vec::new(),
            names,
        }
    }

    fn map(mut self, map: &str) -> Self {
        map.clone_into(&mut self.map);
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn import(&self) -> Outcome {
        let mut events = Vec::new();
        let map = ColumnMap::parse(&self.map)?;
        let source = Source::open(&self.path, self.format)?;
        let request = ImportRequest {
            source: &source,
            map: &map,
            time_unit: self.unit,
            zone: &Zone::parse(self.zone).unwrap(),
            currency: self.currency,
            decimal: self.decimal,
            query_params: &self.query_params,
            pseudonyms: &self.names,
        };
        let take = |event: &Event| -> Result<Taken, ()> {
            events.push(event.clone());
            Ok(Taken::New)
        };
        match run(request, take, |_| ()) {
            Ok(report) => {
                let counts = &report.counts;
                let events_and_items = counts.imported + counts.duplicates + counts.line_items;
                assert_eq!(counts.rows, events_and_items + counts.rejected + counts.blank, "{counts:?}");
                assert_eq!(counts.imported, events.len() as u64);
                assert_eq!(counts.rejected, counts.reasons.values().map(|reason| reason.rows).sum::<u64>());
                Ok((report, events))
            }
            Err(RunError::Import(error)) => Err(error),
            Err(RunError::Sink(())) => panic!("the sink refuses nothing"),
        }
    }

    /// The rejects file, if there is one.
    fn rejects(&self) -> Option<String> {
        let mut path = self.path.clone().into_os_string();
        path.push(".rejects.csv");
        fs::read_to_string(path).ok()
    }
}

/// Imports and compares the events, one a line.
fn check(input: &Input, expected: &[&str]) -> ImportReport {
    let (report, events) = input.import().unwrap_or_else(|error| panic!("{error}"));
    let shown: Vec<String> = events.iter().map(|event| input.names.show(event)).collect();
    assert_eq!(shown, expected, "{:?}", report.counts);
    report
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn test_data() -> PathBuf {
    std::env::var_os("WAYMARK_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
}
