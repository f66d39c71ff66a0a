//! All places, as they are kept.

use std::fmt::Display;
use std::str::FromStr;

use relais_domain::directory::Place;
use sea_orm::{ConnectionTrait, EntityTrait as _};

use crate::db::{Db, Failure, Tx};
use crate::directory::entity::place::{Entity, Model};
use crate::directory::write::{point, told};

/// Every place, in no order.
///
/// # Errors
/// As any read.
pub async fn places(db: &Db) -> Result<Vec<Place>, Failure> {
    all(db.reader()).await
}

/// As [`places`], within a transaction.
///
/// # Errors
/// As any read.
pub async fn places_in(tx: &Tx) -> Result<Vec<Place>, Failure> {
    all(tx.conn()).await
}

async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Place>, Failure> {
    Entity::find().all(conn).await?.into_iter().map(place_of).collect()
}

fn place_of(row: Model) -> Result<Place, Failure> {
    let Model { code, kind, country, name, parent, departement, region, epci, latitude, longitude, population, postal_codes } = row;
    Ok(Place {
        code: word(&code)?,
        kind,
        country,
        name: word(&name)?,
        parent: parent.as_deref().map(word).transpose()?,
        departement: departement.as_deref().map(word).transpose()?,
        region: region.as_deref().map(word).transpose()?,
        epci: epci.as_deref().map(word).transpose()?,
        point: point(latitude, longitude)?,
        population: u32::try_from(population).map_err(|error| Failure::Failed(error.to_string()))?,
        postal_codes: told(Some(postal_codes))?.unwrap_or_default(),
    })
}

fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error| Failure::Failed(format!("a column of a place: {error}")))
}
