//! Organisations, and the roles, units, invitations and accounts that hang on them.

use relais_domain::access::{Field, Rule};
use relais_domain::directory::OrganisationState;
use relais_domain::shared::fold_text;
use relais_domain::shared::ids::{InvitationId, OrganisationId, RoleId, ServiceAccountId, UnitId};
use sea_orm::sea_query::{Expr, LikeExpr};
use sea_orm::{ColumnTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::{Place, later};
use crate::access;
use crate::db::{Db, Failure};
use crate::identity::entity::{invitation, organisation, role, service_account, unit};
use crate::identity::{Invitation, Organisation, Role, ServiceAccount, Unit};

/// What of organisations is asked for.
#[derive(Clone, Debug, Default)]
pub struct OrganisationFilter {
    /// Words of the name.
    pub name: Option<String>,
    /// In one of these states; any when empty.
    pub states: Vec<OrganisationState>,
    /// Verified, or not yet.
    pub verified: Option<bool>,
}

fn organisation_columns(field: Field) -> Option<Expr> {
    match field {
        Field::Id | Field::Organisation => Some(Expr::col((organisation::Entity, organisation::Column::Id))),
        Field::State => Some(Expr::col((organisation::Entity, organisation::Column::State))),
        _ => None,
    }
}

/// A part of a text, as a pattern that matches nothing else.
fn containing(text: &str) -> LikeExpr {
    let escaped: String = text.chars().flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
}

/// The organisations that the rule shows, the oldest first.
///
/// # Errors
/// As any read.
pub async fn organisations(
    db: &Db,
    rule: &Rule,
    filter: &OrganisationFilter,
    after: Place,
    most: u64,
) -> Result<Vec<Organisation>, Failure> {
    use organisation::Column as C;
    let mut query = organisation::Entity::find().filter(access::visible(rule, organisation_columns));
    for word in filter.name.iter().flat_map(|name| fold_text(name).split(' ').map(ToOwned::to_owned).collect::<Vec<_>>()) {
        query = query.filter(Expr::col((organisation::Entity, C::NameFolded)).like(containing(&word)));
    }
    if !filter.states.is_empty() {
        query = query.filter(C::State.is_in(filter.states.iter().copied()));
    }
    query = match filter.verified {
        None => query,
        Some(true) => query.filter(C::VerifiedAt.is_not_null()),
        Some(false) => query.filter(C::VerifiedAt.is_null()),
    };
    if let Some((at, id)) = after {
        query = query.filter(later(C::CreatedAt, C::Id, at, id));
    }
    Ok(query.order_by_asc(C::CreatedAt).order_by_asc(C::Id).limit(most).all(db.reader()).await?)
}

/// One organisation, when the rule shows it.
///
/// # Errors
/// As any read.
pub async fn organisation(db: &Db, rule: &Rule, id: OrganisationId) -> Result<Option<Organisation>, Failure> {
    let query = organisation::Entity::find_by_id(id).filter(access::visible(rule, organisation_columns));
    Ok(query.one(db.reader()).await?)
}

/// The roles of an organisation, the oldest first.
///
/// # Errors
/// As any read.
pub async fn roles(db: &Db, organisation: OrganisationId, after: Place, most: u64) -> Result<Vec<Role>, Failure> {
    use role::Column as C;
    let mut query = role::Entity::find().filter(C::OrganisationId.eq(organisation));
    if let Some((at, id)) = after {
        query = query.filter(later(C::CreatedAt, C::Id, at, id));
    }
    Ok(query.order_by_asc(C::CreatedAt).order_by_asc(C::Id).limit(most).all(db.reader()).await?)
}

/// One role of an organisation.
///
/// # Errors
/// As any read.
pub async fn role(db: &Db, organisation: OrganisationId, id: RoleId) -> Result<Option<Role>, Failure> {
    Ok(role::Entity::find_by_id(id).filter(role::Column::OrganisationId.eq(organisation)).one(db.reader()).await?)
}

/// The units of an organisation, the oldest first.
///
/// # Errors
/// As any read.
pub async fn units(db: &Db, organisation: OrganisationId, after: Place, most: u64) -> Result<Vec<Unit>, Failure> {
    use unit::Column as C;
    let mut query = unit::Entity::find().filter(C::OrganisationId.eq(organisation));
    if let Some((at, id)) = after {
        query = query.filter(later(C::CreatedAt, C::Id, at, id));
    }
    Ok(query.order_by_asc(C::CreatedAt).order_by_asc(C::Id).limit(most).all(db.reader()).await?)
}

/// One unit of an organisation.
///
/// # Errors
/// As any read.
pub async fn unit(db: &Db, organisation: OrganisationId, id: UnitId) -> Result<Option<Unit>, Failure> {
    Ok(unit::Entity::find_by_id(id).filter(unit::Column::OrganisationId.eq(organisation)).one(db.reader()).await?)
}

fn invitation_columns(field: Field) -> Option<Expr> {
    match field {
        Field::Id => Some(Expr::col((invitation::Entity, invitation::Column::Id))),
        Field::Organisation => Some(Expr::col((invitation::Entity, invitation::Column::OrganisationId))),
        Field::Unit => Some(Expr::col((invitation::Entity, invitation::Column::UnitId))),
        _ => None,
    }
}

/// The invitations of an organisation that the rule shows, the oldest first.
///
/// # Errors
/// As any read.
pub async fn invitations(db: &Db, rule: &Rule, organisation: OrganisationId, after: Place, most: u64) -> Result<Vec<Invitation>, Failure> {
    use invitation::Column as C;
    let mut query = invitation::Entity::find().filter(C::OrganisationId.eq(organisation)).filter(access::visible(rule, invitation_columns));
    if let Some((at, id)) = after {
        query = query.filter(later(C::CreatedAt, C::Id, at, id));
    }
    Ok(query.order_by_asc(C::CreatedAt).order_by_asc(C::Id).limit(most).all(db.reader()).await?)
}

/// One invitation of an organisation, when the rule shows it.
///
/// # Errors
/// As any read.
pub async fn invitation(db: &Db, rule: &Rule, organisation: OrganisationId, id: InvitationId) -> Result<Option<Invitation>, Failure> {
    let query = invitation::Entity::find_by_id(id).filter(invitation::Column::OrganisationId.eq(organisation));
    Ok(query.filter(access::visible(rule, invitation_columns)).one(db.reader()).await?)
}

/// One invitation, by its id alone: for whoever holds its token.
///
/// # Errors
/// As any read.
pub async fn invitation_by_id(db: &Db, id: InvitationId) -> Result<Option<Invitation>, Failure> {
    Ok(invitation::Entity::find_by_id(id).one(db.reader()).await?)
}

/// The accounts of partner platforms of an organisation that are in a state, the oldest first.
///
/// # Errors
/// As any read.
pub async fn service_accounts(
    db: &Db,
    organisation: OrganisationId,
    state: &str,
    after: Place,
    most: u64,
) -> Result<Vec<ServiceAccount>, Failure> {
    use service_account::Column as C;
    let mut query = service_account::Entity::find().filter(C::OrganisationId.eq(organisation)).filter(C::State.eq(state));
    if let Some((at, id)) = after {
        query = query.filter(later(C::CreatedAt, C::Id, at, id));
    }
    Ok(query.order_by_asc(C::CreatedAt).order_by_asc(C::Id).limit(most).all(db.reader()).await?)
}

/// One such account.
///
/// # Errors
/// As any read.
pub async fn service_account(
    db: &Db,
    organisation: OrganisationId,
    state: &str,
    id: ServiceAccountId,
) -> Result<Option<ServiceAccount>, Failure> {
    use service_account::Column as C;
    let query = service_account::Entity::find_by_id(id).filter(C::OrganisationId.eq(organisation)).filter(C::State.eq(state));
    Ok(query.one(db.reader()).await?)
}
