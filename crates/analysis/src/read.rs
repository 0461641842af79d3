//! Reads a query from JSON text, and says what was probably meant where it cannot be read.

use serde::de::DeserializeOwned;
use waymark_model::nearest;

use crate::{error::QueryError, query::Query};

/// The query of that text.
///
/// # Errors
/// [`QueryError::Json`] with the place in the text, and a hint when a name is nearly one that is known.
pub fn read(text: &str) -> Result<Query, QueryError> {
    read_as(text)
}

/// What a JSON text says.
///
/// # Errors
/// As [`read`].
pub fn read_as<T: DeserializeOwned>(text: &str) -> Result<T, QueryError> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let hint = hint(&message);
        QueryError::Json { message, hint }
    })
}

/// The known name that is nearest to the first name quoted in a message such as ``unknown field `goall`, expected one
/// of `goal`, `base` ``.
fn hint(message: &str) -> Option<String> {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown").then(|| names.next()).flatten()?;
    nearest(unknown, names).map(|known| format!("did you mean `{known}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, message: &str, expected: Option<&str>) {
        match read(text) {
            Err(QueryError::Json { message: found, hint }) => {
                assert!(found.contains(message), "{text}: {found}");
                assert_eq!(hint.as_deref(), expected, "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest() {
        check(r#"{"rat": {"goal": "x"}}"#, "unknown variant `rat`", Some("did you mean `rate`?"));
        check(r#"{"rate": {"gaol": "x"}}"#, "unknown field `gaol`", Some("did you mean `goal`?"));
        check(r#"{"rate": {"goal": "x", "over": {"rnage": {}}}}"#, "line 1", Some("did you mean `range`?"));
        check(
            r#"{"rate": {"goal": "x", "base": "visitors"}}"#,
            "unknown variant",
            Some("did you mean `visitor`?"),
        );
        check(
            r#"{"funnel": {"steps": ["a"], "window": "1h", "ordr": "any"}}"#,
            "ordr",
            Some("did you mean `order`?"),
        );
        check(r#"{"rate": {"goal": "x", "zzzzzz": 1}}"#, "unknown field `zzzzzz`", None);
        check(r#"{"rate": {}}"#, "missing field `goal`", None);
        check("", "EOF", None);
    }
}
