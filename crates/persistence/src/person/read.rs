//! Reading persons: one predicate and one mask for the record, the list, the count and the search.

mod beside;
mod duplicates;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use relais_domain::access::{Facts, Field, Mask, Operand, Rule};
use relais_domain::person::joined_with;
use relais_domain::shared::ids::{OrganisationId, PersonId, ReferralId};
use sea_orm::sea_query::{Expr, ExprTrait as _, LikeExpr, Query};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};
use uuid::Uuid;

use super::entity::identity_link;
use super::entity::person::{Column as C, Entity, Model};
use super::view::{LinkedRecord, PersonRow};
use crate::access;
use crate::db::{Db, Failure, Tx};
use crate::referral::entity::referral;

pub use beside::{consent, consents, disclosures, link, links};
pub use duplicates::{Marks, legs_like, people_like};

/// The columns that the policy's fields stand for.
pub(crate) fn columns(field: Field) -> Option<Expr> {
    let column = match field {
        Field::Id => C::Id,
        Field::Organisation => C::OrganisationId,
        Field::Unit => C::UnitId,
        Field::SentBy => C::EnteredBy,
        Field::Adviser => C::AdviserId,
        Field::KeptFrom => C::KeptFrom,
        Field::ConsentWithdrawn => C::ConsentWithdrawnAt,
        _ => return None,
    };
    Some(Expr::col((Entity, column)))
}

impl Facts for Model {
    fn value(&self, field: Field) -> Option<Operand> {
        let id = match field {
            Field::Id => self.id.0,
            Field::Organisation => self.organisation_id.0,
            Field::Unit => self.unit_id?.0,
            Field::SentBy => self.entered_by?.0,
            Field::Adviser => self.adviser_id?.0,
            Field::KeptFrom => self.kept_from?.0,
            // Only its presence counts.
            Field::ConsentWithdrawn => return self.consent_withdrawn_at.map(|at| Operand::Text(at.to_rfc3339())),
            _ => return None,
        };
        Some(Operand::Uuid(id))
    }
}

/// What a list is narrowed to. Who narrows by name or contact hands in a rule that is narrowed to that category.
#[derive(Clone, Debug, Default)]
pub struct PersonFilter {
    /// The folded name begins with this.
    pub name: Option<String>,
    /// The phone or e-mail is this, as a search key.
    pub contact: Option<String>,
    /// The person of this referral: the record that its sender named, or that its receiver keeps.
    pub referral: Option<ReferralId>,
}

fn visible(rule: &Rule, filter: &PersonFilter) -> Select<Entity> {
    let mut query = Entity::find().filter(access::visible(rule, columns));
    if let Some(name) = &filter.name {
        // A range instead of LIKE, which differs between the engines.
        query = query.filter(C::NameFolded.gte(name.as_str())).filter(C::NameFolded.lt(format!("{name}\u{10FFFF}")));
    }
    if let Some(contact) = &filter.contact {
        query = query.filter(has_contact(C::ContactKeys, contact));
    }
    if let Some(referral) = filter.referral {
        let named = Query::select()
            .column(referral::Column::PersonId)
            .from(referral::Entity)
            .and_where(Expr::col(referral::Column::Id).eq(referral))
            .and_where(Expr::col(referral::Column::PersonId).is_not_null())
            .take();
        query = query.filter(Condition::any().add(C::KeptFrom.eq(referral)).add(C::Id.in_subquery(named)));
    }
    query
}

/// Whether a column of search keys holds this one, whole.
pub(super) fn has_contact(column: impl sea_orm::ColumnTrait, key: &str) -> Expr {
    let literal: String = key.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect();
    column.like(LikeExpr::new(format!("%|{literal}|%")).escape('\\'))
}

fn with_mask(query: Select<Entity>, rule: &Rule) -> sea_orm::Selector<sea_orm::SelectModel<PersonRow>> {
    query.expr_as(access::mask(rule, columns), "mask").into_model::<PersonRow>()
}

/// One page of records, the newest first.
///
/// # Errors
/// As any read.
pub async fn page(
    db: &Db,
    rule: &Rule,
    filter: &PersonFilter,
    after: Option<(DateTime<Utc>, Uuid)>,
    most: u64,
) -> Result<Vec<PersonRow>, Failure> {
    let mut query = visible(rule, filter).order_by_desc(C::CreatedAt).order_by_desc(C::Id).limit(most);
    if let Some((at, id)) = after {
        let place = Expr::tuple([Expr::col((Entity, C::CreatedAt)), Expr::col((Entity, C::Id))]);
        query = query.filter(place.lt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    Ok(with_mask(query, rule).all(db.reader()).await?)
}

/// Counts the records of a list, up to `most`.
///
/// # Errors
/// As any read.
pub async fn count(db: &Db, rule: &Rule, filter: &PersonFilter, most: u64) -> Result<u64, Failure> {
    Ok(visible(rule, filter).limit(most).count(db.reader()).await?)
}

/// One record, as the policy shows it. Refused by [`Failure::Missing`] when it hides it.
///
/// # Errors
/// As any read.
pub async fn one(db: &Db, rule: &Rule, id: PersonId) -> Result<PersonRow, Failure> {
    let query = visible(rule, &PersonFilter::default()).filter(C::Id.eq(id));
    with_mask(query, rule).one(db.reader()).await?.ok_or(Failure::Missing)
}

/// Those among some records that a rule shows, with what of each.
///
/// # Errors
/// As any read.
pub async fn among(db: &Db, rule: &Rule, ids: &[PersonId]) -> Result<Vec<(PersonId, Mask)>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let query = visible(rule, &PersonFilter::default()).filter(C::Id.is_in(ids.iter().copied()));
    let rows = with_mask(query, rule).all(db.reader()).await?;
    Ok(rows.into_iter().map(|found| (found.row.id, Mask::from_bits(found.mask))).collect())
}

/// Every record that a rule shows, with its mask: what random worlds compare with [`Rule::decide`].
///
/// # Errors
/// As any read.
#[doc(hidden)]
pub async fn decisions(db: &Db, rule: &Rule) -> Result<Vec<(PersonId, i32)>, Failure> {
    let rows = with_mask(visible(rule, &PersonFilter::default()), rule).all(db.reader()).await?;
    Ok(rows.into_iter().map(|found| (found.row.id, found.mask)).collect())
}

/// The links of the group to which a record belongs.
async fn group_on(connection: &impl ConnectionTrait, start: PersonId) -> Result<Vec<identity_link::Model>, Failure> {
    use identity_link::Column as L;
    let mut known = BTreeSet::from([start]);
    loop {
        let touching = Condition::any().add(L::PersonId.is_in(known.iter().copied())).add(L::OtherPersonId.is_in(known.iter().copied()));
        let links = identity_link::Entity::find().filter(touching).order_by_asc(L::Id).all(connection).await?;
        let reached: BTreeSet<PersonId> = links.iter().flat_map(|link| [link.person_id, link.other_person_id]).chain([start]).collect();
        if reached.len() == known.len() {
            return Ok(links);
        }
        known = reached;
    }
}

/// The records that are joined with one as the same person, itself among them.
///
/// # Errors
/// As any read.
pub async fn group(db: &Db, start: PersonId) -> Result<Vec<PersonId>, Failure> {
    Ok(members(start, &group_on(db.reader(), start).await?))
}

/// As [`group`], inside the transaction of an act.
///
/// # Errors
/// As any read.
pub async fn group_in(tx: &Tx, start: PersonId) -> Result<Vec<PersonId>, Failure> {
    Ok(members(start, &group_on(tx.conn(), start).await?))
}

fn members(start: PersonId, links: &[identity_link::Model]) -> Vec<PersonId> {
    joined_with(start, &pairs(links)).into_iter().collect()
}

fn pairs(links: &[identity_link::Model]) -> Vec<(PersonId, PersonId)> {
    links.iter().map(|link| (link.person_id, link.other_person_id)).collect()
}

/// The links that touch either of two groups.
///
/// # Errors
/// As any read.
pub async fn links_around(tx: &Tx, one: PersonId, other: PersonId) -> Result<Vec<(PersonId, PersonId)>, Failure> {
    let mut links = group_on(tx.conn(), one).await?;
    links.extend(group_on(tx.conn(), other).await?);
    Ok(pairs(&links))
}

/// The other records of the same person that a rule shows.
///
/// # Errors
/// As any read.
pub async fn linked(db: &Db, rule: &Rule, id: PersonId) -> Result<Vec<LinkedRecord>, Failure> {
    let links = group_on(db.reader(), id).await?;
    let others: Vec<PersonId> = members(id, &links).into_iter().filter(|other| *other != id).collect();
    let direct = |other: PersonId| {
        let joins = |link: &&identity_link::Model| [(id, other), (other, id)].contains(&(link.person_id, link.other_person_id));
        links.iter().find(joins).map(|link| link.id)
    };
    let mut seen = among(db, rule, &others).await?;
    seen.sort_by_key(|(person, _)| *person);
    Ok(seen.into_iter().map(|(person_id, _)| LinkedRecord { person_id, link_id: direct(person_id) }).collect())
}

/// The legs about some records, and those from which they are kept, the newest first.
///
/// # Errors
/// As any read.
pub async fn legs_about(db: &Db, people: &[PersonId], most: u64) -> Result<Vec<ReferralId>, Failure> {
    use sea_orm::sea_query::Order;
    let kept = Query::select()
        .column(C::KeptFrom)
        .from(Entity)
        .and_where(Expr::col(C::Id).is_in(people.iter().copied()))
        .and_where(Expr::col(C::KeptFrom).is_not_null())
        .take();
    let about = Expr::col(referral::Column::PersonId).is_in(people.iter().copied());
    let query = Query::select()
        .column(referral::Column::Id)
        .from(referral::Entity)
        .and_where(about.or(Expr::col(referral::Column::Id).in_subquery(kept)))
        .order_by(referral::Column::CreatedAt, Order::Desc)
        .order_by(referral::Column::Id, Order::Desc)
        .limit(most)
        .take();
    db.reader().query_all(&query).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// The record that an organisation keeps from a leg it received.
///
/// # Errors
/// As any read.
pub async fn kept_from(tx: &Tx, organisation: OrganisationId, leg: ReferralId) -> Result<Option<PersonId>, Failure> {
    let found = Entity::find().filter(C::OrganisationId.eq(organisation)).filter(C::KeptFrom.eq(leg)).one(tx.conn()).await?;
    Ok(found.map(|row| row.id))
}
