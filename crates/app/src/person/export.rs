//! Everything that an organisation holds on a person, for the person.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use relais_domain::access::{Mask, Permission, Resource};
use relais_domain::shared::ids::{OrganisationId, PersonId};
use relais_persistence::audit::read as journal;
use relais_persistence::audit::view::AccessView;
use relais_persistence::person::held::{self, Whose};
use relais_persistence::person::read;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{seen_group, seen_with};
use crate::{App, Caller, Refusal, access_journal};

/// Referrals and readings that are taken out at most.
const MOST: u64 = 1_000;

/// Everything that is held on a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonExport {
    /// The record that was asked for.
    pub person_id: PersonId,
    /// All records of the person: this one and those linked with it.
    pub person_ids: Vec<PersonId>,
    /// Whose holdings these are.
    pub organisation_id: OrganisationId,
    /// When it was taken out.
    pub exported_at: DateTime<Utc>,
    /// What is held, table by table, column by column as it is stored.
    #[schema(value_type = Object)]
    pub held: BTreeMap<String, Vec<serde_json::Map<String, Value>>>,
    /// Who of the organisation was shown it.
    pub accesses: Vec<AccessView>,
    /// False when there was more than one answer holds: then ask for the linked records one by one.
    pub complete: bool,
}

/// Takes out everything that the caller's organisation holds on a person. What other organisations hold is theirs to give: whom to
/// ask stands among the disclosures. The export is noted in both journals before the answer leaves.
///
/// # Errors
/// 404 when the record is not visible; 403 without `people:export`.
pub async fn export(app: &App, caller: &Caller, id: PersonId) -> Result<PersonExport, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    let row = seen_with(app, caller, id, Permission::PeopleExport).await?;
    let people = seen_group(app, caller, id).await?;
    let legs = read::legs_of(&app.db, &people, MOST + 1).await?;
    let mut complete = u64::try_from(legs.len()).unwrap_or(u64::MAX) <= MOST;
    let told = held::told(&app.db, Whose { people: &people, legs: &legs }, row.organisation_id).await?;
    complete &= told.iter().all(|table| table.rows.len() < held::MOST_ROWS);
    let objects: Vec<Uuid> = people.iter().map(|person| person.0).chain(legs.iter().map(|leg| leg.0)).collect();
    let accesses = journal::accesses_to(&app.db, row.organisation_id, &objects, None, MOST).await?;
    complete &= u64::try_from(accesses.len()).unwrap_or(u64::MAX) < MOST;

    let mut tx = app.db.write(&app.ctx(caller)).await?;
    for person in &people {
        tx.note("person", person.0, "export", None);
    }
    tx.event("person_exported", "person", id.0, Some(row.organisation_id));
    tx.commit().await?;
    access_journal::shown(app, caller, "person", objects, Mask::ALL).await?;
    Ok(PersonExport {
        person_id: id,
        person_ids: people,
        organisation_id: row.organisation_id,
        exported_at: app.clock.now(),
        held: told.into_iter().map(|table| (table.table, table.rows)).collect(),
        accesses,
        complete,
    })
}
