//! Dependencies held against `deny.toml`, without network: licences on the allow list, no banned package.
//! cargo-deny reads the same file and also compares licence texts and advisories.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cargo_metadata::Metadata;
use serde::Deserialize;

use super::Finding;
use crate::failure::Failure;

/// The parts of `deny.toml` that are checked here.
#[derive(Debug, Deserialize)]
pub(super) struct Policy {
    licenses: Licences,
    bans: Bans,
}

#[derive(Debug, Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Debug, Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

impl Policy {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, or says something else than expected here.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text =
            fs::read_to_string(path).map_err(|source| Failure::Unreadable { path: path.into(), source })?;
        Self::parse(&text).map_err(|source| Failure::NotToml { path: path.into(), source: Box::new(source) })
    }

    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

/// A package by name, with its licence expression.
pub(super) type Dependencies = BTreeMap<String, Option<String>>;

/// Every package of the tree, on any platform. Of several versions of one the last is taken: a licence that
/// changed between them is cargo-deny's to see.
pub(super) fn dependencies(metadata: &Metadata) -> Dependencies {
    metadata.packages.iter().map(|package| (package.name.to_string(), package.license.clone())).collect()
}

/// Every banned package, and every package that no allowed licence covers.
pub(super) fn check(dependencies: &Dependencies, policy: &Policy) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, licence) in dependencies {
        if let Some(ban) = policy.bans.deny.iter().find(|ban| ban.name == *name) {
            findings.push(Finding::error(name, format!("banned by deny.toml: {}", ban.reason)));
        }
        let excepted = policy.licenses.exceptions.iter().filter(|exception| exception.name == *name);
        let allow: Vec<&String> =
            policy.licenses.allow.iter().chain(excepted.flat_map(|exception| &exception.allow)).collect();
        let allowed = |id: &str| allow.iter().any(|known| known.as_str() == id);
        match licence {
            Some(licence) if is_satisfied(licence, allowed) => {}
            Some(licence) => {
                findings
                    .push(Finding::error(name, format!("licence `{licence}` is not allowed by deny.toml")));
            }
            None => findings.push(Finding::error(name, "names no licence")),
        }
    }
    findings
}

/// Whether an SPDX expression (with the old `/` for OR) can be met by allowed licences. `AND` binds closer than
/// `OR`; a licence `WITH` an exception only ever gives more than the licence does.
fn is_satisfied(expression: &str, allowed: impl Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let satisfied = any_of(&mut rest, &allowed);
    satisfied && rest.is_empty()
}

fn any_of(rest: &mut &[&str], allowed: &impl Fn(&str) -> bool) -> bool {
    let mut satisfied = all_of(rest, allowed);
    while let Some(("OR", tail)) = next(rest) {
        *rest = tail;
        satisfied |= all_of(rest, allowed);
    }
    satisfied
}

fn all_of(rest: &mut &[&str], allowed: &impl Fn(&str) -> bool) -> bool {
    let mut satisfied = one(rest, allowed);
    while let Some(("AND", tail)) = next(rest) {
        *rest = tail;
        satisfied &= one(rest, allowed);
    }
    satisfied
}

fn one(rest: &mut &[&str], allowed: &impl Fn(&str) -> bool) -> bool {
    match next(rest) {
        Some(("(", tail)) => {
            *rest = tail;
            let satisfied = any_of(rest, allowed);
            let closed = matches!(next(rest), Some((")", _)));
            *rest = rest.get(1..).unwrap_or_default();
            satisfied && closed
        }
        Some((id, tail)) => {
            *rest = if tail.first() == Some(&"WITH") { tail.get(2..).unwrap_or_default() } else { tail };
            allowed(id)
        }
        None => false,
    }
}

fn next<'a, 'b>(rest: &'b [&'a str]) -> Option<(&'a str, &'b [&'a str])> {
    rest.split_first().map(|(word, tail)| (*word, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0", "Unicode-3.0"]
        exceptions = [{ crate = "hash", allow = ["CC0-1.0"] }]
        [bans]
        deny = [{ crate = "cxx", reason = "no C++" }]
    "#;

    #[track_caller]
    fn found(name: &str, licence: Option<&str>, expected: &[&str]) {
        let dependencies = [(name.to_owned(), licence.map(String::from))].into();
        let findings = check(&dependencies, &Policy::parse(POLICY).unwrap());
        assert_eq!(findings.into_iter().map(|finding| finding.text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn packages_are_held_against_the_policy() {
        found("serde", Some("MIT OR Apache-2.0"), &[]);
        found("hash", Some("CC0-1.0"), &[]);
        found("other", Some("CC0-1.0"), &["licence `CC0-1.0` is not allowed by deny.toml"]);
        found("none", None, &["names no licence"]);
        found("cxx", Some("MIT"), &["banned by deny.toml: no C++"]);
    }

    #[track_caller]
    fn satisfied(expression: &str, expected: bool) {
        let allowed = |id: &str| ["MIT", "Apache-2.0", "Unicode-3.0"].contains(&id);
        assert_eq!(is_satisfied(expression, allowed), expected, "{expression}");
    }

    #[test]
    fn expressions_are_evaluated() {
        satisfied("MIT", true);
        satisfied("GPL-3.0", false);
        satisfied("GPL-3.0 OR MIT", true);
        satisfied("GPL-3.0/MIT", true);
        satisfied("MIT AND GPL-3.0", false);
        satisfied("(MIT OR Apache-2.0) AND Unicode-3.0", true);
        satisfied("(MIT OR Apache-2.0) AND GPL-3.0", false);
        satisfied("MIT AND GPL-3.0 OR Apache-2.0", true);
        satisfied("GPL-3.0 AND (MIT OR Apache-2.0)", false);
        satisfied("Apache-2.0 WITH LLVM-exception", true);
        satisfied("Apache-2.0 WITH LLVM-exception AND GPL-3.0", false);
    }

    #[test]
    fn malformed_expressions_satisfy_nothing() {
        for expression in ["", "(MIT", "MIT)", "MIT MIT", "MIT AND", "OR", "()"] {
            satisfied(expression, false);
        }
    }
}
