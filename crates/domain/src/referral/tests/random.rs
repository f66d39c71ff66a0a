use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Act(Act, Party),
    Release,
    Block,
    Remind,
    Expire,
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
        assert_eq!(leg.expire_at.is_some(), matches!(state, State::Draft | State::Held) || state.is_to_handle());
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
                version: after.version,
                ..before
            };
            prop_assert_eq!(after, expected);
        }
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
