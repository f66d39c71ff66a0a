//! Small random worlds: four organisations, six units, six people, so that everything meets everything.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use relais_domain::access::{Category, Grant, Mask, Permission, Resource, Scope, Side, Standing, Template, grants_of, unit_and_below};
use relais_domain::directory::ServiceState;
use relais_domain::referral::{Kind, Origin, State};
use relais_domain::shared::ids::{OrganisationId, ReferralId, UnitId, UserId};
use uuid::Uuid;

/// How many organisations, units and people there are; their ids are 1, 2, 3 and so on.
pub const ORGANISATIONS: u128 = 4;
pub const UNITS: u128 = 6;
pub const PEOPLE: u128 = 6;

pub fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

pub fn an_instant(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap() + TimeDelta::seconds(second)
}

/// Random values, the same in every run: a failure is found again by running the test again.
pub struct Chance(TestRunner);

impl Chance {
    pub fn new(seed: u8) -> Self {
        Self(TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32])))
    }

    pub fn draw<S: Strategy>(&mut self, strategy: S) -> S::Value {
        strategy.new_tree(&mut self.0).unwrap().current()
    }
}

/// Who stands where, and the templates of which the roles were made.
#[derive(Clone, Debug)]
pub struct World {
    pub standing: Standing,
    pub templates: Vec<(Template, Vec<Grant>)>,
}

/// One leg, as far as the policy and the joins around it are concerned.
#[derive(Clone, Debug)]
pub struct Leg {
    pub state: State,
    pub kind: Kind,
    pub origin: Origin,
    pub sender: (u128, Option<u128>, Option<u128>, Option<u128>),
    pub receiver: (Option<u128>, Option<u128>),
    pub assigned: Option<(Option<u128>, Option<u128>)>,
    pub told: bool,
    pub left: bool,
    pub withdrawn: bool,
    pub filed_by: Vec<u128>,
    pub read_by: Vec<u128>,
    pub second: i64,
}

fn a_unit() -> impl Strategy<Value = Option<u128>> {
    option::weighted(0.8, 1..=UNITS)
}

fn somebody() -> impl Strategy<Value = Option<u128>> {
    option::weighted(0.8, 1..=PEOPLE)
}

prop_compose! {
    pub fn legs()(
        state in select(State::ALL),
        kind in select(Kind::ALL),
        origin in select(Origin::ALL),
        sender in (1..=ORGANISATIONS, a_unit(), somebody(), somebody()),
        receiver in (option::weighted(0.85, 1..=ORGANISATIONS), a_unit()),
        assigned in option::weighted(0.6, (somebody(), a_unit())),
        told in prop::bool::weighted(0.7),
        left in prop::bool::weighted(0.2),
        withdrawn in prop::bool::weighted(0.2),
        filed_by in subsequence((1..=ORGANISATIONS).collect::<Vec<_>>(), 0..=2),
        read_by in subsequence((1..=PEOPLE).collect::<Vec<_>>(), 0..=3),
        second in 0..20i64,
    ) -> Leg {
        Leg { state, kind, origin, sender, receiver, assigned, told, left, withdrawn, filed_by, read_by, second }
    }
}

/// A service: its organisation, unit and state.
pub fn services() -> impl Strategy<Value = (u128, Option<u128>, ServiceState)> {
    (1..=ORGANISATIONS, a_unit(), select(ServiceState::ALL))
}

/// A record of a person: its organisation, unit, who entered and who follows the person, whether it is kept from a received leg, and
/// whether the person withdrew the consent for that one.
pub type Known = (u128, Option<u128>, Option<u128>, Option<u128>, (bool, bool));

pub fn records() -> impl Strategy<Value = Known> {
    (1..=ORGANISATIONS, a_unit(), somebody(), somebody(), (prop::bool::weighted(0.5), prop::bool::weighted(0.3)))
}

/// The units that a member works in.
pub fn workplaces() -> impl Strategy<Value = Vec<u128>> {
    subsequence((1..=UNITS).collect::<Vec<_>>(), 0..=3)
}

/// The parents of the units. Mostly trees; circles do occur, since no foreign key forbids them.
fn trees() -> impl Strategy<Value = Vec<(UnitId, Option<UnitId>)>> {
    let parents = vec(option::of(1..=UNITS), usize::try_from(UNITS).unwrap());
    parents.prop_map(|parents| (1..).zip(parents).map(|(child, parent)| (id(child), parent.map(id))).collect())
}

/// States of every kind of record, and one that no record has.
fn states() -> impl Strategy<Value = Vec<String>> {
    let known =
        State::ALL.iter().map(|state| state.code()).chain(ServiceState::ALL.iter().map(|state| state.code())).chain(["active", "nowhere"]);
    vec(select(known.collect::<Vec<_>>()), 0..6).prop_map(|codes| codes.into_iter().map(ToOwned::to_owned).collect())
}

fn grants() -> impl Strategy<Value = Grant> {
    let about_referrals: Vec<_> = Permission::ALL.iter().copied().filter(|permission| permission.subject() == "referrals").collect();
    let categories = subsequence(Category::ALL, 0..=Category::ALL.len()).prop_map(|list| Mask::of(&list));
    let conditions =
        (option::weighted(0.2, 1..=UNITS), prop::bool::weighted(0.3), option::weighted(0.2, states()), prop::bool::weighted(0.3));
    (prop_oneof![select(Permission::ALL), select(about_referrals)], select(Scope::ALL), select(Side::ALL), categories, conditions).prop_map(
        |(permission, scope, side, categories, (unit, with_branches, states, deny))| Grant {
            permission,
            scope,
            side,
            categories,
            unit: unit.map(id),
            with_branches,
            states,
            deny,
        },
    )
}

/// A conflict of interest, as somebody writes it down: a record or some of its contents, here or wherever one works.
fn denies() -> impl Strategy<Value = Grant> {
    let reading: Vec<Permission> = Resource::ALL.iter().map(|resource| resource.reading()).collect();
    let categories = prop_oneof![Just(Mask::NONE), subsequence(Category::ALL, 1..4).prop_map(|list| Mask::of(&list))];
    let limits = (option::weighted(0.2, 1..=UNITS), any::<bool>(), option::weighted(0.2, states()));
    // Most of the rules are about referrals; so are most of the denies.
    let permission = prop_oneof![select(reading), Just(Permission::ReferralsRead)];
    (permission, select(Scope::ALL), select(Side::ALL), categories, limits).prop_map(
        |(permission, scope, side, categories, (unit, with_branches, states))| Grant {
            permission,
            scope,
            side,
            categories,
            unit: unit.map(id),
            with_branches,
            states,
            deny: true,
        },
    )
}

prop_compose! {
    /// A standing as the session builds it, and denies and grants that somebody wrote by hand.
    pub fn worlds(legs: Vec<ReferralId>)(
        me in option::weighted(0.9, 1..=PEOPLE),
        home in prop_oneof![3 => Just(1), 1 => 1..=ORGANISATIONS],
        verified in prop::bool::weighted(0.75),
        workplaces in workplaces(),
        tree in trees(),
        branches in subsequence(vec![2u128, 3], 0..=2),
        roles in vec((select(Template::ALL), option::weighted(0.25, 1..=UNITS), prop::bool::weighted(0.3)), 1..4),
        extra in prop_oneof![Just(vec![]), vec(grants(), 0..8)],
        denied in prop_oneof![Just(vec![]), vec(denies(), 1..4)],
        link in option::weighted(0.2, select(legs)),
    ) -> World {
        let teams: Vec<UnitId> = workplaces.into_iter().map(id).collect();
        let mut departments: Vec<UnitId> = teams.iter().flat_map(|team| unit_and_below(*team, &tree)).collect();
        departments.sort();
        departments.dedup();
        let of_role = |(template, unit, with_branches): (Template, Option<u128>, bool)| {
            let held = grants_of(template).into_iter().map(|grant| Grant { with_branches, ..grant });
            (template, held.filter_map(|grant| grant.limited_to(unit.map(id), &tree)).collect::<Vec<_>>())
        };
        let templates: Vec<(Template, Vec<Grant>)> = roles.into_iter().map(of_role).collect();
        let grants = templates.iter().flat_map(|(_, held)| held.clone()).chain(extra).chain(denied).collect();
        let organisation: OrganisationId = id(home);
        let user: Option<UserId> = me.map(id);
        let branches = branches.into_iter().map(id).filter(|branch| *branch != organisation).collect();
        World {
            standing: Standing { user, organisation, verified, teams, departments, unit_tree: tree, branches, grants, link },
            templates,
        }
    }
}
