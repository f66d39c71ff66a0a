//! Legs that wait for their sender's verification.

use relais_domain::referral::{NoteText, Referral};
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::Tx;
use relais_persistence::identity::names;
use relais_persistence::referral::write;

use super::reactions;
use super::terms::Terms;
use crate::{App, Refusal};

/// The organisation is verified: its held legs reach their receivers now, and their clocks start now. What was addressed to a
/// receiver that was shut out meanwhile ends untold.
///
/// # Errors
/// As any write.
pub async fn release_held(app: &App, tx: &mut Tx, organisation: OrganisationId) -> Result<(), Refusal> {
    for id in write::held_of(tx, organisation).await? {
        let locked = write::lock(tx, id).await?;
        // It may have been withdrawn before it was locked.
        if !locked.leg.blockers_to_release().is_empty() {
            continue;
        }
        let (terms, now) = (Terms::of_leg(app, tx, &locked.leg).await?, tx.ctx().now);
        let (change, act) = if receiver_is_gone(tx, &locked.leg).await? {
            (locked.leg.clone().turn_back(&terms.clocks, now)?, "turn_back")
        } else {
            (locked.leg.clone().release(&terms.clocks, &terms.zone, now)?, "release")
        };
        write::save(tx, &locked, change.referral.clone(), act, None).await?;
        reactions::follow(app, tx, Some(&locked.leg), &change).await?;
    }
    Ok(())
}

async fn receiver_is_gone(tx: &Tx, leg: &Referral) -> Result<bool, Refusal> {
    let Some(receiver) = leg.receiver_organisation_id else { return Ok(false) };
    Ok(names::state_of(tx, receiver).await?.is_gone())
}

/// Moderation refused the organisation: its held legs are blocked, and no receiver ever hears of them.
///
/// # Errors
/// As any write.
pub async fn block_held(app: &App, tx: &mut Tx, organisation: OrganisationId, reason: NoteText) -> Result<(), Refusal> {
    for id in write::held_of(tx, organisation).await? {
        let locked = write::lock(tx, id).await?;
        if !locked.leg.blockers_to_block().is_empty() {
            continue;
        }
        let change = locked.leg.clone().block(reason.clone(), &app.settings.clocks, tx.ctx().now)?;
        write::save(tx, &locked, change.referral.clone(), "block", None).await?;
        reactions::follow(app, tx, Some(&locked.leg), &change).await?;
    }
    Ok(())
}
