//! A world small enough to hold in the head: one sender, one receiver, one service, Paris time.

mod booklet;
mod chain;
mod clock;
mod consent;
mod diagram;
mod filing;
mod form;
mod matrix;
mod pause;
mod random;
mod send;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, TimeZone, Timelike, Utc, Weekday};
use uuid::Uuid;

use super::*;
use crate::shared::Blocked;
use crate::shared::ids::{NeedId, OrganisationId, ReferralId, ServiceId};

/// Europe/Paris by its rule: summer time from the last Sunday of March to the last of October, 01:00 UTC.
pub struct Paris;

impl Paris {
    fn last_sunday(year: i32, month: u32) -> DateTime<Utc> {
        let last = NaiveDate::from_ymd_opt(year, month, 31).unwrap();
        let back = u64::from(last.weekday().days_since(Weekday::Sun));
        (last - Days::new(back)).and_hms_opt(1, 0, 0).unwrap().and_utc()
    }

    fn offset(at: DateTime<Utc>) -> Duration {
        let summer = Self::last_sunday(at.year(), 3)..Self::last_sunday(at.year(), 10);
        Duration::hours(if summer.contains(&at) { 2 } else { 1 })
    }
}

impl Zone for Paris {
    fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        (at + Self::offset(at)).date_naive()
    }

    fn at_local(&self, date: NaiveDate, hour: u32) -> DateTime<Utc> {
        let local = date.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap()).and_utc();
        let summer = local - Duration::hours(2);
        if Self::offset(summer) == Duration::hours(2) { summer } else { local - Duration::hours(1) }
    }
}

pub fn paris_hour(at: DateTime<Utc>) -> u32 {
    (at + Paris::offset(at)).hour()
}

pub fn utc(year: i32, month: u32, day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, hour, 0, 0).unwrap()
}

pub fn noon() -> DateTime<Utc> {
    utc(2026, 6, 1, 12)
}

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn person() -> PersonForm {
    PersonForm {
        family_name: Some("Lefèvre".parse().unwrap()),
        given_name: Some("Anne-Marie".parse().unwrap()),
        contact_preferences: vec![ContactPreference::Phone],
        phone: Some("06 12 34 56 78".to_owned()),
        ..PersonForm::default()
    }
}

pub fn form() -> Form {
    Form {
        person: person(),
        audiences: vec!["jeunes".to_owned()],
        criteria: vec!["rsa".to_owned()],
        documents: vec![DocumentTick { code: "cv".to_owned(), at_hand: true, reason: Some("Suivra".parse().unwrap()) }],
        person_agreed: true,
        person_informed: true,
        ..Form::default()
    }
}

pub fn offer() -> Offer {
    Offer {
        service_id: Some(ServiceId(uuid(30))),
        organisation_id: OrganisationId(uuid(20)),
        unit_id: None,
        version: 7,
        name: "Atelier numérique".to_owned(),
        published: true,
        suspended: false,
        form_enabled: true,
        contact_email: Some("accueil@atelier.example".to_owned()),
        contact_name: Some("Accueil".to_owned()),
        contact_phone: None,
        address: Some("1 rue de la Paix, 75002 Paris".to_owned()),
        for_everyone: false,
        audiences: vec!["jeunes".to_owned()],
        criteria: vec![OfferedCriterion { id: "rsa".to_owned(), label: "RSA".to_owned() }],
        documents: vec![
            AskedDocument { code: "cv".to_owned(), label: "CV".to_owned(), obligatory: true },
            AskedDocument { code: "photo".to_owned(), label: "Photo".to_owned(), obligatory: false },
        ],
        asks: crate::eligibility::Asked::default(),
        hours_per_week: Some(3),
        weeks: Some(10),
        organisation_active: true,
    }
}

pub fn content() -> DraftContent {
    DraftContent {
        sender_unit_id: None,
        adviser_id: None,
        receiver_organisation_id: Some(OrganisationId(uuid(20))),
        receiver_unit_id: None,
        service_id: Some(ServiceId(uuid(30))),
        person_id: None,
        adviser_email: None,
        form: form(),
    }
}

pub fn new_referral() -> NewReferral {
    NewReferral {
        id: ReferralId(uuid(1)),
        need_id: NeedId(uuid(2)),
        sender_organisation_id: OrganisationId(uuid(10)),
        sent_by: None,
        content: content(),
    }
}

pub fn send_context<'a>(offer: &'a Offer, clocks: &'a Clocks) -> SendContext<'a> {
    SendContext {
        offer: Some(offer),
        sender_verified: true,
        sender_active: true,
        eligibility: None,
        override_reason: None,
        accept_duplicate: false,
        probable_duplicate: false,
        documents: &[],
        zone: &Paris,
        clocks,
    }
}

/// The same service at another organisation.
pub fn other_offer(organisation: u128) -> Offer {
    Offer { organisation_id: OrganisationId(uuid(organisation)), service_id: Some(ServiceId(uuid(organisation + 10))), ..offer() }
}

pub fn passing<'a>(offer: &'a Offer, holders: &'a [Holder], clocks: &'a Clocks) -> Passing<'a> {
    Passing {
        kind: Kind::Redirect,
        next_id: ReferralId(uuid(100)),
        offer,
        pointer: "/service_id",
        eligibility: None,
        code: Some(RedirectCode::CloserService),
        note: None,
        contacted: None,
        documents: Vec::new(),
        person_agreed: true,
        holders,
        clocks,
        zone: &Paris,
    }
}

pub fn context(party: Party, clocks: &Clocks) -> Context<'_> {
    Context { party, clocks, zone: &Paris, taken: false }
}

pub fn draft(now: DateTime<Utc>) -> Referral {
    Referral::draft(new_referral(), Some(&offer()), &Clocks::default(), now).unwrap().referral
}

pub fn sent(now: DateTime<Utc>) -> Referral {
    let clocks = Clocks::default();
    draft(now).send(Party::Sender, &send_context(&offer(), &clocks), now).unwrap().referral
}

pub fn held(now: DateTime<Utc>) -> Referral {
    let (clocks, offer) = (Clocks::default(), offer());
    let ctx = SendContext { sender_verified: false, ..send_context(&offer, &clocks) };
    draft(now).send(Party::Sender, &ctx, now).unwrap().referral
}

/// A leg put into a state, whichever way leads there.
pub fn leg_in(state: State, now: DateTime<Utc>) -> Referral {
    let mut leg = match state {
        State::Draft => return draft(now),
        State::Held | State::Blocked => held(now),
        _ => sent(now),
    };
    leg.enter(state, &Clocks::default(), now);
    leg
}

pub fn refusal() -> RefuseCommand {
    RefuseCommand { codes: vec![RefusalCode::NoCapacity], message: None }
}

pub fn reported(decision: Decision, on: NaiveDate) -> RecordAnswerCommand {
    let codes = if decision == Decision::Refused { vec![RefusalCode::OutOfArea] } else { Vec::new() };
    let channel = AnswerChannel::Phone;
    RecordAnswerCommand { decision, codes, channel, told_by: "Mme Roux".parse().unwrap(), on, note: None }
}

pub fn step(n: u128) -> PathStep {
    PathStep {
        id: uuid(n),
        label: "Premier rendez-vous".parse().unwrap(),
        service_id: None,
        starts_at: None,
        place: None,
        units: Some(1),
        attended: false,
    }
}

pub fn pause_until(until: DateTime<Utc>) -> PauseCommand {
    PauseCommand { reason: "La personne est hospitalisée".parse().unwrap(), until }
}

pub fn archive_command(ending: Option<Ending>) -> ArchiveCommand {
    ArchiveCommand { reason: ArchiveReason::Unreachable, note: None, ending }
}

/// What a command made, with the filing that is there afterwards.
pub struct Done {
    pub change: Change,
    pub filing: Option<Filing>,
}

/// Carries out an act with a command whose own content is in order.
pub fn act(leg: Referral, act: Act, filing: Option<Filing>, ctx: &Context<'_>, now: DateTime<Utc>) -> Result<Done, Blocked> {
    let offer = offer();
    let kept = filing.clone();
    let change = match act {
        Act::Patch => {
            let contact = ContactPatch { phone: Some("0102030405".to_owned()), ..leg.form.contact() };
            let form = leg.form.clone().with_contact(contact);
            leg.patch(DraftContent { form, ..content() }, Some(&offer), ctx, now)
        }
        Act::Delete => leg.delete(ctx.party),
        Act::Send => leg.send(ctx.party, &send_context(&offer, ctx.clocks), now),
        Act::Review => leg.review(ctx, now),
        Act::Waitlist => leg.waitlist(ctx, now),
        Act::Assign => Blocked::unless_empty(leg.blockers_to_assign(ctx.party))
            .map(|()| Change { referral: leg, events: vec![Event::ReferralAssigned] }),
        Act::Accept => leg.accept(AcceptCommand::default(), Some(&offer), ctx, now),
        Act::Path => leg.set_path(vec![step(1), step(2)], ctx, now),
        Act::Refuse => leg.refuse(refusal(), ctx, now),
        Act::Redirect => {
            let (target, holders) = (other_offer(21), []);
            return leg.redirect(passing(&target, &holders, ctx.clocks), ctx, now).map(|done| Done { change: done.former, filing: kept });
        }
        Act::Withdraw => leg.withdraw(WithdrawCommand::default(), ctx, now),
        Act::RecordAnswer => {
            let decision = if leg.reminders_sent % 2 == 0 { Decision::Accepted } else { Decision::Refused };
            leg.record_answer(reported(decision, Paris.local_date(now)), Some(&offer), ctx, now)
        }
        Act::Complete => leg.complete(CompleteCommand { outcome: Outcome::Done, text: None }, ctx, now),
        Act::Archive => {
            let done = leg.archive(archive_command(None), filing.as_ref(), ctx, now)?;
            return Ok(Done { change: done.change, filing: Some(done.filing) });
        }
        Act::Unarchive => {
            let change = leg.unarchive(filing.as_ref(), ctx, now)?;
            return Ok(Done { change, filing: None });
        }
        Act::Message => {
            let command = MessageCommand { kind: MessageKind::Message, body: "Bonjour".parse().unwrap() };
            leg.message(&command, ctx.party)
        }
        Act::PauseClock => {
            let left = leg.pause_left(ctx.clocks).clamp(Duration::seconds(1), Duration::days(10));
            leg.pause_clock(pause_until(now + left), ctx, now)
        }
        Act::ResumeClock => leg.resume_clock(ctx, now),
    };
    change.map(|change| Done { change, filing: kept })
}

pub fn codes(blocked: &Blocked) -> Vec<&'static str> {
    blocked.0.iter().map(|blocker| blocker.code).collect()
}
