//! Where results go: text or JSON on the output stream, what to keep in mind on the error stream.

use std::io::Write as _;

use serde::Serialize;

use super::{Context, failure::CliError};
use crate::{
    query_json::{Answer, Notice},
    text::{
        self,
        style::{HINT, WARNING, shown, styled},
    },
};

/// Prints text as it stands.
pub(crate) fn text(text: &str) -> Result<(), CliError> {
    Ok(anstream::stdout().write_all(text.as_bytes())?)
}

/// Prints something as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), CliError> {
    let mut json = serde_json::to_string_pretty(value)?;
    json.push('\n');
    Ok(std::io::stdout().write_all(json.as_bytes())?)
}

/// Prints an answer in the form that is asked for.
pub(crate) fn answer(context: &Context, answer: &Answer) -> Result<(), CliError> {
    if context.json {
        json(answer)?;
    } else {
        text(&text::answer::answer(answer))?;
    }
    warnings(&answer.warnings);
    Ok(())
}

/// Says on the error stream what to keep in mind.
pub(crate) fn warnings(warnings: &[Notice]) {
    for Notice { message, hint } in warnings {
        anstream::eprintln!("{} {}", styled(WARNING, "warning:"), shown(message));
        if let Some(hint) = hint {
            anstream::eprintln!("{} {}", styled(HINT, "hint:"), shown(hint));
        }
    }
}
