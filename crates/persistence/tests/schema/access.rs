//! Idea 4 of the architecture: access is decided in one place and rendered twice. In random worlds, the decision in memory, the
//! rows of SQLite and the rows of PostgreSQL are the same, mask included.

mod cells;
mod others;
pub mod rows;
mod rules;
pub mod world;

use std::collections::BTreeMap;

use proptest::sample::select;
use relais_domain::access::{Category, Permission, Policy, Resource, Rule};
use relais_domain::shared::ids::ReferralId;
use relais_persistence::Failure;
use relais_persistence::referral::read::{Filter, Reader, count, decisions, mask, one, page};
use relais_persistence::referral::write::Locked;

use self::cells::Cells;
use self::world::{Chance, World, legs, records, services, workplaces, worlds};
use crate::both::{Both, Place, both};

/// Worlds per set of rows, and sets of rows.
const WORLDS: usize = 27;
const SETS: u8 = 8;
const LEGS: usize = 240;
const SERVICES: usize = 60;
const RECORDS: usize = 60;

type Decisions = BTreeMap<ReferralId, i32>;

/// What the worlds have been through.
#[derive(Debug, Default)]
struct Tally {
    worlds: usize,
    rows: usize,
    judged: usize,
    shown: usize,
    denied: usize,
    cells: Cells,
}

#[tokio::test]
async fn what_is_decided_is_what_is_read() {
    both(async |both| {
        both.migrate().await;
        rows::settle(&both).await;
        let mut tally = Tally::default();
        for set in 0..SETS {
            let mut chance = Chance::new(set);
            rows::clear(&both).await;
            let random: Vec<_> = (0..LEGS).map(|_| chance.draw(legs())).collect();
            let random = rows::refer(&both, &random).await;
            let offered: Vec<_> = (0..SERVICES).map(|_| chance.draw(services())).collect();
            let offered = rows::offer(&both, &offered).await;
            let known: Vec<_> = (0..RECORDS).map(|_| chance.draw(records())).collect();
            let known = rows::know(&both, &known).await;
            let members = rows::employ(&both, || chance.draw(workplaces())).await;
            tally.rows += random.len() + offered.len() + known.len() + members.len();
            let ids: Vec<ReferralId> = random.iter().map(|leg| leg.row.id).collect();
            for _ in 0..WORLDS {
                let world = chance.draw(worlds(ids.clone()));
                tally.worlds += 1;
                let policy = Policy::compile(world.standing.clone());
                legs_agree(&both, &world, &policy, &random, &mut chance, &mut tally).await;
                others::people_agree(&both, &world, &policy, &known, &mut tally).await;
                others::services_agree(&both, &world, &policy, &offered, &mut tally).await;
                others::members_agree(&both, &world, &policy, &members, &mut tally).await;
                others::organisations_agree(&both, &world, &policy, &mut tally).await;
            }
        }
        let Tally { worlds, rows, judged, shown, denied, cells } = tally;
        let (cells, templates) = (cells.len(), cells.templates());
        println!(
            "{worlds} worlds, {rows} rows, {judged} decisions ({shown} show something, {denied} are cut by a deny), {cells} distinct cells"
        );
        assert!(worlds >= 200);
        assert!(cells >= 2_000, "only {cells} cells of template, position and category were reached");
        assert_eq!(templates.len(), relais_domain::access::Template::ALL.len(), "only {templates:?} were reached");
        assert!(denied * 20 > shown, "hardly any deny counts: {denied}, while {shown} are shown");
        assert!(shown * 25 > judged, "hardly anything is shown: {shown} of {judged}");
    })
    .await;
}

fn decided(rule: &Rule, legs: &[Locked]) -> Decisions {
    legs.iter().filter_map(|leg| Some((leg.row.id, rule.decide(leg)?.bits()))).collect()
}

async fn rows_of(place: &Place, rule: &Rule, reader: Reader) -> Decisions {
    let rows = decisions(&place.db, rule, reader).await.unwrap();
    let number = rows.len();
    let rows: Decisions = rows.into_iter().collect();
    assert_eq!(rows.len(), number, "{:?}: a row came twice", place.engine);
    rows
}

async fn same(both: &Both, world: &World, rule: &Rule, reader: Reader, expected: &Decisions) {
    let (sqlite, postgres) = tokio::join!(rows_of(&both.sqlite, rule, reader), rows_of(&both.postgres, rule, reader));
    assert_eq!(&sqlite, expected, "SQLite's rows (left) and decisions (right) differ under {rule:#?} in {world:#?}");
    assert_eq!(&postgres, expected, "PostgreSQL's rows (left) and decisions (right) differ under {rule:#?} in {world:#?}");
}

/// The permissions on referrals, one by one: all rows, then the rows of a rule that is narrowed to a category.
async fn legs_agree(both: &Both, world: &World, policy: &Policy, legs: &[Locked], chance: &mut Chance, tally: &mut Tally) {
    let reader = Reader { organisation: Some(world.standing.organisation), user: world.standing.user };
    let alone = cells::alone(world);
    let positions: Vec<String> = legs.iter().map(|leg| cells::towards_leg(&world.standing, leg)).collect();
    for permission in Permission::ALL.iter().filter(|permission| Resource::Referral.governed_by(**permission)) {
        let rule = policy.rule(Resource::Referral, *permission);
        let expected = decided(&rule, legs);
        same(both, world, &rule, reader, &expected).await;
        tally.judged += legs.len();
        tally.shown += expected.len();
        let generous = Rule { deny: vec![], ..rule.clone() };
        tally.denied += legs.iter().filter(|leg| generous.decide(*leg) != rule.decide(*leg)).count();
        for (leg, position) in legs.iter().zip(&positions) {
            tally.cells.note(&alone, Resource::Referral, *permission, leg, rule.decide(leg), position);
        }
        if *permission == Permission::ReferralsRead {
            lists_agree(both, &rule, reader, legs, &expected).await;
        }
        let category = chance.draw(select(Category::ALL));
        let narrowed = rule.narrowed_to(category);
        let open =
            legs.iter().filter_map(|leg| Some((leg.row.id, rule.decide(leg).filter(|mask| mask.contains(category))?.bits()))).collect();
        assert_eq!(decided(&narrowed, legs), open, "narrowed to {category}");
        same(both, world, &narrowed, reader, &open).await;
    }
}

/// The list, its count and the single record show what the rule shows; a search by name or contact shows what it opens.
async fn lists_agree(both: &Both, rule: &Rule, reader: Reader, legs: &[Locked], expected: &Decisions) {
    let most = 1_000;
    let open = |category: Category| legs.iter().filter(|leg| rule.decide(*leg).is_some_and(|mask| mask.contains(category))).count();
    let by_name = Filter { name: Some("dup".into()), ..Filter::default() };
    let by_contact = Filter { contact: Some("a@example.org".into()), ..Filter::default() };
    for place in both.each() {
        let db = &place.db;
        let all = page(db, rule, reader, &Filter::default(), None, most).await.unwrap();
        assert_eq!(all.iter().map(|row| (row.head.id, row.head.mask)).collect::<Decisions>(), *expected);
        assert!(
            all.windows(2).all(|pair| (pair[0].head.created_at, pair[0].head.id) > (pair[1].head.created_at, pair[1].head.id)),
            "newest first"
        );
        assert_eq!(count(db, rule, reader, &Filter::default(), most).await.unwrap(), u64::try_from(expected.len()).unwrap());
        assert_eq!(page(db, rule, reader, &by_name, None, most).await.unwrap().len(), open(Category::Identity));
        assert_eq!(page(db, rule, reader, &by_contact, None, most).await.unwrap().len(), open(Category::Contact));
        let shown = legs.iter().filter(|leg| expected.contains_key(&leg.row.id)).take(2);
        let hidden = legs.iter().filter(|leg| !expected.contains_key(&leg.row.id)).take(2);
        for leg in shown.chain(hidden) {
            let found = one(db, rule, reader, leg.row.id).await.map(|row| row.head.mask);
            assert_eq!(found, expected.get(&leg.row.id).copied().ok_or(Failure::Missing), "a single record is a list of one");
            assert_eq!(
                mask(db, rule, reader, leg.row.id).await.map(relais_domain::access::Mask::bits),
                found,
                "its mask alone is the same"
            );
        }
    }
}
