//! Events and numbers as files: written while they are sent, and given up when nobody takes them any more.

use std::{
    io::{self, BufWriter, Write},
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Path, Query, State, rejection::QueryRejection},
    response::Response,
};
use futures_util::{Stream, stream};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Deserialize;
use tokio::{runtime::Handle, sync::mpsc};
use utoipa::{IntoParams, ToSchema};
use waymark_analysis::{Over, Query as Question, Range, answer, questions::overview::OverviewQuery};

use super::{
    error::{ApiError, Code},
    guard::{self, Access, Need},
    report, work,
};
use crate::{
    export::{ExportError, Format, Rows, write},
    serve::{App, Job, peer::caller_of},
};

/// Bytes that are sent at a time, …
const CHUNK: usize = 64 << 10;
/// … and chunks that wait for a slow reader.
const BEHIND: usize = 4;
/// Says how many parts of the data folder are damaged, so that the file may lack events.
const DAMAGED: HeaderName = HeaderName::from_static("x-waymark-damaged");
/// Longest wait for somebody who reads nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to write.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// `events`, each of them; or the `report`: the goals with their numbers.
    #[param(inline)]
    what: What,
    /// Events as `csv`, `ndjson` or `parquet`; the report as `csv` or `json`.
    #[param(inline)]
    format: Form,
    /// A date in the site's zone, or an RFC 3339 moment; the first event unless given.
    from: Option<String>,
    /// A date, which is included, or a moment, which is not; the end unless given.
    to: Option<String>,
}

/// What is written.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum What {
    Events,
    Report,
}

/// In which form.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Form {
    Csv,
    Ndjson,
    Parquet,
    Json,
}

/// Download events, or a report
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/export",
    tag = "numbers",
    operation_id = "export",
    params(("site" = String, Path, description = "The site's name"), Wanted),
    responses((status = 200, description = "The file; the header `x-waymark-damaged` says how many parts of the data folder are damaged, so that events may be missing", content_type = "application/octet-stream", body = Vec<u8>), ApiError)
)]
pub(super) async fn export(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(site): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let Query(wanted) = wanted?;
    let range = Range { from: wanted.from, to: wanted.to, last_days: None };
    let over = Over { range: Some(range), ..Over::default() };
    let ip = caller_of(&app.settings, peer.ip(), &headers).ip;
    match (wanted.what, wanted.format) {
        (What::Events, Form::Csv) => events(app, access, ip, over, Format::Csv).await,
        (What::Events, Form::Ndjson) => events(app, access, ip, over, Format::Ndjson).await,
        (What::Events, Form::Parquet) => events(app, access, ip, over, Format::Parquet).await,
        (What::Report, Form::Csv) => report(&app, &access, over, false).await,
        (What::Report, Form::Json) => report(&app, &access, over, true).await,
        _ => Err(ApiError::new(Code::BadParameter, "this is not written in that form")
            .hint("events are written as `csv`, `ndjson` or `parquet`, the report as `csv` or `json`")),
    }
}

async fn report(app: &Arc<App>, access: &Access, over: Over, as_json: bool) -> Result<Response, ApiError> {
    let asked = Question::Overview(OverviewQuery { days: true, over, ..OverviewQuery::default() });
    let found = work::run(app, access, move |source| Ok(answer(&asked, source)?)).await?;
    let site = access.site.id.as_str();
    if as_json {
        let text = serde_json::to_string_pretty(&found).map_err(|error| ApiError::internal(&error))?;
        return Ok(file(Body::from(text), "application/json", &format!("{site}-report.json")));
    }
    let text = report::csv(&found).map_err(|error| ApiError::internal(&error))?;
    Ok(file(Body::from(text), "text/csv; charset=utf-8", &format!("{site}-report.csv")))
}

async fn events(
    app: Arc<App>,
    access: Access,
    ip: IpAddr,
    over: Over,
    format: Format,
) -> Result<Response, ApiError> {
    // They are of single visitors.
    access.needs_small_groups()?;
    let place = app.work.download(&access, ip)?;
    let site = Arc::clone(&access.site);
    let range = {
        let zone = site.definition.zone.clone();
        work::run(&app, &access, move |source| Ok(over.resolve(&zone, source.all(), source.now)?.range))
            .await?
    };
    let damaged = app.store.snapshot(&site.id).damage.len();
    let (sender, receiver) = mpsc::channel(BEHIND);
    let name = site.id.to_string();
    let chunks = chunks(&app, receiver);
    let jobs = Arc::clone(&app.jobs);
    drop(jobs.spawn_blocking(Job::Exports, move || {
        let _place = place;
        let rows = app.store.read(&site.id, |snapshot| Rows::new(&snapshot.parts));
        let to = Sender { channel: sender.clone(), runtime: Handle::current() };
        let output = Box::new(BufWriter::with_capacity(CHUNK, to));
        match rows.map_err(ExportError::from).and_then(|rows| write(rows, range, format, output, &|_| ())) {
            Ok(_) => {
                // Whoever asked may have gone.
                let _ = sender.blocking_send(END);
                Ok(())
            }
            // Whoever asked has gone, or reads nothing.
            Err(ExportError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(error),
        }
    }));
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Ndjson => ("application/x-ndjson", "ndjson"),
        Format::Parquet => ("application/vnd.apache.parquet", "parquet"),
    };
    let mut response = file(Body::from_stream(chunks), kind, &format!("{name}-events.{ending}"));
    if damaged > 0 {
        response.headers_mut().insert(DAMAGED, damaged.into());
    }
    Ok(response)
}

/// What stands at the end of a file that is whole.
const END: Bytes = Bytes::new();

/// The chunks of a file. Without its end, and when the server ends, they break off, so that nobody takes the file for whole.
fn chunks(app: &App, receiver: mpsc::Receiver<Bytes>) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    let mut ending = app.ending.subscribe();
    let over = Box::pin(async move { drop(ending.wait_for(|ending| *ending).await) });
    stream::unfold(Some((receiver, over)), async |state| {
        let (mut receiver, mut over) = state?;
        let chunk = tokio::select! {
            () = &mut over => None,
            chunk = receiver.recv() => chunk,
        };
        match chunk {
            Some(end) if end.is_empty() => None,
            Some(chunk) => Some((Ok(chunk), Some((receiver, over)))),
            None => Some((Err(io::Error::other("the export broke off")), None)),
        }
    })
}

/// An answer that is saved under a name.
fn file(body: Body, kind: &'static str, name: &str) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// Bytes to whoever reads the answer. Who reads nothing for too long is taken for gone, and leaves the place to others.
struct Sender {
    channel: mpsc::Sender<Bytes>,
    runtime: Handle,
}

impl Write for Sender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let send = self.channel.send_timeout(Bytes::copy_from_slice(bytes), PATIENCE);
        let sent = self.runtime.block_on(send);
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
