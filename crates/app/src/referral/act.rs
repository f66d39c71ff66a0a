//! The frame of every act on a leg: lock, visible, permitted, guarded, saved, told.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use relais_domain::access::{Category, Permission, Resource};
use relais_domain::document::Attached;
use relais_domain::referral::{
    Act, ActionContext, Change, Context, Filing, Kind, Offer, Party, Referral, ReferralEligibility, SendContext, Zone,
};
use relais_domain::shared::ids::{ReferralId, ServiceId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Tx;
use relais_persistence::referral::write::{self, Locked};

use super::reactions;
use super::terms::Terms;
use crate::directory;
use crate::{App, Caller, Done, Refusal, access_journal, effect};

/// The civil time of a receiving organisation.
#[derive(Clone, Copy, Debug)]
pub struct OrganisationZone(pub Tz);

impl Zone for OrganisationZone {
    fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.0).date_naive()
    }

    fn at_local(&self, date: NaiveDate, hour: u32) -> DateTime<Utc> {
        let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
        let local = date.and_time(time);
        // An hour that the spring change skips is taken as if it had not: the offset of midnight.
        let at = self.0.from_local_datetime(&local).earliest();
        at.map_or_else(|| Utc.from_utc_datetime(&local), |at| at.with_timezone(&Utc))
    }
}

impl OrganisationZone {
    /// Reads a zone's name; a name that this build does not know counts as UTC.
    pub fn named(name: &str) -> Self {
        Self(name.parse().unwrap_or(Tz::UTC))
    }

    /// The calendar year there, for ages.
    pub fn year(&self, at: DateTime<Utc>) -> i32 {
        self.local_date(at).year()
    }
}

/// The permission that an act needs.
pub const fn permission_for(act: Act) -> Permission {
    match act {
        Act::Patch | Act::Delete => Permission::ReferralsWrite,
        Act::Send | Act::Withdraw | Act::RecordAnswer => Permission::ReferralsSend,
        Act::Review | Act::Waitlist | Act::Accept | Act::Path | Act::Refuse | Act::Redirect | Act::Complete => Permission::ReferralsHandle,
        Act::Assign => Permission::ReferralsAssign,
        Act::Archive | Act::Unarchive => Permission::ReferralsArchive,
        // Both sides hold it: whoever may write to the other may ask for time.
        Act::Message | Act::PauseClock | Act::ResumeClock => Permission::ReferralsMessage,
    }
}

/// The permission that an act needs on a leg: what came to the counter was written by its receiver, who corrects it; of help outside
/// the platform, its sender tells the end as well as the answer.
pub(super) fn permission_on(leg: &Referral, act: Act) -> Permission {
    match (leg.kind, act) {
        (Kind::WalkIn, Act::Patch) => Permission::ReferralsHandle,
        (Kind::Outside, Act::Complete) => permission_for(Act::RecordAnswer),
        _ => permission_for(act),
    }
}

/// In which part a caller does an act. An organisation that refers to itself is on both sides: the act decides. One that is on neither,
/// because a role reaches the branches of a parent, reads what it reaches and acts for nobody: whoever acts for a branch is its member.
pub fn party_of(caller: &Caller, leg: &Referral, act: Act) -> Party {
    if caller.link().is_some() {
        return Party::Link;
    }
    let me = caller.acting_for.as_ref().map(|acting| acting.id);
    let sends = me == Some(leg.sender_organisation_id);
    let receives = me.is_some() && me == leg.receiver_organisation_id && leg.told_at.is_some();
    match (sends, receives) {
        (true, _) if leg.kind == Kind::WalkIn && act != Act::Patch => Party::Receiver,
        (true, true) if is_of_receiver(caller, leg, act) => Party::Receiver,
        (true, _) => Party::Sender,
        (false, true) => Party::Receiver,
        (false, false) => Party::Stranger,
    }
}

/// On which side an organisation on both does an act. There is one filing for both, and it ends what the receiver has to do;
/// a message comes from the receiver when its author is somebody who handles the leg.
fn is_of_receiver(caller: &Caller, leg: &Referral, act: Act) -> bool {
    match act {
        Act::Assign | Act::Archive | Act::Unarchive => true,
        Act::Message => reaches(caller, leg, Permission::ReferralsHandle),
        _ => permission_for(act) == Permission::ReferralsHandle,
    }
}

/// Whether the policy gives the caller a permission on such a leg, whoever may be assigned to it.
pub(super) fn reaches(caller: &Caller, leg: &Referral, permission: Permission) -> bool {
    let facts = Locked { row: write::to_row(leg.clone()), leg: leg.clone(), assignment: None };
    caller.policy.rule(Resource::Referral, permission).decide(&facts).is_some()
}

/// What forbids an act to this caller before the leg's own guards: a missing permission.
pub(super) fn missing_permission(caller: &Caller, locked: &Locked, act: Act) -> Option<Blocker> {
    let permission = permission_on(&locked.leg, act);
    let reached = caller.policy.rule(Resource::Referral, permission).decide(locked).is_some();
    // Whoever may not read what is written of the person's situation does not write it; a consent that is gone is told as such.
    let reads = act != Act::Message || locked.leg.consent_withdrawn_at.is_some() || reads_social(caller, locked);
    (!(reached && reads)).then(|| Blocker::permission("permission_missing").with("permission", permission.code()))
}

fn reads_social(caller: &Caller, locked: &Locked) -> bool {
    let read = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    read.decide(locked).is_some_and(|open| open.contains(Category::Social))
}

/// Locks a leg that the caller can see.
pub(crate) async fn visible(tx: &Tx, caller: &Caller, id: ReferralId) -> Result<Locked, Refusal> {
    let locked = write::lock(tx, id).await?;
    let seen = caller.policy.rule(Resource::Referral, Permission::ReferralsRead).decide(&locked);
    if seen.is_none() { Err(Refusal::NotFound) } else { Ok(locked) }
}

/// What an act's command is handed besides the leg.
pub(super) struct Acting<'a> {
    pub now: DateTime<Utc>,
    pub ctx: Context<'a>,
    pub offer: Option<Offer>,
    pub filing: Option<Filing>,
    /// Of the services that the command names, those that the caller does not know.
    pub unknown: Vec<ServiceId>,
}

/// What an act's command made of the leg.
pub(super) struct Outcome {
    pub change: Change,
    pub reason: Option<String>,
    pub filing: FilingChange,
}

/// What becomes of the acting organisation's filing.
pub(super) enum FilingChange {
    Same,
    Filed(Filing),
    Unfiled,
}

impl From<Change> for Outcome {
    fn from(change: Change) -> Self {
        Self { change, reason: None, filing: FilingChange::Same }
    }
}

/// Does an act: one transaction, guards in the contract's order, then the leg, its clocks, its notices and its events.
///
/// # Errors
/// 404 when the leg is not visible; 403, 409 (naming the acts now possible), 412, 422 as the guards say.
pub(super) async fn perform(
    app: &App,
    caller: &Caller,
    id: ReferralId,
    act: Act,
    command: impl Fn(Referral, Acting<'_>) -> Result<Outcome, Blocked>,
) -> Result<Done, Refusal> {
    perform_naming(app, caller, id, act, &[], command).await
}

/// As [`perform`], for a command that names services.
///
/// # Errors
/// As [`perform`].
pub(super) async fn perform_naming(
    app: &App,
    caller: &Caller,
    id: ReferralId,
    act: Act,
    services: &[ServiceId],
    command: impl Fn(Referral, Acting<'_>) -> Result<Outcome, Blocked>,
) -> Result<Done, Refusal> {
    let done = effect(app, caller, async |tx| {
        let locked = visible(tx, caller, id).await?;
        if let Some(blocker) = missing_permission(caller, &locked, act) {
            return Err(Refusal::Blocked { blockers: vec![blocker], allowed: possible(tx, app, caller, &locked).await? });
        }
        let terms = Terms::of_leg(app, tx, &locked.leg).await?;
        let filing = match caller.acting_for.as_ref() {
            Some(acting) if matches!(act, Act::Archive | Act::Unarchive) => write::filing_of(tx, id, acting.id).await?,
            _ => None,
        };
        let offer = match act {
            Act::Accept | Act::RecordAnswer => offer_of(tx, &locked.leg).await?,
            _ => None,
        };
        let now = tx.ctx().now;
        let taken = write::taken_elsewhere(tx, &locked.leg).await?;
        let ctx = Context { taken, ..terms.context(party_of(caller, &locked.leg, act)) };
        let unknown = unknown_to(tx, caller, services).await?;
        let outcome = command(locked.leg.clone(), Acting { now, ctx, offer, filing, unknown });
        let outcome = match caller.judged(locked.leg.version, outcome) {
            Ok(done) => done,
            Err(refusal) => return Err(refusal.naming(possible(tx, app, caller, &locked).await?)),
        };
        settle(app, caller, tx, &locked, act.code(), outcome).await?;
        Ok(Done::changed(id.0))
    })
    .await;
    note_refusal(app, caller, id, &done).await?;
    done
}

/// Those of some services that are neither published nor the caller's own.
async fn unknown_to(tx: &Tx, caller: &Caller, services: &[ServiceId]) -> Result<Vec<ServiceId>, Refusal> {
    let own = caller.acting_for.as_ref().map(|acting| acting.id);
    let mut unknown = vec![];
    for service in services {
        let offer = directory::offer_in(tx, *service).await?;
        if !offer.is_some_and(|offer| offer.published || own == Some(offer.organisation_id)) {
            unknown.push(*service);
        }
    }
    Ok(unknown)
}

/// A refusal on an existing row is noted in the access journal.
pub(super) async fn note_refusal(app: &App, caller: &Caller, id: ReferralId, done: &Result<Done, Refusal>) -> Result<(), Refusal> {
    use relais_domain::shared::BlockerKind;
    match done {
        Err(Refusal::Blocked { blockers, .. }) if blockers.iter().any(|blocker| blocker.kind == BlockerKind::Permission) => {
            access_journal::refused(app, caller, "referral", id.0).await
        }
        _ => Ok(()),
    }
}

/// The acts that this caller could do now, by permission, state and filing; what a command would have to say is not judged.
pub(super) async fn possible(tx: &Tx, app: &App, caller: &Caller, locked: &Locked) -> Result<Vec<&'static str>, Refusal> {
    let zone = OrganisationZone(Tz::UTC);
    let filing = match caller.acting_for.as_ref() {
        Some(acting) => write::filing_of(tx, locked.leg.id, acting.id).await?,
        None => None,
    };
    let more = ActionContext { filing: filing.as_ref(), ..ActionContext::default() };
    let taken = write::taken_elsewhere(tx, &locked.leg).await?;
    let allowed = |act: &&Act| {
        let ctx = Context { party: party_of(caller, &locked.leg, **act), clocks: &app.settings.clocks, zone: &zone, taken };
        missing_permission(caller, locked, **act).is_none() && locked.leg.blockers_to(**act, &more, &ctx, tx.ctx().now).is_empty()
    };
    Ok(Act::ALL.iter().filter(allowed).map(|act| act.code()).collect())
}

/// Saves the leg with what it sets off.
pub(super) async fn settle(app: &App, caller: &Caller, tx: &mut Tx, locked: &Locked, act: &str, outcome: Outcome) -> Result<(), Refusal> {
    let Outcome { change, reason, filing } = outcome;
    write::save(tx, locked, change.referral.clone(), act, reason.as_deref()).await?;
    let organisation = caller.acting_for.as_ref().map(|acting| acting.id);
    match (filing, organisation) {
        (FilingChange::Filed(filing), Some(organisation)) => write::file(tx, locked.leg.id, organisation, filing).await?,
        (FilingChange::Unfiled, Some(organisation)) => write::unfile(tx, locked.leg.id, organisation).await?,
        _ => {}
    }
    reactions::follow(app, tx, Some(&locked.leg), &change).await
}

/// What the leg's receiver offers now.
pub(super) async fn offer_of(tx: &Tx, leg: &Referral) -> Result<Option<Offer>, Refusal> {
    match (leg.service_id, leg.receiver_organisation_id) {
        (Some(service), _) => directory::offer_in(tx, service).await,
        (None, Some(organisation)) => directory::organisation_offer_in(tx, organisation).await,
        (None, None) => Ok(None),
    }
}

/// What sending a leg must know, besides the offer.
pub(super) struct SendFacts {
    pub verified: bool,
    pub active: bool,
    pub duplicate: bool,
    pub documents: Vec<Attached>,
}

/// The facts as the domain takes them.
pub(super) fn send_context<'a>(
    terms: &'a Terms,
    offer: Option<&'a Offer>,
    eligibility: Option<&'a ReferralEligibility>,
    facts: &'a SendFacts,
    command: &super::SendCommand,
) -> SendContext<'a> {
    SendContext {
        offer,
        sender_verified: facts.verified,
        sender_active: facts.active,
        eligibility,
        override_reason: command.override_reason.clone(),
        accept_duplicate: command.accept_duplicate,
        probable_duplicate: facts.duplicate,
        documents: &facts.documents,
        zone: &terms.zone,
        clocks: &terms.clocks,
    }
}
