//! The reference lists: every list of codes with its labels, from the directory and from referrals.

use relais_domain::directory::{Entry, Labels, REFERENCE_LISTS, reference_list};
use relais_domain::referral::{self, ArchiveReason, Outcome, RefusalCode, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Refusal, fingerprint};

/// One list of codes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferenceList {
    /// The name of the list.
    #[schema(example = "topics")]
    pub name: String,
    /// Its entries, in their order.
    pub items: Vec<Entry>,
}

/// The lists that there are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferenceLists {
    /// Their names.
    pub items: Vec<&'static str>,
}

const REFERRAL_LISTS: &[&str] = &["referral-states", "refusal-codes", "archive-reasons", "outcomes"];

/// The names of all lists, with the tag of the answer.
///
/// # Errors
/// When the answer cannot be written.
pub fn references() -> Result<(ReferenceLists, String), Refusal> {
    let lists = ReferenceLists { items: REFERENCE_LISTS.iter().chain(REFERRAL_LISTS).copied().collect() };
    let tag = tag_of(&lists)?;
    Ok((lists, tag))
}

/// One list with its labels in French, Dutch, German and English, and the tag of the answer: a hash of its content.
///
/// # Errors
/// `not_found` (404) when there is no such list.
pub fn reference(name: &str) -> Result<(ReferenceList, String), Refusal> {
    let items = match reference_list(name) {
        Some(entries) => entries.to_vec(),
        None => referral_entries(name).ok_or(Refusal::NotFound)?,
    };
    let list = ReferenceList { name: name.to_owned(), items };
    let tag = tag_of(&list)?;
    Ok((list, tag))
}

/// The tag of an answer that anybody may keep: a hash of its content.
pub(super) fn tag_of(answer: &impl Serialize) -> Result<String, Refusal> {
    let bytes = serde_json::to_vec(answer).map_err(|error| Refusal::Failed(error.to_string()))?;
    let hash: String = fingerprint(&[&bytes]).chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    Ok(format!("\"{hash}\""))
}

fn referral_entries(name: &str) -> Option<Vec<Entry>> {
    Some(match name {
        "referral-states" => State::ALL.iter().map(|value| entry(value.code(), value.labels())).collect(),
        "refusal-codes" => RefusalCode::ALL.iter().map(|value| entry(value.code(), value.labels())).collect(),
        "archive-reasons" => ArchiveReason::ALL.iter().map(|value| entry(value.code(), value.labels())).collect(),
        "outcomes" => Outcome::ALL.iter().map(|value| entry(value.code(), value.labels())).collect(),
        _ => return None,
    })
}

const fn entry(code: &'static str, labels: referral::Labels) -> Entry {
    let referral::Labels { fr, en, nl, de } = labels;
    Entry { code, labels: Labels { fr, en, nl: Some(nl), de: Some(de) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_is_named_can_be_read_and_tells_its_labels() {
        let (lists, _) = references().unwrap();
        assert_eq!(lists.items.len(), REFERENCE_LISTS.len() + REFERRAL_LISTS.len());
        for name in lists.items {
            let (list, tag) = reference(name).unwrap();
            assert!(!list.items.is_empty(), "{name}");
            assert!(list.items.iter().all(|entry| !entry.labels.fr.is_empty() && !entry.labels.en.is_empty()), "{name}");
            assert!(tag.len() > 10 && tag == reference(name).unwrap().1);
        }
        assert_eq!(reference("colours").unwrap_err(), Refusal::NotFound);
    }
}
