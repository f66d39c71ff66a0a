//! The migrations go up, down and up again, and leave nothing behind.

use relais_persistence::Engine;

use crate::both::{Place, both};
use crate::columns::schema;

/// Whatever a database holds besides the migrator's own table.
async fn objects(place: &Place) -> Vec<String> {
    let question = match place.engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND tbl_name <> 'seaql_migrations' ORDER BY name",
        Engine::Postgres => {
            "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname NOT LIKE 'seaql_migrations%'
             UNION ALL SELECT typname::text FROM pg_type WHERE typnamespace = current_schema()::regnamespace AND typname NOT LIKE '%seaql_migrations'
             UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace ORDER BY 1"
        }
    };
    place.ask(question).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test]
async fn up_down_and_up_again() {
    both(async |both| {
        for place in both.each() {
            let steps = place.db.pending_migrations().await.unwrap();
            assert!(!steps.is_empty());
            assert_eq!(objects(place).await, Vec::<String>::new());
            place.db.migrate().await.unwrap();
            assert_eq!(place.db.pending_migrations().await.unwrap(), Vec::<String>::new());
            let (first, made) = (schema(place).await, objects(place).await);

            place.db.migrate_down(u32::try_from(steps.len()).unwrap()).await.unwrap();
            assert_eq!(objects(place).await, Vec::<String>::new(), "{:?}: left behind", place.engine);
            assert_eq!(place.db.pending_migrations().await.unwrap(), steps);

            place.db.migrate().await.unwrap();
            assert_eq!(schema(place).await, first, "{:?}: another schema the second time", place.engine);
            assert_eq!(objects(place).await, made, "{:?}: other objects the second time", place.engine);
            place.db.migrate().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn each_step_down_and_up_alone() {
    both(async |both| {
        for place in both.each() {
            let steps = place.db.pending_migrations().await.unwrap().len();
            place.db.migrate().await.unwrap();
            let whole = schema(place).await;
            for depth in 1..=steps {
                place.db.migrate_down(u32::try_from(depth).unwrap()).await.unwrap();
                assert_eq!(place.db.pending_migrations().await.unwrap().len(), depth);
                place.db.migrate().await.unwrap();
                assert_eq!(schema(place).await, whole, "{:?}: {depth} steps down and up", place.engine);
            }
        }
    })
    .await;
}
