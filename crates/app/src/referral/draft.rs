//! Drafts: made, changed and deleted by the sender; referrals that were made outside.

mod body;

use chrono::{DateTime, Utc};
use relais_domain::access::{Permission, Resource};
use relais_domain::referral::{Act, Adviser, Change, DraftContent, Kind, NewReferral, Offer, Party, PersonForm, Referral, State};
use relais_domain::shared::ids::{OrganisationId, PersonId, ReferralId, is_own_id};
use relais_domain::shared::name::PersonName;
use relais_persistence::Tx;
use relais_persistence::person::entity::person;
use relais_persistence::referral::write::{self, Locked};
use serde_json::Value;

use super::act::{Outcome, missing_permission, note_refusal, offer_of, party_of, possible, settle, visible};
use super::reactions;
use super::terms::Terms;
use crate::{App, Caller, Done, Refusal, directory, effect};

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
        if draft.id.is_some()
            && let Ok(known) = write::lock(tx, id).await
        {
            let same = known.leg.sender_organisation_id == organisation && draft.made(&known.leg, caller);
            return if same { Ok(Done { replayed: true, ..Done::created(id.0) }) } else { Err(Refusal::Conflict("id_taken")) };
        }
        let mut content = completed(tx, caller, draft.clone().content()).await?;
        let offer = offer_for(tx, &content).await?;
        content.receiver_organisation_id = offer.as_ref().map(|offer| offer.organisation_id);
        content.person_id = keep_person(tx, organisation, None, &content.form.person).await?;
        let new =
            NewReferral { id, need_id: tx.ctx().fresh(), sender_organisation_id: organisation, sent_by: caller.actor.user(), content };
        let change = maker(new, offer.as_ref(), &app.settings.clocks, tx.ctx().now)?;
        permitted(caller, &change.referral, Permission::ReferralsWrite)?;
        write::create(tx, change.referral.clone()).await?;
        reactions::follow(app, tx, None, &change).await?;
        Ok(Done::created(id.0))
    })
    .await
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
        && !relais_persistence::identity::names::is_member(tx, caller.organisation()?, member).await?
    {
        return Err(Refusal::unknown_reference("/adviser/member_id"));
    }
    Ok(content)
}

async fn offer_for(tx: &Tx, content: &DraftContent) -> Result<Option<Offer>, Refusal> {
    match (content.service_id, content.receiver_organisation_id) {
        (Some(service), named) => {
            let offer = directory::offer_in(tx, service).await?.filter(|offer| offer.published || offer.suspended);
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
    let facts = Locked { row: write::to_row(leg.clone()), leg: leg.clone(), assignment: None };
    let reached = caller.policy.rule(Resource::Referral, permission).decide(&facts);
    reached.map(|_| ()).ok_or(Refusal::Forbidden(permission))
}

/// Keeps the person's record at the sending organisation in step with the draft.
pub(super) async fn keep_person(
    tx: &mut Tx,
    organisation: OrganisationId,
    known: Option<PersonId>,
    form: &PersonForm,
) -> Result<Option<PersonId>, Refusal> {
    if known.is_none() && form.family_name.is_none() && form.given_name.is_none() {
        return Ok(None);
    }
    let before = match known {
        Some(id) => write::find_person(tx, id).await?,
        None => None,
    };
    let now = tx.ctx().now;
    let text = |name: &Option<PersonName>| name.as_ref().map(|name| name.as_str().to_owned());
    let folded = [&form.family_name, &form.given_name].into_iter().flatten().map(PersonName::folded).collect::<Vec<_>>().join(" ");
    let id = before.as_ref().map_or_else(|| tx.ctx().fresh(), |row| row.id);
    let row = person::Model {
        id,
        organisation_id: organisation,
        family_name: text(&form.family_name),
        given_name: text(&form.given_name),
        name_folded: Some(folded),
        phone: form.phone.clone(),
        email: form.email.clone(),
        birth_year: form.birth_year,
        commune: form.commune.clone(),
        language: form.language.clone(),
        employment_number: form.employment_number.clone(),
        protected: form.protected,
        created_at: before.as_ref().map_or(now, |row| row.created_at),
        updated_at: now,
        version: before.as_ref().map_or(1, |row| row.version),
    };
    match before {
        None => tx.create::<person::Entity>(row, "create").await?,
        Some(before) => {
            let unchanged = person::Model { updated_at: before.updated_at, ..row.clone() } == before;
            if !unchanged {
                tx.save::<person::Entity>(&before, row, "edit").await?;
            }
        }
    }
    Ok(Some(id))
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
        let offer = if sent {
            keep_what_the_server_owns(&mut content, &locked.leg);
            offer_of(tx, &locked.leg).await?
        } else {
            content = completed(tx, caller, content).await?;
            let offer = offer_for(tx, &content).await?;
            content.receiver_organisation_id = offer.as_ref().map(|offer| offer.organisation_id);
            content.person_id = locked.leg.person_id;
            offer
        };
        let terms = Terms::of_leg(app, tx, &locked.leg).await?;
        let ctx = terms.context(party_of(caller, &locked.leg, Act::Patch));
        let outcome = locked.leg.clone().patch(content, offer.as_ref(), &ctx, now);
        let mut change = match caller.judged(locked.leg.version, outcome) {
            Ok(done) => done,
            Err(refusal) => return Err(refusal.naming(possible(tx, app, caller, &locked).await?)),
        };
        let organisation = locked.leg.sender_organisation_id;
        change.referral.person_id = keep_person(tx, organisation, locked.leg.person_id, &change.referral.form.person).await?;
        if change.referral.kind != Kind::WalkIn {
            permitted(caller, &change.referral, Permission::ReferralsWrite)?;
        }
        settle(app, caller, tx, &locked, "patch", Outcome::from(change)).await?;
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
