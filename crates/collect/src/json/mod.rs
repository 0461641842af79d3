//! The JSON of clients, read as far as it can be: one value that is not JSON costs that value and not the request.
//!
//! What programs really send is mended while it is read: half an emoji (`"\ud83d"`), raw control characters and wrong escapes in
//! texts, `NaN`, numbers that a float would change, and nesting that is too deep. What is mended into a text holds U+FFFD where
//! something unreadable was, so that it can be marked. It must not know any protocol.

mod reader;
mod value;

use std::borrow::Cow;

pub use value::{Field, Object, Value};

use self::reader::{NotJson, Reader};
use super::RequestError;

/// How often a text can be JSON that is a text again.
const WRAPPINGS: usize = 3;

/// The body as text. What is not UTF-8 becomes U+FFFD.
#[must_use]
pub fn text(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body)
}

/// The body as JSON.
///
/// # Errors
/// When it is not JSON, also once it is mended.
pub fn parse(body: &str) -> Result<Value<'_>, RequestError> {
    let failed = |NotJson { expected, at, is_deep }| match is_deep {
        true => RequestError::TooDeep,
        false => RequestError::BadJson(format!("{expected} is missing {}", place(body, at))),
    };
    Reader::read(body).map(unwrapped).map_err(failed)
}

/// Says where a byte is, as people count.
fn place(text: &str, at: usize) -> String {
    let before = &text[..text.floor_char_boundary(at)];
    let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
    format!("in line {}, column {}", before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// The value; for a text that is JSON of an object or a list, what that says. Pages with a `toJSON` of their own (Prototype.js) make
/// such texts of lists.
#[must_use]
pub fn unwrapped(mut value: Value<'_>) -> Value<'_> {
    for _ in 0..WRAPPINGS {
        let inner = match &value {
            Value::Text(text) if text.trim_start().starts_with(['{', '[', '"']) => Reader::read(text),
            _ => break,
        };
        match inner {
            Ok(inner) => value = inner.into_owned(),
            Err(_) => break,
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: serde_json::Value) {
        let found: serde_json::Value = serde_json::from_str(&parse(text).unwrap().json()).unwrap();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn json_is_read_as_it_is() {
        for text in [
            r#"{"a":[1,-2,0.5,"x\n\u00e4\ud83d\ude00",true,false,null],"b":{}}"#,
            "[123456789012345678, 19.90, 0, -0]",
            "1",
            r#""a\\""#,
        ] {
            check(text, serde_json::from_str(text).unwrap());
        }
    }

    #[test]
    fn texts_without_escapes_are_not_copied() {
        let Value::List(list) = parse("[\"plain\", \"a\tb\", \"\\n\"]").unwrap() else { panic!() };
        let is_borrowed = |value: &Value<'_>| matches!(value, Value::Text(Cow::Borrowed(_)));
        assert_eq!(list.iter().map(is_borrowed).collect::<Vec<_>>(), [true, true, false]);
    }

    #[test]
    fn the_last_of_a_name_counts() {
        check(r#"{"b":1,"a":2,"b":3,"b":4}"#, json!({ "a": 2, "b": 4 }));
    }

    #[test]
    fn an_error_says_where_it_is() {
        let message = |text: &str| parse(text).unwrap_err().to_string();
        assert!(message("{\"a\":1,\n\"é\" 1}").contains("a colon is missing in line 2, column 5"));
        assert!(message("").contains("a value is missing in line 1, column 1"));
    }

    #[test]
    fn one_bad_value_costs_only_itself() {
        check(r#"{"t":"Sale \ud83d","n":1}"#, json!({ "t": "Sale \u{FFFD}", "n": 1 }));
        check(r#"["\ude00","\ud83d\ud83d\ude00","\ud83dx"]"#, json!(["\u{FFFD}", "\u{FFFD}😀", "\u{FFFD}x"]));
        check("[\"a\nb\u{1}\",1]", json!(["a\nb\u{1}", 1]));
        check(r#"["C:\path","\u12","\x41"]"#, json!(["C:\\path", "\\u12", "\\x41"]));
        check(r#"[NaN,-Infinity,undefined,None]"#, json!(["NaN", "-Infinity", "undefined", "None"]));
        check("[1e999,-1e999,1e3]", json!(["1e999", "-1e999", "1000"]));
        check(
            "[100000000000000000001,100000000000000000002]",
            json!(["100000000000000000001", "100000000000000000002"]),
        );
        check(
            "[12345678901234567.25,10n,007,.5,+5]",
            json!(["12345678901234567.25", "10", "007", ".5", "+5"]),
        );
        check("[1e+21]", json!(["1000000000000000000000"]));
        check("[1,\x0C2]", json!([1, 2]));
        check("{a:'b'}", json!({ "a": "'b'" }));
        assert_eq!(text(b"[\"\xe4\",1]"), "[\"\u{FFFD}\",1]");
    }

    #[test]
    fn what_is_too_deep_is_left_out_alone() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        check(&format!(r#"{{"a":{},"b":2}}"#, nested(7)), json!({ "a": [[[[[[[1]]]]]]], "b": 2 }));
        check(&format!(r#"{{"a":{},"b":2}}"#, nested(8)), json!({ "a": [[[[[[["\u{FFFD}"]]]]]]], "b": 2 }));
        check(
            &format!(r#"{{"a":{},"b":"]"}}"#, nested(5000)),
            json!({ "a": [[[[[[["\u{FFFD}"]]]]]]], "b": "]" }),
        );
        assert!(matches!(parse(&"[".repeat(5000)), Err(RequestError::TooDeep)));
    }

    #[test]
    fn texts_that_are_json_are_unwrapped() {
        let event = json!({ "name": "a" });
        for text in [
            r#"{"name":"a"}"#.to_owned(),
            json!(event.to_string()).to_string(),
            json!(json!(event.to_string()).to_string()).to_string(),
        ] {
            check(&text, event.clone());
        }
        for text in ["[not json", "plain"] {
            assert_eq!(unwrapped(Value::Text(text.into())), Value::Text(text.into()));
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in ["", "{", r#"{"a"}"#, r#"{"a":1,}"#, "[1 2]", "{} {}", r#"{"a":"b"#] {
            assert!(matches!(parse(text), Err(RequestError::BadJson(_))), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "[\\[\\]{}\",:\\\\ud8dc0-9a-fe.+n\u{0}\u{1f}é -]{0,60}") {
            let _ = parse(&text);
        }

        /// What is JSON is read as it is.
        #[test]
        fn mending_changes_no_json(texts in proptest::collection::vec("\\PC{0,8}|[\"\\\\\u{0}-\u{20}]{0,4}", 0..6), number: i32, fraction in 0_u32..1000) {
            let value = json!({ "texts": texts, "number": number, "fraction": f64::from(fraction) / 100.0, "inner": { "list": [null, true] } });
            check(&value.to_string(), value);
        }
    }
}
