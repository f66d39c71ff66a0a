use rstest::rstest;

use super::*;

fn receiver(clocks: &Clocks) -> Context<'_> {
    context(Party::Receiver, clocks)
}

fn redirected(leg: Referral, now: DateTime<Utc>) -> HandedOver {
    let clocks = Clocks::default();
    leg.redirect(passing(&other_offer(21), &[], &clocks), &receiver(&clocks), now).unwrap()
}

#[test]
fn the_next_leg_carries_what_the_sender_wrote_and_nothing_of_the_holder() {
    let clocks = Clocks::default();
    let accept = AcceptCommand { message: Some("Pour nous seuls".parse().unwrap()), message_for_person: None, path: Some(vec![step(1)]) };
    let leg = sent(noon()).accept(accept, Some(&offer()), &receiver(&clocks), noon()).unwrap().referral;
    let later = noon() + Duration::days(3);
    let HandedOver { former, next } = redirected(leg.clone(), later);
    assert_eq!((&former.events[..], &next.events[..]), (&[Event::ReferralRedirected][..], &[Event::ReferralArrived][..]));
    let (former, next) = (former.referral, next.referral);
    assert_eq!((former.state, former.head, former.ended_at), (State::Redirected, false, Some(later)));
    assert_eq!((next.state, next.head, next.told_at, next.sent_at), (State::Sent, true, Some(later), Some(later)));
    assert_eq!((next.root_id, next.parent_id, next.need_id), (leg.root_id, Some(leg.id), leg.need_id));
    assert_eq!(next.handed_over_by, leg.receiver_organisation_id);
    assert_eq!((next.sender_organisation_id, next.sent_by, &next.form.person), (leg.sender_organisation_id, leg.sent_by, &leg.form.person));
    assert_eq!((&next.answer_message, next.path.len(), next.decided_at, next.answered_at), (&None, 0, None, None));
    assert_eq!(next.remind_at, Some(clocks.next_reminder(later, &Paris)));
}

#[rstest]
#[case(State::Sent, State::UnderReview)]
#[case(State::UnderReview, State::UnderReview)]
#[case(State::Waitlisted, State::UnderReview)]
#[case(State::Accepted, State::Accepted)]
fn what_comes_back_is_in_charge_as_before_or_under_review_with_fresh_clocks(#[case] state: State, #[case] after: State) {
    let clocks = Clocks::default();
    let before = leg_in(state, noon());
    let former = redirected(before.clone(), noon() + Duration::days(2)).former.referral;
    let back = noon() + Duration::days(40);
    let returned = former.clone().come_back(former.form.contact(), &clocks, back).unwrap();
    assert_eq!(returned.events, [Event::ReferralReturned]);
    let leg = returned.referral;
    assert_eq!((leg.state, leg.head, leg.returned_at, leg.ended_at), (after, true, Some(back), None));
    assert_eq!(leg.first_answered_at, before.answered_at, "what was said first is not forgotten");
    assert_eq!((leg.decided_at, leg.hand_over.is_none(), leg.told_at), (before.decided_at, true, before.told_at));
    assert_eq!(leg.expire_at, clocks.end_of(after, back));
    assert!(leg.clone().come_back(leg.form.contact(), &clocks, back).is_err());
}

#[test]
fn the_former_holder_loses_sight_after_thirty_days_and_gets_it_back_with_the_person() {
    let clocks = Clocks::default();
    let former = redirected(sent(noon()), noon()).former.referral;
    let [job] = former.due(&clocks)[..] else { panic!("one thing is due") };
    assert_eq!((job.kind, job.at), (DueKind::HolderLeaves, noon() + Duration::days(30)));
    assert_eq!(codes(&former.clone().expire(&clocks, job.at - Duration::seconds(1)).unwrap_err()), ["not_due"]);
    let longer = Clocks { former_holder_days: 90, ..Clocks::default() };
    assert!(former.is_due(&job, &longer, job.at), "what was said at the hand-over holds, whatever becomes of the delay");
    let gone = former.expire(&clocks, job.at).unwrap();
    assert_eq!((gone.events[0], gone.referral.receiver_left_at), (Event::ReferralLeft, Some(job.at)));
    assert!(gone.referral.due(&clocks).is_empty());
    assert_eq!(gone.referral.clone().come_back(gone.referral.form.contact(), &clocks, job.at).unwrap().referral.receiver_left_at, None);
}

#[test]
fn a_hand_over_goes_nowhere_it_has_been_and_nowhere_that_is_closed() {
    let clocks = Clocks::default();
    let tried = |target: &Offer, holders: &[Holder]| {
        let refused = sent(noon()).redirect(passing(target, holders, &clocks), &receiver(&clocks), noon());
        refused.map_err(|blocked| codes(&blocked)).err().unwrap_or_default()
    };
    let holder = |state, root| [Holder { organisation: OrganisationId(uuid(21)), root: ReferralId(uuid(root)), state }];
    assert_eq!(tried(&offer(), &[]), ["redirect_to_self"]);
    assert_eq!(tried(&other_offer(21), &holder(State::Sent, 1)), ["holds_open_leg"]);
    assert_eq!(tried(&other_offer(21), &holder(State::Sent, 7)), Vec::<&str>::new(), "another chain of the need is nobody's business");
    assert_eq!(tried(&other_offer(21), &holder(State::Redirected, 1)), ["redirect_in_circle"]);
    assert_eq!(tried(&other_offer(21), &holder(State::Redirected, 7)), Vec::<&str>::new());
    assert_eq!(tried(&other_offer(21), &holder(State::Refused, 1)), Vec::<&str>::new());
    let closed = Offer { published: false, suspended: true, organisation_active: false, contact_email: None, ..other_offer(21) };
    assert_eq!(tried(&closed, &[]), ["organisation_disabled", "service_not_published", "service_suspended", "no_contact_email"]);
}

#[test]
fn a_hand_over_needs_the_person_and_clean_words() {
    let clocks = Clocks::default();
    let target = other_offer(21);
    let contacted = Contacted { by: "Karim".parse().unwrap(), at: noon() + Duration::days(1), with: "Mme Roux".parse().unwrap() };
    let wrong = Passing {
        person_agreed: false,
        note: Some("{{ secret }} 2 55 08 14 168 025 38".parse().unwrap()),
        contacted: Some(contacted),
        ..passing(&target, &[], &clocks)
    };
    let refused = sent(noon()).redirect(wrong, &receiver(&clocks), noon()).unwrap_err();
    assert_eq!(codes(&refused), ["consent_missing", "in_the_future", "forbidden_identifier", "markup_not_allowed"]);
}

#[test]
fn what_the_next_receiver_does_not_ask_for_is_not_ticked_there() {
    let clocks = Clocks::default();
    let target = Offer { audiences: Vec::new(), criteria: Vec::new(), documents: Vec::new(), ..other_offer(21) };
    let next = sent(noon()).redirect(passing(&target, &[], &clocks), &receiver(&clocks), noon()).unwrap().next.referral;
    assert!(next.form.audiences.is_empty() && next.form.criteria.is_empty() && next.form.documents.is_empty());
}

#[test]
fn only_a_leg_of_another_chain_that_is_still_open_is_superseded() {
    let clocks = Clocks::default();
    for state in State::ALL {
        let done = leg_in(*state, noon()).supersede(&clocks, noon());
        assert_eq!(done.is_ok(), state.is_open() && *state != State::Accepted, "{state}");
    }
}

#[test]
fn a_leg_that_went_back_is_neither_taken_back_nor_corrected() {
    let clocks = Clocks::default();
    let next = redirected(sent(noon()), noon()).next.referral;
    let archived = next.clone().archive(archive_command(None), None, &receiver(&clocks), noon()).unwrap();
    let mut refused = archived.change.referral;
    assert!(refused.goes_back());
    refused.version += 1;
    refused.step_down();
    let again = refused.unarchive(Some(&archived.filing), &receiver(&clocks), noon()).unwrap_err();
    assert_eq!(codes(&again), ["not_reversible"]);

    let ctx = context(Party::Sender, &clocks);
    let mut reported = next.record_answer(reported(Decision::Refused, Paris.local_date(noon())), None, &ctx, noon()).unwrap().referral;
    reported.step_down();
    assert!(reported.accept(AcceptCommand::default(), None, &receiver(&clocks), noon()).is_err());
}

#[rstest]
#[case(Start::InCharge, State::Accepted)]
#[case(Start::ToHandle, State::Sent)]
fn a_walk_in_has_no_clock_and_may_be_handed_over(#[case] start: Start, #[case] state: State) {
    let clocks = Clocks::default();
    let mut new = new_referral();
    new.sender_organisation_id = OrganisationId(uuid(20));
    let walk_in = NewWalkIn { new, start, informed_at: noon() };
    let leg = Referral::walk_in(walk_in, Some(&offer()), &clocks, noon()).unwrap().referral;
    assert_eq!((leg.state, leg.kind, leg.origin, leg.sent_at), (state, Kind::WalkIn, Origin::WalkIn, None));
    assert!(leg.remind_at.is_none() && leg.expire_at.is_none() && leg.due(&clocks).is_empty());
    let next = redirected(leg, noon()).next.referral;
    assert_eq!((next.kind, next.sender_organisation_id), (Kind::Redirect, OrganisationId(uuid(20))));
    assert!(next.expire_at.is_some() && next.informed_at.is_none());
}

#[test]
fn a_walk_in_is_for_ones_own_service_by_somebody_who_was_told() {
    let mut new = new_referral();
    new.content.form.person.given_name = None;
    let walk_in = NewWalkIn { new, start: Start::ToHandle, informed_at: noon() + Duration::hours(1) };
    let refused = Referral::walk_in(walk_in, Some(&offer()), &Clocks::default(), noon()).unwrap_err();
    assert_eq!(codes(&refused), ["required", "in_the_future", "not_own_service"]);
}
