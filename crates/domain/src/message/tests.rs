use super::{
    AdviserPlace, Channel, Detail, NoticeKind as K, Parties, Recipient as R, ReportedAnswer, Situation, TABLE, detail, notices_for, pairs,
};
use rstest::rstest;

fn told() -> Situation {
    Situation { told: true, adviser: AdviserPlace::Member, person_has_email: true, ..Situation::default() }
}

fn recipients(kind: K, situation: &Situation) -> Vec<R> {
    notices_for(kind, situation).into_iter().map(|notice| notice.recipient).collect()
}

/// All situations, with every recipient chosen for messages.
fn situations() -> Vec<Situation> {
    let mut all = Vec::new();
    for bits in 0..64_u8 {
        for parties in [Parties::Both, Parties::ReceiverOnly, Parties::SenderOnly] {
            for adviser in [AdviserPlace::SameAddress, AdviserPlace::Member, AdviserPlace::Outside, AdviserPlace::AtReceiver] {
                for reported in [None, Some(ReportedAnswer::Accepted), Some(ReportedAnswer::Refused)] {
                    all.push(Situation {
                        told: bits & 1 != 0,
                        parties,
                        adviser,
                        person_has_email: bits & 2 != 0,
                        refuse_tells_person: bits & 4 != 0,
                        reported,
                        message_to: R::ALL.to_vec(),
                        handed_over: bits & 8 != 0,
                        returns: bits & 16 != 0,
                        tell_leads: bits & 32 != 0,
                    });
                }
            }
        }
    }
    all
}

#[test]
fn every_kind_has_one_line() {
    for kind in K::ALL {
        assert_eq!(TABLE.iter().filter(|line| line.event == *kind).count(), 1, "{kind}");
    }
}

#[rstest]
#[case(K::Held, &[R::Sender])]
#[case(K::Blocked, &[R::Sender])]
#[case(K::Sent, &[R::Receiver, R::Sender, R::Adviser, R::Person])]
#[case(K::SentToPerson, &[R::Person])]
#[case(K::Reviewed, &[R::Sender, R::Adviser])]
#[case(K::Waitlisted, &[R::Sender, R::Adviser])]
#[case(K::Accepted, &[R::Receiver, R::Sender, R::Adviser, R::Person])]
#[case(K::Refused, &[R::Sender, R::Adviser, R::Person])]
#[case(K::Withdrawn, &[R::Receiver, R::Sender, R::Adviser, R::Person])]
#[case(K::Expired, &[R::Receiver, R::Sender, R::Adviser, R::Person])]
#[case(K::Completed, &[R::Sender, R::Adviser])]
#[case(K::Reopened, &[R::Sender, R::Adviser])]
#[case(K::Reminder, &[R::Receiver])]
#[case(K::HolderReminder, &[R::Receiver])]
#[case(K::WaitlistQuestion, &[R::Sender])]
#[case(K::HeldReminder, &[R::Moderator])]
#[case(K::DraftDeleted, &[R::Sender])]
#[case(K::ContactChanged, &[R::Receiver])]
#[case(K::AnswerRecorded, &[R::Receiver, R::Adviser])]
#[case(K::Message, &[])]
#[case(K::OutsideQuestion, &[])]
#[case(K::AccessLink, &[R::Receiver])]
#[case(K::Invitation, &[R::Account])]
#[case(K::PasswordReset, &[R::Account])]
#[case(K::PasswordChanged, &[R::Account])]
#[case(K::EmailConfirmation, &[R::Account])]
#[case(K::EmailChanged, &[R::Account])]
#[case(K::SessionReuseAlert, &[R::Account])]
#[case(K::OrganisationVerification, &[R::AddressOnFile])]
#[case(K::AccountConfirmation, &[R::Account])]
#[case(K::AccountExists, &[R::Account])]
#[case(K::JoinRequested, &[R::Account])]
#[case(K::JoinAccepted, &[R::Account])]
#[case(K::JoinRefused, &[R::Account])]
#[case(K::ServiceReported, &[R::Account, R::AddressOnFile])]
#[case(K::SavedSearchAlert, &[R::Account])]
#[case(K::Redirected, &[R::Receiver, R::Sender, R::Adviser, R::Person])]
#[case(K::Returned, &[R::Receiver, R::Sender, R::Adviser, R::Person])]
#[case(K::Retrieved, &[R::Receiver, R::Claimant, R::Sender, R::Adviser, R::Person])]
#[case(K::Claimed, &[R::Receiver, R::Sender, R::Adviser, R::Person])]
#[case(K::ClaimObjected, &[R::Claimant, R::Receiver, R::Sender, R::Adviser])]
#[case(K::ClaimLapsed, &[R::Claimant, R::Receiver, R::Sender, R::Adviser])]
#[case(K::Superseded, &[R::Receiver])]
#[case(K::Escalated, &[R::Lead])]
#[case(K::ConsentWithdrawn, &[R::Receiver])]
#[case(K::DocumentRefused, &[R::Account])]
#[case(K::ExportReady, &[R::Account])]
#[case(K::Digest, &[R::Account])]
fn who_is_told(#[case] kind: K, #[case] expected: &[R]) {
    assert_eq!(recipients(kind, &told()), expected);
}

#[test]
fn an_adviser_with_the_senders_address_gets_no_second_copy() {
    let same = Situation { adviser: AdviserPlace::SameAddress, ..told() };
    assert_eq!(recipients(K::Reviewed, &same), [R::Sender]);
    let chosen = Situation { message_to: vec![R::Adviser, R::Sender], ..same };
    assert_eq!(recipients(K::Message, &chosen), [R::Sender]);
    let adviser_only = Situation { message_to: vec![R::Adviser], ..chosen };
    assert_eq!(recipients(K::Message, &adviser_only), [R::Sender]);
}

#[test]
fn an_adviser_of_another_organisation_is_told_as_such() {
    let outside = Situation { adviser: AdviserPlace::Outside, ..told() };
    assert_eq!(recipients(K::Refused, &outside), [R::Sender, R::OutsideAdviser, R::Person]);
}

#[test]
fn an_adviser_at_the_receivers_address_gets_no_copy_of_what_the_receiver_is_told() {
    let there = Situation { adviser: AdviserPlace::AtReceiver, ..told() };
    assert_eq!(recipients(K::Sent, &there), [R::Receiver, R::Sender, R::Person]);
    assert_eq!(recipients(K::Refused, &there), [R::Sender, R::OutsideAdviser, R::Person]);
    let both = Situation { message_to: vec![R::Adviser, R::Receiver], ..there };
    assert_eq!(recipients(K::Message, &both), [R::Receiver]);
    assert_eq!(recipients(K::Message, &Situation { message_to: vec![R::Adviser], ..both }), [R::OutsideAdviser]);
}

#[test]
fn a_person_without_email_is_told_by_the_sender() {
    let without = Situation { person_has_email: false, ..told() };
    let to_person = |kind| notices_for(kind, &without).into_iter().find(|notice| notice.recipient == R::Person);
    for kind in [K::Sent, K::Accepted, K::Refused, K::Withdrawn, K::Expired] {
        assert_eq!(to_person(kind).map(|notice| notice.channel), Some(Channel::TellThePerson), "{kind}");
    }
}

#[test]
fn a_refusal_is_mailed_to_the_person_only_when_the_setting_says_so() {
    let channel = |situation: &Situation| {
        notices_for(K::Refused, situation).into_iter().find(|notice| notice.recipient == R::Person).map(|notice| notice.channel)
    };
    assert_eq!(channel(&told()), Some(Channel::TellThePerson));
    assert_eq!(channel(&Situation { refuse_tells_person: true, ..told() }), Some(Channel::Mail));
}

#[test]
fn a_recorded_answer_reaches_the_person_as_that_answer() {
    let kinds = |reported| {
        let situation = Situation { reported, ..told() };
        notices_for(K::AnswerRecorded, &situation)
            .into_iter()
            .filter(|notice| notice.recipient == R::Person)
            .map(|notice| notice.kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(Some(ReportedAnswer::Accepted)), [K::Accepted]);
    assert_eq!(kinds(Some(ReportedAnswer::Refused)), [K::Refused]);
    assert_eq!(kinds(None), []);
}

#[test]
fn a_recorded_refusal_that_gives_the_person_back_is_told_by_the_return() {
    let refused = Situation { reported: Some(ReportedAnswer::Refused), ..told() };
    assert_eq!(recipients(K::AnswerRecorded, &refused), [R::Receiver, R::Adviser, R::Person]);
    assert_eq!(recipients(K::AnswerRecorded, &Situation { returns: true, ..refused }), [R::Receiver]);
}

#[test]
fn a_message_goes_where_its_author_chose() {
    let chosen = Situation { message_to: vec![R::Person, R::Receiver, R::Moderator], ..told() };
    assert_eq!(recipients(K::Message, &chosen), [R::Receiver, R::Person]);
}

#[test]
fn before_told_at_neither_receiver_nor_adviser_nor_person_hears_anything() {
    for situation in situations().iter().filter(|situation| !situation.told) {
        for kind in K::ALL {
            for recipient in recipients(*kind, situation) {
                assert!(
                    !matches!(recipient, R::Receiver | R::Adviser | R::OutsideAdviser | R::Person | R::Claimant | R::Lead),
                    "{kind} tells {recipient} before told_at"
                );
            }
        }
    }
    assert_eq!(recipients(K::Withdrawn, &Situation::default()), [R::Sender]);
}

#[test]
fn a_walk_in_and_an_outside_referral_stay_quiet() {
    let walk_in = Situation { parties: Parties::ReceiverOnly, ..told() };
    let outside = Situation { parties: Parties::SenderOnly, ..told() };
    for kind in [K::Sent, K::Reviewed, K::Accepted, K::Refused, K::Withdrawn, K::Expired, K::Reminder] {
        assert_eq!(recipients(kind, &walk_in), [], "{kind}");
        assert_eq!(recipients(kind, &outside), [], "{kind}");
    }
    let asked = notices_for(K::OutsideQuestion, &outside);
    assert_eq!(asked.iter().map(|notice| notice.channel).collect::<Vec<_>>(), [Channel::InApp]);
}

#[test]
fn a_hand_over_tells_everybody_once() {
    let next = Situation { handed_over: true, ..told() };
    assert_eq!(recipients(K::Sent, &next), [R::Receiver]);
    assert_eq!(recipients(K::Refused, &next), [R::Sender, R::Adviser, R::Person]);
    let back = Situation { returns: true, ..next };
    assert_eq!(recipients(K::Refused, &back), []);
    assert_eq!(recipients(K::Expired, &back), [R::Receiver]);
    let urgent = Situation { tell_leads: true, ..told() };
    assert!(recipients(K::Retrieved, &urgent).contains(&R::Lead));
}

#[test]
fn what_changes_hands_is_told_of_a_walk_in_too() {
    let walk_in = Situation { parties: Parties::ReceiverOnly, tell_leads: true, ..told() };
    assert_eq!(recipients(K::Redirected, &walk_in), [R::Receiver, R::Person]);
    assert_eq!(recipients(K::Retrieved, &walk_in), [R::Receiver, R::Lead, R::Claimant, R::Person]);
    assert_eq!(recipients(K::Claimed, &walk_in), [R::Receiver, R::Person]);
    assert_eq!(recipients(K::ClaimObjected, &walk_in), [R::Claimant, R::Receiver]);
    assert_eq!(recipients(K::ConsentWithdrawn, &walk_in), [R::Receiver]);
    assert_eq!(recipients(K::Superseded, &walk_in), []);
}

#[test]
fn no_notice_appears_twice_and_all_are_listed_as_pairs() {
    let listed = pairs();
    let mut seen = Vec::new();
    for situation in situations() {
        for kind in K::ALL {
            let notices = notices_for(*kind, &situation);
            for (position, notice) in notices.iter().enumerate() {
                assert!(!notices[..position].contains(notice), "{notice:?} twice");
                assert!(listed.contains(&(notice.kind, notice.recipient)), "{notice:?} is not listed");
                seen.push((notice.kind, notice.recipient));
            }
        }
    }
    for pair in listed {
        assert!(seen.contains(&pair), "{pair:?} is listed but never yielded");
    }
}

#[test]
fn no_receiver_notice_shows_the_person_or_reasons() {
    for kind in K::ALL {
        for side in [R::Receiver, R::Lead, R::Claimant] {
            let shown = detail(*kind, side);
            assert!(!shown.person_identity && !shown.person_contact && !shown.reasons, "{kind} to {side}");
        }
    }
    for kind in [K::ClaimObjected, K::ClaimLapsed] {
        assert_eq!(detail(kind, R::Claimant), Detail::default(), "{kind}: a claim proves no right to the file");
    }
    let exactly = Detail { service: true, link: true, ..Detail::default() };
    assert_eq!(detail(K::Sent, R::Receiver), exactly);
    assert_eq!(detail(K::Reminder, R::Receiver), exactly);
}

#[test]
fn what_the_sender_has_to_mend_is_what_its_own_side_or_the_desk_missed() {
    let others = [R::Lead, R::Moderator, R::Claimant];
    for recipient in R::ALL {
        assert_eq!(recipient.concerns_the_sender(), !others.contains(recipient), "{recipient}");
    }
}

#[test]
fn nobody_is_sent_a_persons_phone_or_email() {
    for kind in K::ALL {
        for recipient in R::ALL {
            assert!(!detail(*kind, *recipient).person_contact, "{kind} to {recipient}");
        }
    }
}

#[test]
fn an_adviser_outside_reads_no_name() {
    for kind in K::ALL {
        assert!(!detail(*kind, R::OutsideAdviser).person_identity, "{kind}");
    }
    assert_eq!(detail(K::Sent, R::Adviser), detail(K::Sent, R::Sender));
    assert!(detail(K::Sent, R::Sender).person_identity);
}

#[test]
fn the_person_reads_no_reasons_and_no_message_of_a_refusal() {
    for kind in K::ALL {
        let shown = detail(*kind, R::Person);
        assert!(!shown.reasons && !shown.outcome, "{kind}");
    }
    assert!(!detail(K::Refused, R::Person).message);
    assert!(detail(K::Accepted, R::Person).message);
}

#[test]
fn a_refusal_tells_the_sender_why() {
    let shown = detail(K::Refused, R::Sender);
    assert!(shown.reasons && shown.message);
}

#[test]
fn a_pair_the_table_never_yields_may_read_nothing() {
    let listed = pairs();
    for kind in K::ALL {
        for recipient in R::ALL {
            // The adviser reads as the sender does, also where only the sender is told.
            let counted = if *recipient == R::Adviser { R::Sender } else { *recipient };
            let recorded_for_adviser = (*kind, *recipient) == (K::AnswerRecorded, R::Sender);
            if !listed.contains(&(*kind, counted)) && !listed.contains(&(*kind, *recipient)) && !recorded_for_adviser {
                assert_eq!(detail(*kind, *recipient), Detail::default(), "{kind} to {recipient}");
            }
        }
    }
}
