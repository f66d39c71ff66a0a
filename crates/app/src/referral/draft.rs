//! Drafts: made, changed and deleted by the sender; referrals that were made outside.

mod body;

use chrono::{DateTime, Utc};
use relais_domain::access::{Permission, Resource};
use relais_domain::referral::{Act, Adviser, Change, DraftContent, Kind, NewReferral, Offer, Party, PersonForm, Referral, State};
use relais_domain::shared::Blocker;
use relais_domain::shared::ids::{OrganisationId, PersonId, ReferralId, UserId, is_own_id};
use relais_persistence::Tx;
use relais_persistence::identity::names;
use relais_persistence::person::write as people;
use relais_persistence::referral::write;
use serde_json::Value;

use super::act::{Outcome, missing_permission, note_refusal, offer_of, party_of, permission_on, possible, reaches, settle, visible};
use super::reactions;
use super::terms::Terms;
use crate::{App, Caller, Done, Refusal, directory, effect, person};

pub use body::ReferralDraft;

/// Makes a draft. The same client id with the same body again is the same draft.
///
/// # Errors
/// 403 without `referrals:write`; `unknown_reference` and the form's own codes (422); `id_taken` (409).
pub async fn create(app: &App, caller: &Caller, draft: ReferralDraft) -> Result<Done, Refusal> {
    make(app, caller, draft, Referral::draft).await
}

/// Records a referral that was made by phone or mail: on the sender's board, nobody is told.
///
/// # Errors
/// As [`create`]; the person's names are required.
pub async fn outside(app: &App, caller: &Caller, draft: ReferralDraft) -> Result<Done, Refusal> {
    make(app, caller, draft, Referral::outside).await
}

type Maker =
    fn(NewReferral, Option<&Offer>, &relais_domain::referral::Clocks, DateTime<Utc>) -> Result<Change, relais_domain::shared::Blocked>;

async fn make(app: &App, caller: &Caller, draft: ReferralDraft, maker: Maker) -> Result<Done, Refusal> {
    caller.may(Resource::Referral, Permission::ReferralsWrite)?;
    let organisation = caller.organisation()?;
    if draft.id.is_some_and(|id| !is_own_id(id.0, app.clock.real_now())) {
        return Err(Refusal::invalid("invalid_id", "/id"));
    }
    effect(app, caller, async |tx| {
        let id: ReferralId = draft.id.unwrap_or_else(|| tx.ctx().fresh());
        if let Some(known) = made_before(tx, draft.id, organisation, |leg| draft.made(leg, caller)).await? {
            return Ok(known);
        }
        let mut content = completed(tx, caller, draft.clone().content()).await?;
        let offer = offer_for(tx, &content).await?;
        content.receiver_organisation_id = offer.as_ref().map(|offer| offer.organisation_id);
        named_person(tx, caller, &mut content).await?;
        let known = content.person_id;
        let new =
            NewReferral { id, need_id: tx.ctx().fresh(), sender_organisation_id: organisation, sent_by: caller.actor.user(), content };
        let mut change = maker(new, offer.as_ref(), &app.settings.clocks, tx.ctx().now)?;
        change.referral.person_id = keep_person(tx, &change.referral, known, None).await?;
        permitted(caller, &change.referral, Permission::ReferralsWrite)?;
        write::create(tx, change.referral.clone()).await?;
        reactions::follow(app, tx, None, &change).await?;
        Ok(Done::created(id.0))
    })
    .await
}

/// The same client id again: the same referral when its sender's body says the same.
///
/// # Errors
/// `id_taken` (409).
pub(super) async fn made_before(
    tx: &Tx,
    id: Option<ReferralId>,
    sender: OrganisationId,
    same: impl Fn(&Referral) -> bool,
) -> Result<Option<Done>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    let Ok(known) = write::lock(tx, id).await else { return Ok(None) };
    if known.leg.sender_organisation_id == sender && same(&known.leg) {
        return Ok(Some(Done { replayed: true, ..Done::created(id.0) }));
    }
    Err(Refusal::Conflict("id_taken"))
}

/// Fills in what the server knows, and checks every reference.
async fn completed(tx: &Tx, caller: &Caller, mut content: DraftContent) -> Result<DraftContent, Refusal> {
    let standing = caller.policy.standing();
    if let Some(unit) = content.sender_unit_id {
        if !standing.unit_tree.iter().any(|(known, _)| *known == unit) {
            return Err(Refusal::unknown_reference("/sender_unit_id"));
        }
    } else if let [only] = standing.teams.as_slice() {
        content.sender_unit_id = Some(*only);
    }
    if content.form.adviser.is_none() {
        let user = caller.actor.user().ok_or_else(|| Refusal::invalid("required", "/adviser"))?;
        content.form.adviser = Some(Adviser { member_id: Some(user), ..Adviser::default() });
        content.adviser_id = Some(user);
    }
    if let Some(member) = content.adviser_id
        && !names::is_member(tx, caller.organisation()?, member).await?
    {
        return Err(Refusal::unknown_reference("/adviser/member_id"));
    }
    content.adviser_email = account_address(tx, content.adviser_id).await?;
    Ok(content)
}

/// The address of the adviser's account.
async fn account_address(tx: &Tx, adviser: Option<UserId>) -> Result<Option<String>, Refusal> {
    let Some(adviser) = adviser else { return Ok(None) };
    Ok(names::name_and_email(tx, adviser).await?.map(|(_, email)| email))
}

async fn offer_for(tx: &Tx, content: &DraftContent) -> Result<Option<Offer>, Refusal> {
    match (content.service_id, content.receiver_organisation_id) {
        (Some(service), named) => {
            let offer = directory::known_offer_in(tx, service, None).await?;
            let offer = offer.ok_or_else(|| Refusal::unknown_reference("/service_id"))?;
            if named.is_some_and(|named| named != offer.organisation_id) {
                return Err(Refusal::invalid("not_of_this_service", "/receiver_organisation_id"));
            }
            Ok(Some(offer))
        }
        (None, Some(organisation)) => {
            let offer = directory::organisation_offer_in(tx, organisation).await?;
            Ok(Some(offer.ok_or_else(|| Refusal::unknown_reference("/receiver_organisation_id"))?))
        }
        (None, None) => Ok(None),
    }
}

/// Whether the policy lets the caller write such a leg: the same rule that will later decide who sees it.
pub(super) fn permitted(caller: &Caller, leg: &Referral, permission: Permission) -> Result<(), Refusal> {
    if reaches(caller, leg, permission) { Ok(()) } else { Err(Refusal::Forbidden(permission)) }
}

/// The record that the sender named, with what the form leaves out.
async fn named_person(tx: &Tx, caller: &Caller, content: &mut DraftContent) -> Result<(), Refusal> {
    if let Some(id) = content.person_id {
        let record = person::named(tx, caller, id).await?;
        content.form.person = std::mem::take(&mut content.form.person).completed_by(record);
    }
    Ok(())
}

/// Keeps the record of a draft's person, or of somebody who came to the counter: that one was received.
pub(super) async fn keep_person(
    tx: &mut Tx,
    leg: &Referral,
    known: Option<PersonId>,
    was: Option<&PersonForm>,
) -> Result<Option<PersonId>, Refusal> {
    let (organisation_id, unit_id) = (leg.sender_organisation_id, leg.sender_unit_id);
    let kept_from = (leg.kind == Kind::WalkIn).then_some(leg.id);
    let owner = person::Owner {
        organisation_id,
        unit_id,
        entered_by: leg.sent_by,
        adviser_id: leg.adviser_id,
        kept_from,
        made_by: Some(leg.root_id),
    };
    person::keep(tx, owner, known, was, &leg.form.person).await
}

/// Changes a draft (JSON Merge Patch), or the person's contact after sending.
///
/// # Errors
/// `already_sent` (409) for anything but the contact after sending; the form's codes (422); 412 when the version moved.
pub async fn patch(app: &App, caller: &Caller, id: ReferralId, patch: Value) -> Result<Done, Refusal> {
    let done = effect(app, caller, async |tx| {
        let locked = visible(tx, caller, id).await?;
        let now = tx.ctx().now;
        if let Some(blocker) = missing_permission(caller, &locked, Act::Patch) {
            return Err(Refusal::Blocked { blockers: vec![blocker], allowed: possible(tx, app, caller, &locked).await? });
        }
        let mut content = ReferralDraft::of(&locked.leg).merged(patch.clone())?.content();
        let sent = locked.leg.state != State::Draft;
        let other_person = content.person_id.filter(|named| Some(*named) != locked.leg.person_id);
        if sent && other_person.is_some() {
            let blockers = vec![Blocker::state("already_sent").at("/person_id")];
            return Err(Refusal::Blocked { blockers, allowed: possible(tx, app, caller, &locked).await? });
        }
        let offer = if sent {
            keep_what_the_server_owns(&mut content, &locked.leg);
            content.adviser_email = account_address(tx, content.adviser_id).await?;
            offer_of(tx, &locked.leg).await?
        } else {
            content = completed(tx, caller, content).await?;
            let offer = offer_for(tx, &content).await?;
            content.receiver_organisation_id = offer.as_ref().map(|offer| offer.organisation_id);
            content.person_id = other_person;
            named_person(tx, caller, &mut content).await?;
            content.person_id = other_person.or(locked.leg.person_id);
            offer
        };
        let terms = Terms::of_leg(app, tx, &locked.leg).await?;
        let ctx = terms.context(party_of(caller, &locked.leg, Act::Patch));
        let outcome = locked.leg.clone().patch(content, offer.as_ref(), &ctx, now);
        let mut change = match caller.judged(locked.leg.version, outcome) {
            Ok(done) => done,
            Err(refusal) => return Err(refusal.naming(possible(tx, app, caller, &locked).await?)),
        };
        change.referral.person_id = keep_person(tx, &change.referral, change.referral.person_id, Some(&locked.leg.form.person)).await?;
        permitted(caller, &change.referral, permission_on(&change.referral, Act::Patch))?;
        settle(app, caller, tx, &locked, "patch", Outcome::from(change)).await?;
        if let Some(former) = locked.leg.person_id.filter(|_| other_person.is_some()) {
            people::let_go(tx, former, &locked.leg, "delete").await?;
        }
        Ok(Done::changed(id.0))
    })
    .await;
    note_refusal(app, caller, id, &done).await?;
    done
}

fn keep_what_the_server_owns(content: &mut DraftContent, leg: &Referral) {
    content.person_id = leg.person_id;
    content.receiver_unit_id = leg.receiver_unit_id;
    content.adviser_id = leg.adviser_id;
    if content.receiver_organisation_id.is_none() {
        content.receiver_organisation_id = leg.receiver_organisation_id;
    }
}

/// Deletes a draft.
///
/// # Errors
/// `not_draft` (409); 412 when the version moved.
pub async fn delete(app: &App, caller: &Caller, id: ReferralId) -> Result<Done, Refusal> {
    let done = effect(app, caller, async |tx| {
        let locked = visible(tx, caller, id).await?;
        if let Some(blocker) = missing_permission(caller, &locked, Act::Delete) {
            return Err(Refusal::Blocked { blockers: vec![blocker], allowed: possible(tx, app, caller, &locked).await? });
        }
        let party: Party = party_of(caller, &locked.leg, Act::Delete);
        let change = match caller.judged(locked.leg.version, locked.leg.clone().delete(party)) {
            Ok(done) => done,
            Err(refusal) => return Err(refusal.naming(possible(tx, app, caller, &locked).await?)),
        };
        reactions::follow(app, tx, Some(&locked.leg), &change).await?;
        write::delete_draft(tx, locked, "delete").await?;
        Ok(Done::gone(id.0))
    })
    .await;
    note_refusal(app, caller, id, &done).await?;
    done
}
