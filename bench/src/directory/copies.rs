//! Many services out of few that were imported: copies with counted ids, in other places. Their search documents are those of the
//! originals, with the values of the copy.

use std::path::Path;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::feed::{SOURCE, rounded};
use super::places::{Town, Towns};
use super::words::folded;
use crate::Fault;
use crate::chance::Chance;
use crate::db::{Cell, Db, Table};
use crate::rows::{self, Of};

/// The number of the first copy.
pub const FIRST: u64 = 400_000_000_000;
/// Services that are written at once.
const BATCH: u64 = 4_000;

/// How the source's id of a copy begins.
const COPY: &str = "relais-bench--copy-";

/// The id of a copy.
pub fn id(number: u64) -> Uuid {
    rows::id(Of::Service, FIRST + number)
}

/// How many copies a database has.
pub async fn count(db: &mut Db) -> Result<u64, Fault> {
    Ok(db.text(&format!("SELECT CAST(count(*) AS text) FROM service WHERE source_id LIKE '{COPY}%'")).await?.parse()?)
}

/// A service that was imported.
struct Original {
    id: Uuid,
    document: Map<String, Value>,
    address: Option<Map<String, Value>>,
}

async fn originals(db: &mut Db) -> Result<Vec<Original>, Fault> {
    let id = match db {
        Db::Sqlite(_) => "hex(s.id)",
        Db::Postgres(_) => "s.id::text",
    };
    let sql = format!(
        "SELECT {id}, d.document, CAST(s.address AS text) FROM service s JOIN search_document d ON d.service_id = s.id \
         WHERE s.source = '{SOURCE}' ORDER BY s.source_id"
    );
    let mut found = vec![];
    for [id, document, address] in db.texts(&sql).await? {
        let address = address.map(|address| serde_json::from_str(&address)).transpose()?;
        let (id, document) = (id.ok_or("a service without an id")?.parse()?, document.ok_or("a service without a document")?);
        found.push(Original { id, document: serde_json::from_str(&document)?, address });
    }
    Ok(found)
}

fn text<'a>(of: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    of.get(field).and_then(Value::as_str)
}

/// The zones of an original at the same levels around another town.
fn moved(zones: Option<&mut Value>, town: &Town) {
    for zone in zones.and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut) {
        let (kind, code) = match (text(zone, "kind").unwrap_or_default(), &town.epci) {
            ("commune", _) => ("commune", &town.code),
            ("epci", Some(epci)) => ("epci", epci),
            ("epci" | "departement", _) => ("departement", &town.departement),
            _ => continue,
        };
        zone.insert("code".into(), code.as_str().into());
        zone.insert("kind".into(), kind.into());
    }
}

/// Replaces what is there; what the original did not tell the copy does not either.
fn put(of: &mut Map<String, Value>, field: &str, value: &str) {
    if let Some(told) = of.get_mut(field) {
        *told = value.into();
    }
}

const COLUMNS: &str =
    "old_id,id,source_id,name,name_folded,address,locality,locality_folded,commune,postal_code,latitude,longitude,coverage";

/// The rows of a copy: the values that differ, and the search document.
fn copy(original: &Original, number: u64, town: &Town, chance: &mut Chance) -> (Vec<Cell>, Vec<Cell>) {
    let (id, mut document, mut address) = (id(number), original.document.clone(), original.address.clone());
    let name = text(&document, "name").unwrap_or_default();
    let name = name.split_once(" à ").map_or(name, |(subject, _)| subject);
    let name = format!("{name} à {}", town.name);
    document.insert("id".into(), id.to_string().into());
    document.insert("name".into(), name.as_str().into());
    for (field, value) in [("locality", &town.name), ("postal_code", &town.postal_code), ("commune", &town.code)] {
        put(&mut document, field, value);
        if let Some(address) = address.as_mut() {
            put(address, field, value);
        }
    }
    let mut point = None;
    if let Some(points) = document.get_mut("points").and_then(Value::as_array_mut) {
        #[expect(clippy::cast_precision_loss, reason = "a number below 200")]
        let mut off = || (chance.below(201) as f64 - 100.0) / 5_000.0;
        let (latitude, longitude) = (rounded(town.point.0 + off()), rounded(town.point.1 + off()));
        point = Some((latitude, longitude));
        for told in points.iter_mut().filter_map(Value::as_object_mut) {
            told.insert("latitude".into(), latitude.into());
            told.insert("longitude".into(), longitude.into());
        }
    }
    moved(document.get_mut("coverage").and_then(|coverage| coverage.get_mut("zones")), town);
    let told = |field: &str| text(&document, field).map_or(Cell::Null, Cell::from);
    let json = |value: Option<String>| value.map_or(Cell::Null, Cell::Text);
    let row = vec![
        Cell::Id(original.id),
        Cell::Id(id),
        Cell::Text(format!("{COPY}{number:06}")),
        Cell::Text(name.clone()),
        Cell::Text(folded(&name)),
        json(address.map(|address| Value::Object(address).to_string())),
        told("locality"),
        text(&document, "locality").map_or(Cell::Null, |locality| Cell::Text(folded(locality))),
        told("commune"),
        told("postal_code"),
        point.map_or(Cell::Null, |(latitude, _)| Cell::Real(latitude)),
        point.map_or(Cell::Null, |(_, longitude)| Cell::Real(longitude)),
        json(document.get("coverage").map(ToString::to_string)),
    ];
    (row, vec![Cell::Id(id), Cell::Text(Value::Object(document).to_string())])
}

/// Makes a table for the values that differ, and gives the statement that copies what it holds.
async fn prepare(db: &mut Db) -> Result<String, Fault> {
    let (id, json, real, catalogue) = match db {
        Db::Sqlite(_) => ("blob", "text", "real", "SELECT name FROM pragma_table_info('service')"),
        Db::Postgres(_) => (
            "uuid",
            "jsonb",
            "double precision",
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'service'::regclass AND attnum > 0 AND NOT attisdropped",
        ),
    };
    let columns: Vec<String> = COLUMNS
        .split(',')
        .map(|column| {
            let kind = match column {
                "old_id" | "id" => id,
                "address" | "coverage" => json,
                "latitude" | "longitude" => real,
                _ => "text",
            };
            format!("{column} {kind}")
        })
        .collect();
    db.run(&format!("CREATE TEMP TABLE fresh ({})", columns.join(","))).await?;
    let all: Vec<String> = db.texts(catalogue).await?.into_iter().filter_map(|[name]| name).collect();
    let of = |column: &String| format!("{}.{column}", if COLUMNS.split(',').any(|fresh| fresh == column) { "fresh" } else { "service" });
    let values: Vec<String> = all.iter().map(of).collect();
    let from = "FROM fresh JOIN service ON service.id = fresh.old_id";
    Ok(format!("INSERT INTO service ({}) SELECT {} {from}", all.join(","), values.join(",")))
}

/// Puts so many copies in the place of the services that were imported.
pub async fn make(url: &str, places: &Path, services: u64) -> Result<(), Fault> {
    let begun = std::time::Instant::now();
    let (towns, mut db, mut chance) = (Towns::read(places)?, Db::open(url).await?, Chance::new(13));
    let originals = originals(&mut db).await?;
    if originals.is_empty() {
        return Err("import what directory-fill wrote first".into());
    }
    let copying = prepare(&mut db).await?;
    crate::fill::begin(&mut db).await?;
    for numbers in crate::fill::ranges(0..services, BATCH) {
        let (mut rows, mut documents) = (vec![], vec![]);
        for (number, original) in numbers.clone().zip(originals.iter().cycle().skip(usize::try_from(numbers.start)? % originals.len())) {
            let town = towns.any(&mut chance)?;
            let (row, document) = copy(original, number, town, &mut chance);
            rows.push(row);
            documents.push(document);
        }
        db.write(Table { name: "fresh", columns: COLUMNS, rows }).await?;
        db.run(&copying).await?;
        db.run("DELETE FROM fresh").await?;
        db.write(Table { name: "search_document", columns: "service_id,document", rows: documents }).await?;
    }
    let gone = format!("source = '{SOURCE}' AND source_id NOT LIKE '{COPY}%'");
    db.run(&format!("DELETE FROM search_document WHERE service_id IN (SELECT id FROM service WHERE {gone})")).await?;
    db.run(&format!("DELETE FROM service WHERE {gone}")).await?;
    db.run("COMMIT").await?;
    db.settle().await?;
    eprintln!("directory-copies: {services} services in {:.1} s, analysed", begun.elapsed().as_secs_f32());
    Ok(())
}
