//! All places in memory: small, and quick to ask.

mod build;
mod nearest;
mod search;

use super::names::departements_of;
use super::{Place, PlaceKind, city_of};
use crate::directory::parts::{Zone, ZoneKind};
use crate::directory::tokens::ZoneCode;
use crate::shared::contact::{Country, GeoPoint, PostalCode};

pub use search::Only;

/// The places that are loaded. Everything that is not shared by many of them lies in one text; a row names where.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    /// By code.
    rows: Vec<Row>,
    texts: String,
    /// Départements, regions, EPCI and parents, each once.
    zones: Vec<ZoneCode>,
    /// Where a word of a name begins, by what follows, gaps left out.
    words: Vec<Word>,
    /// By postal code.
    postal: Vec<Postal>,
    /// What belongs to a place: arrondissements and communes of old. Row of the whole, row of the part.
    parts: Vec<(u32, u32)>,
    /// Rows that have a point and stand for themselves, by latitude.
    latitudes: Vec<(f64, u32)>,
}

/// A piece of the one text.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    length: u32,
}

#[derive(Clone, Debug)]
struct Row {
    code: Span,
    name: Span,
    folded: Span,
    /// Postal codes, divided by spaces.
    postal: Span,
    point: Option<GeoPoint>,
    parent: u32,
    departement: u32,
    region: u32,
    epci: u32,
    population: u32,
    /// The row that stands for this one: its own, that of the commune that took it in, or none.
    current: u32,
    kind: PlaceKind,
    country: Country,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    start: u32,
    row: u32,
}

#[derive(Clone, Copy, Debug)]
struct Postal {
    code: Span,
    row: u32,
}

/// The index of what is not there.
const NONE: u32 = u32::MAX;

impl Gazetteer {
    /// How many places are loaded, communes of old included.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no place is loaded.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The place with this code; a code of old leads to the commune of today. A Dutch number may come without its `GM`.
    pub fn by_code(&self, code: &str) -> Option<Place> {
        let code = code.trim().to_ascii_uppercase();
        let found = self.find(&code).or_else(|| self.find(&format!("GM{code}")))?;
        self.place(self.row(found)?.current)
    }

    /// The places with this postal code, the largest first.
    pub fn by_postal_code(&self, country: Country, code: &str) -> Vec<Place> {
        let Some(code) = super::postal_code_of(code, country) else { return vec![] };
        let mut found: Vec<u32> = self.with_postal(code.as_str()).map(|postal| postal.row).collect();
        found.retain(|row| self.row(*row).is_some_and(|row| row.country == country));
        found.sort_by_key(|row| (std::cmp::Reverse(self.row(*row).map_or(0, |row| row.population)), *row));
        found.into_iter().filter_map(|row| self.place(row)).collect()
    }

    /// Every zone in which somebody lives who lives here: the commune with its arrondissements and codes of old, or the
    /// arrondissement with its city; group of communes, département, region, country. A place of old counts as the commune of
    /// today.
    pub fn zones_of(&self, place: &Place) -> Vec<Zone> {
        let row = self.find(place.code.as_str()).and_then(|row| Some(self.row(row)?.current)).filter(|row| *row != NONE);
        let current = row.and_then(|row| self.place(row));
        let place = current.as_ref().unwrap_or(place);
        let whole = place.parent.as_ref().and_then(|parent| self.by_code(parent.as_str()));
        let of = |part: fn(&Place) -> Option<&ZoneCode>| part(place).or_else(|| whole.as_ref().and_then(part)).cloned();
        let parts = row.into_iter().flat_map(|row| self.parts_of(row)).filter_map(|part| self.text(part.code).parse().ok());
        let communes = [place.code.clone()].into_iter().chain(place.parent.clone()).chain(parts);
        let mut zones: Vec<Zone> = communes.map(|code| Zone { kind: ZoneKind::Commune, code }).collect();
        zones.dedup();
        let wider = [
            (ZoneKind::Epci, of(|place| place.epci.as_ref())),
            (ZoneKind::Departement, of(|place| place.departement.as_ref())),
            (ZoneKind::Region, of(|place| place.region.as_ref())),
            (ZoneKind::Country, place.country.code().parse().ok()),
        ];
        zones.extend(wider.into_iter().filter_map(|(kind, code)| Some(Zone { kind, code: code? })));
        zones
    }

    /// As [`Gazetteer::zones_of`], for a code that may not be loaded: then the commune itself, and the city by rule.
    pub fn zones_of_code(&self, code: &str) -> Vec<Zone> {
        if let Some(place) = self.by_code(code) {
            return self.zones_of(&place);
        }
        let codes = [Some(code), city_of(code)].into_iter().flatten().filter_map(|code| code.parse().ok());
        codes.map(|code| Zone { kind: ZoneKind::Commune, code }).collect()
    }

    /// The départements of a region: of a French one by the official list, of another one those of its places.
    pub fn departements_of(&self, region: &str) -> Vec<ZoneCode> {
        let mut found: Vec<ZoneCode> = departements_of(region).filter_map(|code| code.parse().ok()).collect();
        if found.is_empty() {
            let at = |zone: u32| self.zones.get(zone as usize);
            let inside = self.rows.iter().filter(|row| at(row.region).is_some_and(|code| code.as_str() == region));
            found = inside.filter_map(|row| at(row.departement).cloned()).collect();
            found.sort();
            found.dedup();
        }
        found
    }

    fn row(&self, row: u32) -> Option<&Row> {
        self.rows.get(row as usize)
    }

    fn text(&self, span: Span) -> &str {
        self.texts.get(span.start as usize..(span.start + span.length) as usize).unwrap_or_default()
    }

    /// The row of exactly this code.
    fn find(&self, code: &str) -> Option<u32> {
        let found = self.rows.binary_search_by(|row| self.text(row.code).cmp(code)).ok()?;
        u32::try_from(found).ok()
    }

    fn parts_of(&self, whole: u32) -> impl Iterator<Item = &Row> {
        let first = self.parts.partition_point(|(of, _)| *of < whole);
        let parts = self.parts.iter().skip(first).take_while(move |(of, _)| *of == whole);
        parts.filter_map(|(_, part)| self.row(*part))
    }

    fn with_postal(&self, code: &str) -> impl Iterator<Item = &Postal> {
        let first = self.postal.partition_point(|postal| self.text(postal.code) < code);
        self.postal.iter().skip(first).take_while(move |postal| self.text(postal.code) == code)
    }

    /// The place of a row, spelled out.
    fn place(&self, row: u32) -> Option<Place> {
        let row = self.row(row)?;
        let zone = |zone: u32| self.zones.get(zone as usize).cloned();
        let postal_codes = self.text(row.postal).split_ascii_whitespace().filter_map(|code| code.parse::<PostalCode>().ok());
        Some(Place {
            code: self.text(row.code).parse().ok()?,
            kind: row.kind,
            country: row.country,
            name: self.text(row.name).parse().ok()?,
            parent: zone(row.parent),
            departement: zone(row.departement),
            region: zone(row.region),
            epci: zone(row.epci),
            point: row.point,
            population: row.population,
            postal_codes: postal_codes.collect(),
        })
    }
}
