//! The documents: every snippet that people may copy is run. Snippets of HTML and JavaScript run in a browser
//! (`web/tests/docs`); proxies' configurations run in `serve/proxies.rs`.

mod commands;
mod configuration;
mod definitions;
mod exports;
mod requests;
mod snippets;

use snippets::{Snippet, snippets};

/// Which test runs the snippets of a language, in all documents or in one.
const RUN_BY: [(&str, &str, &str); 15] = [
    ("", "html", "web/tests/docs"),
    ("", "js", "web/tests/docs"),
    ("", "sh", "docs/commands.rs"),
    ("", "nginx", "serve/proxies.rs"),
    ("", "caddy", "serve/proxies.rs"),
    ("docs/segments.md", "python", "web/tests/clients"),
    ("README.md", "csv", "docs/commands.rs"),
    ("README.md", "text", "docs/commands.rs"),
    ("README.md", "toml", "docs/commands.rs"),
    ("docs/waymark-toml.md", "toml", "docs/definitions.rs"),
    ("docs/configuration.md", "toml", "docs/configuration.rs"),
    ("docs/deploy.md", "toml", "docs/configuration.rs"),
    ("docs/accounts.md", "toml", "docs/configuration.rs"),
    ("docs/query-json.md", "json", "docs/requests.rs"),
    ("docs/collecting.md", "json", "docs/requests.rs"),
];

/// Formulas and messages that are shown, not copied: the line that each begins with, and the test that holds it.
const SHOWN: [(&str, &str, &str); 5] = [
    ("docs/privacy-identity.md", "salt    =", "collect::identity::audience"),
    ("docs/accounts.md", "No account exists yet.", "docs/commands.rs"),
    ("docs/api.md", "{ \"error\":", "docs/requests.rs"),
    ("docs/importing.md", "SELECT HEX(v.idvisitor)", "none: a query of another product's database"),
    ("docs/importing.md", "SELECT user_id AS visitor", "none: a query of another product's database"),
];

#[test]
fn each_snippet_has_a_test() {
    let runs = |snippet: &Snippet| {
        RUN_BY.iter().any(|(file, language, _)| {
            (file.is_empty() || *file == snippet.file) && *language == snippet.language
        })
    };
    let shown = |snippet: &Snippet| {
        SHOWN.iter().any(|(file, start, _)| *file == snippet.file && snippet.text.starts_with(start))
    };
    let all = snippets();
    assert!(all.len() > 40, "only {} snippets were found", all.len());
    let without: Vec<String> = all
        .iter()
        .filter(|snippet| !runs(snippet) && !shown(snippet))
        .map(|snippet| format!("{}: `{}`", snippet.place(), snippet.language))
        .collect();
    assert!(without.is_empty(), "no test runs these snippets: {without:#?}");
}
