use super::*;
use crate::shared::BlockerKind;

/// Who may do what in which state, written by hand from the rules: S sender, R member of the receiver, L access link.
/// Columns in the order of `Act`. No filing exists.
const MATRIX: &[(State, [&str; 18])] = &[
    // patch delete send review waitlist assign accept path refuse redirect withdraw record complete archive unarchive message pause resume
    (State::Draft, ["S", "S", "S", "", "", "", "", "", "", "", "", "", "", "S", "", "", "", ""]),
    (State::Held, ["S", "", "", "", "", "", "", "", "", "", "S", "", "", "S", "", "", "", ""]),
    (State::Blocked, ["", "", "", "", "", "", "", "", "", "", "", "", "", "S", "", "", "", ""]),
    (State::Sent, ["S", "", "", "RL", "RL", "R", "RL", "", "RL", "R", "S", "S", "", "SR", "", "SRL", "SR", ""]),
    (State::UnderReview, ["S", "", "", "", "RL", "R", "RL", "", "RL", "R", "S", "S", "", "SR", "", "SRL", "SR", ""]),
    (State::Waitlisted, ["S", "", "", "RL", "", "R", "RL", "", "RL", "R", "S", "S", "", "SR", "", "SRL", "SR", ""]),
    (State::Accepted, ["S", "", "", "", "", "R", "", "R", "", "R", "", "", "RL", "SR", "", "SRL", "", ""]),
    (State::Completed, ["", "", "", "", "", "", "", "", "", "", "", "", "", "SR", "", "", "", ""]),
    (State::Refused, ["", "", "", "", "", "", "", "", "", "", "", "", "", "SR", "", "", "", ""]),
    (State::Expired, ["", "", "", "", "", "", "", "", "", "", "", "", "", "SR", "", "", "", ""]),
    (State::Withdrawn, ["", "", "", "", "", "", "", "", "", "", "", "", "", "SR", "", "", "", ""]),
    (State::Redirected, ["", "", "", "", "", "", "", "", "", "", "", "", "", "SR", "", "", "", ""]),
    (State::Superseded, ["", "", "", "", "", "", "", "", "", "", "", "", "", "SR", "", "", "", ""]),
];

/// Where a state blocker is expected, its code for the party that may do the act in some other state.
fn expected_code(state: State, act: Act) -> &'static str {
    let undecided = match state {
        State::Draft | State::Held => "not_sent",
        State::Accepted | State::Refused => "already_decided",
        _ => "not_open",
    };
    match (act, state) {
        (Act::Review, State::UnderReview) => "already_under_review",
        (Act::Waitlist, State::Waitlisted) => "already_waitlisted",
        (Act::Message | Act::Assign, State::Draft | State::Held) => "not_sent",
        (Act::Patch | Act::Message | Act::Assign, _) => "not_open",
        (Act::Delete, _) => "not_draft",
        (Act::Send, _) => "already_sent",
        (Act::Path | Act::Complete, _) => "not_accepted",
        (Act::Unarchive, _) => "not_archived",
        (Act::ResumeClock, _) => "not_paused",
        _ => undecided,
    }
}

fn letter(party: Party) -> char {
    match party {
        Party::Sender => 'S',
        Party::Receiver => 'R',
        Party::Link => 'L',
        Party::Moderator | Party::Clock | Party::Stranger => '-',
    }
}

/// Who may ever do the act.
fn doers(act: Act) -> &'static str {
    match act {
        Act::Patch | Act::Delete | Act::Send | Act::Withdraw | Act::RecordAnswer => "S",
        Act::Review | Act::Waitlist | Act::Accept | Act::Refuse | Act::Complete => "RL",
        Act::Assign | Act::Path | Act::Redirect => "R",
        Act::Archive | Act::Unarchive | Act::PauseClock | Act::ResumeClock => "SR",
        Act::Message => "SRL",
    }
}

#[test]
fn every_state_act_and_party_is_as_the_matrix_says() {
    let (clocks, offer) = (Clocks::default(), offer());
    let send = send_context(&offer, &clocks);
    let more = ActionContext { send: Some(&send), filing: None };
    assert_eq!(MATRIX.iter().map(|row| row.0).collect::<Vec<_>>(), State::ALL);
    for (state, row) in MATRIX {
        for party in Party::ALL {
            let ctx = context(*party, &clocks);
            let leg = leg_in(*state, noon());
            for (action, cell) in leg.actions(&more, &ctx, noon()).into_iter().zip(row) {
                let place = format!("{state} {} {party:?}", action.act);
                let expected = cell.contains(letter(*party));
                assert_eq!(action.allowed, expected, "{place}: {:?}", action.blockers);
                let tried = act(leg.clone(), action.act, None, &ctx, noon());
                assert_eq!(tried.as_ref().err().map(|blocked| blocked.0.clone()).unwrap_or_default(), action.blockers, "{place}");
                if !expected {
                    judge_refusal(&place, &leg, action.act, *party, &Blocked(action.blockers));
                }
            }
        }
    }
}

fn judge_refusal(place: &str, leg: &Referral, act: Act, party: Party, blocked: &Blocked) {
    let known = party == Party::Sender || leg.has_receiver();
    if known && doers(act).contains(letter(party)) {
        assert_eq!(blocked.kind(), BlockerKind::State, "{place}");
        assert_eq!(codes(blocked), [expected_code(leg.state, act)], "{place}");
        let state = blocked.0.first().and_then(|blocker| blocker.params.get("state"));
        assert_eq!(state.and_then(|state| state.as_str()), Some(leg.state.code()), "{place}");
        return;
    }
    let wrong = if doers(act) == "S" { "not_the_sender" } else { "not_the_receiver" };
    assert_eq!(blocked.kind(), BlockerKind::Permission, "{place}");
    assert!(codes(blocked).contains(&wrong), "{place}: {blocked:?}");
}

#[test]
fn with_a_filing_only_taking_it_back_is_new() {
    let clocks = Clocks::default();
    for state in State::ALL {
        for party in Party::ALL {
            let ctx = context(*party, &clocks);
            let leg = leg_in(*state, noon());
            let files = *party == Party::Sender || (*party == Party::Receiver && leg.has_receiver());
            let filing = Filing { reason: ArchiveReason::Other, note: None, filed_at: noon(), before: None, version_after: None };
            assert!(act(leg.clone(), Act::Archive, Some(filing.clone()), &ctx, noon()).is_err());
            let taken_back = act(leg.clone(), Act::Unarchive, Some(filing), &ctx, noon());
            assert_eq!(taken_back.is_ok(), files, "{state} {party:?}");
            if let Ok(done) = taken_back {
                assert_eq!(done.change.referral, leg);
                assert_eq!(done.change.events, [Event::ReferralUnarchived]);
            }
        }
    }
}

#[test]
fn only_a_held_leg_is_released_or_blocked() {
    let clocks = Clocks::default();
    for state in State::ALL {
        let leg = leg_in(*state, noon());
        let released = leg.clone().release(&clocks, &Paris, noon());
        let blocked = leg.block("Organisation inconnue".parse().unwrap(), &clocks, noon());
        assert_eq!(released.is_ok(), *state == State::Held);
        assert_eq!(blocked.is_ok(), *state == State::Held);
    }
}

#[test]
fn a_wish_to_stop_is_the_senders_and_needs_an_accepted_leg() {
    for state in State::ALL {
        for party in Party::ALL {
            let blockers = leg_in(*state, noon()).blockers_to_message(MessageKind::PersonWishesToStop, *party);
            assert_eq!(blockers.is_empty(), *state == State::Accepted && *party == Party::Sender, "{state} {party:?}");
        }
    }
}

#[test]
fn boxes_and_ends_agree_with_the_states() {
    for state in State::ALL {
        assert_eq!(state.has_ended(), state.r#box() == Some(InboxBox::Archived) || *state == State::Blocked);
        assert_eq!(state.is_to_handle(), state.r#box() == Some(InboxBox::ToHandle));
        assert_eq!(state.is_open() && *state != State::Held, matches!(state.r#box(), Some(InboxBox::ToHandle | InboxBox::InCharge)));
    }
}
