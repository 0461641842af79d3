//! An event to send.

use serde_json::{Map, Value};

/// Something that happened. Only its name is needed; the time is that of [`Client::track`](crate::Client::track) unless
/// given.
#[derive(Clone, Debug, PartialEq)]
pub struct Event(Map<String, Value>);

impl Event {
    /// An event of that name: `pageview`, `purchase`, …
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(Map::from_iter([("name".to_owned(), Value::String(name.into()))]))
    }

    fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0.insert(field.to_owned(), value.into());
        self
    }

    /// Its own identifier, by which a repeated delivery is recognised; a random one unless given.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        self.with("id", id.into())
    }

    /// When it happened, in ms since 1970-01-01 UTC.
    #[must_use]
    pub fn time(self, ms: i64) -> Self {
        self.with("time", ms)
    }

    /// The address of the page.
    #[must_use]
    pub fn url(self, url: impl Into<String>) -> Self {
        self.with("url", url.into())
    }

    /// The address of the page before.
    #[must_use]
    pub fn referrer(self, url: impl Into<String>) -> Self {
        self.with("referrer", url.into())
    }

    /// Who did it: an identifier that the site has the visitor's consent for. The collector keeps a pseudonym of it.
    #[must_use]
    pub fn visitor(self, visitor: impl Into<String>) -> Self {
        self.with("visitor", visitor.into())
    }

    /// The user that the site knows. The collector keeps a pseudonym of it.
    #[must_use]
    pub fn user(self, user: impl Into<String>) -> Self {
        self.with("user", user.into())
    }

    /// The order or transaction: what has a key counts once.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        self.with("key", key.into())
    }

    /// The value in major units with its currency: `19.90 EUR`.
    #[must_use]
    pub fn value(self, value: impl Into<String>) -> Self {
        self.with("value", value.into())
    }

    /// A property: a text, number or flag. The last of one key counts.
    #[must_use]
    pub fn property(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        let all = self.0.entry("props").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(all) = all {
            all.insert(key.into(), value.into());
        }
        self
    }

    /// The visitor's own address and user agent, for an event that the visitor's browser caused. Believed with a server
    /// key; used to tell visitors apart, and not kept.
    #[must_use]
    pub fn surroundings(self, ip: std::net::IpAddr, user_agent: impl Into<String>) -> Self {
        self.with("ip", ip.to_string()).with("user_agent", user_agent.into())
    }

    /// Marks it as one to try things out with.
    #[must_use]
    pub fn test(self) -> Self {
        self.with("test", true)
    }

    /// As JSON, with an identifier and a time if it has none.
    pub(crate) fn into_json(mut self, now: i64) -> Result<String, getrandom::Error> {
        if !self.0.contains_key("id") {
            let mut bytes = [0; 16];
            getrandom::fill(&mut bytes)?;
            self = self.with("id", format!("{:032x}", u128::from_be_bytes(bytes)));
        }
        if !self.0.contains_key("time") {
            self = self.with("time", now);
        }
        Ok(Value::Object(self.0).to_string())
    }
}
