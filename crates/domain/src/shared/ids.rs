//! One id type per kind of record. Values are UUID v7.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

crate::id! {
    /// A person who signs in.
    UserId;
    /// An organisation; its public face is called a structure.
    OrganisationId;
    /// A unit (team, department) inside an organisation.
    UnitId;
    /// One user's membership of one organisation.
    MembershipId;
    /// A role: a named set of grants of one organisation.
    RoleId;
    /// A sign-in session of a user or a service account.
    SessionId;
    /// An account of a partner platform.
    ServiceAccountId;
    /// An invitation to join an organisation.
    InvitationId;
    /// A request to join an organisation.
    JoinRequestId;
    /// A service of the directory.
    ServiceId;
    /// An import of a feed.
    ImportId;
    /// A person who is helped, as one organisation knows them.
    PersonId;
    /// A need: what the legs of one chain or one broadcast share.
    NeedId;
    /// A referral: one leg, one sender, one receiver.
    ReferralId;
    /// A message in the thread of a referral.
    MessageId;
    /// A consent given by a person for one recipient and purpose.
    ConsentId;
    /// A receipt: what was disclosed of a person to another organisation.
    DisclosureId;
    /// A link between two records of the same person.
    IdentityLinkId;
    /// A key sent by mail that opens one referral.
    AccessLinkId;
    /// A notice: something one recipient is told.
    NoticeId;
    /// A job of the background worker.
    JobId;
    /// An event of the event log.
    EventId;
    /// An entry of the mutation journal.
    MutationId;
    /// An entry of the access journal.
    AccessEntryId;
    /// A file that somebody uploaded.
    DocumentId;
    /// A service that a user has marked to find it again.
    BookmarkId;
    /// A question to the directory that a user asks again and again.
    SavedSearchId;
    /// A file that somebody takes out.
    ExportId;
    /// A series of booklets, issued to one organisation.
    BookletSeriesId;
    /// A booklet that a person carries from structure to structure.
    BookletId;
    /// An entry of a booklet's ledger.
    BookletEntryId;
    /// A retrieval: the file of a person who came to another counter.
    RetrievalId;
    /// A view of the lists of referrals that a user has named.
    SavedViewId;
    /// A reader's word that a service's entry is out of date.
    ServiceReportId;
}

/// Whether a client may give a new record this id: a UUID v7 whose time lies within 24 hours of now.
pub fn is_own_id(id: Uuid, now: DateTime<Utc>) -> bool {
    let made = id.get_timestamp().and_then(|stamp| DateTime::from_timestamp(i64::try_from(stamp.to_unix().0).ok()?, 0));
    id.get_version_num() == 7 && made.is_some_and(|made| (now - made).abs() <= TimeDelta::hours(24))
}
