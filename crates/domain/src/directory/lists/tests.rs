//! The data files are whole.

use std::collections::HashSet;

use super::*;
use crate::directory::{AudienceCode, NetworkCode, TopicCode};

#[test]
fn every_file_is_read_under_its_name() {
    assert_eq!(FILES.len(), REFERENCE_LISTS.len());
    for (file, name) in FILES.iter().zip(REFERENCE_LISTS) {
        let list: List = serde_json::from_str(file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(list.name, *name);
        assert_eq!(reference(name), Some(&list));
        assert!(!list.entries.is_empty(), "{name}");
    }
    assert!(reference("colours").is_none() && reference_list("colours").is_none());
}

#[test]
fn every_code_stands_once_and_has_a_name_in_four_languages() {
    for name in REFERENCE_LISTS {
        let list = reference_list(name).unwrap();
        let unique: HashSet<_> = list.iter().map(|entry| entry.code).collect();
        assert_eq!(unique.len(), list.len(), "{name}");
        for entry in list {
            let texts = entry.labels.all().into_iter().chain(entry.description.into_iter().flat_map(Labels::all));
            for text in texts {
                assert!(!text.is_empty() && text.trim() == text && !text.contains('\''), "{name} {}: {text:?}", entry.code);
            }
        }
    }
}

#[test]
fn a_list_without_a_language_is_no_list() {
    let list =
        r#"{"list": "x", "version": "1", "attribution": null, "entries": [{"code": "a", "labels": {"fr": "a", "nl": "b", "de": "c"}}]}"#;
    assert!(serde_json::from_str::<List>(list).unwrap_err().to_string().contains("missing field `en`"));
}

#[test]
fn published_lists_tell_their_version_and_who_published_them() {
    for name in REFERENCE_LISTS {
        let list = reference(name).unwrap();
        match list.attribution {
            Some(attribution) => assert_eq!((attribution, list.version), ("data·inclusion, Licence Ouverte 2.0", "1.0.10"), "{name}"),
            None => assert_eq!(list.version, "1", "{name}"),
        }
    }
    let ours: Vec<_> = REFERENCE_LISTS.iter().filter(|name| reference(name).unwrap().attribution.is_none()).collect();
    assert_eq!(ours, [&"update-frequencies", &"service-states"]);
}

#[test]
fn the_published_lists_are_complete() {
    let len = |name| reference_list(name).unwrap().len();
    assert_eq!((len("topic-categories"), len("topics"), len("audiences"), len("networks")), (16, 69, 13, 108));
    let categories = codes("topic-categories");
    for code in codes("topics") {
        assert!(categories.contains(&code.parse::<TopicCode>().unwrap().category()), "{code}");
    }
    for category in categories {
        assert!(codes("topics").iter().any(|code| code.starts_with(&format!("{category}--"))), "{category}");
    }
    assert_eq!("croix-rouge".parse::<NetworkCode>().unwrap().code(), "croix-rouge");
    assert!("tous-publics".parse::<AudienceCode>().is_err());
    assert!("Croix-Rouge".parse::<NetworkCode>().is_err());
}

#[test]
fn a_proper_name_is_the_same_everywhere_and_a_word_is_translated() {
    let labels = |code: &str| reference_list("networks").unwrap().iter().find(|entry| entry.code == code).unwrap().labels;
    assert!(labels("wimoov").all().iter().all(|name| *name == "Wimoov"));
    assert_eq!(labels("banques-alimentaires").nl, "Voedselbanken");
    assert_eq!(labels("banques-alimentaires").fr, "Banques Alimentaires");
}
