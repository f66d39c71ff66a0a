//! Retrieval: a person stands at my counter with a booklet, and the file is at another structure.
//!
//! Whoever asks must not learn more than that the file comes, or that it does not: every failure has one answer, after one time, and
//! tries are counted over all nodes.

mod claim;
mod list;

use std::cell::Cell;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use relais_domain::access::{Permission, Resource};
use relais_domain::document::DocumentState;
use relais_domain::referral::{
    AcceptCommand, BookletNumber, Context, Kind, Party, Referral, RetrievalReason, RetrievalState, TRIES_A_DAY, TRIES_AN_HOUR, Way,
    blockers_to_retrieve,
};
use relais_domain::shared::ids::{BookletId, OrganisationId, ReferralId, RetrievalId, ServiceId};
use relais_domain::shared::{Blocked, PersonName};
use relais_persistence::Tx;
use relais_persistence::document::read::attached;
use relais_persistence::referral::entity::retrieval::{Entity, Model};
use relais_persistence::referral::write::{self, Locked};
use serde::Deserialize;
use tokio::time::sleep;
use utoipa::ToSchema;

use super::hand_over::{Target, Words, hand_over};
use super::reactions;
use super::terms::Terms;
use crate::{App, Caller, Done, Refusal, access_journal, budget, effect};

pub use claim::{CLAIM_JOB, ObjectToRetrieval, claim_due, object_to_retrieval};
pub use list::{RetrievalPart, RetrievalQuery, list_retrievals, read_retrieval, read_retrieval_unless};

use claim::{claim, decide, lapse};

/// A failure is answered after a whole number of these, counted from the request: what was looked at does not show.
const BEAT: Duration = Duration::from_millis(400);

/// Who is at the counter, and with which booklet.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetrievalCreate {
    /// The person's family name; case, accents, hyphens and spaces do not count.
    pub family_name: PersonName,
    /// The number on the booklet.
    pub booklet_number: BookletNumber,
    /// Take the person in charge as soon as the file is here.
    #[serde(default)]
    pub take_in_charge: bool,
    /// The service of my organisation to which the person came.
    #[serde(default)]
    pub service_id: Option<ServiceId>,
    /// It cannot wait until the holder, who has the person in charge, has had time to object.
    #[serde(default)]
    pub urgent: Option<UrgentRetrieval>,
}

/// Why it cannot wait.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgentRetrieval {
    /// The reason; the holder and its lead read it.
    pub reason: RetrievalReason,
}

/// Who handles referrals of a verified organisation.
fn handles(caller: &Caller) -> Result<OrganisationId, Refusal> {
    if caller.acting_for.as_ref().is_some_and(|acting| !acting.verified) {
        return Err(Refusal::Barred("organisation_unverified"));
    }
    caller.may(Resource::Referral, Permission::ReferralsHandle)?;
    caller.organisation()
}

/// Counts a try, of the account and of its organisation, whatever becomes of it.
async fn spend(app: &App, caller: &Caller, organisation: OrganisationId) -> Result<(), Refusal> {
    let budgets = [
        ("retrieval_user", caller.account_key(), TRIES_AN_HOUR, TimeDelta::hours(1)),
        ("retrieval_organisation", organisation.to_string(), TRIES_A_DAY, TimeDelta::days(1)),
    ];
    budget::spend(app, caller, budgets).await
}

/// Asks for the file of a person who came with a booklet. From a structure that has not taken the person in charge it comes at once;
/// from one that has, when it has not objected within two working days, or at once when it is urgent.
///
/// # Errors
/// 404 `not_retrievable` for every failure alike; 429; 403 without `referrals:handle`, `organisation_unverified`; of one's own
/// service or organisation `unknown_reference`, `not_own_service` (422), `service_not_published`, `service_suspended`,
/// `form_disabled`, `no_contact_email` (409); `forbidden_identifier`, `markup_not_allowed` on `/urgent/reason` (422).
pub async fn retrieve(app: &App, caller: &Caller, command: &RetrievalCreate) -> Result<Done, Refusal> {
    let me = handles(caller)?;
    spend(app, caller, me).await?;
    let begun = Instant::now();
    let seen: Cell<Option<Found>> = Cell::new(None);
    let done = effect(app, caller, async |tx| {
        let target = own_target(tx, me, command).await?;
        let Some((booklet, locked, way)) = find(tx, me, command, &seen).await? else {
            return Err(Refusal::Missing("not_retrievable"));
        };
        let id = if way == Way::Claim {
            claim(app, tx, caller, (booklet, &locked), (me, command)).await?
        } else {
            fetch(app, tx, caller, (booklet, &locked), (&target, way, command)).await?
        };
        Ok(Done::created(id))
    })
    .await;
    if done == Err(Refusal::Missing("not_retrievable")) {
        // The holder's journal says who tried. In the claimant's it would say that the file is there, or with whom it is not.
        if let Some(Found { leg, holder }) = seen.get().filter(|found| found.holder != Some(me)) {
            access_journal::refused_at(app, caller, holder, "referral", leg.0).await?;
        }
        let beats = begun.elapsed().as_millis() / BEAT.as_millis() + 1;
        sleep((BEAT * u32::try_from(beats).unwrap_or(1)).saturating_sub(begun.elapsed())).await;
    }
    done
}

/// A leg that was there and is not shown, and who holds it.
#[derive(Clone, Copy)]
struct Found {
    leg: ReferralId,
    holder: Option<OrganisationId>,
}

impl Found {
    const fn of(leg: &Referral) -> Self {
        Self { leg: leg.id, holder: leg.receiver_organisation_id }
    }
}

/// Where the file would come to. What is wrong with it is said before anything is looked for.
async fn own_target(tx: &Tx, me: OrganisationId, command: &RetrievalCreate) -> Result<Target, Refusal> {
    let organisation = command.service_id.is_none().then_some(me);
    let target = Target::find(tx, me, command.service_id, organisation).await?;
    if target.offer.organisation_id != me {
        return Err(Refusal::invalid("not_own_service", "/service_id"));
    }
    let reason = command.urgent.as_ref().map(|urgent| &urgent.reason);
    Blocked::unless_empty(blockers_to_retrieve(&target.offer, reason))?;
    Ok(target)
}

/// The open leg that an organisation may fetch, under its lock; `seen` keeps a leg that was there and was refused.
async fn find(
    tx: &Tx,
    me: OrganisationId,
    command: &RetrievalCreate,
    seen: &Cell<Option<Found>>,
) -> Result<Option<(BookletId, Locked, Way)>, Refusal> {
    let (name, urgent) = (command.family_name.as_str(), command.urgent.is_some());
    let carried = write::legs_carrying(tx, &command.booklet_number).await?;
    seen.set(carried.first().map(|(_, leg)| Found::of(leg)));
    let fits = carried.iter().find(|(_, leg)| leg.retrieved_by(me, name, false, urgent).is_some());
    let Some((booklet, leg)) = fits else { return Ok(None) };
    seen.set(Some(Found::of(leg)));
    let locked = write::lock(tx, leg.id).await?;
    let Some(way) = locked.leg.retrieved_by(me, name, is_protected(tx, &locked.leg).await?, urgent) else { return Ok(None) };
    let waits = write::open_claim(tx, leg.id).await?.is_some();
    let elsewhere = write::holders(tx, locked.leg.need_id, locked.leg.id).await?;
    let refused = (waits && way == Way::Claim) || locked.leg.is_closed_to(me, &elsewhere);
    Ok((!refused).then_some((*booklet, locked, way)))
}

/// Whether a record of the person, whoever keeps it, says that they are never found.
async fn is_protected(tx: &Tx, leg: &Referral) -> Result<bool, Refusal> {
    Ok(write::has_protected_record(tx, leg).await?)
}

/// The row of a retrieval that was asked for now.
fn asked(tx: &Tx, caller: &Caller, (booklet_id, holder): (BookletId, &Locked), command: &RetrievalCreate) -> Result<Model, Refusal> {
    let now = tx.ctx().now;
    Ok(Model {
        id: tx.ctx().fresh(),
        booklet_id,
        referral_id: holder.leg.id,
        next_referral_id: None,
        holder_organisation_id: holder.leg.receiver_organisation_id.ok_or(Refusal::Missing("not_retrievable"))?,
        claimant_organisation_id: caller.organisation()?,
        claimed_by: caller.actor.user(),
        service_id: command.service_id,
        take_in_charge: command.take_in_charge,
        state: RetrievalState::Claimed,
        urgent_reason: command.urgent.as_ref().map(|urgent| urgent.reason.clone()),
        objection: None,
        due_at: None,
        decided_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    })
}

/// The file moves now.
async fn fetch(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    found: (BookletId, &Locked),
    (target, way, command): (&Target, Way, &RetrievalCreate),
) -> Result<RetrievalId, Refusal> {
    let (_, locked) = found;
    if let Some(waiting) = write::open_claim(tx, locked.leg.id).await? {
        if waiting.claimant_organisation_id == target.offer.organisation_id {
            // Whoever could not wait has the file now, and is told so.
            decide(tx, &waiting, Model { state: RetrievalState::Lapsed, ..waiting.clone() }).await?;
        } else {
            lapse(tx, &locked.leg, &waiting).await?;
        }
    }
    let row = asked(tx, caller, found, command)?;
    let next = moved(app, tx, locked, target, (way == Way::Urgent, command.take_in_charge)).await?;
    let now = tx.ctx().now;
    let row = Model { state: RetrievalState::Moved, next_referral_id: Some(next), decided_at: Some(now), ..row };
    let (id, claimant) = (row.id, row.claimant_organisation_id);
    tx.create::<Entity>(row, "retrieve").await?;
    tx.event("retrieval_moved", "retrieval", id.0, Some(claimant));
    Ok(id)
}

/// Hands the person over to the structure that asked, and takes them in charge there when that was asked for too.
async fn moved(
    app: &App,
    tx: &mut Tx,
    locked: &Locked,
    target: &Target,
    (tell_leads, take_in_charge): (bool, bool),
) -> Result<ReferralId, Refusal> {
    let now = tx.ctx().now;
    let holders = Terms::of_leg(app, tx, &locked.leg).await?;
    // The person stands at the counter: coming there with the booklet is the agreement.
    let documents = attached(tx, locked.leg.id).await?.into_iter().filter(|file| file.state == DocumentState::Clean);
    let documents = documents.map(|file| file.id.0).collect();
    let words = Words { person_agreed: true, tell_leads, documents, ..Words::default() };
    let next =
        hand_over(app, tx, locked, target, (Kind::Retrieval, words), |leg, passing| leg.retrieve(passing, &holders.clocks, now)).await?;
    if take_in_charge {
        let arrived = write::lock(tx, next.id).await?;
        let taken = write::taken_elsewhere(tx, &arrived.leg).await?;
        let own = Terms::of_leg(app, tx, &arrived.leg).await?;
        let ctx = Context { taken, ..own.context(Party::Receiver) };
        // Where another structure has the person in charge for the same need, it waits like any other.
        if let Ok(change) = arrived.leg.clone().accept(AcceptCommand::default(), Some(&target.offer), &ctx, now) {
            write::save(tx, &arrived, change.referral.clone(), "accept", None).await?;
            reactions::follow(app, tx, Some(&arrived.leg), &change).await?;
        }
    }
    Ok(next.id)
}
