//! What the end of one leg does to the others of its need: the person comes back to the former holder, or is taken elsewhere.

use chrono::TimeDelta;
use relais_domain::directory::OrganisationState;
use relais_domain::message::NoticeKind;
use relais_domain::referral::{Event, Referral};
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::identity::names;
use relais_persistence::platform::job::Job;
use relais_persistence::referral::write::{self, Forsaken, Locked};
use relais_persistence::{NewJob, Tx};
use serde::Deserialize;
use serde_json::json;

use super::reactions;
use super::terms::Terms;
use crate::message::notify::About;
use crate::{App, Refusal, claim, directory};

/// The kind of job that looks again what came to an organisation that was shut out.
pub const FORSAKEN_JOB: &str = "organisation_forsaken";
/// After this time no transaction goes on that saw the organisation at work.
const ALL_HAVE_ENDED: TimeDelta = TimeDelta::minutes(1);

#[derive(Deserialize)]
struct Gone {
    organisation_id: OrganisationId,
}

/// The former holder that has the person again when a leg ends so: the nearest that is still there. None when the chain ends.
///
/// # Errors
/// As any read.
pub(super) async fn back_to(tx: &Tx, leg: &Referral, events: &[Event]) -> Result<Option<Locked>, Refusal> {
    let ended = events.iter().any(|event| matches!(event, Event::ReferralRefused | Event::ReferralExpired));
    let mut above = leg.parent_id.filter(|_| ended && leg.goes_back());
    while let Some(id) = above {
        let parent = write::lock(tx, id).await?;
        above = parent.leg.parent_id;
        if let Some(holder) = parent.leg.receiver_organisation_id
            && parent.leg.blockers_to_return().is_empty()
            && is_active(tx, holder).await?
        {
            return Ok(Some(parent));
        }
    }
    Ok(None)
}

/// Another chain of the need was accepted first: what waits in the others is over, and their receivers are told.
///
/// # Errors
/// As any write.
pub(super) async fn supersede_rivals(app: &App, tx: &mut Tx, accepted: &Referral) -> Result<(), Refusal> {
    // Whom else the sender asked, and how many, is not for the one who accepts, who may only try it.
    let told = tx.told().len();
    for id in write::rivals(tx, accepted).await? {
        let locked = write::lock(tx, id).await?;
        let change = locked.leg.clone().supersede(&app.settings.clocks, tx.ctx().now)?;
        write::save(tx, &locked, change.referral.clone(), "supersede", None).await?;
        Box::pin(reactions::follow(app, tx, Some(&locked.leg), &change)).await?;
    }
    tx.keep_told(told);
    Ok(())
}

/// The former holder has the person again, unfiled and with fresh clocks; everybody is told.
///
/// # Errors
/// As any write.
pub(super) async fn go_back(app: &App, tx: &mut Tx, ended: &Referral, parent: Locked) -> Result<(), Refusal> {
    let last = write::lock(tx, ended.id).await?;
    let mut stepped_down = last.leg.clone();
    stepped_down.step_down();
    write::save(tx, &last, stepped_down, "step_down", None).await?;
    let terms = Terms::of_leg(app, tx, &parent.leg).await?;
    let change = parent.leg.clone().come_back(ended.form.contact(), &terms.clocks, tx.ctx().now)?;
    write::save(tx, &parent, change.referral.clone(), "return", None).await?;
    if let Some(holder) = parent.leg.receiver_organisation_id {
        write::unfile(tx, parent.leg.id, holder).await?;
    }
    Box::pin(reactions::follow(app, tx, Some(&parent.leg), &change)).await?;
    reactions::tell(tx, &change.referral, NoticeKind::Returned, About::other_leg(ended)).await
}

async fn is_active(tx: &Tx, organisation: OrganisationId) -> Result<bool, Refusal> {
    Ok(directory::organisation_offer_in(tx, organisation).await?.is_some_and(|offer| offer.organisation_active))
}

/// An organisation was shut out, or is no longer in the directory: whoever was handed over to it comes back. What came to it first
/// ends, when that is asked for: nobody else would ever end it.
///
/// # Errors
/// As any write.
pub async fn forsake(app: &App, tx: &mut Tx, organisation: OrganisationId, which: Forsaken) -> Result<(), Refusal> {
    forsake_what_is_seen(app, tx, organisation, which).await?;
    if which == Forsaken::All {
        // Whoever sent, handed over or fetched at this moment saw it at work, and is not seen from here yet.
        let payload = json!({"organisation_id": organisation});
        let run_at = tx.ctx().now + ALL_HAVE_ENDED;
        tx.enqueue(NewJob { kind: FORSAKEN_JOB, unique_key: None, payload, priority: 0, run_at });
    }
    Ok(())
}

/// Looks again what came to an organisation while it was shut out, unless it is open again.
///
/// # Errors
/// As any write; it is tried again.
pub(crate) async fn forsaken_meanwhile(app: &App, job: &Job) -> Result<(), Refusal> {
    let Gone { organisation_id } = serde_json::from_value(job.payload.clone()).map_err(|error| Refusal::Failed(error.to_string()))?;
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    if names::state_of(&tx, organisation_id).await? == OrganisationState::Blocked {
        forsake_what_is_seen(app, &mut tx, organisation_id, Forsaken::All).await?;
    }
    Ok(tx.commit().await?)
}

async fn forsake_what_is_seen(app: &App, tx: &mut Tx, organisation: OrganisationId, which: Forsaken) -> Result<(), Refusal> {
    for id in write::forsaken_by(tx, organisation, which).await? {
        let locked = write::lock(tx, id).await?;
        // It may have ended before it was locked.
        let Ok(change) = locked.leg.clone().forsake(&app.settings.clocks, tx.ctx().now) else { continue };
        write::save(tx, &locked, change.referral.clone(), "forsake", None).await?;
        reactions::follow(app, tx, Some(&locked.leg), &change).await?;
    }
    Ok(())
}
