//! Receipts: written in the transaction in which another organisation is told of a person.

use relais_domain::access::Category;
use relais_domain::referral::{Event, Referral};
use relais_persistence::Tx;
use relais_persistence::person::entity::disclosure;
use relais_persistence::person::write;
use serde_json::json;

use crate::Refusal;

/// Notes that the receiver of a leg is told of its person, because of an event. Nothing is noted where nothing leaves: no receiver
/// was told, the organisation tells itself, or the leg names nobody.
///
/// # Errors
/// As any write.
pub async fn disclosed(tx: &mut Tx, leg: &Referral, because: Event, categories: Vec<Category>) -> Result<(), Refusal> {
    let from = leg.handed_over_by.unwrap_or(leg.sender_organisation_id);
    let told = leg.receiver_organisation_id.filter(|receiver| leg.told_at.is_some() && *receiver != from);
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
        purpose: consent.as_ref().map_or_else(|| "referral".to_owned(), |consent| consent.purpose.clone()),
        categories: json!(categories),
        because: because.code().to_owned(),
        consent_id: consent.map(|consent| consent.id),
        disclosed_at: tx.ctx().now,
    };
    write::disclose(tx, receipt);
    Ok(())
}
