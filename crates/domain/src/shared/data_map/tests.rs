//! The map against itself.

use std::collections::BTreeSet;

use super::*;

#[test]
fn nothing_is_named_twice() {
    let mut tables = BTreeSet::new();
    for table in TABLES {
        assert!(tables.insert(table.name), "{} twice", table.name);
        let mut columns = BTreeSet::new();
        for (column, _) in table.columns() {
            assert!(columns.insert(column), "{}.{column} twice", table.name);
        }
        assert!(!columns.is_empty(), "{} has no column", table.name);
    }
}

#[test]
fn a_column_is_found_by_its_name() {
    assert_eq!(holds("person", "family_name"), Some(Holds::Category(Category::Identity)));
    assert_eq!(holds("app_user", "password_hash").map(Holds::code), Some("secret"));
    assert_eq!(holds("person", "password_hash"), None);
    assert_eq!(holds("people", "id"), None);
}

#[test]
fn what_tells_of_a_person_has_an_end() {
    let endless = [Retention::Permanent, Retention::WithObject, Retention::WithAccount, Retention::Journal, Retention::Work];
    for table in TABLES.iter().filter(|table| endless.contains(&table.kept)) {
        let told: Vec<_> = table.columns().filter(|(_, holds)| holds.is_about_the_person()).collect();
        assert!(told.is_empty(), "{} holds {told:?} without an end", table.name);
    }
}

#[test]
fn what_is_kept_with_referrals_is_found_by_the_person_or_says_why_not() {
    for table in kept_with_referrals() {
        let excused = NOT_ABOUT_THE_PERSON.iter().any(|(name, _)| *name == table.name);
        assert!(excused || !table.ways().is_empty(), "{}: no way from a person to its rows", table.name);
        let told = table.forgotten_columns().next();
        assert!(!excused || told.is_none(), "{}.{told:?} is about the person after all", table.name);
    }
    for (table, column) in COUNTED {
        assert!(holds(table, column).is_some_and(Holds::is_about_the_person), "{table}.{column}");
    }
}

#[test]
fn no_secret_hides_under_another_word() {
    for (table, column, holds) in TABLES.iter().flat_map(|table| table.columns().map(|(column, holds)| (table.name, column, holds))) {
        let sounds_secret =
            ["token_hash", "secret_hash", "password", "refresh", "previous_hash", "sealed"].iter().any(|word| column.contains(word));
        assert!(!sounds_secret || holds == Holds::Kind(Kind::Secret), "{table}.{column} is {}", holds.code());
    }
}
