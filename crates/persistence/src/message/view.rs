//! What is read of the message room, as it is shown.

mod saying;

use chrono::{DateTime, Utc};
use relais_domain::message::{Channel, NoticeKind, NoticeState, Recipient};
use relais_domain::shared::ids::NoticeId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{notice, sandbox_mail};

pub use saying::{Saying, TellThePerson, Told, told};

/// Who is told of what, how, and whether it left. It never names an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Notice)]
pub struct NoticeView {
    /// Its id.
    pub id: NoticeId,
    /// What it is about.
    #[schema(value_type = NoticeKind)]
    pub kind: String,
    /// In which part the recipient is told: `receiver`, `sender`, `adviser`, `outside_adviser`, `person`, `moderator`,
    /// `claimant` (who claims or retrieves it) or `lead` (of the receiver's unit).
    #[schema(value_type = Recipient)]
    pub recipient: String,
    /// How: `mail`, `tell_the_person` (a task of the sender) or `in_app`.
    #[schema(value_type = Channel)]
    pub channel: String,
    /// `pending` (waits for the mail server), `collected` (waits for a daily summary), `sent`, `shown` (inside the
    /// application), `failed`, `dropped` (lost its meaning before it left).
    #[schema(value_type = NoticeState)]
    pub state: String,
    /// Why it failed or was dropped.
    pub error_code: Option<String>,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// When it left.
    pub sent_at: Option<DateTime<Utc>>,
}

impl From<notice::Model> for NoticeView {
    fn from(row: notice::Model) -> Self {
        let notice::Model {
            id,
            kind,
            recipient,
            channel,
            organisation_id: _,
            referral_id: _,
            message_id: _,
            user_id: _,
            state,
            error_code,
            created_at,
            sent_at,
            other_referral_id: _,
            other_organisation_id: _,
        } = row;
        Self { id, kind, recipient, channel, state, error_code, created_at, sent_at }
    }
}

/// A notice that did not reach whom it was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UndeliveredNotice)]
pub struct UndeliveredView {
    /// What it is about.
    #[schema(value_type = NoticeKind)]
    pub kind: String,
    /// In which part the recipient is told.
    #[schema(value_type = Recipient)]
    pub recipient: String,
    /// Why: `bounced` (the recipient's mail system sent it back), `no_address`, `mail_refused`, or another code of the mail
    /// server.
    #[schema(example = "bounced")]
    pub error_code: Option<String>,
}

impl From<notice::Model> for UndeliveredView {
    fn from(row: notice::Model) -> Self {
        Self { kind: row.kind, recipient: row.recipient, error_code: row.error_code }
    }
}

/// A mail that the sandbox kept instead of sending it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SandboxMail)]
pub struct KeptMailView {
    /// Its id.
    pub id: Uuid,
    /// When it would have left; business time.
    pub at: DateTime<Utc>,
    /// What it is about: the kind of notice.
    #[schema(value_type = NoticeKind)]
    pub kind: String,
    /// In which part the recipient is told.
    #[schema(value_type = Recipient)]
    pub recipient: String,
    /// The address.
    #[schema(example = "accueil@structure.example")]
    pub to: String,
    /// Whom an answer would go to.
    pub reply_to: Option<String>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl From<sandbox_mail::Model> for KeptMailView {
    fn from(row: sandbox_mail::Model) -> Self {
        let sandbox_mail::Model { id, message_id: _, kind, recipient, address, reply_to, subject, text, html, created_at } = row;
        Self { id, at: created_at, kind, recipient, to: address, reply_to, subject, text, html }
    }
}
