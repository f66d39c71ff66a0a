//! The ledger of a booklet, its numbers, and who retrieves what.

use proptest::prelude::*;
use rstest::rstest;

use super::{leg_in, noon, offer, step, utc, uuid};
use crate::referral::*;
use crate::shared::Blocker;
use crate::shared::ids::{BookletEntryId, OrganisationId, ReferralId};

fn codes(blockers: &[Blocker]) -> Vec<&'static str> {
    blockers.iter().map(|blocker| blocker.code).collect()
}

#[rstest]
#[case(0, "000aaa")]
#[case(999, "999aaa")]
#[case(1000, "000aab")]
#[case(26_000, "000aba")]
#[case(MOST_BOOKLETS - 1, "999zzz")]
fn numbers_follow_each_other(#[case] place: i64, #[case] number: &str) {
    assert_eq!(BookletNumber::at(place).as_ref().map(BookletNumber::as_str), Some(number));
}

#[test]
fn a_number_has_three_digits_and_three_letters_of_any_case() {
    let number: BookletNumber = " 000YsZ ".parse().unwrap();
    assert_eq!(number.as_str(), "000ysz");
    for wrong in ["", "000ys", "000yszz", "ysz000", "00aysz", "000ys1", "000yé", "٠٠٠ysz"] {
        assert_eq!(wrong.parse::<BookletNumber>(), Err(NotABookletNumber), "{wrong}");
    }
    assert_eq!(BookletNumber::at(MOST_BOOKLETS), None);
    assert_eq!(BookletNumber::at(-1), None);
}

#[test]
fn a_series_is_bounded_and_numbers_come_to_an_end() {
    assert!(blockers_to_issue(MOST_IN_SERIES, MOST_UNITS, MOST_BOOKLETS - i64::from(MOST_IN_SERIES)).is_empty());
    assert_eq!(codes(&blockers_to_issue(1, 1, MOST_BOOKLETS)), ["booklet_numbers_exhausted"]);
    assert_eq!(codes(&blockers_to_issue(0, MOST_UNITS + 1, 0)), ["out_of_range", "out_of_range"]);
}

/// Something that somebody tries with a booklet.
#[derive(Clone, Debug)]
enum Try {
    Assign,
    Use { units: Option<i32>, attended: bool, carried: bool },
    Reverse(usize),
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = prop_oneof![
        1 => Just(Try::Assign),
        5 => (prop::option::of(-5..40), prop::bool::weighted(0.9), prop::bool::weighted(0.9))
            .prop_map(|(units, attended, carried)| Try::Use { units, attended, carried }),
        3 => (0..30usize).prop_map(Try::Reverse),
    ];
    prop::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn places_and_numbers_are_one_to_one(one in 0..MOST_BOOKLETS, other in 0..MOST_BOOKLETS) {
        let (first, second) = (BookletNumber::at(one).unwrap(), BookletNumber::at(other).unwrap());
        prop_assert_eq!(one == other, first == second);
        prop_assert_eq!(first.as_str().to_uppercase().parse::<BookletNumber>(), Ok(first));
    }

    /// Whatever is tried in whatever order: the balance is what the ledger adds up to, never negative and never more than was
    /// issued; every entry is taken back once at most.
    #[test]
    fn the_ledger_adds_up(units in 1..50i32, tries in tries()) {
        let leg = leg_in(State::Accepted, noon());
        let (mut booklet, first) = Booklet::issued(units);
        let mut ledger: Vec<(Movement, bool)> = vec![(first, false)];
        for (n, tried) in tries.into_iter().enumerate() {
            let before = booklet;
            let made = match tried {
                Try::Assign => booklet.assign(&leg),
                Try::Use { units, attended, carried } => {
                    let step = PathStep { attended, ..step(u128::try_from(n).unwrap()) };
                    booklet.draw(&UseFacts { leg: &leg, carried, step: &step, units, drawn_before: false })
                }
                Try::Reverse(place) => {
                    let place = place % ledger.len();
                    let (past, reversed) = ledger[place];
                    let entry = Reversible { id: BookletEntryId(uuid(place as u128)), kind: past.kind, units: past.units, reversed };
                    let made = booklet.reverse(entry);
                    ledger[place].1 |= made.is_ok();
                    made
                }
            };
            match made {
                Ok((after, movement)) => {
                    prop_assert_eq!(movement.balance_after, after.balance);
                    prop_assert_eq!(after.balance - before.balance, movement.units);
                    ledger.push((movement, false));
                    booklet = after;
                }
                Err(blocked) => prop_assert!(!blocked.0.is_empty()),
            }
            prop_assert!((0..=units).contains(&booklet.balance));
            prop_assert_eq!(booklet.balance, ledger.iter().map(|(movement, _)| movement.units).sum::<i32>());
            prop_assert_eq!(booklet.state == BookletState::Assigned, booklet.referral_id.is_some());
            let drawn = ledger.iter().filter(|(movement, reversed)| movement.kind == EntryKind::Use && !reversed);
            prop_assert_eq!(units - booklet.balance, -drawn.map(|(movement, _)| movement.units).sum::<i32>());
        }
    }
}

#[test]
fn a_use_names_everything_that_is_wrong_at_once() {
    let (booklet, _) = Booklet::issued(2);
    let (waiting, here) = (leg_in(State::Sent, noon()), leg_in(State::Accepted, noon()));
    let absent = PathStep { units: None, ..step(1) };
    let facts = UseFacts { leg: &waiting, carried: false, step: &absent, units: None, drawn_before: true };
    let all = ["booklet_not_assigned", "not_accepted", "step_not_attended", "step_already_used", "step_without_units"];
    assert_eq!(codes(&booklet.blockers_to_use(&facts)), all);
    let (assigned, _) = booklet.assign(&here).unwrap();
    let came = PathStep { attended: true, units: Some(3), ..step(1) };
    let facts = UseFacts { leg: &here, carried: true, step: &came, units: None, drawn_before: false };
    assert_eq!(codes(&assigned.blockers_to_use(&facts)), ["balance_too_low"]);
    assert_eq!(codes(&assigned.blockers_to_use(&UseFacts { units: Some(0), ..facts })), ["out_of_range"]);
    assert!(assigned.blockers_to_use(&UseFacts { units: Some(2), ..facts }).is_empty());
    assert_eq!(codes(&assigned.blockers_to_use(&UseFacts { carried: false, units: Some(1), ..facts })), ["booklet_not_carried"]);
    assert_eq!(codes(&assigned.blockers_to_assign(&leg_in(State::Draft, noon()))), ["booklet_already_assigned", "not_sent"]);
    assert_eq!(codes(&booklet.blockers_to_assign(&leg_in(State::Refused, noon()))), ["not_open"]);
}

const CLAIMANT: OrganisationId = OrganisationId(uuid::Uuid::from_u128(77));

#[test]
fn only_an_open_leg_of_others_is_retrieved_and_only_under_the_name() {
    let way = |state, urgent| leg_in(state, noon()).retrieved_by(CLAIMANT, "LEFEVRE", false, urgent);
    for state in State::ALL {
        let expected = match state {
            State::Sent | State::UnderReview | State::Waitlisted => (Some(Way::AtOnce), Some(Way::AtOnce)),
            State::Accepted => (Some(Way::Claim), Some(Way::Urgent)),
            _ => (None, None),
        };
        assert_eq!((way(*state, false), way(*state, true)), expected, "{state}");
    }
    let leg = leg_in(State::Sent, noon());
    let tried = |leg: &Referral, by, name: &str, protected| leg.retrieved_by(by, name, protected, true);
    assert_eq!(tried(&leg, CLAIMANT, " le-fèvre ", false), Some(Way::AtOnce));
    for other in ["Lefevr", "Lefèvre Anne-Marie", "-"] {
        assert_eq!(tried(&leg, CLAIMANT, other, false), None, "{other}");
    }
    assert_eq!(tried(&leg, leg.receiver_organisation_id.unwrap(), "Lefèvre", false), None);
    assert_eq!(tried(&leg, CLAIMANT, "Lefèvre", true), None);
    let mut hidden = leg.clone();
    hidden.form.person.protected = true;
    assert_eq!(tried(&hidden, CLAIMANT, "Lefèvre", false), None);
    let closed = Referral { consent_withdrawn_at: Some(noon()), ..leg.clone() };
    assert_eq!(tried(&closed, CLAIMANT, "Lefèvre", false), None);
    let holder = |organisation, root, state| Holder { organisation, root, state };
    let elsewhere = ReferralId(uuid(900));
    assert!(leg.is_closed_to(CLAIMANT, &[holder(CLAIMANT, elsewhere, State::Sent)]));
    assert!(leg.is_closed_to(CLAIMANT, &[holder(CLAIMANT, leg.root_id, State::Redirected)]));
    assert!(
        !leg.is_closed_to(
            CLAIMANT,
            &[holder(CLAIMANT, elsewhere, State::Refused), holder(OrganisationId(uuid(5)), elsewhere, State::Sent)]
        )
    );
}

#[test]
fn the_holder_has_two_working_days() {
    // A Monday, a Thursday and a Friday of June 2026, at noon in Paris.
    let calendar = Clocks::default().calendar;
    for (day, ends) in [(1, 3), (4, 8), (5, 9)] {
        assert_eq!(objection_ends(utc(2026, 6, day, 10), &calendar, &super::Paris), utc(2026, 6, ends, 10), "{day}");
    }
    let reason = "Rendez-vous demain".parse().unwrap();
    let due = Some(utc(2026, 6, 3, 10));
    let objects = |state, party, hour| codes(&blockers_to_object(state, due, &reason, party, utc(2026, 6, 3, hour)));
    assert_eq!(objects(RetrievalState::Claimed, Party::Receiver, 9), Vec::<&str>::new());
    assert_eq!(objects(RetrievalState::Claimed, Party::Receiver, 10), ["claim_closed"]);
    assert_eq!(objects(RetrievalState::Moved, Party::Sender, 9), ["not_the_receiver", "claim_closed"]);
    let running = "<script>".parse().unwrap();
    assert_eq!(
        codes(&blockers_to_object(RetrievalState::Claimed, due, &running, Party::Receiver, utc(2026, 6, 3, 9))),
        ["markup_not_allowed"]
    );
    assert!(blockers_to_retrieve(&offer(), Some(&reason)).is_empty());
    assert_eq!(
        codes(&blockers_to_retrieve(&Offer { suspended: true, ..offer() }, Some(&running))),
        ["service_suspended", "markup_not_allowed"]
    );
}

#[test]
fn moderators_are_warned_of_what_looks_like_a_test_and_of_nothing_else() {
    let form = super::form();
    let facts = ModerationFacts {
        sender_is_member_of_receiver: false,
        member_since: Some(utc(2025, 1, 1, 0)),
        sender_name: Some("Camille Roux".to_owned()),
        sender_email: Some("camille.roux@example.org".to_owned()),
    };
    assert_eq!(warnings(&form, &facts, noon()), []);
    let named = |family: &str, given: &str, email: Option<&str>, reason: &str| {
        let mut form = form.clone();
        form.person.family_name = family.parse().ok();
        form.person.given_name = given.parse().ok();
        form.person.email = email.map(str::to_owned);
        form.reason = reason.parse().ok();
        warnings(&form, &facts, noon())
    };
    assert_eq!(named("ROUX", "Camille", None, "Emploi"), [Warning::NamesAlike]);
    assert_eq!(named("Roux", "Paul", Some("Camille.Roux+1@example.org"), "Emploi"), [Warning::EmailsAlike]);
    assert_eq!(named("Roux", "Paul", Some("camilleroux2@gmail.example"), "Emploi"), [Warning::EmailsAlike]);
    assert_eq!(named("Roux", "Paul", Some("paul.roux@example.org"), "Emploi"), []);
    for (family, given, reason) in [
        ("Test", "Paul", "Emploi"),
        ("Roux", "toto2", "Emploi"),
        ("Roux", "Paul", "test test"),
        ("Roux", "Paul", "Bonjour, ceci est un test."),
    ] {
        assert_eq!(named(family, given, None, reason), [Warning::TestWords], "{family} {given} {reason}");
    }
    for reason in ["Période d’essai rompue", "Passer un test de français", "Contester une décision"] {
        assert_eq!(named("Testard", "Paul", None, reason), [], "{reason}");
    }
    let fresh = ModerationFacts { member_since: Some(noon()), sender_is_member_of_receiver: true, ..facts.clone() };
    assert_eq!(warnings(&form, &fresh, noon()), [Warning::SenderIsMemberOfReceiver, Warning::VeryNewMember]);
}

#[test]
fn only_who_assigns_shares_a_view() {
    assert!(blockers_to_share_view(SharedWith::Nobody, false, false).is_empty());
    assert!(blockers_to_share_view(SharedWith::Unit, true, true).is_empty());
    assert_eq!(codes(&blockers_to_share_view(SharedWith::Unit, false, false)), ["permission_missing", "required"]);
    assert_eq!(codes(&blockers_to_share_view(SharedWith::Organisation, true, true)), ["unit_not_expected"]);
    assert!(blockers_to_save_view(MOST_SAVED_VIEWS - 1).is_empty());
    assert_eq!(codes(&blockers_to_save_view(MOST_SAVED_VIEWS)), ["too_many_saved_views"]);
}
