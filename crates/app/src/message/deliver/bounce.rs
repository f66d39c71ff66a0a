//! What did not arrive: the notice says so, and the sender has a task.

use relais_domain::access::{Permission, Resource};
use relais_domain::message::{Notice, Recipient};
use relais_domain::shared::ids::NoticeId;
use relais_domain::task::TaskKind;
use relais_persistence::Tx;
use relais_persistence::message::write::{self, NoticeRow};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::message::notify;
use crate::{App, Caller, Done, Refusal, effect};

/// A mail that a mail system sent back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BounceReport {
    /// The `Message-ID` of the mail, with or without its angle brackets.
    #[schema(min_length = 1, max_length = 300, example = "<01890a5d-ac96-774b-bcce-b302099a8057.contact@relais.example.org>")]
    pub message_id: String,
}

/// The notice that a message id names: it begins with the notice's own id.
fn notice_of(message_id: &str) -> Option<NoticeId> {
    let bare = message_id.trim().trim_start_matches('<');
    let (id, _) = bare.split_once('.')?;
    id.parse::<Uuid>().ok().map(NoticeId)
}

/// Takes note that a mail came back. A message id that names no notice changes nothing: mail systems report what they have.
///
/// # Errors
/// 403 `permission_missing`.
pub async fn bounced(app: &App, caller: &Caller, report: &BounceReport) -> Result<Done, Refusal> {
    caller.may(Resource::Organisation, Permission::JobsWrite)?;
    effect(app, caller, async |tx| {
        let Some(id) = notice_of(&report.message_id) else { return Ok(Done::gone(Uuid::nil())) };
        // The id is that of one notice, or of a summary: with it everything that it told came back.
        for notice in [vec![id], write::told_in(tx, id).await?].concat() {
            if let Some(row) = write::bounce(tx, notice).await? {
                undelivered(tx, &row).await?;
            }
        }
        Ok(Done::gone(id.0))
    })
    .await
}

/// Makes or extends the sender's task: a notice about one of its referrals reached nobody.
pub(super) async fn undelivered(tx: &mut Tx, row: &NoticeRow) -> Result<(), Refusal> {
    let (Some(referral), Ok(kind), Ok(recipient), Ok(channel)) =
        (row.referral_id, row.kind.parse(), row.recipient.parse::<Recipient>(), row.channel.parse())
    else {
        return Ok(());
    };
    if !recipient.concerns_the_sender() {
        return Ok(());
    }
    if let Some(sender) = write::sender_of(tx, referral).await? {
        notify::task(tx, sender, referral, TaskKind::Undelivered.code(), Some((row.id, Notice { kind, recipient, channel }))).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_names_its_notice() {
        let id = Uuid::from_u128(7);
        for written in [format!("<{id}.user-3@relais.example>"), format!(" {id}.contact@relais.example")] {
            assert_eq!(notice_of(&written), Some(NoticeId(id)), "{written}");
        }
        for foreign in ["", "<20260101.abc@elsewhere.example>", "<@>", "no-dot"] {
            assert_eq!(notice_of(foreign), None, "{foreign}");
        }
    }
}
