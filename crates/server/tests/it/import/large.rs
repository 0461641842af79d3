//! Files larger than a batch, and sinks that refuse.

use waymark_collect::import::{ColumnMap, ImportError, ImportRequest, RunError, Source, Taken, run};
use waymark_model::{Event, Zone};

use super::{Input, MAP, Names};

const ROWS: u64 = 20_000;

fn file() -> Input {
    let rows: String =
        (0..ROWS).map(|row| format!("v{},{},view\n", row % 7, 1_433_193_132_535 + row)).collect();
    Input::new("in.csv", format!("v,t,n\n{rows}")).map(MAP)
}

fn request<'a>(
    source: &'a Source,
    map: &'a ColumnMap,
    zone: &'a Zone,
    names: &'a Names,
) -> ImportRequest<'a> {
    ImportRequest {
        source,
        map,
        time_unit: None,
        zone,
        decimal: None,
        query_params: &[],
        currency: None,
        pseudonyms: names,
    }
}

#[test]
fn events_keep_the_order_of_the_file() {
    let (report, events) = file().import().unwrap();
    assert_eq!(report.counts.rows, ROWS);
    assert!(events.windows(2).all(|pair| pair[0].time + 1 == pair[1].time));
}

#[test]
fn progress_goes_up_to_the_end() {
    let (input, map, zone) = (file(), ColumnMap::parse(MAP).unwrap(), Zone::utc());
    let source = Source::open(&input.path, None).unwrap();
    let mut seen = Vec::new();
    let sink = |_: &Event| Ok::<_, ()>(Taken::New);
    run(request(&source, &map, &zone, &input.names), sink, |progress| seen.push(progress)).unwrap();
    assert!(seen.windows(2).all(|pair| pair[0].rows <= pair[1].rows && pair[0].bytes <= pair[1].bytes));
    let last = seen.last().unwrap();
    assert_eq!((last.rows, last.bytes, last.total), (ROWS, source.length(), source.length()));
}

#[test]
fn a_sink_that_refuses_ends_the_import() {
    let (input, map, zone) = (file(), ColumnMap::parse(MAP).unwrap(), Zone::utc());
    let source = Source::open(&input.path, None).unwrap();
    let mut taken = 0;
    let sink = |_: &Event| {
        taken += 1;
        if taken > 1500 { Err("full") } else { Ok(Taken::New) }
    };
    let error = run(request(&source, &map, &zone, &input.names), sink, |_| ()).unwrap_err();
    assert!(matches!(error, RunError::Sink("full")), "{error:?}");
    assert_eq!(taken, 1501);
}

#[test]
fn a_file_that_changes_meanwhile_is_refused() {
    let (input, map, zone) = (file(), ColumnMap::parse(MAP).unwrap(), Zone::utc());
    let source = Source::open(&input.path, None).unwrap();
    std::fs::write(&input.path, "v,t,n\n1,1433193132535,view\n").unwrap();
    let sink = |_: &Event| Ok::<_, ()>(Taken::New);
    let error = run(request(&source, &map, &zone, &input.names), sink, |_| ()).unwrap_err();
    assert!(matches!(error, RunError::Import(ImportError::Changed { .. })), "{error:?}");
}
