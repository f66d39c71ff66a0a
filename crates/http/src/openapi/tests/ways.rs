//! What answers say of where to go on, and what must be sent, in the document of the program.

use serde_json::{Value, json};

use super::walk;

/// What an answer declares: its headers.
fn declares(operation: &walk::Object, status: &str, header: &str) -> bool {
    operation.get("responses").is_some_and(|responses| responses[status]["headers"].get(header).is_some())
}

fn ids(document: &Value, wanted: impl Fn(&str, &walk::Object) -> bool) -> Vec<&str> {
    let found = walk::operations(document).into_iter().filter(|(method, _, operation)| wanted(method, operation));
    let mut ids: Vec<&str> = found.filter_map(|(_, _, operation)| operation["operationId"].as_str()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_search_links_nowhere_and_a_list_does() {
    let document = crate::server::document("http://127.0.0.1:8080", true);
    assert_eq!(ids(&document, |method, operation| method == "post" && declares(operation, "200", "Link")), Vec::<&str>::new());
    assert!(ids(&document, |_, operation| declares(operation, "200", "Link")).len() > 20);
}

#[test]
fn what_is_taken_in_says_where_it_is_watched() {
    let document = crate::server::document("http://127.0.0.1:8080", true);
    let placed = ids(&document, |_, operation| declares(operation, "202", "Location"));
    assert_eq!(placed, ["create_export", "start_import", "upload_blank_form", "upload_document"]);
    let bare = ids(&document, |_, operation| operation["responses"].get("202").is_some() && !declares(operation, "202", "Location"));
    assert_eq!(bare, ["renew_link", "request_password_reset", "sign_up"]);
}

#[test]
fn a_file_must_be_sent() {
    let document = crate::server::document("http://127.0.0.1:8080", true);
    let streamed = |operation: &walk::Object| operation.get("x-streamed") == Some(&Value::Bool(true));
    let required = |operation: &walk::Object| operation["requestBody"]["required"] == json!(true);
    assert_eq!(ids(&document, |_, operation| streamed(operation) && !required(operation)), Vec::<&str>::new());
    assert_eq!(ids(&document, |_, operation| streamed(operation)).len(), 4);
}
