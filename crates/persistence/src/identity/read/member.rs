//! Members: a membership with its account, units and roles.

use relais_domain::access::{Category, Condition, Field, Mask, Rule};
use relais_domain::shared::ids::{MembershipId, OrganisationId};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::{Place, later};
use crate::access;
use crate::db::{Db, Failure};
use crate::identity::Membership;
use crate::identity::entity::{app_user, membership, membership_unit, role, role_assignment};
use crate::identity::view::{AssignmentView, MemberView};

/// What of members is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemberFilter {
    /// Those whose membership runs on this day.
    pub active_on: Option<chrono::NaiveDate>,
}

fn columns(field: Field) -> Option<Expr> {
    match field {
        Field::Id => Some(Expr::col((membership::Entity, membership::Column::Id))),
        Field::Organisation => Some(Expr::col((membership::Entity, membership::Column::OrganisationId))),
        Field::User => Some(Expr::col((membership::Entity, membership::Column::UserId))),
        Field::Unit => Some(Expr::col((membership_unit::Entity, membership_unit::Column::UnitId))),
        _ => None,
    }
}

/// The memberships that meet a condition in at least one of their units; those without a unit count as one row.
fn meeting(condition: &Condition) -> SelectStatement {
    let same =
        Expr::col((membership_unit::Entity, membership_unit::Column::MembershipId)).equals((membership::Entity, membership::Column::Id));
    Query::select()
        .column((membership::Entity, membership::Column::Id))
        .from(membership::Entity)
        .left_join(membership_unit::Entity, same)
        .and_where(access::condition(condition, columns))
        .to_owned()
}

/// A member may work in several units: any of them opens, and any of them closes.
fn reached(rule: &Rule) -> sea_orm::Condition {
    let any = |entries: &[(Condition, Mask)], counts: fn(Mask) -> bool| {
        let met = entries.iter().filter(|(_, mask)| counts(*mask)).map(|(condition, _)| condition.clone());
        meeting(&Condition::Any(met.collect()).simplified())
    };
    let id = || Expr::col((membership::Entity, membership::Column::Id));
    let opened = sea_orm::Condition::all().add(id().in_subquery(any(&rule.allow, |_| true)));
    if rule.deny.is_empty() {
        return opened;
    }
    opened.add(id().not_in_subquery(any(&rule.deny, |mask| mask.contains(Category::Existence))))
}

/// The members of an organisation that the rule shows, the oldest first.
///
/// # Errors
/// As any read.
pub async fn members(
    db: &Db,
    rule: &Rule,
    organisation: OrganisationId,
    filter: MemberFilter,
    after: Place,
    most: u64,
) -> Result<Vec<MemberView>, Failure> {
    use membership::Column as C;
    let mut query = membership::Entity::find().filter(C::OrganisationId.eq(organisation)).filter(reached(rule));
    if let Some(day) = filter.active_on {
        let open = sea_orm::Condition::any().add(C::ValidTo.is_null()).add(C::ValidTo.gte(day));
        query = query.filter(C::ValidFrom.lte(day)).filter(open);
    }
    if let Some((at, id)) = after {
        query = query.filter(later(C::CreatedAt, C::Id, at, id));
    }
    let rows = query.order_by_asc(C::CreatedAt).order_by_asc(C::Id).limit(most).all(db.reader()).await?;
    whole(db, rows).await
}

/// One member of an organisation, when the rule shows it.
///
/// # Errors
/// As any read.
pub async fn member(db: &Db, rule: &Rule, organisation: OrganisationId, id: MembershipId) -> Result<Option<MemberView>, Failure> {
    let query = membership::Entity::find_by_id(id).filter(membership::Column::OrganisationId.eq(organisation)).filter(reached(rule));
    let Some(row) = query.one(db.reader()).await? else { return Ok(None) };
    Ok(whole(db, vec![row]).await?.pop())
}

/// Whether a rule reaches a membership.
///
/// # Errors
/// As any read.
pub async fn is_reached(db: &Db, rule: &Rule, id: MembershipId) -> Result<bool, Failure> {
    Ok(membership::Entity::find_by_id(id).filter(reached(rule)).one(db.reader()).await?.is_some())
}

/// Adds accounts, units and roles: one query each.
async fn whole(db: &Db, rows: Vec<Membership>) -> Result<Vec<MemberView>, Failure> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let ids: Vec<MembershipId> = rows.iter().map(|row| row.id).collect();
    let users = app_user::Entity::find().filter(app_user::Column::Id.is_in(rows.iter().map(|row| row.user_id))).all(db.reader()).await?;
    let units = membership_unit::Entity::find()
        .filter(membership_unit::Column::MembershipId.is_in(ids.iter().copied()))
        .order_by_asc(membership_unit::Column::UnitId)
        .all(db.reader())
        .await?;
    let held = role_assignment::Entity::find()
        .filter(role_assignment::Column::MembershipId.is_in(ids))
        .order_by_asc(role_assignment::Column::CreatedAt)
        .order_by_asc(role_assignment::Column::Id)
        .all(db.reader())
        .await?;
    let names: Vec<(relais_domain::shared::ids::RoleId, String)> = role::Entity::find()
        .select_only()
        .columns([role::Column::Id, role::Column::Name])
        .filter(role::Column::Id.is_in(held.iter().map(|held| held.role_id)))
        .into_tuple()
        .all(db.reader())
        .await?;
    let name_of = |id| names.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone()).unwrap_or_default();
    let views = rows.into_iter().filter_map(|row| {
        let user = users.iter().find(|user| user.id == row.user_id)?.clone();
        let roles = held.iter().filter(|held| held.membership_id == row.id).map(|held| AssignmentView {
            role_id: held.role_id,
            role_name: name_of(held.role_id),
            unit_id: held.unit_id,
            valid_from: held.valid_from,
            valid_to: held.valid_to,
        });
        Some(MemberView {
            id: row.id,
            user_id: user.id,
            name: user.name,
            email: user.email,
            phone: user.phone,
            account: user.state,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            notified: row.notified,
            units: units.iter().filter(|unit| unit.membership_id == row.id).map(|unit| unit.unit_id).collect(),
            roles: roles.collect(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    });
    Ok(views.collect())
}
