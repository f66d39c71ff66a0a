//! Searches give the same answers on both engines, and the answers that the folded form promises.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use relais_domain::access::{Category, Condition, Mask, Rule};
use relais_domain::directory::{ServiceChange, ServiceState};
use relais_domain::person::contact_keys;
use relais_domain::referral::{Form, PersonForm};
use relais_domain::shared::ids::{OrganisationId, ReferralId, ServiceId};
use relais_domain::shared::{fold_name, fold_text};
use relais_persistence::directory::entity::service;
use relais_persistence::directory::read::{self as directory, Eyes};
use relais_persistence::directory::view::{ServiceFilter, StructureFilter};
use relais_persistence::directory::write::service_of;
use relais_persistence::identity::entity::organisation;
use relais_persistence::identity::read::{OrganisationFilter, organisations};
use relais_persistence::referral::read::{Filter, Reader, page};
use relais_persistence::referral::write;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::{NAMES, context};
use crate::access::rows;
use crate::access::world::{an_instant, id};
use crate::both::{Both, Place, both, both_with};

/// What people type: whole names, beginnings, words, other spellings, and characters that mean something to LIKE.
const ASKED: &[&str] = &[
    "ele",
    "ÉLÉ",
    "jean",
    "Jean Paul",
    "jean-p",
    "dangelo",
    "D'A",
    "straus",
    "Strauß",
    "lecœ",
    "aegir",
    "bjorn",
    "ANGSTRÖM",
    "lukasz",
    "dang",
    "nguyễn",
    "ib",
    "isik",
    "Işık",
    "i",
    "αλεξησ",
    "ΑΛΈΞΗΣ",
    "андреи",
    "ЁЛКИН",
    "محمد",
    "مُحَمَّد",
    "김",
    "सीता",
    "東京",
    "𠮷",
    "👩\u{200d}🚀",
    "🏳",
    "a",
    "aa",
    "c",
    "ch",
    "z",
    "de",
    "del",
    "de la",
    "100%",
    "%",
    "_",
    "_net_",
    "\\",
    "a\\b",
    "!",
    "!c",
    "\"",
    "'",
    "«",
    "coop",
    "anna",
    "fils",
    "xyz",
];

pub fn an_organisation(number: u128, name: &str, settings: Value) -> organisation::Model {
    organisation::Model {
        country: "FR".into(),
        language: "fr".into(),
        time_zone: "Europe/Paris".into(),
        settings,
        ..organisation::Model::new(OrganisationId(id(number)), name.to_owned(), an_instant(0))
    }
}

pub fn everything() -> Rule {
    Rule { allow: vec![(Condition::Always, Mask::of(Category::ALL))], deny: vec![] }
}

/// An organisation, a service and a leg for each name, written as the use cases write them.
async fn fill(both: &Both) {
    rows::settle(both).await;
    rows::offer(both, &[(1, None, ServiceState::Published)]).await;
    let chance = &mut crate::access::world::Chance::new(0);
    let legs: Vec<_> = NAMES.iter().map(|_| chance.draw(crate::access::world::legs())).collect();
    let legs = rows::refer(both, &legs).await;
    for place in both.each() {
        let offered = service::Entity::find().one(&place.raw).await.unwrap().unwrap();
        let mut tx = place.db.write(&context(an_instant(0))).await.unwrap();
        for ((number, name), leg) in (10_000..).zip(NAMES).zip(&legs) {
            tx.create::<organisation::Entity>(an_organisation(number, name, json!({})), "created").await.unwrap();
            let service = service::Model { id: ServiceId(id(number)), name: name.parse().unwrap(), ..offered.clone() };
            let service = service_of(&service).unwrap();
            directory::by_id(&tx, service.id).await.unwrap();
            relais_persistence::directory::write::create(&mut tx, ServiceChange { service, events: vec![] }).await.unwrap();
            let person = PersonForm { family_name: Some(name.parse().unwrap()), email: Some(an_address(number)), ..PersonForm::default() };
            let mut after = leg.leg.clone();
            after.form = Form { person, ..Form::default() };
            write::save(&mut tx, leg, after, "changed", None).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

/// Addresses with the characters that LIKE knows.
fn an_address(number: u128) -> String {
    if number.is_multiple_of(2) { format!("a_{number}%@example.org") } else { format!("a\\{number}x@example.org") }
}

fn word_in(name: &str, asked: &str) -> bool {
    fold_text(asked).split(' ').all(|word| fold_text(name).contains(word))
}

async fn found(place: &Place, asked: &str) -> [BTreeSet<String>; 3] {
    let (db, rule) = (&place.db, everything());
    let named = Some(asked.to_owned());
    let eyes = Eyes { reading: &rule, writing: &rule, today: NaiveDate::default() };
    let services =
        directory::services(db, eyes, &ServiceFilter { q: named.clone(), ..ServiceFilter::default() }, None, 1_000).await.unwrap();
    let structures =
        directory::structures(db, &StructureFilter { q: named.clone(), ..StructureFilter::default() }, None, 1_000).await.unwrap();
    let all = organisations(db, &rule, &OrganisationFilter { name: named, ..OrganisationFilter::default() }, None, 1_000).await.unwrap();
    [
        services.into_iter().map(|row| row.name.to_string()).collect(),
        structures.into_iter().map(|row| row.name).collect(),
        all.into_iter().map(|row| row.name).collect(),
    ]
}

/// Every question to every list on both engines.
async fn words_are_found(both: &Both) {
    for asked in ASKED {
        let words: BTreeSet<String> = NAMES.iter().filter(|name| word_in(name, asked)).map(|name| (*name).to_owned()).collect();
        for place in both.each() {
            let [services, structures, organisations] = found(place, asked).await;
            let ours = |names: BTreeSet<String>| names.into_iter().filter(|name| NAMES.contains(&name.as_str())).collect::<BTreeSet<_>>();
            assert_eq!(ours(services), words, "{:?}: services for {asked:?}", place.engine);
            assert_eq!(ours(structures), words, "{:?}: structures for {asked:?}", place.engine);
            assert_eq!(ours(organisations), words, "{:?}: organisations for {asked:?}", place.engine);
        }
    }
}

/// The beginning of a name finds legs.
async fn beginnings_are_found(both: &Both) {
    for asked in ASKED {
        let beginning = fold_name(asked);
        let begins = |name: &&&str| !beginning.is_empty() && fold_name(name).starts_with(&beginning);
        let begun: BTreeSet<String> = NAMES.iter().filter(begins).map(|name| (*name).to_owned()).collect();
        for place in both.each() {
            let by_name = Filter { name: Some(beginning.clone()), ..Filter::default() };
            let legs = page(&place.db, &everything(), Reader::default(), &by_name, None, 1_000).await.unwrap();
            let legs: BTreeSet<String> = legs
                .into_iter()
                .filter_map(|row| Some(row.line(None, chrono::DateTime::UNIX_EPOCH).identity?.family_name?.to_string()))
                .collect();
            assert_eq!(legs, begun, "{:?}: legs for {asked:?}", place.engine);
        }
    }
}

/// An address finds its own leg only.
async fn contacts_are_found(both: &Both) {
    for (position, number) in (0..NAMES.len()).zip(10_000..) {
        let contact = contact_keys(&PersonForm { email: Some(an_address(number)), ..PersonForm::default() });
        let contact = contact.map(|keys| keys.trim_matches('|').to_owned());
        for place in both.each() {
            let filter = Filter { contact: contact.clone(), ..Filter::default() };
            let rows = page(&place.db, &everything(), Reader::default(), &filter, None, 10).await.unwrap();
            let ids: Vec<ReferralId> = rows.iter().map(|row| row.head.id).collect();
            assert_eq!(ids, vec![ReferralId(id(3_000 + u128::try_from(position).unwrap()))], "{:?}: {contact:?}", place.engine);
        }
    }
}

#[tokio::test]
async fn searches_find_the_same() {
    both(async |both| {
        both.migrate().await;
        fill(&both).await;
        words_are_found(&both).await;
        beginnings_are_found(&both).await;
        contacts_are_found(&both).await;
    })
    .await;
}

/// A Danish server sorts aa behind z: what is found by its words or its address does not depend on it.
#[tokio::test]
async fn another_collation_finds_the_same() {
    both_with("TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'da'", async |both| {
        both.migrate().await;
        fill(&both).await;
        words_are_found(&both).await;
        contacts_are_found(&both).await;
        beginnings_are_found(&both).await;
    })
    .await;
}
