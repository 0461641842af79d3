//! E-mail that the server sends: links for people who lost their password, or are to confirm their account. Nothing that others
//! have written goes into it.

use std::time::Duration;

use lettre::{
    Message, SmtpTransport, Transport as _,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use tokio::task::spawn_blocking;

use super::AccountError;
use crate::config::{MailConfig, MailServer, Secrecy};

/// Longest wait for a step of the mail server.
const WAIT: Duration = Duration::from_secs(20);

/// What sends e-mail.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mail {
    /// What sends e-mail as configured; `None` when nothing is.
    ///
    /// # Errors
    /// When the sender is no address, or TLS cannot be used for that host.
    pub(super) fn of(config: &MailConfig) -> Result<Option<Self>, AccountError> {
        let (Some(server), Some(from)) = (&config.server, &config.from) else { return Ok(None) };
        let from = from.parse().map_err(|_| AccountError::Mail("`mail.from` is no e-mail address"))?;
        let MailServer { host, port, secrecy } = server;
        let tls = || {
            TlsParameters::new(host.clone())
                .map_err(|_| AccountError::Mail("TLS cannot be used for `mail.server`"))
        };
        let mut transport =
            SmtpTransport::builder_dangerous(host).port(*port).timeout(Some(WAIT)).tls(match secrecy {
                Secrecy::Tls => Tls::Wrapper(tls()?),
                Secrecy::StartTls => Tls::Required(tls()?),
                Secrecy::Local => Tls::None,
            });
        if let (Some(user), Some(password)) = (&config.user, &config.password) {
            transport = transport.credentials(Credentials::new(user.clone(), password.0.clone()));
        }
        Ok(Some(Self { transport: transport.build(), from }))
    }

    /// Sends a text to an address.
    ///
    /// # Errors
    /// When the address is none, or the mail server does not take it. Which address is not said: the reason goes to the log.
    pub(super) async fn send(&self, to: &str, subject: &str, text: String) -> Result<(), AccountError> {
        let to = to.parse().map_err(|_| AccountError::BadEmail)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text);
        let message = message.map_err(|_| AccountError::Mail("it could not be written"))?;
        let transport = self.transport.clone();
        let sent = spawn_blocking(move || transport.send(&message)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(AccountError::Mail(reason(&error))),
            Err(_) => Err(AccountError::Mail("sending broke off")),
        }
    }
}

/// What a mail server says may name the address: only of which kind it is goes further.
fn reason(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "the mail server did not answer in time"
    } else if error.is_tls() {
        "no TLS with the mail server"
    } else if error.is_permanent() {
        "the mail server refused it"
    } else if error.is_transient() {
        "the mail server does not take it at the moment"
    } else {
        "the mail server cannot be reached, or does not speak SMTP"
    }
}

/// What stands in the e-mail to somebody who lost their password.
#[must_use]
pub(super) fn recovery_text(link: &str) -> String {
    format!(
        "Somebody, probably you, wants to choose a new password for Waymark.\n\n\
         Open this link within an hour to choose one:\n\n{link}\n\n\
         It opens once. If it was not you, do nothing: your password stays as it is.\n"
    )
}

/// What stands in the e-mail to somebody whose account is not confirmed yet.
#[must_use]
pub(super) fn confirmation_text(link: &str) -> String {
    format!(
        "You have an account for Waymark, and were given a new role.\n\n\
         Your account was never confirmed by you: somebody else may know its password. Open this link within 7 days to \
         choose a new password and to get the role:\n\n{link}\n\n\
         It opens once. All who are signed in with the old password are signed out then.\n"
    )
}
