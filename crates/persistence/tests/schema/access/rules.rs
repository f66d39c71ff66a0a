//! Any rule at all, also those that no role would give: nested denials over fields that a row lacks, where NULL would tell apart
//! what memory holds for equal.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use relais_domain::access::{Category, Condition, Field, Mask, Operand, Rule};
use relais_domain::referral::State;
use relais_domain::shared::ids::ReferralId;
use relais_persistence::referral::read::{Reader, decisions};

use super::rows;
use super::world::{Chance, PEOPLE, id, legs};
use crate::both::both;

const IDS: &[Field] = &[
    Field::SenderOrganisation,
    Field::SenderUnit,
    Field::SentBy,
    Field::Adviser,
    Field::ReceiverOrganisation,
    Field::ReceiverUnit,
    Field::AssignedMember,
    Field::AssignedTeam,
    Field::Organisation,
    Field::Unit,
    Field::User,
];

/// Comparisons of a field with values of its own kind, which is all that a policy ever makes.
fn leaves() -> impl Strategy<Value = Condition> {
    let ids = || (1..=PEOPLE).prop_map(|number| Operand::Uuid(id(number)));
    let states = || select(State::ALL).prop_map(|state| Operand::Text(state.code().to_owned()));
    let fields: Vec<Field> = IDS.iter().copied().chain([Field::ToldAt, Field::State]).collect();
    prop_oneof![
        Just(Condition::Always),
        Just(Condition::Never),
        select(fields).prop_map(Condition::Present),
        (select(IDS), ids()).prop_map(|(field, operand)| Condition::Equals(field, operand)),
        (select(IDS), vec(ids(), 0..4)).prop_map(|(field, operands)| Condition::In(field, operands)),
        states().prop_map(|operand| Condition::Equals(Field::State, operand)),
        vec(states(), 0..4).prop_map(|operands| Condition::In(Field::State, operands)),
    ]
}

fn conditions() -> impl Strategy<Value = Condition> {
    leaves().prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Condition::All),
            vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

fn rules() -> impl Strategy<Value = Rule> {
    let masks = || subsequence(Category::ALL, 0..=Category::ALL.len()).prop_map(|list| Mask::of(&list));
    let entries = || vec((conditions(), masks()), 0..4);
    (entries(), entries()).prop_map(|(allow, deny)| Rule { allow, deny })
}

#[tokio::test]
async fn any_rule_is_rendered_as_it_is_decided() {
    both(async |both| {
        both.migrate().await;
        rows::settle(&both).await;
        let mut chance = Chance::new(42);
        let random: Vec<_> = (0..150).map(|_| chance.draw(legs())).collect();
        let random = rows::refer(&both, &random).await;
        let (mut some, mut all) = (0, 0);
        for _ in 0..400 {
            let rule = chance.draw(rules());
            let expected: BTreeMap<ReferralId, i32> =
                random.iter().filter_map(|leg| Some((leg.row.id, rule.decide(leg)?.bits()))).collect();
            some += usize::from(!expected.is_empty() && expected.len() < random.len());
            all += usize::from(expected.len() == random.len());
            for place in both.each() {
                let rows: BTreeMap<ReferralId, i32> = decisions(&place.db, &rule, Reader::default()).await.unwrap().into_iter().collect();
                assert_eq!(rows, expected, "{:?}: rows (left) and decisions (right) differ under {rule:#?}", place.engine);
            }
        }
        assert!(some > 80, "only {some} rules show a part of the rows, {all} show all");
    })
    .await;
}
