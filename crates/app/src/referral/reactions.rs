//! What each event of a leg sets off, in the transaction of its act: the event log, the clocks, the notices, the end of
//! consents and links.

use chrono::Months;
use relais_domain::access::Category;
use relais_domain::message::NoticeKind;
use relais_domain::referral::{Change, DueJob, Event, Kind, Referral, State};
use relais_domain::shared::ids::{OrganisationId, ReferralId};
use relais_persistence::person::entity::consent;
use relais_persistence::platform::job;
use relais_persistence::referral::write;
use relais_persistence::task::write as task;
use relais_persistence::{NewJob, Tx};
use serde_json::json;

use super::chain;
use crate::message::notify::{self, About};
use crate::{App, Refusal, document, person};

/// The kind of job that the clock of a leg enqueues.
pub const CLOCK_JOB: &str = "referral_clock";
/// Reminders and expiry come after mails that people wait for.
const CLOCK_PRIORITY: i32 = 20;
/// A consent ends this long after the referral, unless it says otherwise.
const CONSENT_MONTHS: Months = Months::new(24);

/// The table of reactions: what is told when something happens. Events that are not here are told to nobody.
fn told(event: Event, leg: &Referral) -> Option<NoticeKind> {
    let state = leg.state;
    Some(match event {
        Event::ReferralHeld => NoticeKind::Held,
        Event::ReferralSent => NoticeKind::Sent,
        // What was fetched is told with the retrieval.
        Event::ReferralArrived if leg.kind == Kind::Redirect => NoticeKind::Sent,
        Event::ReferralSuperseded => NoticeKind::Superseded,
        Event::ReferralReviewed => NoticeKind::Reviewed,
        Event::ReferralWaitlisted => NoticeKind::Waitlisted,
        Event::ReferralAccepted => NoticeKind::Accepted,
        Event::ReferralRefused => NoticeKind::Refused,
        Event::ReferralWithdrawn => NoticeKind::Withdrawn,
        Event::ReferralCompleted => NoticeKind::Completed,
        Event::ReferralExpired => NoticeKind::Expired,
        // One that waited is told by its withdrawal.
        Event::ConsentWithdrawn if state != State::Withdrawn => NoticeKind::ConsentWithdrawn,
        Event::ReferralEscalated => NoticeKind::Escalated,
        Event::ReferralReopened => NoticeKind::Reopened,
        Event::ReferralContactChanged => NoticeKind::ContactChanged,
        Event::ReferralAnswerRecorded => NoticeKind::AnswerRecorded,
        Event::DraftExpired => NoticeKind::DraftDeleted,
        Event::ReferralReminded => match state {
            State::Held => NoticeKind::HeldReminder,
            State::Sent => NoticeKind::Reminder,
            _ => NoticeKind::HolderReminder,
        },
        _ => return None,
    })
}

/// Carries out what the events of a change set off. `before` is the leg before the act; none for a new one.
///
/// # Errors
/// As any write.
pub async fn follow(app: &App, tx: &mut Tx, before: Option<&Referral>, change: &Change) -> Result<(), Refusal> {
    let leg = &change.referral;
    let back_to = chain::back_to(tx, leg, &change.events).await?;
    for event in &change.events {
        tx.event(event.code(), "referral", leg.id.0, Some(concerned(leg)));
        // The recorded answer tells both what was decided and who recorded it; the decision itself is not told twice.
        let recorded = change.events.contains(&Event::ReferralAnswerRecorded);
        let twice = recorded && matches!(event, Event::ReferralAccepted | Event::ReferralRefused);
        if let Some(kind) = told(*event, leg).filter(|_| !twice)
            && speaks(tx, leg, kind).await?
        {
            tell(tx, leg, kind, About { returns: back_to.is_some(), ..About::default() }).await?;
        }
    }
    receipts(tx, before, change).await?;
    let had_ended = before.is_some_and(|before| before.state.has_ended());
    if before.is_some() && leg.state.has_ended() != had_ended {
        end_consents(tx, leg).await?;
        if had_ended {
            document::reopened(tx, leg).await?;
        } else {
            write::revoke_links(tx, leg.id).await?;
            document::ended(tx, leg).await?;
        }
    }
    if before.is_some_and(|before| before.state != leg.state) {
        task::answered(tx, leg.id, leg.state).await?;
    }
    let gone = change.events.iter().any(|event| matches!(event, Event::DraftDeleted | Event::DraftExpired));
    if gone {
        document::draft_gone(tx, leg).await?;
    }
    set_clocks(app, tx, before, if gone { None } else { Some(leg) }).await?;
    if change.events.contains(&Event::ReferralLeft) {
        crate::reactions::less_is_read(tx, leg.receiver_organisation_id.as_slice()).await?;
    }
    if change.events.contains(&Event::ReferralAccepted) {
        chain::supersede_rivals(app, tx, leg).await?;
    }
    match back_to {
        Some(holder) => chain::go_back(app, tx, leg, holder).await,
        None => Ok(()),
    }
}

/// Moderators are reminded of an organisation, not of each referral that waits with it: the one that waits longest speaks for all.
async fn speaks(tx: &Tx, leg: &Referral, kind: NoticeKind) -> Result<bool, Refusal> {
    Ok(kind != NoticeKind::HeldReminder || write::longest_held(tx, leg.sender_organisation_id).await? == Some(leg.id))
}

/// Tells of something, and notes who is told for the answer of a dry run.
pub(super) async fn tell(tx: &mut Tx, leg: &Referral, kind: NoticeKind, about: About) -> Result<(), Refusal> {
    for notice in notify::referral(tx, leg, kind, about).await? {
        tx.note_told(json!({"kind": notice.kind, "recipient": notice.recipient, "channel": notice.channel}));
    }
    Ok(())
}

/// Whoever is told of the person gets it written down: with the leg itself when its receiver is first told, or has it again after it
/// had lost sight of it, and with a new contact.
async fn receipts(tx: &mut Tx, before: Option<&Referral>, change: &Change) -> Result<(), Refusal> {
    let leg = &change.referral;
    let first_told = leg.told_at.is_some() && before.is_none_or(|before| before.told_at.is_none());
    let sees_again = leg.receiver_left_at.is_none() && before.is_some_and(|before| before.receiver_left_at.is_some());
    if first_told || sees_again {
        let because = change.events.first().copied().unwrap_or(Event::ReferralSent);
        let told = person::told_with(tx, leg).await?;
        person::disclosed(tx, leg, because, told).await
    } else if change.events.contains(&Event::ReferralContactChanged) && leg.consent_withdrawn_at.is_none() {
        person::disclosed(tx, leg, Event::ReferralContactChanged, vec![Category::Contact]).await
    } else {
        Ok(())
    }
}

/// The organisation in whose event log a change stands: the receiver's once it was told, the sender's before.
fn concerned(leg: &Referral) -> OrganisationId {
    leg.receiver_organisation_id.filter(|_| leg.told_at.is_some()).unwrap_or(leg.sender_organisation_id)
}

/// Enqueues the due times that the leg implies now, and takes back those that it implied before.
async fn set_clocks(app: &App, tx: &mut Tx, before: Option<&Referral>, after: Option<&Referral>) -> Result<(), Refusal> {
    let clocks = &app.settings.clocks;
    let (old, new) = (before.map(|leg| leg.due(clocks)).unwrap_or_default(), after.map(|leg| leg.due(clocks)).unwrap_or_default());
    if old == new {
        return Ok(());
    }
    let Some(id) = after.or(before).map(|leg| leg.id) else { return Ok(()) };
    // What stays due is left alone: it may have been done already, or wait to be done at this very instant.
    job::cancel(tx, old.iter().filter(|due| !new.contains(due)).map(|due| key(id, due)).collect()).await?;
    for due in new.into_iter().filter(|due| !old.contains(due)) {
        enqueue(tx, id, due);
    }
    Ok(())
}

fn key(id: ReferralId, due: &DueJob) -> String {
    format!("leg:{id}:{}", due.key())
}

/// Enqueues one due time of a leg under its key; one that waits already is left as it is.
pub(super) fn enqueue(tx: &mut Tx, id: ReferralId, due: DueJob) {
    let key = key(id, &due);
    let DueJob { kind, at, n } = due;
    let payload = json!({"referral_id": id, "kind": kind.code(), "n": n, "at": at.timestamp_micros()});
    tx.enqueue(NewJob { kind: CLOCK_JOB, unique_key: Some(key), payload, priority: CLOCK_PRIORITY, run_at: at });
}

/// Consents run on after the end for some time, and without an end while the leg is open, or open again.
async fn end_consents(tx: &mut Tx, leg: &Referral) -> Result<(), Refusal> {
    let ends_on = leg.ended_at.and_then(|at| at.date_naive().checked_add_months(CONSENT_MONTHS));
    for row in write::consents(tx, leg.id).await?.into_iter().filter(|row| row.withdrawn_at.is_none()) {
        let after = consent::Model { ends_on, ..row.clone() };
        tx.save::<consent::Entity>(&row, after, if ends_on.is_some() { "end" } else { "resume" }).await?;
    }
    Ok(())
}
