//! Random worlds against the access model, and the templates against their words.

mod examples;
mod oracle;
mod world;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use self::world::{grants, masks, rows, standings, unit, user};
use super::*;
use crate::shared::ids::{UnitId, UserId};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

const FIELDS: &[Field] = &[Field::Id, Field::State, Field::SenderUnit, Field::ToldAt];

fn conditions() -> impl Strategy<Value = Condition> {
    let fields = || select(FIELDS);
    let operands = || {
        prop_oneof![
            (1..=3u128).prop_map(|n| Operand::Uuid(uuid::Uuid::from_u128(n))),
            select(&world::STATES[..]).prop_map(|state| Operand::Text(state.to_owned())),
        ]
    };
    let leaf = prop_oneof![
        Just(Condition::Always),
        Just(Condition::Never),
        fields().prop_map(Condition::Present),
        (fields(), operands()).prop_map(|(field, operand)| Condition::Equals(field, operand)),
        (fields(), vec(operands(), 0..3)).prop_map(|(field, operands)| Condition::In(field, operands)),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Condition::All),
            vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

fn rules() -> impl Strategy<Value = Rule> {
    let entries = || vec((conditions(), masks()), 0..4);
    (entries(), entries()).prop_map(|(allow, deny)| Rule { allow, deny })
}

proptest! {
    #![proptest_config(config(800))]

    #[test]
    fn the_compiled_rules_say_what_the_model_says(standing in standings(), row in rows()) {
        let policy = Policy::compile(standing.clone());
        for resource in Resource::ALL {
            for permission in Permission::ALL {
                let decided = policy.rule(*resource, *permission).decide(&row);
                prop_assert_eq!(decided, oracle::decide(&standing, *resource, *permission, &row), "{} {}", resource, permission);
            }
        }
    }

    #[test]
    fn simplifying_changes_no_meaning(condition in conditions(), rows in vec(rows(), 8)) {
        let simple = condition.clone().simplified();
        for row in &rows {
            prop_assert_eq!(condition.holds(row), simple.holds(row));
        }
        prop_assert_eq!(simple.clone().simplified(), simple);
    }

    #[test]
    fn what_is_known_of_every_record_is_not_asked_again(rule in rules(), rows in vec(rows(), 8), field in select(FIELDS)) {
        for row in &rows {
            if let Some(value) = row.value(field) {
                let given = rule.given(field, &value);
                prop_assert_eq!(given.decide(row), rule.decide(row));
                let asks_again = given.visible() != given.given(field, &value).visible();
                prop_assert!(!asks_again, "{given:?}");
            }
        }
    }

    #[test]
    fn visible_and_narrowed_agree_with_decide(rule in rules(), rows in vec(rows(), 8), category in select(Category::ALL)) {
        let narrowed = rule.narrowed_to(category);
        for row in &rows {
            let decided = rule.decide(row);
            prop_assert_eq!(rule.visible().holds(row), decided.is_some());
            prop_assert_eq!(narrowed.decide(row), decided.filter(|mask| mask.contains(category)));
            prop_assert!(!(rule.is_never() && decided.is_some()));
        }
    }

    #[test]
    fn a_further_grant_never_takes_away_and_a_deny_always_does(
        standing in standings(), more in grants(), row in rows(), resource in select(Resource::ALL),
    ) {
        let before = Policy::compile(standing.clone());
        let mut richer = standing.clone();
        richer.grants.push(Grant { deny: false, ..more.clone() });
        let mut poorer = standing;
        poorer.grants.push(Grant { deny: true, ..more.clone() });
        let (richer, poorer) = (Policy::compile(richer), Policy::compile(poorer));
        for permission in Permission::ALL {
            let mask = |policy: &Policy| policy.rule(resource, *permission).decide(&row).unwrap_or_default();
            prop_assert!(mask(&before).is_within(mask(&richer)));
            prop_assert!(mask(&poorer).is_within(mask(&before)));
        }
        // A deny wins over everything that is granted on the rows where the same words would have given access.
        let permission = more.permission;
        let mut alone = richer.standing().clone();
        alone.grants = vec![Grant { deny: false, ..more.clone() }];
        let given = resource != Resource::Service || permission != Permission::DirectoryRead;
        let public = matches!(permission, Permission::DirectoryRead | Permission::OrganisationsRead);
        if given && !public && Policy::compile(alone).rule(resource, permission).decide(&row).is_some() {
            let left = poorer.rule(resource, permission).decide(&row).unwrap_or_default();
            prop_assert!(left.without(more.categories) == left && (!more.categories.is_empty() || left.is_empty()));
        }
    }

    #[test]
    fn who_is_unverified_or_untold_sees_nothing_received(standing in standings(), row in rows()) {
        let mut standing = standing;
        standing.grants.retain(|grant| grant.scope != Scope::Platform);
        let reaches = |organisation: Option<u128>| {
            let known = std::iter::once(&standing.organisation).chain(&standing.branches);
            organisation.is_some_and(|id| known.into_iter().any(|mine| mine.0.as_u128() == id))
        };
        let as_link = standing.link.is_some_and(|leg| row.id == Some(leg.0.as_u128()));
        let sent = reaches(row.sender.0);
        let policy = Policy::compile(standing.clone());
        for permission in Permission::ALL {
            let seen = policy.rule(Resource::Referral, *permission).decide(&row).is_some();
            if !sent && (!row.told || (!standing.verified && !as_link)) {
                prop_assert!(!seen, "{permission}");
            }
            if standing.link.is_some() && !(as_link && row.told) {
                prop_assert!(!seen, "a link opens one leg only");
            }
        }
    }

    #[test]
    fn the_platform_sees_of_referrals_that_they_exist(standing in standings(), row in rows()) {
        let mut standing = standing;
        standing.grants.retain(|grant| grant.scope == Scope::Platform);
        let policy = Policy::compile(standing);
        for permission in Permission::ALL {
            let mask = policy.rule(Resource::Referral, *permission).decide(&row).unwrap_or_default();
            prop_assert!(mask.is_within(Mask::of(&[Category::Existence])));
            prop_assert!(policy.rule(Resource::Person, *permission).is_never());
        }
    }

    #[test]
    fn a_grant_survives_its_json(grant in grants()) {
        let json = serde_json::to_value(&grant).unwrap();
        prop_assert!(json["categories"].is_array());
        prop_assert_eq!(serde_json::from_value::<Grant>(json).unwrap(), grant);
    }

    #[test]
    fn limiting_to_a_unit_is_the_intersection(
        standing in standings(), grant in grants(), limit in 1..=4u128, row in rows(), resource in select(Resource::ALL),
    ) {
        // The tree without circles: a parent has a lower number.
        let tree: Vec<_> = standing.unit_tree.iter().map(|(unit, up)| (*unit, up.filter(|up| up < unit))).collect();
        let grant = Grant { deny: false, ..grant };
        let reach = |grant: Option<Grant>| {
            let standing = Standing { grants: grant.into_iter().collect(), unit_tree: tree.clone(), ..standing.clone() };
            Policy::compile(standing).rule(resource, Permission::MembersWrite).decide(&row).is_some()
        };
        let grant = Grant { permission: Permission::MembersWrite, ..grant };
        let both = reach(Some(grant.clone())) && reach(Some(Grant { unit: Some(unit(limit)), ..grant.clone() }));
        prop_assert_eq!(reach(grant.limited_to(Some(unit(limit)), &tree)), both);
    }
}

/// One attempt: who gives which role to whom, in which unit.
type Attempt = (u128, u128, Vec<Grant>, Option<UnitId>);

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    // Administrators often, so that those who were given power give it on.
    let roles = prop_oneof![
        2 => Just(grants_of(Template::OrganisationAdmin)),
        2 => select(Template::ALL).prop_map(grants_of),
        1 => vec(grants(), 1..4),
    ];
    let units = proptest::option::weighted(0.9, (1..=5u128).prop_map(unit));
    vec((1..=3u128, 1..=3u128, roles, units), 5..30)
}

fn holders(standing: &Standing, start: UnitId) -> Vec<(UserId, Standing)> {
    (1..=3)
        .map(|n| {
            let mut own = Standing { user: Some(user(n)), grants: Vec::new(), link: None, ..standing.clone() };
            if n == 1 {
                let admin = grants_of(Template::OrganisationAdmin);
                own.grants = admin.into_iter().filter_map(|grant| grant.limited_to(Some(start), &own.unit_tree)).collect();
            }
            (user(n), own)
        })
        .collect()
}

proptest! {
    #![proptest_config(config(600))]

    /// One administrator of one unit starts; everybody then assigns whatever they are allowed to.
    #[test]
    fn no_sequence_of_assignments_escalates(standing in standings(), start in 1..=4u128, tries in attempts()) {
        let ceiling = Ceiling::ordinary();
        let mut people = holders(&standing, unit(start));
        for (giver, taker, role, target_unit) in tries {
            let (assigner_user, assigner) = people.iter().find(|(id, _)| *id == user(giver)).cloned().unwrap();
            let blockers = blockers_to_assign(&assigner, assigner_user, user(taker), &role, target_unit, &ceiling, 0);
            if !blockers.is_empty() {
                continue;
            }
            let held = people.iter_mut().find(|(id, _)| *id == user(taker)).unwrap();
            let given = role.into_iter().filter_map(|grant| grant.limited_to(target_unit, &standing.unit_tree));
            held.1.grants.extend(given);
            // The account that acted is as it was.
            let after = people.iter().find(|(id, _)| *id == assigner_user).unwrap();
            prop_assert_eq!(&after.1, &assigner);
        }
        for (_, holder) in &people {
            for grant in &holder.grants {
                prop_assert!(grant.deny || ceiling.permissions.contains(&grant.permission));
                prop_assert!(oracle::is_below(&standing, grant.unit.unwrap().0.as_u128(), start), "outside the unit");
                let public = matches!(grant.permission, Permission::DirectoryRead | Permission::OrganisationsRead);
                prop_assert!(grant.deny || grant.scope != Scope::Platform || public, "platform scope in an ordinary organisation");
            }
        }
    }

    #[test]
    fn every_reason_is_given_at_once(standing in standings(), others in 0..3usize) {
        let powerless = Standing { grants: Vec::new(), ..standing };
        let role = vec![Grant::new(Permission::JobsWrite, Scope::Platform, Side::Both, &[Category::Health])];
        let blockers = blockers_to_assign(&powerless, user(1), user(1), &role, None, &Ceiling::ordinary(), others);
        let codes: Vec<&str> = blockers.iter().map(|blocker| blocker.code).collect();
        let mut expected = vec!["own_assignment", "above_ceiling", "outside_unit"];
        expected.extend((others > 0).then_some("second_administrator_needed"));
        prop_assert_eq!(codes, expected);
    }
}

#[test]
fn a_mask_keeps_its_bits_and_names_what_it_hides() {
    let mask = Mask::of(&[Category::Existence, Category::Contact]);
    assert_eq!(mask.bits(), 0b101);
    assert_eq!(Mask::from_bits(-1), Mask::ALL);
    assert_eq!(mask.hidden_from(&[Category::Contact, Category::Health]), [Category::Health]);
    assert_eq!(serde_json::to_string(&mask).unwrap(), r#"["existence","contact"]"#);
}
