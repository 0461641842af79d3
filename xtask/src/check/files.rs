//! Source files: each says at its top what it is, and none grows past what a reader can hold.

use super::Finding;
use super::sources::Sources;

/// Lines from which a file is worth a thought.
const LONG: usize = 600;
/// Lines above which a file has more than one subject.
const TOO_LONG: usize = 800;

/// Rust files under `crates/*/src` and `xtask/src`; files of tests need no heading.
pub(super) fn check(sources: &Sources) -> Vec<Finding> {
    sources
        .files()
        .filter(|(path, _)| is_source(path))
        .flat_map(|(path, text)| [length(path, text), heading(path, text)])
        .flatten()
        .collect()
}

fn is_source(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    path.ends_with(".rs") && matches!(parts.as_slice(), ["crates", _, "src", ..] | ["xtask", "src", ..])
}

fn is_tests(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("_tests.rs")
}

fn length(path: &str, text: &str) -> Option<Finding> {
    match text.lines().count() {
        lines if lines > TOO_LONG => {
            Some(Finding::error(path, format!("{lines} lines, of {TOO_LONG} at most: split it by subject")))
        }
        lines if lines > LONG => {
            Some(Finding::warning(path, format!("{lines} lines: does it still have one subject?")))
        }
        _ => None,
    }
}

fn heading(path: &str, text: &str) -> Option<Finding> {
    let missing = !is_tests(path) && !text.starts_with("//! ");
    missing.then(|| Finding::error(path, "begin it with a `//!` line: what it is, and what it must not know"))
}

#[cfg(test)]
mod tests {
    use super::super::Weight;
    use super::*;

    #[track_caller]
    fn found(path: &str, text: &str, expected: &[Weight]) {
        let findings = check(&Sources::from([(path, text)]));
        let weights: Vec<Weight> = findings.iter().map(|finding| finding.weight).collect();
        assert_eq!(weights, expected, "{findings:?}");
    }

    fn lines(count: usize) -> String {
        format!("//! A file.\n{}", "\n".repeat(count - 1))
    }

    #[test]
    fn a_file_says_what_it_is() {
        found("crates/model/src/goal.rs", "//! Goals.\nstruct Goal;", &[]);
        found("crates/model/src/goal.rs", "struct Goal;", &[Weight::Error]);
        found("xtask/src/check/files.rs", "\n//! Late.", &[Weight::Error]);
        found("crates/model/src/goal/tests.rs", "use super::*;", &[]);
        found("crates/model/tests/it/main.rs", "mod goal;", &[]);
        found("crates/model/src/goal.txt", "anything", &[]);
    }

    #[test]
    fn a_file_has_a_length_that_a_reader_can_hold() {
        found("crates/model/src/goal.rs", &lines(600), &[]);
        found("crates/model/src/goal.rs", &lines(601), &[Weight::Warning]);
        found("crates/model/src/goal.rs", &lines(800), &[Weight::Warning]);
        found("crates/model/src/goal.rs", &lines(801), &[Weight::Error]);
    }
}
