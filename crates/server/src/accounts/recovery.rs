//! One-time links: for people who were invited, and for those who lost their password. Whoever opens one chooses the
//! account's password.

use std::net::IpAddr;

use waymark_model::time::{DAY, HOUR};
use waymark_store::catalog::{Account, Author, Catalog, NewAccount, Role, Site, TokenHash};

use super::{AccountError, Accounts, Home, Password, mail::recovery_text, person};

/// What a link is for, which says how long it opens something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFor {
    /// Somebody who was invited: 7 days.
    Welcome,
    /// Somebody whom an owner or the command line lets choose a new password: a day.
    Reset,
    /// Somebody who asked for it by e-mail: an hour.
    Mail,
}

impl LinkFor {
    /// The page that it opens.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Reset | Self::Mail => "recover",
        }
    }

    const fn lasts(self) -> i64 {
        match self {
            Self::Welcome => 7 * DAY,
            Self::Reset => DAY,
            Self::Mail => HOUR,
        }
    }
}

/// Somebody to invite.
#[derive(Clone, Debug)]
pub struct Invitation<'i> {
    /// Their e-mail address, as it was typed.
    pub email: &'i str,
    /// What they are called.
    pub name: &'i str,
    /// The site that they may see; all when there is none.
    pub site: Option<&'i Site>,
    /// What they may do with it.
    pub role: Role,
}

/// Makes the token of a one-time link for an account, which is noted. The link before opens nothing any more.
pub(crate) async fn new_link(
    catalog: &Catalog,
    account: &Account,
    purpose: LinkFor,
    by: &Author,
) -> Result<String, AccountError> {
    Ok(catalog.add_link(account, by.at + purpose.lasts(), by).await?)
}

/// Makes an account without a password, and the token of the link to choose one. An account of that address that is there
/// gets the role and no link: whoever invites must not be able to take it over.
pub(crate) async fn invite(
    catalog: &Catalog,
    invitation: &Invitation<'_>,
    by: &Author,
) -> Result<(Account, Option<String>), AccountError> {
    let Invitation { site, role, .. } = *invitation;
    let (email, name) = (person::email(invitation.email)?, person::name(invitation.name)?);
    if let Some(account) = catalog.account_of(&email).await? {
        catalog.set_role(&account, site, Some(role), by).await?;
        let account = catalog.account(account.number).await?.unwrap_or(account);
        return Ok((account, None));
    }
    let new = NewAccount { email: &email, name: &name, password: None, site, role };
    let account = catalog.add_account(&new, by).await?;
    let token = new_link(catalog, &account, LinkFor::Welcome, by).await?;
    Ok((account, Some(token)))
}

impl Accounts {
    /// Sends somebody who lost their password a link, if they have an account. Nobody is told whether they do: neither by
    /// what is answered, which is before this begins, nor by what is logged.
    pub async fn send_link(&self, typed: &str, ip: IpAddr, home: &Home) {
        if let Err(error) = self.try_to_send_link(typed, ip, home).await {
            tracing::warn!(%error, "somebody who asked for a new password got no e-mail");
        }
    }

    async fn try_to_send_link(&self, typed: &str, ip: IpAddr, home: &Home) -> Result<(), AccountError> {
        let (email, now) = (person::email(typed)?, self.clock.now());
        self.mail_throttle.count(&email, ip, now)?;
        let Some(mail) = &self.mail else { return Ok(()) };
        let Some(account) = self.catalog.account_of(&email).await? else { return Ok(()) };
        let by = Author { name: account.email.clone(), at: now };
        let token = new_link(&self.catalog, &account, LinkFor::Mail, &by).await?;
        let text = recovery_text(&home.link(LinkFor::Mail.page(), &token));
        mail.send(&account.email, "A new password for Waymark", text).await
    }

    /// Chooses a password by a one-time link. Whoever was signed in by the one before is not any more.
    ///
    /// # Errors
    /// When the link opens nothing (any more), or the password is too easy to guess.
    pub async fn finish(&self, token: &str, password: Password) -> Result<Account, AccountError> {
        let (link, now) = (TokenHash::of(token), self.clock.now());
        let account = self.catalog.link(&link, now).await?.ok_or(AccountError::BadLink)?;
        let hash = self.passwords.hash(password, &account.email).await?;
        self.catalog.use_link(&link, &hash, now).await?.ok_or(AccountError::BadLink)
    }
}
