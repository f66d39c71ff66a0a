//! What goes in comes out, to the last code point, in text and in JSON.

use relais_domain::shared::fold_text;
use relais_persistence::audit::entity::mutation_value;
use relais_persistence::identity::entity::organisation;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};

use super::{NAMES, context};
use crate::access::world::an_instant;
use crate::both::both;

/// JSON as forms, snapshots and settings may hold it. Numbers with a fraction keep fifteen digits, and zero has no sign.
fn documents() -> Vec<Value> {
    let deep = (0..60).fold(json!("down here"), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({ "inside": inner }) });
    let named = NAMES.iter().enumerate().map(|(number, name)| ((*name).to_owned(), json!({"name": name, "number": number}))).collect();
    vec![
        json!([]),
        json!({}),
        json!({"empty": "", "nothing": null, "list": [], "object": {}, "no": false, "yes": true}),
        json!({"zz": 1, "b": 2, "a": {"d": 1, "c": 2}, "": "no key", "É": "accent", "😀": "smile", "a.b": 1, "a\"b": 2, "a\\b": 3}),
        json!([0, 1, -1, i64::MAX, i64::MIN, u64::MAX, 9_007_199_254_740_993_i64]),
        json!([0.1, 1.5, -2.25, 1e-7, 123_456_789.123_456, 1e15]),
        json!(["\u{1}\u{1f}", "\t\r\n", "\u{7f}\u{85}", "\u{2028}\u{2029}", "\u{feff}", "\u{fffd}", "\u{10fffd}", "</script>", "\\u0041"]),
        Value::Object(named),
        json!("é".repeat(20_000)),
        deep,
    ]
}

#[tokio::test]
async fn texts_and_json_come_back_as_they_went() {
    both(async |both| {
        both.migrate().await;
        let documents = documents();
        for place in both.each() {
            let mut tx = place.db.write(&context(an_instant(0))).await.unwrap();
            for (number, name) in (1..).zip(NAMES) {
                let index = usize::try_from(number).unwrap() % documents.len();
                tx.create::<organisation::Entity>(super::searches::an_organisation(number, name, documents[index].clone()), "created")
                    .await
                    .unwrap();
            }
            tx.commit().await.unwrap();
            let rows = organisation::Entity::find().order_by_asc(organisation::Column::Id).all(&place.raw).await.unwrap();
            for ((number, name), row) in (1usize..).zip(NAMES).zip(&rows) {
                assert_eq!(row.name.as_bytes(), name.as_bytes(), "{:?}", place.engine);
                assert_eq!(row.name_folded, fold_text(name));
                assert_eq!(row.settings, documents[number % documents.len()], "{:?}: {name}", place.engine);
                let same = organisation::Entity::find().filter(organisation::Column::Name.eq(*name)).all(&place.raw).await.unwrap();
                assert_eq!(same.len(), 1, "{:?}: {name} is equal to itself only", place.engine);
            }
        }
        // The values in the journal are the same, so that their hashes are.
        let mut journals = vec![];
        for place in both.each() {
            let rows = mutation_value::Entity::find().all(&place.raw).await.unwrap();
            let mut values: Vec<_> = rows.into_iter().map(|row| (row.entry_id, row.field, row.before, row.after)).collect();
            values.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
            journals.push(values.into_iter().map(|(_, field, before, after)| (field, before, after)).collect::<Vec<_>>());
        }
        assert!(journals[0].len() > NAMES.len() * 8);
        assert_eq!(journals[0], journals[1]);
    })
    .await;
}
