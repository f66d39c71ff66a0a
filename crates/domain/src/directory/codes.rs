//! The closed lists of the directory and how the national codes of data·inclusion map to them.

use std::{borrow::Cow, fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::lists::listed;
use crate::{choice, shared::UnknownCode, string_value};

choice! {
    /// Where a service stands.
    pub enum ServiceState {
        /// Being written; nobody outside its organisation sees it.
        Draft = "draft",
        /// Public.
        Published = "published",
        /// Public, for now without new referrals.
        Suspended = "suspended",
        /// Kept for its referrals only.
        Archived = "archived",
    }
}

choice! {
    /// Where an organisation stands.
    pub enum OrganisationState {
        /// At work.
        Active = "active",
        /// Missing from its source or paused.
        Suspended = "suspended",
        /// Closed for good.
        Closed = "closed",
        /// Shut out by the platform.
        Blocked = "blocked",
    }
}

choice! {
    /// What a service gives.
    pub enum ServiceKind {
        /// Someone goes along with the person for a while.
        Support = "support",
        /// Money, or costs taken over.
        FinancialAid = "financial_aid",
        /// Goods: food, a computer, a car.
        MaterialAid = "material_aid",
        /// A group working on one theme.
        Workshop = "workshop",
        /// Teaching by professionals.
        Training = "training",
        /// A first answer and the way on.
        Information = "information",
    }
}

choice! {
    /// Whether a service costs something.
    pub enum Fee {
        /// Free of charge.
        Free = "free",
        /// Paid, at least for some.
        Paid = "paid",
    }
}

choice! {
    /// Where people are received.
    pub enum Reception {
        /// At the service's address.
        OnSite = "on_site",
        /// By telephone or over the Internet.
        Remote = "remote",
        /// Either.
        Both = "both",
    }
}

choice! {
    /// How a person or a professional reaches a service.
    pub enum WayIn {
        /// Come to the address.
        Come = "come",
        /// Phone.
        Phone = "phone",
        /// Write an e-mail.
        Email = "email",
        /// Follow the service's link.
        Link = "link",
        /// Fill in the referral form.
        ReferralForm = "referral_form",
        /// What the description says.
        Other = "other",
    }
}

choice! {
    /// How often the owner promises to look the entry over.
    pub enum UpdateFrequency {
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
        /// Every six months.
        HalfYearly = "half_yearly",
        /// Every year.
        Yearly = "yearly",
    }
}

choice! {
    /// Who may turn to a service.
    pub enum OpenTo {
        /// The person alone.
        Person = "person",
        /// A professional for the person.
        Professional = "professional",
    }
}

impl OpenTo {
    /// The code of data·inclusion (`personnes-mobilisatrices`).
    pub const fn national(self) -> &'static str {
        match self {
            Self::Person => "usagers",
            Self::Professional => "professionnels",
        }
    }

    /// The value behind a code of data·inclusion.
    pub fn from_national(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|who| who.national() == code)
    }
}

choice! {
    /// How the criteria of a service go together. Obligatory ones must be met either way.
    pub enum CriteriaMode {
        /// The obligatory ones decide; the others are wishes.
        All = "all",
        /// Of those that are not obligatory, one must be met.
        Any = "any",
    }
}

impl OrganisationState {
    /// Nobody acts for it any more, and nobody is written to there: it is closed, or the platform shut it out.
    #[must_use]
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Closed | Self::Blocked)
    }

    /// Where an organisation stands that a full feed lacks: suspended, unless it has members of its own.
    #[must_use]
    pub const fn missing_from_feed(self, has_members: bool) -> Self {
        match self {
            Self::Active if !has_members => Self::Suspended,
            other => other,
        }
    }

    /// Where an organisation stands that is in its feed again.
    #[must_use]
    pub const fn back_in_feed(self, has_members: bool) -> Self {
        match self {
            Self::Suspended if !has_members => Self::Active,
            other => other,
        }
    }
}

impl ServiceState {
    /// Where a published service stands on a day, when its owner has told from which day on it takes no new referrals.
    #[must_use]
    pub fn on(self, suspended_from: Option<NaiveDate>, today: NaiveDate) -> Self {
        match self {
            Self::Published if suspended_from.is_some_and(|from| from <= today) => Self::Suspended,
            other => other,
        }
    }
}

impl ServiceKind {
    /// The code of data·inclusion (`types-services`).
    pub const fn national(self) -> &'static str {
        match self {
            Self::Support => "accompagnement",
            Self::FinancialAid => "aide-financiere",
            Self::MaterialAid => "aide-materielle",
            Self::Workshop => "atelier",
            Self::Training => "formation",
            Self::Information => "information",
        }
    }

    /// The kind behind a code of data·inclusion.
    pub fn from_national(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.national() == code)
    }
}

impl Fee {
    /// The code of data·inclusion (`frais`).
    pub const fn national(self) -> &'static str {
        match self {
            Self::Free => "gratuit",
            Self::Paid => "payant",
        }
    }

    /// The fee behind a code of data·inclusion.
    pub fn from_national(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fee| fee.national() == code)
    }
}

impl Reception {
    /// The codes of data·inclusion (`modes-accueil`), in alphabetical order.
    pub const fn national(self) -> &'static [&'static str] {
        match self {
            Self::OnSite => &["en-presentiel"],
            Self::Remote => &["a-distance"],
            Self::Both => &["a-distance", "en-presentiel"],
        }
    }

    /// What one code of data·inclusion says.
    pub fn from_national(code: &str) -> Option<Self> {
        match code {
            "en-presentiel" => Some(Self::OnSite),
            "a-distance" => Some(Self::Remote),
            _ => None,
        }
    }

    /// Both ways together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Both }
    }

    /// Whether people come to an address.
    pub const fn is_on_site(self) -> bool {
        matches!(self, Self::OnSite | Self::Both)
    }
}

impl WayIn {
    /// The code of data·inclusion (`modes-mobilisation`); it has none for the referral form and for other ways.
    pub const fn national(self) -> Option<&'static str> {
        match self {
            Self::Come => Some("se-presenter"),
            Self::Phone => Some("telephoner"),
            Self::Email => Some("envoyer-un-courriel"),
            Self::Link => Some("utiliser-lien-mobilisation"),
            Self::ReferralForm | Self::Other => None,
        }
    }

    /// The way behind a code of data·inclusion.
    pub fn from_national(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|way| way.national() == Some(code))
    }
}

macro_rules! listed_code {
    ($(#[$meta:meta])* $name:ident, $list:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(&'static str);

        impl $name {
            /// The reference list that holds the codes.
            pub const LIST: &'static str = $list;

            /// The stable code.
            pub const fn code(self) -> &'static str {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0)
            }
        }

        impl FromStr for $name {
            type Err = UnknownCode;
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                listed($list, code).map(Self).ok_or(UnknownCode { list: $list })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = Cow::<'de, str>::deserialize(deserializer)?;
                code.parse().map_err(serde::de::Error::custom)
            }
        }

        string_value!($name);

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some(concat!("A code of the reference list `", $list, "`. Later versions may add codes.")))
                    .extensions(Some(
                        utoipa::openapi::extensions::ExtensionsBuilder::new()
                            .add("x-extensible-enum", super::lists::codes($list))
                            .build(),
                    ))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

listed_code! {
    /// A topic, `category--topic`, of the list `topics`.
    TopicCode, "topics"
}

listed_code! {
    /// An audience of the list `audiences`.
    AudienceCode, "audiences"
}

listed_code! {
    /// A network of the list `networks`.
    NetworkCode, "networks"
}

impl TopicCode {
    /// The category that the topic belongs to.
    pub fn category(self) -> &'static str {
        self.0.split_once("--").map_or(self.0, |(category, _)| category)
    }
}
