//! Reading the public face of organisations.

use relais_domain::directory::{OrganisationState, ServiceState};
use relais_domain::shared::fold_text;
use relais_domain::shared::ids::OrganisationId;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SubQueryStatement};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};

use super::{After, bounded_count, has_words, holds_one_of};
use crate::db::{Db, Engine, Failure};
use crate::directory::entity::service::{Column as S, Entity as Services};
use crate::directory::view::{StructureFilter, StructureView};
use crate::identity::entity::organisation::{Column as O, Entity as Organisations};

fn faces() -> Select<Organisations> {
    let published: SelectStatement = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(Services)
        .and_where(Expr::col((Services, S::OrganisationId)).equals((Organisations, O::Id)))
        .and_where(Expr::col((Services, S::State)).eq(ServiceState::Published))
        .take();
    let branches: SelectStatement = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from_as(Organisations, "branch")
        .and_where(Expr::col(("branch", O::ParentId)).equals((Organisations, O::Id)))
        .and_where(Expr::col(("branch", O::State)).eq(OrganisationState::Active))
        .take();
    Organisations::find()
        .select_only()
        .columns([O::Id, O::Name, O::Description, O::State, O::Locality, O::Country, O::Address, O::Latitude, O::Longitude, O::Website])
        .columns([O::Email, O::Phone, O::Source, O::SourceId, O::SourceUpdatedOn, O::CreatedAt, O::UpdatedAt, O::Version, O::Settings])
        .columns([O::Identifiers, O::Networks, O::OpeningHours, O::Accessibility, O::ParentId, O::ReferralForm, O::SourceUrl])
        .expr_as(Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(branches))), "branches")
        .expr_as(O::VerifiedAt.is_not_null(), "verified")
        .expr_as(Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(published))), "published_services")
}

fn filtered(engine: Engine, filter: &StructureFilter) -> Condition {
    let StructureFilter { q, verified, parent, network, locality, commune } = filter;
    let towns: Vec<String> = locality.iter().map(|town| fold_text(town)).collect();
    Condition::all()
        .add(O::State.eq(OrganisationState::Active))
        .add_option(q.as_deref().map(|q| has_words(Expr::col((Organisations, O::NameFolded)), q)))
        .add_option(verified.map(|wanted| if wanted { O::VerifiedAt.is_not_null() } else { O::VerifiedAt.is_null() }))
        .add_option(parent.map(|parent| O::ParentId.eq(parent)))
        .add_option((!network.is_empty()).then(|| {
            let codes: Vec<&str> = network.iter().map(String::as_str).collect();
            holds_one_of(engine, (Organisations, O::Networks), &codes)
        }))
        .add_option((!towns.is_empty()).then(|| O::LocalityFolded.is_in(towns)))
        .add_option((!commune.is_empty()).then(|| O::Commune.is_in(commune)))
}

/// Up to `most` active organisations, from `after` on, in the order of their creation.
///
/// # Errors
/// As any read.
pub async fn structures(db: &Db, filter: &StructureFilter, after: After, most: u64) -> Result<Vec<StructureView>, Failure> {
    let mut query = faces().filter(filtered(db.engine(), filter)).order_by_asc(O::CreatedAt).order_by_asc(O::Id).limit(most);
    if let Some((at, id)) = after {
        let place = Expr::tuple([Expr::col((Organisations, O::CreatedAt)), Expr::col((Organisations, O::Id))]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
    }
    let rows = query.into_model::<StructureView>().all(db.reader()).await?;
    Ok(rows.into_iter().map(StructureView::completed).collect())
}

/// How many structures a list has, counted up to `most`.
///
/// # Errors
/// As any read.
pub async fn count_structures(db: &Db, filter: &StructureFilter, most: u64) -> Result<u64, Failure> {
    bounded_count(db, Organisations::find().select_only().column(O::Id).filter(filtered(db.engine(), filter)), most).await
}

/// One organisation's public face, unless the platform has shut it out.
///
/// # Errors
/// [`Failure::Missing`].
pub async fn structure(db: &Db, id: OrganisationId) -> Result<StructureView, Failure> {
    let query = faces().filter(O::Id.eq(id)).filter(O::State.ne(OrganisationState::Blocked));
    let row = query.into_model::<StructureView>().one(db.reader()).await?;
    Ok(row.ok_or(Failure::Missing)?.completed())
}
