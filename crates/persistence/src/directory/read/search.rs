//! What search is fed with: documents and the cards of organisations.

use std::collections::HashMap;

use chrono::NaiveDate;
use relais_domain::directory::search::{OrganisationCard, SearchDocument};
use relais_domain::shared::Period;
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use crate::db::{Db, Failure};
use crate::directory::entity::search_document::{Column as D, Entity as Documents};
use crate::directory::view::ServiceItem;
use crate::directory::write::told;
use crate::identity::entity::membership;
use crate::identity::entity::organisation::{self, Column as O, Entity as Organisations};

pub(super) fn parsed(document: &str) -> Result<SearchDocument, Failure> {
    serde_json::from_str(document).map_err(|error| Failure::Failed(format!("a search document: {error}")))
}

/// Up to `most` documents as they are kept, by the ids of their services from `after` on.
///
/// # Errors
/// As any read.
pub async fn search_documents(db: &Db, after: Option<ServiceId>, most: u64) -> Result<Vec<(ServiceId, String)>, Failure> {
    let query = Documents::find().filter(Condition::all().add_option(after.map(|after| D::ServiceId.gt(after))));
    let rows = query.order_by_asc(D::ServiceId).limit(most).all(db.reader()).await?;
    Ok(rows.into_iter().map(|row| (row.service_id, row.document)).collect())
}

/// The documents of these services.
///
/// # Errors
/// As any read; [`Failure::Failed`] for a document that an older program wrote and this one cannot read.
pub async fn search_documents_of(db: &Db, ids: &[ServiceId]) -> Result<Vec<SearchDocument>, Failure> {
    let rows = Documents::find().filter(D::ServiceId.is_in(ids.iter().copied())).all(db.reader()).await?;
    rows.iter().map(|row| parsed(&row.document)).collect()
}

/// Up to `most` organisations as search knows them, by id from `after` on.
///
/// # Errors
/// As any read.
pub async fn organisation_cards(db: &Db, after: Option<OrganisationId>, most: u64) -> Result<Vec<OrganisationCard>, Failure> {
    let query = Organisations::find().filter(Condition::all().add_option(after.map(|after| O::Id.gt(after))));
    cards(db, query.order_by_asc(O::Id).limit(most)).await
}

/// These organisations as search knows them.
///
/// # Errors
/// As any read.
pub async fn organisation_cards_of(db: &Db, ids: &[OrganisationId]) -> Result<Vec<OrganisationCard>, Failure> {
    cards(db, Organisations::find().filter(O::Id.is_in(ids.iter().copied()))).await
}

async fn cards(db: &Db, query: sea_orm::Select<Organisations>) -> Result<Vec<OrganisationCard>, Failure> {
    let rows: Vec<organisation::Model> = query.all(db.reader()).await?;
    let mut members: HashMap<OrganisationId, Vec<Period>> = HashMap::new();
    for chunk in rows.chunks(1_000) {
        use membership::Column as M;
        let ids = chunk.iter().map(|row| row.id);
        let query = membership::Entity::find().select_only().columns([M::OrganisationId, M::ValidFrom, M::ValidTo]);
        let days: Vec<(OrganisationId, NaiveDate, Option<NaiveDate>)> =
            query.distinct().filter(M::OrganisationId.is_in(ids)).into_tuple().all(db.reader()).await?;
        for (organisation, from, to) in days {
            members.entry(organisation).or_default().push(Period { from, to });
        }
    }
    rows.into_iter().map(|row| card(row, &mut members)).collect()
}

fn card(row: organisation::Model, members: &mut HashMap<OrganisationId, Vec<Period>>) -> Result<OrganisationCard, Failure> {
    let mut members = members.remove(&row.id).unwrap_or_default();
    members.sort_by_key(|days| (days.from, days.to));
    Ok(OrganisationCard {
        id: row.id,
        name: row.name,
        state: row.state,
        verified: row.verified_at.is_some(),
        takes_forms: row.referral_form,
        version: row.version,
        source: row.source,
        networks: told(row.networks)?.unwrap_or_default(),
        members,
    })
}

/// Documents as they stand in a list on a day, with the organisations that they are of.
pub(super) async fn items(db: &Db, texts: &[String], today: NaiveDate) -> Result<Vec<ServiceItem>, Failure> {
    let documents: Vec<SearchDocument> = texts.iter().map(|text| parsed(text)).collect::<Result<_, _>>()?;
    let mut ids: Vec<OrganisationId> = documents.iter().map(|document| document.organisation_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let cards = if ids.is_empty() { vec![] } else { organisation_cards_of(db, &ids).await? };
    let item = |document: &SearchDocument| {
        let card = cards.iter().find(|card| card.id == document.organisation_id)?;
        Some(ServiceItem::of(document, card, None, today))
    };
    Ok(documents.iter().filter_map(item).collect())
}
