//! Addresses of pages as they are kept: host and path. Of the query only what says where a visit came from is looked
//! at, here by whoever imports or collects. It must not know what a channel is.

mod click;

use std::borrow::Cow;

pub use click::ClickId;

/// An address, split.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address<'a> {
    /// Without user, port 80 or 443; small letters. Empty when the address begins with its path.
    pub host: Cow<'a, str>,
    /// From the first slash up to query or fragment; `/` when there is a host and no path.
    pub path: &'a str,
    /// What follows the question mark. It may say who somebody is: it is never kept whole.
    query: &'a str,
    /// What follows the `#`: a place on the page, a page of its own, or parameters.
    fragment: &'a str,
}

/// What an address says of the way that led to it. Texts that it does not say are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Campaign<'a> {
    /// `utm_source`, else `ref`, else `source`.
    pub source: Cow<'a, str>,
    /// `utm_medium`.
    pub medium: Cow<'a, str>,
    /// `utm_campaign`.
    pub campaign: Cow<'a, str>,
    /// The source is that of `ref` or `source`.
    pub is_referral: bool,
    /// Which kind of click identifier there is. The identifier itself is not read.
    pub click: Option<&'static ClickId>,
}

/// Splits an address: `https://host/path?query`, `//host/path`, `host/path` or `/path`.
#[must_use]
pub fn split(text: &str) -> Address<'_> {
    let Address { path: place, query, fragment, .. } = split_path(text);
    let place = place.split_once("://").map_or(place, |(_, place)| place);
    let place = place.strip_prefix("//").unwrap_or(place);
    let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let path = if !host.is_empty() && path.is_empty() { "/" } else { path };
    Address { host: host_of(host), path, query, fragment }
}

/// Splits what follows a host: `/path?query`. Two slashes at its beginning are part of the path.
#[must_use]
pub fn split_path(text: &str) -> Address<'_> {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    Address { host: Cow::Borrowed(""), path, query, fragment }
}

/// The path without query and fragment, which may say who somebody is.
#[must_use]
pub fn without_query(text: &str) -> &str {
    text.find(['?', '#']).map_or(text, |end| &text[..end])
}

impl<'a> Address<'a> {
    /// The path, with the fragment where that is a page of its own: `/#/cart`. A fragment that begins with `/` or `!` is one;
    /// any other is a place on the page, unless `is_routed` says that the site's pages are in fragments.
    #[must_use]
    pub fn page(&self, is_routed: bool) -> Cow<'a, str> {
        let route = self.fragment.split_once('?').map_or(self.fragment, |(route, _)| route);
        let route = route.split_once("&utm_").map_or(route, |(route, _)| route);
        let is_page = route.starts_with(['/', '!']) || (is_routed && !route.starts_with("utm_"));
        // The first page has no route, or an empty one.
        if !is_page || matches!(route, "" | "/" | "!" | "!/") {
            return Cow::Borrowed(self.path);
        }
        Cow::Owned(format!("{}#{route}", if self.path.is_empty() { "/" } else { self.path }))
    }

    /// Keys and values of the query, and then of the fragment, decoded, in their order.
    pub fn params(&self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> + use<'a> {
        pairs(self.query).chain(self.fragment_pairs()).map(|(key, value)| (decode(key), decode(value)))
    }

    /// The parameters of a page in the fragment (`#/cart?ref=news`); of any other fragment those of campaigns.
    fn fragment_pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let (query, is_page) =
            self.fragment.split_once('?').map_or((self.fragment, false), |(_, query)| (query, true));
        pairs(query).filter(move |(key, _)| is_page || key.starts_with("utm_"))
    }

    /// What the parameters say of the way that led here. Of a key that is there twice the last that says something counts,
    /// and the query before the fragment.
    #[must_use]
    pub fn campaign(&self) -> Campaign<'a> {
        let mut campaign = Campaign::default();
        let [mut referral, mut source] = [Cow::Borrowed(""), Cow::Borrowed("")];
        let said = self.fragment_pairs().chain(pairs(self.query)).filter(|(_, value)| !value.is_empty());
        for (key, value) in said {
            match key {
                "utm_source" => campaign.source = decode(value),
                "utm_medium" => campaign.medium = decode(value),
                "utm_campaign" => campaign.campaign = decode(value),
                "ref" => referral = decode(value),
                "source" => source = decode(value),
                _ => campaign.click = campaign.click.or_else(|| ClickId::of(key)),
            }
        }
        for other in [referral, source] {
            if campaign.source.is_empty() && !other.is_empty() {
                (campaign.source, campaign.is_referral) = (other, true);
            }
        }
        campaign
    }
}

/// Keys and values as they are written. Addresses that were copied from HTML have `&amp;` between them.
fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter_map(|pair| pair.trim_start_matches("amp;").split_once('='))
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

    fn check(text: &str, expected: [&str; 6]) {
        let address = split(text);
        let Campaign { source, medium, campaign, click, .. } = address.campaign();
        let click = click.map_or("", |click| click.source);
        let Address { host, path, .. } = address;
        assert_eq!([&host, path, &source, &medium, &campaign, click], expected, "{text}");
    }

    #[test]
    fn addresses_are_split() {
        check("https://Shop.example/a/b?x=1#top", ["shop.example", "/a/b", "", "", "", ""]);
        check("https://shop.example", ["shop.example", "/", "", "", "", ""]);
        check("http://me:secret@shop.example:80/", ["shop.example", "/", "", "", "", ""]);
        check("http://shop.example:8080/a", ["shop.example:8080", "/a", "", "", "", ""]);
        check("//shop.example/a", ["shop.example", "/a", "", "", "", ""]);
        check("shop.example/a?next=https://x/y", ["shop.example", "/a", "", "", "", ""]);
        check("", ["", "", "", "", "", ""]);
    }

    #[test]
    fn queries_say_where_a_visit_came_from() {
        check(
            "/a?utm_source=news&utm_medium=e%2Dmail&utm_campaign=big+sale&token=1",
            ["", "/a", "news", "e-mail", "big sale", ""],
        );
        check("/a?ref=partner", ["", "/a", "partner", "", "", ""]);
        check("/a?ref=partner&utm_source=x", ["", "/a", "x", "", "", ""]);
        check("/a?source=flyer&ref=partner", ["", "/a", "partner", "", "", ""]);
        check("/a?source=flyer", ["", "/a", "flyer", "", "", ""]);
        check("/a?utm_source=%C3%A9%zz%4", ["", "/a", "é%zz%4", "", "", ""]);
        check("/a?gclid=Cj0K&x=1", ["", "/a", "", "", "", "google"]);
        check("/a?utm_source=spring&fbclid=IwAR", ["", "/a", "spring", "", "", "facebook"]);
    }

    #[test]
    fn campaigns_are_read_however_they_are_written() {
        let news = ["", "/a", "news", "email", "", ""];
        for address in [
            "/a?utm_source=news&utm_medium=email",
            "/a?utm_source=news&amp;utm_medium=email",
            "/a?x=1&amp;amp;utm_source=news&amp;utm_medium=email",
            "/a?utm_source=news&utm_medium=email&utm_source=&utm_medium=",
            "/a?utm_source=&utm_source=news&utm_medium=email",
            "/a?utm_source=old&utm_source=news&utm_medium=email",
            "/a#utm_source=news&utm_medium=email",
            "/a#utm_source=news&amp;utm_medium=email",
            "/a#top&utm_source=news&utm_medium=email",
            "/a#/cart?utm_source=news&utm_medium=email",
            "/a#?utm_source=news&utm_medium=email",
            "/a?utm_source=news#utm_medium=email",
            "/a?utm_source=news&utm_medium=email#utm_source=other",
        ] {
            check(address, news);
        }
        check("/a#ref=partner&source=x&gclid=1", ["", "/a", "", "", "", ""]);
        check("/a#/b?ref=partner", ["", "/a", "partner", "", "", ""]);
    }

    #[test]
    fn a_fragment_may_be_a_page() {
        for (address, unsaid, said) in [
            ("https://shop.example/#/cart", "/#/cart", "/#/cart"),
            ("https://shop.example#/cart", "/#/cart", "/#/cart"),
            ("/app/#!/cart/1", "/app/#!/cart/1", "/app/#!/cart/1"),
            ("/#/reset?token=secret", "/#/reset", "/#/reset"),
            ("/?a=1#/cart?b=2#c", "/#/cart", "/#/cart"),
            ("/a#cart", "/a", "/a#cart"),
            ("/a#cart?token=secret", "/a", "/a#cart"),
            ("/a#", "/a", "/a"),
            ("/a#/", "/a", "/a"),
            ("/a#!/", "/a", "/a"),
            ("/a#/?x=1", "/a", "/a"),
            ("/a#utm_source=news", "/a", "/a"),
            ("/a#/b&utm_source=news", "/a#/b", "/a#/b"),
            ("/a#b&utm_source=news", "/a", "/a#b"),
            ("/a", "/a", "/a"),
            ("#/cart", "/#/cart", "/#/cart"),
            ("", "", ""),
        ] {
            let address_of = split(address);
            assert_eq!([address_of.page(false), address_of.page(true)], [unsaid, said], "{address}");
        }
    }

    #[test]
    fn parameters_are_decoded() {
        let params: Vec<_> = split("/a?plan=pro&q%20r=a+b&flag&=x").params().collect();
        let expected = [("plan", "pro"), ("q r", "a b"), ("", "x")];
        assert_eq!(params, expected.map(|(key, value)| (Cow::from(key), Cow::from(value))));
    }
}
