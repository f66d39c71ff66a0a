//! The lists of codes under the names that data·inclusion has for them.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::codes::{Fee, OpenTo, Reception, ServiceKind, WayIn};
use super::super::lists::{Entry, reference_list};
use super::lists::EVERYONE;

/// A code with its French name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DataInclusionCode)]
pub struct DocEntry {
    /// The code.
    #[schema(example = "gratuit")]
    pub value: &'static str,
    /// Its name.
    #[schema(example = "Gratuit")]
    pub label: &'static str,
    /// What is meant, where the name does not say enough.
    #[schema(required)]
    pub description: Option<&'static str>,
}

/// The names of the lists.
pub const DOC_LISTS: &[&str] = &[
    "categories",
    "frais",
    "modes-accueil",
    "modes-mobilisation",
    "personnes-mobilisatrices",
    "publics",
    "reseaux-porteurs",
    "thematiques",
    "types-services",
];

/// Who is meant by everyone.
const EVERYBODY: DocEntry = DocEntry { value: EVERYONE, label: "Tous publics", description: Some("Tous publics") };

/// A list of codes in the order of the codes, `tous-publics` at the end of `publics` as it is published; `None` when there is no
/// such list.
pub fn doc_list(name: &str) -> Option<Vec<DocEntry>> {
    let mut entries = match name {
        "thematiques" => listed("topics", Some),
        "categories" => listed("topic-categories", Some),
        "publics" => listed("audiences", Some),
        "reseaux-porteurs" => listed("networks", Some),
        "types-services" => listed("service-kinds", |code| Some(code.parse::<ServiceKind>().ok()?.national())),
        "frais" => listed("fees", |code| Some(code.parse::<Fee>().ok()?.national())),
        "modes-accueil" => listed("receptions", |code| match code.parse::<Reception>().ok()?.national() {
            [one] => Some(*one),
            _ => None,
        }),
        "modes-mobilisation" => listed("ways-in", |code| code.parse::<WayIn>().ok()?.national()),
        "personnes-mobilisatrices" => listed("who-may-turn", |code| Some(code.parse::<OpenTo>().ok()?.national())),
        _ => return None,
    };
    entries.sort_by_key(|entry| entry.value);
    if name == "publics" {
        entries.push(EVERYBODY);
    }
    Some(entries)
}

fn listed(list: &str, national: impl Fn(&'static str) -> Option<&'static str>) -> Vec<DocEntry> {
    let entries = reference_list(list).unwrap_or_default().iter();
    let told = |entry: &Entry| {
        let Entry { code, labels, description, message: _ } = *entry;
        Some(DocEntry { value: national(code)?, label: labels.fr, description: description.map(|description| description.fr) })
    };
    entries.filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_tells_national_codes_once() {
        let count = |name: &str| doc_list(name).unwrap().len();
        for (name, entries) in [
            ("frais", 2),
            ("modes-accueil", 2),
            ("modes-mobilisation", 4),
            ("personnes-mobilisatrices", 2),
            ("types-services", 6),
            ("categories", 16),
        ] {
            assert_eq!(count(name), entries, "{name}");
        }
        for name in DOC_LISTS {
            let list = doc_list(name).unwrap();
            let mut values: Vec<&str> = list.iter().map(|entry| entry.value).collect();
            values.sort_unstable();
            values.dedup();
            assert!(!list.is_empty() && values.len() == list.len(), "{name}");
            assert!(list.iter().all(|entry| !entry.label.is_empty() && !entry.value.contains('_')), "{name}");
        }
        assert_eq!(doc_list("publics").unwrap().last().unwrap().value, "tous-publics");
        assert_eq!(doc_list("topics"), None);
    }
}
