//! The documents that search is fed with, written with the services that they are of.

use relais_domain::directory::Service;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, QueryTrait as _};

use crate::db::{Failure, Tx};
use crate::directory::entity::search_document::{Column, Entity, Model};

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
