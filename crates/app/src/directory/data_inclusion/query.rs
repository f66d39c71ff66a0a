//! What can be asked, in the words of data·inclusion.

use relais_domain::directory::data_inclusion::EVERYONE;
use relais_domain::directory::search::{SearchQuery, Sort, TopicFilter};
use relais_domain::directory::{AudienceCode, Fee, NetworkCode, Reception, ServiceKind, ZoneKind, departement_name, region_name};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::directory::view::data_inclusion::{ServicesWanted, StructuresWanted, Whereabouts};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::directory::places;
use crate::page::NumberedPage;
use crate::{App, Refusal};

/// Which page is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Numbering {
    /// The number of the page, from 1.
    #[param(required = false, value_type = u64, minimum = 1, maximum = 1_000_000, default = 1)]
    pub page: Option<u64>,
    /// How many records a page has at most.
    #[param(required = false, value_type = u64, minimum = 1, maximum = 1_000, default = 100)]
    pub size: Option<u64>,
}

impl Numbering {
    /// The page.
    pub(super) fn asked(&self) -> NumberedPage {
        NumberedPage::asked(self.page, self.size, 100, 1_000)
    }
}

/// What is asked for, and which page of it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Numbered<F> {
    /// What.
    #[serde(flatten)]
    pub filter: F,
    /// Which page.
    #[serde(flatten)]
    pub numbering: Numbering,
}

/// Where an address is. All of it must hold.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AddressFilter {
    /// The INSEE code of the region of its address.
    #[param(required = false, value_type = String, max_length = 3, example = "32")]
    pub code_region: Option<String>,
    /// The INSEE code of the département of its address.
    #[param(required = false, value_type = String, max_length = 3, example = "59")]
    pub code_departement: Option<String>,
    /// The INSEE code of the commune of its address.
    #[param(required = false, value_type = String, max_length = 5, example = "59350")]
    pub code_commune: Option<String>,
}

/// What of structures is asked for. A repeated parameter means "one of these"; different ones are joined by "and".
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct StructuresFilter {
    /// Told by one of these sources, from `/sources`.
    #[param(required = false, max_items = 50)]
    pub sources: Vec<String>,
    /// It belongs to one of these networks, from `/doc/reseaux-porteurs`.
    #[param(required = false, max_items = 50)]
    pub reseaux_porteurs: Vec<String>,
    /// Where its address is.
    #[serde(flatten)]
    #[param(ignore)]
    pub at: AddressFilter,
}

/// What of services is asked for. A repeated parameter means "one of these"; different ones are joined by "and".
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ServicesFilter {
    /// Where its address is.
    #[serde(flatten)]
    pub at: AddressFilter,
    /// What the service is.
    #[serde(flatten)]
    pub what: ServiceMarks,
}

/// What a service is. A repeated parameter means "one of these".
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ServiceMarks {
    /// Told by one of these sources, from `/sources`.
    #[param(required = false, max_items = 50)]
    pub sources: Vec<String>,
    /// A topic, from `/doc/thematiques`, or a category for all its topics, from `/doc/categories`.
    #[param(required = false, max_items = 50)]
    pub thematiques: Vec<String>,
    /// For one of these audiences, from `/doc/publics`; services for everyone are found too.
    #[param(required = false, max_items = 50)]
    pub publics: Vec<String>,
    /// `gratuit` or `payant`.
    #[param(required = false, max_items = 50)]
    pub frais: Vec<String>,
    /// Where people are received, from `/doc/modes-accueil`.
    #[param(required = false, max_items = 50)]
    pub modes_accueil: Vec<String>,
    /// What it gives, from `/doc/types-services`.
    #[param(required = false, max_items = 50)]
    pub types: Vec<String>,
}

/// Where the person is.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct SearchFilter {
    /// The INSEE code of the commune where the person lives: services that do not cover it are left out, and those that receive
    /// people farther away than 50 km.
    #[param(required = false, value_type = String, max_length = 16, example = "59350")]
    pub code_commune: Option<String>,
    /// Degrees north of the place from which distances count, instead of the middle of the commune; with `lon`.
    #[param(required = false, value_type = f64, minimum = -90, maximum = 90)]
    pub lat: Option<f64>,
    /// Degrees east; with `lat`.
    #[param(required = false, value_type = f64, minimum = -180, maximum = 180)]
    pub lon: Option<f64>,
    /// The least quality.
    #[param(required = false, value_type = f64, minimum = 0, maximum = 1)]
    pub score_qualite_minimum: Option<f64>,
    /// What the service is.
    #[serde(flatten)]
    #[param(ignore)]
    pub what: ServiceMarks,
}

/// The values behind codes; `unknown_code` for each that is none.
fn read<T>(codes: &[String], at: &'static str, blockers: &mut Vec<Blocker>, value: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let mut values = Vec::with_capacity(codes.len());
    for code in codes {
        match value(code) {
            Some(value) => values.push(value),
            None => blockers.push(Blocker::content("unknown_code").at(at)),
        }
    }
    values
}

/// The marks of a service in neutral words.
struct Marks {
    topics: Vec<TopicFilter>,
    audiences: Vec<AudienceCode>,
    kinds: Vec<ServiceKind>,
    fees: Vec<Fee>,
    receptions: Vec<Reception>,
}

impl ServiceMarks {
    fn neutral(&self, blockers: &mut Vec<Blocker>) -> Marks {
        let Self { sources: _, thematiques, publics, frais, modes_accueil, types } = self;
        // Who asks for everyone asks for no audience.
        let everyone = publics.iter().any(|code| code == EVERYONE);
        let named: Vec<String> = publics.iter().filter(|code| *code != EVERYONE).cloned().collect();
        let audiences = read(&named, "?publics", blockers, |code| code.parse().ok());
        Marks {
            topics: read(thematiques, "?thematiques", blockers, |code| code.parse().ok()),
            audiences: if everyone { Vec::new() } else { audiences },
            kinds: read(types, "?types", blockers, ServiceKind::from_national),
            fees: read(frais, "?frais", blockers, Fee::from_national),
            receptions: read(modes_accueil, "?modes_accueil", blockers, Reception::from_national),
        }
    }
}

impl AddressFilter {
    fn whereabouts(&self, app: &App, blockers: &mut Vec<Blocker>) -> Whereabouts {
        let Self { code_region, code_departement, code_commune } = self;
        let mut known = |known: bool, at: &'static str| {
            if !known {
                blockers.push(Blocker::content("unknown_code").at(at));
            }
        };
        let gazetteer = app.places.now();
        let mut departements = None;
        if let Some(code) = code_region {
            known(region_name(code).is_some(), "?code_region");
            departements = Some(gazetteer.departements_of(code).iter().map(ToString::to_string).collect::<Vec<_>>());
        }
        if let Some(code) = code_departement {
            known(departement_name(code).is_some(), "?code_departement");
            let both = departements.take().is_none_or(|wider| wider.iter().any(|one| one == code));
            departements = Some(if both { vec![code.clone()] } else { Vec::new() });
        }
        // A city is its arrondissements, and an arrondissement its city.
        let communes = code_commune.as_deref().map(|code| {
            let zones = gazetteer.zones_of_code(code).into_iter().filter(|zone| zone.kind == ZoneKind::Commune);
            zones.map(|zone| zone.code.to_string()).collect()
        });
        Whereabouts { communes, departements }
    }
}

impl StructuresFilter {
    /// What must hold of the structures.
    ///
    /// # Errors
    /// `unknown_code` (422).
    pub(super) fn wanted(&self, app: &App) -> Result<StructuresWanted, Refusal> {
        let Self { sources, reseaux_porteurs, at } = self;
        let mut blockers = Vec::new();
        let networks = read(reseaux_porteurs, "?reseaux_porteurs", &mut blockers, |code| code.parse::<NetworkCode>().ok());
        let at = at.whereabouts(app, &mut blockers);
        Blocked::unless_empty(blockers)?;
        Ok(StructuresWanted { sources: sources.clone(), networks: networks.iter().map(ToString::to_string).collect(), at })
    }
}

impl ServicesFilter {
    /// What must hold of the services.
    ///
    /// # Errors
    /// `unknown_code` (422).
    pub(super) fn wanted(&self, app: &App) -> Result<ServicesWanted, Refusal> {
        let Self { at, what } = self;
        let mut blockers = Vec::new();
        let Marks { topics, audiences, kinds, fees, receptions } = what.neutral(&mut blockers);
        let at = at.whereabouts(app, &mut blockers);
        Blocked::unless_empty(blockers)?;
        let topics = topics.iter().map(ToString::to_string).collect();
        Ok(ServicesWanted { sources: what.sources.clone(), topics, audiences, kinds, fees, receptions, at })
    }
}

impl SearchFilter {
    /// The engine's question, today: nearest first.
    ///
    /// # Errors
    /// 422: `unknown_code`, also for a commune; `lat_lon_together`.
    pub(super) fn question(&self, app: &App) -> Result<SearchQuery, Refusal> {
        let Self { code_commune, lat, lon, score_qualite_minimum, what } = self;
        let mut blockers = Vec::new();
        let Marks { topics, audiences, kinds, fees, receptions } = what.neutral(&mut blockers);
        let gazetteer = app.places.now();
        let place = code_commune.as_deref().and_then(|code| {
            let place = gazetteer.by_code(code);
            if place.is_none() {
                blockers.push(Blocker::content("unknown_code").at("?code_commune"));
            }
            place
        });
        let point = places::point(*lat, *lon).unwrap_or_else(|problem| {
            blockers.push(problem);
            None
        });
        Blocked::unless_empty(blockers)?;
        Ok(SearchQuery {
            zones: place.as_ref().map(|place| gazetteer.zones_of(place)),
            centre: point.or_else(|| place.and_then(|place| place.point)),
            topics,
            audiences,
            kinds,
            fees,
            receptions,
            sources: what.sources.clone(),
            least_quality: *score_qualite_minimum,
            sort: Sort::Distance,
            ..SearchQuery::on(app.clock.now().date_naive())
        })
    }
}
