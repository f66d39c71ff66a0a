//! Small random worlds: two organisations, two users, four units, so that everything meets everything.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use uuid::Uuid;

use crate::access::{Category, Facts, Field, Grant, Mask, Operand, Permission, Scope, Side, Standing};
use crate::shared::ids::{OrganisationId, ReferralId, UnitId, UserId};

pub const STATES: [&str; 5] = ["draft", "sent", "accepted", "published", "suspended"];

#[derive(Clone, Debug)]
pub struct Row {
    pub id: Option<u128>,
    pub state: Option<&'static str>,
    pub sender: (Option<u128>, Option<u128>, Option<u128>, Option<u128>),
    pub receiver: (Option<u128>, Option<u128>, Option<u128>, Option<u128>),
    pub told: bool,
    pub left: bool,
    pub withdrawn: bool,
    pub kept_from: Option<u128>,
    pub owner: (Option<u128>, Option<u128>, Option<u128>),
}

impl Facts for Row {
    fn value(&self, field: Field) -> Option<Operand> {
        let id = match field {
            Field::Id => self.id,
            Field::State => return self.state.map(|state| Operand::Text(state.to_owned())),
            Field::ToldAt => return self.told.then(|| Operand::Text("2026-01-01".to_owned())),
            Field::ReceiverLeft => return self.left.then(|| Operand::Text("2026-01-02".to_owned())),
            Field::ConsentWithdrawn => return self.withdrawn.then(|| Operand::Text("2026-01-03".to_owned())),
            Field::KeptFrom => self.kept_from,
            Field::SenderOrganisation => self.sender.0,
            Field::SenderUnit => self.sender.1,
            Field::SentBy => self.sender.2,
            Field::Adviser => self.sender.3,
            Field::ReceiverOrganisation => self.receiver.0,
            Field::ReceiverUnit => self.receiver.1,
            Field::AssignedMember => self.receiver.2,
            Field::AssignedTeam => self.receiver.3,
            Field::Organisation => self.owner.0,
            Field::Unit => self.owner.1,
            Field::User => self.owner.2,
        };
        id.map(|id| Operand::Uuid(Uuid::from_u128(id)))
    }
}

pub fn unit(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

pub fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

fn organisation(n: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(n))
}

fn small() -> impl Strategy<Value = Option<u128>> {
    option::weighted(0.9, 1..=2u128)
}

fn a_unit() -> impl Strategy<Value = Option<u128>> {
    option::weighted(0.8, 1..=4u128)
}

pub fn rows() -> impl Strategy<Value = Row> {
    (
        small(),
        option::weighted(0.95, select(&STATES[..])),
        (small(), a_unit(), small(), small()),
        (small(), a_unit(), small(), a_unit()),
        (prop::bool::weighted(0.7), prop::bool::weighted(0.2), prop::bool::weighted(0.2), option::weighted(0.4, 1..=2u128)),
        (small(), a_unit(), small()),
    )
        .prop_map(|(id, state, sender, receiver, (told, left, withdrawn, kept_from), owner)| Row {
            id,
            state,
            sender,
            receiver,
            told,
            left,
            withdrawn,
            kept_from,
            owner,
        })
}

pub fn masks() -> impl Strategy<Value = Mask> {
    subsequence(Category::ALL, 0..=Category::ALL.len()).prop_map(|list| Mask::of(&list))
}

pub fn grants() -> impl Strategy<Value = Grant> {
    // Half of the permissions are those on referrals, where most of the rules are.
    let permissions = prop_oneof![
        select(Permission::ALL),
        select(&[Permission::ReferralsRead, Permission::ReferralsWrite, Permission::ReferralsHandle][..]),
    ];
    let conditions = (
        option::weighted(0.2, 1..=5u128),
        prop::bool::weighted(0.3),
        option::weighted(0.15, vec(select(&STATES[..]), 0..4)),
        prop::bool::weighted(0.15),
    );
    (permissions, select(Scope::ALL), select(Side::ALL), masks(), conditions).prop_map(
        |(permission, scope, side, categories, (limit, with_branches, states, deny))| Grant {
            permission,
            scope,
            side,
            categories,
            unit: limit.map(unit),
            with_branches,
            states: states.map(|states| states.into_iter().map(str::to_owned).collect()),
            deny,
        },
    )
}

/// The parents of units 1 to 4. Mostly trees; circles do occur, since no foreign key forbids them.
fn trees() -> impl Strategy<Value = Vec<(UnitId, Option<UnitId>)>> {
    vec(option::of(1..=4u128), 4).prop_map(|parents| (1..).zip(parents).map(|(child, parent)| (unit(child), parent.map(unit))).collect())
}

prop_compose! {
    pub fn standings()(
        me in option::weighted(0.9, 1..=2u128),
        home in 1..=2u128,
        verified in prop::bool::weighted(0.7),
        teams in subsequence(vec![1u128, 2, 3, 4], 0..=3),
        below in subsequence(vec![1u128, 2, 3, 4], 0..=4),
        tree in trees(),
        branches in subsequence(vec![1u128, 2], 0..=2),
        grants in vec(grants(), 0..12),
        link in option::weighted(0.1, 1..=2u128),
    ) -> Standing {
        Standing {
            user: me.map(user),
            organisation: organisation(home),
            verified,
            departments: teams.iter().chain(&below).map(|n| unit(*n)).collect(),
            teams: teams.into_iter().map(unit).collect(),
            unit_tree: tree,
            branches: branches.into_iter().map(organisation).collect(),
            grants,
            link: link.map(|n| ReferralId(Uuid::from_u128(n))),
        }
    }
}
