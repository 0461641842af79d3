//! Sessions: somebody who is signed in, known again by a token that the browser holds. It must not know cookies.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use waymark_model::time::{DAY, HOUR};
use waymark_store::catalog::{Account, Session, TokenHash};

use super::{AccountError, Accounts};

/// A session ends when it was not used for so long …
const IDLE: i64 = 14 * DAY;
/// … and at the latest after so long.
const LONGEST: i64 = 90 * DAY;
/// A browser is known as one that somebody signed in on for so long after the last time.
const DEVICE: i64 = 180 * DAY;
/// Use is noted this often at most.
const NOTED: i64 = HOUR;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who it is.
    pub account: Account,
    /// Since when, and until when.
    pub session: Session,
    /// What pages must send to change something.
    pub csrf: String,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct Begun {
    /// Who it is.
    pub signed_in: SignedIn,
    /// What the browser is to hold: nobody can tell it afterwards.
    pub token: String,
}

impl Accounts {
    /// Begins a session. A token that the browser held before is never taken over.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn begin_session(&self, account: Account) -> Result<Begun, AccountError> {
        let now = self.clock.now();
        let (token, session) = self.catalog.begin_session(account.number, now, now + IDLE).await?;
        let csrf = csrf_of(&token);
        Ok(Begun { signed_in: SignedIn { account, session, csrf }, token })
    }

    /// Who holds the token, if its session has not ended. Using it prolongs the session.
    ///
    /// # Errors
    /// When the catalog cannot be read or written.
    pub async fn signed_in(&self, token: &str) -> Result<Option<SignedIn>, AccountError> {
        let (hash, now) = (TokenHash::new(token), self.clock.now());
        let Some((session, account)) = self.catalog.session(&hash, now).await? else { return Ok(None) };
        if now - session.used_at >= NOTED {
            let until = (now + IDLE).min(session.created_at + LONGEST);
            self.catalog.session_used(&hash, now, until).await?;
        }
        Ok(Some(SignedIn { account, session, csrf: csrf_of(token) }))
    }

    /// Ends the session of a token, if there is one.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn end_session(&self, token: &str) -> Result<(), AccountError> {
        Ok(self.catalog.end_session(&TokenHash::new(token)).await?)
    }
}

impl SignedIn {
    /// Seconds that the browser is to keep the token for.
    #[must_use]
    pub const fn seconds(&self) -> i64 {
        LONGEST / 1_000
    }

    /// Seconds that the browser is to keep what shows that somebody signed in on it.
    #[must_use]
    pub const fn device_seconds() -> i64 {
        DEVICE / 1_000
    }
}

/// Whether this is what the pages of that token's session send. Hashes are compared, so that the time says nothing about it.
#[must_use]
pub fn is_csrf_of(token: &str, sent: &str) -> bool {
    TokenHash::new(sent) == TokenHash::new(&csrf_of(token))
}

/// What a session's pages send with every change. It follows from the token and does not tell it.
fn csrf_of(token: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"waymark csrf\0");
    hash.update(token);
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use waymark_store::{
        Access, Clock as _, ManualClock,
        catalog::{Author, Catalog, NewAccount, Role},
    };

    use super::*;
    use crate::config::Config;

    const BEGIN: i64 = 1_795_176_000_000;

    /// How many days a session is known that is used after each of these, and looked at after them all.
    async fn lasts(used_after_days: &[i64], then_after: i64) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path(), Access::Write).await.unwrap();
        let clock = Arc::new(ManualClock::new(BEGIN));
        let by = Author { name: "ada".to_owned(), at: BEGIN };
        let new = NewAccount {
            email: "ada@shop.example",
            name: "Ada",
            password: None,
            site: None,
            role: Role::Owner,
            invited_by: None,
        };
        let account = catalog.add_account(&new, &by).await.unwrap();
        let accounts = Accounts::new(catalog, Arc::clone(&clock) as _, &Config::default(), [7; 32]).unwrap();
        let token = accounts.begin_session(account).await.unwrap().token;
        for days in used_after_days {
            clock.advance(BEGIN + days * DAY - clock.now());
            accounts.signed_in(&token).await.unwrap();
        }
        clock.advance(BEGIN + then_after - clock.now());
        accounts.signed_in(&token).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn a_session_ends_when_it_is_not_used_and_in_any_case() {
        let weekly: Vec<i64> = (1..=12).map(|week| week * 7).collect();
        for (used, then, expected) in [
            (&[][..], IDLE - 1, true),
            (&[], IDLE, false),
            (&[10], 24 * DAY - 1, true),
            (&[10], 24 * DAY, false),
            (&[15], 15 * DAY, false),
            (&weekly, LONGEST - 1, true),
            (&weekly, LONGEST, false),
        ] {
            assert_eq!(lasts(used, then).await, expected, "{used:?} {then}");
        }
    }
}
