//! The reference lists as taxonomies.

use uuid::Uuid;

use super::ids::common;
use super::record::{Attribute, Taxonomy, TaxonomyTerm};
use crate::{
    choice,
    directory::{
        codes::{AudienceCode, Fee, Reception, ServiceKind, TopicCode},
        lists::{Entry, Labels, reference_list},
        service::Service,
    },
    shared::Language,
};

choice! {
    /// The taxonomies, by the names of data·inclusion.
    pub enum Scheme {
        /// Topics, under their categories.
        Topics = "thematiques",
        /// Audiences.
        Audiences = "publics",
        /// What a service gives.
        Kinds = "types-services",
        /// Free or paid.
        Fees = "frais",
        /// Where people are received.
        Receptions = "modes-accueil",
    }
}

/// The version of the lists of data·inclusion.
const LISTS_VERSION: &str = "1.0.10";
/// Where the lists are kept.
const LISTS: &str = "https://github.com/gip-inclusion/data-inclusion-schema";

/// A term of a taxonomy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The taxonomy.
    pub scheme: Scheme,
    /// The code.
    pub code: &'static str,
    /// Its names.
    pub labels: Labels,
    /// The code of the broader term.
    pub parent: Option<&'static str>,
}

impl Scheme {
    /// The id.
    pub fn id(self) -> Uuid {
        common(self.code())
    }

    /// The taxonomy with an id.
    pub fn by_id(id: Uuid) -> Option<Self> {
        Self::ALL.iter().copied().find(|scheme| scheme.id() == id)
    }

    /// The taxonomy as a record.
    pub fn taxonomy(self) -> Taxonomy {
        Taxonomy {
            id: self.id(),
            name: self.code().to_owned(),
            description: match self {
                Self::Topics => "Topics of services, under their categories (data·inclusion, Licence Ouverte 2.0)",
                Self::Audiences => "Audiences of services (data·inclusion, Licence Ouverte 2.0)",
                Self::Kinds => "What a service gives (data·inclusion, Licence Ouverte 2.0)",
                Self::Fees => "Whether a service costs something (data·inclusion, Licence Ouverte 2.0)",
                Self::Receptions => "Where people are received (data·inclusion, Licence Ouverte 2.0)",
            }
            .to_owned(),
            uri: Some(LISTS.to_owned()),
            version: Some(LISTS_VERSION.to_owned()),
        }
    }

    /// Its terms, in their order, broader ones before narrower ones.
    pub fn terms(self) -> Vec<Term> {
        let list = |name: &str| reference_list(name).unwrap_or_default();
        let own = |entry: &Entry| Term { scheme: self, code: entry.code, labels: entry.labels, parent: None };
        let named = |name: &str, code: &'static str, ours: &str| {
            let entry = list(name).iter().find(|entry| entry.code == ours);
            entry.map(|entry| Term { scheme: self, code, labels: entry.labels, parent: None })
        };
        match self {
            Self::Topics => {
                let topic = |entry: &Entry| Term { parent: entry.code.split_once("--").map(|(category, _)| category), ..own(entry) };
                list("topic-categories").iter().map(own).chain(list("topics").iter().map(topic)).collect()
            }
            Self::Audiences => list("audiences").iter().map(own).collect(),
            Self::Kinds => ServiceKind::ALL.iter().filter_map(|kind| named("service-kinds", kind.national(), kind.code())).collect(),
            Self::Fees => Fee::ALL.iter().filter_map(|fee| named("fees", fee.national(), fee.code())).collect(),
            Self::Receptions => {
                let single = [Reception::OnSite, Reception::Remote].into_iter();
                single.filter_map(|mode| named("receptions", mode.national().first()?, mode.code())).collect()
            }
        }
    }

    /// The codes of its terms that hold for a service.
    fn codes_of(self, service: &Service) -> Vec<&'static str> {
        match self {
            Self::Topics => service.topics.iter().flatten().map(|topic: &TopicCode| topic.code()).collect(),
            Self::Audiences => service.audiences.iter().flatten().map(|audience: &AudienceCode| audience.code()).collect(),
            Self::Kinds => service.kind.map(ServiceKind::national).into_iter().collect(),
            Self::Fees => service.fee.map(Fee::national).into_iter().collect(),
            Self::Receptions => service.reception.map(Reception::national).unwrap_or_default().to_vec(),
        }
    }
}

fn term_id(scheme: Scheme, code: &str) -> Uuid {
    common(&format!("{}:{code}", scheme.code()))
}

impl Term {
    /// The id.
    pub fn id(&self) -> Uuid {
        term_id(self.scheme, self.code)
    }

    /// Every term of every taxonomy.
    pub fn all() -> impl Iterator<Item = Self> {
        Scheme::ALL.iter().flat_map(|scheme| scheme.terms())
    }

    /// The term with an id.
    pub fn by_id(id: Uuid) -> Option<Self> {
        Self::all().find(|term| term.id() == id)
    }

    /// The term as a record, in a language; in full with its taxonomy.
    pub fn record(&self, language: Language, full: bool) -> TaxonomyTerm {
        let name = self.labels.in_language(language).to_owned();
        TaxonomyTerm {
            id: self.id(),
            description: name.clone(),
            name,
            code: Some(self.code.to_owned()),
            parent_id: self.parent.map(|parent| term_id(self.scheme, parent)),
            taxonomy: Some(self.scheme.code().to_owned()),
            taxonomy_id: Some(self.scheme.id()),
            taxonomy_detail: full.then(|| self.scheme.taxonomy()),
            language: Some(language.code().to_owned()),
        }
    }
}

/// The terms that hold for a service.
pub(super) fn attributes(service: &Service, language: Language) -> Vec<Attribute> {
    let of_scheme = |scheme: &Scheme| {
        let (terms, codes) = (scheme.terms(), scheme.codes_of(service));
        codes.into_iter().filter_map(move |code| terms.iter().find(|term| term.code == code).copied()).collect::<Vec<_>>()
    };
    Scheme::ALL.iter().flat_map(of_scheme).map(|term| attribute(service, &term, language)).collect()
}

fn attribute(service: &Service, term: &Term, language: Language) -> Attribute {
    Attribute {
        id: super::ids::owned(service.id.0, &format!("attribute:{}:{}", term.scheme.code(), term.code)),
        link_id: Some(service.id.0),
        link_type: Some(term.scheme.code().to_owned()),
        link_entity: Some("service".to_owned()),
        taxonomy_term_id: Some(term.id()),
        taxonomy_term: Some(term.record(language, false)),
    }
}
