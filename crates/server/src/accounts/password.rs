//! Passwords: argon2id (RFC 9106) with 19 MiB of memory, 2 passes and 1 lane, a few at a time. It must not know whose they
//! are.

use std::{fmt, sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc::PasswordHash as Phc,
};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use waymark_store::catalog::PasswordHash;

use super::AccountError;

/// Memory of one computation, in KiB.
const MEMORY_KIB: u32 = 19 << 10;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Computations at a time: together they take 38 MiB.
const AT_A_TIME: usize = 2;
/// Longest wait for a turn.
const TURN_WAIT: Duration = Duration::from_secs(5);
/// Bytes of a salt (RFC 9106, 3.1).
const SALT_BYTES: usize = 16;
/// Fewest characters of a password.
const LEAST: usize = 10;
/// Most bytes: nobody shall make the server hash megabytes.
const MOST: usize = 256;

/// A password as somebody typed it. It does not show itself.
#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The password of that text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Computes hashes of passwords, and compares.
#[derive(Debug)]
pub(super) struct Passwords {
    turns: Arc<Semaphore>,
    /// What is compared with when there is no account: it takes the same time, and nothing matches it.
    nobody: PasswordHash,
}

impl Passwords {
    /// What hashes from now on.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub(super) fn new() -> Result<Self, AccountError> {
        let mut unknown = [0; 32];
        getrandom::fill(&mut unknown).map_err(AccountError::NoRandomness)?;
        Ok(Self { turns: Arc::new(Semaphore::new(AT_A_TIME)), nobody: hashed(&unknown)? })
    }

    /// The hash of a password that the person of that e-mail address chose.
    ///
    /// # Errors
    /// When it is too easy to guess, or too many are hashed at once.
    pub(super) async fn hash(&self, password: Password, email: &str) -> Result<PasswordHash, AccountError> {
        let text = &password.0;
        if text.chars().count() < LEAST || text.len() > MOST || text.eq_ignore_ascii_case(email) {
            return Err(AccountError::BadPassword { least: LEAST, most: MOST });
        }
        self.in_turn(move || hashed(password.0.as_bytes())).await?
    }

    /// Whether the password is the one of that hash. Takes as long without one.
    ///
    /// # Errors
    /// When too many are compared at once.
    pub(super) async fn matches(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, AccountError> {
        let is_somebody = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let matches = self.in_turn(move || matches(&password.0, &hash)).await?;
        Ok(matches && is_somebody)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let turn = timeout(TURN_WAIT, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(AccountError::Busy) };
        // The turn goes with the work: it is not free while an abandoned request still computes.
        let done = spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|_| AccountError::Hashing("the computation was interrupted"))
    }
}

fn argon2() -> Result<Argon2<'static>, AccountError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.map_err(|_| AccountError::Hashing("argon2 does not take its parameters"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hashed(password: &[u8]) -> Result<PasswordHash, AccountError> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(AccountError::NoRandomness)?;
    let hash = argon2()?.hash_password_with_salt(password, &salt);
    let hash = hash.map_err(|_| AccountError::Hashing("argon2 failed"))?;
    Ok(PasswordHash(hash.to_string()))
}

/// By the parameters that the hash names, so that older ones are still understood.
fn matches(password: &str, hash: &PasswordHash) -> bool {
    let Ok(hash) = Phc::new(&hash.0) else { return false };
    password.len() <= MOST && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(typed("correct horse"), "ada@shop.example").await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        let again = passwords.hash(typed("correct horse"), "ada@shop.example").await.unwrap();
        assert_ne!(hash, again, "each has a salt of its own");
        let check = async |text: &str, hash: Option<&PasswordHash>, expected| {
            assert_eq!(passwords.matches(typed(text), hash.cloned()).await.unwrap(), expected, "{text}");
        };
        check("correct horse", Some(&hash), true).await;
        check("correct horsE", Some(&hash), false).await;
        check("", Some(&hash), false).await;
        check("correct horse", None, false).await;
        check("correct horse", Some(&PasswordHash("nonsense".to_owned())), false).await;
    }

    #[tokio::test]
    async fn what_is_easy_to_guess_is_refused() {
        let passwords = Passwords::new().unwrap();
        for bad in ["", "123456789", "Ada@Shop.example", &"x".repeat(257)] {
            let refused = passwords.hash(typed(bad), "ada@shop.example").await;
            assert!(matches!(refused, Err(AccountError::BadPassword { .. })), "{bad}");
        }
        assert!(!format!("{:?}", typed("correct horse")).contains("horse"));
    }
}
