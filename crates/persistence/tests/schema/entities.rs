//! The entities say what the schema says: tables, columns, NULL and the family of types, on both engines.

use std::collections::BTreeMap;

use relais_persistence::Engine;
use relais_persistence::audit::entity::{access_entry, event, mutation_entry, mutation_value, sequence_state};
use relais_persistence::directory::entity::{
    bookmark, contact_reading, import_part, import_run, place, saved_search, search_document, service, service_report,
};
use relais_persistence::document::entity::{document, service_form};
use relais_persistence::identity::entity::{
    account_token, app_user, invitation, join_request, membership, membership_unit, organisation, role, role_assignment, service_account,
    session, unit,
};
use relais_persistence::message::entity::{digest_entry, message, notice, sandbox_mail, task};
use relais_persistence::person::entity::{consent, disclosure, identity_link, person};
use relais_persistence::platform::entity::{budget, idempotency, instance, job, secret};
use relais_persistence::referral::entity::{
    access_link, booklet, booklet_counter, booklet_entry, booklet_series, need, reading_mark, referral, referral_assignment,
    referral_document, referral_filing, retrieval, saved_view,
};
use relais_persistence::report::entity::{export, export_part};
use sea_orm::sea_query::ColumnType;
use sea_orm::{ColumnTrait as _, EntityTrait, IdenStatic as _, Iterable as _};

use crate::both::both;
use crate::columns::{Column, Schema, schema};

/// Every entity of the crate, as a table on an engine.
fn entities(engine: Engine) -> Schema {
    macro_rules! tables {
        ($($entity:ident),+ $(,)?) => { Schema::from([$(table_of::<$entity::Entity>(engine)),+]) };
    }
    tables![
        instance,
        secret,
        idempotency,
        job,
        budget,
        organisation,
        app_user,
        unit,
        membership,
        membership_unit,
        role,
        role_assignment,
        service_account,
        session,
        invitation,
        account_token,
        service,
        import_run,
        import_part,
        place,
        search_document,
        bookmark,
        saved_search,
        service_report,
        contact_reading,
        need,
        person,
        referral,
        consent,
        disclosure,
        identity_link,
        referral_assignment,
        referral_filing,
        document,
        referral_document,
        service_form,
        reading_mark,
        access_link,
        message,
        notice,
        task,
        sandbox_mail,
        digest_entry,
        export,
        export_part,
        event,
        mutation_entry,
        mutation_value,
        access_entry,
        sequence_state,
        join_request,
        booklet_counter,
        booklet_series,
        booklet,
        booklet_entry,
        retrieval,
        saved_view,
    ]
}

fn table_of<E: EntityTrait>(engine: Engine) -> (String, BTreeMap<String, Column>) {
    let columns = E::Column::iter().map(|column| {
        let definition = column.def();
        let kind = kind_of(engine, definition.get_column_type()).to_owned();
        (column.as_str().to_owned(), Column { kind, nullable: definition.is_null() })
    });
    (E::default().table_name().to_owned(), columns.collect())
}

/// The engine's word for a type of the ORM.
fn kind_of(engine: Engine, kind: &ColumnType) -> &'static str {
    let (sqlite, postgres) = match kind {
        ColumnType::String(_) | ColumnType::Text => ("text", "text"),
        ColumnType::Integer => ("integer", "integer"),
        ColumnType::BigInteger => ("bigint", "bigint"),
        ColumnType::Double => ("double precision", "double precision"),
        ColumnType::Boolean => ("boolean", "boolean"),
        ColumnType::Uuid => ("blob", "uuid"),
        ColumnType::VarBinary(_) | ColumnType::Blob => ("blob", "bytea"),
        ColumnType::Json | ColumnType::JsonBinary => ("text", "jsonb"),
        ColumnType::Date => ("text", "date"),
        ColumnType::TimestampWithTimeZone => ("text", "timestamp with time zone"),
        other => panic!("{other:?} has no place in the schema: add it to this list when both engines hold it alike"),
    };
    if engine == Engine::Sqlite { sqlite } else { postgres }
}

#[tokio::test]
async fn the_entities_are_the_schema() {
    both(async |both| {
        both.migrate().await;
        for place in both.each() {
            let (schema, entities) = (schema(place).await, entities(place.engine));
            for (table, columns) in &schema {
                let entity = entities.get(table).unwrap_or_else(|| panic!("{:?}: no entity for the table {table}", place.engine));
                assert_eq!(entity, columns, "{:?}: the entity (left) and the table (right) {table} differ", place.engine);
            }
            let unfounded: Vec<_> = entities.keys().filter(|table| !schema.contains_key(*table)).collect();
            assert!(unfounded.is_empty(), "{:?}: entities without a table: {unfounded:?}", place.engine);
        }
    })
    .await;
}

#[test]
fn no_entity_is_forgotten() {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rooms = std::fs::read_dir(sources).unwrap().map(|room| room.unwrap().path());
    // A room has its entities in one file, or in a folder beside it.
    let files = rooms.flat_map(|room| {
        let folder = std::fs::read_dir(room.join("entity")).into_iter().flatten();
        folder.map(|file| file.unwrap().path()).chain([room.join("entity.rs")]).collect::<Vec<_>>()
    });
    let declared: usize =
        files.filter_map(|file| std::fs::read_to_string(file).ok()).map(|text| text.matches("DeriveEntityModel)]").count()).sum();
    assert_eq!(entities(Engine::Sqlite).len(), declared, "list every entity in `entities`");
}
