//! Retrieval: a person stands at my counter with a booklet, and the file is at another structure.
//!
//! Whoever asks must not learn more than that the file comes, or that it does not: every failure has one answer, after one time, and
//! tries are counted over all nodes.

use std::cell::Cell;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use relais_domain::access::{Permission, Resource};
use relais_domain::identity::Actor;
use relais_domain::message::NoticeKind;
use relais_domain::referral::{
    AcceptCommand, BookletNumber, Context, Kind, Party, Referral, RetrievalReason, RetrievalState, TRIES_A_DAY, TRIES_AN_HOUR, Way,
    blockers_to_object, blockers_to_retrieve, objection_ends,
};
use relais_domain::shared::ids::{BookletId, OrganisationId, ReferralId, RetrievalId, ServiceId};
use relais_domain::shared::{Blocked, Blocker, PersonName};
use relais_persistence::platform::budget;
use relais_persistence::platform::job::{self, Job};
use relais_persistence::referral::entity::retrieval::{Entity, Model};
use relais_persistence::referral::read::{self as rows, RetrievalFilter, RetrievalSide};
use relais_persistence::referral::view::RetrievalView;
use relais_persistence::referral::write::{self, Locked};
use relais_persistence::{Failure, NewJob, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::sleep;
use utoipa::{IntoParams, ToSchema};

use super::hand_over::{Target, Words, hand_over};
use super::reactions;
use super::read::reader;
use super::terms::Terms;
use crate::message::notify::About;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, access_journal, effect};

/// The kind of job that moves a file when its holder has not objected.
pub const CLAIM_JOB: &str = "retrieval_claim";
const CLAIM_PRIORITY: i32 = 20;
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

/// Why the holder keeps the person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectToRetrieval {
    /// The reason; the structure that asked reads it.
    pub reason: RetrievalReason,
}

relais_domain::choice! {
    /// From which side retrievals are looked at.
    pub enum RetrievalPart {
        /// What my organisation asked for.
        Claimant = "claimant",
        /// What others asked of my organisation.
        Holder = "holder",
    }
}

/// What a list of retrievals is narrowed to.
#[derive(Clone, Debug, Default, Deserialize, Serialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RetrievalQuery {
    /// Where they stand; repeat for several.
    #[param(max_items = 10)]
    pub state: Vec<RetrievalState>,
    /// `claimant` or `holder`; both when absent.
    #[param(inline)]
    pub part: Option<RetrievalPart>,
    /// How many at most, 1–200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Where the page before ended.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Also count, exactly up to 10 000.
    pub count: bool,
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
    if !app.settings.limits {
        return Ok(());
    }
    let ctx = app.ctx(caller);
    let budgets = [
        ("retrieval_user", caller.account_key(), TimeDelta::hours(1), TRIES_AN_HOUR),
        ("retrieval_organisation", organisation.to_string(), TimeDelta::days(1), TRIES_A_DAY),
    ];
    for (name, subject, period, most) in budgets {
        if budget::spend(&app.db, &ctx, name, &subject, period).await? > most {
            let left = budget::period_end(ctx.real_now, period) - ctx.real_now;
            return Err(Refusal::TooMany { retry_after: left.num_seconds().max(0) + 1 });
        }
    }
    Ok(())
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
    let seen = Cell::new(None);
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
        if let Some(leg) = seen.get() {
            access_journal::refused(app, caller, "referral", leg).await?;
        }
        let beats = begun.elapsed().as_millis() / BEAT.as_millis() + 1;
        sleep((BEAT * u32::try_from(beats).unwrap_or(1)).saturating_sub(begun.elapsed())).await;
    }
    done
}

/// Where the file would come to. What is wrong with it is said before anything is looked for.
async fn own_target(tx: &Tx, me: OrganisationId, command: &RetrievalCreate) -> Result<Target, Refusal> {
    let organisation = command.service_id.is_none().then_some(me);
    let target = Target::find(tx, command.service_id, organisation).await?;
    if target.offer.organisation_id != me {
        return Err(Refusal::invalid("not_own_service", "/service_id"));
    }
    let reason = command.urgent.as_ref().map(|urgent| &urgent.reason);
    Blocked::unless_empty(blockers_to_retrieve(&target.offer, reason))?;
    Ok(target)
}

/// The open leg that an organisation may fetch, under its lock; `seen` keeps the id of a leg that was there and was refused.
async fn find(
    tx: &Tx,
    me: OrganisationId,
    command: &RetrievalCreate,
    seen: &Cell<Option<uuid::Uuid>>,
) -> Result<Option<(BookletId, Locked, Way)>, Refusal> {
    let (name, urgent) = (command.family_name.as_str(), command.urgent.is_some());
    let carried = write::legs_carrying(tx, &command.booklet_number).await?;
    seen.set(carried.first().map(|(_, leg)| leg.id.0));
    let fits = carried.iter().find(|(_, leg)| leg.retrieved_by(me, name, false, urgent).is_some());
    let Some((booklet, leg)) = fits else { return Ok(None) };
    seen.set(Some(leg.id.0));
    let locked = write::lock(tx, leg.id).await?;
    let Some(way) = locked.leg.retrieved_by(me, name, is_protected(tx, &locked.leg).await?, urgent) else { return Ok(None) };
    let waits = write::open_claim(tx, leg.id).await?.is_some();
    let elsewhere = write::holders(tx, locked.leg.need_id, locked.leg.id).await?;
    let refused = (waits && way == Way::Claim) || locked.leg.is_closed_to(me, &elsewhere);
    Ok((!refused).then_some((*booklet, locked, way)))
}

/// Whether the person's own record says that they are never found.
async fn is_protected(tx: &Tx, leg: &Referral) -> Result<bool, Refusal> {
    let Some(person) = leg.person_id else { return Ok(false) };
    Ok(relais_persistence::person::write::find(tx, person).await?.protected)
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
        decide(tx, &waiting, RetrievalState::Lapsed, None).await?;
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
    let words = Words { person_agreed: true, tell_leads, ..Words::default() };
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

/// The holder has the person in charge: it is told, and has time to object.
async fn claim(
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
async fn decide(tx: &mut Tx, before: &Model, state: RetrievalState, next: Option<ReferralId>) -> Result<(), Refusal> {
    let now = tx.ctx().now;
    let after = Model { state, next_referral_id: next, decided_at: Some(now), updated_at: now, ..before.clone() };
    tx.save::<Entity>(before, after, state.code()).await?;
    let event = if state == RetrievalState::Moved { "retrieval_moved" } else { "retrieval_lapsed" };
    tx.event(event, "retrieval", before.id.0, Some(before.claimant_organisation_id));
    Ok(job::cancel(tx, &key(before.id)).await?)
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
    let mut tx = app.db.write(&app.system_ctx(Actor::Clock, &format!("job-{}", job.id))).await?;
    job::done(&tx, job.id).await?;
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
    let target = match Target::find(tx, claim.service_id, organisation).await {
        Ok(target) => Some(target).filter(|target| blockers_to_retrieve(&target.offer, None).is_empty()),
        Err(Refusal::Blocked { .. }) => None,
        Err(other) => return Err(other),
    };
    match target.filter(|target| held && free && target.offer.organisation_id == claimant) {
        Some(target) => {
            let next = moved(app, tx, locked, &target, (false, claim.take_in_charge)).await?;
            decide(tx, claim, RetrievalState::Moved, Some(next)).await
        }
        None => decide(tx, claim, RetrievalState::Lapsed, None).await,
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
        let state = RetrievalState::Objected;
        let after = Model { state, objection, decided_at: Some(now), updated_at: now, ..before.clone() };
        tx.save::<Entity>(&before, after, "object").await?;
        tx.event("retrieval_objected", "retrieval", id.0, Some(before.claimant_organisation_id));
        job::cancel(tx, &key(id)).await?;
        reactions::tell(tx, &locked.leg, NoticeKind::ClaimObjected, About::claimant(before.claimant_organisation_id)).await?;
        Ok(Done::changed(id))
    })
    .await
}

/// What my organisation asked for, and what others asked of legs that I may read.
///
/// # Errors
/// 403 without `referrals:handle`, `organisation_unverified`; `invalid_cursor` (400).
pub async fn list_retrievals(
    app: &App,
    caller: &Caller,
    query: &RetrievalQuery,
    page: &PageRequest,
) -> Result<Page<RetrievalView>, Refusal> {
    let me = handles(caller)?;
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let side = query.part.map(|part| match part {
        RetrievalPart::Claimant => RetrievalSide::Claimant,
        RetrievalPart::Holder => RetrievalSide::Holder,
    });
    let filter = RetrievalFilter { states: query.state.clone(), side };
    let who = reader(caller);
    let found = rows::retrievals(&app.db, &rule, who, &filter, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| rows::retrievals(&app.db, &rule, who, &filter, None, most).await).await?;
    let views = found.into_iter().map(|row| row.view(Some(me))).collect();
    Ok(page.page(app, caller, views, |view: &RetrievalView| (view.created_at, view.id.0))?.counted(count))
}

/// One retrieval, for the structure that asked and for the holder.
///
/// # Errors
/// 404; as [`list_retrievals`].
pub async fn read_retrieval(app: &App, caller: &Caller, id: RetrievalId) -> Result<RetrievalView, Refusal> {
    let me = handles(caller)?;
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    Ok(rows::retrieval(&app.db, &rule, reader(caller), id).await?.view(Some(me)))
}
