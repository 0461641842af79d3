//! What is wrong in a text of definitions, where, and what was probably meant. Data only: others draw it.

use std::ops::Range;

use serde::Serialize;

use crate::nearest;

/// Something that cannot be taken as it stands. Nothing of the text it is in has been applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct DefinitionError {
    /// What is wrong, in one sentence.
    pub message: String,
    /// The bytes of the text that it is about.
    pub span: Range<usize>,
    /// A few words to stand at those bytes.
    pub label: String,
    /// What to do, with the nearest known name where there is one.
    pub hint: Option<String>,
}

/// Collects errors, so that one reading reports all it can.
#[derive(Debug, Default)]
pub(super) struct Errors(Vec<DefinitionError>);

impl Errors {
    pub(super) fn push(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        hint: Option<String>,
    ) {
        self.0.push(DefinitionError { message: message.into(), span, label: label.into(), hint });
    }

    /// The value, if nothing was wrong; else every error, in the order of the text.
    pub(super) fn into_result<T>(mut self, value: T) -> Result<T, Vec<DefinitionError>> {
        self.0.sort_by_key(|error| (error.span.start, error.span.end));
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}

/// A hint that names what was probably meant, or else all that there is.
pub(super) fn suggest<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("known: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}
