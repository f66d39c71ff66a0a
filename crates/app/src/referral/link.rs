//! Access links: keys that went out by mail, exchanged for a short session over exactly one leg.

use chrono::TimeDelta;
use relais_adapters::crypto;
use relais_domain::identity::Actor;
use relais_domain::message::NoticeKind;
use relais_domain::shared::ids::{OrganisationId, ReferralId};
use relais_persistence::platform::budget;
use relais_persistence::platform::job::Job;
use relais_persistence::referral::link;
use relais_persistence::referral::write::{self, Locked};
use relais_persistence::{Failure, NewJob, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::notify::{self, About};
use crate::{App, Caller, Refusal, claim, identity};

/// How long a session lasts that a link opened.
const SESSION_SECONDS: i64 = 30 * 60;
/// The kind of job that looks at the leg for which a link was asked anew.
pub const RENEWAL_JOB: &str = "link_renewal";
/// Somebody waits for the mail.
const RENEWAL_PRIORITY: i32 = 5;
/// How many links may be asked for anew, a day and leg.
const RENEWALS_A_DAY: i32 = 3;

/// A session over one referral.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExchangedLink {
    /// Bearer token for exactly this referral.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    /// The referral that the session opens.
    pub referral_id: ReferralId,
}

/// Exchanges the token of a link for a session of 30 minutes. It may be done any number of times in the link's life.
///
/// # Errors
/// 404 `link_not_valid` for a token that is unknown, expired or revoked, to a leg that has ended, or of a receiver that was shut
/// out: one answer for all.
pub async fn exchange(app: &App, caller: &Caller, token: &str) -> Result<ExchangedLink, Refusal> {
    let ctx = app.ctx(caller);
    let mut tx = app.db.write(&ctx).await?;
    let found = link::use_link(&mut tx, &crypto::sha256(&[token.as_bytes()])).await?;
    let link = found.ok_or(Refusal::Missing("link_not_valid"))?;
    let access_token = identity::open_link_session(app, &mut tx, link.id, SESSION_SECONDS).await?;
    tx.commit().await?;
    Ok(ExchangedLink { access_token, token_type: "Bearer", expires_in: SESSION_SECONDS, referral_id: link.referral_id })
}

#[derive(Serialize, Deserialize)]
struct Renewal {
    referral_id: ReferralId,
    /// How many were asked for that day, with this one.
    used: i32,
}

/// Sends a fresh link to the service's own address, when the leg is open and not too many left today. The answer tells
/// nothing, neither by what it says nor by its time: whatever is asked for, it counts and leaves a job, and the leg is looked at there.
///
/// # Errors
/// As any write.
pub async fn renew(app: &App, caller: &Caller, id: ReferralId) -> Result<(), Refusal> {
    let ctx = app.ctx(caller);
    let used = budget::spend(&app.db, &ctx, "link_renewal", &id.to_string(), TimeDelta::days(1)).await?;
    let mut tx = app.db.write(&app.system_ctx(Actor::Nobody, &ctx.request_id)).await?;
    let payload = serde_json::to_value(Renewal { referral_id: id, used }).map_err(|error| Refusal::Failed(error.to_string()))?;
    tx.enqueue(NewJob { kind: RENEWAL_JOB, unique_key: None, payload, priority: RENEWAL_PRIORITY, run_at: tx.ctx().now });
    Ok(tx.commit().await?)
}

/// Decides whether the link that was asked for is sent.
///
/// # Errors
/// As any write; the job is then tried again.
pub(crate) async fn renewed(app: &App, job: &Job) -> Result<(), Refusal> {
    let Renewal { referral_id, used } = Renewal::deserialize(&job.payload).map_err(|error| Refusal::Failed(error.to_string()))?;
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    match write::lock(&tx, referral_id).await {
        Ok(Locked { leg, .. }) => {
            if used <= RENEWALS_A_DAY && link::takes_keys(&tx, referral_id).await? {
                notify::referral(&mut tx, &leg, NoticeKind::AccessLink, About::default()).await?;
            }
        }
        Err(Failure::Missing) => {}
        Err(other) => return Err(other.into()),
    }
    Ok(tx.commit().await?)
}

/// Every key to what an organisation received is dead.
///
/// # Errors
/// As any write.
pub async fn close_doors(tx: &Tx, organisation: OrganisationId) -> Result<(), Refusal> {
    Ok(write::revoke_links_of_receiver(tx, organisation).await?)
}
