//! Paths of pages: one percent form for each page, decoded as people read it.
//!
//! `/kasse/best%C3%A4tigung`, `%c3%a4` and `/kasse/bestätigung` are `/kasse/bestätigung`. What would change the meaning of a
//! path, or cannot be seen, stays escaped, in capital hexadecimal digits; then `%` always begins an escape.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Characters of ASCII that stay escaped where they are escaped.
const ESCAPED: &[u8] = b"/?#%\\";

/// The normal form of a whole path. An empty path stays empty: the event has none.
#[must_use]
pub fn path(text: &str) -> Cow<'_, str> {
    if text.is_empty() || (text.starts_with('/') && is_plain(text) && !text.contains("/.")) {
        return Cow::Borrowed(text);
    }
    let mut spelled = spell(text).into_owned();
    if !spelled.starts_with('/') {
        spelled.insert(0, '/');
    }
    if spelled.contains("/.") {
        spelled = without_dots(&spelled);
    }
    let end = spelled.trim_end_matches(' ').len();
    let spaces = spelled.len() - end;
    spelled.truncate(end);
    spelled.extend(std::iter::repeat_n("%20", spaces));
    Cow::Owned(spelled)
}

/// The normal form of a part of a path, as conditions compare with.
#[must_use]
pub fn part(text: &str) -> Cow<'_, str> {
    spell(text)
}

/// Whether the text has nothing that another spelling could write otherwise.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'%' | b'*' | b'\\'))
}

fn spell(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut speller =
        Speller { spelled: String::with_capacity(text.len()), composed: 0, letters: Vec::new() };
    let mut bytes = text.as_bytes();
    while let Some((byte, is_escaped, rest)) = next(bytes) {
        bytes = rest;
        if byte.is_ascii() {
            speller.flush();
            speller.push_ascii(byte, is_escaped);
        } else {
            speller.letters.push(byte);
        }
    }
    speller.flush();
    speller.compose();
    Cow::Owned(speller.spelled)
}

/// The first byte that the text stands for, whether it is escaped, and what follows.
fn next(bytes: &[u8]) -> Option<(u8, bool, &[u8])> {
    let hex = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if let [b'%', high, low, rest @ ..] = bytes
        && let (Some(high), Some(low)) = (hex(high), hex(low))
    {
        return Some((high * 16 + low, true, rest));
    }
    bytes.split_first().map(|(byte, rest)| (*byte, false, rest))
}

/// A text in the making.
struct Speller {
    spelled: String,
    /// Up to here letters and their marks are composed; an escape is never composed with what follows.
    composed: usize,
    /// Bytes beyond ASCII that are still to be read as letters.
    letters: Vec<u8>,
}

impl Speller {
    fn push_ascii(&mut self, byte: u8, is_escaped: bool) {
        let stays =
            byte.is_ascii_control() || matches!(byte, b'%' | b'*') || (is_escaped && ESCAPED.contains(&byte));
        match byte {
            _ if stays => self.escape(byte),
            // As browsers read it.
            b'\\' => self.spelled.push('/'),
            _ => self.spelled.push(char::from(byte)),
        }
    }

    /// Writes the letters beyond ASCII that were gathered; what is not UTF-8, or cannot be seen, is escaped.
    fn flush(&mut self) {
        for chunk in std::mem::take(&mut self.letters).utf8_chunks() {
            for letter in chunk.valid().chars() {
                if is_hidden(letter) {
                    letter.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.escape(byte));
                } else {
                    self.spelled.push(letter);
                }
            }
            chunk.invalid().iter().for_each(|byte| self.escape(*byte));
        }
    }

    fn escape(&mut self, byte: u8) {
        self.compose();
        let digit = |digit: u8| char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase();
        self.spelled.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        self.composed = self.spelled.len();
    }

    /// Gives letters with marks one form: `ä` is one letter, not an `a` with two dots.
    fn compose(&mut self) {
        let rest = &self.spelled[self.composed..];
        if !rest.is_ascii() {
            let composed = ComposingNormalizerBorrowed::new_nfc().normalize(rest).into_owned();
            self.spelled.replace_range(self.composed.., &composed);
        }
        self.composed = self.spelled.len();
    }
}

/// Controls, spaces other than the ordinary one, and characters that only change how others are shown. The two joiners stay:
/// Persian and emoji are written with them.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || letter.is_whitespace()
        || matches!(letter,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Resolves `.` and `..` as browsers do (WHATWG URL, 4.5).
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(spellings: &[&str], expected: &str) {
        for text in spellings {
            assert_eq!(path(text), expected, "{text}");
        }
        assert_eq!(path(expected), expected, "a normal form is its own");
    }

    #[test]
    fn one_page_has_one_path() {
        check(
            &["/kasse/bestätigung", "/kasse/best%C3%A4tigung", "/kasse/best%c3%a4tigung"],
            "/kasse/bestätigung",
        );
        check(&["/kasse/besta\u{308}tigung", "/kasse/besta%CC%88tigung"], "/kasse/bestätigung");
        check(&["/a b", "/a%20b"], "/a b");
        check(&["/a%20", "/a "], "/a%20");
        check(&["/%7Ejoe", "/~joe", "/%7ejoe"], "/~joe");
        check(&["/a%2fb", "/a%2Fb"], "/a%2Fb");
        check(&["/100%", "/100%25"], "/100%25");
        check(&["/a%2541"], "/a%2541");
        check(&["/a%3fb%23c%5cd"], "/a%3Fb%23c%5Cd");
        check(&["/a*b", "/a%2Ab", "/a%2ab"], "/a%2Ab");
        check(&["/a\\b"], "/a/b");
        check(&["/best%E4tigung", "/best%e4tigung"], "/best%E4tigung");
        check(&["/a\u{0}\t", "/a%00%09"], "/a%00%09");
        check(&["/a\u{202e}b", "/a%E2%80%AEb"], "/a%E2%80%AEb");
        check(&["/a\u{a0}b"], "/a%C2%A0b");
        check(&["/日本/%E6%97%A5%E6%9C%AC"], "/日本/日本");
        check(&["/%F0%9F%98%80", "/😀"], "/😀");
        check(&["checkout", "/checkout"], "/checkout");
        check(&["/a/../b/./c", "/a/%2E%2e/b/c", "/x/../../b/c"], "/b/c");
        check(&["/a/.", "/a/", "/a/b/.."], "/a/");
        check(&["/.well-known/x"], "/.well-known/x");
        check(&["/#/checkout"], "/#/checkout");
        check(&["/[email]/x|y^z"], "/[email]/x|y^z");
        check(&[""], "");
        check(&["/"], "/");
    }

    proptest::proptest! {
        #[test]
        fn a_normal_form_is_its_own(text in "[/a%CF0-9fEä.* \\\\\u{0}\u{202e}\u{308}?#-]{0,30}") {
            let once = path(&text).into_owned();
            assert_eq!(path(&once), once.as_str(), "{text:?}");
            let once = part(&text).into_owned();
            assert_eq!(part(&once), once.as_str(), "{text:?}");
        }

        /// What the URL standard writes for a path is the same page.
        #[test]
        fn a_path_is_what_a_browser_makes_of_it(text in "/[a-zA-Z0-9äß日~!$&'()+,;=:@._ %|-]{0,20}") {
            let url = url::Url::parse(&format!("https://shop.example{}", text.trim_end())).unwrap();
            assert_eq!(path(url.path()), path(text.trim_end()), "{text:?}");
        }
    }
}
