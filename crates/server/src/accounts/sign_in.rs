//! Signing in by e-mail address and password, and by a one-time code where the account wants one. What is answered, and when,
//! does not tell whether there is an account of that address.

use std::net::IpAddr;

use waymark_store::catalog::{Account, Author, TokenHash};

use super::{AccountError, Accounts, Password, person, totp};

/// What somebody shows.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// An e-mail address, as it was typed.
    pub email: String,
    /// The password.
    pub password: Password,
    /// A one-time or recovery code.
    pub code: Option<String>,
    /// What the browser holds since somebody signed in on it.
    pub device: Option<String>,
}

impl Accounts {
    /// The account whose credentials these are. They came from that address, which is used to count tries and not kept.
    ///
    /// # Errors
    /// When they are wrong or not enough, or there were too many tries.
    pub async fn check(&self, credentials: Credentials, ip: IpAddr) -> Result<Account, AccountError> {
        let Credentials { email, password, code, device } = credentials;
        let email = person::email(&email).unwrap_or_default();
        let account = self.catalog.account_of(&email).await?;
        let tries = match device.filter(|token| !token.is_empty()) {
            Some(token) if self.is_known(account.as_ref(), &token).await? => {
                self.throttle.on_known_device(&email, &token)
            }
            _ => self.throttle.sign_in(&email, ip),
        };
        self.throttle.count(&tries)?;
        let hash = account.as_ref().and_then(|account| account.password.clone());
        let is_right = self.passwords.matches(password, hash).await?;
        let account = account.filter(|_| is_right).ok_or(AccountError::WrongCredentials)?;
        if account.has_totp {
            match code.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
                Some(code) => {
                    let codes = self.throttle.code(&email);
                    self.throttle.count(&codes)?;
                    self.take_code(&account, code).await?;
                    self.throttle.forgive(&codes);
                }
                None => {
                    self.throttle.forgive(&tries);
                    return Err(AccountError::CodeNeeded);
                }
            }
        }
        self.throttle.forgive(&tries);
        Ok(account)
    }

    /// Whether the account signed in on the browser before that holds this.
    async fn is_known(&self, account: Option<&Account>, token: &str) -> Result<bool, AccountError> {
        let Some(account) = account else { return Ok(false) };
        Ok(self.catalog.knows_device(account.number, &TokenHash::new(token), self.clock.now()).await?)
    }

    /// Makes a browser known on which an account has signed in; gives what it is to hold, unless it is known already.
    ///
    /// # Errors
    /// When the catalog cannot be written, or there are no random numbers.
    pub async fn know_device(
        &self,
        account: &Account,
        held: Option<&str>,
    ) -> Result<Option<String>, AccountError> {
        let now = self.clock.now();
        if let Some(token) = held
            && self.is_known(Some(account), token).await?
        {
            self.catalog.device_used(account.number, &TokenHash::new(token), now).await?;
            return Ok(None);
        }
        Ok(Some(self.catalog.know_device(account.number, now).await?))
    }

    /// Whether this is the password of an account that is signed in.
    ///
    /// # Errors
    /// When it is wrong, or there were too many tries.
    pub async fn confirm(&self, account: &Account, password: Password) -> Result<(), AccountError> {
        // Strangers who try to sign in do not slow those who have.
        let tries = self.throttle.signed_in(&account.email);
        self.throttle.count(&tries)?;
        if !self.passwords.matches(password, account.password.clone()).await? {
            return Err(AccountError::WrongCredentials);
        }
        self.throttle.forgive(&tries);
        Ok(())
    }

    /// Gives an account another password. All its sessions end.
    ///
    /// # Errors
    /// When it is too easy to guess.
    pub async fn change_password(&self, account: &Account, new: Password) -> Result<(), AccountError> {
        let hash = self.passwords.hash(new, &account.email).await?;
        let by = Author { name: account.email.clone(), at: self.clock.now() };
        Ok(self.catalog.set_password(account, &hash, &by).await?)
    }

    /// Takes a code, which then cannot be used again.
    pub(super) async fn take_code(&self, account: &Account, typed: &str) -> Result<(), AccountError> {
        let secret = self.catalog.code_secret(account.number).await?;
        let step = secret.and_then(|secret| totp::step_of(&secret, typed, self.clock.now()));
        let is_taken = match step {
            Some(step) => self.catalog.take_step(account.number, step).await?,
            None => self.catalog.take_recovery_code(account.number, &totp::recovery_hash(typed)).await?,
        };
        if is_taken { Ok(()) } else { Err(AccountError::WrongCode) }
    }
}
