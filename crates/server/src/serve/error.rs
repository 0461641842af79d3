//! Why the server could not start or go on.

use std::{io, net::SocketAddr};

use waymark_collect::enrich::{ListError, country::CountryError};
use waymark_store::{StoreError, catalog::CatalogError};

use super::TlsError;
use crate::accounts::AccountError;

/// Why the server could not start or go on. What was acknowledged is stored.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The catalog cannot be used.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The accounts cannot be used.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// No random numbers.
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(#[source] getrandom::Error),
    /// The database of countries cannot be used.
    #[error(transparent)]
    Countries(#[from] CountryError),
    /// A list of the owner's cannot be used.
    #[error(transparent)]
    List(#[from] ListError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The runtime could not be started.
    #[error("cannot start the server: {0}")]
    Start(#[source] io::Error),
}
