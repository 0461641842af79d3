//! The page that says whether events of an address arrive. It fetches nothing, runs no script, and tells nobody more than
//! somebody who opened the address would know: no number, no name of an event, nothing of who.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::{Query, State},
    response::Response,
};
use http::{HeaderValue, StatusCode, header};
use waymark_model::time::{DAY, HOUR, MINUTE};

use super::{App, answer, html::escaped};
use crate::{
    address::split,
    collect::{Outcome, Report},
};

/// Hosts that are remembered; those of further ones are not.
const HOSTS: usize = 1_000;
/// Reasons that are remembered of a host.
const REASONS: usize = 32;

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// What arrived since the server started, by the host of the page.
#[derive(Debug, Default)]
pub struct Arrived(Mutex<BTreeMap<String, OfHost>>);

/// What arrived of a host.
#[derive(Clone, Debug, Default)]
struct OfHost {
    /// When an event was last stored, in ms since 1970-01-01 UTC.
    stored: Option<i64>,
    /// Codes of events that were refused, or stored and left out of results.
    reasons: BTreeSet<&'static str>,
}

impl Arrived {
    /// Notes what became of a request of pages on a host of a site.
    pub(super) fn note(&self, host: &str, report: &Report, now: i64) {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS && !hosts.contains_key(host) {
            return;
        }
        let of_host = hosts.entry(host.to_owned()).or_default();
        for outcome in &report.outcomes {
            match outcome {
                Outcome::Refused(refusal) => _ = of_host.reasons.insert(refusal.code()),
                Outcome::Stored | Outcome::Duplicate => of_host.stored = Some(now),
            }
        }
        of_host.reasons.extend(report.not_counted.iter().copied());
        while of_host.reasons.len() > REASONS {
            of_host.reasons.pop_last();
        }
    }

    fn of(&self, host: &str) -> OfHost {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned().unwrap_or_default()
    }
}

/// What is asked.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    url: String,
}

/// `GET /check?url=https://shop.example/`.
pub(super) async fn check(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Response {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Do events arrive?</title><h1>Do events arrive?</h1>",
    );
    let url = escaped(&asked.url);
    let _ = write!(
        page,
        "<form><label>Address of a page <input name=\"url\" type=\"url\" size=\"60\" value=\"{url}\"></label> \
         <button>Look</button></form>"
    );
    if !asked.url.is_empty() {
        page.push_str(&found(&app, &split(&asked.url).host));
    }
    let mut response = answer::empty(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    *response.body_mut() = Body::from(page);
    response
}

fn found(app: &App, host: &str) -> String {
    let shown = escaped(host);
    let site = app.sites.find(host).filter(|site| site.id.as_str() != host);
    let seen = app.arrived.of(host);
    let mut text = match &site {
        Some(site) => format!("<p>{shown} is a host of the site {}.</p>", escaped(site.id.as_str())),
        None => format!(
            "<p>No site lists the host {shown}. Its events are taken only if they name their site \
             (<code>data-site</code>) and that site lists no hosts at all. \
             <code>waymark goals apply</code> sets <code>hosts</code>.</p>"
        ),
    };
    let _ = match seen.stored {
        Some(at) => {
            write!(
                text,
                "<p>An event from there was last stored {}.</p>",
                ago(app.clock.now().saturating_sub(at))
            )
        }
        None => write!(
            text,
            "<p>No event from there was stored since the server started. Open the page in a browser without a blocker, \
             and look here again.</p>"
        ),
    };
    if !seen.reasons.is_empty() {
        let codes: Vec<String> =
            seen.reasons.iter().map(|code| format!("<code>{}</code>", escaped(code))).collect();
        let _ =
            write!(text, "<p>Refused, or left out of results, was some of it for: {}.</p>", codes.join(", "));
    }
    let script = escaped(&app.settings.script_path);
    let name = site.as_ref().map_or("NAME", |site| site.id.as_str());
    let _ = write!(
        text,
        "<p>The tag of the browser script is <code>&lt;script defer src=\"{script}\" data-site=\"{}\"&gt;&lt;/script&gt;</code>, \
         with this server's address in front. More is said by <code>waymark doctor --site {}</code>.</p>",
        escaped(name),
        escaped(name)
    );
    text
}

/// A time that says no more than that it works.
const fn ago(ms: i64) -> &'static str {
    if ms <= MINUTE {
        "within the last minute"
    } else if ms <= HOUR {
        "within the last hour"
    } else if ms <= DAY {
        "within the last day"
    } else {
        "more than a day ago"
    }
}
