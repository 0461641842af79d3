//! What a service says of somebody: read from an ID token (OpenID Connect Core 1.0, 2) that came from the service itself, and
//! checked as 3.1.3.7 asks for.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;
use waymark_model::time::MINUTE;

use super::provider::Asked;

/// How far the service's clock may be from ours, in ms.
const SKEW: i64 = 2 * MINUTE;

/// Somebody whom the service knows.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// Their e-mail address, which the service has verified.
    pub(crate) email: String,
    /// Their name.
    pub(crate) name: Option<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(…)")
    }
}

/// What the service says.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Claims {
    sub: String,
    #[serde(default)]
    iss: String,
    #[serde(default)]
    aud: Value,
    azp: Option<String>,
    /// In seconds since 1970-01-01 UTC, perhaps with a fraction.
    #[serde(default)]
    exp: f64,
    nonce: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: Value,
    name: Option<String>,
}

/// What a token must say.
pub(super) struct Expected<'e> {
    pub(super) issuer: &'e str,
    pub(super) client: &'e str,
    pub(super) nonce: &'e str,
    /// In ms since 1970-01-01 UTC.
    pub(super) now: i64,
}

impl Claims {
    /// Those of an ID token: the second of three parts (RFC 7519, 3).
    pub(super) fn of(token: &str) -> Asked<Self> {
        let mut parts = token.split('.');
        let (Some(_), Some(payload), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("the service did not send a valid ID token");
        };
        let json =
            URL_SAFE_NO_PAD.decode(payload).map_err(|_| "the service did not send a valid ID token")?;
        serde_json::from_slice(&json).map_err(|_| "the ID token cannot be read")
    }

    /// The same, if they are for us and for now.
    pub(super) fn checked(self, expected: &Expected<'_>) -> Asked<Self> {
        let is_ours = |audience: &Value| audience.as_str() == Some(expected.client);
        let is_for_us = match &self.aud {
            Value::Array(all) => {
                all.iter().any(is_ours) && (all.len() == 1 || self.azp.as_deref() == Some(expected.client))
            }
            one => is_ours(one),
        };
        let ends = (self.exp * 1_000.0) as i64;
        if self.iss != expected.issuer {
            Err("the ID token is from another service")
        } else if !is_for_us || self.azp.as_deref().is_some_and(|party| party != expected.client) {
            Err("the ID token is not meant for Waymark")
        } else if ends.saturating_add(SKEW) <= expected.now {
            Err("the ID token has expired; check the clocks of both servers")
        } else if self.nonce.as_deref() != Some(expected.nonce) {
            Err("the ID token is not for this sign-in")
        } else {
            Ok(self)
        }
    }

    pub(super) const fn has_email(&self) -> bool {
        self.email.is_some()
    }

    /// With the address from what the service says elsewhere of the same person (Core, 5.3.2).
    pub(super) fn completed_by(self, told: Self) -> Asked<Self> {
        if told.sub != self.sub {
            return Err("the service sent the profile of another person");
        }
        let name = self.name.or(told.name);
        Ok(Self { email: told.email, email_verified: told.email_verified, name, ..told })
    }

    pub(super) fn person(self) -> Asked<Person> {
        let is_verified = match &self.email_verified {
            Value::Bool(is_verified) => *is_verified,
            Value::String(text) => text == "true",
            _ => false,
        };
        let email = self.email.ok_or("the service did not send an e-mail address")?;
        if !is_verified {
            return Err("the service has not verified the e-mail address");
        }
        Ok(Person { email, name: self.name })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_795_176_000_000;

    fn token(claims: &Value) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", encode("{\"alg\":\"RS256\"}"), encode(&claims.to_string()), "c2ln")
    }

    /// What is made of a token that differs from a good one in these claims.
    fn check(changes: &Value, expected: Result<&str, &str>) {
        let mut claims = json!({ "sub": "1", "iss": "https://login.example", "aud": "waymark",
            "exp": NOW / 1_000 + 60, "iat": NOW / 1_000, "nonce": "n", "email": "ada@shop.example", "email_verified": true });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let wanted = Expected { issuer: "https://login.example", client: "waymark", nonce: "n", now: NOW };
        let found =
            Claims::of(&token(&claims)).and_then(|claims| claims.checked(&wanted)).and_then(Claims::person);
        let found = found.as_ref().map(|person| person.email.as_str()).map_err(|reason| *reason);
        match expected {
            Ok(email) => assert_eq!(found, Ok(email), "{changes}"),
            Err(part) => assert!(found.is_err_and(|reason| reason.contains(part)), "{changes}: {found:?}"),
        }
    }

    #[test]
    fn a_token_counts_when_it_is_for_us_and_for_now() {
        check(&json!({}), Ok("ada@shop.example"));
        check(&json!({ "aud": ["waymark"] }), Ok("ada@shop.example"));
        check(&json!({ "aud": ["other", "waymark"], "azp": "waymark" }), Ok("ada@shop.example"));
        check(&json!({ "email_verified": "true" }), Ok("ada@shop.example"));
        check(&json!({ "iss": "https://evil.example" }), Err("another service"));
        check(&json!({ "aud": "other" }), Err("not meant for Waymark"));
        check(&json!({ "aud": ["other", "waymark"] }), Err("not meant for Waymark"));
        check(&json!({ "aud": [] }), Err("not meant for Waymark"));
        check(&json!({ "azp": "other" }), Err("not meant for Waymark"));
        check(&json!({ "exp": NOW / 1_000 - 120 }), Err("has expired"));
        check(&json!({ "exp": NOW / 1_000 - 119 }), Ok("ada@shop.example"));
        check(&json!({ "nonce": "m" }), Err("not for this"));
        check(&json!({ "nonce": null }), Err("not for this"));
        check(&json!({ "email": null }), Err("did not send"));
        for unverified in [json!(false), json!(null), json!("false"), json!(1)] {
            check(&json!({ "email_verified": unverified }), Err("not verified"));
        }
    }

    #[test]
    fn what_is_no_token_is_said_to_be_none() {
        for text in ["", "a.b", "a.b.c.d", "a.!.c", "a.e30.c"] {
            assert!(Claims::of(text).is_err(), "{text}");
        }
    }
}
