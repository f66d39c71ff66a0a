//! Every column is named in the data map, and every name in the map is a column.

use std::collections::BTreeSet;

use relais_domain::shared::data_map::TABLES;

use crate::both::both;
use crate::columns::schema;

#[tokio::test]
async fn the_data_map_names_exactly_the_columns_of_the_schema() {
    both(async |both| {
        both.migrate().await;
        let named: BTreeSet<(String, String)> =
            TABLES.iter().flat_map(|table| table.columns().map(|(column, _)| (table.name.to_owned(), column.to_owned()))).collect();
        for place in both.each() {
            let schema = schema(place).await;
            let real: BTreeSet<(String, String)> =
                schema.iter().flat_map(|(table, columns)| columns.keys().map(|column| (table.clone(), column.clone()))).collect();
            let missing: Vec<_> = real.difference(&named).collect();
            let surplus: Vec<_> = named.difference(&real).collect();
            assert!(missing.is_empty(), "{:?}: not in domain::shared::data_map: {missing:?}", place.engine);
            assert!(surplus.is_empty(), "{:?}: in domain::shared::data_map, but not in the schema: {surplus:?}", place.engine);
            assert!(real.len() > 300, "only {} columns were read", real.len());
        }
    })
    .await;
}
