//! Reading what a mail needs: the notice, its leg, both organisations, the people to write to. And the sandbox's mailbox.

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::access::{Grant, Permission};
use relais_domain::directory::ServiceState;
use relais_domain::identity::AccountState;
use relais_domain::message::{NoticeKind, Recipient};
use relais_domain::referral::{ArchiveReason, State};
use relais_domain::shared::ids::{
    InvitationId, JoinRequestId, NoticeId, OrganisationId, ReferralId, SavedSearchId, ServiceId, UnitId, UserId,
};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};
use uuid::Uuid;

use super::entity::{digest_entry, message, notice, sandbox_mail};
use super::view::{KeptMailView, NoticeView, UndeliveredView};
use crate::db::{Db, Failure};
use crate::directory::entity::{saved_search, service};
use crate::identity::entity::{account_token, app_user, invitation, join_request, membership, membership_unit, organisation};
use crate::identity::standing;
use crate::referral::entity::{referral, referral_assignment, referral_filing};

pub use account_token::Model as AccountTokenRow;
pub use app_user::Model as UserRow;
pub use invitation::Model as InvitationRow;
pub use join_request::Model as JoinRequestRow;
pub use message::Model as MessageRow;
pub use notice::Model as NoticeRow;
pub use organisation::Model as OrganisationRow;
pub use referral::Model as LegRow;
pub use referral_assignment::Model as AssignmentRow;
pub use service::Model as ServiceRow;

/// A notice with everything that it is about.
#[derive(Clone, Debug)]
pub struct Story {
    /// The notice.
    pub notice: NoticeRow,
    /// The leg; none for a deleted draft.
    pub leg: Option<LegRow>,
    /// The organisation that refers.
    pub sender: Option<OrganisationRow>,
    /// The organisation that receives.
    pub receiver: Option<OrganisationRow>,
    /// The service of the leg, as it is now.
    pub service: Option<ServiceRow>,
    /// Who handles the leg at the receiver.
    pub assignment: Option<AssignmentRow>,
    /// The message of the thread.
    pub message: Option<MessageRow>,
    /// The organisation that handed the leg over to its receiver, when it was.
    pub handed_over_by: Option<OrganisationRow>,
    /// Of a hand-over: the leg on the other side of it.
    pub other_leg: Option<LegRow>,
    /// The service of that leg.
    pub other_service: Option<ServiceRow>,
    /// Of a hand-over or a claim: the organisation on the other side of it.
    pub other: Option<OrganisationRow>,
    /// Of a refusal that its receiver did by filing the leg away: for which reason.
    pub filed_for: Option<ArchiveReason>,
}

/// Reads a notice with its story. `service` names the service of a draft that is gone.
///
/// # Errors
/// As any read.
pub async fn story(db: &Db, id: NoticeId, service: Option<ServiceId>) -> Result<Option<Story>, Failure> {
    let reader = db.reader();
    let Some(notice) = notice::Entity::find_by_id(id).one(reader).await? else { return Ok(None) };
    let leg = match notice.referral_id {
        Some(id) => referral::Entity::find_by_id(id).one(reader).await?,
        None => None,
    };
    let message = match notice.message_id {
        Some(id) => message::Entity::find_by_id(id).one(reader).await?,
        None => None,
    };
    let assignment = match &leg {
        Some(leg) => referral_assignment::Entity::find_by_id(leg.id).one(reader).await?,
        None => None,
    };
    let service = match leg.as_ref().and_then(|leg| leg.service_id).or(service) {
        Some(id) => service::Entity::find_by_id(id).one(reader).await?,
        None => None,
    };
    let sender = leg.as_ref().map(|leg| leg.sender_organisation_id).or(notice.organisation_id);
    let receiver = leg.as_ref().and_then(|leg| leg.receiver_organisation_id);
    let mut found = organisations(db, sender.into_iter().chain(receiver).collect()).await?;
    let mut take = |id: Option<OrganisationId>| {
        let place = found.iter().position(|row| Some(row.id) == id)?;
        if sender == receiver { found.get(place).cloned() } else { Some(found.swap_remove(place)) }
    };
    let (sender, receiver) = (take(sender), take(receiver));
    let handed_over_by = leg.as_ref().and_then(|leg| leg.handed_over_by);
    let other_leg = match notice.other_referral_id {
        Some(id) => referral::Entity::find_by_id(id).one(reader).await?,
        None => None,
    };
    let other_service = match other_leg.as_ref().and_then(|leg| leg.service_id) {
        Some(id) => service::Entity::find_by_id(id).one(reader).await?,
        None => None,
    };
    let beside = organisations(db, handed_over_by.into_iter().chain(notice.other_organisation_id).collect()).await?;
    let find = |id: Option<OrganisationId>| beside.iter().find(|row| Some(row.id) == id).cloned();
    let (handed_over_by, other) = (find(handed_over_by), find(notice.other_organisation_id));
    let refused = if notice.kind == NoticeKind::Returned.code() { &other_leg } else { &leg };
    let filed_for = match refused.as_ref().filter(|leg| leg.state == State::Refused) {
        Some(leg) => filed_for(db, leg).await?,
        None => None,
    };
    Ok(Some(Story {
        notice,
        leg,
        sender,
        receiver,
        service,
        assignment,
        message,
        handed_over_by,
        other_leg,
        other_service,
        other,
        filed_for,
    }))
}

/// Why its receiver filed a leg away, when that refused it.
async fn filed_for(db: &Db, leg: &LegRow) -> Result<Option<ArchiveReason>, Failure> {
    let Some(receiver) = leg.receiver_organisation_id else { return Ok(None) };
    let filing = referral_filing::Entity::find_by_id((leg.id, receiver)).one(db.reader()).await?;
    Ok(filing.filter(|filing| filing.before.is_some()).map(|filing| filing.reason))
}

async fn organisations(db: &Db, ids: Vec<OrganisationId>) -> Result<Vec<OrganisationRow>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    Ok(organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(db.reader()).await?)
}

/// One organisation.
///
/// # Errors
/// As any read.
pub async fn organisation(db: &Db, id: OrganisationId) -> Result<Option<OrganisationRow>, Failure> {
    Ok(organisation::Entity::find_by_id(id).one(db.reader()).await?)
}

/// One service.
///
/// # Errors
/// As any read.
pub async fn service(db: &Db, id: ServiceId) -> Result<Option<ServiceRow>, Failure> {
    Ok(service::Entity::find_by_id(id).one(db.reader()).await?)
}

/// One saved search.
///
/// # Errors
/// As any read.
pub async fn saved_search(db: &Db, id: SavedSearchId) -> Result<Option<saved_search::Model>, Failure> {
    Ok(saved_search::Entity::find_by_id(id).one(db.reader()).await?)
}

/// Those among some services that are public, with name and town, in the order in which they are asked for.
///
/// # Errors
/// As any read.
pub async fn published_services(db: &Db, ids: &[ServiceId]) -> Result<Vec<(ServiceId, String, Option<String>)>, Failure> {
    let query = service::Entity::find().filter(service::Column::Id.is_in(ids.iter().copied()));
    let rows = query.filter(service::Column::State.eq(ServiceState::Published)).all(db.reader()).await?;
    let found = ids.iter().filter_map(|id| rows.iter().find(|row| row.id == *id));
    Ok(found.map(|row| (row.id, row.name.to_string(), row.locality.clone())).collect())
}

/// One invitation.
///
/// # Errors
/// As any read.
pub async fn invitation(db: &Db, id: InvitationId) -> Result<Option<InvitationRow>, Failure> {
    Ok(invitation::Entity::find_by_id(id).one(db.reader()).await?)
}

/// One request to join an organisation.
///
/// # Errors
/// As any read.
pub async fn join_request(db: &Db, id: JoinRequestId) -> Result<Option<JoinRequestRow>, Failure> {
    Ok(join_request::Entity::find_by_id(id).one(db.reader()).await?)
}

/// One one-time key of a user.
///
/// # Errors
/// As any read.
pub async fn account_token(db: &Db, id: Uuid) -> Result<Option<AccountTokenRow>, Failure> {
    Ok(account_token::Entity::find_by_id(id).one(db.reader()).await?)
}

/// Users who may be written to, by id.
///
/// # Errors
/// As any read.
pub async fn users(db: &Db, ids: Vec<UserId>) -> Result<Vec<UserRow>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let rows = active().filter(app_user::Column::Id.is_in(ids));
    Ok(rows.order_by_asc(app_user::Column::Id).all(db.reader()).await?)
}

/// A user who has signed up and not confirmed the address yet.
///
/// # Errors
/// As any read.
pub async fn newcomer(db: &Db, id: UserId) -> Result<Option<UserRow>, Failure> {
    let query = app_user::Entity::find_by_id(id).filter(app_user::Column::State.eq(AccountState::Unconfirmed.code()));
    Ok(query.one(db.reader()).await?)
}

/// Which members of an organisation are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// All of them.
    All,
    /// Those who chose to be told of what comes in.
    Notified,
    /// Those of one unit.
    OfUnit(UnitId),
}

/// Members of an organisation who may be written to.
///
/// # Errors
/// As any read.
pub async fn members(db: &Db, organisation: OrganisationId, which: Members, today: NaiveDate) -> Result<Vec<UserRow>, Failure> {
    let mut query = memberships(organisation, today);
    match which {
        Members::All => {}
        Members::Notified => query = query.filter(membership::Column::Notified.eq(true)),
        Members::OfUnit(unit) => {
            let of_unit = membership_unit::Entity::find().filter(membership_unit::Column::UnitId.eq(unit)).all(db.reader()).await?;
            query = query.filter(membership::Column::Id.is_in(of_unit.into_iter().map(|row| row.membership_id)));
        }
    }
    let ids: Vec<UserId> = query.all(db.reader()).await?.into_iter().map(|row| row.user_id).collect();
    users(db, ids).await
}

/// Whoever leads a unit: members with a role there that may assign. Leads of the unit or of one above it come before
/// those of the whole organisation, who are told when the unit has none.
///
/// # Errors
/// As any read.
pub async fn leads(db: &Db, organisation: OrganisationId, unit: Option<UnitId>, today: NaiveDate) -> Result<Vec<UserRow>, Failure> {
    let tree = standing::units(db, organisation).await?;
    let mut above = vec![];
    let mut at = unit;
    while let Some(id) = at.filter(|id| !above.contains(id)) {
        above.push(id);
        at = tree.iter().find(|(unit, _)| *unit == id).and_then(|(_, parent)| *parent);
    }
    let (mut of_unit, mut of_all) = (vec![], vec![]);
    for member in memberships(organisation, today).order_by_asc(membership::Column::Id).all(db.reader()).await? {
        for (assignment, role) in standing::held(db, member.id, today).await? {
            let grants: Vec<Grant> = serde_json::from_value(role.grants).unwrap_or_default();
            for grant in grants.iter().filter(|grant| grant.permission == Permission::ReferralsAssign && !grant.deny) {
                match assignment.unit_id.or(grant.unit) {
                    Some(limit) if above.contains(&limit) => of_unit.push(member.user_id),
                    Some(_) => {}
                    None => of_all.push(member.user_id),
                }
            }
        }
    }
    users(db, if of_unit.is_empty() { of_all } else { of_unit }).await
}

/// Those among some users who are members of an organisation on a day, and may be written to.
///
/// # Errors
/// As any read.
pub async fn members_among(db: &Db, organisation: OrganisationId, ids: Vec<UserId>, today: NaiveDate) -> Result<Vec<UserRow>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let query = memberships(organisation, today).filter(membership::Column::UserId.is_in(ids));
    users(db, query.all(db.reader()).await?.into_iter().map(|row| row.user_id).collect()).await
}

/// The moderators of the platform.
///
/// # Errors
/// As any read.
pub async fn moderators(db: &Db) -> Result<Vec<UserRow>, Failure> {
    let rows = active().filter(app_user::Column::PlatformRole.eq("platform_moderator"));
    Ok(rows.order_by_asc(app_user::Column::Id).all(db.reader()).await?)
}

fn active() -> Select<app_user::Entity> {
    app_user::Entity::find().filter(app_user::Column::State.eq("active"))
}

/// The memberships of an organisation that hold on a day.
pub(crate) fn memberships(organisation: OrganisationId, today: NaiveDate) -> Select<membership::Entity> {
    membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(organisation))
        .filter(membership::Column::ValidFrom.lte(today))
        .filter(Condition::any().add(membership::Column::ValidTo.is_null()).add(membership::Column::ValidTo.gte(today)))
}

/// The notices of a leg, in the order in which they were decided. The caller has checked that the leg may be read.
///
/// # Errors
/// As any read.
pub async fn notices_of(db: &Db, referral: ReferralId) -> Result<Vec<NoticeView>, Failure> {
    let rows = notice::Entity::find().filter(notice::Column::ReferralId.eq(referral));
    let rows = rows.order_by_asc(notice::Column::CreatedAt).order_by_asc(notice::Column::Id).all(db.reader()).await?;
    Ok(rows.into_iter().map(NoticeView::from).collect())
}

/// The notices that did not reach whom they were for, by kind and recipient, in the order in which they were decided. Only what is
/// for the sender to mend.
///
/// # Errors
/// As any read.
pub async fn undelivered(db: &Db, referral: ReferralId) -> Result<Vec<UndeliveredView>, Failure> {
    let rows = notice::Entity::find().filter(notice::Column::ReferralId.eq(referral)).filter(notice::Column::State.eq("failed"));
    let rows = rows.order_by_asc(notice::Column::CreatedAt).order_by_asc(notice::Column::Id).all(db.reader()).await?;
    let senders = |row: &notice::Model| row.recipient.parse().is_ok_and(Recipient::concerns_the_sender);
    Ok(rows.into_iter().filter(senders).map(UndeliveredView::from).collect())
}

/// The notices that wait for a user's summary since before an instant, oldest first.
///
/// # Errors
/// As any read.
pub async fn digest_entries(db: &Db, user: UserId, until: DateTime<Utc>) -> Result<Vec<NoticeId>, Failure> {
    let query = digest_entry::Entity::find().filter(digest_entry::Column::UserId.eq(user));
    let rows = query.filter(digest_entry::Column::MailId.is_null()).filter(digest_entry::Column::CreatedAt.lte(until));
    let rows = rows.order_by_asc(digest_entry::Column::CreatedAt).order_by_asc(digest_entry::Column::NoticeId);
    Ok(rows.all(db.reader()).await?.into_iter().map(|row| row.notice_id).collect())
}

/// Which of the kept mails are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailboxFilter {
    /// To this address.
    pub to: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
}

/// The mails that the sandbox kept, oldest first.
///
/// # Errors
/// As any read.
pub async fn mailbox(
    db: &Db,
    filter: &MailboxFilter,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u64,
) -> Result<Vec<KeptMailView>, Failure> {
    use sandbox_mail::Column;
    let mut query = sandbox_mail::Entity::find();
    if let Some(to) = &filter.to {
        query = query.filter(Column::Address.eq(to.to_lowercase()));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(Column::Kind.eq(kind.as_str()));
    }
    if let Some((at, id)) = after {
        let same_instant = Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.gt(id));
        query = query.filter(Condition::any().add(Column::CreatedAt.gt(at)).add(same_instant));
    }
    let rows = query.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(limit).all(db.reader()).await?;
    Ok(rows.into_iter().map(KeptMailView::from).collect())
}
