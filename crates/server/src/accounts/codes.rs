//! Asking for one-time codes at sign-in, and not asking any more.

use waymark_store::catalog::{Account, Author, CodeSecret};

use super::{AccountError, Accounts, totp};

impl Accounts {
    /// A secret for somebody's authenticator app. Codes are asked for only once one has shown that the app knows it.
    ///
    /// # Errors
    /// When codes are asked for already, or there are no random numbers.
    pub async fn offer_codes(&self, account: &Account) -> Result<CodeSecret, AccountError> {
        if account.has_totp {
            return Err(AccountError::NoCodes);
        }
        let secret = totp::secret().map_err(AccountError::NoRandomness)?;
        self.catalog.offer_codes(account.number, &secret).await?;
        Ok(secret)
    }

    /// Asks for codes from now on, if this is one. Gives the recovery codes, which nobody can tell afterwards.
    ///
    /// # Errors
    /// When no secret was offered, or the code is wrong.
    pub async fn require_codes(&self, account: &Account, typed: &str) -> Result<Vec<String>, AccountError> {
        if account.has_totp || self.catalog.code_secret(account.number).await?.is_none() {
            return Err(AccountError::NoCodes);
        }
        self.take_code(account, typed).await?;
        let recovery = totp::recovery_codes().map_err(AccountError::NoRandomness)?;
        let hashes: Vec<_> = recovery.iter().map(|code| totp::recovery_hash(code)).collect();
        self.catalog.require_codes(account, &hashes, &self.by(account)).await?;
        Ok(recovery)
    }

    /// Asks for codes no more.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn drop_codes(&self, account: &Account) -> Result<(), AccountError> {
        Ok(self.catalog.drop_codes(account, &self.by(account)).await?)
    }

    /// The person of an account as the author of a change that is made now.
    fn by(&self, account: &Account) -> Author {
        Author { name: account.email.clone(), at: self.clock.now() }
    }
}
