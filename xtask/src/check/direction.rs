//! Crate direction: which of our crates may know which. `model ← store ← query ← analysis ← server`, `store ← collect ← server`,
//! `stats ← analysis ← server`, `sim → model`; and which crates may know the network, SQL and the command line.

use cargo_metadata::{DependencyKind, Metadata};

use super::Finding;

/// Each crate and those of ours that it may depend on; anything more is a change of design.
const MAY_USE: [(&str, &[&str]); 10] = [
    ("waymark-model", &[]),
    ("waymark-stats", &[]),
    ("waymark-store", &["waymark-model"]),
    ("waymark-query", &["waymark-model", "waymark-store"]),
    ("waymark-collect", &["waymark-model", "waymark-store"]),
    ("waymark-analysis", &["waymark-model", "waymark-stats", "waymark-store", "waymark-query"]),
    ("waymark-sim", &["waymark-model"]),
    ("waymark-client", &[]),
    (
        "waymark-server",
        &[
            "waymark-model",
            "waymark-stats",
            "waymark-store",
            "waymark-query",
            "waymark-collect",
            "waymark-analysis",
            "waymark-sim",
        ],
    ),
    ("xtask", &["waymark-model", "waymark-stats", "waymark-store", "waymark-query", "waymark-sim"]),
];

/// What the tests of any crate may use as well.
const FOR_TESTS: [&str; 2] = ["waymark-client", "waymark-sim"];

/// Packages with an owner: no other crate of ours may name them, tests apart.
const OWNED: [(&str, &[&str]); 9] = [
    ("axum", &["waymark-server"]),
    ("hyper", &["waymark-server"]),
    ("utoipa", &["waymark-server"]),
    ("clap", &["waymark-server", "xtask"]),
    ("tokio", &["waymark-store", "waymark-collect", "waymark-server", "xtask"]),
    ("sqlx", &["waymark-store"]),
    ("memmap2", &["waymark-store"]),
    ("rand", &["waymark-sim"]),
    ("statrs", &["waymark-stats"]),
];

/// A crate of the workspace and what its manifest names.
#[derive(Debug)]
pub(super) struct Crate {
    name: String,
    uses: Vec<Use>,
}

#[derive(Debug)]
struct Use {
    name: String,
    for_tests: bool,
}

/// The crates of the workspace.
pub(super) fn crates(metadata: &Metadata) -> Vec<Crate> {
    let uses = |package: &cargo_metadata::Package| {
        let used = package.dependencies.iter().map(|dependency| Use {
            name: dependency.name.clone(),
            for_tests: dependency.kind == DependencyKind::Development,
        });
        used.collect()
    };
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| Crate { name: package.name.to_string(), uses: uses(package) })
        .collect()
}

/// Every dependency that the tables above do not allow, and every crate that they do not know.
pub(super) fn check(crates: &[Crate]) -> Vec<Finding> {
    crates.iter().flat_map(check_crate).collect()
}

fn check_crate(user: &Crate) -> Vec<Finding> {
    let Some((_, may_use)) = MAY_USE.iter().find(|(name, _)| *name == user.name) else {
        let text = "a crate whose place is not decided: add it to the table in xtask/src/check/direction.rs";
        return vec![Finding::error(&user.name, text)];
    };
    let ours = |name: &str| MAY_USE.iter().any(|(known, _)| *known == name);
    let refusal = |used: &Use| -> Option<String> {
        if ours(&used.name) {
            let allowed = may_use.contains(&used.name.as_str())
                || (used.for_tests && (FOR_TESTS.contains(&used.name.as_str()) || used.name == user.name));
            return (!allowed).then(|| format!("must not know {}", used.name));
        }
        let (_, owners) = OWNED.iter().find(|(name, _)| *name == used.name)?;
        let allowed = used.for_tests || owners.contains(&user.name.as_str());
        (!allowed).then(|| format!("must not use {}, which belongs to {}", used.name, owners.join(" and ")))
    };
    user.uses.iter().filter_map(refusal).map(|text| Finding::error(&user.name, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn found(name: &str, uses: &str, expected: &[&str]) {
        let used = |word: &str| match word.strip_prefix("test:") {
            Some(name) => Use { name: name.into(), for_tests: true },
            None => Use { name: word.into(), for_tests: false },
        };
        let user = Crate { name: name.into(), uses: uses.split_whitespace().map(used).collect() };
        let texts: Vec<String> = check(&[user]).into_iter().map(|finding| finding.text).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn crates_know_only_those_below_them() {
        found("waymark-query", "waymark-model waymark-store serde", &[]);
        found("waymark-query", "waymark-stats", &["must not know waymark-stats"]);
        found("waymark-model", "waymark-store", &["must not know waymark-store"]);
        found("waymark-stats", "waymark-model", &["must not know waymark-model"]);
        found("waymark-store", "waymark-sim", &["must not know waymark-sim"]);
        found("waymark-collect", "waymark-query", &["must not know waymark-query"]);
        found("waymark-collect", "axum", &["must not use axum, which belongs to waymark-server"]);
        found("waymark-server", "waymark-stats waymark-query waymark-sim", &[]);
        found("waymark-server", "xtask", &["must not know xtask"]);
    }

    #[test]
    fn tests_may_simulate_but_not_turn_the_direction() {
        found("waymark-query", "test:waymark-sim", &[]);
        found("waymark-store", "test:waymark-store", &[]);
        found("waymark-query", "test:waymark-stats", &["must not know waymark-stats"]);
        found("waymark-store", "test:waymark-query", &["must not know waymark-query"]);
    }

    #[test]
    fn packages_with_an_owner_stay_with_it() {
        found("waymark-store", "sqlx tokio", &[]);
        found("waymark-query", "sqlx", &["must not use sqlx, which belongs to waymark-store"]);
        found("waymark-query", "test:rand", &[]);
    }

    #[test]
    fn every_crate_has_a_place() {
        let expected =
            "a crate whose place is not decided: add it to the table in xtask/src/check/direction.rs";
        found("waymark-new", "", &[expected]);
    }
}
