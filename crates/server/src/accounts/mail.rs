//! E-mails of the server: links to choose a new password or to confirm an account. They contain no text that users have
//! written.

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

/// Longest wait for one step of the mail server.
const WAIT: Duration = Duration::from_secs(20);

/// Sends e-mail.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mail {
    /// Creates the sender from the configuration; `None` when no mail server is configured.
    ///
    /// # Errors
    /// When the sender is not a valid address, or TLS cannot be used for that host.
    pub(super) fn of(config: &MailConfig) -> Result<Option<Self>, AccountError> {
        let (Some(server), Some(from)) = (&config.server, &config.from) else { return Ok(None) };
        let from =
            from.parse().map_err(|_| AccountError::Mail("`mail.from` is not a valid e-mail address"))?;
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
    /// When the address is not valid, or the mail server refuses it. The error does not name the address, because it goes
    /// to the log.
    pub(super) async fn send(&self, to: &str, subject: &str, text: String) -> Result<(), AccountError> {
        let to = to.parse().map_err(|_| AccountError::BadEmail)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text);
        let message = message.map_err(|_| AccountError::Mail("the message could not be built"))?;
        let transport = self.transport.clone();
        let sent = spawn_blocking(move || transport.send(&message)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(AccountError::Mail(reason(&error))),
            Err(_) => Err(AccountError::Mail("sending was interrupted")),
        }
    }
}

/// The kind of an error. The mail server's own text may contain the address, so it is dropped.
fn reason(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "the mail server did not answer in time"
    } else if error.is_tls() {
        "TLS with the mail server failed"
    } else if error.is_permanent() {
        "the mail server refused the message"
    } else if error.is_transient() {
        "the mail server does not accept messages at the moment"
    } else {
        "the mail server cannot be reached or does not speak SMTP"
    }
}

/// The text of the e-mail to a person who asked for a new password.
#[must_use]
pub(super) fn recovery_text(link: &str) -> String {
    format!(
        "Someone asked to reset the password of your Waymark account.\n\n\
         To choose a new password, open this link within one hour:\n\n{link}\n\n\
         The link works once. If you did not ask for this, ignore this e-mail. Your password stays the same.\n"
    )
}

/// The text of the e-mail to a person whose account is not confirmed yet and who was given a role.
#[must_use]
pub(super) fn confirmation_text(link: &str) -> String {
    format!(
        "You have been given a new role in Waymark. Please confirm your account first.\n\n\
         Someone else created this account and may know its password. To choose a new password and get the role, open \
         this link within 7 days:\n\n{link}\n\n\
         The link works once. Everyone who is signed in with the old password will be signed out.\n"
    )
}
