//! Receipts: written in the transaction in which another organisation is told of a person.

use relais_domain::access::Category;
use relais_domain::person::ConsentPurpose;
use relais_domain::referral::{Event, Referral};
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::Tx;
use relais_persistence::document::read::attached;
use relais_persistence::person::entity::disclosure;
use relais_persistence::person::write;
use serde_json::json;

use crate::Refusal;

/// The categories that a leg tells its receiver, with the files that it refers to now.
///
/// # Errors
/// As any read.
pub async fn told_with(tx: &Tx, leg: &Referral) -> Result<Vec<Category>, Refusal> {
    Ok(leg.told_categories(!attached(tx, leg.id).await?.is_empty()))
}

/// Notes that the receiver of a leg is told of its person, because of an event. Nothing is noted where nothing leaves: no receiver
/// was told, the organisation tells itself, or the leg names nobody.
///
/// # Errors
/// As any write.
pub async fn disclosed(tx: &mut Tx, leg: &Referral, because: Event, categories: Vec<Category>) -> Result<(), Refusal> {
    let from = leg.handed_over_by.unwrap_or(leg.sender_organisation_id);
    between(tx, leg, (from, leg.receiver_organisation_id), because, categories).await
}

/// Notes that one side of a leg wrote to the other of its person: words of whatever kind.
///
/// # Errors
/// As any write.
pub async fn written(tx: &mut Tx, leg: &Referral, by: OrganisationId) -> Result<(), Refusal> {
    let by_sender = by == leg.sender_organisation_id;
    let to = if by_sender { leg.receiver_organisation_id } else { Some(leg.sender_organisation_id) };
    between(tx, leg, (by, to), Event::ReferralMessageSent, vec![Category::Social]).await
}

async fn between(
    tx: &mut Tx,
    leg: &Referral,
    (from, to): (OrganisationId, Option<OrganisationId>),
    because: Event,
    categories: Vec<Category>,
) -> Result<(), Refusal> {
    let told = to.filter(|recipient| leg.told_at.is_some() && *recipient != from);
    let (Some(person_id), Some(recipient)) = (leg.person_id, told) else { return Ok(()) };
    if categories.is_empty() {
        return Ok(());
    }
    let consent = write::consent_to(tx, leg.id).await?;
    let receipt = disclosure::Model {
        id: tx.ctx().fresh(),
        person_id,
        referral_id: leg.id,
        organisation_id: from,
        recipient_organisation_id: recipient,
        purpose: consent.as_ref().map_or_else(|| ConsentPurpose::Referral.code().to_owned(), |consent| consent.purpose.clone()),
        categories: json!(categories),
        because: because.code().to_owned(),
        consent_id: consent.map(|consent| consent.id),
        disclosed_at: tx.ctx().now,
    };
    write::disclose(tx, receipt);
    Ok(())
}
