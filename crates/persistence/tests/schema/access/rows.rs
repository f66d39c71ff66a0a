//! Writes random rows into both databases, beside the handle that is tested.

use chrono::NaiveDate;
use relais_domain::access::{Facts, Field, Operand};
use relais_domain::directory::{OrganisationState, ServiceState};
use relais_domain::shared::ids::{ReferralId, ServiceId};
use relais_persistence::directory::entity::service;
use relais_persistence::directory::write::complete_search_documents;
use relais_persistence::identity::entity::{app_user, membership, membership_unit, organisation, unit};
use relais_persistence::person::entity::person;
use relais_persistence::referral::entity::{need, reading_mark, referral, referral_assignment, referral_filing};
use relais_persistence::referral::write::{Locked, to_domain};
use sea_orm::{ActiveModelTrait, ConnectionTrait as _, EntityTrait, IntoActiveModel, Set};
use serde_json::json;

use super::world::{Known, Leg, ORGANISATIONS, PEOPLE, UNITS, an_instant, id};
use crate::both::{Both, Place};

/// Memberships have the ids from here on, services from the next thousand on, legs from the next.
const MEMBERSHIPS: u128 = 1_000;
const SERVICES: u128 = 2_000;
const LEGS: u128 = 3_000;
/// Records of persons, in the thousand after.
const RECORDS: u128 = 4_000;

/// What the policy asks of records other than legs.
#[derive(Clone, Debug)]
pub struct Belonging {
    pub number: u128,
    pub organisation: u128,
    pub unit: Option<u128>,
    pub state: &'static str,
    pub user: Option<u128>,
}

impl Facts for Belonging {
    fn value(&self, field: Field) -> Option<Operand> {
        let number = match field {
            Field::Id => Some(self.number),
            Field::Organisation => Some(self.organisation),
            Field::Unit => self.unit,
            Field::User => self.user,
            Field::State => return (!self.state.is_empty()).then(|| Operand::Text(self.state.to_owned())),
            _ => None,
        };
        number.map(|number| Operand::Uuid(id(number)))
    }
}

async fn insert<E>(place: &Place, rows: Vec<E::ActiveModel>)
where
    E: EntityTrait,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    for chunk in rows.chunks(500) {
        E::insert_many(chunk.to_vec()).exec_without_returning(&place.raw).await.unwrap();
    }
}

fn whole<M: IntoActiveModel<A>, A: ActiveModelTrait>(rows: Vec<M>) -> Vec<A> {
    rows.into_iter().map(|row| row.into_active_model().reset_all()).collect()
}

/// The states of the organisations, in the order of their ids.
pub fn organisation_state(number: u128) -> OrganisationState {
    OrganisationState::ALL[usize::try_from(number - 1).unwrap() % OrganisationState::ALL.len()]
}

/// Organisations, units and people: the same in every world. Number 1 is the parent of 2 and 3.
pub async fn settle(both: &Both) {
    let born = an_instant(0);
    for place in both.each() {
        let organisations = (1..=ORGANISATIONS).map(|number| organisation::ActiveModel {
            id: Set(id(number)),
            parent_id: Set((number == 2 || number == 3).then(|| id(1))),
            name: Set(format!("Organisation {number}")),
            name_folded: Set(format!("organisation {number}")),
            state: Set(organisation_state(number)),
            identifiers: Set(json!([])),
            country: Set("FR".into()),
            language: Set("fr".into()),
            time_zone: Set("Europe/Paris".into()),
            ceiling: Set(json!({"templates": [], "permissions": []})),
            settings: Set(json!({})),
            created_at: Set(born),
            updated_at: Set(born),
            version: Set(1),
            ..Default::default()
        });
        insert::<organisation::Entity>(place, organisations.collect()).await;
        let units = (1..=UNITS).map(|number| unit::Model {
            id: id(number),
            organisation_id: id(number.min(ORGANISATIONS)),
            parent_id: None,
            name: format!("Unit {number}"),
            created_at: born,
            updated_at: born,
            version: 1,
        });
        insert::<unit::Entity>(place, whole(units.collect())).await;
        let people = (1..=PEOPLE).map(|number| app_user::ActiveModel {
            id: Set(id(number)),
            email: Set(format!("{number}@example.org")),
            email_key: Set(format!("{number}@example.org")),
            name: Set(format!("Person {number}")),
            language: Set("fr".into()),
            state: Set("active".into()),
            created_at: Set(born),
            updated_at: Set(born),
            version: Set(1),
            ..Default::default()
        });
        insert::<app_user::Entity>(place, people.collect()).await;
    }
}

/// Takes the random rows of the world before away.
pub async fn clear(both: &Both) {
    let tables = [
        "reading_mark",
        "referral_filing",
        "referral_assignment",
        "referral",
        "need",
        "person",
        "search_document",
        "service",
        "membership_unit",
        "membership",
    ];
    for place in both.each() {
        for table in tables {
            place.raw.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
        }
    }
}

/// Records of persons: whose, in which unit, entered by whom, followed by whom, kept from a received leg or not. One name and one
/// address for all.
pub async fn know(both: &Both, records: &[Known]) -> Vec<person::Model> {
    let rows = (RECORDS..).zip(records).map(|(number, (organisation, unit, entered_by, adviser, (kept, withdrawn)))| person::Model {
        id: id(number),
        organisation_id: id(*organisation),
        unit_id: unit.map(id),
        entered_by: entered_by.map(id),
        adviser_id: adviser.map(id),
        kept_from: kept.then(|| id(number)),
        made_by: None,
        family_name: Some("Dup".into()),
        given_name: None,
        name_folded: Some("dup".into()),
        phone: None,
        email: Some("a@example.org".into()),
        birth_year: None,
        commune: None,
        language: None,
        employment_number: None,
        contact_keys: Some("|a@example.org|".into()),
        protected: false,
        consent_withdrawn_at: withdrawn.then(|| an_instant(1)),
        blanked_at: None,
        created_at: an_instant(i64::try_from(number % 7).unwrap()),
        updated_at: an_instant(0),
        version: 1,
    });
    let rows: Vec<person::Model> = rows.collect();
    for place in both.each() {
        insert::<person::Entity>(place, whole(rows.clone())).await;
    }
    rows
}

/// Services with their facts.
pub async fn offer(both: &Both, services: &[(u128, Option<u128>, ServiceState)]) -> Vec<Belonging> {
    let facts = (SERVICES..).zip(services).map(|(number, (organisation, unit, state))| Belonging {
        number,
        organisation: *organisation,
        unit: *unit,
        state: state.code(),
        user: None,
    });
    let facts: Vec<Belonging> = facts.collect();
    for place in both.each() {
        let rows = facts.iter().map(|one| service::ActiveModel {
            id: Set(ServiceId(id(one.number))),
            organisation_id: Set(id(one.organisation)),
            unit_id: Set(one.unit.map(id)),
            name: Set("Aide".parse().unwrap()),
            name_folded: Set("aide".into()),
            contact_public: Set(false),
            form_enabled: Set(true),
            languages: Set(json!(["fr"])),
            state: Set(one.state.parse().unwrap()),
            created_at: Set(an_instant(0)),
            updated_at: Set(an_instant(0)),
            version: Set(1),
            ..Default::default()
        });
        insert::<service::Entity>(place, rows.collect()).await;
        complete_search_documents(&place.db, &crate::unicode::context(an_instant(0))).await.unwrap();
    }
    facts
}

/// Every person is a member of every organisation, each in random units. One set of facts per unit, one without when there is none.
pub async fn employ(both: &Both, mut workplaces: impl FnMut() -> Vec<u128>) -> Vec<Vec<Belonging>> {
    let pairs = (1..=ORGANISATIONS).flat_map(|organisation| (1..=PEOPLE).map(move |user| (organisation, user)));
    let members: Vec<(u128, u128, u128, Vec<u128>)> =
        (MEMBERSHIPS..).zip(pairs).map(|(number, (organisation, user))| (number, organisation, user, workplaces())).collect();
    for place in both.each() {
        let rows = members.iter().map(|(number, organisation, user, _)| membership::Model {
            id: id(*number),
            organisation_id: id(*organisation),
            user_id: id(*user),
            valid_from: NaiveDate::default(),
            valid_to: None,
            notified: false,
            created_at: an_instant(0),
            updated_at: an_instant(0),
            version: 1,
        });
        insert::<membership::Entity>(place, whole(rows.collect())).await;
        let units = members.iter().flat_map(|(number, _, _, units)| units.iter().map(|unit| (*number, *unit)));
        let units = units.map(|(number, unit)| membership_unit::Model { membership_id: id(number), unit_id: id(unit) });
        insert::<membership_unit::Entity>(place, whole(units.collect())).await;
    }
    let facts = members.into_iter().map(|(number, organisation, user, units)| {
        let places = if units.is_empty() { vec![None] } else { units.into_iter().map(Some).collect() };
        let fact = |unit| Belonging { number, organisation, unit, state: "", user: Some(user) };
        places.into_iter().map(fact).collect()
    });
    facts.collect()
}

fn leg_row(number: u128, leg: &Leg) -> referral::Model {
    let made = an_instant(leg.second);
    let (sender, sender_unit, sent_by, adviser) = leg.sender;
    referral::Model {
        id: id(number),
        need_id: id(number),
        root_id: id(number),
        parent_id: None,
        kind: leg.kind,
        origin: leg.origin,
        state: leg.state,
        sender_organisation_id: id(sender),
        sender_unit_id: sender_unit.map(id),
        sent_by: sent_by.map(id),
        adviser_id: adviser.map(id),
        receiver_organisation_id: leg.receiver.0.map(id),
        receiver_unit_id: leg.receiver.1.map(id),
        service_id: None,
        person_id: None,
        name_folded: Some("dupont jean".into()),
        contact_keys: Some("|a@example.org|".into()),
        form: relais_domain::referral::Form::default(),
        snapshot: None,
        eligibility: None,
        override_reason: None,
        sent_at: leg.told.then_some(made),
        told_at: leg.told.then_some(made),
        inbox_box: if leg.told { leg.state.r#box() } else { None },
        answered_at: None,
        decided_at: None,
        ended_at: None,
        state_since: made,
        remind_at: None,
        reminders_sent: 0,
        expire_at: None,
        plan: None,
        refusal_codes: json!([]),
        answer_message: None,
        message_for_person: None,
        outcome: None,
        outcome_text: None,
        reported: None,
        path: json!([]),
        blocked_reason: None,
        head: true,
        handed_over_by: None,
        hand_over: None,
        returned_at: None,
        first_answered_at: None,
        receiver_left_at: leg.left.then_some(made),
        consent_withdrawn_at: leg.withdrawn.then_some(made),
        informed_at: None,
        pause: None,
        paused_seconds: 0,
        paused: false,
        warnings: json!([]),
        blanked_at: None,
        created_at: made,
        updated_at: made,
        version: 1,
    }
}

/// Writes legs with their assignments, filings and reading marks; answers what both databases then hold, as the domain sees it.
pub async fn refer(both: &Both, legs: &[Leg]) -> Vec<Locked> {
    let numbered = || (LEGS..).zip(legs);
    for place in both.each() {
        let needs = numbered().map(|(number, leg)| need::Model { id: id(number), created_at: an_instant(leg.second) });
        insert::<need::Entity>(place, whole(needs.collect())).await;
        insert::<referral::Entity>(place, whole(numbered().map(|(number, leg)| leg_row(number, leg)).collect())).await;
        let assigned = numbered().filter_map(|(number, leg)| {
            let (member, unit) = leg.assigned?;
            let (member_id, unit_id) = (member.map(id), unit.map(id));
            Some(referral_assignment::Model { referral_id: id(number), member_id, unit_id, assigned_at: an_instant(leg.second) })
        });
        insert::<referral_assignment::Entity>(place, whole(assigned.collect())).await;
        let filed = numbered().flat_map(|(number, leg)| leg.filed_by.iter().map(move |by| (number, *by)));
        let filed = filed.map(|(number, by)| referral_filing::Model {
            referral_id: id(number),
            organisation_id: id(by),
            reason: relais_domain::referral::ArchiveReason::ALL[0],
            note: None,
            before: None,
            version_after: None,
            filed_at: an_instant(0),
        });
        insert::<referral_filing::Entity>(place, whole(filed.collect())).await;
        let read = numbered().flat_map(|(number, leg)| leg.read_by.iter().map(move |by| (number, *by)));
        let read = read.map(|(number, by)| reading_mark::Model { referral_id: id(number), user_id: id(by), read_at: an_instant(0) });
        insert::<reading_mark::Entity>(place, whole(read.collect())).await;
    }
    let (sqlite, postgres) = (held(&both.sqlite).await, held(&both.postgres).await);
    assert_eq!(sqlite.len(), legs.len());
    assert!(sqlite.iter().zip(&postgres).all(|(one, other)| one.row == other.row && one.assignment == other.assignment));
    sqlite
}

async fn held(place: &Place) -> Vec<Locked> {
    let assignments = referral_assignment::Entity::find().all(&place.raw).await.unwrap();
    let assignment_of = |id: ReferralId| assignments.iter().find(|one| one.referral_id == id).cloned();
    let rows = referral::Entity::find().all(&place.raw).await.unwrap();
    let mut legs: Vec<Locked> =
        rows.into_iter().map(|row| Locked { assignment: assignment_of(row.id), leg: to_domain(row.clone()).unwrap(), row }).collect();
    legs.sort_by_key(|leg| leg.row.id);
    legs
}
