//! Sending a draft.

use chrono::{DateTime, Utc};
use relais_domain::access::{Mask, Permission, Resource};
use relais_domain::person::ConsentPurpose;
use relais_domain::referral::{Act, Offer, OverrideReason, Referral, ReferralEligibility, Zone as _, is_probable_duplicate};
use relais_domain::shared::ids::ReferralId;
use relais_persistence::Tx;
use relais_persistence::document::read as document;
use relais_persistence::identity::write as organisation;
use relais_persistence::person::entity::consent;
use relais_persistence::referral::write::{self, Locked};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::act::{
    OrganisationZone, Outcome, SendFacts, missing_permission, note_refusal, offer_of, party_of, possible, send_context, settle, visible,
};
use super::moderation::warnings_of;
use super::terms::Terms;
use crate::eligibility::zones_of_commune;
use crate::{App, Caller, Done, Refusal, effect, person};

/// What a sender says when sending.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SendCommand {
    /// Why it is sent although the person meets none of the service's criteria, or not all obligatory ones; the receiver sees it.
    pub override_reason: Option<OverrideReason>,
    /// The sender knows of the probable duplicate.
    pub accept_duplicate: bool,
}

/// Sends a draft: to the receiver at once, or held until the sending organisation is verified.
///
/// # Errors
/// 409 `already_sent`, `organisation_blocked`, `service_not_published`, `service_suspended`, `form_disabled`, `no_contact_email`,
/// `organisation_disabled`, `probable_duplicate`, `document_pending`; 422 `document_refused`, `required`, `consent_missing`, `preferences_empty`,
/// `criteria_not_met`, `criterion_not_met`, `required_document_missing`; all of them at once.
pub async fn send(app: &App, caller: &Caller, id: ReferralId, command: SendCommand) -> Result<Done, Refusal> {
    let done = effect(app, caller, async |tx| {
        let sender = Sender::held(tx, caller).await?;
        let locked = visible(tx, caller, id).await?;
        let now = tx.ctx().now;
        if let Some(blocker) = missing_permission(caller, &locked, Act::Send) {
            return Err(Refusal::Blocked { blockers: vec![blocker], allowed: possible(tx, app, caller, &locked).await? });
        }
        let terms = Terms::of_leg(app, tx, &locked.leg).await?;
        let offer = offer_of(tx, &locked.leg).await?;
        let facts = facts(tx, caller, &locked, sender).await?;
        let eligibility = judged(app, &locked.leg, offer.as_ref(), terms.zone, now);
        let context = send_context(&terms, offer.as_ref(), eligibility.as_ref(), &facts, &command);
        let outcome = locked.leg.clone().send(party_of(caller, &locked.leg, Act::Send), &context, now);
        let mut change = match caller.judged(locked.leg.version, outcome) {
            Ok(done) => done,
            Err(refusal) => return Err(refusal.naming(possible(tx, app, caller, &locked).await?)),
        };
        change.referral.warnings = warnings_of(tx, caller, &change.referral, now).await?;
        keep_consent(tx, &change.referral, ConsentPurpose::Referral).await?;
        settle(app, caller, tx, &locked, "send", Outcome::from(change)).await?;
        write::unfile(tx, id, locked.leg.sender_organisation_id).await?;
        Ok(Done::changed(id.0))
    })
    .await;
    note_refusal(app, caller, id, &done).await?;
    done
}

/// Whether the person of a draft meets what the service asks. A commune that is no place is not known.
pub(super) fn judged(
    app: &App,
    leg: &Referral,
    offer: Option<&Offer>,
    zone: OrganisationZone,
    now: DateTime<Utc>,
) -> Option<ReferralEligibility> {
    let commune = leg.form.person.commune.as_deref().and_then(|code| code.trim().parse().ok());
    let zones = commune.and_then(|commune| zones_of_commune(app, &commune).ok()).unwrap_or_default();
    ReferralEligibility::of(&leg.form, offer?, &zones, zone.local_date(now))
}

/// How the sending organisation stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sender {
    verified: bool,
    active: bool,
}

impl Sender {
    /// As it stands until the transaction ends: what is sent goes out under the verification or the block that holds then. Asked
    /// before any leg is locked, in the order of whoever verifies or blocks.
    pub(super) async fn held(tx: &Tx, caller: &Caller) -> Result<Self, Refusal> {
        let Some(acting) = &caller.acting_for else { return Ok(Self::default()) };
        let row = organisation::hold_organisation(tx, acting.id).await?;
        Ok(row.map(|row| Self { verified: row.verified_at.is_some(), active: !row.state.is_gone() }).unwrap_or_default())
    }

    /// As the session knows it: for who asks what could be done.
    pub(super) fn known(caller: &Caller) -> Self {
        caller.acting_for.as_ref().map(|acting| Self { verified: acting.verified, active: true }).unwrap_or_default()
    }
}

/// What the database knows about a leg that is to be sent.
pub(super) async fn facts(tx: &Tx, caller: &Caller, locked: &Locked, sender: Sender) -> Result<SendFacts, Refusal> {
    let Sender { verified, active } = sender;
    let documents = document::attached(tx, locked.leg.id).await?;
    Ok(SendFacts { verified, active, duplicate: probable_duplicate(tx, caller, locked).await?, documents })
}

/// Among the referrals whose person the caller may know, one for the same service is still open for who seems the same person.
/// Who sees no more of a referral than that it exists does not learn in this way whom it is about.
async fn probable_duplicate(tx: &Tx, caller: &Caller, locked: &Locked) -> Result<bool, Refusal> {
    let Some(name) = &locked.row.name_folded else { return Ok(false) };
    let leg = &locked.leg;
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let candidates = write::same_name(tx, leg.sender_organisation_id, leg, name).await?;
    let knows = |other: &Locked| rule.decide(other).is_some_and(Mask::tells_who);
    Ok(candidates.iter().any(|other| knows(other) && is_probable_duplicate(&leg.form.person, &other.leg.form.person)))
}

/// The person's consent to this hand-over: to the named organisation, for a purpose and for what the leg tells.
pub(super) async fn keep_consent(tx: &mut Tx, leg: &Referral, purpose: ConsentPurpose) -> Result<(), Refusal> {
    let Some(person_id) = leg.person_id else { return Ok(()) };
    let row = consent::Model {
        id: tx.ctx().fresh(),
        person_id,
        referral_id: leg.id,
        recipient_organisation_id: leg.receiver_organisation_id,
        purpose: purpose.code().to_owned(),
        categories: json!(person::told_with(tx, leg).await?),
        given_at: tx.ctx().now,
        ends_on: None,
        withdrawn_at: None,
        withdrawal_reason: None,
        version: 1,
    };
    Ok(tx.create::<consent::Entity>(row, "give").await?)
}
