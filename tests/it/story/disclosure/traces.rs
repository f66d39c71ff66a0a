//! Where words stand in what is kept: every column of every table, blobs as bytes, the files of the installation, packed files
//! unpacked.

use std::collections::BTreeSet;
use std::io::Read as _;

use relais_domain::shared::data_map::{self, Holds, Kind};
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

use super::words::{found_in, found_in_bytes};
use crate::world::tools::sequenced;
use crate::world::{Engine, World};

async fn ask(database: &DatabaseConnection, sql: &str) -> Vec<sea_orm::QueryResult> {
    database
        .query_all_raw(Statement::from_string(database.get_database_backend(), sql))
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Every column of every table, with whether it holds bytes.
async fn columns(world: &World, database: &DatabaseConnection) -> Vec<(String, String, bool)> {
    let question = match world.engine {
        Engine::Sqlite => {
            "SELECT m.name, c.name, lower(c.type) FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
        }
        Engine::Postgres => {
            "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns WHERE table_schema = current_schema()"
        }
    };
    let text = |row: &sea_orm::QueryResult, at: usize| row.try_get_by_index::<String>(at).unwrap();
    let rows = ask(database, question).await;
    rows.iter().map(|row| (text(row, 0), text(row, 1), ["blob", "bytea"].contains(&text(row, 2).as_str()))).collect()
}

/// The values of a column, one after the other.
async fn values(database: &DatabaseConnection, table: &str, column: &str, bytes: bool) -> Vec<u8> {
    let mut all = vec![b'\n'];
    if bytes {
        for row in ask(database, &format!("SELECT \"{column}\" FROM \"{table}\" WHERE \"{column}\" IS NOT NULL")).await {
            all.extend(row.try_get_by_index::<Vec<u8>>(0).unwrap_or_default());
            all.push(b'\n');
        }
    } else {
        for row in ask(database, &format!("SELECT CAST(\"{column}\" AS text) FROM \"{table}\" WHERE \"{column}\" IS NOT NULL")).await {
            all.extend(row.try_get_by_index::<Option<String>>(0).unwrap_or_default().unwrap_or_default().into_bytes());
            all.push(b'\n');
        }
    }
    all
}

/// Every column in which words stand, with the words.
async fn standing(world: &World) -> Vec<(String, String, &'static str)> {
    let database = world.copy.connect().await;
    sequenced(&database).await;
    let mut found = vec![];
    for (table, column, bytes) in columns(world, &database).await {
        let held = values(&database, &table, &column, bytes).await;
        found.extend(found_in_bytes(&held).map(|word| (table.clone(), column.clone(), word)));
    }
    for packed in ask(&database, "SELECT DISTINCT export_id FROM export_part").await {
        let text = unpacked(&pieces(&database, packed.try_get_by_index(0).unwrap()).await);
        found.extend(found_in(&text).map(|word| ("export_part".to_owned(), "bytes".to_owned(), word)));
    }
    database.close().await.unwrap();
    found
}

/// Every place in the database where a word stands.
pub async fn in_rows(world: &World) -> Vec<String> {
    standing(world).await.into_iter().map(|(table, column, word)| format!("{table}.{column}: {word}")).collect()
}

/// Words in columns that, by the map of the data, tell nothing of a person: ids, codes, events, jobs, keys, the journals.
pub async fn outside_their_columns(world: &World) -> Vec<String> {
    // The bytes of a file that was taken out are content; an adviser's address is that of somebody at work.
    let known = |table: &str, column: &str| {
        data_map::holds(table, column).is_some_and(|holds| holds.is_about_the_person() || holds == Holds::Kind(Kind::Account))
    };
    let found = standing(world).await.into_iter().filter(|(table, column, _)| !known(table, column));
    found.map(|(table, column, word)| format!("{table}.{column}, which is no place for it, holds {word}")).collect()
}

/// The words in the files of the installation: its database, its log, what was handed in.
pub fn in_files(world: &World) -> BTreeSet<&'static str> {
    let (mut folders, mut found) = (vec![world.copy.folder.clone()], BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.extend(found_in_bytes(&std::fs::read(&path).unwrap_or_default()));
            }
        }
    }
    found
}

async fn pieces(database: &DatabaseConnection, export: Uuid) -> Vec<u8> {
    let mut all = vec![];
    for row in ask(database, "SELECT bytes, export_id FROM export_part ORDER BY export_id, number").await {
        if row.try_get_by_index::<Uuid>(1).unwrap() == export {
            all.extend(row.try_get_by_index::<Vec<u8>>(0).unwrap());
        }
    }
    all
}

/// The file of an export, as text: a workbook unpacked.
pub async fn file_of(world: &World, export: &str) -> String {
    let database = world.copy.connect().await;
    let bytes = pieces(&database, export.parse().unwrap()).await;
    database.close().await.unwrap();
    assert!(!bytes.is_empty(), "the export has a file");
    unpacked(&bytes)
}

fn number(bytes: &[u8], at: usize, length: usize) -> usize {
    bytes.get(at..at + length).unwrap_or_default().iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// The entries of a zip, each unpacked; anything else as it is.
fn unpacked(bytes: &[u8]) -> String {
    if !bytes.starts_with(b"PK\x03\x04") {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").expect("a zip has an end");
    let (count, mut at) = (number(bytes, end + 10, 2), number(bytes, end + 16, 4));
    let mut text = String::new();
    for _ in 0..count {
        let (method, size, local) = (number(bytes, at + 10, 2), number(bytes, at + 20, 4), number(bytes, at + 42, 4));
        let begins = local + 30 + number(bytes, local + 26, 2) + number(bytes, local + 28, 2);
        let packed = bytes.get(begins..begins + size).expect("the entry lies in the file");
        if method == 0 {
            text.push_str(&String::from_utf8_lossy(packed));
        } else {
            let mut plain = vec![];
            flate2::read::DeflateDecoder::new(packed).read_to_end(&mut plain).expect("the entry is packed");
            text.push_str(&String::from_utf8_lossy(&plain));
        }
        at += 46 + number(bytes, at + 28, 2) + number(bytes, at + 30, 2) + number(bytes, at + 32, 2);
    }
    text
}
