//! What can be asked.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use relais_domain::choice;
use relais_domain::directory::hsds::Detail;
use relais_domain::shared::Blocker;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::Refusal;
use crate::page::NumberedPage;

choice! {
    /// How an answer is written.
    pub enum HsdsFormat {
        /// A page.
        Json = "json",
        /// Everything, one record a line.
        Ndjson = "ndjson",
    }
}

/// What of services, or of services at their places, is asked for. All of it must hold.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct HsdsFilter {
    /// Words of the name of the service or of its organisation, in any order; accents and case do not matter.
    #[param(required = false, value_type = String, max_length = 200)]
    pub search: Option<String>,
    /// It has this term; a category of topics stands for its topics.
    #[param(required = false, value_type = Uuid)]
    pub taxonomy_term_id: Option<Uuid>,
    /// It has a term of this taxonomy.
    #[param(required = false, value_type = Uuid)]
    pub taxonomy_id: Option<Uuid>,
    /// This organisation offers it.
    #[param(required = false, value_type = Uuid)]
    pub organization_id: Option<Uuid>,
    /// It changed at this instant or later; a day means its beginning, and without a zone UTC is meant.
    #[param(required = false, value_type = String, max_length = 40, example = "2026-03-01T00:00:00Z")]
    pub modified_after: Option<String>,
    /// It receives people who live where this postal code is; with `proximity` it is also given near there.
    #[param(required = false, value_type = String, min_length = 1, max_length = 10)]
    pub postcode: Option<String>,
    /// Metres from the middle of the postal code's places.
    #[param(required = false, value_type = u32, minimum = 1, maximum = 100_000)]
    pub proximity: Option<u32>,
    /// What must be told only, and when it changed.
    #[param(required = false, value_type = bool)]
    pub minimal: Option<bool>,
    /// Everything, also what there are several of. `minimal` goes before.
    #[param(required = false, value_type = bool)]
    pub full: Option<bool>,
}

/// What of organisations is asked for. All of it must hold.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct OrganizationFilter {
    /// Words of the name, in any order; accents and case do not matter.
    #[param(required = false, value_type = String, max_length = 200)]
    pub search: Option<String>,
    /// One of its services has this term.
    #[param(required = false, value_type = Uuid)]
    pub taxonomy_term_id: Option<Uuid>,
    /// One of its services has a term of this taxonomy.
    #[param(required = false, value_type = Uuid)]
    pub taxonomy_id: Option<Uuid>,
    /// Everything, also what there are several of.
    #[param(required = false, value_type = bool)]
    pub full: Option<bool>,
}

/// What of taxonomies is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct SearchFilter {
    /// Words of name or description; accents and case do not matter.
    #[param(required = false, value_type = String, max_length = 200)]
    pub search: Option<String>,
}

/// What of terms is asked for. All of it must hold.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct TermFilter {
    /// Words of code, name or description; accents and case do not matter.
    #[param(required = false, value_type = String, max_length = 200)]
    pub search: Option<String>,
    /// It is of this taxonomy.
    #[param(required = false, value_type = Uuid)]
    pub taxonomy_id: Option<Uuid>,
    /// It has no broader term.
    #[param(required = false, value_type = bool)]
    pub top_only: Option<bool>,
    /// This is its broader term.
    #[param(required = false, value_type = Uuid)]
    pub parent_id: Option<Uuid>,
}

/// Which page is asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Paging {
    /// The number of the page, from 1.
    #[param(required = false, value_type = u64, minimum = 1, maximum = 1_000_000, default = 1)]
    pub page: Option<u64>,
    /// How many records a page has.
    #[param(required = false, value_type = u64, minimum = 1, maximum = 200, default = 50)]
    pub per_page: Option<u64>,
    /// The same, as some clients write it; `per_page` goes before.
    #[serde(rename = "perPage")]
    #[param(rename = "perPage", required = false, value_type = u64, minimum = 1, maximum = 200)]
    pub per_page_too: Option<u64>,
    /// `ndjson` streams everything without pages, one record a line.
    #[param(required = false, inline, value_type = HsdsFormat)]
    pub format: Option<HsdsFormat>,
}

/// What is asked for, and which page of it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Paged<F> {
    /// What.
    #[serde(flatten)]
    pub filter: F,
    /// Which page.
    #[serde(flatten)]
    pub paging: Paging,
}

impl Paging {
    /// The page.
    pub(super) fn asked(&self) -> NumberedPage {
        NumberedPage::asked(self.page, self.per_page.or(self.per_page_too), 50, 200)
    }

    /// Whether everything is streamed.
    pub fn is_ndjson(&self) -> bool {
        self.format == Some(HsdsFormat::Ndjson)
    }
}

impl HsdsFilter {
    /// How much is told.
    pub fn detail(&self) -> Detail {
        match (self.minimal, self.full) {
            (Some(true), _) => Detail::Minimal,
            (_, Some(true)) => Detail::Full,
            _ => Detail::Basic,
        }
    }

    /// The instant of `modified_after`.
    pub(super) fn modified_from(&self) -> Result<Option<DateTime<Utc>>, Refusal> {
        let Some(text) = self.modified_after.as_deref() else { return Ok(None) };
        let refused = || Refusal::Blocked { blockers: vec![Blocker::content("invalid_format").at("?modified_after")], allowed: vec![] };
        instant(text).map(Some).ok_or_else(refused)
    }
}

/// An instant (RFC 3339), a day, or either without a zone.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(told) = DateTime::parse_from_rfc3339(text) {
        return Some(told.to_utc());
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(day.and_hms_opt(0, 0, 0)?.and_utc());
    }
    text.parse::<NaiveDateTime>().ok().map(|local| local.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_in_the_ways_that_clients_write_it() {
        for text in ["2026-03-01T00:00:00Z", "2026-03-01T01:00:00+01:00", "2026-03-01", "2026-03-01T00:00:00"] {
            assert_eq!(instant(text).map(|at| at.to_rfc3339()), Some("2026-03-01T00:00:00+00:00".to_owned()), "{text}");
        }
        assert_eq!((instant("yesterday"), instant("2026-13-01")), (None, None));
    }
}
