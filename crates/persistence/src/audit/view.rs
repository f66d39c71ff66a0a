//! What is read of the journals, as it is shown.

use chrono::{DateTime, Utc};
use relais_domain::shared::ids::OrganisationId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{access_entry, mutation_entry};

/// Who changed what. The names of the changed fields, never their values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MutationEntry)]
pub struct MutationView {
    /// Its id.
    pub id: Uuid,
    /// Its place in the sealed chain; null for the fraction of a second before it is sealed.
    pub position: Option<i64>,
    /// The seal: a hash over the entry and the seal before it.
    pub seal: Option<String>,
    /// When; business time.
    pub at: DateTime<Utc>,
    /// When it was written; real time.
    pub written_at: DateTime<Utc>,
    /// `user`, `service_account`, `access_link`, `clock`, `command_line` or `nobody`.
    #[schema(example = "user")]
    pub actor_kind: String,
    /// The account or link.
    pub actor_id: Option<Uuid>,
    /// The organisation that the actor acted for.
    pub organisation_id: Option<OrganisationId>,
    /// In which request or job.
    pub request_id: String,
    /// The purpose that was stated.
    pub purpose: Option<String>,
    /// The kind of object.
    #[schema(example = "referral")]
    pub object_kind: String,
    /// The object.
    pub object_id: Uuid,
    /// The act.
    #[schema(example = "accept")]
    pub act: String,
    /// The code of the reason.
    pub reason: Option<String>,
    /// The names of the fields that changed.
    #[schema(example = json!(["state", "decided_at"]))]
    pub fields: Vec<String>,
}

impl From<mutation_entry::Model> for MutationView {
    fn from(row: mutation_entry::Model) -> Self {
        let mutation_entry::Model {
            id,
            position,
            seal,
            at,
            business_at,
            actor_kind,
            actor_id,
            organisation_id,
            request_id,
            purpose,
            object_kind,
            object_id,
            act,
            reason,
            fields,
        } = row;
        let name = |field: &Value| field.get("name").and_then(Value::as_str).map(ToOwned::to_owned);
        let fields = fields.as_array().map(|fields| fields.iter().filter_map(name).collect()).unwrap_or_default();
        Self {
            id,
            position,
            seal,
            at: business_at,
            written_at: at,
            actor_kind,
            actor_id,
            organisation_id,
            request_id,
            purpose,
            object_kind,
            object_id,
            act,
            reason,
            fields,
        }
    }
}

/// Who was shown whose content, or refused it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AccessEntry)]
pub struct AccessView {
    /// Its id.
    pub id: Uuid,
    /// Its place in the sealed chain.
    pub position: i64,
    /// The seal: a hash over the entry and the seal before it.
    pub seal: String,
    /// When; business time.
    pub at: DateTime<Utc>,
    /// When it was written; real time.
    pub written_at: DateTime<Utc>,
    /// `user`, `service_account` or `access_link`.
    #[schema(example = "user")]
    pub actor_kind: String,
    /// The account or link.
    pub actor_id: Option<Uuid>,
    /// The organisation that the actor acted for.
    pub organisation_id: Option<OrganisationId>,
    /// In which request.
    pub request_id: String,
    /// The purpose that was stated.
    pub purpose: Option<String>,
    /// The operation.
    #[schema(example = "read_referral")]
    pub operation: String,
    /// `shown` or `refused`.
    #[schema(example = "shown")]
    pub outcome: String,
    /// The categories that were shown.
    #[schema(example = json!(["identity", "contact"]))]
    pub categories: Vec<String>,
    /// The kind of object.
    #[schema(example = "referral")]
    pub object_kind: String,
    /// The objects.
    pub object_ids: Vec<String>,
}

impl From<access_entry::Model> for AccessView {
    fn from(row: access_entry::Model) -> Self {
        let access_entry::Model {
            id,
            position,
            seal,
            at,
            business_at,
            actor_kind,
            actor_id,
            organisation_id,
            request_id,
            purpose,
            operation,
            outcome,
            categories,
            object_kind,
            object_ids,
        } = row;
        Self {
            id,
            position,
            seal,
            at: business_at,
            written_at: at,
            actor_kind,
            actor_id,
            organisation_id,
            request_id,
            purpose,
            // The ids of the path stand behind the operation; they are among the objects.
            operation: operation.split(' ').next().unwrap_or_default().to_owned(),
            outcome,
            categories: texts(&categories),
            object_kind,
            object_ids: texts(&object_ids),
        }
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()).unwrap_or_default()
}
