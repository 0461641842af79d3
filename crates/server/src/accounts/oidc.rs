//! Signing in by another service that knows people: OpenID Connect Core 1.0 with the authorization code flow (3.1), PKCE
//! (RFC 7636), state and nonce. The ID token comes from the service itself over TLS, which takes the place of its signature
//! (3.1.3.7, 6). It must not know requests or cookies.

mod claims;
mod provider;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;
use url::form_urlencoded::Serializer;
use waymark_model::time::MINUTE;
use waymark_store::catalog::{Account, Author, NewAccount, Role, TokenHash, random_token};

use super::{AccountError, Accounts, person};
use crate::config::OidcConfig;

pub(crate) use claims::Person;
use provider::Provider;

/// Longest time that somebody may take at the service.
const LASTS: i64 = 10 * MINUTE;
/// People on their way at a time; more are sent away.
const ON_THEIR_WAY: usize = 1_000;

/// A service that people sign in by.
#[derive(Debug)]
pub struct Oidc {
    /// What people call it.
    pub name: String,
    provider: Provider,
    makes_viewers: bool,
    /// Who is on their way, by the hash of `state`.
    pending: Mutex<HashMap<TokenHash, Pending>>,
}

/// Somebody who was sent to the service.
#[derive(Debug)]
struct Pending {
    /// The hash of what their browser holds: nobody else comes back for them.
    browser: TokenHash,
    nonce: String,
    verifier: String,
    until: i64,
}

/// Where to send somebody, and what their browser is to hold meanwhile.
#[derive(Debug)]
pub struct Sent {
    /// The address at the service.
    pub to: String,
    /// What the browser is to hold.
    pub browser: String,
}

/// What somebody comes back with.
#[derive(Clone, Debug)]
pub struct Back<'b> {
    /// The code that stands for them at the service.
    pub code: &'b str,
    /// What they were sent away with.
    pub state: &'b str,
    /// What their browser holds.
    pub browser: &'b str,
}

impl Oidc {
    /// The service that is configured; `None` when there is none.
    #[must_use]
    pub fn of(config: &OidcConfig) -> Option<Self> {
        let provider = Provider::of(config)?;
        let name = config.name.clone().unwrap_or_else(|| "single sign-on".to_owned());
        Some(Self { name, provider, makes_viewers: config.makes_viewers, pending: Mutex::default() })
    }

    /// Sends somebody to the service, who shall come back to `home`.
    ///
    /// # Errors
    /// When the service does not say where, or too many are on their way.
    pub async fn send(&self, home: &str, now: i64) -> Result<Sent, AccountError> {
        let provider = self.provider.clone();
        let found = spawn_blocking(move || provider.metadata()).await;
        let metadata =
            found.unwrap_or(Err("the question broke off")).map_err(|reason| self.failed(reason))?;
        let [state, nonce, verifier, browser] =
            [random_token("")?, random_token("")?, random_token("")?, random_token("")?];
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let redirect = redirect(home);
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", self.provider.client())
            .append_pair("redirect_uri", &redirect)
            .append_pair("scope", "openid email profile")
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.retain(|_, pending| pending.until > now);
        if pending.len() >= ON_THEIR_WAY {
            return Err(AccountError::Busy);
        }
        let left = Pending { browser: TokenHash::of(&browser), nonce, verifier, until: now + LASTS };
        pending.insert(TokenHash::of(&state), left);
        let mark = if metadata.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok(Sent { to: format!("{}{mark}{query}", metadata.authorization_endpoint), browser })
    }

    /// Whom the service says it was.
    ///
    /// # Errors
    /// When nobody was sent away so, or the service does not say who it is.
    pub(crate) async fn back(&self, back: Back<'_>, home: &str, now: i64) -> Result<Person, AccountError> {
        let pending = {
            let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            pending.remove(&TokenHash::of(back.state))
        };
        let pending =
            pending.filter(|pending| pending.until > now && pending.browser == TokenHash::of(back.browser));
        let Pending { nonce, verifier, .. } = pending
            .ok_or_else(|| self.failed("it was not begun in this browser, or took too long: begin again"))?;
        let (provider, code, redirect) = (self.provider.clone(), back.code.to_owned(), redirect(home));
        let asked = spawn_blocking(move || provider.person(&code, &redirect, &verifier, &nonce, now)).await;
        asked.unwrap_or(Err("the question broke off")).map_err(|reason| self.failed(reason))
    }

    fn failed(&self, reason: &'static str) -> AccountError {
        AccountError::Provider { provider: self.name.clone(), reason }
    }
}

impl Accounts {
    /// The account of somebody whom the service knows: the one of their e-mail address, which the service must have verified.
    ///
    /// # Errors
    /// When they have no account, and none is made for them.
    pub(crate) async fn account_known_to(
        &self,
        oidc: &Oidc,
        known: &Person,
    ) -> Result<Account, AccountError> {
        let email = person::email(&known.email)?;
        if let Some(account) = self.catalog.account_of(&email).await? {
            return Ok(account);
        }
        // The first account is made by the link that the server printed, and by nothing else.
        if !oidc.makes_viewers || !self.catalog.has_accounts().await? {
            return Err(oidc.failed("you have no account here: ask an owner to invite you"));
        }
        let name = known.name.as_deref().and_then(|name| person::name(name).ok());
        let name = name.unwrap_or_else(|| email.clone());
        let by = Author { name: oidc.name.clone(), at: self.clock.now() };
        let new = NewAccount { email: &email, name: &name, password: None, site: None, role: Role::Viewer };
        Ok(self.catalog.add_account(&new, &by).await?)
    }
}

/// Where the service sends people back to.
fn redirect(home: &str) -> String {
    format!("{home}/api/v1/oidc/callback")
}
