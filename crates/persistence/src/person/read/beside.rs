//! What stands beside a record: consents, disclosures, links. The caller has checked that the records are visible.

use chrono::{DateTime, Utc};
use relais_domain::shared::ids::{ConsentId, IdentityLinkId, PersonId};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, JoinType, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _};
use uuid::Uuid;

use super::super::entity::{consent, disclosure, identity_link};
use super::super::view::{ConsentView, DisclosureView, IdentityLinkView};
use crate::db::{Db, Failure};
use crate::identity::entity::organisation;

type After = Option<(DateTime<Utc>, Uuid)>;

fn named(query: &mut SelectStatement, alias: &'static str, organisation: Expr, name: &'static str) {
    query
        .join_as(
            JoinType::LeftJoin,
            organisation::Entity,
            Alias::new(alias),
            Expr::col((Alias::new(alias), organisation::Column::Id)).eq(organisation),
        )
        .expr_as(Expr::col((Alias::new(alias), organisation::Column::Name)), name);
}

async fn all<T: FromQueryResult>(db: &Db, query: &SelectStatement) -> Result<Vec<T>, Failure> {
    Ok(T::find_by_statement(db.reader().get_database_backend().build(query)).all(db.reader()).await?)
}

fn consents_of(people: &[PersonId]) -> SelectStatement {
    use consent::Column as K;
    let mut query = Query::select();
    let shown = [
        K::Id,
        K::Version,
        K::PersonId,
        K::ReferralId,
        K::RecipientOrganisationId,
        K::Purpose,
        K::Categories,
        K::GivenAt,
        K::EndsOn,
        K::WithdrawnAt,
        K::WithdrawalReason,
    ];
    query.columns(shown.map(|column| (consent::Entity, column))).from(consent::Entity);
    query.and_where(Expr::col((consent::Entity, K::PersonId)).is_in(people.iter().copied()));
    named(&mut query, "recipient", Expr::col((consent::Entity, K::RecipientOrganisationId)), "recipient_name");
    query
}

/// One page of the consents of some records, the newest first.
///
/// # Errors
/// As any read.
pub async fn consents(db: &Db, people: &[PersonId], after: After, most: u64) -> Result<Vec<ConsentView>, Failure> {
    use consent::Column as K;
    let mut query = consents_of(people);
    let place = [Expr::col((consent::Entity, K::GivenAt)), Expr::col((consent::Entity, K::Id))];
    if let Some((at, id)) = after {
        query.and_where(Expr::tuple(place.clone()).lt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    for column in place {
        query.order_by_expr(column, Order::Desc);
    }
    query.limit(most);
    all(db, &query).await
}

/// One consent of some records. Refused by [`Failure::Missing`] when it is of another.
///
/// # Errors
/// As any read.
pub async fn consent(db: &Db, people: &[PersonId], id: ConsentId) -> Result<ConsentView, Failure> {
    let query = consents_of(people).and_where(Expr::col((consent::Entity, consent::Column::Id)).eq(id)).take();
    all(db, &query).await?.pop().ok_or(Failure::Missing)
}

/// One page of what was disclosed of some records, the newest first.
///
/// # Errors
/// As any read.
pub async fn disclosures(db: &Db, people: &[PersonId], after: After, most: u64) -> Result<Vec<DisclosureView>, Failure> {
    use disclosure::Column as D;
    let own = |column: D| Expr::col((disclosure::Entity, column));
    let mut query = Query::select();
    let shown = [
        D::Id,
        D::PersonId,
        D::ReferralId,
        D::OrganisationId,
        D::RecipientOrganisationId,
        D::Purpose,
        D::Categories,
        D::Because,
        D::ConsentId,
        D::DisclosedAt,
    ];
    query.columns(shown.map(|column| (disclosure::Entity, column))).from(disclosure::Entity);
    named(&mut query, "discloser", own(D::OrganisationId), "organisation_name");
    named(&mut query, "recipient", own(D::RecipientOrganisationId), "recipient_name");
    query.and_where(own(D::PersonId).is_in(people.iter().copied()));
    if let Some((at, id)) = after {
        query.and_where(Expr::tuple([own(D::DisclosedAt), own(D::Id)]).lt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    query.order_by_expr(own(D::DisclosedAt), Order::Desc).order_by_expr(own(D::Id), Order::Desc).limit(most);
    all(db, &query).await
}

fn links_of(person: PersonId) -> sea_orm::Select<identity_link::Entity> {
    use identity_link::Column as L;
    identity_link::Entity::find().filter(Condition::any().add(L::PersonId.eq(person)).add(L::OtherPersonId.eq(person)))
}

/// The links of a record, the oldest first; few by nature.
///
/// # Errors
/// As any read.
pub async fn links(db: &Db, person: PersonId, after: After, most: u64) -> Result<Vec<IdentityLinkView>, Failure> {
    use identity_link::Column as L;
    use sea_orm::{QueryOrder as _, QuerySelect as _};
    let mut query = links_of(person).order_by_asc(L::CreatedAt).order_by_asc(L::Id).limit(most);
    if let Some((at, id)) = after {
        let place = Expr::tuple([Expr::col(L::CreatedAt), Expr::col(L::Id)]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    Ok(query.into_model::<IdentityLinkView>().all(db.reader()).await?)
}

/// One link of a record.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn link(db: &Db, person: PersonId, id: IdentityLinkId) -> Result<IdentityLinkView, Failure> {
    let query = links_of(person).filter(identity_link::Column::Id.eq(id));
    query.into_model::<IdentityLinkView>().one(db.reader()).await?.ok_or(Failure::Missing)
}
