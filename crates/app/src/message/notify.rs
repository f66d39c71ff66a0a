//! What an act sets off: notices, tasks, and the jobs that carry them out. Everything is written in the act's own
//! transaction, so nobody is told of what did not happen and nobody is forgotten.

use relais_domain::message::{AdviserPlace, Channel, Notice, NoticeKind, Parties, Recipient, ReportedAnswer, Situation, notices_for};
use relais_domain::referral::{Kind, Referral, State};
use relais_domain::shared::ids::{
    InvitationId, JoinRequestId, MessageId, NoticeId, OrganisationId, ReferralId, SavedSearchId, ServiceId, UserId,
};
use relais_domain::task::TaskKind;
use relais_persistence::message::write::{self, Addresses, NoticeTies};
use relais_persistence::{NewJob, Tx};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Refusal;

/// The kind of the job that delivers one notice.
pub const NOTICE_JOB: &str = "notice";
/// The kind of the job that sends one mail of an account.
pub const ACCOUNT_JOB: &str = "account_mail";
/// The kind of the task that asks the sender to tell the person.
pub const TELL_THE_PERSON: &str = "tell_the_person";
/// The kind of the task that asks the sender what became of a referral made outside.
pub const OUTSIDE_QUESTION: &str = "outside_question";

/// The kind of the job that writes one user's summary of a day.
pub const DIGEST_JOB: &str = "digest";

const SOON: i32 = 10;
const AT_ONCE: i32 = 5;

/// What a mail of an account is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountSubject {
    /// A user.
    User(UserId),
    /// An invitation. The key in the mail is [`crate::keys::Keys::link_token`] of the invitation's id.
    Invitation(InvitationId),
    /// A one-time key of a user. The key in the mail is [`crate::keys::Keys::link_token`] of the row's id.
    AccountToken {
        /// The user.
        user: UserId,
        /// The row of the key.
        token: Uuid,
    },
    /// A request to join an organisation, told to one user.
    JoinRequest {
        /// Who is told.
        user: UserId,
        /// The request.
        request: JoinRequestId,
    },
    /// An organisation: the mail goes to the address on file.
    Organisation(OrganisationId),
    /// A service of the directory.
    Service {
        /// The service.
        service: ServiceId,
        /// Who is told; the address on file of its organisation when nobody is named.
        user: Option<UserId>,
    },
    /// What a saved search found new.
    SavedSearch {
        /// Whose it is.
        user: UserId,
        /// The search.
        search: SavedSearchId,
        /// How many services are new.
        found: u64,
        /// The first of them.
        services: Vec<ServiceId>,
    },
    /// A document that was refused by its examination. Its name is not told: it may hold what was refused.
    Document {
        /// Who uploaded it.
        user: UserId,
        /// The leg it was for, when there was one.
        referral: Option<ReferralId>,
        /// Why.
        code: &'static str,
    },
    /// An export that can be fetched.
    Export {
        /// Who asked for it.
        user: UserId,
        /// The export.
        export: Uuid,
    },
}

/// Sends a mail of an account after this transaction has committed. The job holds ids only; the address is read when the
/// mail is written.
pub fn account(tx: &mut Tx, kind: NoticeKind, subject: AccountSubject) {
    let subject = match subject {
        AccountSubject::User(id) => json!({"user_id": id}),
        AccountSubject::Invitation(id) => json!({"invitation_id": id}),
        AccountSubject::AccountToken { user, token } => json!({"user_id": user, "token_id": token}),
        AccountSubject::JoinRequest { user, request } => json!({"user_id": user, "join_request_id": request}),
        AccountSubject::Organisation(id) => json!({"organisation_id": id}),
        AccountSubject::Service { service, user } => json!({"service_id": service, "user_id": user}),
        AccountSubject::SavedSearch { user, search, found, services } => {
            json!({"user_id": user, "saved_search_id": search, "found": found, "services": services})
        }
        AccountSubject::Document { user, referral, code } => json!({"user_id": user, "referral_id": referral, "document_refused": code}),
        AccountSubject::Export { user, export } => json!({"user_id": user, "export_id": export}),
    };
    // The mail's id is fixed here: every try of the job sends the same message.
    let mail: NoticeId = tx.ctx().fresh();
    let payload = json!({"mail_id": mail, "kind": kind, "subject": subject});
    tx.enqueue(NewJob { kind: ACCOUNT_JOB, unique_key: None, payload, priority: AT_ONCE, run_at: tx.ctx().now });
}

/// What a notice is about besides the leg.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// For [`NoticeKind::Message`]: the message.
    pub message: Option<MessageId>,
    /// For [`NoticeKind::Message`]: whom its author chose.
    pub message_to: Vec<Recipient>,
    /// Of a hand-over: the leg on the other side of it.
    pub other_leg: Option<ReferralId>,
    /// Of a hand-over or a claim: the organisation on the other side of it.
    pub other_organisation: Option<OrganisationId>,
    /// For [`NoticeKind::Refused`] and [`NoticeKind::Expired`]: the former holder gets the referral back, and
    /// [`NoticeKind::Returned`] tells sender, adviser and person.
    pub returns: bool,
    /// For [`NoticeKind::Retrieved`]: the former holder's leads are told too.
    pub tell_leads: bool,
}

impl About {
    /// For a hand-over, told of the leg that was handed over ([`NoticeKind::Redirected`], [`NoticeKind::Retrieved`]) or that
    /// came back ([`NoticeKind::Returned`]): the other leg.
    pub fn other_leg(other: &Referral) -> Self {
        Self { other_leg: Some(other.id), other_organisation: other.receiver_organisation_id, ..Self::default() }
    }

    /// For [`NoticeKind::Claimed`], [`NoticeKind::ClaimObjected`] and [`NoticeKind::ClaimLapsed`], told of the leg that is
    /// claimed: who claims it.
    pub fn claimant(organisation: OrganisationId) -> Self {
        Self { other_organisation: Some(organisation), ..Self::default() }
    }
}

/// Tells whoever has to be told of an event of a leg, as the leg stands after it: one notice each, by mail, by a task of
/// the sending organisation, or inside the application. Call it before the row of a deleted draft is gone or after: a
/// notice of a deleted draft does not refer to it.
///
/// # Errors
/// As any write.
pub async fn referral(tx: &mut Tx, leg: &Referral, kind: NoticeKind, about: About) -> Result<Vec<Notice>, Refusal> {
    let situation = situation(tx, leg, kind, &about).await?;
    let notices = notices_for(kind, &situation);
    for &notice in &notices {
        let ties = ties(leg, notice, &about);
        match notice.channel {
            Channel::Mail => {
                let id = write::add_notice(tx, notice, ties, "pending");
                by_mail(tx, id, notice, leg);
            }
            Channel::TellThePerson => {
                let id = write::add_notice(tx, notice, ties, "shown");
                task(tx, leg.sender_organisation_id, leg.id, TELL_THE_PERSON, Some((id, notice))).await?;
            }
            Channel::InApp => {
                let id = write::add_notice(tx, notice, ties, "shown");
                if notice.kind == NoticeKind::OutsideQuestion {
                    task(tx, leg.sender_organisation_id, leg.id, OUTSIDE_QUESTION, Some((id, notice))).await?;
                }
            }
        }
    }
    Ok(notices)
}

/// Tells every member of an organisation that it was shut out: once, however much it held back.
pub fn blocked(tx: &mut Tx, organisation: OrganisationId) {
    for notice in notices_for(NoticeKind::Blocked, &Situation::default()) {
        let ties = NoticeTies { organisation: Some(organisation), ..NoticeTies::default() };
        let id = write::add_notice(tx, notice, ties, "pending");
        mail(tx, id, json!({"notice_id": id}), SOON);
    }
}

/// Makes the one open task of a kind that an organisation has for a leg, or adds to it.
///
/// # Errors
/// As any write.
pub async fn task(
    tx: &mut Tx,
    organisation: OrganisationId,
    leg: ReferralId,
    kind: &str,
    told: Option<(NoticeId, Notice)>,
) -> Result<Uuid, Refusal> {
    let due_at = kind.parse::<TaskKind>().ok().map(|kind| kind.due_at(tx.ctx().now));
    Ok(write::open_task(tx, organisation, leg, (kind, due_at), told).await?)
}

fn by_mail(tx: &mut Tx, id: NoticeId, notice: Notice, leg: &Referral) {
    // A deleted draft is gone when the mail is written; its service is all that the mail may name.
    let payload = match notice.kind {
        NoticeKind::DraftDeleted => json!({"notice_id": id, "service_id": leg.service_id}),
        _ => json!({"notice_id": id}),
    };
    let priority = if notice.kind == NoticeKind::AccessLink { AT_ONCE } else { SOON };
    mail(tx, id, payload, priority);
}

fn mail(tx: &mut Tx, id: NoticeId, payload: Value, priority: i32) {
    tx.enqueue(NewJob { kind: NOTICE_JOB, unique_key: Some(format!("notice:{id}")), payload, priority, run_at: tx.ctx().now });
}

fn ties(leg: &Referral, notice: Notice, about: &About) -> NoticeTies {
    let referral = (notice.kind != NoticeKind::DraftDeleted).then_some(leg.id);
    let (organisation, user) = match notice.recipient {
        Recipient::Receiver | Recipient::Lead => (leg.receiver_organisation_id, None),
        Recipient::Claimant => (about.other_organisation, None),
        Recipient::Sender => (Some(leg.sender_organisation_id), leg.sent_by),
        Recipient::Adviser | Recipient::OutsideAdviser => (Some(leg.sender_organisation_id), adviser_of(leg)),
        Recipient::Person | Recipient::Moderator | Recipient::Account | Recipient::AddressOnFile => {
            (Some(leg.sender_organisation_id), None)
        }
    };
    let (other_referral, other_organisation) = (about.other_leg, about.other_organisation);
    NoticeTies { organisation, referral, message: about.message, user, other_referral, other_organisation }
}

/// The adviser, when a member of the platform.
fn adviser_of(leg: &Referral) -> Option<UserId> {
    leg.adviser_id.or_else(|| leg.form.adviser.as_ref().and_then(|adviser| adviser.member_id))
}

async fn situation(tx: &Tx, leg: &Referral, kind: NoticeKind, about: &About) -> Result<Situation, Refusal> {
    let parties = match leg.kind {
        Kind::Sent | Kind::Redirect | Kind::Retrieval => Parties::Both,
        Kind::Outside => Parties::SenderOnly,
        Kind::WalkIn => Parties::ReceiverOnly,
    };
    Ok(Situation {
        told: leg.told_at.is_some(),
        parties,
        adviser: adviser_place(tx, leg).await?,
        person_has_email: leg.form.person.email.as_deref().is_some_and(|email| !email.trim().is_empty()),
        refuse_tells_person: refuse_tells_person(tx, leg, kind).await?,
        reported: reported(leg),
        message_to: about.message_to.clone(),
        handed_over: leg.parent_id.is_some(),
        returns: about.returns,
        tell_leads: about.tell_leads,
    })
}

/// Where the adviser stands towards the others who are told. An adviser who has left is not told: the sender is.
async fn adviser_place(tx: &Tx, leg: &Referral) -> Result<AdviserPlace, Refusal> {
    let member = adviser_of(leg);
    let desk = leg.form.adviser.as_ref().filter(|_| member.is_none()).and_then(|adviser| adviser.email.clone());
    if (member.is_none() && desk.is_none()) || (member.is_some() && member == leg.sent_by) {
        return Ok(AdviserPlace::SameAddress);
    }
    let Addresses { sender, adviser, receiver } = write::addresses(tx, leg, member).await?;
    let same = |one: &str, other: &Option<String>| other.as_ref().is_some_and(|other| other.eq_ignore_ascii_case(one));
    Ok(match (adviser, desk) {
        (Some(address), _) if !same(&address, &sender) => AdviserPlace::Member,
        (None, Some(address)) if same(&address, &sender) => AdviserPlace::SameAddress,
        (None, Some(address)) if same(&address, &receiver) => AdviserPlace::AtReceiver,
        (None, Some(_)) => AdviserPlace::Outside,
        _ => AdviserPlace::SameAddress,
    })
}

/// The receiving organisation's setting, read only where it matters.
async fn refuse_tells_person(tx: &Tx, leg: &Referral, kind: NoticeKind) -> Result<bool, Refusal> {
    let Some(receiver) = leg.receiver_organisation_id.filter(|_| matches!(kind, NoticeKind::Refused | NoticeKind::AnswerRecorded)) else {
        return Ok(false);
    };
    let settings = write::settings_of(tx, receiver).await?;
    Ok(settings.get("refuse_tells_person").and_then(Value::as_bool).unwrap_or(false))
}

fn reported(leg: &Referral) -> Option<ReportedAnswer> {
    leg.reported.as_ref()?;
    match leg.state {
        State::Accepted => Some(ReportedAnswer::Accepted),
        State::Refused => Some(ReportedAnswer::Refused),
        _ => None,
    }
}
