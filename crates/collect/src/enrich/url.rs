//! Addresses that clients send, which are hostile text: read by the URL standard, then kept as `address` keeps them, in
//! normal form. What is not kept by name is gone. It must not know channels.

use std::borrow::Cow;

use url::{ParseError, Url};
use waymark_model::normal::{self, text::fit};

use super::hosts::without_port;
use crate::{
    address::{Campaign, split},
    redact::redact,
};

/// Longer addresses are read without their query, and not at all when that is still too long.
pub const LONGEST_URL: usize = 16 * 1024;

/// Parameters that are kept as properties; a site may add others.
const KEPT: [&str; 2] = ["utm_term", "utm_content"];
/// Parameters that say where a visit came from.
const CAMPAIGN: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "ref", "source"];
/// Stands for the host of an address that has none.
const NO_HOST: &str = "nowhere.invalid";

/// A page, as far as its address is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Small letters, Punycode, with its port unless it is the scheme's own; `www.` stays. Empty for an address without one.
    pub host: String,
    /// Without query; with the fragment where that is a page of its own. In normal form.
    pub path: String,
    /// What says where the visit came from.
    pub campaign: Campaign<'static>,
    /// Other parameters that are kept.
    pub params: Vec<(String, String)>,
    /// Something that looked like an e-mail address was replaced.
    pub is_redacted: bool,
    /// A part was longer than is kept, and cut.
    pub is_cut: bool,
}

/// A page before this one, as far as its address is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Referrer {
    /// As a page's; of `android-app://`, the name of the app.
    pub host: String,
    /// As a page's; empty for an app.
    pub path: String,
}

/// Why an address is not one of a page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It is not an address.
    #[error("the URL cannot be read ({0}): send an absolute one, as `location.href` gives it")]
    Unreadable(ParseError),
    /// A placeholder stands in its place.
    #[error("`{0}` is not a URL: send an absolute one, as `location.href` gives it")]
    Placeholder(&'static str),
    /// It is an address of something else.
    #[error("the URL is not of a web page: send one that begins with `https://` or `http://`")]
    NotWeb,
    /// It is too long to be read.
    #[error("the URL is longer than {LONGEST_URL} bytes")]
    TooLong,
}

impl Page {
    /// Reads the address of a page. `allowed` are the site's own additions to the parameters that are kept, `hosts` the hosts that
    /// it lists: an address without a host is one of the only host, or of none. `is_routed` says that the site's pages are in
    /// fragments.
    ///
    /// # Errors
    /// When it is not the address of a web page.
    pub fn read(text: &str, allowed: &[String], hosts: &[String], is_routed: bool) -> Result<Self, UrlError> {
        let url = absolute(text, hosts)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::NotWeb);
        }
        let address = split(url.as_str());
        let mut keeper = Keeper::default();
        let found = address.campaign();
        let campaign = Campaign {
            source: keeper.keep(&found.source).into(),
            medium: keeper.keep(&found.medium).into(),
            campaign: keeper.keep(&found.campaign).into(),
            ..Campaign { is_referral: found.is_referral, click: found.click, ..Campaign::default() }
        };
        let mut params: Vec<(String, String)> = Vec::new();
        for (key, value) in address.params() {
            let is_kept = KEPT.contains(&key.as_ref()) || allowed.iter().any(|allowed| *allowed == key);
            if is_kept && !value.is_empty() && !params.iter().any(|(known, _)| *known == key) {
                params.push((key.into_owned(), keeper.keep(&value)));
            }
        }
        let (host, path) = (host_of(&address.host), keeper.keep(&normal::path(&address.page(is_routed))));
        Ok(Self { host, path, campaign, params, is_redacted: keeper.is_redacted, is_cut: keeper.is_cut })
    }
}

impl Referrer {
    /// Reads the address of the page before; `None` when it says nothing that can be kept.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let url = parse(text).ok()?;
        let address = split(url.as_str());
        let host = host_of(&address.host);
        let path = match url.scheme() {
            "http" | "https" => Keeper::default().keep(&normal::path(address.path)),
            "android-app" => String::new(),
            _ => return None,
        };
        (!host.is_empty()).then_some(Self { host, path })
    }
}

/// The host in normal form; an app's name is kept as it is.
fn host_of(host: &str) -> String {
    match host {
        NO_HOST => String::new(),
        host => normal::host(host).unwrap_or_else(|_| host.to_owned()),
    }
}

/// An address among the properties of an event, as far as it is kept: without who signs in, without fragment, and of its query what
/// is on the list. It may begin with its path or its query. `None` for a text that is none, or has nothing of that.
#[must_use]
pub fn kept_of(text: &str, allowed: &[String]) -> Option<String> {
    let text = text.trim();
    if !text.bytes().any(|byte| matches!(byte, b'?' | b'#' | b'@')) || text.contains(char::is_whitespace) {
        return None;
    }
    match text.as_bytes().first()? {
        b'/' => return Some(cut_query(text, allowed)),
        b'?' if text.contains('=') => return Some(cut_query(text, allowed)),
        _ => {}
    }
    let mut url = parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    // An address with a host takes both.
    let _ = (url.set_username(""), url.set_password(None));
    Some(cut_query(url.as_str(), allowed))
}

/// An address without its fragment, and of its query what is on the list.
fn cut_query(text: &str, allowed: &[String]) -> String {
    let text = text.split_once('#').map_or(text, |(text, _)| text);
    let Some((place, query)) = text.split_once('?') else { return text.to_owned() };
    let is_listed =
        |key: &str| CAMPAIGN.contains(&key) || KEPT.contains(&key) || allowed.iter().any(|one| one == key);
    let is_kept = |pair: &&str| pair.split_once('=').is_some_and(|(key, _)| is_listed(key));
    let kept = query.split('&').filter(is_kept).collect::<Vec<_>>().join("&");
    if kept.is_empty() { place.to_owned() } else { format!("{place}?{kept}") }
}

fn parse(text: &str) -> Result<Url, UrlError> {
    let text = if text.len() <= LONGEST_URL { text } else { crate::address::without_query(text) };
    if text.len() > LONGEST_URL {
        return Err(UrlError::TooLong);
    }
    Url::parse(text).map_err(UrlError::Unreadable)
}

/// The address with scheme and host, which clients leave out: `//shop.example/a`, `shop.example/a`, `/a`.
fn absolute(text: &str, hosts: &[String]) -> Result<Url, UrlError> {
    let text = text.trim();
    if let normal::Identifier::Placeholder(text) = normal::identifier(text) {
        return Err(UrlError::Placeholder(text));
    }
    let name = &text[..text.find(['/', '?', '#']).unwrap_or(text.len())];
    let with_scheme = || Cow::Owned(format!("https://{text}"));
    match parse(text) {
        Ok(url) if url.has_host() => Ok(url),
        // `shop.example:8443/a` reads as an address of the scheme `shop.example`.
        Ok(_) if is_host(name, hosts) => parse(&with_scheme()),
        Ok(url) => Ok(url),
        Err(UrlError::Unreadable(ParseError::RelativeUrlWithoutBase)) if !text.is_empty() => {
            let host = match hosts {
                [only] => only.as_str(),
                _ => NO_HOST,
            };
            let absolute = match text {
                _ if text.starts_with("//") => Cow::Owned(format!("https:{text}")),
                _ if is_host(name, hosts) => with_scheme(),
                _ => Cow::Owned(format!("https://{host}/{}", text.strip_prefix('/').unwrap_or(text))),
            };
            parse(&absolute)
        }
        Err(error) => Err(error),
    }
}

/// Whether a text without a scheme begins with a host: one that the site lists, or, if it lists none, a name under a public
/// suffix, and not a file such as `thanks.html`.
fn is_host(name: &str, hosts: &[String]) -> bool {
    let Ok(normal) = normal::host(name) else { return false };
    match hosts {
        [] => {
            let name = without_port(&normal);
            name == "localhost"
                || psl::domain(name.as_bytes()).is_some_and(|domain| domain.suffix().is_known())
        }
        _ => hosts.iter().any(|listed| *listed == normal || listed == without_port(&normal)),
    }
}

/// Takes texts over, without what looks like an e-mail address, and no longer than texts are kept.
#[derive(Default)]
struct Keeper {
    is_redacted: bool,
    is_cut: bool,
}

impl Keeper {
    fn keep(&mut self, text: &str) -> String {
        let kept = redact(text);
        self.is_redacted |= matches!(kept, Cow::Owned(_));
        // A decoded value may hold what no text of an event holds.
        let kept = match kept.contains(char::is_control) {
            true => Cow::Owned(kept.chars().filter(|c| !c.is_control()).collect()),
            false => kept,
        };
        let fitted = fit(&kept);
        self.is_cut |= fitted.text.len() < kept.len();
        fitted.text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, host: &str, path: &str) {
        let page = Page::read(text, &[], &[], false).unwrap();
        assert_eq!([page.host.as_str(), page.path.as_str()], [host, path], "{text}");
    }

    #[test]
    fn pages_are_host_and_path() {
        check("https://Shop.Example/a/b?token=1#top", "shop.example", "/a/b");
        check("https://www.shop.example", "www.shop.example", "/");
        check("https://ann:secret@shop.example/a", "shop.example", "/a");
        check("http://shop.example:80/a", "shop.example", "/a");
        check("http://shop.example:443/a", "shop.example", "/a");
        check("https://shop.example:8443/a", "shop.example:8443", "/a");
        check("https://shop.example/a/../b/./c", "shop.example", "/b/c");
        check("https://shop.example/é x", "shop.example", "/é x");
        check("https://bücher.example/", "xn--bcher-kva.example", "/");
        check("http://[2001:db8::1]:8080/a", "[2001:db8::1]:8080", "/a");
        check("https://Shop.example./a", "shop.example", "/a");
        check("https://shop.example/best%c3%a4tigung/%E4", "shop.example", "/bestätigung/%E4");
        check("http://0x7f.1/", "127.0.0.1", "/");
        check("  https://shop.example/\ta\n", "shop.example", "/a");
        check("https:\\\\shop.example\\a", "shop.example", "/a");
        check("https://shop.example/a\u{0}\u{1b}[31m", "shop.example", "/a%00%1B[31m");
        check("https://shop.example/reset/ann@example.com", "shop.example", "/reset/[email]");
        check("https://shop.example/@handle", "shop.example", "/@handle");
        check("https://shop.example/#/cart?token=1", "shop.example", "/#/cart");
        check("https://shop.example/#/best%C3%A4tigung", "shop.example", "/#/bestätigung");
        check("https://shop.example/#/reset/ann@example.com", "shop.example", "/#/reset/[email]");
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for (text, expected) in [
            ("", UrlError::Unreadable(ParseError::RelativeUrlWithoutBase)),
            ("undefined", UrlError::Placeholder("undefined")),
            ("null", UrlError::Placeholder("null")),
            ("https://", UrlError::Unreadable(ParseError::EmptyHost)),
            ("https://a b/", UrlError::Unreadable(ParseError::IdnaError)),
            ("http://shop.example:99999/", UrlError::Unreadable(ParseError::InvalidPort)),
            ("javascript:alert(1)", UrlError::NotWeb),
            ("data:text/html,<script>", UrlError::NotWeb),
            ("file:///etc/passwd", UrlError::NotWeb),
            ("about:blank", UrlError::NotWeb),
            ("chrome-extension://abc/page.html", UrlError::NotWeb),
            (&format!("https://shop.example/{}", "x".repeat(20_000)), UrlError::TooLong),
        ] {
            assert_eq!(Page::read(text, &[], &[], false), Err(expected), "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let check = |url: String, path: usize, source: usize, is_cut: bool| {
            let page = Page::read(&url, &[], &[], false).unwrap();
            let found = (page.path.len(), page.campaign.source.len(), page.is_cut);
            assert_eq!(found, (path, source, is_cut), "{url}");
        };
        check(format!("https://shop.example/{}", "x".repeat(10_000)), 1024, 0, true);
        check(format!("https://shop.example/a?utm_source={}", "x".repeat(2_000)), 2, 1024, true);
        check(format!("https://shop.example/a?utm_source=b&x={}", "x".repeat(10_000)), 2, 1, false);
        check(format!("https://shop.example/a?utm_source=b&x={}", "x".repeat(20_000)), 2, 0, false);
        check(format!("https://shop.example/{}", "%C3%A4".repeat(600)), 1023, 0, true);
    }

    #[test]
    fn addresses_without_a_host_are_of_the_only_one() {
        let one = ["shop.example".to_owned()];
        let two = ["shop.example".to_owned(), "xn--bcher-kva.example".to_owned()];
        for (text, hosts, host, path) in [
            ("/checkout/thanks?a=1#b", &one[..], "shop.example", "/checkout/thanks"),
            ("checkout/thanks", &one, "shop.example", "/checkout/thanks"),
            ("/checkout/thanks", &two, "", "/checkout/thanks"),
            ("/checkout/thanks", &[], "", "/checkout/thanks"),
            ("?a=1", &one, "shop.example", "/"),
            ("//shop.example/a", &two, "shop.example", "/a"),
            ("shop.example/a", &two, "shop.example", "/a"),
            ("shop.example:8443/a", &two, "shop.example:8443", "/a"),
            ("bücher.example/a", &two, "xn--bcher-kva.example", "/a"),
            ("www.shop.co.uk/a", &[], "www.shop.co.uk", "/a"),
            ("localhost:3000/a", &[], "localhost:3000", "/a"),
            ("thanks.html", &[], "", "/thanks.html"),
            ("other.example/a", &two, "", "/other.example/a"),
        ] {
            let page = Page::read(text, &[], hosts, false).unwrap();
            assert_eq!([page.host.as_str(), page.path.as_str()], [host, path], "{text} {hosts:?}");
        }
    }

    #[test]
    fn of_the_query_only_what_is_allowed_stays() {
        let url = "https://shop.example/?utm_source=news&utm_medium=email&utm_campaign=a%00b+c&utm_term=tea&plan=pro&token=x&\
                   ref=y&gclid=Cj0K&utm_content=to%20ann@example.com&plan=second";
        let page = Page::read(url, &["plan".to_owned()], &[], false).unwrap();
        let Campaign { source, medium, campaign, is_referral, click } = page.campaign.clone();
        assert_eq!([&source, &medium, &campaign], ["news", "email", "ab c"]);
        assert_eq!((is_referral, click.map(|click| click.key)), (false, Some("gclid")));
        let expected = [("utm_term", "tea"), ("plan", "pro"), ("utm_content", "to [email]")];
        assert_eq!(page.params, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert!(page.is_redacted);
        assert!(!format!("{page:?}").contains("Cj0K"));
    }

    #[test]
    fn of_an_address_among_properties_only_what_is_allowed_stays() {
        let allowed = ["v".to_owned()];
        for (text, expected) in [
            (
                "https://shop.example/a?token=1&utm_source=x&v=7#top",
                Some("https://shop.example/a?utm_source=x&v=7"),
            ),
            ("https://shop.example/a?token=1", Some("https://shop.example/a")),
            ("HTTP://ann:secret@shop.example/", Some("http://shop.example/")),
            ("https://shop.example/a#top", Some("https://shop.example/a")),
            ("https://shop.example/a", None),
            ("/a?token=1&utm_term=tea#top", Some("/a?utm_term=tea")),
            ("?token=1", Some("")),
            ("?", None),
            ("/a/b", None),
            ("/start? What then", None),
            ("why? https://shop.example/a?token=1", None),
            ("mailto:ann@example.com?x=1", None),
            ("http?", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(kept_of(text, &allowed).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn referrers_are_read_or_nothing() {
        for (text, expected) in [
            ("https://www.google.com/", Some(("www.google.com", "/"))),
            ("https://brew.example/best?q=secret#x", Some(("brew.example", "/best"))),
            ("android-app://com.google.android.gm/", Some(("com.google.android.gm", ""))),
            ("", None),
            ("about:client", None),
            ("javascript:alert(1)", None),
            ("data:,x", None),
        ] {
            let expected =
                expected.map(|(host, path)| Referrer { host: host.to_owned(), path: path.to_owned() });
            assert_eq!(Referrer::read(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_was_not_asked_for_stays(
            text in "https?://[a-zé.@:\\[\\]0-9-]{0,16}[/?#&=%@a-z\u{0}\u{202e}]{0,40}"
        ) {
            if let Ok(page) = Page::read(&text, &[], &[], false) {
                assert!(!page.path.contains('?') && !page.host.contains(['@', '/']), "{page:?}");
                assert!(!page.path.chars().any(char::is_control));
            }
            let _ = Referrer::read(&text);
        }

        #[test]
        fn any_text_is_borne(text in "\\PC{0,60}") {
            let _ = (Page::read(&text, &[], &[], false), Referrer::read(&text));
        }
    }
}
