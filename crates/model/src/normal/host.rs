//! Hosts: small letters and Punycode, as browsers send them; shown as people write them.

use std::borrow::Cow;

use url::Host;

/// Ports that a host is kept without.
const DEFAULT_PORTS: [u16; 2] = [80, 443];

/// A text that is not a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a host: write the name alone, such as `shop.example`")]
pub struct NotAHost(pub String);

/// The normal form of a host: `Bücher.Example:443` is `xn--bcher-kva.example`. Other ports than 80 and 443 are kept.
///
/// # Errors
/// When the text is not a host, perhaps with a port.
pub fn host(text: &str) -> Result<String, NotAHost> {
    let wrong = || NotAHost(text.to_owned());
    let (name, port) = split_port(text.trim()).ok_or_else(wrong)?;
    let name = name.strip_suffix('.').unwrap_or(name);
    let name = Host::parse(name).map_err(|_| wrong())?;
    let is_name = |name: &String| name.bytes().all(is_of_a_name) && !name.split('.').any(str::is_empty);
    if matches!(&name, Host::Domain(name) if !is_name(name)) {
        return Err(wrong());
    }
    Ok(match port.filter(|port| !DEFAULT_PORTS.contains(port)) {
        Some(port) => format!("{name}:{port}"),
        None => name.to_string(),
    })
}

/// Letters, digits, and the signs that names have: what else the URL standard bears is in no host that answers.
const fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// The normal forms of several hosts, each once.
///
/// # Errors
/// With the first text that is not a host.
pub fn hosts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Vec<String>, NotAHost> {
    let mut found = Vec::new();
    for text in texts {
        let host = host(text)?;
        if !found.contains(&host) {
            found.push(host);
        }
    }
    Ok(found)
}

/// Name and port. An IPv6 address stands in brackets.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let end_of_address = text.rfind(']').unwrap_or(0);
    match text[end_of_address..].rfind(':') {
        None => Some((text, None)),
        Some(at) => {
            let (name, port) = text.split_at(end_of_address + at);
            let digits = &port[1..];
            let is_port = digits.bytes().all(|byte| byte.is_ascii_digit());
            match digits {
                "" => Some((name, None)),
                _ if is_port => Some((name, Some(digits.parse().ok()?))),
                _ => None,
            }
        }
    }
}

/// A host as it is shown: Punycode decoded, where that can be read back.
#[must_use]
pub fn shown_host(normal: &str) -> Cow<'_, str> {
    if !normal.contains("xn--") {
        return Cow::Borrowed(normal);
    }
    let Some((name, _)) = split_port(normal) else { return Cow::Borrowed(normal) };
    let shown = format!("{}{}", url::quirks::domain_to_unicode(name), &normal[name.len()..]);
    if host(&shown).is_ok_and(|again| again == normal) { Cow::Owned(shown) } else { Cow::Borrowed(normal) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_one_spelling() {
        for (text, expected, shown) in [
            ("shop.example", "shop.example", "shop.example"),
            ("Shop.Example", "shop.example", "shop.example"),
            (" shop.example. ", "shop.example", "shop.example"),
            ("bücher.example", "xn--bcher-kva.example", "bücher.example"),
            ("BÜCHER.example", "xn--bcher-kva.example", "bücher.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example", "bücher.example"),
            ("XN--bcher-kva.example", "xn--bcher-kva.example", "bücher.example"),
            ("b%C3%BCcher.example", "xn--bcher-kva.example", "bücher.example"),
            ("bücher.example:8443", "xn--bcher-kva.example:8443", "bücher.example:8443"),
            ("shop.example:443", "shop.example", "shop.example"),
            ("shop.example:80", "shop.example", "shop.example"),
            ("shop.example:", "shop.example", "shop.example"),
            ("shop.example:8080", "shop.example:8080", "shop.example:8080"),
            ("localhost:3000", "localhost:3000", "localhost:3000"),
            ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
            ("[2001:DB8::1]:8080", "[2001:db8::1]:8080", "[2001:db8::1]:8080"),
            ("[::1]", "[::1]", "[::1]"),
            ("my_shop.example", "my_shop.example", "my_shop.example"),
            ("例え.jp", "xn--r8jz45g.jp", "例え.jp"),
        ] {
            assert_eq!(host(text).as_deref(), Ok(expected), "{text}");
            assert_eq!(shown_host(expected), shown, "{text}");
        }
    }

    #[test]
    fn a_list_names_each_host_once() {
        let found = hosts(["Shop.example", "bücher.example", "shop.example."]);
        assert_eq!(found, Ok(vec!["shop.example".to_owned(), "xn--bcher-kva.example".to_owned()]));
        assert_eq!(hosts(["shop.example", "/"]), Err(NotAHost("/".to_owned())));
    }

    #[test]
    fn what_is_not_a_host_is_an_error() {
        for text in [
            "",
            " ",
            ".",
            "https://shop.example",
            "shop.example/a",
            "*.shop.example",
            "shop example",
            "a@b.example",
            "shop.example:x",
            "shop.example:99999",
            "xn--a.example\0",
            "shop.example?x",
            "::1",
            "..",
            ".shop.example",
            "shop..example",
            "[::1",
        ] {
            assert_eq!(host(text), Err(NotAHost(text.to_owned())), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_normal_form_is_its_own(text in "[a-zA-Zäß例.:0-9-]{1,20}") {
            if let Ok(once) = host(&text) {
                assert_eq!(host(&once).as_deref(), Ok(once.as_str()));
                assert_eq!(host(&shown_host(&once)).as_deref(), Ok(once.as_str()));
            }
        }
    }
}
