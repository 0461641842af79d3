//! Addresses that browsers send, which are hostile text: read by the URL standard, then kept as `address` keeps them. What
//! is not kept by name is gone. It must not know channels.

use url::{ParseError, Url};

use crate::{
    address::{Campaign, split},
    collect::limits::TEXT_BYTES,
    redact::redact,
};

/// Longer addresses are not read.
pub const LONGEST_URL: usize = 16 * 1024;

/// Parameters that are kept as properties; a site may add others.
const KEPT: [&str; 2] = ["utm_term", "utm_content"];
/// Parameters that say where a visit came from.
const CAMPAIGN: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "ref", "source"];

/// A page, as far as its address is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Small letters, Punycode, with its port unless it is the scheme's own; `www.` stays.
    pub host: String,
    /// Without query and fragment; percent-encoded as a browser does.
    pub path: String,
    /// What says where the visit came from.
    pub campaign: Campaign<'static>,
    /// Other parameters that are kept.
    pub params: Vec<(String, String)>,
    /// Something that looked like an e-mail address was replaced.
    pub is_redacted: bool,
}

/// A page before this one, as far as its address is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Referrer {
    /// As a page's; of `android-app://`, the name of the app.
    pub host: String,
    /// As a page's; empty for an app.
    pub path: String,
}

/// Why an address is none of a page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It is no address.
    #[error("the URL cannot be read ({0}): send an absolute one, as `location.href` gives it")]
    Unreadable(ParseError),
    /// It is an address of something else.
    #[error("the URL is not of a web page: send one that begins with `https://` or `http://`")]
    NotWeb,
    /// A part that is kept is too long.
    #[error(
        "the {0} is too long: at most {TEXT_BYTES} bytes of it are kept, and of the whole URL {LONGEST_URL} are read"
    )]
    TooLong(&'static str),
}

impl Page {
    /// Reads the address of a page. `allowed` are the site's own additions to the parameters that are kept.
    ///
    /// # Errors
    /// When it is no address of a web page, or a part that is kept is too long.
    pub fn read(text: &str, allowed: &[String]) -> Result<Self, UrlError> {
        let url = parse(text)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::NotWeb);
        }
        let address = split(url.as_str());
        let mut keeper = Keeper::default();
        let found = address.campaign();
        let campaign = Campaign {
            source: keeper.keep("utm_source", &found.source)?.into(),
            medium: keeper.keep("utm_medium", &found.medium)?.into(),
            campaign: keeper.keep("utm_campaign", &found.campaign)?.into(),
            ..Campaign { is_referral: found.is_referral, click: found.click, ..Campaign::default() }
        };
        let mut params: Vec<(String, String)> = Vec::new();
        for (key, value) in address.params() {
            let is_kept = KEPT.contains(&key.as_ref()) || allowed.iter().any(|allowed| *allowed == key);
            if is_kept && !value.is_empty() && !params.iter().any(|(known, _)| *known == key) {
                params.push((key.into_owned(), keeper.keep("parameter", &value)?));
            }
        }
        let (host, path) = (address.host.into_owned(), keeper.keep("path", address.path)?);
        Ok(Self { host, path, campaign, params, is_redacted: keeper.is_redacted })
    }
}

impl Referrer {
    /// Reads the address of the page before; `None` when it says nothing that can be kept.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let url = parse(text).ok()?;
        let address = split(url.as_str());
        let host = address.host.to_string();
        let path = match url.scheme() {
            "http" | "https" => Keeper::default().keep("path", address.path).unwrap_or_default(),
            "android-app" => String::new(),
            _ => return None,
        };
        (!host.is_empty() && host.len() <= TEXT_BYTES).then_some(Self { host, path })
    }
}

/// An address among the properties of an event, as far as it is kept: without who signs in, without fragment, and of its query what
/// is on the list. It may begin with its path or its query. `None` for a text that is none, or has nothing of that.
#[must_use]
pub fn kept_of(text: &str, allowed: &[String]) -> Option<String> {
    let text = text.trim();
    if text.contains(char::is_whitespace) || !text.contains(['?', '#', '@']) {
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
    if text.len() > LONGEST_URL {
        return Err(UrlError::TooLong("URL"));
    }
    Url::parse(text).map_err(UrlError::Unreadable)
}

/// Takes texts over, without what looks like an e-mail address.
#[derive(Default)]
struct Keeper {
    is_redacted: bool,
}

impl Keeper {
    fn keep(&mut self, what: &'static str, text: &str) -> Result<String, UrlError> {
        if text.len() > TEXT_BYTES {
            return Err(UrlError::TooLong(what));
        }
        let kept = redact(text);
        self.is_redacted |= matches!(kept, std::borrow::Cow::Owned(_));
        // A decoded value may hold what no text of an event holds.
        Ok(kept.chars().filter(|c| !c.is_control()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, host: &str, path: &str) {
        let page = Page::read(text, &[]).unwrap();
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
        check("https://shop.example/é x", "shop.example", "/%C3%A9%20x");
        check("https://bücher.example/", "xn--bcher-kva.example", "/");
        check("http://[2001:db8::1]:8080/a", "[2001:db8::1]:8080", "/a");
        check("http://0x7f.1/", "127.0.0.1", "/");
        check("  https://shop.example/\ta\n", "shop.example", "/a");
        check("https:\\\\shop.example\\a", "shop.example", "/a");
        check("https://shop.example/a\u{0}\u{1b}[31m", "shop.example", "/a%00%1B[31m");
        check("https://shop.example/reset/ann@example.com", "shop.example", "/reset/[email]");
        check("https://shop.example/@handle", "shop.example", "/@handle");
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for (text, expected) in [
            ("", UrlError::Unreadable(ParseError::RelativeUrlWithoutBase)),
            ("/a/b", UrlError::Unreadable(ParseError::RelativeUrlWithoutBase)),
            ("https://", UrlError::Unreadable(ParseError::EmptyHost)),
            ("https://a b/", UrlError::Unreadable(ParseError::IdnaError)),
            ("http://shop.example:99999/", UrlError::Unreadable(ParseError::InvalidPort)),
            ("javascript:alert(1)", UrlError::NotWeb),
            ("data:text/html,<script>", UrlError::NotWeb),
            ("file:///etc/passwd", UrlError::NotWeb),
            ("about:blank", UrlError::NotWeb),
            ("chrome-extension://abc/page.html", UrlError::NotWeb),
            (&format!("https://shop.example/{}", "x".repeat(10_000)), UrlError::TooLong("path")),
            (
                &format!("https://shop.example/?utm_source={}", "x".repeat(2_000)),
                UrlError::TooLong("utm_source"),
            ),
            (&format!("https://shop.example/?{}", "x".repeat(20_000)), UrlError::TooLong("URL")),
        ] {
            assert_eq!(Page::read(text, &[]), Err(expected), "{text}");
        }
        assert!(Page::read(&format!("https://shop.example/?x={}", "x".repeat(10_000)), &[]).is_ok());
    }

    #[test]
    fn of_the_query_only_what_is_allowed_stays() {
        let url = "https://shop.example/?utm_source=news&utm_medium=email&utm_campaign=a%00b+c&utm_term=tea&plan=pro&token=x&\
                   ref=y&gclid=Cj0K&utm_content=to%20ann@example.com&plan=second";
        let page = Page::read(url, &["plan".to_owned()]).unwrap();
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
            if let Ok(page) = Page::read(&text, &[]) {
                assert!(!page.path.contains(['?', '#']) && !page.host.contains(['@', '/']), "{page:?}");
                assert!(!page.path.chars().any(char::is_control));
            }
            let _ = Referrer::read(&text);
        }

        #[test]
        fn any_text_is_borne(text in "\\PC{0,60}") {
            let _ = (Page::read(&text, &[]), Referrer::read(&text));
        }
    }
}
