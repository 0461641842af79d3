//! A JSON object of a client, read field by field. What cannot be read is remarked upon and left out, alone. It must not know any
//! protocol.

use std::borrow::Cow;

use waymark_model::{
    nearest,
    normal::{identifier::digits, limits::TEXT_BYTES, time_unit::Number},
};

use super::{
    Refusal,
    incoming::{Property, Time},
    json::{Object, Value, unwrapped},
    money,
    remark::{Reason, Remark},
};

/// An object whose fields are taken one by one.
#[derive(Debug)]
pub struct Fields<'t> {
    object: Object<'t>,
    /// What became of fields that could not be kept as they were sent.
    pub remarks: Vec<Remark>,
    /// What could not be used in its own place, and is kept as a property.
    pub kept: Vec<Property<'t>>,
}

impl<'t> Fields<'t> {
    /// The fields of an object, also where a text is the JSON of one.
    ///
    /// # Errors
    /// For anything else.
    pub fn from_value(value: Value<'t>) -> Result<Self, Refusal> {
        match unwrapped(value) {
            Value::Object(object) => Ok(Self { object, remarks: Vec::new(), kept: Vec::new() }),
            _ => Err(Refusal::NotAnObject),
        }
    }

    /// One field alone.
    #[must_use]
    pub fn from_field(field: &'static str, value: Value<'t>) -> Self {
        let mut object = Object::default();
        object.insert(field, value);
        Self { object, remarks: Vec::new(), kept: Vec::new() }
    }

    /// The value of a field; `null` is nothing.
    pub fn take(&mut self, field: &str) -> Option<Value<'t>> {
        self.object.take(field).filter(|value| !value.is_null())
    }

    /// Remarks that a field is left out or repaired.
    pub fn remark(&mut self, field: &str, reason: Reason) {
        self.remarks.push(Remark::new(field, reason));
    }

    /// A text; an empty one is nothing, a number is its digits.
    pub fn text(&mut self, field: &str) -> Option<Cow<'t, str>> {
        match self.take(field)? {
            Value::Text(text) => Some(text).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(Cow::Owned(digits(&number.to_string()).into_owned())),
            _ => {
                self.remark(field, Reason::WrongKind("a text"));
                None
            }
        }
    }

    /// `true` or `false`, also as a text or number; false when the field is not there.
    pub fn flag(&mut self, field: &str) -> bool {
        let Some(value) = self.take(field) else { return false };
        match plain(value).unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" | "" => false,
            _ => {
                self.remark(field, Reason::WrongKind("true or false"));
                false
            }
        }
    }

    /// A time: ms since 1970-01-01 UTC, or RFC 3339.
    pub fn time(&mut self, field: &str) -> Option<Time> {
        self.take(field).map(|value| time(&value).map_or(Time::Unreadable, Time::At))
    }

    /// Value in minor units and currency: `19.9` or `"19.90"` of `currency`, or `"19.90 EUR"`. What cannot be read is kept as a
    /// property of the field's name.
    pub fn money(&mut self, value: &'static str, currency: &'static str) -> (Option<i64>, Option<String>) {
        let sent = [(value, self.take(value)), (currency, self.take(currency))];
        let read = money::read(sent[0].1.as_ref(), sent[1].1.as_ref());
        for ((field, sent), reason) in sent.into_iter().zip([read.amount_remark, read.currency_remark]) {
            let Some(reason) = reason else { continue };
            if !reason.is_repair() {
                self.keep(field, sent);
            }
            self.remark(field, reason);
        }
        (read.value, read.currency)
    }

    /// Properties: an object of texts, numbers and flags, or the JSON of one as a text. Other values are kept as JSON.
    pub fn properties(&mut self, field: &'static str) -> Vec<Property<'t>> {
        let Some(value) = self.take(field) else { return Vec::new() };
        self.properties_of(field, value)
    }

    /// The same of a value that was taken from a field.
    pub fn properties_of(&mut self, field: &'static str, value: Value<'t>) -> Vec<Property<'t>> {
        match unwrapped(value) {
            Value::Text(text) if text.trim().is_empty() => Vec::new(),
            Value::Object(object) => {
                object.into_iter().filter_map(|(key, value)| self.property(key, value)).collect()
            }
            other => {
                self.keep(field, Some(other));
                self.remark(field, Reason::WrongKind("an object"));
                Vec::new()
            }
        }
    }

    /// A property; lists and objects as JSON, unless that is longer than a text can be.
    pub fn property(&mut self, key: Cow<'t, str>, value: Value<'t>) -> Option<Property<'t>> {
        let is_nested = matches!(value, Value::List(_) | Value::Object(_));
        let text = plain(value)?;
        if is_nested && text.len() > TEXT_BYTES {
            self.remark(&key, Reason::LongJson);
            return None;
        }
        Some((key, text))
    }

    /// Keeps a value that cannot be used in its own place as a property.
    fn keep(&mut self, field: impl Into<Cow<'t, str>>, value: Option<Value<'t>>) {
        if let Some(property) = value.and_then(|value| self.property(field.into(), value)) {
            self.kept.push(property);
        }
    }

    /// What was not taken, as properties below a prefix: nothing that a client says is dropped in silence.
    pub fn rest(&mut self, prefix: &str) -> Vec<Property<'t>> {
        let rest = self.remaining().into_iter();
        rest.filter_map(|(key, value)| self.property(format!("{prefix}{key}").into(), value)).collect()
    }

    /// What was not taken.
    pub fn remaining(&mut self) -> Object<'t> {
        std::mem::take(&mut self.object)
    }

    /// Fields that nobody knows: remarked upon with the one of `known` that is probably meant, and kept as properties unless that
    /// one is among the `private`, which are never kept as they are sent.
    pub fn unknown(&mut self, known: &[&str], private: &[&str]) {
        for (field, value) in self.remaining() {
            let meant = nearest(&field, known.iter().copied());
            if !meant.is_some_and(|meant| private.contains(&meant)) {
                self.keep(field.clone(), Some(value));
            }
            self.remark(&field, Reason::UnknownField(meant.map(str::to_owned)));
        }
    }
}

/// A value as a property's text; `null` is none.
#[must_use]
pub fn plain(value: Value<'_>) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text),
        Value::Bool(flag) => Some(Cow::Borrowed(if flag { "true" } else { "false" })),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        nested => Some(Cow::Owned(nested.json())),
    }
}

/// A time: ms since 1970-01-01 UTC, as a number or its digits, or RFC 3339.
fn time(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Number(number) => {
            let rounded = || number.as_f64().filter(|ms| ms.abs() < 1e15).map(|ms| ms as i64);
            number.as_i64().or_else(rounded)
        }
        Value::Text(text) => {
            let digits = || Number::parse(text.trim()).map(|number| number.whole);
            text.trim().parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond).or_else(digits)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: serde_json::Value) -> Fields<'static> {
        Fields::from_value(value.into()).unwrap()
    }

    fn codes(fields: &Fields<'_>) -> Vec<&'static str> {
        fields.remarks.iter().map(|remark| remark.reason.code()).collect()
    }

    #[test]
    fn texts_are_texts_or_digits() {
        for (given, expected, remarks) in [
            (json!("a"), Some("a"), &[][..]),
            (json!(""), None, &[]),
            (json!(null), None, &[]),
            (json!(1001), Some("1001"), &[]),
            (json!(1001.0), Some("1001"), &[]),
            (json!(true), None, &["wrong_kind"]),
            (json!([1]), None, &["wrong_kind"]),
        ] {
            let mut fields = fields(json!({ "key": given }));
            assert_eq!(fields.text("key").as_deref(), expected, "{given}");
            assert_eq!(codes(&fields), remarks, "{given}");
            assert!(fields.kept.is_empty(), "an identifier is never kept as it is sent");
        }
    }

    #[test]
    fn what_is_no_money_is_kept_as_a_text() {
        let mut fields = fields(json!({ "value": "1.299", "currency": "euro" }));
        assert_eq!(fields.money("value", "currency"), (None, None));
        let kept = [("value", "1.299"), ("currency", "euro")];
        assert_eq!(fields.kept, kept.map(|(key, value)| (key.into(), value.into())));
        assert_eq!(codes(&fields), ["ambiguous_value", "bad_currency"]);
    }

    #[test]
    fn flags_are_read_as_people_write_them() {
        for (given, expected, remarks) in [
            (json!(true), true, 0),
            (json!("true"), true, 0),
            (json!(1), true, 0),
            (json!("no"), false, 0),
            (json!(null), false, 0),
            (json!("maybe"), false, 1),
            (json!({}), false, 1),
        ] {
            let mut fields = fields(json!({ "test": given }));
            assert_eq!((fields.flag("test"), fields.remarks.len()), (expected, remarks), "{given}");
        }
    }

    #[test]
    fn times_are_milliseconds_or_rfc_3339() {
        for (given, expected) in [
            (json!(1_700_000_000_123_i64), Some(1_700_000_000_123)),
            (json!(1_700_000_000_123.6), Some(1_700_000_000_123)),
            (json!("1700000000123"), Some(1_700_000_000_123)),
            (json!("1700000000123.25"), Some(1_700_000_000_123)),
            (json!("2023-11-14T22:13:20.123Z"), Some(1_700_000_000_123)),
            (json!("yesterday"), None),
            (json!(1e300), None),
            (json!(true), None),
        ] {
            assert_eq!(time(&given.clone().into()), expected, "{given}");
        }
    }

    #[test]
    fn properties_are_an_object_or_its_text() {
        let long = "x".repeat(TEXT_BYTES);
        for (given, expected, remarks) in [
            (json!({ "a": 1, "b": "x", "c": null }), "a=1 b=x", &[][..]),
            (json!(r#"{"a":[1,2]}"#), "a=[1,2]", &[]),
            (json!({ "a": [long], "b": 1 }), "b=1", &["long_json"]),
            (json!([1]), "", &["wrong_kind"]),
        ] {
            let mut fields = fields(json!({ "props": given }));
            let found = fields.properties("props");
            let found: Vec<String> = found.iter().map(|(key, value)| format!("{key}={value}")).collect();
            assert_eq!(found.join(" "), expected, "{given}");
            assert_eq!(codes(&fields), remarks, "{given}");
        }
    }

    #[test]
    fn an_unknown_field_is_kept_and_named_with_the_nearest_known() {
        let mut fields = fields(json!({ "vaule": 1, "usr": "ann", "colour": "red" }));
        fields.unknown(&["name", "value", "user"], &["user"]);
        let kept = [("colour", "red"), ("vaule", "1")];
        let mut found = fields.kept.clone();
        found.sort();
        assert_eq!(found, kept.map(|(key, value)| (key.into(), value.into())));
        let hints: Vec<_> = fields.remarks.iter().map(|remark| remark.reason.to_string()).collect();
        assert!(hints.iter().any(|hint| hint.contains("did you mean `value`?")), "{hints:?}");
        assert!(hints.iter().any(|hint| hint.contains("did you mean `user`?")), "{hints:?}");
    }
}
