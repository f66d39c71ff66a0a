//! What was checked of a file, and with which outcome.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Family, FileType};

crate::choice! {
    /// Whether a file was searched for malware.
    pub enum MalwareCheck {
        /// Not yet.
        Pending = "pending",
        /// Searched, and none was found.
        Clean = "clean",
        /// Found.
        Found = "found",
        /// This installation has no scanner.
        NotConfigured = "not_configured",
    }
}

crate::choice! {
    /// Whether a file was searched for forbidden identifiers.
    pub enum TextCheck {
        /// Not yet.
        Pending = "pending",
        /// Its whole text was searched.
        Searched = "searched",
        /// An older office file: its bytes were searched for what looks like text.
        SearchedRaw = "searched_raw",
        /// It has no text, as a scanned page has none.
        NoText = "no_text",
        /// An image: what is written in it is not read.
        Image = "image",
        /// Something was found.
        Found = "found",
        /// Its text could not be read.
        Unreadable = "unreadable",
    }
}

/// What was checked of a file. Type, packing and name were checked before it was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
pub struct Checks {
    /// Malware.
    pub malware: MalwareCheck,
    /// Forbidden identifiers in the text.
    pub text: TextCheck,
}

impl Checks {
    /// Nothing was checked yet.
    pub const PENDING: Self = Self { malware: MalwareCheck::Pending, text: TextCheck::Pending };

    /// What a search says that found nothing, in a file of this type, with or without text.
    pub const fn searched(kind: FileType, had_text: bool) -> TextCheck {
        match kind.family() {
            Family::Jpeg | Family::Png => TextCheck::Image,
            Family::Compound => TextCheck::SearchedRaw,
            Family::Pdf | Family::Packed if had_text => TextCheck::Searched,
            Family::Pdf | Family::Packed => TextCheck::NoText,
        }
    }
}
