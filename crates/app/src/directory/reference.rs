//! The reference lists: every list of codes with its labels, from the directory and from referrals.

use relais_domain::directory::{self, Entry, Labels, REFERENCE_LISTS};
use relais_domain::referral::{ArchiveReason, Outcome, RedirectCode, RefusalCode, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Refusal, fingerprint};

/// One list of codes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferenceList {
    /// The name of the list.
    #[schema(example = "topics")]
    pub name: String,
    /// Its version: that of the schema it was published with, or ours. It changes with the codes.
    #[schema(example = "1.0.10")]
    pub version: &'static str,
    /// Who publishes the list under which licence; null for our own lists.
    #[schema(example = "data·inclusion, Licence Ouverte 2.0")]
    pub attribution: Option<&'static str>,
    /// Its entries, in their order.
    pub items: Vec<Entry>,
}

/// What there is to know of a list before reading it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferenceListSummary {
    /// The name under which it is read.
    #[schema(example = "topics")]
    pub name: &'static str,
    /// Its version.
    #[schema(example = "1.0.10")]
    pub version: &'static str,
    /// How many entries it has.
    #[schema(example = 69)]
    pub count: usize,
}

/// The lists that there are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferenceLists {
    /// Each with its version and its size.
    pub items: Vec<ReferenceListSummary>,
}

const REFERRAL_LISTS: &[&str] = &["referral-states", "refusal-codes", "redirect-codes", "archive-reasons", "outcomes"];

/// The version of the lists of the referral.
const REFERRAL_VERSION: &str = "1";

/// The names of all lists with their versions and sizes, and the tag of the answer.
///
/// # Errors
/// When the answer cannot be written.
pub fn references() -> Result<(ReferenceLists, String), Refusal> {
    let summary = |name: &&'static str| {
        let list = list(name)?;
        Some(ReferenceListSummary { name, version: list.version, count: list.items.len() })
    };
    let lists = ReferenceLists { items: REFERENCE_LISTS.iter().chain(REFERRAL_LISTS).filter_map(summary).collect() };
    tagged(lists)
}

/// One list with its labels in French, Dutch, German and English, and the tag of the answer: a hash of its content.
///
/// # Errors
/// `not_found` (404) when there is no such list.
pub fn reference(name: &str) -> Result<(ReferenceList, String), Refusal> {
    tagged(list(name).ok_or(Refusal::NotFound)?)
}

fn list(name: &str) -> Option<ReferenceList> {
    let (version, attribution, items) = match directory::reference(name) {
        Some(list) => (list.version, list.attribution, list.entries.clone()),
        None => (REFERRAL_VERSION, None, referral_entries(name)?),
    };
    Some(ReferenceList { name: name.to_owned(), version, attribution, items })
}

/// The tag of an answer that anybody may keep: a hash of its content.
pub(super) fn tag_of(answer: &impl Serialize) -> Result<String, Refusal> {
    let bytes = serde_json::to_vec(answer).map_err(|error| Refusal::Failed(error.to_string()))?;
    let hash: String = fingerprint(&[&bytes]).chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    Ok(format!("\"{hash}\""))
}

/// An answer that anybody may keep, with its tag.
pub(crate) fn tagged<T: Serialize>(answer: T) -> Result<(T, String), Refusal> {
    let tag = tag_of(&answer)?;
    Ok((answer, tag))
}

fn referral_entries(name: &str) -> Option<Vec<Entry>> {
    Some(match name {
        "referral-states" => State::ALL.iter().map(|value| entry(value.code(), value.labels())).collect(),
        "refusal-codes" => RefusalCode::ALL.iter().map(|value| reason(value.code(), value.labels(), value.suggested_message())).collect(),
        "redirect-codes" => RedirectCode::ALL.iter().map(|value| reason(value.code(), value.labels(), value.suggested_message())).collect(),
        "archive-reasons" => {
            ArchiveReason::ALL.iter().map(|value| reason(value.code(), value.labels(), value.suggested_message())).collect()
        }
        "outcomes" => Outcome::ALL.iter().map(|value| entry(value.code(), value.labels())).collect(),
        _ => return None,
    })
}

const fn entry(code: &'static str, labels: Labels) -> Entry {
    Entry { code, labels, description: None, message: None }
}

const fn reason(code: &'static str, labels: Labels, message: Labels) -> Entry {
    Entry { code, labels, description: None, message: Some(message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_is_named_can_be_read_and_tells_its_labels() {
        let (lists, _) = references().unwrap();
        assert_eq!(lists.items.len(), REFERENCE_LISTS.len() + REFERRAL_LISTS.len());
        for ReferenceListSummary { name, version, count } in lists.items {
            let (list, tag) = reference(name).unwrap();
            assert_eq!((list.version, list.items.len()), (version, count));
            assert!(!list.items.is_empty(), "{name}");
            assert!(list.items.iter().all(|entry| entry.labels.all().iter().all(|label| !label.is_empty())), "{name}");
            assert!(tag.len() > 10 && tag == reference(name).unwrap().1);
        }
        assert_eq!(reference("colours").unwrap_err(), Refusal::NotFound);
    }

    #[test]
    fn each_list_has_a_tag_of_its_own() {
        let (lists, _) = references().unwrap();
        let tags: std::collections::HashSet<_> = lists.items.iter().map(|list| reference(list.name).unwrap().1).collect();
        assert_eq!(tags.len(), lists.items.len());
    }
}
