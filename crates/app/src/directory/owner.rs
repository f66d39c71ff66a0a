//! What owners see of their entries: what was changed, by whom, and how often their contacts were read.

use chrono::{DateTime, NaiveTime, Utc};
use relais_domain::access::Permission;
use relais_domain::directory::field_of_column;
use relais_domain::shared::ids::{OrganisationId, ServiceId, UserId};
use relais_persistence::audit::read as journal;
use relais_persistence::audit::view::MutationView;
use relais_persistence::directory::view::ContactReadings;
use relais_persistence::directory::{read, write};
use relais_persistence::identity::names::members_named;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::service::allowed;
use super::sight::Sight;
use crate::{App, Caller, Page, PageRequest, Refusal};

/// What was done to a service.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ServiceHistoryEntry)]
pub struct HistoryEntry {
    /// The id of the entry.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// What: `create`, `edit`, `publish`, `suspend`, `confirm`, `archive`.
    #[schema(example = "edit")]
    pub act: String,
    /// The fields that changed, by their names in the service. Never what they held.
    pub fields: Vec<&'static str>,
    /// Why, as a code: `imported`, `missing_from_feed`; null when somebody did it here.
    pub reason: Option<String>,
    /// By whom.
    pub by: DoneBy,
}

/// Who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DoneBy {
    /// `user`, `service_account`, `clock` or `command_line`.
    #[schema(example = "user")]
    pub kind: String,
    /// The name, for members of the service's organisation; null for others.
    pub name: Option<String>,
}

/// A service that the caller may write.
async fn own(app: &App, caller: &Caller, id: ServiceId) -> Result<OrganisationId, Refusal> {
    let (_, service) = read::judged(&app.db, Sight::of(app, caller).eyes(), id).await?;
    allowed(caller, Permission::ServicesWrite, &service)?;
    Ok(service.organisation_id)
}

/// What was done to a service of one's own, the newest first.
///
/// # Errors
/// `not_found` (404); `permission_missing` (403); `invalid_cursor` (400).
pub async fn history(app: &App, caller: &Caller, id: ServiceId, page: &PageRequest) -> Result<Page<HistoryEntry>, Refusal> {
    let organisation = own(app, caller, id).await?;
    let after = page.after(app, caller)?.map(|(_, entry)| entry);
    let rows = journal::history(&app.db, "service", id.0, after, page.limit + 1).await?;
    let count = page.count_with(async |most| journal::history(&app.db, "service", id.0, None, most).await).await?;
    let users = rows.iter().filter(|row| row.actor_kind == "user").filter_map(|row| row.actor_id).map(UserId).collect();
    let names = members_named(&app.db, organisation, users).await?;
    let entries = rows.into_iter().map(|row| told(row, organisation, &names)).collect();
    Ok(page.page(app, caller, entries, |entry: &HistoryEntry| (entry.at, entry.id))?.counted(count))
}

fn told(row: MutationView, organisation: OrganisationId, names: &[(UserId, String)]) -> HistoryEntry {
    let mut fields: Vec<_> = row.fields.iter().filter_map(|column| field_of_column(column)).collect();
    fields.sort_unstable();
    fields.dedup();
    let name = names.iter().find(|(user, _)| row.actor_kind == "user" && Some(user.0) == row.actor_id);
    let name = name.filter(|_| row.organisation_id == Some(organisation)).map(|(_, name)| name.clone());
    HistoryEntry { id: row.id, at: row.at, act: row.act, fields, reason: row.reason, by: DoneBy { kind: row.actor_kind, name } }
}

/// Counts one reading of a service's contact, today. It is durable when this returns.
///
/// # Errors
/// As any write.
pub async fn count_contact_reading(app: &App, caller: &Caller, id: ServiceId) -> Result<(), Refusal> {
    let tx = app.db.write(&app.ctx(caller)).await?;
    write::count_reading(&tx, id, tx.ctx().now.date_naive()).await?;
    Ok(tx.commit().await?)
}

/// How often the contact of a service of one's own was read, by day, the latest first.
///
/// # Errors
/// `not_found` (404); `permission_missing` (403); `invalid_cursor` (400).
pub async fn contact_readings(app: &App, caller: &Caller, id: ServiceId, page: &PageRequest) -> Result<Page<ContactReadings>, Refusal> {
    own(app, caller, id).await?;
    let before = page.after(app, caller)?.map(|(day, _)| day.date_naive());
    let rows = read::contact_readings(&app.db, id, before, page.limit + 1).await?;
    let count = page.count_with(async |most| read::contact_readings(&app.db, id, None, most).await).await?;
    let views = rows.into_iter().map(ContactReadings::from).collect();
    Ok(page.page(app, caller, views, |view: &ContactReadings| (view.day.and_time(NaiveTime::MIN).and_utc(), id.0))?.counted(count))
}
