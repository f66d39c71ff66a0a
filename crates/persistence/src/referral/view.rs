//! Referrals as they are shown: one row, masked by category, as the detail and as a line of a list.

mod booklets;
mod path;
mod row;

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::access::{Category, Mask};
use relais_domain::eligibility::Facts;
use relais_domain::referral::{
    Adviser, AnswerText, ArchiveReason, ContactPreference, Contacted, DocumentTick, HandOver, InboxBox, Kind, NoteText, Origin, Outcome,
    OutcomeText, OverrideReason, ReasonText, RedirectCode, ReferralEligibility, RefusalCode, ReportedAnswer, SituationText, Snapshot,
    State,
};
use relais_domain::shared::ids::{MessageId, NeedId, OrganisationId, PersonId, ReferralId, ServiceId, UnitId, UserId};
use relais_domain::shared::name::PersonName;
use sea_orm::FromQueryResult;
use sea_orm::prelude::Json;
use serde::Serialize;
use utoipa::ToSchema;

pub use booklets::{
    BookletEntryView, BookletSeriesView, BookletView, ModeratedOrganisation, RetrievalRow, RetrievalView, SavedViewView, WarningCount,
};
pub use path::PathStepView;
pub use row::{Head, LegRow, LineRow};

/// The groups of a referral that a reader may lack the right to.
pub const GROUPS: &[Category] = &[Category::Identity, Category::IdentityMin, Category::Contact, Category::Social, Category::Documents];

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
    /// Whether no retrieval ever finds this referral, as its form says; it stays as it was sent. Shown to the sending organisation only.
    pub protected: Option<bool>,
}

/// What may be known of a person without knowing who it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityMinGroup {
    /// The age band that was told, or that of ten years in which the birth year lies, such as `20-29`.
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
    /// What else the sender told of what the service asks.
    pub facts: Option<Facts>,
    /// Whether the person met what the service asked when it was sent; null before, and without a service.
    pub eligibility: Option<ReferralEligibility>,
    /// Whether the form says that the person agreed to be referred; shown to the sending organisation only.
    pub person_agreed: Option<bool>,
    /// Whether the form says that the person was informed of what becomes of the data; shown to the sending organisation only.
    pub person_informed: Option<bool>,
    /// Why it was sent although no criterion is met, or an obligatory one is not.
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
    /// What the receiver told the person with the acceptance.
    pub message_for_person: Option<AnswerText>,
    /// What became of the help.
    pub outcome: Option<Outcome>,
    /// The same in words.
    pub outcome_text: Option<OutcomeText>,
    /// Set when the sender recorded the answer for the receiver.
    pub reported: Option<ReportedAnswer>,
    /// The agreed path. Who only referred sees how many sessions there are, when, and whether the person came.
    pub path: Vec<PathStepView>,
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

/// Why the clocks of a referral stand still, and until when.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReferralPause)]
pub struct PauseView {
    /// Since when.
    pub since: DateTime<Utc>,
    /// When they run on by themselves.
    pub until: DateTime<Utc>,
    /// Why; null for who does not see the person's situation.
    pub reason: Option<NoteText>,
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
    /// The organisation that handed the person over; null for a first leg.
    pub handed_over_by: Option<Named<OrganisationId>>,
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
    /// The next reminder to the receiver; null while paused.
    pub remind_at: Option<DateTime<Utc>>,
    /// When it expires without an answer; null while paused.
    pub expire_at: Option<DateTime<Utc>>,
    /// Set while its clocks stand still.
    pub paused: Option<PauseView>,
    /// A reminder is due or was sent and there is no answer yet, or a task of my organisation for it is late.
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
    /// What was promised at sending is not what is offered now.
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
    /// With what words it was handed over to this receiver; null for a first leg.
    pub arrived_with: Option<HandOverView>,
    /// How it was handed over; null unless it was.
    pub hand_over: Option<HandOverView>,
    /// When it last came back to its receiver.
    pub returned_at: Option<DateTime<Utc>>,
    /// When the person withdrew the consent for this receiver, or when it came to its end.
    pub consent_withdrawn_at: Option<DateTime<Utc>>,
    /// For a walk-in: when the person was informed.
    pub informed_at: Option<DateTime<Utc>>,
    /// Who is told, how, and whether it left; filled in the answer to `send` and with `include=notices`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notices: Option<Vec<crate::message::view::NoticeView>>,
    /// For the sender: what did not reach whom it was for. Each is also a task `undelivered`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub undelivered: Vec<crate::message::view::UndeliveredView>,
    /// What the person, who has no e-mail address, is still to be told; for the sender, until the task is ticked.
    pub tell_the_person: Option<crate::message::view::TellThePerson>,
    #[serde(skip)]
    #[schema(ignore)]
    pub mask: Mask,
}

/// How a leg was handed over.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReferralHandOver)]
pub struct HandOverView {
    /// The next leg; for the sender, who reads the whole chain.
    pub next_id: Option<ReferralId>,
    /// The organisation that received it.
    pub to: OrganisationId,
    /// Why; null for a retrieval.
    pub code: Option<RedirectCode>,
    /// The word to the next receiver; null for who does not see the person's situation.
    pub note: Option<NoteText>,
    /// Who was spoken with before.
    pub contacted: Option<Contacted>,
}

impl HandOverView {
    /// What of a hand-over a reader sees.
    fn of(hand_over: HandOver, as_sender: bool, open: Mask) -> Self {
        let HandOver { next_id, to, code, note, contacted, documents: _, before: _, leaves_at: _ } = hand_over;
        let told = open.contains(Category::Social);
        Self { next_id: as_sender.then_some(next_id), to, code, note: note.filter(|_| told), contacted: contacted.filter(|_| told) }
    }
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
