//! Loading places.

use relais_domain::directory::Place;
use relais_domain::shared::GeoPoint;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait as _, Iterable as _};

use super::json;
use crate::db::{Failure, Tx, inserts};
use crate::directory::entity::place::{Column, Entity, Model};

/// Puts places in the place of those with the same codes; no two of them may share one. They are reference data: the journal
/// does not hold each, and one event `places.imported` tells every node to read them again.
///
/// # Errors
/// As any write.
pub async fn put_places(tx: &mut Tx, places: &[Place]) -> Result<(), Failure> {
    if places.is_empty() {
        return Ok(());
    }
    let rows = places.iter().map(row_of).collect::<Result<Vec<_>, _>>()?;
    let others = Column::iter().filter(|column| !matches!(column, Column::Code));
    let replace = OnConflict::column(Column::Code).update_columns(others).to_owned();
    for (mut insert, _) in inserts::<Entity>(rows) {
        tx.conn().execute(insert.on_conflict(replace.clone())).await?;
    }
    let load = tx.ctx().fresh();
    tx.event("places.imported", "place", load, None);
    Ok(())
}

fn row_of(place: &Place) -> Result<Model, Failure> {
    let Place { code, kind, country, name, parent, departement, region, epci, point, population, postal_codes } = place;
    Ok(Model {
        code: code.to_string(),
        kind: *kind,
        country: *country,
        name: name.to_string(),
        parent: parent.as_ref().map(ToString::to_string),
        departement: departement.as_ref().map(ToString::to_string),
        region: region.as_ref().map(ToString::to_string),
        epci: epci.as_ref().map(ToString::to_string),
        latitude: point.map(GeoPoint::latitude),
        longitude: point.map(GeoPoint::longitude),
        population: i32::try_from(*population).map_err(|error| Failure::Failed(error.to_string()))?,
        postal_codes: json(Some(postal_codes))?.unwrap_or_default(),
    })
}
