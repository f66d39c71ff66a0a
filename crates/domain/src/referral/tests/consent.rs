use super::*;

#[test]
fn a_withdrawn_consent_ends_what_waits_and_leaves_the_rest_where_it_is() {
    let (clocks, later) = (Clocks::default(), noon() + Duration::days(1));
    for state in State::ALL.iter().copied().filter(|state| *state != State::Draft) {
        let leg = leg_in(state, noon());
        let Change { referral, events } = leg.clone().lose_consent(&clocks, later).unwrap();
        assert_eq!(referral.consent_withdrawn_at, Some(later), "{state:?}");
        let ends = state == State::Held || state.is_to_handle();
        assert_eq!(referral.state, if ends { State::Withdrawn } else { state });
        assert_eq!(events.contains(&Event::ReferralWithdrawn), ends, "{state:?}");
        assert_eq!(events.first(), Some(&Event::ConsentWithdrawn));
        if ends {
            assert_eq!((referral.remind_at, referral.expire_at, referral.ended_at), (None, None, Some(later)));
        } else {
            assert_eq!(Referral { consent_withdrawn_at: None, ..referral.clone() }, leg, "nothing else moves");
        }
        assert_eq!(referral.clone().lose_consent(&clocks, later), None, "once");
        assert!(referral.without_consent().is_some());
    }
    assert_eq!(leg_in(State::Draft, noon()).lose_consent(&clocks, later), None);
}

#[test]
fn a_consent_that_came_to_its_end_closes_what_is_over_and_nothing_else() {
    let later = noon() + Duration::days(800);
    for state in State::ALL.iter().copied() {
        let leg = leg_in(state, noon());
        let closed = leg.clone().outlive_consent(later);
        assert_eq!(closed.is_some(), state.has_ended(), "{state:?}");
        if let Some(closed) = closed {
            assert_eq!(closed.consent_withdrawn_at, Some(later));
            assert_eq!(Referral { consent_withdrawn_at: None, ..closed.clone() }, leg, "nothing else moves");
            assert_eq!(closed.outlive_consent(later), None, "once");
        }
    }
}

#[test]
fn nothing_is_said_in_the_thread_of_a_leg_without_consent() {
    let mut leg = leg_in(State::Accepted, noon());
    for party in [Party::Sender, Party::Receiver, Party::Link] {
        assert!(leg.blockers_to_message(MessageKind::Message, party).is_empty());
    }
    leg.consent_withdrawn_at = Some(noon());
    for party in [Party::Sender, Party::Receiver, Party::Link] {
        let found: Vec<_> = leg.blockers_to_message(MessageKind::Message, party).iter().map(|blocker| blocker.code).collect();
        assert_eq!(found, ["consent_withdrawn"]);
    }
    let ctx_clocks = Clocks::default();
    assert!(leg.blockers_to_complete(Party::Receiver).is_empty(), "the receiver ends the help");
    assert!(leg.lose_consent(&ctx_clocks, noon()).is_none());
}
