//! The body of a draft: what a sender writes, and how it becomes a form and is read back from one.

use relais_domain::eligibility::Facts;
use relais_domain::referral::{Adviser, DocumentTick, DraftContent, Form, NoteText, PersonForm, ReasonText, Referral, SituationText};
use relais_domain::shared::ids::{OrganisationId, PersonId, ReferralId, ServiceId, UnitId};
use relais_domain::shared::merge_patch;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Caller, Refusal};

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
    /// A record of my organisation: what the person leaves out is taken from it. The record itself is not changed by the draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
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

/// A body or a form, its fields taken from the other: what both have stands here once.
macro_rules! with_fields_of {
    ($from:expr, $into:ident { $($own:tt)* }) => {{
        let from = $from;
        $into {
            adviser: from.adviser,
            person: from.person,
            reason: from.reason,
            situation: from.situation,
            audiences: from.audiences,
            criteria: from.criteria,
            criteria_note: from.criteria_note,
            documents: from.documents,
            eligibility: from.eligibility,
            person_agreed: from.person_agreed,
            person_informed: from.person_informed,
            $($own)*
        }
    }};
}

impl ReferralDraft {
    /// What is to be stored.
    pub(super) fn content(self) -> DraftContent {
        DraftContent {
            sender_unit_id: self.sender_unit_id,
            adviser_id: self.adviser.as_ref().and_then(|adviser| adviser.member_id),
            receiver_organisation_id: self.receiver_organisation_id,
            receiver_unit_id: None,
            service_id: self.service_id,
            person_id: self.person_id,
            adviser_email: None,
            form: with_fields_of!(self, Form {}),
        }
    }

    /// The body that a stored leg comes from.
    pub(super) fn of(leg: &Referral) -> Self {
        with_fields_of!(
            leg.form.clone(),
            Self {
                id: None,
                service_id: leg.service_id,
                receiver_organisation_id: leg.receiver_organisation_id.filter(|_| leg.service_id.is_none()),
                sender_unit_id: leg.sender_unit_id,
                person_id: leg.person_id,
            }
        )
    }

    /// Whether a leg was made from this body: all that its sender wrote is the same.
    pub(super) fn made(&self, leg: &Referral, caller: &Caller) -> bool {
        let (mut stored, mut sent) = (as_json(&Self::of(leg)), as_json(&defaulted(caller, self.clone())));
        if self.person_id.is_some() {
            // The record filled in what the body left out.
            for body in [&mut stored, &mut sent].into_iter().filter_map(Value::as_object_mut) {
                body.remove("person");
            }
        }
        stored == sent && self.person_id.is_none_or(|named| Some(named) == leg.person_id)
    }

    /// The body after a merge patch (RFC 7396).
    ///
    /// # Errors
    /// `unknown_field` (422) for the id; `invalid` (422).
    pub(super) fn merged(&self, patch: Value) -> Result<Self, Refusal> {
        if patch.get("id").is_some() {
            return Err(Refusal::invalid("unknown_field", "/id"));
        }
        let mut value = serde_json::to_value(self).map_err(|error| Refusal::Failed(error.to_string()))?;
        merge_patch(&mut value, &patch);
        drop_nulls(&mut value);
        serde_json::from_value(value).map_err(|_| Refusal::invalid("invalid", ""))
    }
}

/// What the sender wrote, without what the server fills in.
fn as_json(draft: &ReferralDraft) -> Value {
    let mut value = serde_json::to_value(draft).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("id");
        fields.remove("receiver_organisation_id");
        fields.remove("sender_unit_id");
        fields.remove("person_id");
    }
    value
}

fn defaulted(caller: &Caller, mut draft: ReferralDraft) -> ReferralDraft {
    if draft.adviser.is_none() {
        draft.adviser = caller.actor.user().map(|user| Adviser { member_id: Some(user), ..Adviser::default() });
    }
    draft
}

/// Absent and null mean the same in a draft.
fn drop_nulls(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, field| !field.is_null());
        fields.values_mut().for_each(drop_nulls);
    }
}
