//! The JSON of clients, read as far as it can be: one value that is not JSON costs that value and not the request.
//!
//! What programs really send is mended before it is parsed: half an emoji (`"\ud83d"`), raw control characters and wrong escapes in
//! texts, `NaN`, numbers that a float would change, and nesting that is too deep. What is mended into a text holds U+FFFD where
//! something unreadable was, so that it can be marked. It must not know any protocol.

use std::{borrow::Cow, fmt::Write as _};

use serde_json::Value;
use waymark_model::normal::{identifier::digits, limits::JSON_DEPTH};

use super::RequestError;

/// What stands for a value that is nested too deeply.
const TOO_DEEP: &str = "\"\u{FFFD}\"";
/// How often a text can be JSON that is a text again.
const WRAPPINGS: usize = 3;
/// The longest numbers that are kept exactly: with a point, 15 digits in a float; whole ones, 19 digits in 64 bits.
const WITH_POINT: usize = 16;
const WHOLE: usize = 19;

/// The body as JSON.
///
/// # Errors
/// When it is not JSON, also once it is mended.
pub fn parse(body: &[u8]) -> Result<Value, RequestError> {
    let text = String::from_utf8_lossy(body);
    let Mended { text, is_deep } = mend(&text);
    let failed = |error: serde_json::Error| {
        if is_deep { RequestError::TooDeep } else { RequestError::BadJson(error.to_string()) }
    };
    serde_json::from_str(&text).map(unwrapped).map_err(failed)
}

/// The value; for a text that is JSON of an object or a list, what that says. Pages with a `toJSON` of their own (Prototype.js) make
/// such texts of lists.
#[must_use]
pub fn unwrapped(mut value: Value) -> Value {
    for _ in 0..WRAPPINGS {
        let Value::String(text) = &value else { break };
        if !text.trim_start().starts_with(['{', '[', '"']) {
            break;
        }
        match serde_json::from_str(&mend(text).text) {
            Ok(inner) => value = inner,
            Err(_) => break,
        }
    }
    value
}

/// A text that is JSON, if it nearly was.
struct Mended<'t> {
    text: Cow<'t, str>,
    /// Something was nested too deeply.
    is_deep: bool,
}

fn mend(text: &str) -> Mended<'_> {
    let mut mender = Mender { text, at: 0, mended: String::new(), taken: 0, is_deep: false };
    mender.run();
    let Mender { mut mended, taken, is_deep, .. } = mender;
    if taken == 0 {
        return Mended { text: Cow::Borrowed(text), is_deep };
    }
    mended.push_str(&text[taken..]);
    Mended { text: Cow::Owned(mended), is_deep }
}

/// Goes through a text once. What is replaced is copied, and only then all else.
struct Mender<'t> {
    text: &'t str,
    at: usize,
    mended: String,
    /// Up to here the text is copied.
    taken: usize,
    is_deep: bool,
}

impl Mender<'_> {
    fn run(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'"' => self.string(),
                b'{' | b'[' if depth == JSON_DEPTH => self.subtree(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'\x0C' => self.replace(1, " "),
                _ => self.word(),
            }
        }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// Replaces so many bytes, and goes on behind them.
    fn replace(&mut self, bytes: usize, by: &str) {
        self.mended.push_str(&self.text[self.taken..self.at]);
        self.mended.push_str(by);
        self.at += bytes;
        self.taken = self.at;
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' => self.escape(),
                0..0x20 => self.replace(1, &format!("\\u{byte:04x}")),
                _ => self.at += 1,
            }
        }
    }

    /// An escape in a text: wrong ones become what they look like, half of a surrogate pair U+FFFD.
    fn escape(&mut self) {
        match self.byte(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => match (self.unit(0), self.unit(6)) {
                (None, _) => self.replace(1, "\\\\"),
                (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => self.at += 12,
                (Some(0xD800..=0xDFFF), _) => self.replace(6, "\\ufffd"),
                (Some(_), _) => self.at += 6,
            },
            Some(_) => self.replace(1, "\\\\"),
            None => self.at += 1,
        }
    }

    /// The UTF-16 code unit of an escape `\uXXXX` so many bytes ahead.
    fn unit(&self, ahead: usize) -> Option<u32> {
        let escape = self.text.as_bytes().get(self.at + ahead..self.at + ahead + 6)?;
        let hex = escape.strip_prefix(b"\\u")?;
        let digit = |value: Option<u32>, byte: &u8| Some(value? * 16 + char::from(*byte).to_digit(16)?);
        hex.iter().fold(Some(0), digit)
    }

    /// What is nested deeper than it may be; when it does not end, nothing is replaced and all is refused.
    fn subtree(&mut self) {
        self.is_deep = true;
        let (start, mut depth) = (self.at, 0_usize);
        let mut inner =
            Mender { text: self.text, at: start, mended: String::new(), taken: start, is_deep: false };
        while let Some(byte) = inner.byte(0) {
            match byte {
                b'"' => {
                    inner.string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            inner.at += 1;
            if depth == 0 {
                return self.replace(inner.at - start, TOO_DEEP);
            }
        }
        self.at = self.text.len();
    }

    /// A word or number outside of texts: what is not JSON, or a number that would not be kept exactly, becomes a text.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let is_end =
            |c: char| matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"') || c.is_ascii_whitespace();
        let word = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        if matches!(word, "true" | "false" | "null") || is_kept_number(word) {
            self.at += word.len();
            return;
        }
        let big = word.strip_suffix('n').filter(|digits| is_whole(digits));
        let said = digits(big.unwrap_or(word)).into_owned();
        let mut quoted = String::with_capacity(said.len() + 2);
        quoted.push('"');
        for c in said.chars() {
            match c {
                '\\' => quoted.push_str("\\\\"),
                c if c.is_ascii_control() => _ = write!(quoted, "\\u{:04x}", u32::from(c)),
                c => quoted.push(c),
            }
        }
        quoted.push('"');
        self.replace(word.len(), &quoted);
    }
}

/// Whether the word is a number of JSON that comes out of the parser as it went in.
fn is_kept_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let most = if digits.len() == whole.len() { WHOLE } else { WITH_POINT };
    let has_zero_in_front = whole.len() > 1 && whole.starts_with('0');
    is_whole(whole) && is_whole(fraction) && !has_zero_in_front && digits.len() <= most
}

fn is_whole(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Value) {
        assert_eq!(parse(text.as_bytes()).unwrap(), expected, "{text}");
    }

    #[test]
    fn json_is_left_alone() {
        for text in [
            r#"{"a":[1,-2,0.5,"x\n\u00e4\ud83d\ude00",true,false,null],"b":{}}"#,
            "[123456789012345678, 19.90, 0, -0]",
            "1",
            "  ",
            "",
            r#""a\\""#,
        ] {
            assert!(matches!(mend(text).text, Cow::Borrowed(_)), "{text}");
        }
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
        assert_eq!(parse(b"[\"\xe4\",1]").unwrap(), json!(["\u{FFFD}", 1]));
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
        assert!(matches!(parse("[".repeat(5000).as_bytes()), Err(RequestError::TooDeep)));
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
        assert_eq!(unwrapped(json!("[not json")), json!("[not json"));
        assert_eq!(unwrapped(json!("plain")), json!("plain"));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in ["", "{", r#"{"a"}"#, r#"{"a":1,}"#, "[1 2]", "{} {}", r#"{"a":"b"#] {
            assert!(matches!(parse(text.as_bytes()), Err(RequestError::BadJson(_))), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "[\\[\\]{}\",:\\\\ud8dc0-9a-fe.+n\u{0}\u{1f}é -]{0,60}") {
            let _ = parse(text.as_bytes());
        }

        /// What is JSON is read as it is.
        #[test]
        fn mending_changes_no_json(texts in proptest::collection::vec("\\PC{0,8}|[\"\\\\\u{0}-\u{20}]{0,4}", 0..6), number: i32, fraction in 0_u32..1000) {
            let value = json!({ "texts": texts, "number": number, "fraction": f64::from(fraction) / 100.0, "inner": { "list": [null, true] } });
            assert_eq!(parse(value.to_string().as_bytes()).unwrap(), value);
        }
    }
}
