//! Booklets, retrievals, saved views and what moderators count, as they are shown.

use chrono::{DateTime, Utc};
use relais_domain::access::{Category, Mask};
use relais_domain::referral::{
    BookletNumber, BookletState, EntryKind, NoteText, RetrievalReason, RetrievalState, SharedWith, ViewName, Warning,
};
use relais_domain::shared::ids::{
    BookletEntryId, BookletId, BookletSeriesId, OrganisationId, ReferralId, RetrievalId, SavedViewId, ServiceId, UnitId, UserId,
};
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Named;
use crate::referral::entity::{booklet, booklet_entry, booklet_series, saved_view};

/// A series of booklets.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BookletSeries)]
pub struct BookletSeriesView {
    /// The id.
    pub id: BookletSeriesId,
    /// To whom it was issued.
    pub organisation_id: OrganisationId,
    /// The first number.
    pub first_number: BookletNumber,
    /// The last number; all between were given to the same series.
    pub last_number: BookletNumber,
    /// How many booklets.
    pub count: i32,
    /// How many units each.
    pub units: i32,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// Its version.
    pub version: i32,
}

impl From<booklet_series::Model> for BookletSeriesView {
    fn from(row: booklet_series::Model) -> Self {
        let booklet_series::Model { id, organisation_id, first_number, last_number, count, units, created_at, version } = row;
        Self { id, organisation_id, first_number, last_number, count, units, created_at, version }
    }
}

/// A booklet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Booklet)]
pub struct BookletView {
    /// The id.
    pub id: BookletId,
    /// The number on it.
    pub number: BookletNumber,
    /// The organisation to which it was issued.
    pub organisation_id: OrganisationId,
    /// Where it stands.
    pub state: BookletState,
    /// The units it was issued with.
    pub units: i32,
    /// The units that are left.
    pub balance: i32,
    /// The referral by which the person got it; null while nobody carries it, and for who does not read of whom that referral is.
    pub referral_id: Option<ReferralId>,
    /// When the person got it.
    pub assigned_at: Option<DateTime<Utc>>,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

impl BookletView {
    /// A booklet for a reader; `open` is whether they know the person of the referral by which it was given.
    pub fn of(row: booklet::Model, open: bool) -> Self {
        let booklet::Model {
            id,
            series_id: _,
            organisation_id,
            number,
            state,
            units,
            balance,
            referral_id,
            assigned_at,
            created_at,
            updated_at,
            version,
        } = row;
        let referral_id = referral_id.filter(|_| open);
        Self { id, number, organisation_id, state, units, balance, referral_id, assigned_at, created_at, updated_at, version }
    }
}

/// An entry of a booklet's ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BookletEntry)]
pub struct BookletEntryView {
    /// The id.
    pub id: BookletEntryId,
    /// What it did.
    pub kind: EntryKind,
    /// By how much the balance moved.
    pub units: i32,
    /// The balance after it.
    pub balance_after: i32,
    /// The referral of an assignment or a use; null for who does not read of whom that referral is.
    pub referral_id: Option<ReferralId>,
    /// The step of the agreed path; null for who does not read the referral.
    pub step_id: Option<Uuid>,
    /// The entry that this one takes back.
    pub reverses: Option<BookletEntryId>,
    /// The entry that took this one back.
    pub reversed_by: Option<BookletEntryId>,
    /// Why it was taken back; null for who does not read the referral.
    pub reason: Option<NoteText>,
    /// Who made it; null when it was another organisation, for who does not read the referral.
    pub organisation_id: Option<OrganisationId>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl BookletEntryView {
    /// An entry for a reader of the organisation `me`; `open` is whether they know the person of the referral that it names.
    pub fn of(row: booklet_entry::Model, me: Option<OrganisationId>, open: bool) -> Self {
        let booklet_entry::Model {
            id,
            booklet_id: _,
            kind,
            units,
            balance_after,
            referral_id,
            step_id,
            reverses,
            reversed_by,
            reason,
            organisation_id,
            user_id: _,
            created_at,
        } = row;
        let referral = referral_id;
        let (referral_id, step_id) = (referral.filter(|_| open), step_id.filter(|_| open));
        let reason = reason.filter(|_| open);
        // Of a booklet that was carried on, where is not told: it would lead to the person.
        let organisation_id = Some(organisation_id).filter(|by| open || referral.is_none() || me == Some(*by));
        Self { id, kind, units, balance_after, referral_id, step_id, reverses, reversed_by, reason, organisation_id, created_at }
    }
}

/// A retrieval, for the structure that asked and for the holder.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Retrieval)]
pub struct RetrievalView {
    /// The id.
    pub id: RetrievalId,
    /// Where it stands.
    pub state: RetrievalState,
    /// Who asked.
    pub claimant: Named<OrganisationId>,
    /// Who held the file when it was asked for. Null for a claimant until the file has moved.
    pub holder: Option<Named<OrganisationId>>,
    /// My leg: the one that I hold or held, or the one that came to me. Null for a claimant until the file has moved.
    pub referral_id: Option<ReferralId>,
    /// The service to which the person came.
    pub service_id: Option<ServiceId>,
    /// The person is taken in charge as soon as the file moves.
    pub take_in_charge: bool,
    /// Why it could not wait; null for who may not read of the person's situation.
    pub urgent_reason: Option<RetrievalReason>,
    /// Why the holder objected; null for who may not read of the person's situation.
    pub objection: Option<RetrievalReason>,
    /// Until when the holder may object; then the file moves.
    pub due_at: Option<DateTime<Utc>>,
    /// When it moved, was objected to or lapsed.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

/// A retrieval as it is read.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RetrievalRow {
    id: RetrievalId,
    state: RetrievalState,
    claimant_organisation_id: OrganisationId,
    claimant_name: String,
    holder_organisation_id: OrganisationId,
    holder_name: String,
    referral_id: ReferralId,
    next_referral_id: Option<ReferralId>,
    /// Nobody may know the person through the leg any more.
    withdrawn: bool,
    service_id: Option<ServiceId>,
    take_in_charge: bool,
    urgent_reason: Option<RetrievalReason>,
    objection: Option<RetrievalReason>,
    due_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i32,
}

impl RetrievalRow {
    /// Where it stands in a list.
    pub fn place(&self) -> (DateTime<Utc>, Uuid) {
        (self.created_at, self.id.0)
    }

    fn claims(&self, me: OrganisationId) -> bool {
        me == self.claimant_organisation_id
    }

    /// The leg of a reader of the organisation `me`: the one that it holds or held, or the one that came to it.
    pub fn leg_of(&self, me: OrganisationId) -> Option<ReferralId> {
        if self.claims(me) { self.next_referral_id } else { Some(self.referral_id) }
    }

    /// The row for a reader of the organisation `me`. `open` is what the reader's leg shows; for a claimant who has none yet, what the
    /// reader may see at all: its own reason, and the answer to it.
    pub fn view(self, me: OrganisationId, open: Mask) -> RetrievalView {
        let waits = self.claims(me) && self.state != RetrievalState::Moved;
        let said = open.contains(Category::Social) && !(self.withdrawn && self.next_referral_id.is_none());
        let leg = self.leg_of(me);
        RetrievalView {
            id: self.id,
            state: self.state,
            claimant: Named { id: self.claimant_organisation_id, name: self.claimant_name },
            holder: (!waits).then_some(Named { id: self.holder_organisation_id, name: self.holder_name }),
            referral_id: leg,
            service_id: self.service_id,
            take_in_charge: self.take_in_charge,
            urgent_reason: self.urgent_reason.filter(|_| said),
            objection: self.objection.filter(|_| said),
            due_at: self.due_at,
            decided_at: self.decided_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }
}

/// A filter of the lists of referrals that somebody has named.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SavedView)]
pub struct SavedViewView {
    /// The id.
    pub id: SavedViewId,
    /// Its name.
    pub name: ViewName,
    /// The parameters of the list of referrals.
    #[schema(value_type = Object)]
    pub query: Value,
    /// Who finds it in their list.
    pub shared: SharedWith,
    /// The unit that it is shared with.
    pub unit_id: Option<UnitId>,
    /// Whether it is mine: only then I may change it.
    pub mine: bool,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

impl SavedViewView {
    /// A view for a reader.
    pub fn of(row: saved_view::Model, reader: UserId) -> Self {
        let saved_view::Model { id, user_id, organisation_id: _, unit_id, name, query, shared, created_at, updated_at, version } = row;
        Self { id, name, query, shared, unit_id, mine: user_id == reader, created_at, updated_at, version }
    }
}

/// How often a warning was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WarningCount {
    /// What a moderator should look at.
    pub code: Warning,
    /// On how many open referrals.
    pub count: u64,
}

/// An organisation whose referrals wait for moderators, or carry warnings. Counts only: nothing of any person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModeratedOrganisation {
    /// The organisation.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Whether it is verified.
    pub verified: bool,
    /// How many of its referrals are held back.
    pub held: u64,
    /// How many of its open referrals carry warnings.
    pub warned: u64,
    /// Since when the oldest of them waits or runs.
    pub oldest: DateTime<Utc>,
    /// The warnings on its open referrals.
    pub warnings: Vec<WarningCount>,
}
