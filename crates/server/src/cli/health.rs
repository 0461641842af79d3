//! `waymark health`: whether the server that has the data folder open takes events. For those who start it anew if not.

use serde_json::{Value, json};

use super::{Context, DONE, FOUND, failure::CliError, out};
use crate::{
    serve::reasons,
    text::style::{ERROR, shown, styled},
};

/// Ends with 1 when the server takes no events, or damage was found when it started.
pub(super) fn run(context: &Context) -> Result<u8, CliError> {
    let Some(from) = &context.from else {
        return Err(CliError::NotServed { path: context.data.clone() });
    };
    let reasons = reasons(&from.store);
    if context.json {
        let listed: Vec<Value> =
            reasons.iter().map(|(code, message)| json!({ "code": code, "message": message })).collect();
        out::json(context, &json!({ "ready": reasons.is_empty(), "reasons": listed }))?;
    } else if reasons.is_empty() {
        out::text(context, "The server takes events.\n")?;
    } else {
        let line = |(code, message): &(&str, String)| {
            format!("{} {}\n", styled(ERROR, format!("{code}:")), shown(message))
        };
        out::text(context, &reasons.iter().map(line).collect::<String>())?;
    }
    Ok(if reasons.is_empty() { DONE } else { FOUND })
}
