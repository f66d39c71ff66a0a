//! The table: a header that names the columns, in any order, then one place per line.

use super::{Names, Told, Wrong, place};
use crate::directory::data_inclusion::ImportError;
use crate::directory::place::Place;

const NAMES: Names = Names {
    country: "pays",
    code: "code",
    name: "nom",
    kind: "type",
    parent: "parent",
    departement: "departement",
    region: "region",
    epci: "epci",
    latitude: "latitude",
    longitude: "longitude",
    population: "population",
    postal_codes: "codes_postaux",
};

/// Where the columns of a table stand, and what divides them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceColumns {
    delimiter: u8,
    columns: Vec<String>,
}

impl PlaceColumns {
    /// Reads the header: names divided by commas, semicolons or tabs, among them `code` and `nom`. `None` when it is not the
    /// header of a table of places. Columns of other names are passed over.
    pub fn of_header(line: &str) -> Option<Self> {
        let line = line.trim_start_matches('\u{feff}');
        b",;\t".iter().find_map(|delimiter| {
            let columns: Vec<String> = split(line, *delimiter)?.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
            let has = |name: &str| columns.iter().any(|column| column == name);
            (has(NAMES.code) && has(NAMES.name)).then_some(Self { delimiter: *delimiter, columns })
        })
    }

    /// Reads one line. `None` is a row that says nothing new: a commune of old that bears the code of its own commune.
    ///
    /// # Errors
    /// Everything that is wrong with the row; `malformed_row` when it has not as many fields as the header.
    pub fn parse(&self, line: &str) -> Result<Option<Place>, Vec<ImportError>> {
        let mut wrong = Wrong::default();
        let Some(fields) = split(line, self.delimiter).filter(|fields| fields.len() == self.columns.len()) else {
            wrong.at("", "malformed_row", format!("expected {} fields, as the header names", self.columns.len()));
            return Err(wrong.0);
        };
        let mut told = Told::default();
        for (column, text) in self.columns.iter().zip(fields).filter(|(_, text)| !text.trim().is_empty()) {
            let place = match column.as_str() {
                "pays" | "country" => &mut told.country,
                "code" => &mut told.code,
                "nom" => &mut told.name,
                "type" => &mut told.kind,
                "parent" => &mut told.parent,
                "departement" => &mut told.departement,
                "region" => &mut told.region,
                "epci" => &mut told.epci,
                "latitude" => &mut told.latitude,
                "longitude" => &mut told.longitude,
                "population" => &mut told.population,
                "codes_postaux" => {
                    told.postal_codes = text.split_whitespace().map(ToOwned::to_owned).collect();
                    continue;
                }
                _ => continue,
            };
            *place = Some(text);
        }
        place(&told, &NAMES, wrong)
    }

    /// The code of a line, for the report, also when the line is refused.
    pub fn code(&self, line: &str) -> Option<String> {
        let at = self.columns.iter().position(|column| column == NAMES.code)?;
        let code = split(line, self.delimiter)?.into_iter().nth(at)?;
        (!code.is_empty() && code.len() <= 16).then_some(code)
    }
}

/// The fields of one line.
fn split(line: &str, delimiter: u8) -> Option<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).buffer_capacity(line.len() + 1).from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    let read = reader.read_record(&mut record).ok()?;
    let more = reader.read_record(&mut csv::StringRecord::new()).unwrap_or(true);
    (read && !more).then(|| record.iter().map(ToOwned::to_owned).collect())
}
