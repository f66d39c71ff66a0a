use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Act(Act, Party),
    Release,
    Block,
    Remind,
    Expire,
    EndPause,
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let acts = (prop::sample::select(Act::ALL), prop::sample::select(&Party::ALL[..3])).prop_map(|(act, party)| Step::Act(act, party));
    let one = prop_oneof![
        12 => acts,
        1 => Just(Step::Release),
        1 => Just(Step::Block),
        2 => Just(Step::Remind),
        1 => Just(Step::Expire),
        1 => Just(Step::EndPause),
        3 => (1_i64..500).prop_map(Step::Wait),
    ];
    prop::collection::vec(one, 1..60)
}

struct World {
    leg: Referral,
    sender_filing: Option<Filing>,
    receiver_filing: Option<Filing>,
    now: DateTime<Utc>,
    clocks: Clocks,
}

impl World {
    fn filing(&mut self, party: Party) -> &mut Option<Filing> {
        if party == Party::Sender { &mut self.sender_filing } else { &mut self.receiver_filing }
    }

    /// Takes one step; a refused one changes nothing. Saves like the database: a changed leg gets the next version.
    fn take(&mut self, step: Step) {
        let (leg, clocks) = (self.leg.clone(), self.clocks.clone());
        let change = match step {
            Step::Act(what, party) => {
                let filing = self.filing(party).clone();
                act(leg, what, filing, &context(party, &clocks), self.now).map(|done| {
                    *self.filing(party) = done.filing;
                    done.change
                })
            }
            Step::Release => leg.release(&clocks, &Paris, self.now),
            Step::Block => leg.block("Refus".parse().unwrap(), &clocks, self.now),
            Step::Remind => leg.remind(&clocks, &Paris, self.now),
            Step::Expire => leg.expire(&clocks, self.now),
            Step::EndPause => leg.end_pause(&context(Party::Clock, &clocks), self.now),
            Step::Wait(hours) => {
                self.now += Duration::hours(hours);
                return;
            }
        };
        if let Ok(Change { referral, .. }) = change {
            assert_eq!(referral.version, self.leg.version, "the domain never touches the version");
            let saved = referral != self.leg;
            self.leg = referral;
            self.leg.version += i32::from(saved);
        }
    }

    fn check_fields(&self) {
        let leg = &self.leg;
        let state = leg.state;
        assert_eq!(leg.ended_at.is_some(), state.has_ended());
        assert!(leg.remind_at.is_none() || state == State::Sent, "reminders only in sent");
        let clocks_run = matches!(state, State::Draft | State::Held) || (state.is_to_handle() && leg.pause.is_none());
        assert_eq!(leg.expire_at.is_some(), clocks_run);
        assert!(leg.pause.is_none() || (state.is_to_handle() && leg.remind_at.is_none()), "only what waits is paused");
        assert!(leg.paused_seconds <= i64::from(self.clocks.pause_total_days) * 24 * 3600, "no more than all pauses may last");
        assert_eq!(leg.sent_at.is_none(), state == State::Draft);
        assert!(leg.told_at.is_none_or(|told| leg.sent_at.is_some_and(|sent| sent <= told)));
        if state.r#box().is_none() {
            assert!(leg.told_at.is_none(), "nobody was told");
        } else {
            assert!(leg.told_at.is_some() || state == State::Withdrawn);
        }
        let decided = matches!(state, State::Accepted | State::Refused | State::Completed);
        assert_eq!(leg.decided_at.is_some(), decided);
        assert!(!decided || leg.answered_at.is_some());
        assert_eq!(!leg.refusal_codes.is_empty(), state == State::Refused);
        assert_eq!(leg.outcome.is_some(), state == State::Completed);
        assert!(leg.due(&self.clocks).iter().all(|job| job.n >= 1 && job.at > leg.state_since));
        assert!(leg.pause.is_none() || leg.due(&self.clocks).iter().all(|job| job.kind == DueKind::PauseEnd));
    }

    fn check_actions(&mut self) {
        let (clocks, offer) = (self.clocks.clone(), offer());
        let send = send_context(&offer, &clocks);
        for party in Party::ALL {
            let filing = self.filing(*party).clone();
            let ctx = context(*party, &clocks);
            let more = ActionContext { send: Some(&send), filing: filing.as_ref() };
            for action in self.leg.actions(&more, &ctx, self.now) {
                let tried = act(self.leg.clone(), action.act, filing.clone(), &ctx, self.now);
                let blockers = tried.err().map(|blocked| blocked.0).unwrap_or_default();
                assert_eq!(action.blockers, blockers, "{} {party:?}", action.act);
                assert_eq!(action.allowed, action.blockers.is_empty());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_tried_the_rules_hold(steps in steps()) {
        let clocks = Clocks::default();
        let now = noon();
        let mut world = World { leg: draft(now), sender_filing: None, receiver_filing: None, now, clocks };
        for step in steps {
            let before = world.leg.clone();
            world.take(step);
            let told_once = before.told_at.is_none() || before.told_at == world.leg.told_at;
            prop_assert!(told_once, "told_at never moves");
            if before.state.has_ended() && world.leg.state != before.state {
                let taken_back = matches!(step, Step::Act(Act::Unarchive, _));
                let corrected = matches!(step, Step::Act(Act::Accept, _)) && before.reported.is_some();
                prop_assert!(taken_back || corrected, "{} left by {step:?}", before.state);
            }
            world.check_fields();
            world.check_actions();
        }
    }

    #[test]
    fn taking_back_an_ending_restores_all_but_the_clocks(steps in steps()) {
        let clocks = Clocks::default();
        let now = noon();
        let mut world = World { leg: sent(now), sender_filing: None, receiver_filing: None, now, clocks };
        for step in steps {
            world.take(step);
            let before = world.leg.clone();
            let ctx_clocks = world.clocks.clone();
            let ctx = context(Party::Receiver, &ctx_clocks);
            let Ok(archived) = before.clone().archive(archive_command(None), world.receiver_filing.as_ref(), &ctx, world.now) else {
                continue;
            };
            let mut saved = archived.change.referral;
            prop_assert_eq!(archived.filing.ended(), saved != before);
            saved.version += i32::from(archived.filing.ended());
            let later = world.now + Duration::days(3);
            let after = saved.unarchive(Some(&archived.filing), &ctx, later).unwrap().referral;
            let expected = Referral {
                state_since: after.state_since,
                updated_at: after.updated_at,
                remind_at: after.remind_at,
                expire_at: after.expire_at,
                reminders_sent: after.reminders_sent,
                plan: after.plan.clone(),
                pause: after.pause.clone(),
                paused_seconds: after.paused_seconds,
                version: after.version,
                ..before
            };
            prop_assert_eq!(after, expected);
        }
    }

    #[test]
    fn in_working_days_nobody_is_reminded_on_a_day_of_rest(
        hours in 0_i64..24 * 800, minutes in 0_i64..60, later in 0_i64..24 * 60 * 20, days in 1_i32..15, part in prop::sample::select(CalendarCountry::Ch.subdivisions())
    ) {
        let calendar = WorkCalendar { country: CalendarCountry::Ch, subdivision: Some(part.to_owned()) };
        let clocks = Clocks { count: DayCount::Working, calendar, remind_after_days: days, ..Clocks::default() };
        let since = utc(2026, 1, 1, 0) + Duration::hours(hours) + Duration::minutes(minutes);
        let at = clocks.next_reminder(since, &Paris);
        prop_assert_eq!(paris_hour(at), 8);
        prop_assert!(clocks.calendar.is_working(Paris.local_date(at)));
        let whole = Paris.local_date(since).iter_days().skip(1).take_while(|day| *day < Paris.local_date(at)).filter(|day| clocks.calendar.is_working(*day)).count();
        let begun_before_eight = clocks.calendar.is_working(Paris.local_date(since)) && since <= Paris.at_local(Paris.local_date(since), 8);
        prop_assert!(whole + usize::from(begun_before_eight) >= usize::try_from(days).unwrap(), "that many full days lie between");
        prop_assert!(clocks.next_reminder(since + Duration::minutes(later), &Paris) >= at, "later in, later out");
        let slower = Clocks { remind_after_days: days + 1, ..clocks.clone() };
        prop_assert!(slower.next_reminder(since, &Paris) > at);
    }

    #[test]
    fn a_pause_moves_everything_ahead_by_its_own_length(
        state in prop::sample::select(&[State::Sent, State::UnderReview, State::Waitlisted][..]), before in 0_i64..24 * 20, length in 1_i64..24 * 60, late in 0_i64..48
    ) {
        let clocks = Clocks::default();
        let ctx = context(Party::Sender, &clocks);
        let start = noon() + Duration::hours(before);
        let leg = leg_in(state, noon());
        let until = start + Duration::hours(length);
        let paused = leg.clone().pause_clock(pause_until(until), &ctx, start).unwrap().referral;
        let end = until + Duration::hours(late);
        let resumed = paused.end_pause(&context(Party::Clock, &clocks), end).unwrap().referral;
        let ahead = |leg: &Referral| leg.due(&clocks).into_iter().map(|job| (job.kind, job.n, job.at)).collect::<Vec<_>>();
        let moved = ahead(&leg).into_iter().filter(|(_, _, at)| *at > start || state == State::Sent).map(|(kind, n, at)| (kind, n, at + Duration::hours(length)));
        let late_ones = |(kind, _, at): &(DueKind, i32, DateTime<Utc>)| *at > start + Duration::hours(length) || *kind == DueKind::Expiry;
        prop_assert_eq!(ahead(&resumed).into_iter().filter(late_ones).collect::<Vec<_>>(), moved.filter(late_ones).collect::<Vec<_>>());
        prop_assert_eq!(resumed.paused_seconds, length * 3600);
    }

    #[test]
    fn a_state_that_is_entered_in_a_pause_has_all_its_time_after_it(
        moves in prop::collection::vec(1_i64..24 * 20, 1..4), length in 24_i64 * 59..24 * 60, early in 0_i64..24
    ) {
        let clocks = Clocks::default();
        let ctx = context(Party::Receiver, &clocks);
        let until = noon() + Duration::hours(length);
        let mut leg = sent(noon()).pause_clock(pause_until(until), &ctx, noon()).unwrap().referral;
        let mut entered = noon();
        for hours in moves.iter().scan(0, |sum, hours| { *sum += hours; Some(*sum) }).filter(|sum| *sum < length - 24) {
            entered = noon() + Duration::hours(hours);
            let change = if leg.state == State::UnderReview { leg.waitlist(&ctx, entered) } else { leg.review(&ctx, entered) };
            leg = change.unwrap().referral;
            prop_assert!(leg.pause.is_some() && leg.expire_at.is_none());
            prop_assert!(leg.due(&clocks).iter().all(|job| job.kind == DueKind::PauseEnd && job.at == until));
        }
        let resumed = leg.resume_clock(&ctx, until - Duration::hours(early)).unwrap().referral;
        let ran = until - Duration::hours(early);
        prop_assert_eq!(resumed.expire_at, clocks.end_of(resumed.state, ran), "nothing of it had run when it began to stand still");
        if entered > noon() {
            let afresh = leg_in(resumed.state, ran);
            prop_assert_eq!(resumed.due(&clocks), afresh.due(&clocks));
        }
        prop_assert_eq!(resumed.paused_seconds, (length - early) * 3600);
    }

    #[test]
    fn a_reminder_is_at_eight_on_the_first_day_that_is_late_enough(hours in 0_i64..24 * 800, minutes in 0_i64..60) {
        let since = utc(2026, 1, 1, 0) + Duration::hours(hours) + Duration::minutes(minutes);
        let at = Clocks::default().next_reminder(since, &Paris);
        prop_assert_eq!(paris_hour(at), 8);
        prop_assert!(at - since >= Duration::hours(10 * 24 - 1), "a summer-time change may take one hour");
        prop_assert!(at - since <= Duration::hours(11 * 24 + 1));
    }
}
