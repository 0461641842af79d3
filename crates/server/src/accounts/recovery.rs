//! One-time links: for people who were invited, and for those who lost their password. Whoever opens one chooses the
//! account's password.

use std::net::IpAddr;

use waymark_model::time::{DAY, HOUR};
use waymark_store::catalog::{
    Account, Author, Catalog, Given, Giver, LinkHolder, NewAccount, Role, Site, TokenHash,
};

use super::{
    AccountError, Accounts, Home, Password,
    mail::{confirmation_text, recovery_text},
    person,
};

/// What a link is for, which says how long it opens something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFor {
    /// Somebody who was invited: 7 days.
    Welcome,
    /// Somebody whom an owner or the command line lets choose a new password: a day.
    Reset,
    /// Somebody who asked for it by e-mail: an hour.
    Mail,
    /// Somebody who has an account that is not confirmed, and was given a role: 7 days, by e-mail.
    Confirmation,
}

impl LinkFor {
    /// The page that it opens.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::Welcome | Self::Confirmation => "welcome",
            Self::Reset | Self::Mail => "recover",
        }
    }

    const fn lasts(self) -> i64 {
        match self {
            Self::Welcome | Self::Confirmation => 7 * DAY,
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

/// What became of an invitation.
#[derive(Debug)]
pub(crate) struct Invited {
    /// The account.
    pub(crate) account: Account,
    /// The token of a link for the person to choose a password by, if whoever invites may have it.
    pub(crate) token: Option<String>,
    /// When the role holds.
    pub(crate) given: Given,
}

/// Makes the token of a one-time link for an account, which is noted.
pub(crate) async fn new_link(
    catalog: &Catalog,
    account: &Account,
    purpose: LinkFor,
    giver: Giver,
    by: &Author,
) -> Result<String, AccountError> {
    let holder = match (purpose, giver) {
        (LinkFor::Mail | LinkFor::Confirmation, _) => LinkHolder::Address,
        (LinkFor::Welcome | LinkFor::Reset, Giver::Everything) => LinkHolder::Everything,
        (LinkFor::Welcome | LinkFor::Reset, Giver::SiteOwner) => LinkHolder::SiteOwner,
    };
    Ok(catalog.add_link(account, holder, by.at + purpose.lasts(), by).await?)
}

/// Makes an account without a password, and the token of the link to choose one.
///
/// An account of that address that is there gets the role and no link: whoever invites must not be able to take it over. If
/// it is not confirmed, the role waits, and a link that confirms the account goes to those alone who may give everything.
pub(crate) async fn invite(
    catalog: &Catalog,
    invitation: &Invitation<'_>,
    giver: Giver,
    by: &Author,
) -> Result<Invited, AccountError> {
    let Invitation { site, role, .. } = *invitation;
    let (email, name) = (person::email(invitation.email)?, person::name(invitation.name)?);
    if let Some(account) = catalog.account_of(&email).await? {
        let given = catalog.set_role(&account, site, Some(role), giver, by).await?;
        let account = catalog.account(account.number).await?.unwrap_or(account);
        return Ok(Invited { account, token: None, given });
    }
    let new = NewAccount { email: &email, name: &name, password: None, site, role, invited_by: Some(giver) };
    let account = catalog.add_account(&new, by).await?;
    let token = new_link(catalog, &account, LinkFor::Welcome, giver, by).await?;
    Ok(Invited { account, token: Some(token), given: Given::Now })
}

impl Accounts {
    /// Sends somebody who lost their password a link, if they have an account. Nobody is told whether they do: neither by
    /// what is answered, which is before this begins, nor by what is logged.
    pub async fn send_link(&self, typed: &str, ip: IpAddr, home: &Home) {
        if let Err(error) = self.try_to_send_link(typed, ip, home).await {
            tracing::warn!(%error, "could not send an e-mail to someone who asked for a new password");
        }
    }

    async fn try_to_send_link(&self, typed: &str, ip: IpAddr, home: &Home) -> Result<(), AccountError> {
        let (email, now) = (person::email(typed)?, self.clock.now());
        self.throttle.count(&self.throttle.mail(&email, ip))?;
        let Some(mail) = &self.mail else { return Ok(()) };
        let Some(account) = self.catalog.account_of(&email).await? else { return Ok(()) };
        let by = Author { name: account.email.clone(), at: now };
        let token = new_link(&self.catalog, &account, LinkFor::Mail, Giver::SiteOwner, &by).await?;
        let text = recovery_text(&home.link(LinkFor::Mail.page(), &token));
        mail.send(&account.email, "Reset your Waymark password", text).await
    }

    /// Makes a link that confirms an account, and gives the work that sends it by email; `None` when the server sends none.
    /// Whoever gave the role does not wait for the mail server: the caller starts the work beside the answer.
    ///
    /// # Errors
    /// When the link cannot be made, or too many were sent to that address.
    pub async fn confirmation(
        &self,
        account: &Account,
        ip: IpAddr,
        home: &Home,
        by: &Author,
    ) -> Result<Option<impl Future<Output = ()> + Send + use<>>, AccountError> {
        let Some(mail) = self.mail.clone() else { return Ok(None) };
        self.throttle.count(&self.throttle.mail(&account.email, ip))?;
        let token = new_link(&self.catalog, account, LinkFor::Confirmation, Giver::SiteOwner, by).await?;
        let (to, text) =
            (account.email.clone(), confirmation_text(&home.link(LinkFor::Confirmation.page(), &token)));
        Ok(Some(async move {
            if let Err(error) = mail.send(&to, "Confirm your Waymark account", text).await {
                tracing::warn!(%error, "could not send an e-mail to someone who must confirm their account");
            }
        }))
    }

    /// Chooses a password by a one-time link. Whoever was signed in by the one before is not any more.
    ///
    /// # Errors
    /// When the link opens nothing (any more), or the password is too easy to guess.
    pub async fn finish(&self, token: &str, password: Password) -> Result<Account, AccountError> {
        let (link, now) = (TokenHash::new(token), self.clock.now());
        let account = self.catalog.link(&link, now).await?.ok_or(AccountError::BadLink)?;
        let hash = self.passwords.hash(password, &account.email).await?;
        self.catalog.use_link(&link, &hash, now).await?.ok_or(AccountError::BadLink)
    }
}
