//! What a sender can ask of a receiver; see [`Offer`].

use relais_domain::referral::Offer;
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use relais_persistence::Tx;
use relais_persistence::directory::read;

use crate::{App, Refusal};

/// A service as it is offered now, whoever asks; `None` when there is no such service.
///
/// # Errors
/// `busy` (503).
pub async fn offer(app: &App, service: ServiceId) -> Result<Option<Offer>, Refusal> {
    Ok(read::offer(&app.db, app.clock.now().date_naive(), service).await?)
}

/// As [`offer`], within a transaction.
///
/// # Errors
/// `busy` (503).
pub async fn offer_in(tx: &Tx, service: ServiceId) -> Result<Option<Offer>, Refusal> {
    Ok(read::offer_in(tx, service).await?)
}

/// As [`offer_in`], as far as an organisation knows of it: `None` for a draft of another one too.
///
/// # Errors
/// `busy` (503).
pub async fn known_offer_in(tx: &Tx, service: ServiceId, to: Option<OrganisationId>) -> Result<Option<Offer>, Refusal> {
    Ok(offer_in(tx, service).await?.filter(|offer| offer.is_known_to(to)))
}

/// An organisation as the receiver of a referral without a service; `None` when there is no such organisation.
///
/// # Errors
/// `busy` (503).
pub async fn organisation_offer(app: &App, organisation: OrganisationId) -> Result<Option<Offer>, Refusal> {
    Ok(read::organisation_offer(&app.db, organisation).await?)
}

/// As [`organisation_offer`], within a transaction.
///
/// # Errors
/// `busy` (503).
pub async fn organisation_offer_in(tx: &Tx, organisation: OrganisationId) -> Result<Option<Offer>, Refusal> {
    Ok(read::organisation_offer_in(tx, organisation).await?)
}
