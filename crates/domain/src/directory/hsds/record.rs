//! The records of the standard, with the properties that the directory has something to say of.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Defines records whose properties are there, or left out: never null, no list ever empty.
macro_rules! records {
    ($($(#[$meta:meta])* $name:ident as $schema:ident {
        must { $($(#[$mmeta:meta])* $must:ident: $mtype:ty,)* }
        may { $($(#[$ometa:meta])* $may:ident: $otype:ty,)* }
        many { $($(#[$lmeta:meta])* $many:ident: $ltype:ty,)* }
    })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
        #[schema(as = $schema)]
        pub struct $name {
            $($(#[$mmeta])* pub $must: $mtype,)*
            $($(#[$ometa])*
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(value_type = $otype, required = false)]
            pub $may: Option<$otype>,)*
            $($(#[$lmeta])*
            #[serde(skip_serializing_if = "Vec::is_empty")]
            #[schema(required = false, min_items = 1)]
            pub $many: Vec<$ltype>,)*
        }
    )+};
}

mod part;

pub use part::{
    Accessibility, Address, Attribute, Capacity, Contact, CostOption, LanguageSpoken, Phone, RequiredDocument, Schedule, ServiceArea,
    Taxonomy, TaxonomyTerm, Unit, WebAddress,
};

/// Where a service stands, in the words of HSDS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = HsdsStatus)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// At work.
    Active,
    /// Not any more, or not yet.
    #[default]
    Inactive,
    /// For now without new people.
    #[serde(rename = "temporarily closed")]
    TemporarilyClosed,
}

/// What a location is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = HsdsLocationType)]
#[serde(rename_all = "lowercase")]
pub enum LocationType {
    /// People come there.
    #[default]
    Physical,
    /// By telephone or over the Internet.
    Virtual,
}

records! {
    /// A service.
    Service as HsdsService {
        must {
            /// The id.
            id: Uuid,
            /// The name.
            name: String,
            /// Where it stands.
            status: Status,
        }
        may {
            /// Who offers it.
            organization_id: Uuid,
            /// The long text.
            description: String,
            /// Where to go on the web.
            #[schema(format = "uri")]
            url: String,
            /// The e-mail address.
            #[schema(format = "email")]
            email: String,
            /// How one gets in.
            application_process: String,
            /// What the fee is made of.
            fees_description: String,
            /// Labels that it carries.
            accreditations: String,
            /// Who is meant.
            eligibility_description: String,
            /// When somebody last made sure that this is right.
            assured_date: NaiveDate,
            /// When it changed last.
            last_modified: DateTime<Utc>,
            /// Who offers it.
            organization: Organization,
        }
        many {
            /// Its other pages.
            additional_urls: WebAddress,
            /// Its telephone numbers.
            phones: Phone,
            /// When it is open.
            schedules: Schedule,
            /// Where the people live whom it receives.
            service_areas: ServiceArea,
            /// Where it is given.
            service_at_locations: ServiceAtLocation,
            /// The languages spoken.
            languages: LanguageSpoken,
            /// What it costs.
            cost_options: CostOption,
            /// The documents asked for.
            required_documents: RequiredDocument,
            /// Whom to ask.
            contacts: Contact,
            /// How many people it can take now.
            capacities: Capacity,
            /// What it is about, and for whom.
            attributes: Attribute,
        }
    }

    /// An organisation.
    Organization as HsdsOrganization {
        must {
            /// The id.
            id: Uuid,
            /// The name.
            name: String,
            /// The long text; the name when there is none.
            description: String,
        }
        may {
            /// The e-mail address.
            #[schema(format = "email")]
            email: String,
            /// The website.
            #[schema(format = "uri")]
            website: String,
            /// The organisation of which it is a branch.
            parent_organization_id: Uuid,
        }
        many {
            /// Its other pages.
            additional_websites: WebAddress,
            /// Its telephone numbers.
            phones: Phone,
            /// Where it is.
            locations: Location,
            /// Official numbers and the like.
            organization_identifiers: OrganizationIdentifier,
        }
    }

    /// An official number of an organisation.
    OrganizationIdentifier as HsdsOrganizationIdentifier {
        must {
            /// The id.
            id: Uuid,
            /// What kind of number it is.
            identifier_type: String,
            /// The number.
            identifier: String,
        }
        may {
            /// Whose it is.
            organization_id: Uuid,
        }
        many {}
    }

    /// A service at one of its places.
    ServiceAtLocation as HsdsServiceAtLocation {
        must {
            /// The id.
            id: Uuid,
        }
        may {
            /// The service.
            service_id: Uuid,
            /// The place.
            location_id: Uuid,
            /// The place.
            location: Location,
        }
        many {
            /// Where the people live whom it receives.
            service_areas: ServiceArea,
            /// Whom to ask.
            contacts: Contact,
            /// Its telephone numbers.
            phones: Phone,
            /// When it is open.
            schedules: Schedule,
        }
    }

    /// A place, or none: then it is virtual.
    Location as HsdsLocation {
        must {
            /// The id.
            id: Uuid,
            /// What it is.
            location_type: LocationType,
        }
        may {
            /// Whose it is.
            organization_id: Uuid,
            /// What it is called.
            name: String,
            /// Where to go on the web, when it is virtual.
            #[schema(format = "uri")]
            url: String,
            /// Degrees north.
            latitude: f64,
            /// Degrees east.
            longitude: f64,
        }
        many {
            /// The addresses.
            addresses: Address,
            /// How people with disabilities get in.
            accessibility: Accessibility,
            /// When it is open.
            schedules: Schedule,
        }
    }
}
