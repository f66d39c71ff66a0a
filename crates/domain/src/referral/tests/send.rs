use super::*;
use crate::shared::BlockerKind;
use crate::shared::ids::UnitId;

fn blocked(leg: &Referral, ctx: &SendContext<'_>) -> Vec<&'static str> {
    codes(&Blocked(leg.blockers_to_send(Party::Sender, ctx)))
}

#[test]
fn an_empty_draft_hears_everything_at_once() {
    let (clocks, mut offer) = (Clocks::default(), offer());
    offer.published = false;
    offer.suspended = true;
    offer.form_enabled = false;
    offer.contact_email = None;
    offer.organisation_active = false;
    let empty = NewReferral { content: DraftContent { form: Form::default(), ..content() }, ..new_referral() };
    let leg = Referral::draft(empty, None, &clocks, noon()).unwrap().referral;
    let ctx = SendContext { sender_active: false, probable_duplicate: true, ..send_context(&offer, &clocks) };
    let expected = [
        "organisation_blocked",
        "organisation_disabled",
        "service_not_published",
        "service_suspended",
        "form_disabled",
        "no_contact_email",
        "probable_duplicate",
        "required",
        "required",
        "preferences_empty",
        "consent_missing",
        "consent_missing",
        "criteria_not_met",
        "required_document_missing",
    ];
    assert_eq!(blocked(&leg, &ctx), expected);
    assert_eq!(leg.send(Party::Sender, &ctx, noon()).unwrap_err().kind(), BlockerKind::State);
}

#[test]
fn overridden_accepted_and_declared_things_do_not_block() {
    let (clocks, offer) = (Clocks::default(), offer());
    let mut leg = draft(noon());
    leg.form.audiences.clear();
    leg.form.criteria.clear();
    leg.form.documents = vec![DocumentTick { code: "cv".to_owned(), at_hand: false, reason: None }];
    let mut ctx = SendContext { probable_duplicate: true, ..send_context(&offer, &clocks) };
    assert_eq!(blocked(&leg, &ctx), ["probable_duplicate", "criteria_not_met", "required_document_missing"]);
    ctx.accept_duplicate = true;
    ctx.override_reason = Some("Urgence".parse().unwrap());
    leg.form.documents[0].reason = Some("Perdu".parse().unwrap());
    let leg = leg.send(Party::Sender, &ctx, noon()).unwrap().referral;
    assert_eq!(leg.override_reason, ctx.override_reason);
}

#[test]
fn a_service_for_everyone_needs_no_tick_and_no_target_cannot_be_sent() {
    let (clocks, mut offer) = (Clocks::default(), offer());
    offer.for_everyone = true;
    let mut leg = draft(noon());
    leg.form.audiences.clear();
    leg.form.criteria.clear();
    assert!(blocked(&leg, &send_context(&offer, &clocks)).is_empty());
    let nowhere = SendContext { offer: None, ..send_context(&offer, &clocks) };
    assert_eq!(blocked(&leg, &nowhere), ["service_not_published"]);
    leg.service_id = None;
    assert_eq!(blocked(&leg, &nowhere), ["no_contact_email"]);
    leg.receiver_organisation_id = None;
    assert_eq!(blocked(&leg, &nowhere), ["required"]);
}

#[test]
fn an_unverified_sender_is_held_and_the_clocks_start_at_release() {
    let clocks = Clocks::default();
    let leg = held(noon());
    assert_eq!((leg.state, leg.sent_at, leg.told_at, leg.remind_at), (State::Held, Some(noon()), None, None));
    let later = noon() + Duration::days(3);
    let released = leg.clone().release(&clocks, &Paris, later).unwrap();
    assert_eq!(released.events, [Event::ReferralSent]);
    let told = released.referral;
    assert_eq!((told.state, told.told_at, told.sent_at), (State::Sent, Some(later), Some(noon())));
    assert_eq!(told.expire_at, Some(later + Duration::days(30)));
    let blocked = leg.block("Structure inconnue".parse().unwrap(), &clocks, later).unwrap().referral;
    assert_eq!((blocked.state, blocked.told_at, blocked.ended_at), (State::Blocked, None, Some(later)));
}

#[test]
fn after_sending_only_the_contact_moves() {
    let clocks = Clocks::default();
    let ctx = context(Party::Sender, &clocks);
    let leg = sent(noon());
    let mut form = form();
    form.person.phone = Some("01 02 03 04 05".to_owned());
    let changed = leg.clone().patch(DraftContent { form: form.clone(), ..content() }, None, &ctx, noon()).unwrap();
    assert_eq!(changed.events, [Event::ReferralContactChanged]);
    assert_eq!(changed.referral.form, form);
    assert_eq!(changed.referral.expire_at, leg.expire_at);
    form.reason = Some("Autre".parse().unwrap());
    form.person.given_name = None;
    let refused = leg.clone().patch(DraftContent { form, ..content() }, None, &ctx, noon()).unwrap_err();
    let pointers: Vec<_> = refused.0.iter().filter_map(|blocker| blocker.pointer.as_deref()).collect();
    assert_eq!((codes(&refused), pointers), (vec!["already_sent", "already_sent"], vec!["/person", "/reason"]));
    let emptied = leg.clone().patch_contact(ContactPatch::default(), None, &ctx, noon()).unwrap_err();
    assert_eq!(codes(&emptied), ["preferences_empty"]);
    let same = leg.clone().patch_contact(leg.form.contact(), None, &ctx, noon()).unwrap();
    assert_eq!((same.referral, same.events), (leg, vec![]));
}

#[test]
fn the_person_has_an_address_of_their_own() {
    let (clocks, at) = (Clocks::default(), |email: &str| Some(email.to_owned()));
    let theirs = |email: &str, account: Option<&str>| {
        let mut form = form();
        form.person.email = at(email);
        DraftContent { form, adviser_email: account.and_then(at), ..content() }
    };
    let clash = theirs("Anne@example.org", Some(" anne@example.ORG "));
    assert_eq!(clash.problems(None).iter().map(|blocker| blocker.code).collect::<Vec<_>>(), ["email_of_adviser"]);
    assert!(theirs("anne@example.org", Some("rose@example.org")).problems(None).is_empty());
    assert!(theirs("anne@example.org", None).problems(None).is_empty());
    let mut twice = clash.clone();
    twice.form.adviser = Some(Adviser { email: at("anne@example.org"), ..Adviser::default() });
    assert_eq!(twice.problems(None).len(), 1, "said once");
    let refused = sent(noon()).patch(clash, None, &context(Party::Sender, &clocks), noon()).unwrap_err();
    assert_eq!(codes(&refused), ["email_of_adviser"], "nor does a correction give them the adviser's");
}

#[test]
fn the_unit_that_runs_the_service_receives() {
    let (clocks, unit) = (Clocks::default(), UnitId(Uuid::from_u128(77)));
    let offer = Offer { unit_id: Some(unit), ..offer() };
    let leg = draft(noon()).send(Party::Sender, &send_context(&offer, &clocks), noon()).unwrap().referral;
    assert_eq!(leg.receiver_unit_id, Some(unit));
    let elsewhere = other_offer(21);
    let handed = leg.redirect(passing(&elsewhere, &[], &clocks), &context(Party::Receiver, &clocks), noon()).unwrap();
    assert_eq!((handed.former.referral.receiver_unit_id, handed.next.referral.receiver_unit_id), (Some(unit), None));
}

#[test]
fn what_waited_for_a_receiver_that_is_gone_ends_untold() {
    let clocks = Clocks::default();
    let ended = held(noon()).turn_back(&clocks, noon()).unwrap();
    assert_eq!((ended.referral.state, ended.referral.told_at, ended.events), (State::Withdrawn, None, vec![Event::ReferralWithdrawn]));
    assert_eq!(codes(&sent(noon()).turn_back(&clocks, noon()).unwrap_err()), ["not_held"]);
}

#[test]
fn an_untouched_draft_lives_thirty_days_from_its_last_touch() {
    let clocks = Clocks::default();
    let later = noon() + Duration::days(12);
    let leg = draft(noon()).patch(content(), Some(&offer()), &context(Party::Sender, &clocks), later).unwrap().referral;
    assert_eq!(leg.expire_at, Some(later + Duration::days(30)));
}

#[test]
fn an_outside_referral_has_no_receiver_and_one_question() {
    let clocks = Clocks::default();
    let leg = Referral::outside(new_referral(), Some(&offer()), &clocks, noon()).unwrap().referral;
    assert_eq!((leg.kind, leg.origin, leg.state), (Kind::Outside, Origin::Outside, State::Sent));
    assert_eq!((leg.told_at, leg.remind_at, leg.expire_at), (None, None, None));
    let at = noon() + Duration::days(10);
    assert_eq!(leg.due(&clocks), [DueJob { kind: DueKind::OutsideQuestion, at, n: 1 }]);
    assert_eq!(codes(&leg.clone().review(&context(Party::Receiver, &clocks), at).unwrap_err()), ["not_the_receiver"]);
    let command = reported(Decision::Accepted, Paris.local_date(at));
    let answered = leg.record_answer(command, Some(&offer()), &context(Party::Sender, &clocks), at).unwrap();
    assert_eq!(answered.events, [Event::ReferralAnswerRecorded, Event::ReferralAccepted]);
    assert!(answered.referral.due(&clocks).is_empty());
}

#[test]
fn a_reported_answer_is_corrected_once_and_in_time() {
    let clocks = Clocks::default();
    let (sender, receiver) = (context(Party::Sender, &clocks), context(Party::Receiver, &clocks));
    let tomorrow = reported(Decision::Refused, Paris.local_date(noon()) + Days::new(1));
    assert_eq!(codes(&sent(noon()).record_answer(tomorrow, None, &sender, noon()).unwrap_err()), ["in_the_future"]);
    let command = reported(Decision::Refused, Paris.local_date(noon()));
    let leg = sent(noon()).record_answer(command, None, &sender, noon()).unwrap().referral;
    assert_eq!((leg.state, leg.refusal_codes.as_slice()), (State::Refused, [RefusalCode::OutOfArea].as_slice()));
    let last = noon() + Duration::days(30);
    let late = leg.clone().refuse(refusal(), &receiver, last + Duration::seconds(1)).unwrap_err();
    assert_eq!(codes(&late), ["already_decided"]);
    let accepted = leg.accept(AcceptCommand::default(), Some(&offer()), &receiver, last).unwrap().referral;
    assert_eq!((accepted.state, accepted.ended_at, accepted.refusal_codes.len()), (State::Accepted, None, 0));
    let again = accepted.refuse(refusal(), &receiver, last).unwrap_err();
    assert_eq!(codes(&again), ["already_decided"]);
}

#[test]
fn acceptance_freezes_hours_and_weeks_and_checks_the_path() {
    let clocks = Clocks::default();
    let ctx = context(Party::Receiver, &clocks);
    let wrong = vec![PathStep { units: Some(-1), ..step(1) }, step(1)];
    let command = AcceptCommand { message: None, message_for_person: None, path: Some(wrong) };
    let refused = sent(noon()).accept(command, Some(&offer()), &ctx, noon()).unwrap_err();
    assert_eq!(codes(&refused), ["out_of_range", "duplicate_id"]);
    let command = AcceptCommand { message: None, message_for_person: None, path: Some(vec![step(1)]) };
    let done = sent(noon()).accept(command, Some(&offer()), &ctx, noon()).unwrap();
    assert_eq!(done.events, [Event::ReferralAccepted, Event::ReferralPathChanged]);
    let snapshot = done.referral.snapshot.unwrap();
    assert_eq!((snapshot.hours_per_week, snapshot.weeks, snapshot.service_version), (Some(3), Some(10), 7));
    assert!(!snapshot.differs_from(&offer()));
    assert!(snapshot.differs_from(&Offer { address: None, ..offer() }));
}

#[test]
fn a_refusal_needs_a_reason() {
    let clocks = Clocks::default();
    let ctx = context(Party::Link, &clocks);
    let none = sent(noon()).refuse(RefuseCommand::default(), &ctx, noon()).unwrap_err();
    assert_eq!((codes(&none), none.kind()), (vec!["required"], BlockerKind::Content));
}
