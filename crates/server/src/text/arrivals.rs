//! What arrived of a site, for people.

use std::collections::BTreeMap;

use waymark_collect::cardinality::MOST_NAMES;
use waymark_model::{duration, time::MINUTE};

use super::{
    numbers::{count, counted},
    style::{TITLE, WARNING, shown, styled},
    table::table,
};
use crate::arrivals::Arrivals;

/// The lines about a site.
pub(crate) fn arrivals(
    site: &str,
    found: &Arrivals,
    unknown_site: &BTreeMap<String, u64>,
    now: i64,
) -> String {
    let mut rows = vec![vec!["last event".to_owned(), last(found.last, now)]];
    let mut day = format!("{} of {}", counted(found.events, "event"), counted(found.visitors, "visitor"));
    if found.left_out > 0 {
        day.push_str(&format!(
            "; {} more left out of results (robots, own people, tests)",
            count(found.left_out)
        ));
    }
    rows.push(vec!["last 24 hours".to_owned(), day]);
    let identities: Vec<&str> = found.identities.iter().map(|identity| identity.as_str()).collect();
    if !identities.is_empty() {
        rows.push(vec!["visitors rest on".to_owned(), identities.join(", ")]);
    }
    let rejected: u64 = found.rejected.values().sum();
    let sum = format!(
        "{} received = {} stored + {} duplicates + {} quarantined + {} rejected",
        counted(found.received, "event"),
        count(found.stored),
        count(found.duplicates),
        count(found.quarantined),
        count(rejected)
    );
    rows.push(vec!["since the beginning".to_owned(), sum]);
    rows.extend(
        found.rejected.iter().map(|(code, events)| {
            vec!["  rejected".to_owned(), format!("{} {}", count(*events), shown(code))]
        }),
    );
    rows.extend(unknown_site.iter().map(|(code, events)| {
        vec!["of no known site".to_owned(), format!("{} {}", count(*events), shown(code))]
    }));
    rows.extend(
        found.noted.iter().map(|(code, events)| vec!["  stored with".to_owned(), noted(code, *events)]),
    );
    rows.push(vec!["names of events".to_owned(), count(found.names)]);
    let mut text = format!("{}\n{}", styled(TITLE, shown(site)), table(&[], &[], &rows));
    if found.names_taken >= MOST_NAMES as u64 {
        text.push_str(&format!(
            "{} all {} places for names of events are taken: new names are stored as `(other)` until a goal uses them. \
             `waymark names --site {site} --forget NAME` frees places.\n",
            styled(WARNING, "warning:"),
            count(MOST_NAMES as u64)
        ));
    }
    text
}

/// Stored events of which a part was left out or repaired, in words where a placeholder stood for an identifier.
fn noted(code: &str, events: u64) -> String {
    let placeholder = code.strip_prefix("placeholder_").and_then(|code| code.split_once('.'));
    match placeholder {
        Some((field, text)) => {
            format!(
                "{} with the placeholder `{}` instead of a {field}",
                counted(events, "event"),
                shown(text)
            )
        }
        None => format!("{} {}", count(events), shown(code)),
    }
}

fn last(last: Option<i64>, now: i64) -> String {
    let Some(last) = last else { return "none was ever stored".to_owned() };
    match now.saturating_sub(last) {
        ago if ago < MINUTE => "less than a minute ago".to_owned(),
        ago => format!("{} ago", duration::format(ago - ago % MINUTE)),
    }
}
