//! What a site says of where its events come from: hosts, networks, query parameters.

use super::{
    CollectSettings,
    error::Errors,
    fields::{self, Fields},
};
use crate::network::{BadNetwork, Network};

/// What is wrong with a text of a list: message, label and hint.
type Wrong = (String, &'static str, String);

/// The hosts that events are taken from.
pub(super) fn hosts(fields: &mut Fields<'_>, errors: &mut Errors) -> Vec<String> {
    list(fields, "hosts", "hosts = [\"shop.example\"]", host, errors)
}

/// How events are collected.
pub(super) fn collect(fields: &mut Fields<'_>, errors: &mut Errors) -> CollectSettings {
    CollectSettings {
        query_params: list(fields, "query_params", "query_params = [\"ref2\"]", parameter, errors),
        internal: list(fields, "internal", "internal = [\"203.0.113.0/24\"]", network, errors),
        payment_hosts: list(fields, "payment_hosts", "payment_hosts = [\"pay.example\"]", host, errors),
    }
}

/// A list of texts, each read by `read`, no two of them the same.
fn list<T: PartialEq>(
    fields: &mut Fields<'_>,
    key: &'static str,
    example: &str,
    read: impl Fn(&str) -> Result<T, Wrong>,
    errors: &mut Errors,
) -> Vec<T> {
    let nodes = fields.get(key).and_then(|node| fields::list(node, example, errors));
    let mut found = Vec::new();
    for node in nodes.into_iter().flatten() {
        let Some(text) = fields::text(node, example, errors) else { continue };
        match read(text) {
            Err((message, label, hint)) => errors.push(node.span(), message, label, Some(hint)),
            Ok(value) if found.contains(&value) => {
                errors.push(node.span(), format!("`{text}` is named twice in `{key}`"), "named before", None);
            }
            Ok(value) => found.push(value),
        }
    }
    found
}

/// A host in normal form, so that it is the one that events come with.
fn host(text: &str) -> Result<String, Wrong> {
    crate::normal::host(text).map_err(|_| {
        let hint = "write the name alone, such as `shop.example`".to_owned();
        (format!("`{text}` is not a host"), "not a host", hint)
    })
}

fn parameter(text: &str) -> Result<String, Wrong> {
    if text.contains(|c: char| "?&=#".contains(c) || c.is_whitespace() || c.is_control()) {
        let hint = "write the name alone, such as `ref2`".to_owned();
        return Err((format!("`{text}` is no query parameter"), "not only a name", hint));
    }
    Ok(text.to_owned())
}

fn network(text: &str) -> Result<Network, Wrong> {
    let wrong = |error: BadNetwork| (error.to_string(), "not a network", "write `203.0.113.0/24`".to_owned());
    text.parse().map_err(wrong)
}
