use super::*;

#[test]
fn reminders_keep_eight_o_clock_over_both_changes_of_summer_time() {
    let clocks = Clocks::default();
    // Told at 07:30 in Paris, winter; summer time begins on 29 March 2026.
    let spring = utc(2026, 3, 20, 6) + Duration::minutes(30);
    assert_eq!(clocks.next_reminder(spring, &Paris), utc(2026, 3, 30, 6));
    // Told at 07:30 in Paris, summer; summer time ends on 25 October 2026.
    let autumn = utc(2026, 10, 20, 5) + Duration::minutes(30);
    assert_eq!(clocks.next_reminder(autumn, &Paris), utc(2026, 10, 30, 7));
    // Told exactly at eight: the tenth day. A second later in the day: the eleventh.
    assert_eq!(clocks.next_reminder(utc(2026, 3, 20, 7), &Paris), utc(2026, 3, 30, 6));
    assert_eq!(clocks.next_reminder(utc(2026, 3, 20, 7) + Duration::seconds(1), &Paris), utc(2026, 3, 31, 6));
    // Told at 00:30 in Paris, which is still the day before in UTC.
    assert_eq!(clocks.next_reminder(utc(2026, 6, 1, 22) + Duration::minutes(30), &Paris), utc(2026, 6, 12, 6));
}

#[test]
fn a_sent_leg_is_reminded_twice_and_expires_on_day_thirty() {
    let clocks = Clocks::default();
    let leg = sent(noon());
    assert_eq!(leg.remind_at, Some(utc(2026, 6, 12, 6)));
    assert_eq!(leg.expire_at, Some(noon() + Duration::days(30)));
    let early = leg.clone().remind(&clocks, &Paris, utc(2026, 6, 12, 6) - Duration::seconds(1)).unwrap_err();
    assert_eq!(codes(&early), ["not_due"]);
    let first = leg.remind(&clocks, &Paris, utc(2026, 6, 12, 6) + Duration::seconds(9)).unwrap();
    assert_eq!(first.events, [Event::ReferralReminded]);
    assert_eq!((first.referral.reminders_sent, first.referral.remind_at), (1, Some(utc(2026, 6, 22, 6))));
    let second = first.referral.remind(&clocks, &Paris, utc(2026, 6, 22, 6)).unwrap().referral;
    assert_eq!((second.reminders_sent, second.remind_at), (2, None), "the third would come after the end");
    assert!(second.clone().expire(&clocks, noon() + Duration::days(30) - Duration::seconds(1)).is_err());
    let end = second.expire(&clocks, noon() + Duration::days(30)).unwrap();
    assert_eq!((end.referral.state, end.events), (State::Expired, vec![Event::ReferralExpired]));
    assert!(end.referral.due(&clocks).is_empty());
}

#[test]
fn a_reminder_that_went_out_days_late_counts_from_then() {
    let late = utc(2026, 6, 15, 7);
    let leg = sent(noon()).remind(&Clocks::default(), &Paris, late).unwrap().referral;
    assert_eq!(leg.remind_at, Some(utc(2026, 6, 26, 6)));
}

#[test]
fn each_state_has_its_own_clock() {
    let clocks = Clocks::default();
    let days_of = |leg: Referral| -> Vec<(DueKind, i32, i64)> {
        leg.due(&clocks).iter().map(|job| (job.kind, job.n, (job.at - noon()).num_days())).collect()
    };
    let days = |state| days_of(leg_in(state, noon()));
    assert_eq!(days(State::Draft), [(DueKind::DraftExpiry, 1, 30)]);
    assert_eq!(days(State::Held), [(DueKind::HeldReminder, 1, 2), (DueKind::HeldExpiry, 1, 30)]);
    assert_eq!(days(State::UnderReview), [(DueKind::HolderReminder, 1, 20), (DueKind::Expiry, 1, 60)]);
    let waitlist = [
        (DueKind::HolderReminder, 1, 20),
        (DueKind::WaitlistQuestion, 1, 60),
        (DueKind::WaitlistQuestion, 2, 120),
        (DueKind::Expiry, 1, 180),
    ];
    assert_eq!(days(State::Waitlisted), waitlist);
    let handed = sent(noon()).redirect(passing(&other_offer(21), &[], &clocks), &context(Party::Receiver, &clocks), noon()).unwrap();
    assert_eq!(days_of(handed.former.referral), [(DueKind::HolderLeaves, 1, 30)]);
    let clockless = |state: &&State| (state.has_ended() && **state != State::Redirected) || **state == State::Accepted;
    for state in State::ALL.iter().filter(clockless) {
        assert!(days(*state).is_empty(), "{state}");
    }
}

#[test]
fn holder_reminders_follow_each_other_until_the_end() {
    let clocks = Clocks::default();
    let mut leg = leg_in(State::UnderReview, noon());
    for day in [20, 40] {
        let at = noon() + Duration::days(day);
        let job = leg.due(&clocks).into_iter().find(|job| job.kind == DueKind::HolderReminder).unwrap();
        assert_eq!(job.at, at);
        assert!(leg.is_due(&job, &clocks, at) && !leg.is_due(&job, &clocks, at - Duration::seconds(1)));
        leg = leg.remind(&clocks, &Paris, at).unwrap().referral;
        assert!(!leg.is_due(&job, &clocks, at), "done once");
    }
    assert_eq!(leg.due(&clocks).len(), 1, "only the expiry is left");
}

#[test]
fn drafts_and_held_legs_end_in_their_own_way() {
    let clocks = Clocks::default();
    let end = noon() + Duration::days(30);
    let draft = draft(noon()).expire(&clocks, end).unwrap();
    assert_eq!((draft.referral.state, draft.events), (State::Draft, vec![Event::DraftExpired]));
    let held = held(noon()).expire(&clocks, end).unwrap();
    assert_eq!((held.referral.state, held.events), (State::Withdrawn, vec![Event::ReferralWithdrawn]));
    assert_eq!(held.referral.told_at, None);
}

#[test]
fn a_restarted_clock_makes_another_job() {
    let (clocks, ctx_clocks) = (Clocks::default(), Clocks::default());
    let leg = leg_in(State::UnderReview, noon());
    let old = leg.due(&clocks);
    let ctx = context(Party::Receiver, &ctx_clocks);
    let later = noon() + Duration::days(5);
    let leg = leg.waitlist(&ctx, later).unwrap().referral.review(&ctx, later).unwrap().referral;
    for (old, new) in old.iter().zip(leg.due(&clocks)) {
        assert_eq!((old.kind, old.n), (new.kind, new.n));
        assert_ne!(old.key(), new.key());
        assert!(!leg.is_due(old, &clocks, old.at));
    }
}

#[test]
fn the_lead_is_told_after_two_reminders_and_once_in_each_state() {
    let clocks = Clocks::default();
    let escalations = |mut leg: Referral| {
        let mut told = Vec::new();
        for _ in 0..40 {
            let Some(job) = leg.due(&clocks).into_iter().find(|job| job.kind.is_reminder()) else { break };
            let change = leg.remind(&clocks, &Paris, job.at).unwrap();
            leg = change.referral;
            told.extend(change.events.contains(&Event::ReferralEscalated).then_some(leg.reminders_sent));
        }
        (told, leg)
    };
    assert_eq!(escalations(sent(noon())).0, [2]);
    let (told, waited) = escalations(leg_in(State::Waitlisted, noon()));
    assert_eq!(told, [2], "eight reminders, one word to the lead");
    assert_eq!(escalations(held(noon())).0, [0; 0], "a receiver that was not told has no lead");
    let ctx = context(Party::Receiver, &clocks);
    let reviewed = waited.review(&ctx, noon()).unwrap().referral;
    let (told, reviewed) = escalations(reviewed);
    assert_eq!(told, [2]);
    let back = reviewed.waitlist(&ctx, noon()).unwrap().referral;
    assert_eq!(escalations(back).0, [0; 0], "it was told in that state before");
    let never = Clocks { escalate_after_reminders: 0, ..Clocks::default() };
    let once = sent(noon()).remind(&never, &Paris, utc(2026, 6, 12, 6)).unwrap().referral;
    assert_eq!(once.remind(&never, &Paris, utc(2026, 6, 22, 6)).unwrap().events, [Event::ReferralReminded]);
}

#[test]
fn a_leg_older_than_plans_keeps_its_due_times() {
    let clocks = Clocks::default();
    for state in [State::Held, State::UnderReview, State::Waitlisted] {
        let leg = leg_in(state, noon());
        let older = Referral { plan: None, ..leg.clone() };
        assert_eq!(older.due(&clocks), leg.due(&clocks), "{state}");
        let job = leg.due(&clocks).into_iter().find(|job| job.kind.is_reminder()).unwrap();
        let reminded = older.remind(&clocks, &Paris, job.at).unwrap().referral;
        assert_eq!(reminded, leg.remind(&clocks, &Paris, job.at).unwrap().referral, "{state}");
    }
}

#[test]
fn a_change_of_the_delays_loses_nothing_that_is_planned() {
    let leg = leg_in(State::Waitlisted, noon());
    let planned = leg.due(&Clocks::default());
    let shorter = Clocks { remind_holder_every_days: 3, ask_sender_waitlist_days: [5, 6], count: DayCount::Working, ..Clocks::default() };
    assert_eq!(leg.due(&shorter), planned);
}

#[test]
fn a_job_gives_way_to_the_one_that_is_implied_now() {
    let clocks = Clocks::default();
    let longer = Clocks { remind_holder_every_days: 30, ask_sender_waitlist_days: [70, 130], ..Clocks::default() };
    let older = Referral { plan: None, ..leg_in(State::Waitlisted, noon()) };
    for (planned, later) in older.due(&clocks).into_iter().zip(older.due(&longer)) {
        let moved = planned.at != later.at;
        assert_eq!(older.due_instead(&planned, &longer), moved.then_some(later), "{}", planned.kind);
        assert_eq!(older.due_instead(&later, &longer), None);
    }
    let reminded = older.clone().remind(&clocks, &Paris, noon() + Duration::days(20)).unwrap().referral;
    let first = DueJob { kind: DueKind::HolderReminder, at: noon() + Duration::days(30), n: 1 };
    assert_eq!(reminded.due_instead(&first, &longer), None, "the first was sent");
    let planned = leg_in(State::Waitlisted, noon());
    let question = DueJob { kind: DueKind::WaitlistQuestion, at: noon() + Duration::days(50), n: 1 };
    assert_eq!(planned.due_instead(&question, &clocks), None, "what is written on the leg was enqueued with it, and may be done");
    let accepted = leg_in(State::Accepted, noon());
    assert_eq!(accepted.due_instead(&question, &clocks), None);
}

#[test]
fn delays_of_an_organisation_lie_over_those_of_the_platform() {
    let platform = Clocks::default();
    let swiss = WorkCalendar { country: CalendarCountry::Ch, subdivision: Some("CH-VD".to_owned()) };
    let own = OrganisationClocks { count: Some(DayCount::Working), remind_after_days: Some(5), ..OrganisationClocks::default() };
    assert!(own.problems(&platform).is_empty());
    let all = own.over(&platform, Some(swiss.clone()));
    assert_eq!((all.count, all.calendar, all.remind_after_days, all.expire_sent_days), (DayCount::Working, swiss, 5, 30));
    let wrong = OrganisationClocks {
        remind_after_days: Some(0),
        expire_waitlist_days: Some(1000),
        ask_sender_waitlist_days: Some([0, 800]),
        calendar: Some(WorkCalendar { country: CalendarCountry::Be, subdivision: Some("BE-WAL".to_owned()) }),
        ..OrganisationClocks::default()
    };
    let pointers: Vec<_> = wrong.problems(&platform).into_iter().filter_map(|blocker| blocker.pointer).collect();
    let expected = [
        "/remind_after_days",
        "/expire_waitlist_days",
        "/ask_sender_waitlist_days/0",
        "/ask_sender_waitlist_days/1",
        "/calendar/subdivision",
    ];
    assert_eq!(pointers, expected);
    let never = OrganisationClocks { remind_after_days: Some(30), ..OrganisationClocks::default() };
    let reasons: Vec<_> = never.problems(&platform).into_iter().map(|blocker| blocker.code).collect();
    assert_eq!(reasons, ["reminder_after_expiry"]);
}

#[test]
fn the_usual_delays_are_in_order_and_others_are_judged_by_name() {
    assert!(Clocks::default().problems().is_empty());
    let wrong = Clocks { link_days: 0, pause_days: -1, expire_sent_days: 5, ..Clocks::default() };
    let pointers: Vec<_> = wrong.problems().into_iter().filter_map(|blocker| blocker.pointer).collect();
    assert_eq!(pointers, ["/remind_after_days", "/link_days", "/pause_days"]);
}

#[test]
fn working_days_make_an_end_later() {
    let clocks = Clocks { count: DayCount::Working, offset_minutes: 120, ..Clocks::default() };
    // Monday, 1 June 2026; 14 July is a holiday of France.
    assert_eq!(clocks.end_of(State::Sent, noon()), Some(utc(2026, 7, 13, 12)));
    assert_eq!(clocks.end_of(State::Draft, noon()), Some(noon() + Duration::days(30)), "a draft is nobody's work");
}
