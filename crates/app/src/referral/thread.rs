//! The thread of a referral.

use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::identity::Actor;
use relais_domain::message::{NoticeKind, Recipient};
use relais_domain::referral::{Act, MessageBody, MessageCommand, MessageKind, Party, Referral};
use relais_domain::shared::ids::{MessageId, OrganisationId, ReferralId};
use relais_persistence::message::entity::message;
use relais_persistence::referral::read as legs;
use relais_persistence::referral::view::MessageView;
use relais_persistence::{Failure, Tx};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::act::{missing_permission, note_refusal, party_of, possible, visible};
use super::reactions;
use super::read::{reader, shows_content};
use crate::message::notify::{self, About};
use crate::{App, Caller, Done, Page, PageRequest, Refusal, access_journal, effect, person};

/// A message to write.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// An ordinary message, or the person's wish to stop.
    #[serde(default = "ordinary")]
    #[schema(default = "message")]
    pub kind: MessageKind,
    /// The text.
    pub body: MessageBody,
    /// Who gets a copy by mail, among `receiver`, `sender`, `adviser` and `person`; by default the other side.
    #[serde(default)]
    #[schema(max_items = 4)]
    pub to: Vec<Recipient>,
}

const fn ordinary() -> MessageKind {
    MessageKind::Message
}

const MAY_CHOOSE: &[Recipient] = &[Recipient::Receiver, Recipient::Sender, Recipient::Adviser, Recipient::Person];

/// Writes into the thread. It moves no version.
///
/// # Errors
/// `not_sent`, `not_open`, `not_accepted`, `no_receiver` (409); `unknown_code` (422) for a recipient that cannot be chosen.
pub async fn write_message(app: &App, caller: &Caller, id: ReferralId, new: NewMessage) -> Result<Done, Refusal> {
    if let Some(index) = new.to.iter().position(|recipient| !MAY_CHOOSE.contains(recipient)) {
        return Err(Refusal::invalid("unknown_code", format!("/to/{index}")));
    }
    let done = effect(app, caller, async |tx| {
        let locked = visible(tx, caller, id).await?;
        if let Some(blocker) = missing_permission(caller, &locked, Act::Message) {
            return Err(Refusal::Blocked { blockers: vec![blocker], allowed: possible(tx, app, caller, &locked).await? });
        }
        let party = party_of(caller, &locked.leg, Act::Message);
        let command = MessageCommand { kind: new.kind, body: new.body.clone() };
        let change = match locked.leg.clone().message(&command, party).map_err(Refusal::from) {
            Ok(done) => done,
            Err(refusal) => return Err(refusal.naming(possible(tx, app, caller, &locked).await?)),
        };
        let to = if new.to.is_empty() {
            vec![if party == Party::Sender { Recipient::Receiver } else { Recipient::Sender }]
        } else {
            new.to.clone()
        };
        let (message, author) = keep(tx, caller, &locked.leg, party, &command, &to).await?;
        person::written(tx, &locked.leg, author).await?;
        reactions::follow(app, tx, Some(&locked.leg), &change).await?;
        notify::referral(tx, &change.referral, NoticeKind::Message, About { message: Some(message), message_to: to, ..About::default() })
            .await?;
        if new.kind == MessageKind::PersonWishesToStop
            && let Some(receiver) = locked.leg.receiver_organisation_id
        {
            notify::task(tx, receiver, id, MessageKind::PersonWishesToStop.code(), None).await?;
        }
        Ok(Done::created(message.0))
    })
    .await;
    note_refusal(app, caller, id, &done).await?;
    done
}

async fn keep(
    tx: &mut Tx,
    caller: &Caller,
    leg: &Referral,
    party: Party,
    command: &MessageCommand,
    to: &[Recipient],
) -> Result<(MessageId, OrganisationId), Refusal> {
    let organisation = if party == Party::Sender {
        leg.sender_organisation_id
    } else {
        leg.receiver_organisation_id.unwrap_or(leg.sender_organisation_id)
    };
    let author_name = author(tx, caller.actor, organisation).await?;
    let row = message::Model {
        id: tx.ctx().fresh(),
        referral_id: leg.id,
        organisation_id: organisation,
        author_kind: caller.actor.kind().to_owned(),
        author_id: caller.actor.id(),
        author_name,
        kind: command.kind.code().to_owned(),
        body: command.body.as_str().to_owned(),
        recipients: json!(to),
        created_at: tx.ctx().now,
    };
    let id = row.id;
    tx.create::<message::Entity>(row, "write").await?;
    Ok((id, organisation))
}

/// The user's name, else the organisation's.
async fn author(tx: &Tx, actor: Actor, organisation: OrganisationId) -> Result<String, Refusal> {
    Ok(relais_persistence::identity::names::display_name(tx, actor.user(), organisation).await?)
}

/// What of a leg is open to a caller who may read its thread.
async fn thread_of(app: &App, caller: &Caller, id: ReferralId) -> Result<Mask, Refusal> {
    let read = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let open = legs::mask(&app.db, &read, reader(caller), id).await?;
    let rule = caller.may(Resource::Referral, Permission::ReferralsMessage)?;
    let reached = match legs::mask(&app.db, &rule, reader(caller), id).await {
        Err(Failure::Missing) => return Err(Refusal::Forbidden(Permission::ReferralsMessage)),
        reached => reached?,
    };
    // What is written there is content: whoever sees no more than that the leg exists is told why when the person took the consent back.
    if !shows_content(reached) && legs::consent_withdrawn(&app.db, id).await? {
        return Err(Refusal::Conflict("consent_withdrawn"));
    }
    // It may hold anything of the person's situation: it is for those who may read that.
    let read_and_written = open.intersection(reached).contains(Category::Social);
    if read_and_written { Ok(open) } else { Err(Refusal::Forbidden(Permission::ReferralsMessage)) }
}

/// One page of the thread, oldest first.
///
/// # Errors
/// 404 when the referral is not visible; 403 without `referrals:message` on it; `consent_withdrawn` (409) for the receiver after
/// the person took the consent back.
pub async fn messages(app: &App, caller: &Caller, id: ReferralId, page: PageRequest) -> Result<Page<MessageView>, Refusal> {
    let open = thread_of(app, caller, id).await?;
    let after = page.after(app, caller)?;
    let found = legs::messages(&app.db, id, after, page.limit).await?;
    access_journal::shown(app, caller, "referral", vec![id.0], open).await?;
    let count = if page.count { Some(legs::count_messages(&app.db, id).await?) } else { None };
    Ok(page.page(app, caller, found, |message| (message.created_at, message.id.0))?.counted(count))
}

/// One message of the thread.
///
/// # Errors
/// As [`messages`]; 404 for a message of another thread.
pub async fn message(app: &App, caller: &Caller, id: ReferralId, message: MessageId) -> Result<MessageView, Refusal> {
    let open = thread_of(app, caller, id).await?;
    let found = legs::message(&app.db, id, message).await?;
    access_journal::shown(app, caller, "referral", vec![id.0], open).await?;
    Ok(found)
}
