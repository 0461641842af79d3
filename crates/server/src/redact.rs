//! E-mail-like texts: personal data that a property or an address carries by mistake is not kept.

use std::borrow::Cow;

/// What stands where an e-mail address was.
pub const REDACTED: &str = "[email]";

/// The text with everything that looks like an e-mail address (`name@host.tld`, the `@` perhaps as `%40`) replaced.
#[must_use]
pub(crate) fn redact(text: &str) -> Cow<'_, str> {
    if !text.contains('@') && !text.contains("%40") {
        return Cow::Borrowed(text);
    }
    let (mut kept, mut from, mut search) = (String::new(), 0, 0);
    while let Some((at, width)) = next_at(text, search) {
        search = at + width;
        let start = at - text[from..at].bytes().rev().take_while(|byte| is_local(*byte)).count();
        if let Some(length) = domain(&text[search..]).filter(|_| start < at) {
            kept.push_str(&text[from..start]);
            kept.push_str(REDACTED);
            search += length;
            from = search;
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(&text[from..]);
    Cow::Owned(kept)
}

/// Where the next sign is, and how many bytes it has.
fn next_at(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &text[from..];
    let plain = rest.find('@').map(|at| (from + at, 1));
    let escaped = rest.find("%40").map(|at| (from + at, 3));
    plain.into_iter().chain(escaped).min()
}

const fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+') || byte >= 0x80
}

/// Length of a host with a top-level domain of letters at the beginning of the text.
fn domain(text: &str) -> Option<usize> {
    let bytes = text.bytes();
    let mut length =
        bytes.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count();
    while text[..length].ends_with(['.', '-']) {
        length -= 1;
    }
    let (name, top) = text[..length].rsplit_once('.')?;
    let letters = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    (letters && !name.is_empty() && !name.starts_with('.')).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_people_are_replaced() {
        for (text, expected) in [
            ("ann@example.com", "[email]"),
            ("Ann Lee <ann.lee+shop@mail.example.co.uk>.", "Ann Lee <[email]>."),
            ("/reset/ann%40example.com/now", "/reset/[email]/now"),
            ("a@b.cc,c@d.ee", "[email],[email]"),
            ("zoë@example.com", "[email]"),
            ("a@b@example.com", "a@[email]"),
            ("@example.com", "@example.com"),
            ("/@handle/post", "/@handle/post"),
            ("2 @ 5.00", "2 @ 5.00"),
            ("a@5.00", "a@5.00"),
            ("a@b", "a@b"),
            ("é@", "é@"),
            ("x@é.com", "x@é.com"),
            ("plain", "plain"),
        ] {
            assert_eq!(redact(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "[a@.%40é -]{0,24}") {
            let once = redact(&text).into_owned();
            assert_eq!(redact(&once), once);
        }
    }
}
