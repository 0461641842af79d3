//! Why something about accounts was refused. The messages are for the person at the browser or the terminal.

use waymark_store::catalog::CatalogError;

/// Why something about accounts was refused or failed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Wrong e-mail address or password; which of them is not said.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// The password is right, and a one-time code is needed too.
    #[error("a code from your authenticator app is needed too")]
    CodeNeeded,
    /// The one-time code is wrong, or was used before.
    #[error("this code is wrong, or was used before: wait for the next one")]
    WrongCode,
    /// Too many tries.
    #[error("too many tries: wait {retry_after} s")]
    TooManyTries {
        /// Seconds until the next try is looked at.
        retry_after: u64,
    },
    /// Too many people sign in at once.
    #[error("too many people are signing in at once: try again in a few seconds")]
    Busy,
    /// A one-time link that opens nothing (any more).
    #[error("this link was used already, is too old, or is not whole")]
    BadLink,
    /// A password that is too easy to guess.
    #[error(
        "a password has at least {least} characters and at most {most} bytes, and is not the e-mail address"
    )]
    BadPassword {
        /// Characters that it must have.
        least: usize,
        /// Bytes that it may have.
        most: usize,
    },
    /// No e-mail address.
    #[error("this is no e-mail address")]
    BadEmail,
    /// No name.
    #[error("a name has between 1 and 100 characters")]
    BadName,
    /// One-time codes were not begun, or are required already.
    #[error("begin again: there is no code to confirm")]
    NoCodes,
    /// Nobody may sign in by another service here, or the one that somebody did may not.
    #[error("signing in by {provider} failed: {reason}")]
    Provider {
        /// What the service is called.
        provider: String,
        /// What went wrong, in words of ours.
        reason: &'static str,
    },
    /// An e-mail could not be sent.
    #[error("no e-mail can be sent: {0}")]
    Mail(&'static str),
    /// The system has no random numbers.
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(getrandom::Error),
    /// Hashing a password failed.
    #[error("the password could not be looked at: {0}")]
    Hashing(&'static str),
    /// The catalog refused or failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
