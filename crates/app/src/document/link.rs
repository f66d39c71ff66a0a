//! A short link to a file, for programs that open files by their address.

use chrono::{DateTime, TimeDelta, Utc};
use relais_domain::shared::ids::{DocumentId, OrganisationId, SessionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::read::{Content, content, readable};
use crate::{App, Caller, Refusal, Request, identity};

/// How long a link lives (real time).
const LIFE: TimeDelta = TimeDelta::minutes(5);
/// A sealed link opens as nothing else.
const CONTEXT: &[u8] = b"download";

/// A link to a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DownloadLink {
    /// Where the file is read without a token. It says nothing about the file.
    pub url: String,
    /// When the link ends (real time).
    pub expires_at: DateTime<Utc>,
}

/// What a link holds, sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    document: DocumentId,
    session: SessionId,
    organisation: Option<OrganisationId>,
    until: i64,
}

/// Makes a link to a file that the caller may read now. It opens what its maker may read when it is opened, until the maker's session
/// ends, and is noted under the maker's name.
///
/// # Errors
/// As reading the content; 401 without a session.
pub async fn link(app: &App, caller: &Caller, id: DocumentId) -> Result<DownloadLink, Refusal> {
    let session = caller.session.ok_or(Refusal::Unauthenticated("sign_in_required"))?;
    readable(app, caller, id).await?;
    let expires_at = app.clock.real_now() + LIFE;
    let organisation = caller.acting_for.as_ref().map(|acting| acting.id).filter(|_| caller.link().is_none());
    let sealed = Sealed { document: id, session, organisation, until: expires_at.timestamp_micros() };
    let plain = serde_json::to_vec(&sealed).map_err(|error| Refusal::Failed(error.to_string()))?;
    let token = app.keys.cursor.seal(CONTEXT, &plain).map_err(|error| Refusal::Failed(error.to_string()))?;
    Ok(DownloadLink { url: format!("{}/v1/downloads/{token}", app.settings.public_url), expires_at })
}

/// Reads a file through a link.
///
/// # Errors
/// 404 `link_not_valid` for whatever is wrong with the link or with what its maker may read by now; 503 `store_unavailable`.
pub async fn download(app: &App, request: Request, token: &str) -> Result<Content, Refusal> {
    let invalid = Refusal::Missing("link_not_valid");
    let plain = app.keys.cursor.open(CONTEXT, token).map_err(|_| invalid.clone())?;
    let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| invalid.clone())?;
    if sealed.until <= app.clock.real_now().timestamp_micros() {
        return Err(invalid);
    }
    let told = async {
        let maker = identity::of_session(app, sealed.session, sealed.organisation, request).await?;
        content(app, &maker, sealed.document).await
    };
    told.await.map_err(|refusal| match refusal {
        Refusal::Busy | Refusal::StoreAway | Refusal::Failed(_) => refusal,
        _ => invalid,
    })
}
