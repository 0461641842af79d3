//! Signing in by another service that knows people: OpenID Connect Core 1.0 with the authorization code flow (3.1), PKCE
//! (RFC 7636), state and nonce. The ID token comes from the service itself over TLS, which takes the place of its signature
//! (3.1.3.7, 6). What is known of somebody on their way is in their browser, and nothing of it here: strangers who leave and do
//! not come back take nobody's place. It must not know requests or cookies.

mod claims;
mod provider;

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tokio::{task::spawn_blocking, time::timeout};
use url::form_urlencoded::Serializer;
use waymark_collect::recent::Recent;
use waymark_model::time::MINUTE;
use waymark_store::catalog::{Account, Author, NewAccount, Role, TokenHash, random_token};

use super::{AccountError, Accounts, person};
use crate::{
    config::OidcConfig,
    places::{Places, network},
};

pub(crate) use claims::Person;
use provider::{Asked, Metadata, Provider};

/// Longest time that somebody may take at the service.
const LASTS: i64 = 10 * MINUTE;
/// Questions to the service at a time, and those of one network among them: each takes a thread for as long as it lasts.
const QUESTIONS: (usize, usize) = (16, 4);
/// Longest wait for a turn to ask the service.
const TURN: Duration = Duration::from_secs(5);
/// Longest wait for all that the service says of somebody.
const ANSWER: Duration = Duration::from_secs(15);
/// A service that did not say where people sign in is not asked again for so long.
const PAUSE: Duration = Duration::from_secs(2);
/// Those who came back that are remembered, so that nobody comes back twice: twice as many at most.
const CAME_BACK: usize = 1 << 12;

/// What the browser holds does not tell what the service is sent; both follow from a key of this process.
type Key = [u8; 32];

/// A service that people sign in by.
pub struct Oidc {
    /// What people call it.
    pub name: String,
    provider: Provider,
    makes_viewers: bool,
    key: Key,
    /// What the browsers of those who came back held, by its hash.
    came_back: Mutex<Recent<TokenHash, ()>>,
    questions: Places,
    /// Held while the service is asked where people sign in; when it last did not say, and why.
    asking: Arc<tokio::sync::Mutex<Option<(Instant, &'static str)>>>,
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What belongs to one way to the service: it follows from what the browser holds.
struct Way {
    state: String,
    nonce: String,
    verifier: String,
}

impl Way {
    fn of(key: &Key, browser: &str) -> Self {
        let made = |what: &[u8]| {
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
            mac.update(b"oidc ");
            mac.update(what);
            mac.update(browser.as_bytes());
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        };
        Self { state: made(b"state "), nonce: made(b"nonce "), verifier: made(b"verifier ") }
    }
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
    pub fn of(config: &OidcConfig, key: [u8; 32]) -> Option<Self> {
        let provider = Provider::of(config)?;
        let name = config.name.clone().unwrap_or_else(|| "single sign-on".to_owned());
        Some(Self {
            name,
            provider,
            makes_viewers: config.makes_viewers,
            key,
            came_back: Mutex::new(Recent::new(CAME_BACK)),
            questions: Places::new(QUESTIONS.0),
            asking: Arc::default(),
        })
    }

    /// Sends somebody to the service, who shall come back to `home`.
    ///
    /// # Errors
    /// When the service does not say where.
    pub async fn send(&self, home: &str, now: i64) -> Result<Sent, AccountError> {
        let metadata = self.metadata().await.map_err(|reason| self.failed(reason))?;
        let browser = format!("{}.{}", now + LASTS, random_token("")?);
        let Way { state, nonce, verifier } = Way::of(&self.key, &browser);
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
        let mark = if metadata.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok(Sent { to: format!("{}{mark}{query}", metadata.authorization_endpoint), browser })
    }

    /// What the service says of itself. However many want to know it, one question at a time is asked.
    async fn metadata(&self) -> Asked<Arc<Metadata>> {
        if let Some(known) = self.provider.known() {
            return Ok(known);
        }
        let turn = timeout(TURN, Arc::clone(&self.asking).lock_owned()).await;
        let mut failed = turn.map_err(|_| "the service does not answer; try again later")?;
        if let Some(known) = self.provider.known() {
            return Ok(known);
        }
        if let Some((at, reason)) = *failed
            && at.elapsed() < PAUSE
        {
            return Err(reason);
        }
        let provider = self.provider.clone();
        // The turn goes with the question: it is not free while an abandoned request still waits for the service.
        let asked = spawn_blocking(move || {
            let found = provider.metadata();
            *failed = found.as_ref().err().map(|reason| (Instant::now(), *reason));
            found
        });
        asked.await.unwrap_or(Err("the request was interrupted"))
    }

    /// Whom the service says it was.
    ///
    /// # Errors
    /// When nobody was sent away so, too many come back at once, or the service does not say who it is.
    pub(crate) async fn back(
        &self,
        back: Back<'_>,
        home: &str,
        ip: IpAddr,
        now: i64,
    ) -> Result<Person, AccountError> {
        let Way { state, nonce, verifier } = Way::of(&self.key, back.browser);
        let until = back.browser.split_once('.').and_then(|(until, _)| until.parse::<i64>().ok());
        // Hashes are compared, so that the time says nothing about it.
        let is_theirs = TokenHash::new(back.state) == TokenHash::new(&state);
        if !is_theirs || until.is_none_or(|until| until <= now) || !self.comes_first(back.browser) {
            return Err(self.failed("you started in another browser, or it took too long; start again"));
        }
        let place =
            self.questions.wait(&[(network(ip), QUESTIONS.1)], TURN).await.ok_or(AccountError::Busy)?;
        let (provider, code, redirect) = (self.provider.clone(), back.code.to_owned(), redirect(home));
        let asked = spawn_blocking(move || {
            let person = provider.person(&code, &redirect, &verifier, &nonce, now);
            drop(place);
            person
        });
        let asked =
            timeout(ANSWER, asked).await.map_err(|_| self.failed("the service took too long to answer"))?;
        asked.unwrap_or(Err("the request was interrupted")).map_err(|reason| self.failed(reason))
    }

    /// Notes that somebody came back; false when they did before.
    fn comes_first(&self, browser: &str) -> bool {
        let mut came_back = self.came_back.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_new = false;
        came_back.entry(TokenHash::new(browser), || is_new = true);
        is_new
    }

    fn failed(&self, reason: &'static str) -> AccountError {
        AccountError::Provider { provider: self.name.clone(), reason }
    }
}

impl Accounts {
    /// The account of somebody whom the service knows: the one of their e-mail address, which the service must have verified.
    /// That confirms it: whoever else chose its password is out.
    ///
    /// # Errors
    /// When they have no account, and none is made for them.
    pub(crate) async fn account_known_to(
        &self,
        oidc: &Oidc,
        known: &Person,
    ) -> Result<Account, AccountError> {
        let email = person::email(&known.email)?;
        let by = Author { name: oidc.name.clone(), at: self.clock.now() };
        if let Some(account) = self.catalog.account_of(&email).await? {
            return Ok(self.catalog.confirm_account(&account, &by).await?);
        }
        // The first account is made by the link that the server printed, and by nothing else.
        if !oidc.makes_viewers || !self.catalog.has_accounts().await? {
            return Err(oidc.failed("you have no account here; ask an owner to invite you"));
        }
        let name = known.name.as_deref().and_then(|name| person::name(name).ok());
        let name = name.unwrap_or_else(|| email.clone());
        let role = Role::Viewer;
        let new =
            NewAccount { email: &email, name: &name, password: None, site: None, role, invited_by: None };
        Ok(self.catalog.add_account(&new, &by).await?)
    }
}

/// Where the service sends people back to.
fn redirect(home: &str) -> String {
    format!("{home}/api/v1/oidc/callback")
}
