//! Addresses of pages: split into host and path, with the query dropped but for what says where a visit came from.

use std::borrow::Cow;

/// The parts of an address that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// Without user, port 80 or 443; small letters. Empty when the address begins with its path.
    pub(crate) host: Cow<'a, str>,
    /// From the first slash up to query or fragment; `/` when there is a host and no path.
    pub(crate) path: &'a str,
    /// `utm_source`, or `ref`.
    pub(crate) source: Cow<'a, str>,
    /// `utm_medium`.
    pub(crate) medium: Cow<'a, str>,
    /// `utm_campaign`.
    pub(crate) campaign: Cow<'a, str>,
}

/// Splits an address: `https://host/path?query`, `//host/path`, `host/path` or `/path`.
pub(crate) fn split(text: &str) -> Address<'_> {
    let text = text.split_once('#').map_or(text, |(text, _)| text);
    let (place, query) = text.split_once('?').unwrap_or((text, ""));
    let place = place.split_once("://").map_or(place, |(_, place)| place);
    let place = place.strip_prefix("//").unwrap_or(place);
    let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let mut address = Address { host: host_of(host), path, ..Address::default() };
    if !host.is_empty() && path.is_empty() {
        address.path = "/";
    }
    let mut referral = Cow::Borrowed("");
    for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        match key {
            "utm_source" => address.source = decode(value),
            "utm_medium" => address.medium = decode(value),
            "utm_campaign" => address.campaign = decode(value),
            "ref" => referral = decode(value),
            _ => {}
        }
    }
    if address.source.is_empty() {
        address.source = referral;
    }
    address
}

/// The path without query and fragment, which may say who somebody is.
pub(super) fn without_query(text: &str) -> &str {
    text.find(['?', '#']).map_or(text, |end| &text[..end])
}

fn host_of(host: &str) -> Cow<'_, str> {
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host);
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(host.to_ascii_lowercase())
    } else {
        Cow::Borrowed(host)
    }
}

/// The text of a query's value: `+` is a space, `%41` an A. What is no UTF-8 is replaced.
fn decode(value: &str) -> Cow<'_, str> {
    if !value.contains(['+', '%']) {
        return Cow::Borrowed(value);
    }
    let bytes = value.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%').then(|| escape(bytes.get(at + 1..at + 3)?)).flatten();
        decoded.push(escaped.unwrap_or(if *byte == b'+' { b' ' } else { *byte }));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}

fn escape(digits: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let (high, low) = (digit(digits.first()?)?, digit(digits.get(1)?)?);
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: [&str; 5]) {
        let Address { host, path, source, medium, campaign } = split(text);
        assert_eq!([&host, path, &source, &medium, &campaign], expected, "{text}");
    }

    #[test]
    fn addresses_are_split() {
        check("https://Shop.example/a/b?x=1#top", ["shop.example", "/a/b", "", "", ""]);
        check("https://shop.example", ["shop.example", "/", "", "", ""]);
        check("http://me:secret@shop.example:80/", ["shop.example", "/", "", "", ""]);
        check("http://shop.example:8080/a", ["shop.example:8080", "/a", "", "", ""]);
        check("//shop.example/a", ["shop.example", "/a", "", "", ""]);
        check("shop.example/a?next=https://x/y", ["shop.example", "/a", "", "", ""]);
        check(
            "/a?utm_source=news&utm_medium=e%2Dmail&utm_campaign=big+sale&token=1",
            ["", "/a", "news", "e-mail", "big sale"],
        );
        check("/a?ref=partner", ["", "/a", "partner", "", ""]);
        check("/a?ref=partner&utm_source=x", ["", "/a", "x", "", ""]);
        check("/a?utm_source=%C3%A9%zz%4", ["", "/a", "é%zz%4", "", ""]);
        check("", ["", "", "", "", ""]);
    }
}
