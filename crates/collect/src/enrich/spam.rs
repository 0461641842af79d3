//! Referrers that are there to be seen in reports. It must not know what becomes of their events.

use std::collections::HashSet;

static LIST: &str = include_str!("../../data/spam.txt");

/// Hosts of spam referrers.
#[derive(Clone, Debug)]
pub struct SpamReferrers(HashSet<Box<str>>);

impl SpamReferrers {
    /// The short list that comes with Waymark, and `more`: one host a line, `#` before remarks, as the lists that others
    /// keep are written.
    #[must_use]
    pub fn new(more: &str) -> Self {
        let lines = LIST.lines().chain(more.lines()).map(str::trim);
        let hosts = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(hosts.map(|host| host.to_ascii_lowercase().into()).collect())
    }

    /// Whether the host (small letters) is one of them or lies below one.
    #[must_use]
    pub fn contains(&self, host: &str) -> bool {
        let host = super::hosts::without_port(host);
        let starts = std::iter::once(0).chain(host.match_indices('.').map(|(dot, _)| dot + 1));
        starts.into_iter().any(|start| self.0.contains(&host[start..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_those_below_them_are_found() {
        let spam = SpamReferrers::new("# mine\nSpam.Example\n\n");
        for host in ["semalt.com", "www.semalt.com", "a.b.semalt.com:80", "spam.example", "x.spam.example"] {
            assert!(spam.contains(host), "{host}");
        }
        for host in ["", "com", "notsemalt.com", "semalt.com.example", "www.google.com", "# mine"] {
            assert!(!spam.contains(host), "{host}");
        }
    }
}
