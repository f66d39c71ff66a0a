//! Records as answers: every key is there, told or null.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, SchemaFormat, SchemaType};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::super::imported::{ImportedService, ImportedStructure};
use super::record::{service_record, structure_record};

/// A structure as a record of data·inclusion.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct StructureRecord(Map<String, Value>);

/// A service as a record of data·inclusion. A private contact is not told.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ServiceRecord(Map<String, Value>);

impl From<&ImportedStructure> for StructureRecord {
    fn from(structure: &ImportedStructure) -> Self {
        Self(structure_record(structure))
    }
}

impl From<&ImportedService> for ServiceRecord {
    fn from(service: &ImportedService) -> Self {
        Self(service_record(service))
    }
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Holds {
    /// A text.
    Text,
    /// A day.
    Date,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// Codes or the like.
    Texts,
}

use Holds::{Date, Integer, Number, Text, Texts};

/// Name, content, whether it is always told, meaning.
type Field = (&'static str, Holds, bool, &'static str);

const ADDRESS: &[Field] = &[
    ("adresse", Text, false, "Number and street."),
    ("complement_adresse", Text, false, "The rest of the address; abroad the postal code and the town, such as `CH-1003 Lausanne`."),
    ("code_postal", Text, false, "The French postal code."),
    ("commune", Text, false, "The town."),
    ("code_insee", Text, false, "The official code of the commune."),
    ("longitude", Number, false, "Degrees east."),
    ("latitude", Number, false, "Degrees north."),
];

const STRUCTURE: &[Field] = &[
    ("source", Text, true, "Who produced the record; `relais` when it was written here."),
    ("id", Text, true, "The id at the producer, unique over all sources; `relais--` and the id here when it was written here."),
    ("nom", Text, true, "The name."),
    ("date_maj", Date, true, "When the producer changed it last."),
    ("lien_source", Text, false, "Its page at the producer."),
    ("siret", Text, false, "The SIRET number."),
    ("telephone", Text, false, "The telephone number; null when it is not public."),
    ("courriel", Text, false, "The e-mail address; null when it is not public."),
    ("site_web", Text, false, "The website."),
    ("description", Text, false, "The long text."),
    ("horaires_accueil", Text, false, "The opening hours in the grammar of OpenStreetMap."),
    ("accessibilite_lieu", Text, false, "The page on the accessibility of the place."),
    ("reseaux_porteurs", Texts, false, "The networks it belongs to, from `/doc/reseaux-porteurs`."),
];

const SERVICE: &[Field] = &[
    ("source", Text, true, "Who produced the record; `relais` when it was written here."),
    ("id", Text, true, "The id at the producer, unique over all sources; `relais--` and the id here when it was written here."),
    ("structure_id", Text, true, "The id of the structure that offers it."),
    ("nom", Text, true, "The name."),
    ("description", Text, true, "The long text; else the summary or the name."),
    ("date_maj", Date, true, "When the producer changed it last."),
    ("lien_source", Text, false, "Its page at the producer."),
    ("type", Text, false, "What it gives, from `/doc/types-services`."),
    ("thematiques", Texts, false, "Its topics, from `/doc/thematiques`."),
    ("frais", Text, false, "`gratuit` or `payant`."),
    ("frais_precisions", Text, false, "What the fee is made of."),
    ("publics", Texts, false, "Its audiences, from `/doc/publics`; `tous-publics` alone for everyone."),
    ("publics_precisions", Text, false, "Who is meant, in words."),
    ("conditions_acces", Text, false, "Conditions and documents, a line each."),
    ("contact_nom_prenom", Text, false, "Whom to ask; null when it is not public."),
    ("courriel", Text, false, "The e-mail address; null when it is not public."),
    ("telephone", Text, false, "The telephone number; null when it is not public."),
    ("modes_accueil", Texts, false, "Where people are received, from `/doc/modes-accueil`."),
    ("zone_eligibilite", Texts, false, "Where the people live whom it receives: communes, EPCI, départements, countries."),
    ("lien_mobilisation", Text, false, "The link to follow."),
    ("modes_mobilisation", Texts, false, "How one gets in, from `/doc/modes-mobilisation`."),
    ("mobilisable_par", Texts, false, "Who may turn to it, from `/doc/personnes-mobilisatrices`."),
    ("mobilisation_precisions", Text, false, "How one gets in, in words."),
    ("horaires_accueil", Text, false, "The opening hours in the grammar of OpenStreetMap."),
    ("volume_horaire_hebdomadaire", Number, false, "Hours per week that it takes."),
    ("nombre_semaines", Integer, false, "Weeks that it lasts."),
];

fn property((_, holds, told, about): &Field) -> Schema {
    let kind = match holds {
        Text | Date => Type::String,
        Number => Type::Number,
        Integer => Type::Integer,
        Texts => Type::Array,
    };
    let kind = if *told { kind.into() } else { SchemaType::from_iter([kind, Type::Null]) };
    if matches!(holds, Texts) {
        let items = ObjectBuilder::new().schema_type(Type::String);
        return ArrayBuilder::new().schema_type(kind).items(items).description(Some(*about)).into();
    }
    let format = matches!(holds, Date).then_some(SchemaFormat::KnownFormat(KnownFormat::Date));
    ObjectBuilder::new().schema_type(kind).format(format).description(Some(*about)).into()
}

fn schema(about: &str, fields: &[Field]) -> RefOr<Schema> {
    let object = ObjectBuilder::new().schema_type(Type::Object).description(Some(about));
    let all = fields.iter().chain(ADDRESS);
    all.fold(object, |object, field| object.property(field.0, property(field)).required(field.0)).into()
}

impl utoipa::PartialSchema for StructureRecord {
    fn schema() -> RefOr<Schema> {
        schema("A structure in the shape of data·inclusion, schema 1. Null means that it is not told.", STRUCTURE)
    }
}

impl utoipa::ToSchema for StructureRecord {
    fn name() -> Cow<'static, str> {
        "DataInclusionStructure".into()
    }
}

impl utoipa::PartialSchema for ServiceRecord {
    fn schema() -> RefOr<Schema> {
        schema("A service in the shape of data·inclusion, schema 1. Null means that it is not told.", SERVICE)
    }
}

impl utoipa::ToSchema for ServiceRecord {
    fn name() -> Cow<'static, str> {
        "DataInclusionServiceRecord".into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::super::{parse_service, parse_structure};
    use super::*;

    fn names(fields: &[Field]) -> BTreeSet<String> {
        fields.iter().chain(ADDRESS).map(|field| field.0.to_owned()).collect()
    }

    #[test]
    fn a_record_has_every_key_of_its_shape_and_no_other() {
        let least = json!({"source": "dora", "id": "dora--1", "structure_id": "dora--0", "nom": "Aide", "description": "Une aide.", "date_maj": "2026-01-05"});
        let service = ServiceRecord::from(&parse_service(&least).unwrap());
        assert_eq!(service.0.keys().cloned().collect::<BTreeSet<_>>(), names(SERVICE));
        let structure = StructureRecord::from(&parse_structure(&least).unwrap());
        assert_eq!(structure.0.keys().cloned().collect::<BTreeSet<_>>(), names(STRUCTURE));
        for (record, fields) in [(&service.0, SERVICE), (&structure.0, STRUCTURE)] {
            for (name, _, told, _) in fields.iter().chain(ADDRESS).filter(|field| field.0 != "description") {
                assert_eq!(record[*name].is_null(), !told, "{name}");
            }
        }
    }
}
