//! What the events of one room set off in another, in the same transaction. Rooms do not know who follows them.

use relais_domain::referral::NoteText;
use relais_domain::shared::ids::{OrganisationId, ReferralId};
use relais_persistence::Tx;
use relais_persistence::referral::write::Forsaken;

use crate::message::notify;
use crate::{App, Refusal, referral, report};

/// An organisation was verified: what it sent meanwhile reaches its receivers now.
///
/// # Errors
/// As any write.
pub async fn organisation_verified(app: &App, tx: &mut Tx, organisation: OrganisationId) -> Result<(), Refusal> {
    referral::release_held(app, tx, organisation).await
}

/// An organisation is no longer in the directory: whoever was handed over to it comes back.
///
/// # Errors
/// As any write.
pub async fn organisation_disabled(app: &App, tx: &mut Tx, organisation: OrganisationId) -> Result<(), Refusal> {
    referral::forsake(app, tx, organisation, Forsaken::HandedOver).await
}

/// An organisation was shut out: what it sent meanwhile reaches nobody, its members are told once, whoever was handed over to it comes
/// back, what else it received ends and its senders are told, and no key opens what it received.
///
/// # Errors
/// As any write.
pub async fn organisation_blocked(app: &App, tx: &mut Tx, organisation: OrganisationId, reason: NoteText) -> Result<(), Refusal> {
    referral::block_held(app, tx, organisation, reason).await?;
    notify::blocked(tx, organisation);
    referral::forsake(app, tx, organisation, Forsaken::All).await?;
    referral::close_doors(tx, organisation).await
}

/// What some organisations may read became less, or what is held on a person was erased: files that were taken out before go with it.
///
/// # Errors
/// As any write.
pub async fn less_is_read(tx: &mut Tx, organisations: &[OrganisationId]) -> Result<(), Refusal> {
    report::outdated(tx, organisations).await
}

/// The time of a consent is over: its receiver sees no more than that the leg exists.
///
/// # Errors
/// As any write.
pub async fn consent_ended(tx: &mut Tx, leg: ReferralId) -> Result<(), Refusal> {
    referral::outlived(tx, leg).await
}
