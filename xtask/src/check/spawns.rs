//! Work in the background is started where somebody notices that it died. Looks for calls that start a task or thread and keep
//! no handle.

use super::{Finding, sources::Sources};

/// Files that may start tasks: the list of jobs, and two places that explain why they need none.
const ALLOWED: [&str; 3] = [
    "crates/server/src/serve/jobs/mod.rs",
    "crates/server/src/api/work.rs",
    "crates/server/src/cli/serve.rs",
];
/// Calls whose task or thread may end unnoticed.
const CALLS: [&str; 2] = ["tokio::spawn(", "thread::spawn("];
/// Calls that do so when they begin a statement, which drops the handle.
const STATEMENTS: [&str; 4] = [
    "spawn_blocking(",
    "task::spawn_blocking(",
    "tokio::task::spawn_blocking(",
    "drop(tokio::task::spawn_blocking(",
];

pub(super) fn check(sources: &Sources) -> Vec<Finding> {
    let is_checked = |path: &str| {
        path.starts_with("crates/")
            && path.contains("/src/")
            && path.ends_with(".rs")
            && !path.contains("/tests")
            && !ALLOWED.contains(&path)
    };
    let files = sources.files().filter(|(path, _)| is_checked(path));
    files.flat_map(|(path, text)| found(path, text)).collect()
}

fn found(path: &str, text: &str) -> Vec<Finding> {
    let lines = (1..).zip(text.lines().map(str::trim));
    lines
        .filter(|(_, line)| !line.starts_with("//"))
        .filter(|(_, line)| {
            CALLS.iter().any(|call| line.contains(call))
                || STATEMENTS.iter().any(|call| line.starts_with(call))
        })
        .map(|(number, _)| {
            let text = "starts work that may die unnoticed; use `Jobs::spawn` or `Jobs::spawn_blocking`, or keep the handle \
                of a named thread and say when it panicked";
            Finding::error(format!("{path}:{number}"), text)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_without_a_handle_is_found() {
        let text = "fn a() {\n    tokio::spawn(work);\n    // tokio::spawn(work)\n    spawn_blocking(work);\n    \
            let done = spawn_blocking(work).await;\n    std::thread::spawn(work);\n}\n";
        let sources = Sources::from([
            ("crates/a/src/b.rs", text),
            ("crates/a/src/tests/b.rs", text),
            ("crates/a/tests/b.rs", text),
            ("crates/server/src/serve/jobs/mod.rs", text),
        ]);
        let places: Vec<String> = check(&sources).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["crates/a/src/b.rs:2", "crates/a/src/b.rs:4", "crates/a/src/b.rs:6"]);
    }
}
