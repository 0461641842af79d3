//! Signing in by e-mail address and password, and by a one-time code where the account wants one. What is answered, and when,
//! does not tell whether there is an account of that address.

use std::net::IpAddr;

use waymark_store::catalog::{Account, Author};

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
}

impl Accounts {
    /// The account whose credentials these are. They came from that address, which is used to count tries and not kept.
    ///
    /// # Errors
    /// When they are wrong or not enough, or there were too many tries.
    pub async fn check(&self, credentials: Credentials, ip: IpAddr) -> Result<Account, AccountError> {
        let Credentials { email, password, code } = credentials;
        let email = person::email(&email).unwrap_or_default();
        self.throttle.count(&email, ip, self.clock.now())?;
        let account = self.catalog.account_of(&email).await?;
        let hash = account.as_ref().and_then(|account| account.password.clone());
        let is_right = self.passwords.matches(password, hash).await?;
        let account = account.filter(|_| is_right).ok_or(AccountError::WrongCredentials)?;
        if account.has_totp {
            match code.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
                Some(code) => self.take_code(&account, code).await?,
                None => {
                    self.throttle.forgive(&email, ip);
                    return Err(AccountError::CodeNeeded);
                }
            }
        }
        self.throttle.forgive(&email, ip);
        Ok(account)
    }

    /// Whether this is the password of an account that is signed in, from that address.
    ///
    /// # Errors
    /// When it is wrong, or there were too many tries.
    pub async fn confirm(
        &self,
        account: &Account,
        password: Password,
        ip: IpAddr,
    ) -> Result<(), AccountError> {
        // Strangers who try to sign in do not slow those who have.
        let tries = format!("{}, signed in", account.email);
        self.throttle.count(&tries, ip, self.clock.now())?;
        if !self.passwords.matches(password, account.password.clone()).await? {
            return Err(AccountError::WrongCredentials);
        }
        self.throttle.forgive(&tries, ip);
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
