//! A whole definitions file: its sites, with their goals and funnels.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Definitions, SiteDefinition, collect_reader,
    error::{DefinitionError, Errors},
    fields::{self, Entry, Fields},
    funnel_reader, goal_reader,
};
use crate::{
    Retention, nearest,
    time::{SESSION_GAP, Zone},
};

/// Reads the text of a definitions file.
pub(super) fn read(text: &str) -> Result<Definitions, Vec<DefinitionError>> {
    let (document, broken) = DeTable::parse_recoverable(text);
    let mut errors = Errors::default();
    for error in &broken {
        let span = error.span().unwrap_or(0..0);
        errors.push(span, format!("this is no TOML: {}", error.message()), "here", None);
    }
    if !broken.is_empty() {
        return errors.into_result(Definitions::default());
    }
    let mut fields = Fields::root(document.get_ref(), 0..0, "a definitions file");
    let sites = fields.get("site").and_then(|node| match node.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => fields::wrong_kind(node, "a table of sites", "[site.NAME]", &mut errors),
    });
    fields.finish(&mut errors);
    let sites = sites.map(fields::in_order).unwrap_or_default();
    let sites = sites.into_iter().filter_map(|entry| site(entry, &mut errors)).collect();
    errors.into_result(Definitions { sites })
}

fn site((key, node): Entry<'_>, errors: &mut Errors) -> Option<SiteDefinition> {
    let name: &str = key.get_ref();
    let mut fields = Fields::of(node, "a site", "[site.NAME]", errors)?;
    if !SiteDefinition::is_name(name) {
        let hint = "use up to 64 small letters (a–z), digits, `-` and `_`, beginning with a letter or digit"
            .to_owned();
        errors.push(key.span(), format!("`{name}` cannot be a site's name"), "no name", Some(hint));
    }
    let zone = zone(&mut fields, errors);
    let session_gap_ms = session_gap(&mut fields, errors);
    let retention = retention(&mut fields, errors);
    let hosts = collect_reader::hosts(&mut fields, errors);
    let collect = collect_reader::collect(&mut fields, errors);
    let goals = list(&mut fields, "goal", errors, goal_reader::read);
    unique(&goals, "goal", |goal| &goal.name, errors);
    let funnels = list(&mut fields, "funnel", errors, funnel_reader::read);
    fields.finish(errors);
    let goals: Vec<_> = goals.into_iter().map(Spanned::into_inner).collect();
    funnels.iter().for_each(|funnel| funnel.check(&goals, errors));
    let funnels: Vec<_> = funnels.into_iter().map(|text| text.funnel).collect();
    unique(&funnels, "funnel", |funnel| &funnel.name, errors);
    let funnels = funnels.into_iter().map(Spanned::into_inner).collect();
    Some(SiteDefinition {
        name: name.to_owned(),
        zone,
        session_gap_ms,
        retention,
        hosts,
        collect,
        goals,
        funnels,
    })
}

/// The tables of a `[[site.NAME.KEY]]`.
fn list<'t, T>(
    fields: &mut Fields<'t>,
    key: &'static str,
    errors: &mut Errors,
    read: impl Fn(&'t fields::Node<'t>, &mut Errors) -> Option<T>,
) -> Vec<T> {
    let Some(node) = fields.get(key) else { return Vec::new() };
    let example = format!("[[site.NAME.{key}]]");
    let nodes = fields::list(node, &example, errors);
    nodes.into_iter().flatten().filter_map(|node| read(node, errors)).collect()
}

/// Reports names that stand for several.
fn unique<T>(items: &[Spanned<T>], what: &str, name: impl Fn(&T) -> &str, errors: &mut Errors) {
    for (index, item) in items.iter().enumerate() {
        let name_of = |item: &Spanned<T>| name(item.get_ref()).to_owned();
        let own = name_of(item);
        if items[..index].iter().any(|earlier| name_of(earlier) == own) {
            let message = format!("two {what}s are called `{own}`");
            let hint = Some("give one of them another name, or remove it".to_owned());
            errors.push(item.span(), message, "used before", hint);
        }
    }
}

fn zone(fields: &mut Fields<'_>, errors: &mut Errors) -> Zone {
    let example = "timezone = \"Europe/Berlin\"";
    fields.require("timezone", example, errors);
    let Some(given) = fields.text("timezone", example, errors) else { return Zone::utc() };
    Zone::parse(given.get_ref()).unwrap_or_else(|error| {
        let hint = nearest_zone(given.get_ref()).map(|zone| format!("did you mean `{zone}`?"));
        errors.push(given.span(), error.to_string(), "unknown zone", hint);
        Zone::utc()
    })
}

/// The zone of a city's name, or the one that reads nearly so.
fn nearest_zone(name: &str) -> Option<String> {
    let zones: Vec<String> = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
    let city = name.replace(' ', "_");
    let of_city = zones
        .iter()
        .find(|zone| zone.rsplit_once('/').is_some_and(|(_, last)| last.eq_ignore_ascii_case(&city)));
    of_city.cloned().or_else(|| nearest(name, zones.iter().map(String::as_str)).map(str::to_owned))
}

fn retention(fields: &mut Fields<'_>, errors: &mut Errors) -> Retention {
    let example = "retention = \"25 months\"";
    let Some(given) = fields.text("retention", example, errors) else { return Retention::default() };
    Retention::parse(given.get_ref()).unwrap_or_else(|error| {
        errors.push(
            given.span(),
            error.to_string(),
            "no time to keep events",
            Some(format!("write `{example}`")),
        );
        Retention::default()
    })
}

fn session_gap(fields: &mut Fields<'_>, errors: &mut Errors) -> i64 {
    let gap = fields.duration("session_gap", errors);
    if gap == Some(0) {
        let hint = Some("write `session_gap = \"30m\"`".to_owned());
        let message = "without a gap every event is a session";
        errors.push(fields.span_of("session_gap"), message, "too short", hint);
    }
    gap.unwrap_or(SESSION_GAP)
}
