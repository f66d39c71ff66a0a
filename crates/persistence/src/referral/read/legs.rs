//! The tables around a leg, and what is selected of them.

use chrono::{DateTime, Utc};
use relais_domain::access::{Field, Rule};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait as _, IntoIden, JoinType, Query, SelectStatement};

use super::super::entity::{reading_mark, referral, referral_assignment, referral_filing};
use super::Reader;
use crate::access;
use crate::directory::entity::service;
use crate::identity::entity::{app_user, organisation};
use crate::message::entity::task;

pub(super) const LEG: &str = "leg";

pub(crate) fn leg(column: referral::Column) -> Expr {
    Expr::col((Alias::new(LEG), column))
}

pub(crate) fn at(table: &'static str, column: impl IntoIden) -> Expr {
    Expr::col((Alias::new(table), column.into_iden()))
}

/// The columns that the policy's fields stand for.
pub(crate) fn columns(field: Field) -> Option<Expr> {
    use referral::Column as C;
    Some(match field {
        Field::Id => leg(C::Id),
        Field::State => leg(C::State),
        Field::SenderOrganisation => leg(C::SenderOrganisationId),
        Field::SenderUnit => leg(C::SenderUnitId),
        Field::SentBy => leg(C::SentBy),
        Field::Adviser => leg(C::AdviserId),
        Field::ReceiverOrganisation => leg(C::ReceiverOrganisationId),
        Field::ReceiverUnit => leg(C::ReceiverUnitId),
        Field::AssignedMember => at("assignment", referral_assignment::Column::MemberId),
        Field::AssignedTeam => at("assignment", referral_assignment::Column::UnitId),
        Field::ToldAt => leg(C::ToldAt),
        Field::ReceiverLeft => leg(C::ReceiverLeftAt),
        Field::ConsentWithdrawn => leg(C::ConsentWithdrawnAt),
        Field::KeptFrom | Field::Organisation | Field::Unit | Field::User => return None,
    })
}

/// The legs that a rule shows, with the rows that a condition may ask about.
pub(crate) fn visible_legs(rule: &Rule, reader: Reader) -> SelectStatement {
    let mut query = Query::select();
    query.from_as(referral::Entity, Alias::new(LEG));
    beside(&mut query, reader);
    query.and_where(access::visible(rule, columns));
    query
}

/// The legs that a rule shows, to be counted: nothing beside them but what the rule itself asks about.
pub(crate) fn counted_legs(rule: &Rule) -> SelectStatement {
    let mut query = Query::select();
    let assigned = at("assignment", referral_assignment::Column::ReferralId).eq(leg(referral::Column::Id));
    query
        .from_as(referral::Entity, Alias::new(LEG))
        .join_as(JoinType::LeftJoin, referral_assignment::Entity, Alias::new("assignment"), assigned)
        .and_where(access::visible(rule, columns));
    query
}

/// The legs of one page: their keys are picked first, by the index, and only these rows meet the tables around them.
pub(super) fn picked_legs(keys: SelectStatement, reader: Reader) -> SelectStatement {
    let mut query = Query::select();
    let picked = at("page", referral::Column::Id).eq(leg(referral::Column::Id));
    query.from_subquery(keys, Alias::new("page")).join_as(JoinType::InnerJoin, referral::Entity, Alias::new(LEG), picked);
    beside(&mut query, reader);
    query
}

/// Joins the reader's own rows beside a leg.
fn beside(query: &mut SelectStatement, reader: Reader) {
    use referral::Column as C;
    let filing = Cond::all()
        .add(at("filing", referral_filing::Column::ReferralId).eq(leg(C::Id)))
        .add(at("filing", referral_filing::Column::OrganisationId).eq(reader.mine()));
    let mark = Cond::all()
        .add(at("mark", reading_mark::Column::ReferralId).eq(leg(C::Id)))
        .add(at("mark", reading_mark::Column::UserId).eq(reader.me()));
    query
        .join_as(
            JoinType::LeftJoin,
            referral_assignment::Entity,
            Alias::new("assignment"),
            at("assignment", referral_assignment::Column::ReferralId).eq(leg(C::Id)),
        )
        .join_as(JoinType::LeftJoin, referral_filing::Entity, Alias::new("filing"), filing)
        .join_as(JoinType::LeftJoin, reading_mark::Entity, Alias::new("mark"), mark);
}

/// What every reader of a leg needs, in a list too.
const HEAD: &[referral::Column] = &{
    use referral::Column as C;
    [
        C::Id,
        C::Kind,
        C::Origin,
        C::State,
        C::SenderOrganisationId,
        C::ReceiverOrganisationId,
        C::ServiceId,
        C::PersonId,
        C::Form,
        C::SentAt,
        C::ToldAt,
        C::DecidedAt,
        C::EndedAt,
        C::RemindAt,
        C::RemindersSent,
        C::ExpireAt,
        C::Pause,
        C::CreatedAt,
        C::UpdatedAt,
        C::Version,
        C::HandedOverBy,
    ]
};

/// What only the whole leg shows.
const BODY: &[referral::Column] = &{
    use referral::Column as C;
    [
        C::NeedId,
        C::RootId,
        C::ParentId,
        C::Snapshot,
        C::Eligibility,
        C::OverrideReason,
        C::AnsweredAt,
        C::RefusalCodes,
        C::AnswerMessage,
        C::MessageForPerson,
        C::Outcome,
        C::OutcomeText,
        C::Reported,
        C::Path,
        C::BlockedReason,
        C::HandOver,
        C::ReturnedAt,
        C::ConsentWithdrawnAt,
        C::InformedAt,
    ]
};

/// Selects what a line of a list shows, with the mask of each row.
pub(super) fn select_line(query: &mut SelectStatement, rule: &Rule, reader: Reader) {
    use referral::Column as C;
    query
        .columns(HEAD.iter().map(|column| (Alias::new(LEG), *column)))
        .join_as(
            JoinType::InnerJoin,
            organisation::Entity,
            Alias::new("sender"),
            at("sender", organisation::Column::Id).eq(leg(C::SenderOrganisationId)),
        )
        .join_as(
            JoinType::LeftJoin,
            organisation::Entity,
            Alias::new("receiver"),
            at("receiver", organisation::Column::Id).eq(leg(C::ReceiverOrganisationId)),
        )
        .join_as(JoinType::LeftJoin, service::Entity, Alias::new("asked"), at("asked", service::Column::Id).eq(leg(C::ServiceId)))
        .join_as(
            JoinType::LeftJoin,
            organisation::Entity,
            Alias::new("former"),
            at("former", organisation::Column::Id).eq(leg(C::HandedOverBy)),
        )
        .expr_as(at("former", organisation::Column::Name), "handed_over_by_name")
        .expr_as(at("sender", organisation::Column::Name), "sender_name")
        .expr_as(at("receiver", organisation::Column::Name), "receiver_name")
        .expr_as(at("asked", service::Column::Name), "service_name")
        .expr_as(at("assignment", referral_assignment::Column::MemberId), "assigned_member")
        .expr_as(at("assignment", referral_assignment::Column::UnitId), "assigned_unit")
        .expr_as(at("filing", referral_filing::Column::FiledAt), "filed_at")
        .expr_as(at("filing", referral_filing::Column::Reason), "filed_reason")
        .expr_as(at("filing", referral_filing::Column::Note), "filed_note")
        .expr_as(at("mark", reading_mark::Column::ReadAt), "read_at")
        .expr_as(first_task_due(reader), "task_due_at")
        .expr_as(access::mask(rule, columns), "mask");
}

/// The open tasks that the reader's organisation has for a leg.
fn open_tasks(reader: Reader) -> SelectStatement {
    let organisation = reader.mine();
    Query::select()
        .from_as(task::Entity, Alias::new("open_task"))
        .and_where(at("open_task", task::Column::ReferralId).eq(leg(referral::Column::Id)))
        .and_where(at("open_task", task::Column::OrganisationId).eq(organisation))
        .and_where(at("open_task", task::Column::DoneAt).is_null())
        .take()
}

fn first_task_due(reader: Reader) -> Expr {
    Expr::SubQuery(None, Box::new(open_tasks(reader).expr(at("open_task", task::Column::DueAt).min()).take().into()))
}

/// An open task of the reader's organisation for the leg is late.
pub(super) fn has_late_task(reader: Reader, now: DateTime<Utc>) -> Expr {
    Expr::exists(open_tasks(reader).expr(Expr::val(1)).and_where(at("open_task", task::Column::DueAt).lte(now)).take())
}

/// Selects the rest of a leg.
pub(super) fn select_rest(query: &mut SelectStatement) {
    use referral::Column as C;
    query
        .columns(BODY.iter().map(|column| (Alias::new(LEG), *column)))
        .join_as(JoinType::LeftJoin, app_user::Entity, Alias::new("adviser"), at("adviser", app_user::Column::Id).eq(leg(C::AdviserId)))
        .join_as(JoinType::LeftJoin, referral::Entity, Alias::new("parent"), at("parent", C::Id).eq(leg(C::ParentId)))
        .expr_as(at("parent", C::HandOver), "parent_hand_over")
        .expr_as(at("adviser", app_user::Column::Name), "adviser_name")
        .expr_as(at("adviser", app_user::Column::Email), "adviser_email")
        .expr_as(at("adviser", app_user::Column::Phone), "adviser_phone")
        .expr_as(at("asked", service::Column::Version), "service_version")
        .expr_as(at("asked", service::Column::ContactName), "service_contact_name")
        .expr_as(at("asked", service::Column::ContactEmail), "service_contact_email")
        .expr_as(at("asked", service::Column::ContactPhone), "service_contact_phone");
}
