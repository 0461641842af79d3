//! Errors in a text, drawn with the place they are about.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use waymark_model::DefinitionError;

/// The errors, each with the lines of the text it points at. `path` names the text.
pub(crate) fn draw(errors: &[DefinitionError], path: &str, text: &str) -> String {
    let renderer = Renderer::styled();
    let drawn = errors.iter().map(|error| {
        let primary = AnnotationKind::Primary.span(error.span.clone()).label(error.label.as_str());
        let snippet = Snippet::source(text).path(path).annotation(primary);
        let group = Level::ERROR.primary_title(error.message.as_str()).element(snippet);
        let report = match &error.hint {
            Some(hint) => [group.element(Level::HELP.with_name("hint").message(hint.as_str()))],
            None => [group],
        };
        renderer.render(&report)
    });
    drawn.collect::<Vec<_>>().join("\n\n")
}
