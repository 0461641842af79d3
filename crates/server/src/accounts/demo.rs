//! The account of a demonstration: made at every start with a new password, which the sign-in page shows. Only a server that
//! was told so has one.

use waymark_store::catalog::{Author, NewAccount, Role, random_token};

use super::{AccountError, Accounts, Password};

/// The address of the account; nobody reads what is sent there (RFC 2606, 2).
const EMAIL: &str = "demo@waymark.example";
const NAME: &str = "Demo";

/// What the sign-in page shows.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct DemoAccount {
    /// The e-mail address.
    pub email: String,
    /// The password, until the server ends.
    pub password: String,
}

impl Accounts {
    /// Makes the demonstration's account, or gives it another password.
    ///
    /// # Errors
    /// When the catalog cannot be written, or there are no random numbers.
    pub async fn begin_demo(&self) -> Result<(), AccountError> {
        let text = random_token("demo-")?;
        let by = Author { name: "demonstration".to_owned(), at: self.clock.now() };
        let hash = self.passwords.hash(Password::new(text.clone()), EMAIL).await?;
        match self.catalog.account_of(EMAIL).await? {
            Some(account) => self.catalog.set_password(&account, &hash, &by).await?,
            None => {
                let (password, role) = (Some(&hash), Role::Owner);
                let new =
                    NewAccount { email: EMAIL, name: NAME, password, site: None, role, invited_by: None };
                self.catalog.add_account(&new, &by).await?;
            }
        }
        let _ = self.demo.set(DemoAccount { email: EMAIL.to_owned(), password: text });
        Ok(())
    }

    /// The demonstration's account, on a server that has one.
    #[must_use]
    pub fn demo(&self) -> Option<&DemoAccount> {
        self.demo.get()
    }
}
