//! What the events of one room set off in another, in the same transaction. Rooms do not know who follows them.

use relais_domain::referral::NoteText;
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::Tx;

use crate::message::notify;
use crate::{App, Refusal, referral};

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
    referral::forsake(app, tx, organisation).await
}

/// An organisation was shut out: what it sent meanwhile reaches nobody, its members are told once, whoever was handed over to it comes
/// back, and no key opens what it received.
///
/// # Errors
/// As any write.
pub async fn organisation_blocked(app: &App, tx: &mut Tx, organisation: OrganisationId, reason: NoteText) -> Result<(), Refusal> {
    referral::block_held(app, tx, organisation, reason).await?;
    notify::blocked(tx, organisation);
    referral::forsake(app, tx, organisation).await?;
    referral::close_doors(tx, organisation).await
}
