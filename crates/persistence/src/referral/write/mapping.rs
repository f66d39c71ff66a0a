//! Between the row of a leg and the aggregate.

use relais_domain::person::contact_keys;
use relais_domain::referral::Referral;
use relais_domain::shared::name::PersonName;

use super::super::entity::referral;
use super::Locked;
use crate::db::Failure;

fn list<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<Vec<T>, Failure> {
    serde_json::from_value(value).map_err(|error| Failure::Failed(format!("a list in a referral row: {error}")))
}

fn json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// One from the other: what both hold alike stands here once, what differs is taken and made by the caller. No field is forgotten on
/// either side.
macro_rules! carry_over {
    (@fields [$($field:ident),+] $from:ident: $($From:ident)::+ { $($taken:tt)* } => $($Into:ident)::+ { $($made:tt)* }) => {{
        let $($From)::+ { $($field,)+ $($taken)* } = $from;
        $($Into)::+ { $($field,)+ $($made)* }
    }};
    ($($between:tt)+) => {
        carry_over!(@fields [
            id,
            need_id,
            root_id,
            parent_id,
            kind,
            origin,
            sender_organisation_id,
            sender_unit_id,
            sent_by,
            adviser_id,
            receiver_organisation_id,
            receiver_unit_id,
            service_id,
            person_id,
            snapshot,
            eligibility,
            override_reason,
            sent_at,
            answered_at,
            first_answered_at,
            decided_at,
            ended_at,
            state_since,
            remind_at,
            reminders_sent,
            expire_at,
            plan,
            answer_message,
            message_for_person,
            outcome,
            outcome_text,
            reported,
            blocked_reason,
            head,
            handed_over_by,
            hand_over,
            returned_at,
            receiver_left_at,
            consent_withdrawn_at,
            informed_at,
            paused_seconds,
            blanked_at,
            created_at,
            updated_at,
            version
        ] $($between)+)
    };
}

/// The aggregate behind a row.
///
/// # Errors
/// [`Failure::Failed`] when a list column does not read.
pub fn to_domain(row: referral::Model) -> Result<Referral, Failure> {
    Ok(carry_over!(row: referral::Model {
        state, told_at, form, pause, refusal_codes, path, warnings, name_folded: _, contact_keys: _, inbox_box: _, paused: _
    } => Referral {
        state,
        told_at,
        form,
        pause,
        refusal_codes: list(refusal_codes)?,
        path: list(path)?,
        warnings: list(warnings)?,
    }))
}

/// The row of an aggregate that is new.
pub fn to_row(leg: Referral) -> referral::Model {
    let keys = contact_keys(&leg.form.person);
    row_with(leg, keys)
}

/// The row of an aggregate that was read, and moved on. What is searched by is reckoned anew only for another person's words: to read
/// a telephone number takes its time.
pub fn to_next_row(leg: Referral, before: &Locked) -> referral::Model {
    let is_same = leg.form.person == before.leg.form.person;
    let keys = if is_same { before.row.contact_keys.clone() } else { contact_keys(&leg.form.person) };
    row_with(leg, keys)
}

fn row_with(leg: Referral, contact_keys: Option<String>) -> referral::Model {
    let name = |part: &Option<PersonName>| part.as_ref().map(PersonName::folded).unwrap_or_default();
    // Nothing parts the two: who searches does not know where the family name ends.
    let folded = name(&leg.form.person.family_name) + &name(&leg.form.person.given_name);
    carry_over!(leg: Referral { state, told_at, form, pause, refusal_codes, path, warnings } => referral::Model {
        name_folded: Some(folded).filter(|folded| !folded.is_empty()),
        contact_keys,
        // A receiver's box is one value, so that a page of it is read from the index in its order.
        inbox_box: told_at.and(state.r#box()),
        // Paused ones stand last in a box: the index has it.
        paused: pause.is_some(),
        state,
        told_at,
        form,
        pause,
        refusal_codes: json(&refusal_codes),
        path: json(&path),
        warnings: json(&warnings),
    })
}
