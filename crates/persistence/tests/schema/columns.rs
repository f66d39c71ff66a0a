//! The schema as the engine itself describes it.

use std::collections::BTreeMap;

use relais_persistence::Engine;

use crate::both::Place;

/// A column: the engine's word for its type, and whether it may be NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub kind: String,
    pub nullable: bool,
}

/// Tables, each with its columns.
pub type Schema = BTreeMap<String, BTreeMap<String, Column>>;

/// The table in which the migrations note themselves; it is not ours.
const OF_THE_MIGRATOR: &str = "seaql_migrations";

const SQLITE: &str = "
SELECT t.name, c.name, lower(c.type), CAST(c.\"notnull\" AS integer)
FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";

const POSTGRES: &str = "
SELECT table_name::text, column_name::text, data_type::text, CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END
FROM information_schema.columns WHERE table_schema = current_schema()";

/// Every table of a database and its columns.
pub async fn schema(place: &Place) -> Schema {
    let question = if place.engine == Engine::Sqlite { SQLITE } else { POSTGRES };
    let mut schema = Schema::new();
    for row in place.ask(question).await {
        let text = |index: usize| row.try_get_by_index::<String>(index).unwrap();
        let column = Column { kind: text(2), nullable: row.try_get_by_index::<i32>(3).unwrap() == 0 };
        if text(0) != OF_THE_MIGRATOR {
            schema.entry(text(0)).or_default().insert(text(1), column);
        }
    }
    schema
}
