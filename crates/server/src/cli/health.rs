//! `waymark health`: whether the server that has the data folder open takes events. For those who start it anew if not.

use super::{Context, DONE, FOUND, failure::CliError, out};
use crate::{
    serve::{Reason, body, is_ready, reasons},
    text::style::{ERROR, WARNING, shown, styled},
};

/// Ends with 1 when the server takes no events, or something that was stored is damaged.
pub(super) fn run(context: &Context) -> Result<u8, CliError> {
    let Some(from) = &context.from else {
        return Err(CliError::NotServed { path: context.data.clone() });
    };
    let reasons = reasons(&from.app.store, &from.app.jobs);
    if context.json {
        out::json(context, &body(&reasons))?;
    } else {
        out::text(context, &text(&reasons))?;
    }
    Ok(if is_ready(&reasons) { DONE } else { FOUND })
}

fn text(reasons: &[Reason]) -> String {
    let line = |Reason { code, message, is_remark }: &Reason| {
        let style = if *is_remark { WARNING } else { ERROR };
        format!("{} {}\n", styled(style, format!("{code}:")), shown(message))
    };
    let takes = if is_ready(reasons) { "The server takes events.\n" } else { "" };
    takes.to_owned() + &reasons.iter().map(line).collect::<String>()
}
