//! What a mail about a leg may mention. Everything known is given; the renderer blanks what the recipient has no right to.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use relais_domain::message::{NoticeKind, Recipient};
use relais_domain::referral::{OwnMessage, Reason, RefusalCode};
use relais_persistence::message::read::{LegRow, OrganisationRow, Story};
use serde::Deserialize as _;

use super::address::{self, Addressee, LinkTo};
use super::{Brief, Matter};
use crate::App;
use crate::message::render::NoticeFacts;

/// Where a page of the platform is, as a mail links to it. What follows the link's own address says what to show:
/// `referral.<id>`, `organisation.<id>`, `service.<id>` or `saved_search.<id>` for somebody who signs in, the bare key of an access link for somebody who does not.
pub(super) fn page(app: &App, what: &str) -> String {
    app.settings.link_url.replace("{token}", what)
}

/// Everything known about a leg and its story.
pub(super) fn of_leg(brief: &Brief<'_>, to: &Addressee, key: Option<(&str, DateTime<Utc>)>) -> NoticeFacts {
    let Brief { app, ctx, story, matter, ref voice } = *brief;
    let name_of = |row: &Option<OrganisationRow>| row.as_ref().map(|row| row.name.clone());
    let contact = address::contact(story);
    let mut facts = NoticeFacts {
        recipient_name: to.name.clone(),
        organisation_name: name_of(&story.sender),
        sending_organisation: name_of(&story.sender),
        receiving_organisation: name_of(&story.receiver),
        receiver_gone: story.receiver.as_ref().is_some_and(|receiver| receiver.state.is_gone()),
        adviser_name: voice.name.clone(),
        adviser_email: voice.email.clone(),
        service_name: contact.service,
        service_address: contact.address,
        service_contact_name: contact.name,
        service_contact_email: contact.email,
        service_contact_phone: contact.phone,
        account_url: Some(app.settings.public_url.clone()),
        data_notice_url: app.settings.data_notice_url.clone(),
        message_text: story.message.as_ref().map(|message| message.body.clone()),
        message_author: story.message.as_ref().map(|message| message.author_name.clone()),
        ..NoticeFacts::default()
    };
    if let Some(leg) = &story.leg {
        let zone = zone_of(story, matter.recipient);
        let day = |at: Option<DateTime<Utc>>| at.map(|at| at.with_timezone(&zone).date_naive());
        facts.person_name = address::full_name(&leg.form);
        facts.referral_short_id = Some(short(leg));
        facts.sent_on = day(leg.told_at.or(leg.sent_at));
        facts.expires_on = day(leg.expire_at);
        facts.remind_on = day(leg.remind_at);
        facts.days_elapsed = days_elapsed(matter.kind, leg, ctx.now);
        facts.until = until(app, matter.kind, leg, key.map(|(_, end)| end), &day);
        facts.link_url = match (to.link, key) {
            (LinkTo::Nowhere, _) => None,
            (_, Some((token, _))) => Some(page(app, token)),
            _ if matter.recipient == Recipient::Moderator => Some(page(app, &format!("organisation.{}", leg.sender_organisation_id))),
            _ => Some(page(app, &format!("referral.{}", leg.id))),
        };
        answer(&mut facts, story, leg, matter, to);
    }
    if matter.kind == NoticeKind::Blocked {
        facts.reasons = story.sender.as_ref().and_then(|row| row.block_reason.clone()).into_iter().collect();
    }
    facts.days_kept = days_kept(app, matter);
    across(&mut facts, brief, to);
    facts
}

/// How long a draft was kept, or how long a former holder still reads what it handed over.
fn days_kept(app: &App, matter: Matter) -> Option<u32> {
    let days = match (matter.kind, matter.recipient) {
        (NoticeKind::DraftDeleted, _) => app.settings.clocks.draft_days,
        (NoticeKind::Redirected | NoticeKind::Retrieved, Recipient::Receiver) => app.settings.clocks.former_holder_days,
        _ => return None,
    };
    u32::try_from(days).ok()
}

/// What lies on the other side of a hand-over or a claim. `former_holder` had the referral before; `receiving_organisation`
/// has it now, at the service of that side. The former holder reads of its own service.
fn across(facts: &mut NoticeFacts, brief: &Brief<'_>, to: &Addressee) {
    let Brief { app, story, matter, .. } = *brief;
    let name_of = |row: &Option<OrganisationRow>| row.as_ref().map(|row| row.name.clone());
    let other = name_of(&story.other);
    match matter.kind {
        NoticeKind::Redirected | NoticeKind::Retrieved => {
            facts.former_holder = name_of(&story.receiver);
            facts.receiving_organisation = other;
            if matches!(matter.recipient, Recipient::Receiver | Recipient::Lead) {
                return;
            }
            let contact = address::contact_of(story.other_leg.as_ref(), story.other_service.as_ref());
            facts.service_name = contact.service;
            facts.service_address = contact.address;
            facts.service_contact_name = contact.name;
            facts.service_contact_email = contact.email.or_else(|| story.other.as_ref()?.email.clone());
            facts.service_contact_phone = contact.phone;
            if let Some(leg) = &story.other_leg {
                facts.referral_short_id = Some(short(leg));
                if to.link == LinkTo::Page {
                    facts.link_url = Some(page(app, &format!("referral.{}", leg.id)));
                }
            }
        }
        NoticeKind::Returned => {
            facts.former_holder = other;
            if let Some(leg) = &story.other_leg {
                let refused = Matter { kind: NoticeKind::Refused, ..matter };
                answer(facts, story, leg, refused, to);
            }
        }
        // A claim proved no right to the file: nothing of it is told, neither its reference nor who sent it and who holds it.
        NoticeKind::ClaimObjected | NoticeKind::ClaimLapsed if matter.recipient == Recipient::Claimant => {
            let (recipient_name, account_url) = (facts.recipient_name.take(), facts.account_url.take());
            *facts = NoticeFacts { recipient_name, account_url, ..NoticeFacts::default() };
        }
        NoticeKind::Claimed | NoticeKind::ClaimObjected | NoticeKind::ClaimLapsed => facts.claiming_organisation = other,
        _ => facts.former_holder = name_of(&story.handed_over_by),
    }
}

/// What was answered, in the addressee's language.
fn answer(facts: &mut NoticeFacts, story: &Story, leg: &LegRow, matter: Matter, to: &Addressee) {
    let language = to.language;
    let said = leg.answer_message.as_ref().map(ToString::to_string);
    match matter.kind {
        NoticeKind::Refused => {
            let (own, reasons) = (own_messages(story, leg), reasons_of(story, leg));
            let standard = || reasons.first().map(|reason| reason.message(&own, language));
            facts.answer_message = said.or_else(standard);
            facts.reasons = reasons.iter().map(|reason| reason.label(&own, language)).collect();
        }
        NoticeKind::Completed => {
            facts.answer_message = leg.outcome_text.as_ref().map(ToString::to_string);
            facts.outcome_label = leg.outcome.map(|outcome| outcome.labels().in_language(language).to_owned());
        }
        NoticeKind::AnswerRecorded => {
            facts.answer_message = leg.reported.as_ref().and_then(|reported| reported.note.as_ref()).map(ToString::to_string);
            facts.outcome_label = Some(leg.state.labels().in_language(language).to_owned());
        }
        // What was said to the sender is not for the person.
        _ if matter.recipient == Recipient::Person => facts.answer_message = leg.message_for_person.as_ref().map(ToString::to_string),
        _ => facts.answer_message = said,
    }
}

/// Why a leg was refused: for what its receiver filed it away, else what it said.
fn reasons_of(story: &Story, leg: &LegRow) -> Vec<Reason> {
    if let Some(reason) = story.filed_for {
        return vec![reason.into()];
    }
    let codes: Vec<RefusalCode> = serde_json::from_value(leg.refusal_codes.clone()).unwrap_or_default();
    codes.into_iter().map(Reason::from).collect()
}

/// The words that the receiver of a leg set for itself.
fn own_messages(story: &Story, leg: &LegRow) -> Vec<OwnMessage> {
    let both = [&story.receiver, &story.other];
    let receiver = both.into_iter().flatten().find(|row| Some(row.id) == leg.receiver_organisation_id);
    let messages = receiver.and_then(|row| row.settings.get("messages"));
    messages.and_then(|messages| Vec::deserialize(messages).ok()).unwrap_or_default()
}

/// Eight characters that both sides can quote.
fn short(leg: &LegRow) -> String {
    let id = leg.id.0.simple().to_string();
    id.get(id.len().saturating_sub(8)..).unwrap_or_default().to_uppercase()
}

/// Days are told in the zone of the side that reads them.
pub(super) fn zone_of(story: &Story, recipient: Recipient) -> Tz {
    let side = match recipient {
        Recipient::Receiver | Recipient::Lead => &story.receiver,
        Recipient::Claimant => &story.other,
        _ => &story.sender,
    };
    side.as_ref().map_or(Tz::UTC, OrganisationRow::zone)
}

/// Whole days since the clock of this notice started.
fn days_elapsed(kind: NoticeKind, leg: &LegRow, now: DateTime<Utc>) -> Option<u32> {
    let since = match kind {
        NoticeKind::Reminder | NoticeKind::Escalated => leg.told_at?,
        NoticeKind::HolderReminder | NoticeKind::WaitlistQuestion | NoticeKind::HeldReminder | NoticeKind::OutsideQuestion => {
            leg.state_since
        }
        _ => return None,
    };
    u32::try_from((now - since).num_days()).ok()
}

fn until(
    app: &App,
    kind: NoticeKind,
    leg: &LegRow,
    key_ends: Option<DateTime<Utc>>,
    day: &dyn Fn(Option<DateTime<Utc>>) -> Option<NaiveDate>,
) -> Option<NaiveDate> {
    match kind {
        NoticeKind::AccessLink => day(key_ends),
        NoticeKind::Waitlisted => day(leg.expire_at),
        NoticeKind::AnswerRecorded => {
            let days = TimeDelta::days(i64::from(app.settings.clocks.correct_reported_days));
            day(leg.decided_at.map(|at| at + days))
        }
        _ => None,
    }
}
