//! The documents that search is fed with, written with the services that they are of.

use relais_domain::directory::Service;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};

use super::service_of;
use crate::db::{Ctx, Db, Failure, Tx};
use crate::directory::entity::search_document::{Column, Entity, Model};
use crate::directory::entity::service;

/// Leaves the document of a service, new or changed, to the end of the transaction. It says nothing that the service's row does
/// not say, so the journal does not know it.
pub(super) fn leave(tx: &mut Tx, service: &Service, median_days: Option<f64>) -> Result<(), Failure> {
    leave_all(tx, std::iter::once((service, median_days)))
}

/// As [`leave`], for many services; none of them twice.
pub(super) fn leave_all<'a>(tx: &mut Tx, services: impl Iterator<Item = (&'a Service, Option<f64>)>) -> Result<(), Failure> {
    let row = |(service, median_days): (&Service, Option<f64>)| {
        let document = serde_json::to_string(&service.search_document(median_days));
        let document = document.map_err(|error| Failure::Failed(format!("a search document: {error}")))?;
        Ok(Model { service_id: service.id, document }.into_active_model().reset_all())
    };
    let rows = services.map(row).collect::<Result<Vec<_>, Failure>>()?;
    if !rows.is_empty() {
        let (binds, renewed) = (rows.len() * 2, OnConflict::column(Column::ServiceId).update_column(Column::Document).to_owned());
        tx.leave(Entity::insert_many(rows).on_conflict(renewed).into_query(), binds);
    }
    Ok(())
}

/// How many missing documents one transaction writes.
const MISSING: u64 = 200;

/// Writes the documents that services lack: those that came into the database before there were documents. Gives their number.
///
/// # Errors
/// As any write.
pub async fn complete_search_documents(db: &Db, ctx: &Ctx) -> Result<usize, Failure> {
    let mut written = 0;
    loop {
        let documented = Query::select().column(Column::ServiceId).from(Entity).take();
        let missing = service::Entity::find().filter(service::Column::Id.not_in_subquery(documented));
        let rows = missing.order_by_asc(service::Column::Id).limit(MISSING).all(db.reader()).await?;
        if rows.is_empty() {
            return Ok(written);
        }
        let services: Vec<(Service, Option<f64>)> =
            rows.iter().map(|row| Ok((service_of(row)?, row.median_days))).collect::<Result<_, Failure>>()?;
        let mut tx = db.write(ctx).await?;
        leave_all(&mut tx, services.iter().map(|(service, median_days)| (service, *median_days)))?;
        tx.commit().await?;
        written += services.len();
    }
}
