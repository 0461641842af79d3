//! Accounts of people: how they show who they are, and how they are known again. What each may do is decided where it is
//! asked for. It must not know requests, and keeps no address of anybody.

mod codes;
mod demo;
mod error;
mod home;
mod mail;
mod oidc;
mod password;
pub mod person;
mod recovery;
mod session;
mod setup;
mod sign_in;
mod throttle;
pub mod totp;

use std::sync::{Arc, OnceLock};

use waymark_store::{Clock, catalog::Catalog};

use crate::config::Config;

use mail::Mail;
use password::Passwords;
use setup::Setup;
use throttle::Throttle;

pub use demo::DemoAccount;
pub use error::AccountError;
pub use home::Home;
pub use oidc::{Back, Oidc};
pub use password::Password;
pub use recovery::{Invitation, LinkFor};
pub(crate) use recovery::{Invited, invite, new_link};
pub use session::{Begun, SignedIn, is_csrf_of};
pub use setup::First;
pub use sign_in::Credentials;

/// The accounts of a data folder.
#[derive(Debug)]
pub struct Accounts {
    catalog: Catalog,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
    throttle: Throttle,
    setup: Setup,
    demo: OnceLock<DemoAccount>,
    mail: Option<Mail>,
    oidc: Option<Oidc>,
}

impl Accounts {
    /// The accounts of a catalog. `key` is random, and belongs to this process alone.
    ///
    /// # Errors
    /// When the system has no random numbers, or e-mail cannot be sent as configured.
    pub fn new(
        catalog: Catalog,
        clock: Arc<dyn Clock>,
        config: &Config,
        key: [u8; 32],
    ) -> Result<Self, AccountError> {
        Ok(Self {
            mail: Mail::of(&config.mail)?,
            oidc: Oidc::of(&config.oidc, key),
            catalog,
            clock,
            passwords: Passwords::new()?,
            throttle: Throttle::new(key),
            setup: Setup::default(),
            demo: OnceLock::new(),
        })
    }

    /// The service that people may sign in by, if there is one.
    #[must_use]
    pub const fn oidc(&self) -> Option<&Oidc> {
        self.oidc.as_ref()
    }

    /// Whether e-mail is sent.
    #[must_use]
    pub const fn sends_mail(&self) -> bool {
        self.mail.is_some()
    }
}
