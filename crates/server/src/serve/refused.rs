//! Requests that are refused as a whole: counted by reason for the site that they seem to be for, or for none, and noted for the
//! host that they come from. What they say is not kept.

use std::{borrow::Cow, sync::Arc};

use http::{HeaderMap, header};
use waymark_collect::{
    RequestError,
    address::split,
    caller::{basic, bearer, text},
};
use waymark_model::normal;
use waymark_store::{
    Fate,
    catalog::{KeyScope, Site},
};

use super::App;

/// Longest name of a site that is looked for in a body.
const LONGEST_NAME: usize = 256;
/// The fields in which the protocols name the site.
const SITE_FIELDS: [&str; 4] = ["site", "writeKey", "domain", "d"];

/// What is known of a request that is refused.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told<'a> {
    /// What it calls its site.
    pub(super) site: Option<&'a str>,
    /// The host of its page.
    pub(super) host: Option<&'a str>,
    /// How many events it has; as long as nobody knows, it counts as one.
    pub(super) events: usize,
}

/// Counts a request that is refused before its site has taken it.
pub(super) fn count(app: &App, headers: &HeaderMap, told: Told<'_>, error: &RequestError) {
    let events = match error {
        RequestError::TooManyEvents(events) => *events,
        _ => told.events.max(1),
    };
    match site(app, headers, told) {
        Some(site) => app.store.count(&site.id, Fate::Rejected(error.code()), events as u64),
        None => app.store.count_unknown(error.code(), events as u64),
    }
    note(app, headers, told.host, error);
}

/// Notes a refusal for the host that a request comes from.
pub(super) fn note(app: &App, headers: &HeaderMap, of_page: Option<&str>, error: &RequestError) {
    if let Some(host) = host(headers, of_page) {
        app.arrived.refuse(&app.sites, &host, error.code());
    }
}

/// The host of the page, or the one that the browser names.
pub(super) fn host<'h>(headers: &HeaderMap, of_page: Option<&'h str>) -> Option<Cow<'h, str>> {
    let header = |name: header::HeaderName| text(headers, name.as_str());
    let of_headers = || {
        let address = header(header::ORIGIN).or_else(|| header(header::REFERER))?;
        normal::host(&split(address).host).ok().map(Cow::Owned)
    };
    of_page.map(Cow::Borrowed).or_else(of_headers)
}

/// The site that a request seems to be for.
fn site(app: &App, headers: &HeaderMap, told: Told<'_>) -> Option<Arc<Site>> {
    let named = |names: &str| names.split(',').find_map(|name| app.sites.find(name.trim()));
    let of_key = || {
        let key = app.keys.find(bearer(headers)?, KeyScope::Collect, app.clock.now())?;
        app.sites.find(key.site.as_str())
    };
    let by_password = || named(&basic(headers)?);
    told.site
        .and_then(named)
        .or_else(of_key)
        .or_else(by_password)
        .or_else(|| app.sites.find(&host(headers, told.host)?))
}

/// What a body that cannot be read as JSON seems to call its site.
pub(super) fn site_in(body: &[u8]) -> Option<&str> {
    SITE_FIELDS.into_iter().find_map(|field| value_of(body, field))
}

/// The text that follows the first `"field":` of a body, if there is one, without escapes.
fn value_of<'b>(body: &'b [u8], field: &str) -> Option<&'b str> {
    let name = format!("\"{field}\"");
    let at = body.windows(name.len()).position(|bytes| bytes == name.as_bytes())? + name.len();
    let rest = body[at..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = rest.iter().take(LONGEST_NAME).position(|byte| *byte == b'"')?;
    std::str::from_utf8(&rest[..end]).ok().filter(|text| !text.is_empty() && !text.contains('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_body_may_say_which_site_it_is_for() {
        for (body, expected) in [
            (r#"{"site":"shop","name":"#, Some("shop")),
            (r#"{"events":[{"name":"\ud83d"}], "site" : "shop"}"#, Some("shop")),
            (r#"{"batch":[1,],"writeKey":"shop"}"#, Some("shop")),
            (r#"{"n":"pageview","d":"shop.example","u":"#, Some("shop.example")),
            (r#"{"site":7}"#, None),
            (r#"{"site":"sh"#, None),
            (r#"{"site":"a\"b"}"#, None),
            ("", None),
            ("nonsense", None),
        ] {
            assert_eq!(site_in(body.as_bytes()), expected, "{body}");
        }
        assert_eq!(site_in(b"{\"site\":\"\xff\"}"), None);
    }
}
