//! People who come to the counter without a sender.

use chrono::{DateTime, Utc};
use relais_domain::access::{Permission, Resource};
use relais_domain::referral::{
    DraftContent, Form, NewReferral, NewWalkIn, NoteText, Offer, PersonForm, ReasonText, Referral, SituationText, Start,
};
use relais_domain::shared::ids::{ReferralId, ServiceId, is_own_id};
use relais_persistence::Tx;
use relais_persistence::referral::write;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::draft::{keep_person, made_before, permitted};
use super::reactions;
use crate::{App, Caller, Done, Refusal, directory, effect};

/// A person who came to the counter.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WalkIn)]
pub struct WalkInForm {
    /// Your own id for it (UUID v7, at most 24 hours old).
    #[serde(default)]
    pub id: Option<ReferralId>,
    /// The service of mine that is asked for; none for the structure itself.
    #[serde(default)]
    pub service_id: Option<ServiceId>,
    /// In charge at once, or still to be decided.
    pub start: Start,
    /// When the person was informed of what becomes of the data.
    pub informed_at: DateTime<Utc>,
    /// The person.
    pub person: PersonForm,
    /// Why the person comes.
    #[serde(default)]
    pub reason: Option<ReasonText>,
    /// The person's situation.
    #[serde(default)]
    pub situation: Option<SituationText>,
    /// Audiences of the service that the person belongs to.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub audiences: Vec<String>,
    /// Criteria of the service that the person meets.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub criteria: Vec<String>,
    /// A note on the criteria.
    #[serde(default)]
    pub criteria_note: Option<NoteText>,
}

impl WalkInForm {
    fn content(self) -> (DraftContent, Start, DateTime<Utc>) {
        let Self { id: _, service_id, start, informed_at, person, reason, situation, audiences, criteria, criteria_note } = self;
        let form = Form { person, reason, situation, audiences, criteria, criteria_note, ..Form::default() };
        let content = DraftContent {
            sender_unit_id: None,
            adviser_id: None,
            receiver_organisation_id: None,
            receiver_unit_id: None,
            service_id,
            person_id: None,
            adviser_email: None,
            form,
        };
        (content, start, informed_at)
    }

    /// Whether a leg was made from this body.
    fn made(&self, leg: &Referral) -> bool {
        let (content, _, informed_at) = self.clone().content();
        leg.informed_at == Some(informed_at) && leg.service_id == content.service_id && leg.form == content.form
    }
}

async fn own_offer(tx: &Tx, service: Option<ServiceId>) -> Result<Option<Offer>, Refusal> {
    let Some(service) = service else { return Ok(None) };
    let offer = directory::offer_in(tx, service).await?;
    Ok(Some(offer.ok_or_else(|| Refusal::unknown_reference("/service_id"))?))
}

/// Enters a person who came to the counter: in my structure's own box, without sender, reminder or expiry.
///
/// # Errors
/// 403 without `referrals:handle`, `organisation_unverified`; `id_taken` (409); `invalid_id`, `unknown_reference`,
/// `not_own_service`, `in_the_future`, `required` and the form's own codes (422).
pub async fn walk_in(app: &App, caller: &Caller, body: WalkInForm) -> Result<Done, Refusal> {
    caller.may(Resource::Referral, Permission::ReferralsHandle)?;
    let organisation = caller.organisation()?;
    if caller.acting_for.as_ref().is_some_and(|acting| !acting.verified) {
        return Err(Refusal::Barred("organisation_unverified"));
    }
    if body.id.is_some_and(|id| !is_own_id(id.0, app.clock.real_now())) {
        return Err(Refusal::invalid("invalid_id", "/id"));
    }
    effect(app, caller, async |tx| {
        let id: ReferralId = body.id.unwrap_or_else(|| tx.ctx().fresh());
        if let Some(known) = made_before(tx, body.id, organisation, |leg| body.made(leg)).await? {
            return Ok(known);
        }
        let (content, start, informed_at) = body.clone().content();
        let offer = own_offer(tx, content.service_id).await?;
        let new =
            NewReferral { id, need_id: tx.ctx().fresh(), sender_organisation_id: organisation, sent_by: caller.actor.user(), content };
        let walk_in = NewWalkIn { new, start, informed_at };
        let mut change = Referral::walk_in(walk_in, offer.as_ref(), &app.settings.clocks, tx.ctx().now)?;
        change.referral.person_id = keep_person(tx, &change.referral, None, None).await?;
        permitted(caller, &change.referral, Permission::ReferralsHandle)?;
        write::create(tx, change.referral.clone()).await?;
        reactions::follow(app, tx, None, &change).await?;
        Ok(Done::created(id.0))
    })
    .await
}
