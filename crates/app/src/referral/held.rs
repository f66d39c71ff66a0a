//! Legs that wait for their sender's verification.

use relais_domain::referral::NoteText;
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::Tx;
use relais_persistence::referral::write;

use super::reactions;
use super::terms::Terms;
use crate::{App, Refusal};

/// The organisation is verified: its held legs reach their receivers now, and their clocks start now.
///
/// # Errors
/// As any write.
pub async fn release_held(app: &App, tx: &mut Tx, organisation: OrganisationId) -> Result<(), Refusal> {
    for id in write::held_of(tx, organisation).await? {
        let locked = write::lock(tx, id).await?;
        let terms = Terms::of_leg(app, tx, &locked.leg).await?;
        let change = locked.leg.clone().release(&terms.clocks, &terms.zone, tx.ctx().now)?;
        write::save(tx, &locked, change.referral.clone(), "release", None).await?;
        reactions::follow(app, tx, Some(&locked.leg), &change).await?;
    }
    Ok(())
}

/// Moderation refused the organisation: its held legs are blocked, and no receiver ever hears of them.
///
/// # Errors
/// As any write.
pub async fn block_held(app: &App, tx: &mut Tx, organisation: OrganisationId, reason: NoteText) -> Result<(), Refusal> {
    for id in write::held_of(tx, organisation).await? {
        let locked = write::lock(tx, id).await?;
        let change = locked.leg.clone().block(reason.clone(), &app.settings.clocks, tx.ctx().now)?;
        write::save(tx, &locked, change.referral.clone(), "block", None).await?;
        reactions::follow(app, tx, Some(&locked.leg), &change).await?;
    }
    Ok(())
}
