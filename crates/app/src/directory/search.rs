//! Search: questions to the engine in memory, through the policy.
//!
//! The engine is fed from the database ([`feed`]) and asked here. While it is being built, searches answer `search_warming`.

mod explain;
pub mod feed;
mod map;
mod question;

use std::sync::Arc;

use chrono::NaiveDate;
use relais_adapters::search::{Engine, Found, SearchError, SearchPage, SearchPool};
use relais_domain::directory::ServiceState;
use relais_domain::directory::search::Place;
use relais_persistence::directory::view::{ServiceFilter, ServiceItem};
use serde::Serialize;
use utoipa::ToSchema;

use super::sight::Finds;
use crate::{App, Caller, Page, PageRequest, Refusal};

pub use explain::explain_search;
pub use map::{MapCluster, MapPoint, ServiceMap, service_map};
pub use question::question;

/// The search of this process.
#[derive(Debug, Default)]
pub struct Search {
    engine: Arc<Engine>,
    pool: SearchPool,
}

impl Search {
    /// Whether searches are answered already.
    pub fn is_ready(&self) -> bool {
        self.engine.is_ready()
    }

    /// Asks the engine on a thread that may be busy.
    ///
    /// # Errors
    /// `search_warming`, `busy` (503).
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Engine) -> Result<T, SearchError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let engine = Arc::clone(&self.engine);
        Ok(self.pool.run(move || question(&engine)).await?)
    }
}

impl From<SearchError> for Refusal {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Warming => Self::Warming,
            SearchError::Busy => Self::Busy,
            SearchError::Index(_) | SearchError::Ended => Self::Failed(error.to_string()),
        }
    }
}

/// How many services one code of one facet has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetCount {
    /// The code.
    pub code: String,
    /// How many services of the whole result have it.
    pub count: u64,
}

/// What a whole result is made of. A service for everyone counts for each audience, one that receives both ways counts for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceFacets {
    /// By category of topics.
    pub topics: Vec<FacetCount>,
    /// By kind.
    pub kinds: Vec<FacetCount>,
    /// By audience.
    pub audiences: Vec<FacetCount>,
    /// By fee.
    pub fees: Vec<FacetCount>,
    /// By reception.
    pub receptions: Vec<FacetCount>,
    /// By network.
    pub networks: Vec<FacetCount>,
}

/// A page of services, and what the whole result is made of when that was asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServicePage {
    /// The page.
    #[serde(flatten)]
    pub page: Page<ServiceItem>,
    /// Counts over the whole result, when `facets=true` was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<ServiceFacets>,
}

fn counted(facets: relais_adapters::search::Facets) -> ServiceFacets {
    fn listed<K: Into<String>>(counts: impl IntoIterator<Item = (K, u64)>) -> Vec<FacetCount> {
        counts.into_iter().map(|(code, count)| FacetCount { code: code.into(), count }).collect()
    }
    ServiceFacets {
        topics: listed(facets.topics),
        kinds: listed(facets.kinds),
        audiences: listed(facets.audiences),
        fees: listed(facets.fees),
        receptions: listed(facets.receptions),
        networks: listed(facets.networks),
    }
}

/// Whether a question is one for the database: services that are not public are not in the engine.
pub(super) fn is_for_the_database(filter: &ServiceFilter) -> bool {
    filter.state.iter().any(|state| *state != ServiceState::Published)
}

/// Searches the published services of organisations at work.
///
/// # Errors
/// `invalid_cursor` (400); those of [`question`] (422); `search_warming`, `busy` (503).
pub(super) async fn search_services(
    app: &App,
    caller: &Caller,
    filter: &ServiceFilter,
    request: &PageRequest,
) -> Result<ServicePage, Refusal> {
    let query = question(app, filter)?;
    let after: Option<Place> = request.place(app, caller)?;
    let page = SearchPage { limit: usize::try_from(request.limit).unwrap_or(50), after, facets: filter.facets.unwrap_or(false) };
    let today = after.map_or(query.today, |place| place.day);
    let sight = Finds::of(caller);
    let found = app.search.ask(move |engine| sight.through(|visible| engine.search(&query, &page, visible))).await?;
    let count = request.count.then_some(found.total);
    let facets = found.facets.clone().map(counted);
    let next_cursor = found.next.as_ref().map(|place| request.seal(app, caller, place)).transpose()?;
    let page = Page { items: items(&found, today), next_cursor, count: None, count_is_exact: None };
    Ok(ServicePage { page: page.counted(count), facets })
}

fn items(found: &Found, today: NaiveDate) -> Vec<ServiceItem> {
    found.services.iter().map(|one| ServiceItem::of(&one.document, &one.organisation, one.distance_km, today)).collect()
}
