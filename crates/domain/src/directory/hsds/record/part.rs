//! The records that others are made of.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::LocationType;

records! {
    /// A postal address.
    Address as HsdsAddress {
        must {
            /// The id.
            id: Uuid,
            /// Number and street.
            address_1: String,
            /// The town.
            city: String,
            /// The département in France, by its code; elsewhere the country.
            state_province: String,
            /// The postal code.
            postal_code: String,
            /// The country (ISO 3166-1 alpha-2).
            country: String,
            /// What it is an address of.
            address_type: LocationType,
        }
        may {
            /// Building, floor, care of.
            address_2: String,
            /// The place.
            location_id: Uuid,
        }
        many {}
    }

    /// How people with disabilities get in.
    Accessibility as HsdsAccessibility {
        must {
            /// The id.
            id: Uuid,
        }
        may {
            /// The place.
            location_id: Uuid,
            /// The page about it.
            #[schema(format = "uri")]
            url: String,
        }
        many {}
    }

    /// A telephone number.
    Phone as HsdsPhone {
        must {
            /// The id.
            id: Uuid,
            /// The number, as it was given.
            number: String,
        }
        may {
            /// The service.
            service_id: Uuid,
            /// The organisation.
            organization_id: Uuid,
            /// The contact.
            contact_id: Uuid,
        }
        many {}
    }

    /// Whom to ask.
    Contact as HsdsContact {
        must {
            /// The id.
            id: Uuid,
        }
        may {
            /// The service.
            service_id: Uuid,
            /// The person or the desk.
            name: String,
            /// The e-mail address.
            #[schema(format = "email")]
            email: String,
        }
        many {
            /// The telephone numbers.
            phones: Phone,
        }
    }

    /// When something is open: a rule of RFC 5545, or words.
    Schedule as HsdsSchedule {
        must {
            /// The id.
            id: Uuid,
        }
        may {
            /// The service.
            service_id: Uuid,
            /// The place.
            location_id: Uuid,
            /// How often it recurs.
            #[schema(pattern = "^WEEKLY$", example = "WEEKLY")]
            freq: String,
            /// The day on which a week begins.
            #[schema(pattern = "^MO$", example = "MO")]
            wkst: String,
            /// The days, such as `MO,TU`.
            #[schema(pattern = "^(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*$", example = "MO,TU")]
            byday: String,
            /// When it opens.
            #[schema(pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "09:00")]
            opens_at: String,
            /// When it closes; on the next day when that is earlier.
            #[schema(pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "17:00")]
            closes_at: String,
            /// The opening hours as they came, when rules do not say all of them.
            description: String,
        }
        many {}
    }

    /// Where the people live whom a service receives.
    ServiceArea as HsdsServiceArea {
        must {
            /// The id.
            id: Uuid,
        }
        may {
            /// The service.
            service_id: Uuid,
            /// What it is called.
            name: String,
            /// The official code of the zone.
            extent: String,
            /// What the extent is written in.
            #[schema(pattern = "^text$", example = "text")]
            extent_type: String,
        }
        many {}
    }

    /// A language spoken.
    LanguageSpoken as HsdsLanguage {
        must {
            /// The id.
            id: Uuid,
        }
        may {
            /// The service.
            service_id: Uuid,
            /// The language tag (BCP 47).
            code: String,
        }
        many {}
    }

    /// What a service costs.
    CostOption as HsdsCostOption {
        must {
            /// The id.
            id: Uuid,
        }
        may {
            /// The service.
            service_id: Uuid,
            /// Free or paid, in words.
            option: String,
            /// The currency (ISO 4217).
            currency: String,
            /// The amount.
            amount: f64,
            /// What the fee is made of.
            amount_description: String,
        }
        many {}
    }

    /// A document that a service asks for.
    RequiredDocument as HsdsRequiredDocument {
        must {
            /// The id.
            id: Uuid,
        }
        may {
            /// The service.
            service_id: Uuid,
            /// The document's name.
            document: String,
            /// Where the blank form is.
            #[schema(format = "uri")]
            uri: String,
        }
        many {}
    }

    /// How many people a service can take now.
    Capacity as HsdsServiceCapacity {
        must {
            /// The id.
            id: Uuid,
            /// What is counted.
            unit: Unit,
            /// How many are free.
            available: f64,
            /// When that was told.
            updated: DateTime<Utc>,
        }
        may {
            /// The service.
            service_id: Uuid,
            /// What is counted.
            unit_id: Uuid,
            /// How many there are in all.
            maximum: f64,
            /// Until when it holds, and who waits.
            description: String,
        }
        many {}
    }

    /// What is counted.
    Unit as HsdsUnit {
        must {
            /// The id.
            id: Uuid,
            /// What it is called.
            name: String,
        }
        may {}
        many {}
    }

    /// A term of a taxonomy that holds for a record.
    Attribute as HsdsAttribute {
        must {
            /// The id.
            id: Uuid,
        }
        may {
            /// The record.
            link_id: Uuid,
            /// The name of the taxonomy.
            link_type: String,
            /// What the record is.
            link_entity: String,
            /// The term.
            taxonomy_term_id: Uuid,
            /// The term.
            taxonomy_term: TaxonomyTerm,
        }
        many {}
    }

    /// A taxonomy: a list of codes.
    Taxonomy as HsdsTaxonomy {
        must {
            /// The id.
            id: Uuid,
            /// The name.
            name: String,
            /// What it is.
            description: String,
        }
        may {
            /// Where it is kept.
            #[schema(format = "uri")]
            uri: String,
            /// Its version.
            version: String,
        }
        many {}
    }

    /// A term of a taxonomy.
    TaxonomyTerm as HsdsTaxonomyTerm {
        must {
            /// The id.
            id: Uuid,
            /// The name.
            name: String,
            /// What it means.
            description: String,
        }
        may {
            /// The code, unique within the taxonomy.
            code: String,
            /// The broader term.
            parent_id: Uuid,
            /// The name of the taxonomy.
            taxonomy: String,
            /// The taxonomy.
            taxonomy_id: Uuid,
            /// The taxonomy.
            taxonomy_detail: Taxonomy,
            /// The language of name and description.
            language: String,
        }
        many {}
    }

    /// A page on the web.
    WebAddress as HsdsUrl {
        must {
            /// The id.
            id: Uuid,
            /// The address.
            #[schema(format = "uri")]
            url: String,
        }
        may {
            /// What it is called.
            label: String,
            /// The service.
            service_id: Uuid,
            /// The organisation.
            organization_id: Uuid,
        }
        many {}
    }
}
