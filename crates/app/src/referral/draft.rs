//! Drafts: made, changed and deleted by the sender; referrals that were made outside.

use chrono::{DateTime, TimeDelta, Utc};
use relais_domain::access::{Permission, Resource};
use relais_domain::eligibility::Facts;
use relais_domain::referral::{
    Act, Adviser, Change, Context, DocumentTick, DraftContent, Form, NewReferral, NoteText, Offer, Party, PersonForm, ReasonText, Referral,
    SituationText, State,
};
use relais_domain::shared::ids::{OrganisationId, PersonId, ReferralId, ServiceId, UnitId};
use relais_domain::shared::name::PersonName;
use relais_persistence::Tx;
use relais_persistence::person::entity::person;
use relais_persistence::referral::write::{self, Locked};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::act::{
    OrganisationZone, Outcome, missing_permission, note_refusal, offer_of, party_of, possible, receiver_zone, settle, visible,
};
use super::reactions;
use crate::{App, Caller, Done, Refusal, directory, effect};

/// What a sender writes: the draft's body, and what remains of it after sending.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = ReferralDraft)]
pub struct ReferralDraft {
    /// Your own id for it (UUID v7, at most 24 hours old); only when making it.
    pub id: Option<ReferralId>,
    /// The service asked for.
    pub service_id: Option<ServiceId>,
    /// The organisation asked, when no service is.
    pub receiver_organisation_id: Option<OrganisationId>,
    /// The unit of my organisation that refers.
    pub sender_unit_id: Option<UnitId>,
    /// The professional who follows the person; defaults to the signed-in user.
    pub adviser: Option<Adviser>,
    /// The person.
    pub person: PersonForm,
    /// Why the person is referred.
    pub reason: Option<ReasonText>,
    /// The person's situation.
    pub situation: Option<SituationText>,
    /// Audiences of the service that the person belongs to.
    #[schema(max_items = 50)]
    pub audiences: Vec<String>,
    /// Criteria of the service that the person meets.
    #[schema(max_items = 100)]
    pub criteria: Vec<String>,
    /// A note on the criteria.
    pub criteria_note: Option<NoteText>,
    /// The documents asked for: at hand, or why not.
    #[schema(max_items = 50)]
    pub documents: Vec<DocumentTick>,
    /// What else is known of what the service asks; age, home, household and statuses stand with the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eligibility: Option<Facts>,
    /// The person agreed to be referred.
    pub person_agreed: bool,
    /// The person was told what is passed on and to whom.
    pub person_informed: bool,
}

impl ReferralDraft {
    fn split(self) -> (DraftContent, Option<ReferralId>) {
        let Self {
            id,
            service_id,
            receiver_organisation_id,
            sender_unit_id,
            adviser,
            person,
            reason,
            situation,
            audiences,
            criteria,
            criteria_note,
            documents,
            eligibility,
            person_agreed,
            person_informed,
        } = self;
        let adviser_id = adviser.as_ref().and_then(|adviser| adviser.member_id);
        let form = Form {
            adviser,
            person,
            reason,
            situation,
            audiences,
            criteria,
            criteria_note,
            documents,
            eligibility,
            person_agreed,
            person_informed,
        };
        (
            DraftContent {
                sender_unit_id,
                adviser_id,
                receiver_organisation_id,
                receiver_unit_id: None,
                service_id,
                person_id: None,
                form,
            },
            id,
        )
    }

    fn of(leg: &Referral) -> Self {
        let form = leg.form.clone();
        Self {
            id: None,
            service_id: leg.service_id,
            receiver_organisation_id: leg.receiver_organisation_id.filter(|_| leg.service_id.is_none()),
            sender_unit_id: leg.sender_unit_id,
            adviser: form.adviser,
            person: form.person,
            reason: form.reason,
            situation: form.situation,
            audiences: form.audiences,
            criteria: form.criteria,
            criteria_note: form.criteria_note,
            documents: form.documents,
            eligibility: form.eligibility,
            person_agreed: form.person_agreed,
            person_informed: form.person_informed,
        }
    }
}

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
    check_client_id(app, draft.id)?;
    effect(app, caller, async |tx| {
        let (mut content, own_id) = draft.clone().split();
        let id: ReferralId = own_id.unwrap_or_else(|| tx.ctx().fresh());
        if own_id.is_some()
            && let Ok(known) = write::lock(tx, id).await
        {
            let same = known.leg.sender_organisation_id == organisation
                && as_json(&ReferralDraft::of(&known.leg)) == as_json(&defaulted(caller, draft.clone()));
            return if same { Ok(Done { replayed: true, ..Done::created(id.0) }) } else { Err(Refusal::Conflict("id_taken")) };
        }
        content = completed(tx, caller, content).await?;
        let offer = offer_for(tx, &content).await?;
        content.receiver_organisation_id = offer.as_ref().map(|offer| offer.organisation_id);
        content.person_id = keep_person(tx, organisation, None, &content.form.person).await?;
        let new =
            NewReferral { id, need_id: tx.ctx().fresh(), sender_organisation_id: organisation, sent_by: caller.actor.user(), content };
        let change = maker(new, offer.as_ref(), &app.settings.clocks, tx.ctx().now)?;
        permitted(caller, &change.referral)?;
        write::create(tx, change.referral.clone()).await?;
        reactions::follow(app, tx, None, &change).await?;
        Ok(Done::created(id.0))
    })
    .await
}

fn as_json(draft: &ReferralDraft) -> Value {
    let mut value = serde_json::to_value(draft).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("id");
        fields.remove("receiver_organisation_id");
        fields.remove("sender_unit_id");
    }
    value
}

fn defaulted(caller: &Caller, mut draft: ReferralDraft) -> ReferralDraft {
    if draft.adviser.is_none() {
        draft.adviser = caller.actor.user().map(|user| Adviser { member_id: Some(user), ..Adviser::default() });
    }
    draft
}

/// A client's own id: UUID v7, its time within 24 hours of now.
fn check_client_id(app: &App, id: Option<ReferralId>) -> Result<(), Refusal> {
    let Some(ReferralId(id)) = id else { return Ok(()) };
    let made = id.get_timestamp().and_then(|stamp| DateTime::from_timestamp(i64::try_from(stamp.to_unix().0).ok()?, 0));
    let near = made.is_some_and(|made| (app.clock.real_now() - made).abs() <= TimeDelta::hours(24));
    if id.get_version_num() == 7 && near { Ok(()) } else { Err(Refusal::invalid("invalid_id", "/id")) }
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
fn permitted(caller: &Caller, leg: &Referral) -> Result<(), Refusal> {
    let facts = Locked { row: write::to_row(leg.clone()), leg: leg.clone(), assignment: None };
    let reached = caller.policy.rule(Resource::Referral, Permission::ReferralsWrite).decide(&facts);
    reached.map(|_| ()).ok_or(Refusal::Forbidden(Permission::ReferralsWrite))
}

/// Keeps the person's record at the sending organisation in step with the draft.
async fn keep_person(
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
        let draft = merged(&ReferralDraft::of(&locked.leg), patch.clone())?;
        let (mut content, _) = draft.split();
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
        let zone: OrganisationZone = receiver_zone(tx, &locked.leg).await?;
        let ctx = Context { party: party_of(caller, &locked.leg, Act::Patch), clocks: &app.settings.clocks, zone: &zone };
        let outcome = locked.leg.clone().patch(content, offer.as_ref(), &ctx, now);
        let mut change = match caller.judged(locked.leg.version, outcome) {
            Ok(done) => done,
            Err(refusal) => return Err(refusal.naming(possible(tx, app, caller, &locked).await?)),
        };
        let organisation = locked.leg.sender_organisation_id;
        change.referral.person_id = keep_person(tx, organisation, locked.leg.person_id, &change.referral.form.person).await?;
        permitted(caller, &change.referral)?;
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

/// RFC 7396.
fn merged(draft: &ReferralDraft, patch: Value) -> Result<ReferralDraft, Refusal> {
    if patch.get("id").is_some() {
        return Err(Refusal::invalid("unknown_field", "/id"));
    }
    let mut value = serde_json::to_value(draft).map_err(|error| Refusal::Failed(error.to_string()))?;
    merge(&mut value, patch);
    drop_nulls(&mut value);
    serde_json::from_value(value).map_err(|_| Refusal::invalid("invalid", ""))
}

fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(fields), Value::Object(changes)) => {
            for (name, change) in changes {
                if change.is_null() {
                    fields.remove(&name);
                } else {
                    merge(fields.entry(name).or_insert(Value::Null), change);
                }
            }
        }
        (target, patch) => *target = patch,
    }
}

/// Absent and null mean the same in a draft.
fn drop_nulls(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, field| !field.is_null());
        fields.values_mut().for_each(drop_nulls);
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
