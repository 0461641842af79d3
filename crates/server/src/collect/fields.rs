//! A JSON object of a client, read field by field. It must not know any protocol.

use serde_json::{Map, Value};
use waymark_model::{
    money::{decimals, is_currency, minor_units},
    nearest,
};

use super::{Refusal, RequestError, limits};

/// The body as JSON.
///
/// # Errors
/// When it is none, or nested too deeply.
pub fn parse(body: &[u8]) -> Result<Value, RequestError> {
    if depth(body) > limits::JSON_DEPTH {
        return Err(RequestError::TooDeep);
    }
    serde_json::from_slice(body).map_err(|error| RequestError::BadJson(error.to_string()))
}

/// The deepest nesting of arrays and objects in a text that is or may be JSON.
fn depth(text: &[u8]) -> usize {
    let (mut now, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// An object whose fields are taken one by one.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// The fields of an object.
    ///
    /// # Errors
    /// For anything else.
    pub fn of(value: Value) -> Result<Self, Refusal> {
        match value {
            Value::Object(map) => Ok(Self(map)),
            _ => Err(Refusal::NotAnObject),
        }
    }

    /// The value of a field; `null` is none.
    pub fn take(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field).filter(|value| !value.is_null())
    }

    /// A text; an empty one is none, a number is its digits.
    ///
    /// # Errors
    /// When it is neither.
    pub fn text(&mut self, field: &str) -> Result<Option<String>, Refusal> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(Refusal::WrongKind { field: field.to_owned(), expected: "a text" }),
        }
    }

    /// `true` or `false`; false when the field is not there.
    ///
    /// # Errors
    /// For anything else.
    pub fn flag(&mut self, field: &str) -> Result<bool, Refusal> {
        match self.take(field) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(Refusal::WrongKind { field: field.to_owned(), expected: "true or false" }),
        }
    }

    /// A time: ms since 1970-01-01 UTC, or RFC 3339.
    ///
    /// # Errors
    /// For anything else.
    pub fn time(&mut self, field: &str) -> Result<Option<i64>, Refusal> {
        match self.take(field) {
            None => Ok(None),
            Some(value) => time(&value).map(Some),
        }
    }

    /// Value in minor units and currency: `19.9` or `"19.90"` of `currency`, or `"19.90 EUR"`.
    ///
    /// # Errors
    /// When it is no amount, or the currency none.
    pub fn money(&mut self, value: &str, currency: &str) -> Result<(Option<i64>, Option<String>), Refusal> {
        let currency = self.text(currency)?;
        let amount = match self.take(value) {
            None => return currency.map(|code| code_of(&code)).transpose().map(|code| (None, code)),
            Some(Value::String(text)) => text,
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => return Err(Refusal::BadValue),
        };
        let (amount, own) = match amount.trim().rsplit_once(' ') {
            Some((amount, code)) => (amount.trim().to_owned(), Some(code.to_owned())),
            None => (amount.trim().to_owned(), None),
        };
        let currency = own.or(currency).map(|code| code_of(&code)).transpose()?;
        let places = decimals(currency.as_deref().unwrap_or(""));
        let (minor, _) = minor_units(&amount, places).ok_or(Refusal::BadValue)?;
        Ok((Some(minor), currency))
    }

    /// Properties: an object of texts, numbers and flags. Other values are kept as JSON.
    ///
    /// # Errors
    /// When it is no object.
    pub fn properties(&mut self, field: &str) -> Result<Vec<(String, String)>, Refusal> {
        match self.take(field) {
            None => Ok(Vec::new()),
            Some(Value::Object(map)) => {
                Ok(map.into_iter().filter_map(|(key, value)| Some((key, plain(value)?))).collect())
            }
            Some(_) => Err(Refusal::WrongKind { field: field.to_owned(), expected: "an object" }),
        }
    }

    /// What was not taken, as properties below a prefix: nothing that a client says is dropped in silence.
    #[must_use]
    pub fn rest(self, prefix: &str) -> Vec<(String, String)> {
        self.0
            .into_iter()
            .filter_map(|(key, value)| Some((format!("{prefix}{key}"), plain(value)?)))
            .collect()
    }

    /// What was not taken.
    #[must_use]
    pub fn remaining(self) -> Map<String, Value> {
        self.0
    }

    /// Refuses fields that were not taken; `known` are those that may be meant.
    ///
    /// # Errors
    /// With the first of them.
    pub fn finish(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(field) => Err(Refusal::UnknownField {
                field: field.chars().take(limits::KEY_BYTES).collect(),
                hint: nearest(field, known.iter().copied()).map(str::to_owned),
            }),
        }
    }
}

/// A value as a property's text; `null` is none.
#[must_use]
pub fn plain(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// A time: ms since 1970-01-01 UTC, or RFC 3339.
///
/// # Errors
/// For anything else.
pub fn time(value: &Value) -> Result<i64, Refusal> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().filter(|ms| ms.abs() < 1e15).map(|ms| ms as i64))
            .ok_or(Refusal::BadTime),
        Value::String(text) => {
            text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond).map_err(|_| Refusal::BadTime)
        }
        _ => Err(Refusal::BadTime),
    }
}

fn code_of(text: &str) -> Result<String, Refusal> {
    let code = text.trim().to_ascii_uppercase();
    if is_currency(&code) { Ok(code) } else { Err(Refusal::BadCurrency) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn depth_counts_what_is_not_quoted() {
        for (text, expected) in [
            ("1", 0),
            ("{}", 1),
            ("[[{}]]", 3),
            (r#"{"a":"[[[["}"#, 1),
            (r#"{"a":"\"[[","b":[1]}"#, 2),
            ("]]]][", 1),
        ] {
            assert_eq!(depth(text.as_bytes()), expected, "{text}");
        }
        assert!(matches!(parse("[".repeat(9).as_bytes()), Err(RequestError::TooDeep)));
    }

    #[test]
    fn money_is_read_in_every_form() {
        let eur = || Some("EUR".to_owned());
        for (given, expected) in [
            (json!({}), Ok((None, None))),
            (json!({ "value": "19.90 EUR" }), Ok((Some(1990), eur()))),
            (json!({ "value": "19.90", "currency": "eur" }), Ok((Some(1990), eur()))),
            (json!({ "value": 19.9, "currency": "EUR" }), Ok((Some(1990), eur()))),
            (json!({ "value": 500, "currency": "JPY" }), Ok((Some(500), Some("JPY".to_owned())))),
            (json!({ "value": -5 }), Ok((Some(-500), None))),
            (json!({ "value": "much" }), Err(Refusal::BadValue)),
            (json!({ "value": [1] }), Err(Refusal::BadValue)),
            (json!({ "value": 1e30 }), Err(Refusal::BadValue)),
            (json!({ "value": 1, "currency": "euro" }), Err(Refusal::BadCurrency)),
        ] {
            let read = Fields::of(given.clone()).and_then(|mut fields| fields.money("value", "currency"));
            assert_eq!(read, expected, "{given}");
        }
    }

    #[test]
    fn times_are_milliseconds_or_rfc_3339() {
        for (given, expected) in [
            (json!(1_700_000_000_123_i64), Ok(1_700_000_000_123)),
            (json!(1_700_000_000_123.6), Ok(1_700_000_000_123)),
            (json!("2023-11-14T22:13:20.123Z"), Ok(1_700_000_000_123)),
            (json!("yesterday"), Err(Refusal::BadTime)),
            (json!(1e300), Err(Refusal::BadTime)),
            (json!(true), Err(Refusal::BadTime)),
        ] {
            assert_eq!(time(&given), expected, "{given}");
        }
    }

    #[test]
    fn an_unknown_field_is_named_with_the_nearest_known() {
        let fields = Fields::of(json!({ "vaule": 1 })).unwrap();
        let hint = Some("value".to_owned());
        let expected = Err(Refusal::UnknownField { field: "vaule".to_owned(), hint });
        assert_eq!(fields.finish(&["name", "value"]), expected);
    }
}
