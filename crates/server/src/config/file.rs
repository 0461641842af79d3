//! The configuration file: TOML whose keys are those of the table. All that is wrong with it is said at once, each with
//! its place.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};
use waymark_model::{DefinitionError, nearest};

use super::{Config, KEYS};

/// Takes the values of a file's text.
pub(super) fn read(config: &mut Config, text: &str) -> Result<(), Vec<DefinitionError>> {
    let (document, broken) = DeTable::parse_recoverable(text);
    let mut errors: Vec<DefinitionError> = broken
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            wrong(span, format!("this is no TOML: {}", error.message()), "here", None)
        })
        .collect();
    if errors.is_empty() {
        table(config, "", document.get_ref(), &mut errors);
    }
    errors.sort_by_key(|error| error.span.start);
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn table(config: &mut Config, prefix: &str, table: &DeTable<'_>, errors: &mut Vec<DefinitionError>) {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        let below = format!("{name}.");
        match value.get_ref() {
            DeValue::Table(inner) if KEYS.iter().any(|key| key.name.starts_with(&below)) => {
                self::table(config, &below, inner, errors);
            }
            _ => entry(config, &name, key, value, errors),
        }
    }
}

fn entry(
    config: &mut Config,
    name: &str,
    key: &Spanned<DeString<'_>>,
    value: &Spanned<DeValue<'_>>,
    errors: &mut Vec<DefinitionError>,
) {
    let Some(known) = KEYS.iter().find(|key| key.name == name) else {
        let names = || KEYS.iter().map(|key| key.name);
        let hint = match nearest(name, names()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("known: {}", names().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("the configuration has no key `{name}`");
        errors.push(wrong(key.span(), message, "unknown key", Some(hint)));
        return;
    };
    let read = match text_of(value.get_ref()) {
        Some(text) => (known.read)(config, &text),
        None => Err(format!("`{name}` is one value")),
    };
    if let Err(message) = read {
        errors.push(wrong(value.span(), message, "no such value", None));
    }
}

/// A value as the text that an argument would be; a list with commas.
fn text_of(value: &DeValue<'_>) -> Option<String> {
    Some(match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().replace('_', ""),
        DeValue::Boolean(true) => "on".to_owned(),
        DeValue::Boolean(false) => "off".to_owned(),
        DeValue::Array(values) => {
            let texts: Option<Vec<String>> = values.iter().map(|value| text_of(value.get_ref())).collect();
            texts?.join(",")
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => return None,
    })
}

fn wrong(span: Range<usize>, message: String, label: &str, hint: Option<String>) -> DefinitionError {
    DefinitionError { message, span, label: label.to_owned(), hint }
}
