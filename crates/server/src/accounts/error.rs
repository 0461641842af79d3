//! Errors of accounts and sign-in. The messages are for the person at the browser or the terminal.

use waymark_store::catalog::CatalogError;

/// An operation on accounts that was refused or failed. It changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Wrong e-mail address or password. The message does not say which of them.
    #[error("wrong e-mail address or password")]
    WrongCredentials,
    /// The password is right, but a one-time code is required too.
    #[error("enter a code from your authenticator app")]
    CodeNeeded,
    /// The one-time code is wrong, or was used before.
    #[error("this code is wrong or was used before; wait for the next one")]
    WrongCode,
    /// Too many attempts.
    #[error("too many attempts; wait {retry_after} s")]
    TooManyTries {
        /// Seconds until the next attempt is checked.
        retry_after: u64,
    },
    /// Too many people sign in at once.
    #[error("too many people are signing in at the moment; try again in a few seconds")]
    Busy,
    /// A one-time link that is not valid, or no longer valid.
    #[error("this link was used before, has expired or is incomplete; ask for a new one")]
    BadLink,
    /// A password that is too easy to guess.
    #[error(
        "choose a password with at least {least} characters and at most {most} bytes that is not your e-mail \
         address"
    )]
    BadPassword {
        /// Characters that it must have.
        least: usize,
        /// Bytes that it may have.
        most: usize,
    },
    /// Not a valid e-mail address.
    #[error("this is not a valid e-mail address")]
    BadEmail,
    /// Not a valid name.
    #[error("a name must have 1 to 100 characters")]
    BadName,
    /// The setup of one-time codes was not started, or they are required already.
    #[error("there is no code to confirm; set up one-time codes again")]
    NoCodes,
    /// Signing in with another service failed.
    #[error("signing in with {provider} failed: {reason}")]
    Provider {
        /// The name of the service.
        provider: String,
        /// The cause, in our words.
        reason: &'static str,
    },
    /// An e-mail could not be sent.
    #[error("cannot send e-mail: {0}")]
    Mail(&'static str),
    /// The system has no random numbers.
    #[error("the system provides no random numbers: {0}")]
    NoRandomness(getrandom::Error),
    /// Hashing a password failed.
    #[error("the password could not be processed: {0}")]
    Hashing(&'static str),
    /// The catalog refused or failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
