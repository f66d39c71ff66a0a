//! What roles, the accounts of partner platforms and the ceilings of organisations gain in a step that brings new permissions.
//!
//! Whoever narrowed a role meant it: a role gains what its template gained only while it still holds all that the template gave
//! before, and takes nothing away. The rows are copies, frozen like the steps that use them.

use std::collections::BTreeSet;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{FromQueryResult, JsonValue, Statement, Value};
use uuid::Uuid;

/// Permissions, how far, on which side, and what is seen.
pub type Row = (&'static [&'static str], &'static str, &'static str, &'static [&'static str]);

pub const NOTHING_MORE: &[&str] = &["existence"];
pub const CASE: &[&str] = &["existence", "identity_min", "contact", "identity", "social", "documents"];
pub const WHOLE: &[&str] = &["existence", "identity_min", "contact", "identity", "social", "health", "finance", "documents"];
const FACE: &[&str] = &["existence", "contact"];

const SENDING: &[&str] = &["referrals:read", "referrals:write", "referrals:send", "referrals:message", "referrals:archive"];
const HANDLING: &[&str] = &["referrals:read", "referrals:handle", "referrals:message", "referrals:archive"];
const DIRECTORY: Row = (&["directory:read", "organisations:read"], "platform", "both", FACE);

/// What a template gave in the first release.
fn given_at_first(template: &str) -> &'static [Row] {
    match template {
        "prescriber" => &[DIRECTORY, (SENDING, "own", "sent", WHOLE), (SENDING, "team", "sent", WHOLE)],
        "operator" => &[DIRECTORY, (HANDLING, "organisation", "received", CASE)],
        "operator_lead" => &[
            DIRECTORY,
            (HANDLING, "organisation", "received", CASE),
            (&["referrals:assign"], "organisation", "received", CASE),
            (&["referrals:statistics"], "organisation", "received", NOTHING_MORE),
            (&["members:read"], "organisation", "both", FACE),
        ],
        "team_lead" => &[
            DIRECTORY,
            (SENDING, "own", "sent", WHOLE),
            (SENDING, "organisation", "sent", CASE),
            (HANDLING, "organisation", "received", CASE),
            (&["referrals:assign"], "organisation", "received", CASE),
            (&["referrals:statistics"], "organisation", "both", NOTHING_MORE),
            (&["members:read"], "organisation", "both", FACE),
        ],
        "partner" => &[DIRECTORY, (SENDING, "organisation", "sent", CASE)],
        "platform_admin" => &[
            DIRECTORY,
            (
                &[
                    "organisations:write",
                    "organisations:verify",
                    "members:read",
                    "services:publish",
                    "directory:import",
                    "jobs:read",
                    "jobs:write",
                    "audit:read",
                ],
                "platform",
                "both",
                FACE,
            ),
            (&["members:write", "roles:read", "roles:write", "units:write", "service_accounts:write"], "organisation", "both", FACE),
            (&["referrals:statistics"], "platform", "both", NOTHING_MORE),
        ],
        _ => &[],
    }
}

/// What a template gained in a step.
#[derive(Debug)]
pub struct Gain {
    /// The template; `partner` stands for the accounts of partner platforms too, which are made from it.
    pub template: &'static str,
    /// What it gives now besides what it gave.
    pub rows: &'static [Row],
}

/// What ceilings gained in a step.
#[derive(Debug)]
pub struct CeilingGain {
    /// The permission that a ceiling holds which gains something.
    pub holding: &'static str,
    /// One of these templates is among its own.
    pub with_any: &'static [&'static str],
    /// The permissions gained.
    pub permissions: &'static [&'static str],
    /// The templates gained.
    pub templates: &'static [&'static str],
}

/// An entry of a role, as far as it is compared.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    permission: String,
    scope: String,
    side: String,
    categories: BTreeSet<String>,
}

fn word(of: &JsonValue, name: &str) -> String {
    of.get(name).and_then(JsonValue::as_str).unwrap_or_default().to_owned()
}

fn words(of: Option<&JsonValue>) -> BTreeSet<String> {
    of.and_then(JsonValue::as_array).into_iter().flatten().filter_map(JsonValue::as_str).map(str::to_owned).collect()
}

fn denies(entry: &JsonValue) -> bool {
    entry.get("deny").and_then(JsonValue::as_bool).unwrap_or(false)
}

fn entry(of: &JsonValue) -> Entry {
    let mut categories = words(of.get("categories"));
    // Implied by any other.
    categories.insert("existence".to_owned());
    Entry { permission: word(of, "permission"), scope: word(of, "scope"), side: word(of, "side"), categories }
}

/// An entry that no unit, no state and no deny narrows.
fn plain(of: &JsonValue) -> Option<Entry> {
    let narrowed = ["unit", "states"].iter().any(|name| of.get(name).is_some_and(|value| !value.is_null()));
    (!narrowed && !denies(of)).then(|| entry(of))
}

fn rows_as_entries(rows: &[Row]) -> Vec<JsonValue> {
    let one = |permission: &str, (_, scope, side, categories): &Row| {
        let entry = format!(r#"{{"permission":"{permission}","scope":"{scope}","side":"{side}","categories":{categories:?}}}"#);
        entry.parse().unwrap_or(JsonValue::Null)
    };
    rows.iter().flat_map(|row| row.0.iter().map(move |permission| one(permission, row))).collect()
}

/// The entries of a role or an account with what its template gained; none when it was narrowed, or has it all.
fn gained(grants: &JsonValue, gain: &Gain) -> Option<JsonValue> {
    let held = grants.as_array()?;
    if held.iter().any(denies) {
        return None;
    }
    let known: BTreeSet<Entry> = held.iter().filter_map(plain).collect();
    let covers = |asked: &Entry| {
        known.iter().any(|one| {
            (&one.permission, &one.scope, &one.side) == (&asked.permission, &asked.scope, &asked.side)
                && one.categories.is_superset(&asked.categories)
        })
    };
    let before = rows_as_entries(given_at_first(gain.template));
    if before.is_empty() || !before.iter().all(|asked| covers(&entry(asked))) {
        return None;
    }
    let lacks: Vec<JsonValue> = rows_as_entries(gain.rows).into_iter().filter(|one| !covers(&entry(one))).collect();
    (!lacks.is_empty()).then(|| JsonValue::Array(held.iter().cloned().chain(lacks).collect()))
}

fn raised(ceiling: &JsonValue, gain: &CeilingGain) -> Option<JsonValue> {
    let (permissions, templates) = (words(ceiling.get("permissions")), words(ceiling.get("templates")));
    if !permissions.contains(gain.holding) || !gain.with_any.iter().any(|one| templates.contains(*one)) {
        return None;
    }
    let mut after = ceiling.clone();
    for (name, more) in [("permissions", gain.permissions), ("templates", gain.templates)] {
        let list = after.get_mut(name)?.as_array_mut()?;
        let lacks: Vec<&str> = more.iter().copied().filter(|one| !list.iter().any(|known| known == one)).collect();
        list.extend(lacks.into_iter().map(JsonValue::from));
    }
    (after != *ceiling).then_some(after)
}

#[derive(FromQueryResult)]
struct Kept {
    id: Uuid,
    template: Option<String>,
    value: JsonValue,
}

/// The tables that hold permissions, the column, and where the template is found.
const GRANTS: [(&str, &str, &str); 2] = [("role", "grants", "template"), ("service_account", "grants", "'partner'")];
const CEILINGS: (&str, &str, &str) = ("organisation", "ceiling", "NULL");

/// Rewrites the JSON of each row for which `change` gives another.
async fn each(
    manager: &SchemaManager<'_>,
    (table, column, template): (&str, &str, &str),
    change: impl Fn(Option<&str>, &JsonValue) -> Option<JsonValue>,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let backend = manager.get_database_backend();
    let (value, id) = if backend == sea_orm_migration::sea_orm::DbBackend::Postgres { ("$1", "$2") } else { ("?", "?") };
    let all = format!("SELECT id, CAST({template} AS text) AS template, {column} AS value FROM {table}");
    for row in connection.query_all_raw(Statement::from_string(backend, all)).await? {
        let kept = Kept::from_query_result(&row, "")?;
        let Some(after) = change(kept.template.as_deref(), &kept.value) else { continue };
        let sql = format!("UPDATE {table} SET {column} = {value} WHERE id = {id}");
        let values = [Value::from(after), Value::from(kept.id)];
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    Ok(())
}

/// Gives what a step brings.
pub async fn give(manager: &SchemaManager<'_>, gains: &[Gain], ceilings: &[CeilingGain]) -> Result<(), DbErr> {
    for place in GRANTS {
        each(manager, place, |template, grants| {
            let gain = gains.iter().find(|gain| Some(gain.template) == template)?;
            gained(grants, gain)
        })
        .await?;
    }
    each(manager, CEILINGS, |_, ceiling| {
        let after = ceilings.iter().fold(ceiling.clone(), |ceiling, gain| raised(&ceiling, gain).unwrap_or(ceiling));
        (after != *ceiling).then_some(after)
    })
    .await
}

/// Takes back what a step brought: the permissions that were not known before from everybody, and the rest from whoever has it
/// by the template.
pub async fn take_back(manager: &SchemaManager<'_>, prefix: &str, gains: &[Gain], templates: &[&str]) -> Result<(), DbErr> {
    for place in GRANTS {
        each(manager, place, |template, grants| {
            let gain = gains.iter().find(|gain| Some(gain.template) == template);
            let brought: Vec<Entry> = rows_as_entries(gain.map_or(&[], |gain| gain.rows)).iter().map(entry).collect();
            let before = grants.as_array()?;
            let stays =
                |one: &&JsonValue| !word(one, "permission").starts_with(prefix) && !plain(one).is_some_and(|one| brought.contains(&one));
            let after: Vec<JsonValue> = before.iter().filter(stays).cloned().collect();
            (after.len() != before.len()).then_some(JsonValue::Array(after))
        })
        .await?;
    }
    each(manager, CEILINGS, |_, ceiling| {
        let mut after = ceiling.clone();
        for name in ["permissions", "templates"] {
            let list = after.get_mut(name)?.as_array_mut()?;
            list.retain(|one| one.as_str().is_none_or(|one| !one.starts_with(prefix) && !templates.contains(&one)));
        }
        (after != *ceiling).then_some(after)
    })
    .await
}
