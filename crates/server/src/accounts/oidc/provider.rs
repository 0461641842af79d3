//! The service's own answers: where it is asked (OpenID Connect Discovery 1.0), and what a code stands for. It waits.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Uri;
use serde::{Deserialize, de::DeserializeOwned};
use ureq::{Agent, Body, http::Response};
use url::form_urlencoded::byte_serialize;

use super::claims::{Claims, Expected, Person};
use crate::config::{OidcConfig, Secret};

/// Longest wait for an answer.
const WAIT: Duration = Duration::from_secs(5);
/// Longest answer that is read.
const ANSWER_BYTES: u64 = 256 << 10;

/// What went wrong, in words of ours: what the service says may hold anything.
pub(super) type Asked<T> = Result<T, &'static str>;

/// A service, and what Waymark is there. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    issuer: String,
    client: String,
    secret: Option<Secret>,
    agent: Agent,
    /// What the service said of itself, once it was asked.
    metadata: Arc<Mutex<Option<Arc<Metadata>>>>,
}

/// What a service says of itself (Discovery, 3).
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    #[serde(default = "usual_methods")]
    token_endpoint_auth_methods_supported: Vec<String>,
}

fn usual_methods() -> Vec<String> {
    vec!["client_secret_basic".to_owned()]
}

/// What a code is exchanged for (Core, 3.1.3.3).
#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
}

impl Provider {
    pub(super) fn of(config: &OidcConfig) -> Option<Self> {
        let agent = Agent::config_builder()
            .timeout_global(Some(WAIT))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("Waymark")
            .build();
        Some(Self {
            issuer: config.issuer.clone()?,
            client: config.client.clone()?,
            secret: config.secret.clone(),
            agent: agent.into(),
            metadata: Arc::default(),
        })
    }

    pub(super) fn client(&self) -> &str {
        &self.client
    }

    /// What the service said of itself, once it was asked.
    pub(super) fn known(&self) -> Option<Arc<Metadata>> {
        self.metadata.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the service says of itself. Asked once; a failure is tried again.
    pub(super) fn metadata(&self) -> Asked<Arc<Metadata>> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let answer = self.agent.get(&address).call();
        let metadata: Metadata = read(answer, "the service did not send its sign-in addresses")?;
        if metadata.issuer != self.issuer {
            return Err("the service's issuer differs from `oidc.issuer`");
        }
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint];
        if !endpoints.into_iter().chain(&metadata.userinfo_endpoint).all(|address| self.is_safe(address)) {
            return Err("an address of the service is not https");
        }
        let metadata = Arc::new(metadata);
        *self.metadata.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&metadata));
        Ok(metadata)
    }

    /// Whom a code stands for.
    pub(super) fn person(
        &self,
        code: &str,
        redirect: &str,
        verifier: &str,
        nonce: &str,
        now: i64,
    ) -> Asked<Person> {
        let metadata = self.metadata()?;
        let tokens = self.exchange(&metadata, code, redirect, verifier)?;
        let expected = Expected { issuer: &self.issuer, client: &self.client, nonce, now };
        let claims = Claims::of(&tokens.id_token).and_then(|claims| claims.checked(&expected))?;
        if claims.has_email() {
            return claims.person();
        }
        // Some services tell the address there alone (Core, 5.3).
        let address =
            metadata.userinfo_endpoint.as_deref().ok_or("the service did not send an e-mail address")?;
        let bearer = format!("Bearer {}", tokens.access_token);
        let answer = self.agent.get(address).header("authorization", &bearer).call();
        let told: Claims = read(answer, "the service did not send a profile")?;
        claims.completed_by(told)?.person()
    }

    fn exchange(&self, metadata: &Metadata, code: &str, redirect: &str, verifier: &str) -> Asked<Tokens> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        let mut request = self.agent.post(&metadata.token_endpoint).header("accept", "application/json");
        let methods = &metadata.token_endpoint_auth_methods_supported;
        match &self.secret {
            Some(secret) if methods.iter().any(|method| method == "client_secret_basic") => {
                request = request.header("authorization", &basic(&self.client, &secret.0));
            }
            Some(secret) => form.extend([("client_id", self.client.as_str()), ("client_secret", &secret.0)]),
            None => form.push(("client_id", &self.client)),
        }
        read(request.send_form(form), "the service refused the sign-in code")
    }

    /// Https; or plain where the service itself is, which is this machine alone.
    fn is_safe(&self, address: &str) -> bool {
        let scheme =
            |text: &str| text.parse::<Uri>().ok().and_then(|uri| uri.scheme_str().map(str::to_owned));
        let found = scheme(address);
        found.as_deref() == Some("https") || (found.is_some() && found == scheme(&self.issuer))
    }
}

/// RFC 6749, 2.3.1: both are encoded as in forms first.
fn basic(client: &str, secret: &str) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client), encoded(secret))))
}

fn read<T: DeserializeOwned>(answer: Result<Response<Body>, ureq::Error>, failed: &'static str) -> Asked<T> {
    let mut answer = answer.map_err(|_| "the service cannot be reached")?;
    if !answer.status().is_success() {
        return Err(failed);
    }
    let text = answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_string();
    serde_json::from_str(&text.map_err(|_| failed)?).map_err(|_| failed)
}
