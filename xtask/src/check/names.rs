//! Names in a document: what it puts between backticks and what looks like a path, a crate or an item must exist, so that
//! the map stays true.
//!
//! | in backticks | looked for |
//! |---|---|
//! | `docs/counting.md`, `log/`, `goal.rs` | from the root, or in the crate (and its `src`) of the heading above |
//! | `waymark-store` | a folder of `crates` |
//! | `store::log::Writer` | in that crate: each part a file, a folder or a declared item |
//! | `Writer` | declared in some crate |
//!
//! Anything else (commands, values, words in small letters) is left alone.

use super::Finding;
use super::sources::Sources;

const ENDINGS: [&str; 8] = [".rs", ".md", ".toml", ".json", ".sql", ".ts", ".lock", ".csv"];
const DECLARATIONS: [&str; 7] = ["struct ", "enum ", "trait ", "type ", "fn ", "const ", "mod "];

/// Every name in the document that is nowhere.
pub(super) fn check(document: &str, sources: &Sources) -> Vec<Finding> {
    let Some(text) = sources.text(document) else {
        return vec![Finding::error(document, "is missing")];
    };
    let mut findings = Vec::new();
    let mut folder = String::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            folder =
                quoted(line).find(|name| sources.has(name)).unwrap_or_default().trim_end_matches('/').into();
        }
        for name in quoted(line).filter(|name| !exists(name, &folder, sources)) {
            let place = format!("{document}:{}", number + 1);
            findings.push(Finding::error(
                place,
                format!("`{name}` does not exist: rename it here, or remove it"),
            ));
        }
    }
    findings
}

/// What stands between backticks, if it is one word.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    let parts = line.split('`').skip(1).step_by(2);
    parts.filter(|part| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "$<>*{}()=\"".contains(c))
    })
}

fn exists(name: &str, folder: &str, sources: &Sources) -> bool {
    if let Some(package) = name.strip_prefix("waymark-") {
        return sources.has(&format!("crates/{package}"));
    }
    if name.contains("::") {
        return item_exists(name, sources);
    }
    if is_path(name) {
        let name = name.trim_end_matches('/');
        return [String::new(), format!("{folder}/"), format!("{folder}/src/")]
            .iter()
            .any(|above| sources.has(&format!("{above}{name}")));
    }
    !is_type(name) || declared(name, "crates/", sources)
}

fn is_path(name: &str) -> bool {
    let hidden = name.starts_with('.') && name.len() > 1 && !ENDINGS.contains(&name);
    let ended = ENDINGS.iter().any(|ending| name.len() > ending.len() && name.ends_with(ending));
    !name.starts_with('/') && (name.contains('/') || ended || hidden)
}

/// In capitals and small letters, as types are written.
fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.contains(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// `store::log::Writer`, the crate by its folder's name or as `waymark_store`.
fn item_exists(name: &str, sources: &Sources) -> bool {
    let mut parts = name.split("::");
    let first = parts.next().unwrap_or_default();
    let root = format!("crates/{}/", first.strip_prefix("waymark_").unwrap_or(first));
    let mut known = parts.map(|part| {
        let file =
            |ending: &str| sources.files().any(|(path, _)| path.starts_with(&root) && path.ends_with(ending));
        file(&format!("/{part}.rs")) || file(&format!("/{part}/mod.rs")) || declared(part, &root, sources)
    });
    sources.has(&root) && known.all(|known| known)
}

/// Whether a Rust file under `root` declares an item of that name.
fn declared(name: &str, root: &str, sources: &Sources) -> bool {
    let declares = |line: &str| {
        DECLARATIONS.iter().any(|word| {
            line.split(word).skip(1).any(|rest| {
                rest.strip_prefix(name)
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            })
        })
    };
    sources.files().any(|(path, text)| {
        path.starts_with(root) && path.ends_with(".rs") && text.contains(name) && text.lines().any(declares)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(document: &str, missing: &[&str]) {
        let sources = Sources::from([
            ("MAP.md", document),
            ("Cargo.toml", ""),
            (".ci/run", ""),
            ("docs/counting.md", ""),
            ("crates/store/Cargo.toml", ""),
            ("crates/store/src/lib.rs", "pub mod log;\npub trait Vfs {}\n"),
            ("crates/store/src/log/writer.rs", "pub struct Writer<W> {\npub(crate) fn open() {}"),
        ]);
        let found: Vec<String> = super::check("MAP.md", &sources)
            .iter()
            .map(|finding| finding.text.split('`').nth(1).unwrap_or_default().to_owned())
            .collect();
        assert_eq!(found, missing, "{document}");
    }

    #[test]
    fn paths_are_looked_for_from_the_root() {
        check("`docs/counting.md`, `docs/`, `crates/store`, `Cargo.toml`, `.ci/run`", &[]);
        check("`docs/gone.md` and `Gone.toml`", &["docs/gone.md", "Gone.toml"]);
        check("`.github`", &[".github"]);
    }

    #[test]
    fn paths_are_looked_for_in_the_crate_of_the_heading() {
        check("## `crates/store`\n- `log/`: `log/writer.rs`, `lib.rs`", &[]);
        check("## `crates/store`\n- `log/reader.rs`", &["log/reader.rs"]);
        check("## `crates/store`\n## Other\n- `log/writer.rs`", &["log/writer.rs"]);
    }

    #[test]
    fn crates_and_items_are_looked_for() {
        check(
            "`waymark-store`, `store::log`, `store::log::Writer`, `waymark_store::Vfs`, `store::log::open`",
            &[],
        );
        check("`waymark-gone`, `store::Gone`, `gone::log`", &["waymark-gone", "store::Gone", "gone::log"]);
        check("`Vfs` and `Write`", &["Write"]);
    }

    #[test]
    fn other_words_are_left_alone() {
        check(
            "`cargo xtask test`, `fsync`, `(visitor, time)`, `/api/v1`, `prop.plan`, `K`, `UTC`, `a <- b/c`",
            &[],
        );
    }

    #[test]
    fn a_missing_document_is_found() {
        let findings = super::super::names::check("GONE.md", &Sources::from([("MAP.md", "")]));
        assert_eq!(findings.len(), 1);
    }
}
