//! E-mail addresses: personal data that a text, an address or a key carries by mistake is not kept. The one place that knows
//! what an e-mail address looks like, for what is collected and what is imported.

use std::borrow::Cow;

/// What stands where an e-mail address was.
pub const REDACTED: &str = "[email]";
/// Ends of names that are in no list of domains, and yet of networks and their documentation (RFC 2606, RFC 6761, RFC 6762).
const SPECIAL: [&str; 12] = [
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "test",
];
/// What an address has before its domain, written out or behind an escape.
const AT: [char; 4] = ['@', '%', '＠', '﹫'];
/// Longest domain (RFC 1035, 2.3.4).
const LONGEST_DOMAIN: usize = 253;
/// Longest label of one.
const LONGEST_LABEL: usize = 63;

/// A character of a text, with what stands for it in the text undone: `%40`, `%2540` and so on.
#[derive(Clone, Copy, Debug)]
struct Read {
    char: char,
    /// Where it begins in the text.
    start: usize,
    /// Where it ends.
    end: usize,
}

/// The text with everything that looks like an e-mail address replaced: `name@domain`, in whatever escapes of an address, the domain
/// one that there may be.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    // Most texts have none of these: told byte by byte, and the last two by not being ASCII.
    if !text.bytes().any(|byte| matches!(byte, b'@' | b'%') || !byte.is_ascii()) || !text.contains(AT) {
        return Cow::Borrowed(text);
    }
    let read = read(text);
    let (mut kept, mut from, mut after) = (String::new(), 0, 0);
    for at in 0..read.len() {
        if at < after || !is_at(read[at].char) {
            continue;
        }
        let local = local(&read[after..at]);
        let domain = domain(&read[at + 1..]);
        if local == 0 || domain == 0 {
            continue;
        }
        kept.push_str(&text[from..read[at - local].start]);
        kept.push_str(REDACTED);
        after = at + 1 + domain;
        from = read[after - 1].end;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(&text[from..]);
    Cow::Owned(kept)
}

/// The characters of a text, escapes undone as often as they were done.
fn read(text: &str) -> Vec<Read> {
    let bytes = text.as_bytes();
    let mut read = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let mut end = at + first.len_utf8();
        let mut char = first;
        if let Some((byte, after)) = escaped(bytes, at) {
            (char, end) = decoded(bytes, byte, after);
        }
        read.push(Read { char, start: at, end });
        at = end;
    }
    read
}

/// The byte that an escape stands for, and where the escape ends: `%40`, or with its sign escaped itself, `%2540`.
fn escaped(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    if bytes.get(at) != Some(&b'%') {
        return None;
    }
    let mut at = at + 1;
    while bytes.get(at..at + 2) == Some(b"25") && hex(bytes, at + 2).is_some() {
        at += 2;
    }
    Some((hex(bytes, at)?, at + 2))
}

/// The byte of two hexadecimal digits.
fn hex(bytes: &[u8], at: usize) -> Option<u8> {
    let digits = bytes.get(at..at + 2)?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(digits[0])? << 4 | digit(digits[1])?)
}

/// The character that begins with an escaped byte, with the escapes of its other bytes; what is no UTF-8 is one that stands for
/// nothing.
fn decoded(bytes: &[u8], first: u8, after: usize) -> (char, usize) {
    let length = match first {
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf8 => 4,
        _ => 1,
    };
    let (mut char, mut end) = (vec![first], after);
    while char.len() < length
        && let Some((byte, after)) = escaped(bytes, end)
    {
        char.push(byte);
        end = after;
    }
    match str::from_utf8(&char).ok().and_then(|text| text.chars().next()) {
        Some(char) => (char, end),
        None => (char::REPLACEMENT_CHARACTER, after),
    }
}

const fn is_at(char: char) -> bool {
    matches!(char, '@' | '＠' | '﹫')
}

/// How many characters before the sign are the name of a mailbox.
fn local(read: &[Read]) -> usize {
    let is_inner = |char: char| char.is_alphanumeric() || matches!(char, '.' | '_' | '-' | '+' | '\'');
    let length = read.iter().rev().take_while(|read| is_inner(read.char)).count();
    let begins = |read: &Read| read.char.is_alphanumeric() || matches!(read.char, '_' | '+');
    let name = &read[read.len() - length..];
    name.iter().position(begins).map_or(0, |at| length - at)
}

/// How many characters after the sign are a domain that there may be.
fn domain(read: &[Read]) -> usize {
    let is_inner = |char: char| char.is_alphanumeric() || is_dot(char) || char == '-';
    let mut length = read.iter().take_while(|read| is_inner(read.char)).count();
    while length > 0 {
        let name: String =
            read[..length].iter().map(|read| if is_dot(read.char) { '.' } else { read.char }).collect();
        if is_domain(&name) {
            return length;
        }
        // What follows a domain may look like more of it: `ann@shop.example.Thanks`.
        length = read[..length].iter().rposition(|read| is_dot(read.char)).unwrap_or(0);
    }
    0
}

/// The full stops of domains (RFC 3490, 3.1).
const fn is_dot(char: char) -> bool {
    matches!(char, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// Whether there may be a domain of that name: one of a registry, or of a network's own.
fn is_domain(name: &str) -> bool {
    let Ok(url::Host::Domain(name)) = url::Host::parse(name) else { return false };
    let labels: Vec<&str> = name.split('.').collect();
    let fits = |label: &&str| {
        (1..=LONGEST_LABEL).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let (Some(top), true) = (labels.last(), labels.len() > 1 && labels.iter().all(fits)) else {
        return false;
    };
    if name.len() > LONGEST_DOMAIN || is_density(&labels) {
        return false;
    }
    SPECIAL.contains(top) || psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// Whether it is the end of the name of a picture for fine screens: `logo@2x.zip`.
fn is_density(labels: &[&str]) -> bool {
    let number = labels.first().and_then(|label| label.strip_suffix('x'));
    labels.len() == 2
        && number
            .is_some_and(|number| matches!(number.len(), 1 | 2) && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(redact(text), *expected, "{text}");
        }
    }

    #[test]
    fn addresses_of_people_are_replaced() {
        check(&[
            ("ann@example.com", "[email]"),
            ("Ann Lee <ann.lee+shop@mail.example.co.uk>.", "Ann Lee <[email]>."),
            ("a@b.cc,c@d.ee", "[email],[email]"),
            ("zoë@example.com", "[email]"),
            ("o'brien@example.ie", "[email]"),
            ("'ann@example.com'", "'[email]'"),
            ("a@b@example.com", "a@[email]"),
            ("ann@shop.example", "[email]"),
            ("ann@mail.corp", "[email]"),
            ("write to ann@example.com.Thanks", "write to [email].Thanks"),
            ("ann@example.com/path", "[email]/path"),
            ("ann＠example.com", "[email]"),
            ("ann@firma.rs", "[email]"),
            ("ANN@EXAMPLE.COM", "[email]"),
            ("[email] and ann@example.com", "[email] and [email]"),
        ]);
    }

    #[test]
    fn whatever_escapes_hide_them() {
        check(&[
            ("/reset/ann%40example.com/now", "/reset/[email]/now"),
            ("/u/ann%40example%2Ecom", "/u/[email]"),
            ("/u/ann%40example%2ecom?x", "/u/[email]?x"),
            ("ann%2540example.com", "[email]"),
            ("ann%252540example%25252Ecom", "[email]"),
            ("/first.last%2Bx@example.com", "/[email]"),
            ("/first.last%252Bx%2540example.com/a", "/[email]/a"),
            ("first%2Elast@example.com", "[email]"),
            ("%61nn@example.com", "[email]"),
            ("zo%C3%AB@example.com", "[email]"),
            ("zo%25C3%25AB@example.com", "[email]"),
            ("to%20ann@example.com%20now", "to%20[email]%20now"),
            ("q=ann@example.com&r=1", "q=[email]&r=1"),
            ("100%25@example.com", "100%25@example.com"),
        ]);
    }

    #[test]
    fn domains_of_all_scripts() {
        check(&[
            ("ann@bücher.de", "[email]"),
            ("ann@b%C3%BCcher.de", "[email]"),
            ("ann@xn--bcher-kva.de", "[email]"),
            ("ann@пример.рф", "[email]"),
            ("ann@xn--e1afmkfd.xn--p1ai", "[email]"),
            ("ann@例え。jp", "[email]"),
            ("x@é.com", "[email]"),
        ]);
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        let stays = [
            "@example.com",
            "/@handle/post",
            "2 @ 5.00",
            "a@5.00",
            "a@b",
            "é@",
            "plain",
            "logo@3x.webp",
            "hero@2x.png",
            "hero@1.5x.png",
            "icons@2x.zip",
            "/img/logo@2x.min.css",
            "react@next.js",
            "react@18.2.0",
            "@babel/core@7.0.0-rc.1",
            "npm i vue@next",
            "main@feature.branch",
            "me@.com",
            "me@-.com",
            "me@com",
            "%40%40%40",
            "100%@50%",
            "%",
            "%4",
            "%zz@",
        ];
        check(&stays.map(|text| (text, text)));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text in "[a@.%40é 2Ec\\-xm。]{0,24}") {
            let once = redact(&text).into_owned();
            assert_eq!(redact(&once), once);
        }

        #[test]
        fn no_escape_hides_an_address(
            local in "[a-z]{1,6}([.+][a-z]{1,6})?",
            times in proptest::collection::vec(0_u8..4, 32),
        ) {
            let address = format!("{local}@mail.example.com");
            let escape = |(char, times): (char, &u8)| match times {
                0 => char.to_string(),
                times => format!("%{}{:02X}", "25".repeat(usize::from(*times) - 1), u32::from(char)),
            };
            let hidden: String = address.chars().zip(times.iter().cycle()).map(escape).collect();
            assert_eq!(redact(&format!("/a/{hidden}/b")), "/a/[email]/b");
        }
    }
}
