//! What the engine holds while two hand over changes.

use chrono::NaiveDate;
use relais_domain::directory::search::{OrganisationCard, SearchDocument, SearchQuery};
use serde_json::json;

use super::{Change, Engine, SearchPage};

const SERVICE: &str = "01900000-0000-7000-8000-000000000001";
const ORGANISATION: &str = "01900000-0000-7000-8000-000000000002";

fn document(version: i32, state: &str, name: &str) -> SearchDocument {
    let document = json!({
        "id": SERVICE, "organisation_id": ORGANISATION, "name": name, "language": "fr", "quality": 1.0, "quality_parts": 1,
        "fresh_on": "2026-01-01", "state": state, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        "version": version
    });
    serde_json::from_value(document).unwrap()
}

fn card() -> OrganisationCard {
    serde_json::from_value(json!({"id": ORGANISATION, "name": "A", "state": "active", "verified": true, "version": 1})).unwrap()
}

fn names(engine: &Engine) -> Vec<String> {
    let query = SearchQuery::on(NaiveDate::from_ymd_opt(2026, 1, 2).unwrap());
    let found = engine.search(&query, &SearchPage { limit: 10, after: None, facets: false }, None).unwrap();
    found.services.iter().map(|one| one.document.name.as_str().to_owned()).collect()
}

#[test]
fn what_was_read_earlier_does_not_undo_what_was_shown_since() {
    let engine = Engine::default();
    engine.build([card()], [document(1, "draft", "Un")]).unwrap();
    let put = |document| engine.apply(vec![Change::Put(Box::new(document))]).unwrap();
    put(document(2, "published", "Deux"));
    put(document(1, "draft", "Un"));
    assert_eq!(names(&engine), ["Deux"], "the follower was late");
    put(document(2, "published", "Deux bis"));
    assert_eq!(names(&engine), ["Deux bis"], "measures change without a save");
    put(document(3, "suspended", "Trois"));
    assert!(names(&engine).is_empty());
}
