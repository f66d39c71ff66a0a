//! Everything that an organisation holds on a person, for the person.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::shared::ids::{OrganisationId, PersonId, ReferralId};
use relais_persistence::audit::read as journal;
use relais_persistence::audit::view::AccessView;
use relais_persistence::person::held::{self, Whose};
use relais_persistence::person::read;
use relais_persistence::referral::write as legs;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{seen_group, seen_with};
use crate::{App, Caller, Refusal, access_journal, budget};

/// Referrals and readings that are taken out at most.
const MOST: u64 = 1_000;
/// Exports of one account in an hour, and of its organisation in a day.
const PER_ACCOUNT: i32 = 20;
const PER_ORGANISATION: i32 = 100;

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
    /// False when there was more than one answer holds, and when a record or a referral is closed to you, or to your organisation
    /// since the person took the consent back: then ask for the linked records one by one, and the sender for the rest.
    pub complete: bool,
}

/// Takes out everything that the caller's organisation holds on a person: the records, the referrals that it sent of them, and those
/// that it received and keeps a record from. What other organisations hold is theirs to give: whom to ask stands among the
/// disclosures. The export is noted in both journals before the answer leaves.
///
/// # Errors
/// 404 when the record is not visible; 403 without `people:export` on all that it holds; [`Refusal::TooMany`].
pub async fn export(app: &App, caller: &Caller, id: PersonId) -> Result<PersonExport, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    let row = seen_with(app, caller, id, Permission::PeopleExport).await?;
    let exported = caller.policy.rule(Resource::Person, Permission::PeopleExport);
    let group = seen_group(app, caller, id).await?;
    let open = read::among(&app.db, &exported, &group).await?;
    let people: Vec<PersonId> = open.into_iter().filter(|(_, open)| is_whole(*open)).map(|(person, _)| person).collect();
    if !people.contains(&id) {
        return Err(Refusal::Forbidden(Permission::PeopleExport));
    }
    spend(app, caller).await?;
    let about = read::legs_about(&app.db, &people, MOST + 1).await?;
    let mut complete = people.len() == group.len() && u64::try_from(about.len()).unwrap_or(u64::MAX) <= MOST;
    let legs = open_legs(app, caller, row.organisation_id, &about).await?;
    complete &= legs.len() == about.len();
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

/// Whether a record is open as far as it is taken out, which is everything.
fn is_whole(open: Mask) -> bool {
    open.tells_who() && open.contains(Category::Social)
}

/// The legs that the organisation reads now, as their sender or as a receiver to whom they are not closed, and of which nothing is
/// denied to the caller. Whoever answers persons need not be of those who handle referrals.
async fn open_legs(app: &App, caller: &Caller, organisation: OrganisationId, about: &[ReferralId]) -> Result<Vec<ReferralId>, Refusal> {
    let denied = caller.policy.rule(Resource::Referral, Permission::ReferralsRead).deny;
    let tx = app.db.look(&app.ctx(caller)).await?;
    let mut open = vec![];
    for id in about {
        let found = legs::find(&tx, *id).await?;
        let leg = &found.leg;
        let received = leg.receiver_organisation_id == Some(organisation) && leg.told_at.is_some();
        let reads = received && leg.receiver_left_at.is_none() && leg.consent_withdrawn_at.is_none();
        let closed = denied.iter().any(|(condition, _)| condition.holds(&found));
        if !closed && (reads || leg.sender_organisation_id == organisation) {
            open.push(*id);
        }
    }
    tx.rollback().await?;
    Ok(open)
}

/// Takes one export from the budgets of the account and of its organisation, counted over all nodes.
async fn spend(app: &App, caller: &Caller) -> Result<(), Refusal> {
    budget::spend_of_both(app, caller, ("person_export", PER_ACCOUNT), ("person_export_organisation", PER_ORGANISATION)).await
}
