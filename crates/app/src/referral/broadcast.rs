//! One need sent to several services at once: one leg each, and the first acceptance ends the others.

use relais_domain::access::{Permission, Resource};
use relais_domain::person::ConsentPurpose;
use relais_domain::referral::{Act, OverrideReason};
use relais_domain::shared::Blocker;
use relais_domain::shared::ids::{NeedId, ReferralId, ServiceId};
use relais_persistence::Tx;
use relais_persistence::document::read::attached;
use relais_persistence::referral::read::{self as legs, Filter};
use relais_persistence::referral::view::ReferralLine;
use relais_persistence::referral::write::{self, Locked};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{Outcome, SendFacts, missing_permission, note_refusal, party_of, possible, send_context, settle, visible};
use super::moderation::warnings_of;
use super::reactions;
use super::read::lines_of;
use super::send::{SendCommand, Sender, facts, judged, keep_consent};
use super::terms::Terms;
use crate::{App, Caller, Done, Refusal, directory, document, effect};

/// How many services one need may be sent to.
const MOST: usize = 10;

/// A draft, and the services that it is to be sent to.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BroadcastCommand {
    /// The draft; it becomes the leg of the first service.
    pub draft_id: ReferralId,
    /// The services.
    #[schema(min_items = 1, max_items = 10)]
    pub service_ids: Vec<ServiceId>,
    /// Why it is sent although the person does not meet what a service asks.
    #[serde(default)]
    pub override_reason: Option<OverrideReason>,
    /// The sender knows of the probable duplicate.
    #[serde(default)]
    pub accept_duplicate: bool,
}

/// One need at several services.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Broadcast)]
pub struct BroadcastView {
    /// The need that its legs share.
    pub id: NeedId,
    /// Its version: that of its legs, added up.
    pub version: i32,
    /// The leg of each service that speaks for its chain, in the order of sending.
    pub items: Vec<ReferralLine>,
}

/// Sends a draft to each of some services. All of them are sent, or none is.
///
/// # Errors
/// As sending, each blocker under the place of its service; `too_many`, `duplicate_code`, `unknown_reference` (422).
pub async fn broadcast(app: &App, caller: &Caller, command: BroadcastCommand) -> Result<Done, Refusal> {
    caller.may(Resource::Referral, Permission::ReferralsSend)?;
    let twice = |index: usize, id: &ServiceId| command.service_ids.iter().take(index).any(|earlier| earlier == id);
    if let Some(index) = command.service_ids.iter().enumerate().position(|(index, id)| twice(index, id)) {
        return Err(Refusal::invalid("duplicate_code", format!("/service_ids/{index}")));
    }
    if command.service_ids.is_empty() || command.service_ids.len() > MOST {
        return Err(Refusal::invalid("too_many", "/service_ids"));
    }
    let done = effect(app, caller, async |tx| {
        let sender = Sender::held(tx, caller).await?;
        let draft = match visible(tx, caller, command.draft_id).await {
            Err(Refusal::NotFound) => return Err(Refusal::unknown_reference("/draft_id")),
            other => other?,
        };
        if let Some(blocker) = missing_permission(caller, &draft, Act::Send) {
            return Err(Refusal::Blocked { blockers: vec![blocker], allowed: possible(tx, app, caller, &draft).await? });
        }
        let mut refused = Vec::new();
        for (index, service) in command.service_ids.iter().enumerate() {
            match send_to(app, caller, tx, (&draft, sender), (index, *service), &command).await {
                Err(Refusal::Blocked { blockers, .. }) => refused.extend(blockers.into_iter().map(|blocker| placed(blocker, index))),
                other => other?,
            }
        }
        if !refused.is_empty() {
            return Err(Refusal::Blocked { blockers: refused, allowed: possible(tx, app, caller, &draft).await? });
        }
        write::unfile(tx, command.draft_id, draft.leg.sender_organisation_id).await?;
        Ok(Done::created(draft.leg.need_id.0))
    })
    .await;
    note_refusal(app, caller, command.draft_id, &done).await?;
    done
}

/// A blocker under the place of its service.
fn placed(blocker: Blocker, index: usize) -> Blocker {
    let inner = blocker.pointer.clone().unwrap_or_default();
    blocker.at(format!("/service_ids/{index}{inner}"))
}

/// Sends the draft itself to the first service, and a leg like it to each other.
async fn send_to(
    app: &App,
    caller: &Caller,
    tx: &mut Tx,
    (draft, sender): (&Locked, Sender),
    (index, service): (usize, ServiceId),
    command: &BroadcastCommand,
) -> Result<(), Refusal> {
    let now = tx.ctx().now;
    let offer = directory::known_offer_in(tx, service, None).await?.ok_or_else(|| Refusal::unknown_reference(""))?;
    let id = if index == 0 { draft.leg.id } else { tx.ctx().fresh() };
    let leg = draft.leg.clone().addressed_to(id, &offer, now);
    let locked = Locked { row: draft.row.clone(), leg, assignment: None };
    let terms = Terms::of_leg(app, tx, &locked.leg).await?;
    // The files are those of the draft, whichever leg takes them along.
    let documents = attached(tx, draft.leg.id).await?;
    let known = SendFacts { documents, ..facts(tx, caller, &locked, sender).await? };
    let eligibility = judged(app, &locked.leg, Some(&offer), terms.zone, now);
    let said = SendCommand { override_reason: command.override_reason.clone(), accept_duplicate: command.accept_duplicate };
    let context = send_context(&terms, Some(&offer), eligibility.as_ref(), &known, &said);
    let mut change = locked.leg.clone().send(party_of(caller, &draft.leg, Act::Send), &context, now)?;
    change.referral.warnings = warnings_of(tx, caller, &change.referral, now).await?;
    if index == 0 {
        keep_consent(tx, &change.referral, ConsentPurpose::Broadcast).await?;
        return settle(app, caller, tx, draft, "broadcast", Outcome::from(change)).await;
    }
    write::add(tx, change.referral.clone(), "broadcast").await?;
    let files: Vec<_> = known.documents.iter().map(|file| file.id.0).collect();
    document::pass_on(tx, &draft.leg, &change.referral, &files).await?;
    keep_consent(tx, &change.referral, ConsentPurpose::Broadcast).await?;
    reactions::follow(app, tx, None, &change).await
}

/// The legs of a need that the caller sent.
///
/// # Errors
/// 403 without `referrals:read`; 404 when none is visible.
pub async fn read_broadcast(app: &App, caller: &Caller, id: NeedId) -> Result<BroadcastView, Refusal> {
    read_broadcast_unless(app, caller, id, |_| false).await
}

/// As [`read_broadcast`]. Nothing is noted when the caller has this very view already.
///
/// # Errors
/// As [`read_broadcast`].
pub async fn read_broadcast_unless(
    app: &App,
    caller: &Caller,
    id: NeedId,
    known: impl Fn(&BroadcastView) -> bool,
) -> Result<BroadcastView, Refusal> {
    let rule = caller.may(Resource::Referral, Permission::ReferralsRead)?;
    let filter = Filter { need: Some(id), sent_by_me: Some(true), ..Filter::default() };
    let rows = legs::page(&app.db, &rule, super::read::reader(caller), &filter, None, 200).await?;
    if rows.is_empty() {
        return Err(Refusal::NotFound);
    }
    let of = |mut items: Vec<ReferralLine>| {
        items.reverse();
        BroadcastView { id, version: items.iter().map(|line| line.version).sum(), items }
    };
    let me = super::read::reader(caller).organisation;
    let view = of(rows.iter().cloned().map(|row| row.line(me, app.clock.now())).collect());
    if known(&view) { Ok(view) } else { Ok(of(lines_of(app, caller, rows).await?)) }
}
