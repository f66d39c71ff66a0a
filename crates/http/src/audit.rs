//! The journals: who changed what, who read what.

use crate::server::Register;
use actix_web::get;
use chrono::{DateTime, Utc};
use relais_app::Page;
use relais_app::audit::{self, AccessView, JournalFilter, MutationView};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::door::{Answer, Call};

/// The operations of the room.
pub fn routes(config: &mut impl Register) {
    config.service(list_mutations).service(list_accesses);
}

/// Which changes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MutationsQuery {
    /// Of this object.
    object_id: Option<Uuid>,
    /// By this account or access link.
    actor_id: Option<Uuid>,
    /// These acts.
    #[param(max_items = 20)]
    act: Vec<String>,
    /// From this instant on; business time.
    from: Option<DateTime<Utc>>,
    /// Before this instant; business time.
    to: Option<DateTime<Utc>>,
    /// How many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// Where the page before ended.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

/// List changes
///
/// The mutation journal, newest first: who changed what, when, in which request. The names of the changed fields, never their
/// values. What was done for your organisation; everywhere with the permission on the whole platform.
#[utoipa::path(
    tag = "audit",
    params(MutationsQuery),
    responses((status = 200, description = "A page of changes", body = Page<MutationView>)),
    extensions(("x-permission" = json!("audit:read")))
)]
#[get("/v1/audit/mutations")]
pub async fn list_mutations(call: Call<MutationsQuery>) -> Answer {
    let MutationsQuery { object_id, actor_id, act, from, to, .. } = call.query.clone();
    let filter = JournalFilter { object_id, actor_id, acts: act, from, to };
    call.list(&audit::mutations(&call.app, &call.caller, &filter, &call.page()).await?)
}

/// Which readings.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccessesQuery {
    /// Of this object.
    object_id: Option<Uuid>,
    /// By this account or access link.
    actor_id: Option<Uuid>,
    /// By these operations.
    #[param(max_items = 20)]
    operation: Vec<String>,
    /// From this instant on; business time.
    from: Option<DateTime<Utc>>,
    /// Before this instant; business time.
    to: Option<DateTime<Utc>>,
    /// How many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// Where the page before ended.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

/// List readings
///
/// The access journal, newest first: who was shown whose content, by which operation, which categories of it; refusals too. What was
/// done for your organisation; everywhere with the permission on the whole platform.
#[utoipa::path(
    tag = "audit",
    params(AccessesQuery),
    responses((status = 200, description = "A page of readings", body = Page<AccessView>)),
    extensions(("x-permission" = json!("audit:read")))
)]
#[get("/v1/audit/accesses")]
pub async fn list_accesses(call: Call<AccessesQuery>) -> Answer {
    let AccessesQuery { object_id, actor_id, operation, from, to, .. } = call.query.clone();
    let filter = JournalFilter { object_id, actor_id, acts: operation, from, to };
    call.list(&audit::accesses(&call.app, &call.caller, &filter, &call.page()).await?)
}
