//! Definitions as the text of a `waymark.toml`. States what differs from the default, and nothing of versions.

use toml_writer::ToTomlKey as _;

use super::{
    Definitions, SiteDefinition,
    condition_writer::{Pair, array, inline_table, pairs, text, texts},
    funnel::{ExclusionDefinition, FunnelDefinition, StepDefinition, What},
    words::{ANCHORS, COUNTINGS, ENTRIES, ORDERS, ROLES, SCOPES, TALLIES, Words, word},
};
use crate::{
    Retention, duration,
    goal::{Counting, Goal, GoalValue, Trigger},
    money::Money,
    normal,
    time::SESSION_GAP,
};

/// Longest list that is written in one line, in bytes.
const LINE: usize = 90;

/// Writes the text.
pub(super) fn write(definitions: &Definitions) -> String {
    definitions.sites.iter().map(site).collect::<Vec<_>>().join("\n")
}

fn site(site: &SiteDefinition) -> String {
    let name = site.name.as_str().to_toml_key();
    let mut own = vec![pair("timezone", text(site.zone.name()))];
    if site.session_gap_ms != SESSION_GAP {
        own.push(pair("session_gap", time(site.session_gap_ms)));
    }
    if site.retention != Retention::default() {
        own.push(pair("retention", text(&site.retention.to_string())));
    }
    let collect = &site.collect;
    let shown =
        |hosts: &[String]| hosts.iter().map(|host| normal::shown_host(host).into_owned()).collect::<Vec<_>>();
    let (hosts, payment_hosts) = (shown(&site.hosts), shown(&collect.payment_hosts));
    let internal = collect.internal.iter().map(ToString::to_string).collect();
    let lists = [
        ("hosts", &hosts),
        ("query_params", &collect.query_params),
        ("internal", &internal),
        ("payment_hosts", &payment_hosts),
    ];
    let given = lists.into_iter().filter(|(_, list)| !list.is_empty());
    own.extend(given.map(|(key, list)| pair(key, texts(list))));
    let mut sections = vec![section(&format!("[site.{name}]"), &own)];
    sections.extend(site.goals.iter().map(|one| section(&format!("[[site.{name}.goal]]"), &goal(one))));
    sections.extend(site.funnels.iter().map(|one| section(&format!("[[site.{name}.funnel]]"), &funnel(one))));
    sections.join("\n")
}

fn section(header: &str, pairs: &[Pair]) -> String {
    let lines: String = pairs.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    format!("{header}\n{lines}")
}

fn goal(goal: &Goal) -> Vec<Pair> {
    let mut found = vec![pair("name", text(&goal.name)), pair("role", choice(ROLES, &goal.role))];
    if goal.headline {
        found.push(pair("headline", "true"));
    }
    found.extend(trigger(&goal.trigger));
    if goal.counting == Counting::OncePerKey {
        found.push(pair("key", "true"));
    } else if goal.counting != Counting::default_for(goal.role, false) {
        found.push(pair("counting", choice(COUNTINGS, &goal.counting)));
    }
    found.extend(goal.value.as_ref().map(|value| match value {
        GoalValue::FromEvent => pair("value", text("event")),
        GoalValue::Fixed { amount, currency } => {
            pair("value", text(&Money { amount: *amount, currency: currency.clone() }.to_string()))
        }
    }));
    found
}

fn trigger(trigger: &Trigger) -> Vec<Pair> {
    match trigger {
        Trigger::Event(predicate) => pairs(predicate),
        Trigger::Duration { at_least_ms } => vec![pair("duration", time(*at_least_ms))],
        Trigger::Pages { at_least } => vec![pair("pages", at_least.to_string())],
    }
}

fn funnel(funnel: &FunnelDefinition) -> Vec<Pair> {
    let mut found =
        vec![pair("name", text(&funnel.name)), pair("steps", lines(funnel.steps.iter().map(step).collect()))];
    found.extend(funnel.window_ms.map(|ms| pair("window", time(ms))));
    found.extend(unless_default("order", ORDERS, &funnel.order));
    found.extend(unless_default("anchor", ANCHORS, &funnel.anchor));
    found.extend(unless_default("scope", SCOPES, &funnel.scope));
    found.extend(unless_default("entry", ENTRIES, &funnel.entry));
    found.extend(unless_default("count", TALLIES, &funnel.tally));
    found.extend(funnel.same.as_ref().map(|same| pair("same", text(&same.to_string()))));
    if !funnel.exclusions.is_empty() {
        found.push(pair("exclude", lines(funnel.exclusions.iter().map(exclusion).collect())));
    }
    found
}

fn step(step: &StepDefinition) -> String {
    let mut found = Vec::new();
    found.extend(step.label.as_ref().map(|label| pair("label", text(label))));
    if step.optional {
        found.push(pair("optional", "true"));
    }
    found.extend(step.within_ms.map(|ms| pair("within", time(ms))));
    looked_for(&step.what, found)
}

fn exclusion(exclusion: &ExclusionDefinition) -> String {
    let mut found = Vec::new();
    found.extend(exclusion.after.as_ref().map(|label| pair("after", text(label))));
    found.extend(exclusion.before.as_ref().map(|label| pair("before", text(label))));
    looked_for(&exclusion.what, found)
}

/// What a step or an exclusion looks for, with its other keys; the name alone where that says it all.
fn looked_for(what: &What, mut others: Vec<Pair>) -> String {
    let mut found = match what {
        What::Named(name) if others.is_empty() => return text(name),
        What::Named(name) => vec![pair("name", text(name))],
        What::Goal(name) => vec![pair("goal", text(name))],
        What::Inline(inline) => trigger(inline),
    };
    found.append(&mut others);
    inline_table(&found)
}

/// A list of values that are TOML already: in one line, or a line each where that would be long.
fn lines(values: Vec<String>) -> String {
    if values.iter().map(|value| value.len() + 2).sum::<usize>() <= LINE {
        return array(values.into_iter());
    }
    let lines: String = values.iter().map(|value| format!("    {value},\n")).collect();
    format!("[\n{lines}]")
}

fn unless_default<T: PartialEq + Default>(key: &str, words: Words<T>, value: &T) -> Option<Pair> {
    (*value != T::default()).then(|| pair(key, choice(words, value)))
}

fn choice<T: PartialEq>(words: Words<T>, value: &T) -> String {
    text(word(words, value))
}

fn time(ms: i64) -> String {
    text(&duration::format(ms))
}

fn pair(key: &str, value: impl Into<String>) -> Pair {
    (key.to_owned(), value.into())
}
