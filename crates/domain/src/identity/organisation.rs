//! What an organisation says of itself, and decides for itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::referral::{NoteText, OwnMessage};
use crate::shared::{Blocker, IdentifierKind, unfit_for_mail};

/// A national identifier of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationIdentifier {
    /// Which register it is from.
    pub kind: IdentifierKind,
    /// The identifier.
    #[schema(min_length = 1, max_length = 50, example = "73282932000074")]
    pub value: String,
}

/// The identifiers in the form in which they are stored.
///
/// # Errors
/// `identifier_malformed`, `identifier_check_digit`, `identifier_forbidden` (422), each at `/identifiers/n/value`; `duplicate`
/// (422) at `/identifiers/n`, however it is spaced.
pub fn checked_identifiers(given: &[OrganisationIdentifier]) -> Result<Vec<OrganisationIdentifier>, Vec<Blocker>> {
    let mut blockers = Vec::new();
    let mut stored: Vec<OrganisationIdentifier> = Vec::new();
    for (place, one) in given.iter().enumerate() {
        match one.kind.check(&one.value) {
            Ok(value) if stored.iter().any(|known| known.kind == one.kind && known.value == value) => {
                blockers.push(Blocker::content("duplicate").at(format!("/identifiers/{place}")));
            }
            Ok(value) => stored.push(OrganisationIdentifier { kind: one.kind, value }),
            Err(error) => blockers.push(Blocker::content(error.code()).at(format!("/identifiers/{place}/value"))),
        }
    }
    if blockers.is_empty() { Ok(stored) } else { Err(blockers) }
}

/// What an organisation decides for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationSettings {
    /// E-mail and phone of the organisation are part of its public face. Absent: only for what a feed brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub contact_public: Option<bool>,
    /// A refusal is told to the person as well, without reason or message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub refuse_tells_person: Option<bool>,
    /// Its own labels and messages for reasons, in place of those that the reference lists suggest. Absent: they stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<OwnMessage>, required = false, max_items = 150)]
    pub messages: Option<Vec<OwnMessage>>,
}

/// Why an organisation may not be verified now: `already_verified`, `organisation_blocked` (409).
pub fn blockers_to_verify(verified: bool, blocked: bool) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    blockers.extend(verified.then(|| Blocker::state("already_verified")));
    blockers.extend(blocked.then(|| Blocker::state("organisation_blocked")));
    blockers
}

/// Why an organisation may not be shut out now: `already_blocked` (409); `forbidden_identifier`, `markup_not_allowed` (422) on
/// `/reason`, which leaves in mails.
pub fn blockers_to_block(blocked: bool, reason: &NoteText) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    blockers.extend(blocked.then(|| Blocker::state("already_blocked")));
    blockers.extend(unfit_for_mail(&[("/reason", Some(reason.as_str()))]));
    blockers
}
