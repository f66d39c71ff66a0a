//! Referrals as they are shown: one row, masked by category, as the detail and as a line of a list.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use relais_domain::access::{Category, Mask};
use relais_domain::referral::{
    Adviser, AnswerText, ArchiveReason, ContactPreference, DocumentTick, Form, InboxBox, Kind, NoteText, Origin, Outcome, OutcomeText,
    OverrideReason, PathStep, ReasonText, RefusalCode, ReportedAnswer, SituationText, Snapshot, State,
};
use relais_domain::shared::ids::{MessageId, NeedId, OrganisationId, PersonId, ReferralId, ServiceId, UnitId, UserId};
use relais_domain::shared::name::PersonName;
use sea_orm::FromQueryResult;
use sea_orm::prelude::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The groups of a referral that a reader may lack the right to.
pub const GROUPS: &[Category] = &[Category::Identity, Category::IdentityMin, Category::Contact, Category::Social, Category::Documents];

/// One row as the query gives it: the leg, the names around it, and what of it is open to the reader.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LegRow {
    pub id: ReferralId,
    pub need_id: NeedId,
    pub root_id: ReferralId,
    pub parent_id: Option<ReferralId>,
    pub kind: Kind,
    pub origin: Origin,
    pub state: State,
    pub sender_organisation_id: OrganisationId,
    pub sender_name: String,
    pub adviser_name: Option<String>,
    pub adviser_email: Option<String>,
    pub adviser_phone: Option<String>,
    pub sent_by: Option<UserId>,
    pub receiver_organisation_id: Option<OrganisationId>,
    pub receiver_name: Option<String>,
    pub service_id: Option<ServiceId>,
    pub service_name: Option<String>,
    pub service_version: Option<i32>,
    pub service_contact_name: Option<String>,
    pub service_contact_email: Option<String>,
    pub service_contact_phone: Option<String>,
    pub person_id: Option<PersonId>,
    pub form: Form,
    pub snapshot: Option<Snapshot>,
    pub override_reason: Option<OverrideReason>,
    pub sent_at: Option<DateTime<Utc>>,
    pub told_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub remind_at: Option<DateTime<Utc>>,
    pub reminders_sent: i32,
    pub expire_at: Option<DateTime<Utc>>,
    pub refusal_codes: Json,
    pub answer_message: Option<AnswerText>,
    pub outcome: Option<Outcome>,
    pub outcome_text: Option<OutcomeText>,
    pub reported: Option<ReportedAnswer>,
    pub path: Json,
    pub blocked_reason: Option<NoteText>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
    pub assigned_member: Option<UserId>,
    pub assigned_unit: Option<UnitId>,
    pub filed_at: Option<DateTime<Utc>>,
    pub filed_reason: Option<ArchiveReason>,
    pub filed_note: Option<NoteText>,
    pub read_at: Option<DateTime<Utc>>,
    pub mask: i32,
}

/// An organisation or service that a referral names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Named<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
}

/// Who the person is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityGroup {
    /// The person's record at the sending organisation; shown to that organisation only.
    pub person_id: Option<PersonId>,
    /// Family name.
    pub family_name: Option<PersonName>,
    /// Given name.
    pub given_name: Option<PersonName>,
    /// Birth year.
    pub birth_year: Option<i32>,
    /// National employment number; the receiver sees it once it has accepted.
    pub employment_number: Option<String>,
}

/// What may be known of a person without knowing who it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityMinGroup {
    /// Age in bands of ten years, such as `20-29`.
    pub age_band: Option<String>,
    /// The commune where the person lives.
    pub commune: Option<String>,
}

/// How to reach the person, and the professional who follows them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactGroup {
    /// How the person wants to be reached.
    pub contact_preferences: Vec<ContactPreference>,
    /// Phone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Another way.
    pub other_contact: Option<NoteText>,
    /// The person's language.
    pub language: Option<String>,
    /// The adviser who follows the person.
    pub adviser: Option<Adviser>,
}

/// Why the person is referred, and in what situation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SocialGroup {
    /// Why.
    pub reason: Option<ReasonText>,
    /// The situation.
    pub situation: Option<SituationText>,
    /// Audiences of the service that the person belongs to.
    pub audiences: Vec<String>,
    /// Criteria of the service that the person meets.
    pub criteria: Vec<String>,
    /// A note on the criteria.
    pub criteria_note: Option<NoteText>,
    /// Statuses of the person.
    pub statuses: Vec<String>,
    /// Size of the household.
    pub household_size: Option<i32>,
    /// From when the person is available.
    pub available_from: Option<NaiveDate>,
    /// Why it was sent although no criterion is met.
    pub override_reason: Option<OverrideReason>,
    /// What the receiver said and agreed.
    pub answer: AnswerGroup,
}

/// What the receiver said and agreed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnswerGroup {
    /// Why it was refused.
    #[schema(value_type = Vec<RefusalCode>)]
    pub refusal_codes: Json,
    /// What was said with the decision; for a refusal, null stands for the standard text of its codes.
    pub message: Option<AnswerText>,
    /// What became of the help.
    pub outcome: Option<Outcome>,
    /// The same in words.
    pub outcome_text: Option<OutcomeText>,
    /// Set when the sender recorded the answer for the receiver.
    pub reported: Option<ReportedAnswer>,
    /// The agreed path.
    #[schema(value_type = Vec<PathStep>)]
    pub path: Json,
}

/// The documents asked for: what is at hand, and what is declared missing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentsGroup {
    /// One entry per document.
    pub documents: Vec<DocumentTick>,
}

/// How my organisation filed the referral.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilingView {
    /// When.
    pub filed_at: DateTime<Utc>,
    /// Why; null for who does not see the person's situation.
    pub reason: Option<ArchiveReason>,
    /// A private note: no other organisation ever sees it, nor who does not see the person's situation.
    pub note: Option<NoteText>,
}

/// Who at my organisation handles the referral; only the receiver sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReferralAssignment)]
pub struct AssignmentView {
    /// The member.
    pub member_id: Option<UserId>,
    /// The unit.
    pub unit_id: Option<UnitId>,
}

/// A referral in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferralLine {
    /// Its id.
    pub id: ReferralId,
    /// Its version.
    pub version: i32,
    /// Where it stands.
    pub state: State,
    /// The box of the receiver that it lies in; null before the receiver was told.
    pub r#box: Option<InboxBox>,
    /// How it came about.
    pub kind: Kind,
    /// Where the chain came from.
    pub origin: Origin,
    /// Who refers.
    pub sender: Named<OrganisationId>,
    /// Who receives; null while a draft has no target, or when it is outside the platform.
    pub receiver: Option<Named<OrganisationId>>,
    /// The service asked for.
    pub service: Option<Named<ServiceId>>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the receiver was told.
    pub told_at: Option<DateTime<Utc>>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The next reminder to the receiver.
    pub remind_at: Option<DateTime<Utc>>,
    /// When it expires without an answer.
    pub expire_at: Option<DateTime<Utc>>,
    /// A reminder is due or was sent, and there is no answer yet.
    pub overdue: bool,
    /// I have not marked it as read.
    pub unread: bool,
    /// Who handles it; for members of the receiver only.
    pub assignment: Option<AssignmentView>,
    /// How my organisation filed it.
    pub filing: Option<FilingView>,
    /// Who the person is.
    pub identity: Option<IdentityGroup>,
    /// What may be known without knowing who it is.
    pub identity_min: Option<IdentityMinGroup>,
    /// The groups that you lack the right to.
    pub hidden: Vec<Category>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When somebody last touched it.
    pub updated_at: DateTime<Utc>,
}

/// A referral, whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferralView {
    #[serde(flatten)]
    #[schema(inline)]
    pub line: ReferralLine,
    /// What the legs of one chain or broadcast share.
    pub need_id: NeedId,
    /// The first leg of the chain.
    pub root_id: ReferralId,
    /// The leg before.
    pub parent_id: Option<ReferralId>,
    /// When the receiver first answered in any way.
    pub answered_at: Option<DateTime<Utc>>,
    /// The service as it was at sending; for a draft, null.
    pub snapshot: Option<Snapshot>,
    /// The service was edited since the referral was sent.
    pub service_changed: bool,
    /// Whom to ask at the receiver.
    pub service_contact: Option<ServiceContact>,
    /// Why moderation refused the sender; for the sender only.
    pub blocked_reason: Option<NoteText>,
    /// How to reach the person.
    pub contact: Option<ContactGroup>,
    /// Why the person is referred.
    pub social: Option<SocialGroup>,
    /// The documents asked for.
    pub documents: Option<DocumentsGroup>,
    /// Who is told, how, and whether it left; filled in the answer to `send` and with `include=notices`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notices: Option<Vec<crate::message::view::NoticeView>>,
    #[serde(skip)]
    #[schema(ignore)]
    pub mask: Mask,
}

/// Whom to ask at the receiver.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReferralContact)]
pub struct ServiceContact {
    /// Name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
}

/// A message of the thread.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct MessageView {
    /// Its id.
    pub id: MessageId,
    /// The organisation that wrote it.
    pub organisation_id: OrganisationId,
    /// Who wrote it.
    pub author_name: String,
    /// An ordinary message, or the person's wish to stop.
    #[schema(value_type = relais_domain::referral::MessageKind)]
    pub kind: String,
    /// The text.
    pub body: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// The inbox, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct InboxCounts {
    /// Waiting for an answer.
    pub to_handle: BoxCount,
    /// Taken in charge.
    pub in_charge: BoxCount,
    /// Ended or filed.
    pub archived: BoxCount,
}

/// One box, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BoxCount {
    /// How many.
    pub count: i64,
    /// Whether `count` is exact; archived ones are counted to 1 000.
    pub count_is_exact: bool,
    /// How many I have not marked as read.
    pub unread: i64,
    /// How many are overdue.
    pub overdue: i64,
    /// How many are assigned to me.
    pub mine: i64,
}

/// The sender's board: how many chains stand where.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct BoardCount {
    /// The state.
    pub state: State,
    /// How many.
    pub count: i64,
}

/// Ages in bands of ten years, at a date.
fn age_band(birth_year: i32, today: NaiveDate) -> String {
    let low = (today.year() - birth_year).max(0) / 10 * 10;
    format!("{low}-{}", low + 9)
}

/// An adviser with the name and the addresses of the account, where the form holds none.
fn named(adviser: Adviser, name: Option<String>, email: Option<String>, phone: Option<String>) -> Adviser {
    Adviser {
        name: adviser.name.or_else(|| name.and_then(|name| name.parse().ok())),
        email: adviser.email.or(email),
        phone: adviser.phone.or(phone),
        member_id: adviser.member_id,
    }
}

impl LegRow {
    /// Which categories this row shows to its reader.
    pub fn open(&self) -> Mask {
        Mask::from_bits(self.mask)
    }

    fn is_mine_as_sender(&self, me: Option<OrganisationId>) -> bool {
        me == Some(self.sender_organisation_id)
    }

    fn is_mine_as_receiver(&self, me: Option<OrganisationId>) -> bool {
        me.is_some() && me == self.receiver_organisation_id && self.told_at.is_some()
    }

    /// The row as a line of a list, for a reader of the organisation `me`.
    pub fn line(self, me: Option<OrganisationId>, now: DateTime<Utc>) -> ReferralLine {
        let open = self.open();
        let (as_sender, as_receiver) = (self.is_mine_as_sender(me), self.is_mine_as_receiver(me));
        let number_shown = as_sender || matches!(self.state, State::Accepted | State::Completed);
        let assigned = as_receiver && (self.assigned_member.is_some() || self.assigned_unit.is_some());
        let told = self.told_at.is_some();
        let overdue = self.state.is_to_handle() && told && self.overdue_since(now);
        let person = self.form.person;
        // Why it was filed may say that somebody fell ill: it goes with the situation.
        let social = open.contains(Category::Social);
        ReferralLine {
            id: self.id,
            version: self.version,
            state: self.state,
            r#box: if !told {
                None
            } else if as_receiver && self.filed_at.is_some() {
                Some(InboxBox::Archived)
            } else {
                self.state.r#box()
            },
            kind: self.kind,
            origin: self.origin,
            sender: Named { id: self.sender_organisation_id, name: self.sender_name },
            receiver: self.receiver_organisation_id.zip(self.receiver_name).map(|(id, name)| Named { id, name }),
            service: self.service_id.zip(self.service_name).map(|(id, name)| Named { id, name }),
            sent_at: self.sent_at,
            told_at: self.told_at,
            decided_at: self.decided_at,
            ended_at: self.ended_at,
            remind_at: self.remind_at,
            expire_at: self.expire_at,
            overdue,
            unread: self.read_at.is_none(),
            assignment: assigned.then_some(AssignmentView { member_id: self.assigned_member, unit_id: self.assigned_unit }),
            filing: self.filed_at.map(|filed_at| FilingView {
                filed_at,
                reason: self.filed_reason.filter(|_| social),
                note: self.filed_note.filter(|_| social),
            }),
            identity: open.contains(Category::Identity).then(|| IdentityGroup {
                person_id: self.person_id.filter(|_| as_sender),
                family_name: person.family_name.clone(),
                given_name: person.given_name.clone(),
                birth_year: person.birth_year,
                employment_number: person.employment_number.clone().filter(|_| number_shown),
            }),
            identity_min: open.contains(Category::IdentityMin).then(|| IdentityMinGroup {
                age_band: person.birth_year.map(|year| age_band(year, now.date_naive())),
                commune: person.commune.clone(),
            }),
            hidden: open.hidden_from(GROUPS),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }

    /// The row whole, for a reader of the organisation `me`.
    pub fn detail(self, me: Option<OrganisationId>, now: DateTime<Utc>) -> ReferralView {
        let open = self.open();
        let row = self.clone();
        let Form {
            adviser,
            person,
            reason,
            situation,
            audiences,
            criteria,
            criteria_note,
            documents,
            person_agreed: _,
            person_informed: _,
        } = row.form;
        let as_sender = self.is_mine_as_sender(me);
        let answer = AnswerGroup {
            refusal_codes: row.refusal_codes,
            message: row.answer_message,
            outcome: row.outcome,
            outcome_text: row.outcome_text,
            reported: row.reported,
            path: row.path,
        };
        let service_contact = match &row.snapshot {
            Some(taken) => Some(ServiceContact {
                name: taken.contact_name.clone(),
                email: taken.contact_email.clone(),
                phone: taken.contact_phone.clone(),
            }),
            None if row.service_id.is_some() => {
                Some(ServiceContact { name: row.service_contact_name, email: row.service_contact_email, phone: row.service_contact_phone })
            }
            None => None,
        };
        ReferralView {
            need_id: row.need_id,
            root_id: row.root_id,
            parent_id: row.parent_id,
            answered_at: row.answered_at,
            service_changed: row
                .snapshot
                .as_ref()
                .is_some_and(|taken| row.service_version.is_some_and(|version| version != taken.service_version)),
            snapshot: row.snapshot,
            service_contact: service_contact.filter(|_| as_sender),
            blocked_reason: row.blocked_reason.filter(|_| as_sender),
            contact: open.contains(Category::Contact).then_some(ContactGroup {
                contact_preferences: person.contact_preferences,
                phone: person.phone,
                email: person.email,
                other_contact: person.other_contact,
                language: person.language,
                adviser: adviser.map(|adviser| named(adviser, row.adviser_name, row.adviser_email, row.adviser_phone)),
            }),
            social: open.contains(Category::Social).then_some(SocialGroup {
                reason,
                situation,
                audiences,
                criteria,
                criteria_note,
                statuses: person.statuses,
                household_size: person.household_size,
                available_from: person.available_from,
                override_reason: row.override_reason,
                answer,
            }),
            documents: open.contains(Category::Documents).then_some(DocumentsGroup { documents }),
            notices: None,
            mask: open,
            line: self.line(me, now),
        }
    }

    /// A reminder was sent, or its time has passed: `remind_at` moves on with each reminder, the count does not go back.
    fn overdue_since(&self, now: DateTime<Utc>) -> bool {
        self.reminders_sent > 0 || self.remind_at.is_some_and(|at| at <= now)
    }
}
