//! Reads JSON in one pass, and what programs write in its place: see [`super::parse`]. It must not know what a value is for.

use std::borrow::Cow;

use serde_json::Number;
use waymark_model::normal::{identifier::digits, limits::JSON_DEPTH};

use super::value::{Object, Value};

/// Stands for what cannot be read.
const UNREADABLE: &str = "\u{FFFD}";
/// The longest numbers that are kept exactly: with a point, 15 digits in a float; whole ones, 19 digits in 64 bits.
const WITH_POINT: usize = 16;
const WHOLE: usize = 19;

/// A text that is not JSON, also once it is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotJson {
    /// What is missing where it ends to be JSON.
    pub(super) expected: &'static str,
    /// How many bytes were read until then.
    pub(super) at: usize,
    /// Something was nested too deeply.
    pub(super) is_deep: bool,
}

/// A place in a text.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    is_deep: bool,
}

type Read<T> = Result<T, NotJson>;

impl<'t> Reader<'t> {
    /// Reads the one value of a text.
    pub(super) fn read(text: &'t str) -> Read<Value<'t>> {
        let mut reader = Self { text, at: 0, depth: 0, is_deep: false };
        let value = reader.value()?;
        match reader.next_byte() {
            None => Ok(value),
            Some(_) => Err(reader.expected("the end")),
        }
    }

    fn expected(&self, expected: &'static str) -> NotJson {
        NotJson { expected, at: self.at, is_deep: self.is_deep }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// The first byte that is not white space.
    fn next_byte(&mut self) -> Option<u8> {
        while matches!(self.byte(0), Some(b' ' | b'\t' | b'\r' | b'\n' | b'\x0C')) {
            self.at += 1;
        }
        self.byte(0)
    }

    fn value(&mut self) -> Read<Value<'t>> {
        match self.next_byte() {
            Some(b'"') => self.text().map(Value::Text),
            Some(b'{' | b'[') if self.depth == JSON_DEPTH => self.too_deep(),
            Some(b'{') => self.object(),
            Some(b'[') => self.list(),
            None | Some(b'}' | b']' | b',' | b':') => Err(self.expected("a value")),
            Some(_) => Ok(self.word()),
        }
    }

    fn list(&mut self) -> Read<Value<'t>> {
        let mut list = Vec::new();
        self.each(b']', "a comma or `]`", |reader| {
            list.push(reader.value()?);
            Ok(())
        })?;
        Ok(Value::List(list))
    }

    fn object(&mut self) -> Read<Value<'t>> {
        let mut fields = Vec::with_capacity(8);
        self.each(b'}', "a comma or `}`", |reader| {
            let name = reader.name()?;
            if reader.next_byte() != Some(b':') {
                return Err(reader.expected("a colon"));
            }
            reader.at += 1;
            fields.push((name, reader.value()?));
            Ok(())
        })?;
        Ok(Value::Object(Object::new(fields)))
    }

    /// Reads what stands between two brackets, with a comma between one and the next.
    fn each(
        &mut self,
        end: u8,
        expected: &'static str,
        mut one: impl FnMut(&mut Self) -> Read<()>,
    ) -> Read<()> {
        self.at += 1;
        self.depth += 1;
        if self.next_byte() != Some(end) {
            one(self)?;
            while self.next_byte() == Some(b',') {
                self.at += 1;
                one(self)?;
            }
            if self.byte(0) != Some(end) {
                return Err(self.expected(expected));
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// The name of a field: a text, or a word without quotes.
    fn name(&mut self) -> Read<Cow<'t, str>> {
        match self.next_byte() {
            Some(b'"') => self.text(),
            None | Some(b'{' | b'[' | b'}' | b']' | b',' | b':') => Err(self.expected("a name")),
            Some(_) => {
                let at = self.at;
                let Value::Text(name) = self.word() else {
                    self.at = at;
                    return Err(self.expected("a name in quotes"));
                };
                Ok(name)
            }
        }
    }

    /// A text in quotes.
    fn text(&mut self) -> Read<Cow<'t, str>> {
        self.at += 1;
        let plain = self.plain()?;
        if self.byte(0) == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = String::from(plain);
        while self.byte(0) == Some(b'\\') {
            self.escape(&mut text);
            text.push_str(self.plain()?);
        }
        self.at += 1;
        Ok(Cow::Owned(text))
    }

    /// What follows in a text, up to an escape or the closing quotes.
    fn plain(&mut self) -> Read<&'t str> {
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\'));
        let Some(end) = end else {
            self.at = self.text.len();
            return Err(self.expected("closing quotes"));
        };
        self.at += end;
        Ok(&rest[..end])
    }

    /// An escape in a text: wrong ones are what they look like, half of a surrogate pair is U+FFFD.
    fn escape(&mut self, text: &mut String) {
        let (char, bytes) = match (self.byte(1), self.unit(0)) {
            (Some(quoted @ (b'"' | b'\\' | b'/')), _) => (char::from(quoted), 2),
            (Some(b'b'), _) => ('\x08', 2),
            (Some(b'f'), _) => ('\x0C', 2),
            (Some(b'n'), _) => ('\n', 2),
            (Some(b'r'), _) => ('\r', 2),
            (Some(b't'), _) => ('\t', 2),
            (Some(b'u'), Some(unit)) => self.char(unit),
            _ => ('\\', 1),
        };
        text.push(char);
        self.at += bytes;
    }

    /// The character of a code unit, and the bytes of its escape, or of both of a surrogate pair.
    fn char(&self, unit: u16) -> (char, usize) {
        let alone = || (char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER), 6);
        let Some(low) = self.unit(6).filter(|_| (0xD800..0xDC00).contains(&unit)) else { return alone() };
        let pair = char::decode_utf16([unit, low]).next().and_then(Result::ok);
        pair.map_or_else(alone, |char| (char, 12))
    }

    /// The UTF-16 code unit of an escape `\uXXXX` so many bytes ahead.
    fn unit(&self, ahead: usize) -> Option<u16> {
        let escape = self.text.as_bytes().get(self.at + ahead..self.at + ahead + 6)?;
        let hex = escape.strip_prefix(b"\\u")?;
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u16::try_from(digit).ok());
        hex.iter().try_fold(0, |value: u16, byte| Some(value * 16 + digit(byte)?))
    }

    /// Passes over what is nested deeper than it may be; when that does not end, all is refused.
    fn too_deep(&mut self) -> Read<Value<'t>> {
        self.is_deep = true;
        let mut depth = 0_usize;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'"' => {
                    self.text()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(Value::Text(Cow::Borrowed(UNREADABLE)));
            }
        }
        Err(self.expected("the end of what is nested too deeply"))
    }

    /// A word or number outside of texts: what is not JSON, or a number that would not be kept exactly, becomes a text.
    fn word(&mut self) -> Value<'t> {
        let rest = &self.text[self.at..];
        let is_end = |byte| {
            matches!(byte, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"') || byte.is_ascii_whitespace()
        };
        let word = &rest[..rest.bytes().position(is_end).unwrap_or(rest.len())];
        self.at += word.len();
        match word {
            "null" => return Value::Null,
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            _ => {}
        }
        if let Some(number) = number(word) {
            return Value::Number(number);
        }
        let big = word.strip_suffix('n').filter(|digits| is_whole(digits));
        Value::Text(digits(big.unwrap_or(word)))
    }
}

/// The number that a word is, if it is one of JSON and comes out as it is written.
fn number(word: &str) -> Option<Number> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let most = if digits.len() == whole.len() { WHOLE } else { WITH_POINT };
    let has_zero_in_front = whole.len() > 1 && whole.starts_with('0');
    let is_kept = is_whole(whole) && is_whole(fraction) && !has_zero_in_front && digits.len() <= most;
    is_kept.then(|| word.parse().ok()).flatten()
}

fn is_whole(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
