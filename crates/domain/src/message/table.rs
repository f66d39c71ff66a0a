//! The table of notices as data, and the one function that reads it.

use super::{AdviserPlace, Channel, Notice, NoticeKind, Parties, Recipient, ReportedAnswer, Situation};
use NoticeKind as K;
use Recipient::{Account, AddressOnFile, Adviser, Claimant, Lead, Moderator, OutsideAdviser, Person, Receiver, Sender};

/// From when on a line of the table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Whether or not the receiver was told.
    Always,
    /// Only from `told_at` on.
    OnceTold,
    /// From `told_at` on for everybody; before it for the sender alone.
    SenderFirst,
}

/// One line of the table: the event, from when on, and who is told. `Adviser` stands for an adviser with another
/// address than the sender's, inside or outside the organisation.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The event.
    pub event: NoticeKind,
    /// From when on.
    pub moment: Moment,
    /// Who is told.
    pub recipients: &'static [Recipient],
}

const fn line(event: NoticeKind, moment: Moment, recipients: &'static [Recipient]) -> Line {
    Line { event, moment, recipients }
}

/// Who is told of what. Every kind has one line.
pub const TABLE: &[Line] = &[
    line(K::Held, Moment::Always, &[Sender]),
    line(K::Blocked, Moment::Always, &[Sender]),
    line(K::Sent, Moment::OnceTold, &[Receiver, Sender, Adviser, Person]),
    line(K::SentToPerson, Moment::OnceTold, &[Person]),
    line(K::Reviewed, Moment::OnceTold, &[Sender, Adviser]),
    line(K::Waitlisted, Moment::OnceTold, &[Sender, Adviser]),
    line(K::Accepted, Moment::OnceTold, &[Receiver, Sender, Adviser, Person]),
    line(K::Refused, Moment::OnceTold, &[Sender, Adviser, Person]),
    line(K::Withdrawn, Moment::SenderFirst, &[Receiver, Sender, Adviser, Person]),
    line(K::Expired, Moment::OnceTold, &[Receiver, Sender, Adviser, Person]),
    line(K::Completed, Moment::OnceTold, &[Sender, Adviser]),
    line(K::Reopened, Moment::OnceTold, &[Sender, Adviser]),
    line(K::Reminder, Moment::OnceTold, &[Receiver]),
    line(K::HolderReminder, Moment::OnceTold, &[Receiver]),
    line(K::WaitlistQuestion, Moment::OnceTold, &[Sender]),
    line(K::HeldReminder, Moment::Always, &[Moderator]),
    line(K::DraftDeleted, Moment::Always, &[Sender]),
    line(K::ContactChanged, Moment::OnceTold, &[Receiver]),
    line(K::AnswerRecorded, Moment::OnceTold, &[Receiver, Adviser, Person]),
    line(K::Message, Moment::OnceTold, &[Receiver, Sender, Adviser, Person]),
    line(K::OutsideQuestion, Moment::Always, &[Sender]),
    line(K::AccessLink, Moment::OnceTold, &[Receiver]),
    line(K::Invitation, Moment::Always, &[Account]),
    line(K::PasswordReset, Moment::Always, &[Account]),
    line(K::PasswordChanged, Moment::Always, &[Account]),
    line(K::EmailConfirmation, Moment::Always, &[Account]),
    line(K::EmailChanged, Moment::Always, &[Account]),
    line(K::SessionReuseAlert, Moment::Always, &[Account]),
    line(K::OrganisationVerification, Moment::Always, &[AddressOnFile]),
    line(K::AccountConfirmation, Moment::Always, &[Account]),
    line(K::AccountExists, Moment::Always, &[Account]),
    line(K::JoinRequested, Moment::Always, &[Account]),
    line(K::JoinAccepted, Moment::Always, &[Account]),
    line(K::JoinRefused, Moment::Always, &[Account]),
    line(K::ServiceReported, Moment::Always, &[Account, AddressOnFile]),
    line(K::SavedSearchAlert, Moment::Always, &[Account]),
    line(K::Redirected, Moment::OnceTold, &[Receiver, Sender, Adviser, Person]),
    line(K::Returned, Moment::OnceTold, &[Receiver, Sender, Adviser, Person]),
    line(K::Retrieved, Moment::OnceTold, &[Receiver, Lead, Claimant, Sender, Adviser, Person]),
    line(K::Claimed, Moment::OnceTold, &[Receiver, Sender, Adviser, Person]),
    line(K::ClaimObjected, Moment::OnceTold, &[Claimant, Receiver, Sender, Adviser]),
    line(K::ClaimLapsed, Moment::OnceTold, &[Claimant, Receiver, Sender, Adviser]),
    line(K::Superseded, Moment::OnceTold, &[Receiver]),
    line(K::Escalated, Moment::OnceTold, &[Lead]),
    line(K::ConsentWithdrawn, Moment::OnceTold, &[Receiver]),
    line(K::DocumentRefused, Moment::Always, &[Account]),
    line(K::ExportReady, Moment::Always, &[Account]),
    line(K::Digest, Moment::Always, &[Account]),
];

/// The notices that an event sets off, in the order of the table and without repetition.
pub fn notices_for(event: NoticeKind, situation: &Situation) -> Vec<Notice> {
    let mut notices = Vec::new();
    for line in TABLE.iter().filter(|line| line.event == event) {
        for &recipient in line.recipients {
            if let Some(notice) = notice_for(line, recipient, situation)
                && !notices.contains(&notice)
            {
                notices.push(notice);
            }
        }
    }
    let receiver_told = notices.iter().any(|notice| notice.recipient == Receiver);
    if situation.adviser == AdviserPlace::AtReceiver && receiver_told {
        notices.retain(|notice| notice.recipient != OutsideAdviser);
    }
    notices
}

fn notice_for(line: &Line, cell: Recipient, situation: &Situation) -> Option<Notice> {
    if !moment_holds(line.moment, cell, situation.told) || !has_part(line.event, cell, situation.parties) {
        return None;
    }
    if told_otherwise(line.event, cell, situation) {
        return None;
    }
    let chosen = line.event != K::Message || situation.message_to.iter().any(|to| same_place(*to, cell));
    if !chosen {
        return None;
    }
    let recipient = addressee(line.event, cell, situation.adviser)?;
    let kind = kind_for(line.event, recipient, situation.reported)?;
    Some(Notice { kind, recipient, channel: channel_for(kind, recipient, situation) })
}

fn moment_holds(moment: Moment, cell: Recipient, told: bool) -> bool {
    match moment {
        Moment::Always => true,
        Moment::OnceTold => told,
        Moment::SenderFirst => told || cell == Sender,
    }
}

/// What another notice says already: the hand-over tells everybody but the next receiver, the return everybody but the
/// receiver whose leg ended. A retrieval tells the leads only when it was urgent.
fn told_otherwise(event: NoticeKind, cell: Recipient, situation: &Situation) -> bool {
    match event {
        K::Sent => situation.handed_over && cell != Receiver,
        K::Refused | K::Expired | K::AnswerRecorded => situation.returns && cell != Receiver,
        K::Retrieved => cell == Lead && !situation.tell_leads,
        _ => false,
    }
}

/// A walk-in has no sender and tells nobody of its acts; only what changes hands is told. A referral made outside only
/// asks its sender what became of it.
fn has_part(event: NoticeKind, cell: Recipient, parties: Parties) -> bool {
    if matches!(cell, Moderator | Account | AddressOnFile) {
        return true;
    }
    match parties {
        Parties::Both => event != K::OutsideQuestion,
        Parties::ReceiverOnly => match event {
            K::Message | K::Redirected | K::Returned | K::Retrieved | K::Claimed => matches!(cell, Receiver | Person | Claimant | Lead),
            K::ClaimObjected | K::ClaimLapsed | K::Escalated | K::ConsentWithdrawn => matches!(cell, Receiver | Claimant | Lead),
            _ => false,
        },
        Parties::SenderOnly => matches!(event, K::OutsideQuestion | K::DraftDeleted),
    }
}

fn same_place(chosen: Recipient, cell: Recipient) -> bool {
    chosen == cell || (chosen == OutsideAdviser && cell == Adviser)
}

/// Copies are de-duplicated by address: an adviser with the sender's address gets nothing of its own, and a message
/// meant for that adviser goes to the sender. One with the receiver's address gets no copy of what the receiver is told.
fn addressee(event: NoticeKind, cell: Recipient, adviser: AdviserPlace) -> Option<Recipient> {
    match (cell, adviser) {
        (Adviser, AdviserPlace::SameAddress) if event == K::Message => Some(Sender),
        (Adviser, AdviserPlace::SameAddress) => None,
        (Adviser, AdviserPlace::Outside | AdviserPlace::AtReceiver) => Some(OutsideAdviser),
        _ => Some(cell),
    }
}

fn kind_for(event: NoticeKind, recipient: Recipient, reported: Option<ReportedAnswer>) -> Option<NoticeKind> {
    match (event, recipient) {
        (K::Sent, Person) => Some(K::SentToPerson),
        (K::AnswerRecorded, Person) => reported.map(|answer| match answer {
            ReportedAnswer::Accepted => K::Accepted,
            ReportedAnswer::Refused => K::Refused,
        }),
        _ => Some(event),
    }
}

fn channel_for(kind: NoticeKind, recipient: Recipient, situation: &Situation) -> Channel {
    match (kind, recipient) {
        (K::OutsideQuestion, _) => Channel::InApp,
        (_, Person) if !situation.person_has_email => Channel::TellThePerson,
        (K::Refused, Person) if !situation.refuse_tells_person => Channel::TellThePerson,
        _ => Channel::Mail,
    }
}

/// Every pair of kind and recipient that [`notices_for`] can yield, in the order of the table.
pub fn pairs() -> Vec<(NoticeKind, Recipient)> {
    let mut pairs = Vec::new();
    for line in TABLE {
        for &cell in line.recipients {
            let kind = kind_for(line.event, cell, Some(ReportedAnswer::Accepted)).unwrap_or(line.event);
            let expanded: &[Recipient] = if cell == Adviser { &[Adviser, OutsideAdviser] } else { &[cell] };
            for &recipient in expanded {
                if !pairs.contains(&(kind, recipient)) {
                    pairs.push((kind, recipient));
                }
            }
        }
    }
    pairs
}
