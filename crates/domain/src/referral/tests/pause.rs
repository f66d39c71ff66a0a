use super::*;

#[test]
fn while_paused_nothing_is_due_but_the_end_of_the_pause() {
    let clocks = Clocks::default();
    let ctx = context(Party::Receiver, &clocks);
    let leg = leg_in(State::Waitlisted, noon());
    let until = noon() + Duration::days(30);
    let paused = leg.pause_clock(pause_until(until), &ctx, noon() + Duration::days(10)).unwrap();
    assert_eq!(paused.events, [Event::ReferralClockPaused]);
    let paused = paused.referral;
    assert_eq!((paused.remind_at, paused.expire_at), (None, None));
    assert_eq!(paused.due(&clocks), [DueJob { kind: DueKind::PauseEnd, at: until, n: 1 }]);
    for blocked in [
        paused.clone().remind(&clocks, &Paris, noon() + Duration::days(300)).unwrap_err(),
        paused.clone().expire(&clocks, noon() + Duration::days(300)).unwrap_err(),
        paused.clone().end_pause(&ctx, until - Duration::seconds(1)).unwrap_err(),
    ] {
        assert_eq!(codes(&blocked), ["not_due"]);
    }
    let resumed = paused.end_pause(&ctx, until).unwrap();
    assert_eq!(resumed.events, [Event::ReferralClockResumed]);
    let days: Vec<_> = resumed.referral.due(&clocks).iter().map(|job| (job.kind, (job.at - noon()).num_days())).collect();
    let expected =
        [(DueKind::HolderReminder, 40), (DueKind::WaitlistQuestion, 80), (DueKind::WaitlistQuestion, 140), (DueKind::Expiry, 200)];
    assert_eq!(days, expected, "twenty days later than without");
}

#[test]
fn a_question_whose_time_had_come_before_a_pause_stays_where_it_is() {
    let clocks = Clocks::default();
    let ctx = context(Party::Receiver, &clocks);
    let question = |n: i32, days: i64| DueJob { kind: DueKind::WaitlistQuestion, at: noon() + Duration::days(days), n };
    let asked = |leg: &Referral| leg.due(&clocks).into_iter().filter(|job| job.kind == DueKind::WaitlistQuestion).collect::<Vec<_>>();
    let start = noon() + Duration::days(61);
    let paused = leg_in(State::Waitlisted, noon()).pause_clock(pause_until(start + Duration::days(5)), &ctx, start).unwrap().referral;
    assert_eq!(asked(&paused), [question(1, 60)], "its job may wait still; the second question stands still");
    assert!(paused.is_due(&question(1, 60), &clocks, start) && !paused.is_due(&question(2, 120), &clocks, noon() + Duration::days(121)));
    let resumed = paused.clone().resume_clock(&ctx, start + Duration::days(3)).unwrap().referral;
    assert_eq!(asked(&resumed), [question(1, 60), question(2, 123)]);
    assert_eq!(resumed.paused_seconds, 3 * 24 * 3600);
    let reviewed = paused.review(&ctx, start + Duration::days(1)).unwrap().referral;
    assert_eq!(asked(&reviewed), [], "nobody waits for a place any more");
}

#[test]
fn sixty_days_at_once_and_a_hundred_and_twenty_in_all() {
    let clocks = Clocks::default();
    let ctx = context(Party::Sender, &clocks);
    let mut leg = sent(noon());
    let mut now = noon();
    let refused = leg.clone().pause_clock(pause_until(now), &ctx, now).unwrap_err();
    assert_eq!(codes(&refused), ["in_the_past"]);
    let refused = leg.clone().pause_clock(pause_until(now + Duration::days(60) + Duration::seconds(1)), &ctx, now).unwrap_err();
    assert_eq!((codes(&refused), refused.0[0].pointer.as_deref()), (vec!["pause_too_long"], Some("/until")));
    for _ in 0..2 {
        leg = leg.pause_clock(pause_until(now + Duration::days(60)), &ctx, now).unwrap().referral;
        let twice = leg.clone().pause_clock(pause_until(now + Duration::days(1)), &ctx, now).unwrap_err();
        assert_eq!(codes(&twice), ["already_paused"]);
        now += Duration::days(60);
        leg = leg.resume_clock(&ctx, now).unwrap().referral;
    }
    let refused = leg.clone().pause_clock(pause_until(now + Duration::days(1)), &ctx, now).unwrap_err();
    assert_eq!(codes(&refused), ["pause_used_up"]);
    assert_eq!(leg.expire_at, Some(noon() + Duration::days(150)));
    assert_eq!(leg.remind_at, Some(utc(2026, 6, 12, 6) + Duration::days(120)));
}

#[test]
fn a_number_of_social_security_is_no_reason() {
    let clocks = Clocks::default();
    let command = PauseCommand { reason: "2 69 05 49 588 157 80".parse().unwrap(), until: noon() + Duration::days(1) };
    let refused = sent(noon()).pause_clock(command, &context(Party::Sender, &clocks), noon()).unwrap_err();
    assert_eq!(codes(&refused), ["forbidden_identifier"]);
}

#[test]
fn a_pause_goes_on_in_another_state_that_waits_and_the_clocks_of_that_state_begin_after_it() {
    let clocks = Clocks::default();
    let ctx = context(Party::Receiver, &clocks);
    let until = noon() + Duration::days(20);
    let paused = sent(noon()).pause_clock(pause_until(until), &ctx, noon()).unwrap().referral;
    let later = noon() + Duration::days(4);
    let leg = paused.review(&ctx, later).unwrap().referral;
    assert_eq!(leg.pause.as_ref().map(|pause| (pause.since, pause.until)), Some((noon(), until)), "as both sides know it");
    assert_eq!((leg.expire_at, leg.remind_at, leg.paused_seconds), (None, None, 0));
    assert_eq!(leg.due(&clocks), [DueJob { kind: DueKind::PauseEnd, at: until, n: 1 }]);
    let listed = leg.waitlist(&ctx, noon() + Duration::days(6)).unwrap().referral;
    let resumed = listed.resume_clock(&ctx, noon() + Duration::days(10)).unwrap().referral;
    assert_eq!(resumed.paused_seconds, 10 * 24 * 3600, "the whole pause counts");
    let days: Vec<_> = resumed.due(&clocks).iter().map(|job| (job.kind, (job.at - noon()).num_days())).collect();
    let expected =
        [(DueKind::HolderReminder, 30), (DueKind::WaitlistQuestion, 70), (DueKind::WaitlistQuestion, 130), (DueKind::Expiry, 190)];
    assert_eq!(days, expected, "its own delays from the day on which the clocks run again");
}

#[test]
fn a_decision_ends_a_pause_and_one_whose_end_has_come_does_not_go_on() {
    let clocks = Clocks::default();
    let ctx = context(Party::Receiver, &clocks);
    let until = noon() + Duration::days(20);
    let paused = sent(noon()).pause_clock(pause_until(until), &ctx, noon()).unwrap().referral;
    let withdrawn =
        paused.clone().withdraw(WithdrawCommand::default(), &context(Party::Sender, &clocks), noon() + Duration::days(4)).unwrap().referral;
    assert_eq!((withdrawn.pause, withdrawn.paused_seconds), (None, 4 * 24 * 3600));
    let late = until + Duration::hours(1);
    let reviewed = paused.review(&ctx, late).unwrap().referral;
    assert_eq!((reviewed.pause.clone(), reviewed.paused_seconds), (None, 20 * 24 * 3600), "no longer than it was asked for");
    assert_eq!(reviewed.expire_at, Some(late + Duration::days(60)));
    assert_eq!(reviewed.due(&clocks).first().map(|job| (job.kind, job.at)), Some((DueKind::HolderReminder, late + Duration::days(20))));
}

#[test]
fn a_referral_without_clocks_cannot_be_paused() {
    let clocks = Clocks::default();
    let outside = Referral::outside(new_referral(), Some(&offer()), &clocks, noon()).unwrap().referral;
    let refused = outside.pause_clock(pause_until(noon() + Duration::days(1)), &context(Party::Sender, &clocks), noon()).unwrap_err();
    assert_eq!(codes(&refused), ["no_clock_runs"]);
}

#[test]
fn in_working_days_a_moved_reminder_waits_for_a_working_day() {
    let clocks = Clocks { count: DayCount::Working, ..Clocks::default() };
    let ctx = context(Party::Sender, &clocks);
    let mut leg = sent(noon());
    leg.remind_at = Some(clocks.next_reminder(noon(), &Paris));
    assert_eq!(leg.remind_at, Some(utc(2026, 6, 16, 6)), "eleven working days after Monday, 1 June");
    let paused = leg.pause_clock(pause_until(noon() + Duration::days(4)), &ctx, noon()).unwrap().referral;
    let resumed = paused.resume_clock(&ctx, noon() + Duration::days(4)).unwrap().referral;
    assert_eq!(resumed.remind_at, Some(utc(2026, 6, 22, 6)), "from Saturday to Monday");
}
