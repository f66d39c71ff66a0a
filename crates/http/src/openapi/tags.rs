//! The tags of the document, with their descriptions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::walk;

/// Every tag, in the order in which the explorer shows them.
pub const TAGS: &[(&str, &str)] = &[
    ("identity", "Signing in and out, one's own account, organisations, members, roles, service accounts."),
    ("organisations", "Organisations, their members, units, roles and service accounts."),
    ("invitations", "Invitations to join an organisation."),
    ("joining", "Signing up, joining an organisation or founding one, leaving."),
    ("access", "Roles, permissions, and why something is or is not allowed."),
    ("directory", "What organisations offer, to whom, where, when: search, eligibility, places, imports, codes, what readers keep."),
    ("hsds", "The directory in the words of the Human Services Data Specification 3.1 (Open Referral), by the standard's own conventions."),
    ("data-inclusion", "The directory in the shape of the API of data·inclusion, version 1, by that API's own conventions."),
    ("referrals", "The hand-over of one person from one organisation to another, from draft to end."),
    ("documents", "Files: uploaded, judged, handed over with a referral, erased."),
    ("inbox", "What waits for the organisation that receives referrals."),
    ("booklets", "Booklets that persons carry, the units drawn from them, and files retrieved by their numbers."),
    ("tasks", "What an organisation has to do by hand for its referrals."),
    ("links", "Access links: one record for a holder without an account."),
    ("reports", "Figures of referrals, and referrals taken out as a file."),
    ("people", "The persons who are helped."),
    ("audit", "Who changed what, who read what."),
    ("jobs", "Work in the background and what of it failed for good."),
    ("platform", "The installation itself."),
    ("sandbox", "The clock, the mailbox, the people of the demo and the reset button of a sandbox."),
    ("operations", "Whether the program is alive and ready."),
    ("documentation", "The contract itself: documents, errors, explorer."),
];

/// The tags that occur in a document, described; a tag without a description stands at the end under its own name.
pub fn used(document: &Value) -> Value {
    let names = |operation: &walk::Object| operation.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
    let found: BTreeSet<String> = walk::operations(document)
        .into_iter()
        .flat_map(|(_, _, operation)| names(operation))
        .filter_map(|name| name.as_str().map(ToOwned::to_owned))
        .collect();
    let known = TAGS.iter().filter(|(name, _)| found.contains(*name)).map(|(name, about)| json!({ "name": name, "description": about }));
    let unknown = found.iter().filter(|name| !TAGS.iter().any(|(known, _)| known == name)).map(|name| json!({ "name": name }));
    known.chain(unknown).collect()
}
