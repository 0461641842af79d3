//! Where results go: text or JSON on the output stream, what to keep in mind on the error stream; of this process, or of
//! the one that a command came from.

use std::io::{self, Write};

use serde::Serialize;
use waymark_analysis::{Answer, Notice};

use super::{Context, DAMAGED, DONE, failure::CliError, local::Remote};
use crate::text::{
    self,
    style::{HINT, WARNING, shown, styled},
};

/// The two streams.
#[derive(Clone, Debug)]
pub(crate) enum Out {
    /// Those of this process.
    Process,
    /// Those of the process that sent the command.
    Remote(Remote),
}

impl Out {
    /// Text for the output stream. What is no terminal gets it without styles.
    pub(crate) fn text(&self, text: &str) -> io::Result<()> {
        match self {
            Self::Process => anstream::stdout().write_all(text.as_bytes()),
            Self::Remote(remote) => remote.text(text),
        }
    }

    /// Text for the error stream, with the same care. Nobody is told when that fails.
    pub(crate) fn say(&self, text: &str) {
        let _ = match self {
            Self::Process => anstream::stderr().write_all(text.as_bytes()),
            Self::Remote(remote) => remote.say(text),
        };
    }
}

/// Bytes for the output stream, as they are.
impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Process => io::stdout().write(bytes),
            Self::Remote(remote) => remote.bytes(bytes).map(|()| bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Process => io::stdout().flush(),
            Self::Remote(_) => Ok(()),
        }
    }
}

/// Prints text as it stands.
pub(crate) fn text(context: &Context, text: &str) -> Result<(), CliError> {
    Ok(context.out.text(text)?)
}

/// Prints something as JSON.
pub(crate) fn json(context: &Context, value: &impl Serialize) -> Result<(), CliError> {
    let mut json = serde_json::to_string_pretty(value)?;
    json.push('\n');
    Ok(context.out.clone().write_all(json.as_bytes())?)
}

/// Prints an answer in the form that is asked for; gives the code to end with.
pub(crate) fn answer(context: &Context, answer: &Answer) -> Result<u8, CliError> {
    if context.json {
        json(context, answer)?;
    } else {
        text(context, &text::answer::answer(answer))?;
    }
    warnings(context, &answer.warnings);
    Ok(code(&answer.damage))
}

/// The code of an answer: one of its own when it may lack events.
pub(crate) fn code<T>(damage: &[T]) -> u8 {
    if damage.is_empty() { DONE } else { DAMAGED }
}

/// Says on the error stream what to keep in mind.
pub(crate) fn warnings(context: &Context, warnings: &[Notice]) {
    for Notice { message, hint } in warnings {
        let mut text = format!("{} {}\n", styled(WARNING, "warning:"), shown(message));
        if let Some(hint) = hint {
            text.push_str(&format!("{} {}\n", styled(HINT, "hint:"), shown(hint)));
        }
        context.out.say(&text);
    }
}
