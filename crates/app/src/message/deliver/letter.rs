//! One mail to one addressee.

use relais_adapters::mail::{HeaderError, Mail, MailAddress, MessageId, Subject};
use relais_domain::shared::ids::NoticeId;
use relais_persistence::Ctx;
use relais_persistence::message::write::KeptMail;

use super::{Addressee, Matter};
use crate::App;
use crate::message::render::{NoticeFacts, Rendered, render};
use crate::setback::Setback;

/// A mail, written but not sent.
pub(super) struct Letter {
    id: NoticeId,
    matter: Matter,
    to: Addressee,
    reply_to: Option<String>,
    text: Rendered,
}

impl Letter {
    /// Writes the mail.
    pub(super) fn write(
        id: NoticeId,
        matter: Matter,
        to: Addressee,
        reply_to: Option<String>,
        facts: &NoticeFacts,
    ) -> Result<Self, Setback> {
        let text = render(matter.kind, matter.recipient, to.language, facts).map_err(|error| {
            tracing::error!(notice = %id, %error, "a notice could not be written");
            Setback::never("mail_unbuildable")
        })?;
        Ok(Self { id, matter, to, reply_to, text })
    }

    /// The same notice to the same addressee always has the same message id.
    fn message_id(&self, app: &App) -> String {
        format!("{}.{}@{}", self.id, self.to.key, host(&app.settings.public_url))
    }

    /// The row of the sandbox's mailbox.
    pub(super) fn kept(self, app: &App, ctx: &Ctx) -> Result<KeptMail, Setback> {
        // Built as if it left, so that the sandbox refuses what a mail server would.
        let mail = self.mail(app)?;
        Ok(KeptMail {
            id: ctx.fresh(),
            message_id: mail.message_id.as_str().to_owned(),
            kind: self.matter.kind.code().to_owned(),
            recipient: self.matter.recipient.code().to_owned(),
            address: self.to.email.to_lowercase(),
            reply_to: self.reply_to,
            subject: self.text.subject,
            text: self.text.text,
            html: self.text.html,
            created_at: ctx.now,
        })
    }

    /// The mail as it leaves.
    pub(super) fn mail(&self, app: &App) -> Result<Mail, Setback> {
        let bad = |_: HeaderError| Setback::never("address_invalid");
        let to = MailAddress::new(self.to.name.as_deref(), &self.to.email).map_err(bad)?;
        // An address that nobody can answer to is left out rather than keeping the mail.
        let reply_to = self.reply_to.as_deref().and_then(|address| MailAddress::new(None, address).ok());
        let unbuildable = |_: HeaderError| Setback::never("mail_unbuildable");
        Ok(Mail {
            to,
            reply_to,
            subject: Subject::new(&self.text.subject).map_err(unbuildable)?,
            text: self.text.text.clone(),
            html: self.text.html.clone(),
            message_id: MessageId::new(&self.message_id(app)).map_err(unbuildable)?,
        })
    }
}

/// The host of the installation, for message ids.
fn host(public_url: &str) -> String {
    let after_scheme = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let authority = after_scheme.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let kept: String = host.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).take(100).collect();
    let kept = kept.trim_start_matches('.');
    if kept.is_empty() { "relais.invalid".to_owned() } else { kept.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_host_of_an_installation_is_good_for_a_message_id() {
        for (url, expected) in [
            ("http://127.0.0.1:8080", "127.0.0.1"),
            ("https://relais.example.org/base", "relais.example.org"),
            ("https://[::1]:8080", "1"),
            ("", "relais.invalid"),
        ] {
            assert_eq!(host(url), expected);
        }
    }
}
