//! Texts and names of events: what cannot be kept is repaired, never a reason to lose the event.

use std::borrow::Cow;

use super::limits::{NAME_BYTES, TEXT_BYTES};

/// A text as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitted<'t> {
    /// The text.
    pub text: Cow<'t, str>,
    /// It is not what was given: cut, or with U+FFFD where something unreadable was.
    pub is_repaired: bool,
}

/// A text of at most [`TEXT_BYTES`] bytes without NUL: longer ones are cut between two characters, a NUL becomes U+FFFD.
#[must_use]
pub fn fit(text: &str) -> Fitted<'_> {
    let (mut kept, mut is_repaired) = (Cow::Borrowed(text), is_unreadable(text));
    if text.contains('\0') {
        (kept, is_repaired) = (Cow::Owned(text.replace('\0', "\u{FFFD}")), true);
    }
    if kept.len() > TEXT_BYTES {
        (kept, is_repaired) = (cut(kept, TEXT_BYTES), true);
    }
    Fitted { text: kept, is_repaired }
}

/// An event's name: trimmed, at most [`NAME_BYTES`] bytes, each run of control characters a space. `None` when nothing is left.
#[must_use]
pub fn name(text: &str) -> Option<Fitted<'_>> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if text.is_empty() {
        return None;
    }
    let (mut kept, mut is_repaired) = (Cow::Borrowed(text), is_unreadable(text));
    if text.contains(char::is_control) {
        let parts = text.split(char::is_control).filter(|part| !part.is_empty());
        (kept, is_repaired) = (Cow::Owned(parts.collect::<Vec<_>>().join(" ")), true);
    }
    if kept.len() > NAME_BYTES {
        (kept, is_repaired) = (cut(kept, NAME_BYTES), true);
    }
    Some(Fitted { text: kept, is_repaired })
}

/// Whether something in the text could not be read where it came from. Most texts are ASCII, which is quick to tell.
fn is_unreadable(text: &str) -> bool {
    !text.is_ascii() && text.contains(char::REPLACEMENT_CHARACTER)
}

/// The beginning of a text, of at most that many bytes, up to a whole character.
fn cut(text: Cow<'_, str>, bytes: usize) -> Cow<'_, str> {
    let end = text.floor_char_boundary(bytes);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit() {
        let long = "é".repeat(TEXT_BYTES);
        for (text, expected, is_repaired) in [
            ("", "", false),
            ("tea\n", "tea\n", false),
            ("a\0b\0", "a\u{FFFD}b\u{FFFD}", true),
            ("Sale \u{FFFD}", "Sale \u{FFFD}", true),
            (long.as_str(), &long[..TEXT_BYTES], true),
            (&format!("x{long}"), &format!("x{}", &long[..TEXT_BYTES - 2]), true),
        ] {
            assert_eq!(fit(text), Fitted { text: expected.into(), is_repaired }, "{text}");
        }
    }

    #[test]
    fn names_fit() {
        let long = "n".repeat(NAME_BYTES + 1);
        for (text, expected) in [
            ("purchase", Some(("purchase", false))),
            (" purchase \n", Some(("purchase", false))),
            ("add\t\0to cart", Some(("add to cart", true))),
            (&long, Some((&long[..NAME_BYTES], true))),
            ("", None),
            (" \0\u{1b} ", None),
        ] {
            let expected = expected.map(|(text, is_repaired)| Fitted { text: text.into(), is_repaired });
            assert_eq!(name(text), expected, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_fits_is_left_alone(text in "\\PC{0,40}|[\0-~é]{0,40}") {
            let once = fit(&text).text.into_owned();
            assert_eq!(fit(&once).text, once.as_str());
            if let Some(fitted) = name(&text) {
                assert_eq!(name(&fitted.text).map(|again| again.text), Some(fitted.text.clone()));
            }
        }
    }
}
