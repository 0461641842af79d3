//! The first account: whoever reads the link that the server prints at its first start may make it. There are no default
//! credentials.

use std::sync::{Mutex, PoisonError};

use waymark_store::catalog::{Account, Author, NewAccount, Role, TokenHash, random_token};

use super::{AccountError, Accounts, Password, person};

/// The token of the link, in memory alone: each start makes another until there is an account.
#[derive(Debug, Default)]
pub(super) struct Setup(Mutex<Option<TokenHash>>);

/// Who sets the server up.
#[derive(Clone, Debug)]
pub struct First {
    /// What stands behind `#` in the link.
    pub token: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// The password they choose.
    pub password: Password,
}

impl Setup {
    fn open(&self, token: Option<TokenHash>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }

    fn opens(&self, token: &str) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) == Some(TokenHash::new(token))
    }
}

impl Accounts {
    /// The token of a link to set the server up by; `None` when somebody has an account already.
    ///
    /// # Errors
    /// When the catalog cannot be read, or there are no random numbers.
    pub async fn open_setup(&self) -> Result<Option<String>, AccountError> {
        if self.catalog.has_accounts().await? {
            return Ok(None);
        }
        let token = random_token("")?;
        self.setup.open(Some(TokenHash::new(&token)));
        Ok(Some(token))
    }

    /// Makes the first account, an owner of everything.
    ///
    /// # Errors
    /// When the token opens nothing (any more), or what is given is none of what it should be.
    pub async fn set_up(&self, first: First) -> Result<Account, AccountError> {
        if !self.setup.opens(&first.token) {
            return Err(AccountError::BadLink);
        }
        let (email, name) = (person::email(&first.email)?, person::name(&first.name)?);
        let hash = self.passwords.hash(first.password, &email).await?;
        let (password, role) = (Some(&hash), Role::Owner);
        let new = NewAccount { email: &email, name: &name, password, site: None, role, invited_by: None };
        let by = Author { name: email.clone(), at: self.clock.now() };
        let made = self.catalog.add_first_account(&new, &by).await?;
        self.setup.open(None);
        made.ok_or(AccountError::BadLink)
    }
}
