//! A claim on a file whose holder has the person in charge: it waits, and ends by moving, by an objection, or by lapsing.

use relais_domain::access::{Permission, Resource};
use relais_domain::message::NoticeKind;
use relais_domain::referral::{Party, Referral, RetrievalReason, RetrievalState, blockers_to_object, blockers_to_retrieve, objection_ends};
use relais_domain::shared::ids::{BookletId, OrganisationId, RetrievalId};
use relais_domain::shared::{Blocked, Blocker, PersonName};
use relais_persistence::platform::job::{self, Job};
use relais_persistence::referral::entity::retrieval::{Entity, Model};
use relais_persistence::referral::write::{self, Locked};
use relais_persistence::{Failure, NewJob, Tx};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::super::hand_over::Target;
use super::super::reactions;
use super::super::terms::Terms;
use super::{RetrievalCreate, asked, handles, is_protected, moved};
use crate::message::notify::About;
use crate::{App, Caller, Done, Refusal, claim, effect};

/// The kind of job that moves a file when its holder has not objected.
pub const CLAIM_JOB: &str = "retrieval_claim";
const CLAIM_PRIORITY: i32 = 20;

/// Why the holder keeps the person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectToRetrieval {
    /// The reason; the structure that asked reads it.
    pub reason: RetrievalReason,
}

/// The holder has the person in charge: it is told, and has time to object.
pub(super) async fn claim(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    found: (BookletId, &Locked),
    (me, command): (OrganisationId, &RetrievalCreate),
) -> Result<RetrievalId, Refusal> {
    let (_, locked) = found;
    let terms = Terms::of_leg(app, tx, &locked.leg).await?;
    let due = objection_ends(tx.ctx().now, &terms.clocks.calendar, &terms.zone);
    let row = Model { due_at: Some(due), ..asked(tx, caller, found, command)? };
    let (id, holder) = (row.id, row.holder_organisation_id);
    tx.create::<Entity>(row, "claim").await?;
    tx.event("retrieval_claimed", "retrieval", id.0, Some(holder));
    let payload = json!({"retrieval_id": id});
    tx.enqueue(NewJob { kind: CLAIM_JOB, unique_key: Some(key(id)), payload, priority: CLAIM_PRIORITY, run_at: due });
    reactions::tell(tx, &locked.leg, NoticeKind::Claimed, About::claimant(me)).await?;
    Ok(id)
}

fn key(id: RetrievalId) -> String {
    format!("retrieval:{id}")
}

/// Saves how a claim ended.
pub(super) async fn decide(tx: &mut Tx, before: &Model, after: Model) -> Result<(), Refusal> {
    let now = tx.ctx().now;
    let (act, event) = match after.state {
        RetrievalState::Moved => ("moved", "retrieval_moved"),
        RetrievalState::Objected => ("object", "retrieval_objected"),
        RetrievalState::Claimed | RetrievalState::Lapsed => ("lapsed", "retrieval_lapsed"),
    };
    tx.save::<Entity>(before, Model { decided_at: Some(now), updated_at: now, ..after }, act).await?;
    tx.event(event, "retrieval", before.id.0, Some(before.claimant_organisation_id));
    Ok(job::cancel(tx, vec![key(before.id)]).await?)
}

/// The claim has nothing left to ask for: who claimed, the holder, the sender and the adviser are told.
///
/// # Errors
/// As any write.
pub(super) async fn lapse(tx: &mut Tx, leg: &Referral, claim: &Model) -> Result<(), Refusal> {
    decide(tx, claim, Model { state: RetrievalState::Lapsed, ..claim.clone() }).await?;
    reactions::tell(tx, leg, NoticeKind::ClaimLapsed, About::claimant(claim.claimant_organisation_id)).await
}

#[derive(Deserialize)]
struct DueClaim {
    retrieval_id: RetrievalId,
}

/// The time to object is over: the file moves, unless the leg went another way meanwhile. It may run twice or on two nodes: the
/// claim's state decides, under the lock of the leg.
///
/// # Errors
/// As any write; the job is then tried again.
pub async fn claim_due(app: &App, job: &Job) -> Result<(), Refusal> {
    let due: DueClaim = serde_json::from_value(job.payload.clone()).map_err(|error| Refusal::Failed(error.to_string()))?;
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    match write::retrieval_in(&tx, due.retrieval_id).await {
        Err(Failure::Missing) => {}
        Err(other) => return Err(other.into()),
        Ok(known) => {
            let locked = write::lock(&tx, known.referral_id).await?;
            let claim = write::lock_retrieval(&tx, known.id).await?;
            if claim.state == RetrievalState::Claimed && claim.due_at.is_some_and(|at| at <= tx.ctx().now) {
                settle_claim(app, &mut tx, &locked, &claim).await?;
            }
        }
    }
    Ok(tx.commit().await?)
}

async fn settle_claim(app: &App, tx: &mut Tx, locked: &Locked, claim: &Model) -> Result<(), Refusal> {
    let (leg, claimant) = (&locked.leg, claim.claimant_organisation_id);
    let name = leg.form.person.family_name.as_ref().map(PersonName::as_str).unwrap_or_default();
    let held = leg.receiver_organisation_id == Some(claim.holder_organisation_id);
    let elsewhere = write::holders(tx, leg.need_id, leg.id).await?;
    let free = leg.retrieved_by(claimant, name, is_protected(tx, leg).await?, true).is_some() && !leg.is_closed_to(claimant, &elsewhere);
    let organisation = claim.service_id.is_none().then_some(claimant);
    let target = match Target::find(tx, claimant, claim.service_id, organisation).await {
        Ok(target) => Some(target).filter(|target| blockers_to_retrieve(&target.offer, None).is_empty()),
        Err(Refusal::Blocked { .. }) => None,
        Err(other) => return Err(other),
    };
    match target.filter(|target| held && free && target.offer.organisation_id == claimant) {
        Some(target) => {
            let next = moved(app, tx, locked, &target, (false, claim.take_in_charge)).await?;
            decide(tx, claim, Model { state: RetrievalState::Moved, next_referral_id: Some(next), ..claim.clone() }).await
        }
        None => lapse(tx, leg, claim).await,
    }
}

/// The holder keeps the person, with a reason that the structure that asked reads.
///
/// # Errors
/// 404; 403 `not_the_receiver`, `permission_missing`; 409 `claim_closed`; 412; 422 `forbidden_identifier`, `markup_not_allowed`.
pub async fn object_to_retrieval(app: &App, caller: &Caller, id: RetrievalId, command: &ObjectToRetrieval) -> Result<Done, Refusal> {
    let me = handles(caller)?;
    effect(app, caller, async |tx| {
        let known = write::retrieval_in(tx, id).await?;
        let locked = write::lock(tx, known.referral_id).await?;
        let seen = caller.policy.rule(Resource::Referral, Permission::ReferralsRead).decide(&locked).is_some();
        let holds = known.holder_organisation_id == me && seen;
        if !holds && known.claimant_organisation_id != me {
            return Err(Refusal::NotFound);
        }
        if holds && caller.policy.rule(Resource::Referral, Permission::ReferralsHandle).decide(&locked).is_none() {
            let missing = Blocker::permission("permission_missing").with("permission", Permission::ReferralsHandle.code());
            return Err(Blocked::from(missing).into());
        }
        let before = write::lock_retrieval(tx, id).await?;
        let now = tx.ctx().now;
        let party = if holds { Party::Receiver } else { Party::Sender };
        let blockers = blockers_to_object(before.state, before.due_at, &command.reason, party, now);
        caller.judged(before.version, Blocked::unless_empty(blockers))?;
        let objection = Some(command.reason.clone());
        decide(tx, &before, Model { state: RetrievalState::Objected, objection, ..before.clone() }).await?;
        reactions::tell(tx, &locked.leg, NoticeKind::ClaimObjected, About::claimant(before.claimant_organisation_id)).await?;
        Ok(Done::changed(id))
    })
    .await
}
