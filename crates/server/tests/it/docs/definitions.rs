//! Snippets of `waymark.toml`: each is applied.

use super::snippets::of;
use crate::cli::Folder;

#[test]
fn definitions_are_applied() {
    let snippets = of("docs/waymark-toml.md", &["toml"]);
    // The first is a whole file; the others are parts that stand below it.
    let whole = &snippets[0].text;
    for snippet in &snippets {
        let text =
            if snippet.text == *whole { snippet.text.clone() } else { format!("{whole}\n{}", snippet.text) };
        let folder = Folder::new();
        folder.ok(&["site", "add", "shop", "--timezone", "Europe/Berlin"]);
        let file = folder.file("waymark.toml", &text);
        let ran = folder.run(&["goals", "apply", &file]);
        assert_eq!(ran.code, 0, "{}\n{}{}", snippet.place(), ran.out, ran.err);
    }
}
