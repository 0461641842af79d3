//! Accounts of people: how they show who they are, and how they are known again. What each may do is decided where it is
//! asked for. It must not know requests, and keeps no address of anybody.

mod codes;
mod demo;
mod error;
mod home;
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

use setup::Setup;
use throttle::Throttle;

pub use demo::DemoAccount;
pub use error::AccountError;
pub use home::Home;
pub use password::{Password, Passwords};
pub use recovery::{Invitation, LinkFor};
pub(crate) use recovery::{invite, new_link};
pub use session::{Begun, SignedIn, is_csrf_of};
pub use setup::First;
pub use sign_in::Credentials;

/// The accounts of a data folder.
#[derive(Debug)]
pub struct Accounts {
    catalog: Catalog,
    clock: Arc<dyn Clock>,
    /// What looks at passwords.
    pub passwords: Passwords,
    throttle: Throttle,
    setup: Setup,
    demo: OnceLock<DemoAccount>,
}

impl Accounts {
    /// The accounts of a catalog. `key` is random, and belongs to this process alone.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new(catalog: Catalog, clock: Arc<dyn Clock>, key: [u8; 32]) -> Result<Self, AccountError> {
        Ok(Self {
            catalog,
            clock,
            passwords: Passwords::new()?,
            throttle: Throttle::new(key),
            setup: Setup::default(),
            demo: OnceLock::new(),
        })
    }
}
