//! Finds the snippets in the documents: fenced blocks, and commands within the text.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A fenced block of a document.
pub struct Snippet {
    /// The document, from the project's root.
    pub file: String,
    /// The line of its fence, from 1.
    pub line: usize,
    /// What stands after the fence; empty if nothing does.
    pub language: String,
    pub text: String,
}

impl Snippet {
    /// Where it stands, as a message names it.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The README, the documents, the guide and the READMEs of the web packages, by their paths from the root.
fn documents() -> Vec<String> {
    let mut found = vec!["README.md".to_owned()];
    for folder in
        ["docs", "docs/guide", "docs/decisions", "web/node", "web/tracker", "web/dashboard", "web/shop"]
    {
        let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        let names = entries.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(".md"));
        found.extend(names.map(|name| format!("{folder}/{name}")));
    }
    found.sort();
    found
}

/// The text of a document.
pub fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// All fenced blocks of all documents, in their order.
pub fn snippets() -> Vec<Snippet> {
    documents().iter().flat_map(|file| in_text(file, &text(file))).collect()
}

/// The blocks of one document in these languages, in their order. There is at least one.
pub fn of(file: &str, languages: &[&str]) -> Vec<Snippet> {
    let all = in_text(file, &text(file)).into_iter();
    let found: Vec<Snippet> = all.filter(|snippet| languages.contains(&snippet.language.as_str())).collect();
    assert!(!found.is_empty(), "{file} has no snippet in {languages:?}");
    found
}

fn in_text(file: &str, text: &str) -> Vec<Snippet> {
    let mut found: Vec<Snippet> = Vec::new();
    let mut is_open = false;
    for (at, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), is_open) {
            (Some(_), true) => is_open = false,
            (Some(language), false) => {
                is_open = true;
                let (file, language) = (file.to_owned(), language.trim().to_owned());
                found.push(Snippet { file, line: at + 1, language, text: String::new() });
            }
            (None, true) => {
                let snippet = found.last_mut().unwrap();
                snippet.text.push_str(line);
                snippet.text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert!(!is_open, "{file}: a fence is not closed");
    found
}

/// Calls of `waymark` within the text of all documents, such as `waymark key list`, with the document of each.
pub fn inline_commands() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for file in documents() {
        // A span may be broken over two lines.
        let prose = without_blocks(&text(&file)).replace('\n', " ");
        for (at, span) in prose.split('`').enumerate() {
            if at % 2 == 1 && span.starts_with("waymark ") {
                found.push((file.clone(), span.to_owned()));
            }
        }
    }
    found
}

/// A document without its fenced blocks.
fn without_blocks(text: &str) -> String {
    let (mut kept, mut is_open) = (String::new(), false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_open = !is_open;
        } else if !is_open {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}
