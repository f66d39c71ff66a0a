use super::*;

fn archived(leg: Referral, command: ArchiveCommand, party: Party) -> Result<Archived, Blocked> {
    leg.archive(command, None, &context(party, &Clocks::default()), noon() + Duration::days(1))
}

#[test]
fn filing_ends_what_waits_and_what_is_in_charge() {
    for (state, end, event) in [
        (State::Sent, State::Refused, Event::ReferralRefused),
        (State::UnderReview, State::Refused, Event::ReferralRefused),
        (State::Waitlisted, State::Refused, Event::ReferralRefused),
        (State::Accepted, State::Completed, Event::ReferralCompleted),
    ] {
        let done = archived(leg_in(state, noon()), archive_command(None), Party::Receiver).unwrap();
        assert_eq!(done.change.referral.state, end);
        assert_eq!(done.change.events, [Event::ReferralArchived, event]);
        assert_eq!(done.filing.before.map(|before| before.state), Some(state));
        assert_eq!(done.filing.version_after, Some(2));
    }
    let refused = archived(sent(noon()), archive_command(None), Party::Receiver).unwrap().change.referral;
    assert_eq!((refused.refusal_codes, refused.answer_message), (vec![RefusalCode::PersonUnreachable], None));
    let completed = archived(leg_in(State::Accepted, noon()), archive_command(None), Party::Receiver).unwrap();
    assert_eq!(completed.change.referral.outcome, Some(Outcome::NotDone));
}

#[test]
fn filing_without_an_ending_leaves_the_leg_alone() {
    let leg = sent(noon());
    for (party, ending) in [(Party::Receiver, Some(Ending::None)), (Party::Sender, None), (Party::Sender, Some(Ending::None))] {
        let done = archived(leg.clone(), archive_command(ending), party).unwrap();
        assert_eq!(done.change.referral, leg);
        assert!(!done.filing.ended());
    }
}

#[test]
fn nothing_is_noted_anew_of_a_person_who_was_forgotten() {
    let forgotten = Referral { blanked_at: Some(noon()), ..leg_in(State::Completed, noon()) };
    let command = ArchiveCommand { note: Some("Mme Sow, rue des Postes".parse().unwrap()), ..archive_command(None) };
    assert_eq!(codes(&archived(forgotten.clone(), command, Party::Receiver).unwrap_err()), ["person_erased"]);
    let silent = ArchiveCommand { note: None, ..archive_command(None) };
    assert!(archived(forgotten, silent, Party::Receiver).is_ok());
}

#[test]
fn an_ending_that_does_not_fit_is_refused() {
    for (state, party, ending) in [
        (State::Sent, Party::Receiver, Ending::Complete),
        (State::Accepted, Party::Receiver, Ending::Refuse),
        (State::Sent, Party::Sender, Ending::Refuse),
        (State::Expired, Party::Receiver, Ending::Refuse),
    ] {
        let blocked = archived(leg_in(state, noon()), archive_command(Some(ending)), party).unwrap_err();
        assert_eq!(codes(&blocked), ["ending_not_possible"]);
    }
}

#[test]
fn an_ending_is_taken_back_while_nothing_followed_and_in_time() {
    let clocks = Clocks::default();
    let ctx = context(Party::Receiver, &clocks);
    let Archived { change, filing } = archived(sent(noon()), archive_command(None), Party::Receiver).unwrap();
    let mut saved = change.referral;
    let unsaved = saved.clone().unarchive(Some(&filing), &ctx, noon() + Duration::days(2)).unwrap_err();
    assert_eq!(codes(&unsaved), ["not_reversible"], "another version than the one the ending made");
    saved.version += 1;
    let last = filing.filed_at + Duration::days(30);
    let late = saved.clone().unarchive(Some(&filing), &ctx, last + Duration::seconds(1)).unwrap_err();
    assert_eq!(codes(&late), ["not_reversible"]);
    let back = saved.unarchive(Some(&filing), &ctx, last).unwrap();
    assert_eq!(back.events, [Event::ReferralUnarchived, Event::ReferralReopened]);
    let leg = back.referral;
    assert_eq!((leg.state, leg.state_since, leg.answered_at, leg.ended_at), (State::Sent, last, None, None));
    assert_eq!((leg.told_at, leg.expire_at), (Some(noon()), Some(last + Duration::days(30))));
    assert!(leg.remind_at.is_some_and(|at| at > last));
}

#[test]
fn no_archive_reason_tells_the_sender_of_illness_or_death() {
    for reason in [ArchiveReason::Deceased, ArchiveReason::Hospitalised] {
        assert!(matches!(reason.refusal_code(), RefusalCode::Other | RefusalCode::OtherObstacles));
    }
}
