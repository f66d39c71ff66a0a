//! The row behind the views, and how it becomes them for one reader.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use relais_domain::access::{Category, Mask};
use relais_domain::referral::{
    Adviser, AnswerText, ArchiveReason, Form, HandOver, InboxBox, Kind, NoteText, Origin, Outcome, OutcomeText, OverrideReason, PathStep,
    Pause, PersonForm, ReferralEligibility, ReportedAnswer, Snapshot, State,
};
use relais_domain::shared::ids::{NeedId, OrganisationId, PersonId, ReferralId, ServiceId, UnitId, UserId};
use sea_orm::prelude::Json;
use sea_orm::{FromQueryResult, TryGetableFromJson};

use super::{
    AnswerGroup, AssignmentView, ContactGroup, DocumentsGroup, FilingView, GROUPS, HandOverView, IdentityGroup, IdentityMinGroup, Named,
    PathStepView, PauseView, ReferralLine, ReferralView, ServiceContact, SocialGroup,
};

/// What every view of a leg needs: the leg's own life, the names around it, and what of it is open to the reader.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Head {
    pub id: ReferralId,
    pub kind: Kind,
    pub origin: Origin,
    pub state: State,
    pub sender_organisation_id: OrganisationId,
    pub sender_name: String,
    pub receiver_organisation_id: Option<OrganisationId>,
    pub receiver_name: Option<String>,
    pub service_id: Option<ServiceId>,
    pub service_name: Option<String>,
    pub person_id: Option<PersonId>,
    pub sent_at: Option<DateTime<Utc>>,
    pub told_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub remind_at: Option<DateTime<Utc>>,
    pub reminders_sent: i32,
    pub expire_at: Option<DateTime<Utc>>,
    pub pause: Option<Pause>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
    pub handed_over_by: Option<OrganisationId>,
    pub handed_over_by_name: Option<String>,
    pub assigned_member: Option<UserId>,
    pub assigned_unit: Option<UnitId>,
    pub filed_at: Option<DateTime<Utc>>,
    pub filed_reason: Option<ArchiveReason>,
    pub filed_note: Option<NoteText>,
    pub read_at: Option<DateTime<Utc>>,
    /// When the first open task of the reader's organisation should be done.
    pub task_due_at: Option<DateTime<Utc>>,
    pub mask: i32,
}

/// One row of a list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LineRow {
    #[sea_orm(nested)]
    pub head: Head,
    form: PersonOfForm,
}

/// What a line reads of the form. One that was erased holds nothing.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
struct PersonOfForm {
    person: PersonForm,
}

impl TryGetableFromJson for PersonOfForm {}

/// The agreed path as it is kept.
#[derive(Clone, Debug, serde::Deserialize)]
struct Steps(Vec<PathStep>);

impl TryGetableFromJson for Steps {}

/// One leg, whole.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LegRow {
    #[sea_orm(nested)]
    pub head: Head,
    form: Form,
    need_id: NeedId,
    root_id: ReferralId,
    parent_id: Option<ReferralId>,
    adviser_name: Option<String>,
    adviser_email: Option<String>,
    adviser_phone: Option<String>,
    service_version: Option<i32>,
    service_contact_name: Option<String>,
    service_contact_email: Option<String>,
    service_contact_phone: Option<String>,
    snapshot: Option<Snapshot>,
    eligibility: Option<ReferralEligibility>,
    override_reason: Option<OverrideReason>,
    answered_at: Option<DateTime<Utc>>,
    refusal_codes: Json,
    answer_message: Option<AnswerText>,
    message_for_person: Option<AnswerText>,
    outcome: Option<Outcome>,
    outcome_text: Option<OutcomeText>,
    reported: Option<ReportedAnswer>,
    path: Steps,
    blocked_reason: Option<NoteText>,
    hand_over: Option<HandOver>,
    parent_hand_over: Option<HandOver>,
    returned_at: Option<DateTime<Utc>>,
    consent_withdrawn_at: Option<DateTime<Utc>>,
    informed_at: Option<DateTime<Utc>>,
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

impl Head {
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

    fn line(self, person: &PersonForm, me: Option<OrganisationId>, now: DateTime<Utc>) -> ReferralLine {
        let open = self.open();
        let (as_sender, as_receiver) = (self.is_mine_as_sender(me), self.is_mine_as_receiver(me));
        let number_shown = as_sender || matches!(self.state, State::Accepted | State::Completed);
        let unanswered = self.state.is_to_handle() && self.told_at.is_some() && self.pause.is_none() && self.overdue_since(now);
        let overdue = unanswered || self.task_due_at.is_some_and(|at| at <= now);
        let assigned = as_receiver && (self.assigned_member.is_some() || self.assigned_unit.is_some());
        ReferralLine {
            id: self.id,
            version: self.version,
            state: self.state,
            r#box: self.lies_in(as_receiver),
            kind: self.kind,
            origin: self.origin,
            sender: Named { id: self.sender_organisation_id, name: self.sender_name },
            receiver: self.receiver_organisation_id.zip(self.receiver_name).map(|(id, name)| Named { id, name }),
            handed_over_by: self.handed_over_by.zip(self.handed_over_by_name).map(|(id, name)| Named { id, name }),
            service: self.service_id.zip(self.service_name).map(|(id, name)| Named { id, name }),
            sent_at: self.sent_at,
            told_at: self.told_at,
            decided_at: self.decided_at,
            ended_at: self.ended_at,
            remind_at: self.remind_at,
            expire_at: self.expire_at,
            paused: self.pause.map(|pause| PauseView {
                since: pause.since,
                until: pause.until,
                reason: Some(pause.reason).filter(|_| open.contains(Category::Social)),
            }),
            overdue,
            unread: self.read_at.is_none(),
            assignment: assigned.then_some(AssignmentView { member_id: self.assigned_member, unit_id: self.assigned_unit }),
            // Why and with what words it was filed tells about the person: it is for those who may read that.
            filing: self.filed_at.map(|filed_at| FilingView {
                filed_at,
                reason: self.filed_reason.filter(|_| open.contains(Category::Social)),
                note: self.filed_note.filter(|_| open.contains(Category::Social)),
            }),
            identity: open.contains(Category::Identity).then(|| IdentityGroup {
                person_id: self.person_id.filter(|_| as_sender),
                family_name: person.family_name.clone(),
                given_name: person.given_name.clone(),
                birth_year: person.birth_year,
                employment_number: person.employment_number.clone().filter(|_| number_shown),
                protected: as_sender.then_some(person.protected),
            }),
            identity_min: open.contains(Category::IdentityMin).then(|| IdentityMinGroup {
                age_band: person.birth_year.map(|year| age_band(year, now.date_naive())).or(person.age_band.map(|band| band.to_string())),
                commune: person.commune.clone(),
            }),
            hidden: open.hidden_from(GROUPS),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }

    /// The receiver's box; what the receiver filed lies in its archive whatever the state.
    fn lies_in(&self, as_receiver: bool) -> Option<InboxBox> {
        self.told_at?;
        if as_receiver && self.filed_at.is_some() { Some(InboxBox::Archived) } else { self.state.r#box() }
    }

    /// A reminder was sent, or its time has passed: `remind_at` moves on with each reminder, the count does not go back.
    fn overdue_since(&self, now: DateTime<Utc>) -> bool {
        self.reminders_sent > 0 || self.remind_at.is_some_and(|at| at <= now)
    }
}

impl LineRow {
    /// The row as a line of a list, for a reader of the organisation `me`.
    pub fn line(self, me: Option<OrganisationId>, now: DateTime<Utc>) -> ReferralLine {
        self.head.line(&self.form.person, me, now)
    }
}

impl LegRow {
    /// Whether the service is known to offer what was promised, without a look at its offer.
    pub fn is_as_promised(&self) -> bool {
        let (version, names_address) = (self.service_version, self.service_contact_email.is_some());
        self.snapshot.as_ref().is_some_and(|promised| promised.is_of_version(version, names_address))
    }

    /// The row whole, for a reader of the organisation `me`.
    pub fn detail(self, me: Option<OrganisationId>, now: DateTime<Utc>) -> ReferralView {
        let (open, as_sender) = (self.head.open(), self.head.is_mine_as_sender(me));
        let service_contact = self.service_contact().filter(|_| as_sender);
        // What was agreed with the person is between them and the receiver; everybody else sees how often and whether they came.
        let sessions_only = !self.head.is_mine_as_receiver(me);
        let id = self.head.id;
        let arrived_with = self.parent_hand_over.filter(|hand_over| hand_over.next_id == id);
        let line = self.head.line(&self.form.person, me, now);
        let Form {
            adviser,
            person,
            reason,
            situation,
            audiences,
            criteria,
            criteria_note,
            documents,
            eligibility: facts,
            person_agreed,
            person_informed,
        } = self.form;
        let answer = AnswerGroup {
            refusal_codes: self.refusal_codes,
            message: self.answer_message,
            message_for_person: self.message_for_person,
            outcome: self.outcome,
            outcome_text: self.outcome_text,
            reported: self.reported,
            path: self.path.0.into_iter().map(|step| PathStepView::of(step, sessions_only)).collect(),
        };
        ReferralView {
            need_id: self.need_id,
            root_id: self.root_id,
            parent_id: self.parent_id,
            answered_at: self.answered_at,
            service_changed: false,
            snapshot: self.snapshot,
            service_contact,
            blocked_reason: self.blocked_reason.filter(|_| as_sender),
            contact: open.contains(Category::Contact).then_some(ContactGroup {
                contact_preferences: person.contact_preferences,
                phone: person.phone,
                email: person.email,
                other_contact: person.other_contact,
                language: person.language,
                adviser: adviser.map(|adviser| named(adviser, self.adviser_name, self.adviser_email, self.adviser_phone)),
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
                facts,
                person_agreed: as_sender.then_some(person_agreed),
                person_informed: as_sender.then_some(person_informed),
                eligibility: self.eligibility,
                override_reason: self.override_reason,
                answer,
            }),
            documents: open.contains(Category::Documents).then_some(DocumentsGroup { documents }),
            arrived_with: arrived_with.map(|hand_over| HandOverView::of(hand_over, as_sender, open)),
            hand_over: self.hand_over.map(|hand_over| HandOverView::of(hand_over, as_sender, open)),
            returned_at: self.returned_at,
            consent_withdrawn_at: self.consent_withdrawn_at,
            informed_at: self.informed_at,
            notices: None,
            undelivered: vec![],
            tell_the_person: None,
            mask: open,
            line,
        }
    }

    /// Whom to ask at the receiver: as it was at sending, or for a draft as it is now.
    fn service_contact(&self) -> Option<ServiceContact> {
        if let Some(taken) = &self.snapshot {
            return Some(ServiceContact {
                name: taken.contact_name.clone(),
                email: taken.contact_email.clone(),
                phone: taken.contact_phone.clone(),
            });
        }
        self.head.service_id.map(|_| ServiceContact {
            name: self.service_contact_name.clone(),
            email: self.service_contact_email.clone(),
            phone: self.service_contact_phone.clone(),
        })
    }
}
