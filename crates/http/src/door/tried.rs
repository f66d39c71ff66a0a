//! Acts that are tried only: what `dry_run` asks, and what it is answered.

use relais_domain::message::{Channel, NoticeKind, Recipient};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Call;

/// Whether to try only.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActQuery {
    /// Check everything and change nothing: answers 200 with `would` and `notices`.
    pub dry_run: bool,
}

/// Somebody who would be told.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is asked for")]
struct TriedNotice {
    /// What it would be about.
    kind: NoticeKind,
    /// In which part the recipient would be told.
    recipient: Recipient,
    /// By which way.
    channel: Channel,
}

/// What a dry run found: all checks pass, and nothing changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TriedAct {
    /// The act that would be done.
    #[schema(example = "accept")]
    pub would: &'static str,
    /// The record that would change.
    pub id: uuid::Uuid,
    /// Who would be told, and how.
    #[schema(value_type = Vec<TriedNotice>)]
    pub notices: Vec<Value>,
}

impl TriedAct {
    /// What a dry run of this act found out.
    pub fn of<Q, B>(call: &Call<Q, B>, would: &'static str, id: uuid::Uuid) -> Self {
        let notices = call.caller.request.preview.lock().map(|told| told.clone()).unwrap_or_default();
        Self { would, id, notices }
    }
}
