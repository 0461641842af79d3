//! Hosts that referrers name, and what they are: search engines, social networks, payment providers. `docs/channels.md` says
//! what follows. It must not know campaigns.

use std::{collections::HashMap, sync::LazyLock};

/// What a known host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A search engine.
    Search,
    /// A social network.
    Social,
    /// A place for videos.
    Video,
    /// A market or a comparison of prices.
    Shopping,
    /// An assistant that answers with a language model.
    Ai,
    /// A mail service's pages.
    Email,
    /// A payment or sign-in provider, from which visitors come back in the middle of a visit.
    Return,
}

/// A known host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub kind: Kind,
    /// What it is called as a source.
    pub name: &'static str,
}

static LIST: &str = include_str!("../../data/hosts.txt");

#[derive(Default)]
struct Table {
    /// By whole host.
    hosts: HashMap<&'static str, Known>,
    /// By what stands before any public suffix.
    stems: HashMap<&'static str, Known>,
    /// By what `utm_source` says.
    names: HashMap<&'static str, Known>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::read);

impl Table {
    fn read() -> Self {
        let mut table = Self::default();
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let (Some(kind), Some(name)) = (words.next().and_then(kind), words.next()) else { continue };
            let known = Known { kind, name };
            for word in words {
                if let Some(stem) = word.strip_suffix(".*") {
                    table.stems.insert(stem, known);
                } else if word.contains('.') {
                    table.hosts.insert(word, known);
                } else {
                    table.names.insert(word, known);
                }
            }
            table.names.entry(name).or_insert(known);
        }
        table
    }
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "search" => Kind::Search,
        "social" => Kind::Social,
        "video" => Kind::Video,
        "shopping" => Kind::Shopping,
        "ai" => Kind::Ai,
        "email" => Kind::Email,
        "return" => Kind::Return,
        _ => return None,
    })
}

/// The known host that this one is, or lies below. `host` is in small letters, with or without a port.
#[must_use]
pub fn known(host: &str) -> Option<Known> {
    let host = without_port(host);
    let stem = public_suffix(host).and_then(|suffix| host.strip_suffix(suffix)?.strip_suffix('.'));
    let starts = std::iter::once(0).chain(host.match_indices('.').map(|(dot, _)| dot + 1));
    starts.into_iter().find_map(|start| {
        let by_stem = || stem?.get(start..).and_then(|stem| TABLE.stems.get(stem));
        TABLE.hosts.get(&host[start..]).or_else(by_stem).copied()
    })
}

/// The known host that a campaign's source names, by its name (`google`) or as a host (`chatgpt.com`); any letters.
#[must_use]
pub fn named(source: &str) -> Option<Known> {
    let source = source.to_ascii_lowercase();
    TABLE.names.get(source.as_str()).copied().or_else(|| known(&source))
}

/// The host without its port.
#[must_use]
pub fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The domain that somebody registered, by the public suffix list; the host itself when there is none, as for an
/// address in numbers or `localhost`.
#[must_use]
pub fn registrable_domain(host: &str) -> &str {
    let host = without_port(host);
    let is_number = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    if is_number { host } else { psl::domain_str(host).unwrap_or(host) }
}

/// Whether the host is `above`, or lies below it.
#[must_use]
pub fn is_below(host: &str, above: &str) -> bool {
    host.strip_suffix(above).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The suffix under which anybody registers names. Those of companies (`github.io`) are none: who registered there is
/// not who a stem's name says.
fn public_suffix(host: &str) -> Option<&str> {
    let suffix = psl::suffix(host.as_bytes())?;
    (suffix.typ() == Some(psl::Type::Icann)).then(|| str::from_utf8(suffix.as_bytes()).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_known() {
        for (host, expected) in [
            ("www.google.com", Some((Kind::Search, "google"))),
            ("google.co.uk", Some((Kind::Search, "google"))),
            ("www.google.com.br", Some((Kind::Search, "google"))),
            ("mail.google.com", Some((Kind::Email, "gmail"))),
            ("gemini.google.com", Some((Kind::Ai, "gemini"))),
            ("accounts.google.de", Some((Kind::Return, "google_accounts"))),
            ("com.google.android.gm", Some((Kind::Email, "gmail"))),
            ("com.google.android.googlequicksearchbox", Some((Kind::Search, "google"))),
            ("google.github.io", None),
            ("google.evil.example", None),
            ("notgoogle.com", None),
            ("de.search.yahoo.com", Some((Kind::Search, "yahoo"))),
            ("mail.yandex.ru", Some((Kind::Email, "yandex_mail"))),
            ("yandex.com.tr", Some((Kind::Search, "yandex"))),
            ("l.facebook.com", Some((Kind::Social, "facebook"))),
            ("t.co", Some((Kind::Social, "x"))),
            ("m.youtube.com", Some((Kind::Video, "youtube"))),
            ("checkout.stripe.com:443", Some((Kind::Return, "stripe"))),
            ("www.amazon.co.jp", Some((Kind::Shopping, "amazon"))),
            ("payments.amazon.de", Some((Kind::Return, "amazon_pay"))),
            ("chatgpt.com", Some((Kind::Ai, "chatgpt"))),
            ("", None),
            (".", None),
            ("..", None),
            ("[::1]:8080", None),
            ("127.0.0.1", None),
            ("localhost", None),
        ] {
            assert_eq!(known(host).map(|known| (known.kind, known.name)), expected, "{host}");
        }
    }

    #[test]
    fn sources_are_known_by_name_and_host() {
        for (source, expected) in [
            ("Google", Some("google")),
            ("twitter", Some("x")),
            ("chatgpt.com", Some("chatgpt")),
            ("WWW.BING.COM", Some("bing")),
            ("newsletter", None),
            ("", None),
        ] {
            assert_eq!(named(source).map(|known| known.name), expected, "{source}");
        }
    }

    #[test]
    fn domains_are_those_registered() {
        for (host, expected) in [
            ("a.b.example.co.uk", "example.co.uk"),
            ("shop.example.com:8080", "example.com"),
            ("me.github.io", "me.github.io"),
            ("localhost:3000", "localhost"),
            ("192.0.2.7", "192.0.2.7"),
            ("[2001:db8::1]:80", "[2001:db8::1]"),
            ("co.uk", "co.uk"),
            ("", ""),
        ] {
            assert_eq!(registrable_domain(host), expected, "{host}");
        }
    }

    #[test]
    fn every_line_of_the_list_is_read_and_stands_once() {
        let lines = LIST.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let mut seen = HashMap::new();
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            assert!(kind(words[0]).is_some() && words.len() >= 3, "{line}");
            for word in &words[2..] {
                assert_eq!(seen.insert(*word, line), None, "{word}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_host_is_borne(host in "[a-z.:0-9\\[\\]é-]{0,40}") {
            let _ = (known(&host), named(&host));
            assert!(host.contains(registrable_domain(&host)));
        }
    }
}
