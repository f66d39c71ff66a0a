//! Services, members and organisations: other column maps, the same rules.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use relais_domain::access::{Category, Condition, Mask, Permission, Policy, Resource, Rule};
use relais_domain::directory::{OrganisationState, ServiceState};
use relais_domain::shared::ids::{MembershipId, OrganisationId, PersonId, ServiceId};
use relais_persistence::Failure;
use relais_persistence::directory::read::{self as directory, Eyes};
use relais_persistence::directory::view::ServiceFilter;
use relais_persistence::identity::read::{self as identity, MemberFilter, OrganisationFilter};
use relais_persistence::person::entity::person;
use relais_persistence::person::read::{self as people, PersonFilter};

use super::rows::{Belonging, organisation_state};
use super::world::{ORGANISATIONS, World, id};
use super::{Tally, cells};
use crate::both::Both;

fn note(world: &World, resource: Resource, permission: Permission, rule: &Rule, records: &[Belonging], tally: &mut Tally) {
    if rule.is_never() {
        tally.judged += records.len();
        return;
    }
    let alone = cells::alone(world);
    for record in records {
        let decided = rule.decide(record);
        tally.judged += 1;
        tally.shown += usize::from(decided.is_some());
        tally.cells.note(&alone, resource, permission, record, decided, &cells::towards(&world.standing, resource, record));
    }
}

/// Services by the bare rule with its mask, then by the list and the single record, which combine two rules.
pub async fn services_agree(both: &Both, world: &World, policy: &Policy, services: &[Belonging], tally: &mut Tally) {
    for permission in Permission::ALL.iter().filter(|permission| Resource::Service.governed_by(**permission)) {
        let rule = policy.rule(Resource::Service, *permission);
        let expected: BTreeMap<ServiceId, i32> =
            services.iter().filter_map(|one| Some((id(one.number), rule.decide(one)?.bits()))).collect();
        for place in both.each() {
            let rows: BTreeMap<ServiceId, i32> = directory::decisions(&place.db, &rule).await.unwrap().into_iter().collect();
            assert_eq!(rows, expected, "{:?}: rows (left) and decisions (right) differ under {rule:#?} in {world:#?}", place.engine);
        }
        note(world, Resource::Service, *permission, &rule, services, tally);
    }
    let (reading, writing) =
        (policy.rule(Resource::Service, Permission::DirectoryRead), policy.rule(Resource::Service, Permission::ServicesWrite));
    let eyes = Eyes { reading: &reading, writing: &writing, today: NaiveDate::default() };
    let filter = ServiceFilter { state: ServiceState::ALL.to_vec(), ..ServiceFilter::default() };
    let reads = |one: &Belonging| reading.decide(one).is_some();
    let writes = |one: &Belonging| writing.decide(one).is_some();
    let public = |one: &Belonging| one.state == "published" && organisation_state(one.organisation) == OrganisationState::Active;
    let listed: BTreeSet<ServiceId> =
        services.iter().filter(|one| (reads(one) && public(one)) || writes(one)).map(|one| id(one.number)).collect();
    for place in both.each() {
        let rows = directory::services(&place.db, eyes, &filter, None, 1_000).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<BTreeSet<_>>(), listed, "{:?}: the list in {world:#?}", place.engine);
        for one in services.iter().take(3) {
            let open = reads(one) && (organisation_state(one.organisation) != OrganisationState::Blocked || writes(one));
            assert_eq!(
                directory::service(&place.db, eyes, id(one.number)).await.is_ok(),
                open,
                "{:?}: {one:?} in {world:#?}",
                place.engine
            );
        }
    }
}

/// Records of persons, by the list, its count and its search, and one by one.
pub async fn people_agree(both: &Both, world: &World, policy: &Policy, records: &[person::Model], tally: &mut Tally) {
    let alone = cells::alone(world);
    for permission in Permission::ALL.iter().filter(|permission| Resource::Person.governed_by(**permission)) {
        let rule = policy.rule(Resource::Person, *permission);
        let expected: BTreeMap<PersonId, i32> = records.iter().filter_map(|row| Some((row.id, rule.decide(row)?.bits()))).collect();
        tally.judged += records.len();
        tally.shown += expected.len();
        for row in records {
            let decided = rule.decide(row);
            let position = cells::towards_person(&world.standing, row);
            tally.cells.note(&alone, Resource::Person, *permission, row, decided, &position);
        }
        for place in both.each() {
            let rows: BTreeMap<PersonId, i32> = people::decisions(&place.db, &rule).await.unwrap().into_iter().collect();
            assert_eq!(rows, expected, "{:?}: rows (left) and decisions (right) differ under {rule:#?} in {world:#?}", place.engine);
        }
        if *permission != Permission::PeopleRead {
            continue;
        }
        let open = |category: Category| records.iter().filter(|row| rule.decide(*row).is_some_and(|mask| mask.contains(category))).count();
        let searches = [
            (Category::Identity, PersonFilter { name: Some("dup".into()), ..PersonFilter::default() }),
            (Category::Contact, PersonFilter { contact: Some("a@example.org".into()), ..PersonFilter::default() }),
        ];
        for place in both.each() {
            for (category, filter) in &searches {
                let narrowed = rule.narrowed_to(*category);
                let found = people::page(&place.db, &narrowed, filter, None, 1_000).await.unwrap();
                assert_eq!(found.len(), open(*category), "{:?}: searched by {category}", place.engine);
                let counted = people::count(&place.db, &narrowed, filter, 1_000).await.unwrap();
                assert_eq!(counted, u64::try_from(found.len()).unwrap());
            }
            for row in records.iter().take(4) {
                let found = people::one(&place.db, &rule, row.id).await.map(|found| found.mask);
                assert_eq!(found, expected.get(&row.id).copied().ok_or(Failure::Missing), "a single record is a list of one");
            }
        }
    }
}

/// A member may work in several units: any of them opens, and any of them closes.
fn reaches(rule: &Rule, units: &[Belonging]) -> bool {
    let met = |entries: &[(Condition, Mask)], counts: fn(Mask) -> bool| {
        entries.iter().any(|(condition, mask)| counts(*mask) && units.iter().any(|unit| condition.holds(unit)))
    };
    met(&rule.allow, |_| true) && !met(&rule.deny, |mask| mask.contains(Category::Existence))
}

/// Members of each organisation, by the list and one by one.
pub async fn members_agree(both: &Both, world: &World, policy: &Policy, members: &[Vec<Belonging>], tally: &mut Tally) {
    for permission in Permission::ALL.iter().filter(|permission| Resource::Member.governed_by(**permission)) {
        let rule = policy.rule(Resource::Member, *permission);
        for units in members.iter().filter(|units| units.len() == 1) {
            assert_eq!(reaches(&rule, units), rule.decide(&units[0]).is_some());
        }
        // The list is the same query for each permission: all organisations once, one for the others.
        let lists = if permission == &Permission::MembersRead { 1..=ORGANISATIONS } else { 1..=1 };
        for number in lists {
            let of_this = members.iter().filter(|units| units[0].organisation == number);
            let expected: BTreeSet<MembershipId> = of_this.filter(|units| reaches(&rule, units)).map(|units| id(units[0].number)).collect();
            for place in both.each() {
                let rows = identity::members(&place.db, &rule, id(number), MemberFilter::default(), None, 1_000).await.unwrap();
                let rows: BTreeSet<MembershipId> = rows.iter().map(|row| row.id).collect();
                assert_eq!(rows, expected, "{:?}: members of {number} under {rule:#?} in {world:#?}", place.engine);
            }
        }
        for units in members.iter().step_by(9) {
            for place in both.each() {
                let reached = identity::is_reached(&place.db, &rule, id(units[0].number)).await.unwrap();
                assert_eq!(reached, reaches(&rule, units), "{:?}: {units:?} under {rule:#?} in {world:#?}", place.engine);
            }
        }
        let single: Vec<Belonging> = members.iter().filter(|units| units.len() == 1).flatten().cloned().collect();
        note(world, Resource::Member, *permission, &rule, &single, tally);
    }
}

/// Organisations, by the list and one by one.
pub async fn organisations_agree(both: &Both, world: &World, policy: &Policy, tally: &mut Tally) {
    let fact = |number| Belonging { number, organisation: number, unit: None, state: organisation_state(number).code(), user: None };
    let facts: Vec<Belonging> = (1..=ORGANISATIONS).map(fact).collect();
    for permission in
        [Permission::DirectoryRead, Permission::OrganisationsRead, Permission::OrganisationsWrite, Permission::OrganisationsVerify]
    {
        let rule = policy.rule(Resource::Organisation, permission);
        let expected: BTreeSet<OrganisationId> = facts.iter().filter(|one| rule.decide(*one).is_some()).map(|one| id(one.number)).collect();
        for place in both.each() {
            let rows = identity::organisations(&place.db, &rule, &OrganisationFilter::default(), None, 1_000).await.unwrap();
            let rows: BTreeSet<OrganisationId> = rows.iter().map(|row| row.id).collect();
            assert_eq!(rows, expected, "{:?}: organisations under {rule:#?} in {world:#?}", place.engine);
            let first = identity::organisation(&place.db, &rule, id(1)).await.unwrap();
            assert_eq!(first.is_some(), expected.contains(&id(1)));
        }
        note(world, Resource::Organisation, permission, &rule, &facts, tally);
    }
}
