//! A database of the first release, with rows in it, gets what the templates give more since then; what somebody narrowed stays narrow.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use relais_domain::access::{Ceiling, Grant, Permission, Side, Template, grants_of};
use relais_domain::shared::ids::{OrganisationId, RoleId, ServiceAccountId};
use relais_persistence::Engine;
use relais_persistence::identity::entity::{role, service_account};
use sea_orm::{ActiveModelTrait as _, ConnectionTrait as _, EntityTrait as _, IntoActiveModel as _, Statement, Value as Bound};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::both::{Place, both};

/// How many steps the first release had.
const FIRST_RELEASE: usize = 3;

static NUMBER: AtomicU64 = AtomicU64::new(1);

fn fresh() -> Uuid {
    Uuid::from_u128(0x0192_f4e6_7a10_7000_8000_0000_0000_0000 + u128::from(NUMBER.fetch_add(1, Ordering::SeqCst)))
}

fn noon() -> DateTime<Utc> {
    "2026-01-10T12:00:00Z".parse().unwrap()
}

fn is_new(permission: Permission) -> bool {
    ["people:", "booklets:"].iter().any(|prefix| permission.code().starts_with(prefix))
}

/// What a template gave in the first release.
fn given_then(template: Template) -> Vec<Grant> {
    let follows = |grant: &Grant| matches!(template, Template::Operator | Template::OperatorLead) && grant.side == Side::Sent;
    grants_of(template).into_iter().filter(|grant| !is_new(grant.permission) && !follows(grant)).collect()
}

/// A ceiling as it was in the first release.
fn ceiling_then(mut ceiling: Ceiling) -> Ceiling {
    ceiling.templates.retain(|template| *template != Template::PrivacyOfficer);
    ceiling.permissions.retain(|permission| !is_new(*permission));
    ceiling
}

fn set(of: &Value) -> BTreeSet<String> {
    of.as_array().unwrap().iter().map(ToString::to_string).collect()
}

/// Entries in no order.
fn entries(of: &Value) -> BTreeSet<String> {
    let grants: Vec<Grant> = serde_json::from_value(of.clone()).unwrap();
    grants.iter().map(|grant| json!(grant).to_string()).collect()
}

impl Place {
    async fn has_organisation(&self, id: Uuid, ceiling: &Ceiling) {
        let marks = |n: usize| if self.engine == Engine::Postgres { format!("${n}") } else { "?".to_owned() };
        let sql = format!(
            "INSERT INTO organisation (id, name, name_folded, state, identifiers, country, language, time_zone, ceiling, settings, created_at, updated_at, version) \
             VALUES ({}, 'Structure', 'structure', 'active', '{{}}', 'FR', 'fr', 'Europe/Paris', {}, '{{}}', {}, {}, 1)",
            marks(1),
            marks(2),
            marks(3),
            marks(4),
        );
        let values: [Bound; 4] = [id.into(), json!(ceiling).into(), noon().into(), noon().into()];
        let statement = Statement::from_sql_and_values(self.raw.get_database_backend(), sql, values);
        self.raw.execute_raw(statement).await.unwrap();
    }

    async fn has_role(&self, organisation: Uuid, template: Option<Template>, grants: &[Grant]) -> Uuid {
        let id = fresh();
        let row = role::Model {
            id: RoleId(id),
            organisation_id: OrganisationId(organisation),
            name: "Rôle".to_owned(),
            template: template.map(|template| template.code().to_owned()),
            grants: json!(grants),
            created_at: noon(),
            updated_at: noon(),
            version: 1,
        };
        role::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&self.raw).await.unwrap();
        id
    }

    async fn has_account(&self, organisation: Uuid, grants: &[Grant]) -> Uuid {
        let id = fresh();
        let row = service_account::Model {
            id: ServiceAccountId(id),
            organisation_id: OrganisationId(organisation),
            name: "Plateforme".to_owned(),
            client_id: id.to_string(),
            secret_hash: "-".to_owned(),
            grants: json!(grants),
            state: "active".to_owned(),
            created_at: noon(),
            updated_at: noon(),
            version: 1,
        };
        service_account::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&self.raw).await.unwrap();
        id
    }

    async fn json_of(&self, table: &str, column: &str, id: Uuid) -> Value {
        let rows = self.ask(&format!("SELECT id, {column} FROM {table}")).await;
        let row = rows.iter().find(|row| row.try_get_by_index::<Uuid>(0).unwrap() == id).unwrap();
        row.try_get_by_index(1).unwrap()
    }

    async fn role_holds(&self, id: Uuid) -> Value {
        self.json_of("role", "grants", id).await
    }
}

/// Brings an empty database to the first release; gives how many steps came later.
async fn first_release(place: &Place) -> u32 {
    let later = u32::try_from(place.db.pending_migrations().await.unwrap().len() - FIRST_RELEASE).unwrap();
    place.db.migrate().await.unwrap();
    place.db.migrate_down(later).await.unwrap();
    later
}

#[tokio::test]
async fn what_the_templates_give_more_reaches_the_roles_that_were_made_from_them() {
    both(async |both| {
        for place in both.each() {
            let later = first_release(place).await;
            let (ordinary, platform, modest) = (fresh(), fresh(), fresh());
            let bounded = Ceiling { templates: vec![Template::Reader], ..ceiling_then(Ceiling::ordinary()) };
            place.has_organisation(ordinary, &ceiling_then(Ceiling::ordinary())).await;
            place.has_organisation(platform, &ceiling_then(Ceiling::platform())).await;
            place.has_organisation(modest, &bounded).await;
            let mut made = vec![];
            for template in Template::ALL.iter().filter(|template| **template != Template::PrivacyOfficer) {
                made.push((*template, place.has_role(ordinary, Some(*template), &given_then(*template)).await));
            }
            let account = place.has_account(ordinary, &given_then(Template::Partner)).await;
            place.db.migrate().await.unwrap();

            for (template, id) in &made {
                assert_eq!(entries(&place.role_holds(*id).await), entries(&json!(grants_of(*template))), "{:?}: {template}", place.engine);
            }
            let held = place.json_of("service_account", "grants", account).await;
            assert_eq!(entries(&held), entries(&json!(grants_of(Template::Partner))));
            for (organisation, now) in [(ordinary, Ceiling::ordinary()), (platform, Ceiling::platform()), (modest, bounded)] {
                let (held, now) = (place.json_of("organisation", "ceiling", organisation).await, json!(now));
                assert_eq!(set(&held["permissions"]), set(&now["permissions"]), "{:?}", place.engine);
                assert_eq!(set(&held["templates"]), set(&now["templates"]), "{:?}", place.engine);
            }

            // Back and forth again: nothing twice, and nothing that the first release could not read.
            place.db.migrate_down(later).await.unwrap();
            for (template, id) in &made {
                assert_eq!(entries(&place.role_holds(*id).await), entries(&json!(given_then(*template))), "{:?}: {template}", place.engine);
            }
            place.db.migrate().await.unwrap();
            for (template, id) in &made {
                assert_eq!(place.role_holds(*id).await.as_array().unwrap().len(), grants_of(*template).len(), "{template}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_somebody_narrowed_is_not_widened() {
    both(async |both| {
        for place in both.each() {
            first_release(place).await;
            let organisation = fresh();
            place.has_organisation(organisation, &ceiling_then(Ceiling::ordinary())).await;
            let operator = given_then(Template::Operator);
            let without: Vec<Grant> = operator.iter().filter(|grant| grant.permission != Permission::ReferralsArchive).cloned().collect();
            let unseen = |grant: &Grant| Grant { categories: relais_domain::access::Mask::default(), ..grant.clone() };
            let less_seen: Vec<Grant> = operator.iter().map(unseen).collect();
            let in_states: Vec<Grant> =
                operator.iter().map(|grant| Grant { states: Some(vec!["sent".to_owned()]), ..grant.clone() }).collect();
            let denied: Vec<Grant> = operator.iter().cloned().chain([Grant { deny: true, ..operator[2].clone() }]).collect();
            let mut kept = vec![];
            for grants in [without, less_seen, in_states, denied] {
                kept.push((place.has_role(organisation, Some(Template::Operator), &grants).await, json!(grants)));
            }
            kept.push((place.has_role(organisation, None, &operator).await, json!(operator)));
            let narrow: Vec<Grant> =
                given_then(Template::Partner).into_iter().filter(|grant| grant.permission != Permission::ReferralsSend).collect();
            let account = place.has_account(organisation, &narrow).await;
            let mut wider = given_then(Template::Prescriber);
            wider.push(Grant { permission: Permission::ReferralsStatistics, ..wider[2].clone() });
            let widened = place.has_role(organisation, Some(Template::Prescriber), &wider).await;
            place.db.migrate().await.unwrap();

            for (id, before) in kept {
                assert_eq!(entries(&place.role_holds(id).await), entries(&before), "{:?}", place.engine);
            }
            assert_eq!(entries(&place.json_of("service_account", "grants", account).await), entries(&json!(narrow)));
            let held = entries(&place.role_holds(widened).await);
            assert!(held.is_superset(&entries(&json!(grants_of(Template::Prescriber)))), "what was added does not stand in the way");
            assert_eq!(held.len(), grants_of(Template::Prescriber).len() + 1);
        }
    })
    .await;
}
