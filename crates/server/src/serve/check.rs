//! The page that says whether events of an address arrive. It fetches nothing, runs no script, and tells nobody more than
//! somebody who opened the address would know: how often something was refused and why, no name of an event, nothing of who.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::{Query, State},
    response::Response,
};
use http::{HeaderValue, StatusCode, header};
use lru::LruCache;
use waymark_collect::{Outcome, Report, address::split, enrich::hosts::without_port, sites::Sites};
use waymark_model::time::{DAY, HOUR, MINUTE};

use super::{App, answer, html::escaped};

/// Hosts that no site lists are remembered so many at a time: of more, those that were quiet for longest are forgotten.
const OTHER_HOSTS: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();
/// Longest host that is remembered: that of a name, and a port (RFC 1035, 2.3.4).
const LONGEST_HOST: usize = 260;
/// Reasons that are remembered of a host.
const REASONS: usize = 64;

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// What arrived since the server started, by the host of the page.
#[derive(Debug)]
pub struct Arrived(Mutex<Hosts>);

/// Hosts that sites list always have a place, whatever others send.
#[derive(Debug)]
struct Hosts {
    listed: BTreeMap<String, OfHost>,
    others: LruCache<String, OfHost>,
}

/// What arrived of a host.
#[derive(Clone, Debug, Default)]
struct OfHost {
    /// When an event was last stored, in ms since 1970-01-01 UTC.
    stored: Option<i64>,
    /// Codes of events that were stored and left out of results.
    left_out: BTreeSet<&'static str>,
    /// Events and whole requests that were refused, by their codes.
    refused: BTreeMap<&'static str, u64>,
    /// Events that were stored with a part left out or repaired, by the codes of the reasons.
    noted: BTreeMap<&'static str, u64>,
}

impl Default for Arrived {
    fn default() -> Self {
        Self(Mutex::new(Hosts { listed: BTreeMap::new(), others: LruCache::new(OTHER_HOSTS) }))
    }
}

impl Arrived {
    /// Notes what became of a request of pages on a host.
    pub(super) fn note(&self, sites: &Sites, host: &str, report: &Report, now: i64) {
        self.change(sites, host, |of_host| {
            for outcome in &report.outcomes {
                match outcome {
                    Outcome::Refused(refusal) => of_host.refuse(refusal.code()),
                    Outcome::Stored | Outcome::Duplicate => of_host.stored = Some(now),
                }
            }
            of_host.left_out.extend(report.not_counted.iter().copied());
            report.noted().for_each(|code| *of_host.noted.entry(code).or_default() += 1);
        });
    }

    /// Notes a request of a host that was refused as a whole.
    pub(super) fn refuse(&self, sites: &Sites, host: &str, code: &'static str) {
        self.change(sites, host, |of_host| of_host.refuse(code));
    }

    fn change(&self, sites: &Sites, host: &str, change: impl FnOnce(&mut OfHost)) {
        if host.len() > LONGEST_HOST {
            return;
        }
        let listed = listed(sites, host);
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(match listed {
            Some(host) => match hosts.listed.get_mut(host) {
                Some(known) => known,
                None => hosts.listed.entry(host.to_owned()).or_default(),
            },
            None => hosts.others.get_or_insert_mut_ref(host, OfHost::default),
        });
    }

    fn of(&self, sites: &Sites, host: &str) -> OfHost {
        let hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match listed(sites, host) {
            Some(host) => hosts.listed.get(host),
            None => hosts.others.peek(host),
        };
        found.cloned().unwrap_or_default()
    }
}

/// The host as a site lists it: with its port or with any.
fn listed<'h>(sites: &Sites, host: &'h str) -> Option<&'h str> {
    let is_listed = |host: &&str| sites.find(host).is_some_and(|site| site.id.as_str() != *host);
    [host, without_port(host)].into_iter().find(is_listed)
}

impl OfHost {
    fn refuse(&mut self, code: &'static str) {
        if self.refused.len() < REASONS || self.refused.contains_key(code) {
            *self.refused.entry(code).or_default() += 1;
        }
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
    let site = listed(&app.sites, host).and_then(|host| app.sites.find(host));
    let seen = app.arrived.of(&app.sites, host);
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
    text.push_str(&reasons(&seen));
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

/// Why something from a host was refused, changed or left out, by the codes of `docs/collecting.md`.
fn reasons(seen: &OfHost) -> String {
    let mut text = String::new();
    let counted = |reasons: &BTreeMap<&str, u64>| {
        let reasons = reasons.iter().map(|(code, count)| format!("<code>{code}</code> ({count})"));
        reasons.collect::<Vec<_>>().join(", ")
    };
    if !seen.refused.is_empty() {
        let _ = write!(text, "<p>Refused since the server started: {}.</p>", counted(&seen.refused));
    }
    if !seen.noted.is_empty() {
        let _ = write!(
            text,
            "<p>Stored since the server started, with a part left out or repaired: {}. The answer to such an event names the \
             part.</p>",
            counted(&seen.noted)
        );
    }
    if !seen.left_out.is_empty() {
        let left_out = seen.left_out.iter().map(|code| format!("<code>{code}</code>"));
        let left_out = left_out.collect::<Vec<_>>().join(", ");
        let _ =
            write!(text, "<p>Some events are stored and left out of results, or changed: {left_out}.</p>");
    }
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
