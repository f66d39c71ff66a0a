//! The search engine: the published services of the directory, in memory, with an index of their words.
//!
//! It is fed, never asks: [`Builder`] makes it ready, [`Engine::apply`] keeps it so. A reader holds a snapshot, so it sees all of a
//! change or nothing of it, and never waits for a writer. What fits and in which order is said by `domain::directory::search`.

mod block;
mod builder;
mod explain;
mod facets;
mod filter;
mod find;
mod fulltext;
mod map;
mod master;
mod plan;
mod pool;
mod snapshot;
mod stem;
mod topic_index;
mod words;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::NaiveDate;
use relais_domain::directory::search::{BoundingBox, OrganisationCard, Place, SearchDocument, SearchQuery};
use relais_domain::shared::ids::{OrganisationId, ServiceId, UnitId};

pub use builder::Builder;
pub use explain::{Check, Explanation, Factors, MetWord};
pub use facets::Facets;
pub use map::{Cluster, Map, Pin};
pub use pool::SearchPool;

use master::Master;
use plan::Plan;
use snapshot::Snapshot;

/// Why a search was not answered.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index is being built.
    #[error("search is warming up")]
    Warming,
    /// Too many searches wait.
    #[error("too many searches wait")]
    Busy,
    /// The index failed; it has to be built again.
    #[error("the search index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// The thread that searched ended early.
    #[error("a search ended early")]
    Ended,
}

/// A change of what search knows. The same change twice is as once.
#[derive(Clone, Debug)]
pub enum Change {
    /// A service, new or changed.
    Put(Box<SearchDocument>),
    /// A service that is no longer there.
    Remove(ServiceId),
    /// An organisation, new or changed.
    PutOrganisation(Box<OrganisationCard>),
}

/// Which services the caller may see, by service, organisation and unit.
pub type Visible<'a> = &'a dyn Fn(ServiceId, OrganisationId, Option<UnitId>) -> bool;

/// One service that was found.
#[derive(Clone, Debug)]
pub struct FoundService {
    /// The service, without its long texts.
    pub document: Arc<SearchDocument>,
    /// Its organisation.
    pub organisation: Arc<OrganisationCard>,
    /// How far its nearest place is, in kilometres with one decimal.
    pub distance_km: Option<f64>,
    /// The same in metres.
    pub metres: Option<u32>,
    /// Why it takes no referrals on the day of the question; none when it does.
    pub refusal: Option<&'static str>,
}

/// A page of what was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The services, in order.
    pub services: Vec<FoundService>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<Place>,
    /// How many were found in all.
    pub total: u64,
    /// What the whole result is made of, when asked.
    pub facets: Option<Facets>,
}

/// The order of a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectOrder {
    /// By id.
    Id,
    /// As the question's `sort`, without mixing in remote services.
    Sort,
}

/// Pages by number, for the facades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The order.
    pub order: SelectOrder,
    /// How many to leave out at the beginning.
    pub offset: usize,
    /// How many at most.
    pub limit: usize,
}

/// A numbered page.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The services, in order.
    pub services: Vec<FoundService>,
    /// How many there are in all.
    pub total: u64,
}

/// The engine. Warming until [`Engine::install`].
#[derive(Default)]
pub struct Engine {
    current: RwLock<Option<Arc<Snapshot>>>,
    master: Mutex<Option<Master>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("services", &self.snapshot().ok().map(|snapshot| snapshot.len())).finish_non_exhaustive()
    }
}

impl Engine {
    /// Whether searches are answered.
    pub fn is_ready(&self) -> bool {
        self.current.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// How many services it holds, found or not; none while warming.
    pub fn size(&self) -> Option<usize> {
        self.snapshot().ok().map(|snapshot| snapshot.len())
    }

    /// Builds it from everything at once; see [`Builder`] for building from a stream.
    ///
    /// # Errors
    /// [`SearchError::Index`].
    pub fn build(
        &self,
        cards: impl IntoIterator<Item = OrganisationCard>,
        documents: impl IntoIterator<Item = SearchDocument>,
    ) -> Result<(), SearchError> {
        let mut builder = Builder::new()?;
        builder.organisations(cards);
        let mut documents = documents.into_iter().peekable();
        while documents.peek().is_some() {
            builder.add(documents.by_ref().take(builder::BATCH).collect())?;
        }
        self.install(builder)
    }

    /// Takes over what a builder holds; searches already under way finish on what was there before.
    ///
    /// # Errors
    /// [`SearchError::Index`].
    pub fn install(&self, builder: Builder) -> Result<(), SearchError> {
        let mut held = self.master.lock().unwrap_or_else(PoisonError::into_inner);
        let master = builder.finish()?;
        self.publish(Some(master.state().clone()));
        *held = Some(master);
        Ok(())
    }

    /// Takes changes over, in order. When it returns, every search sees all of them.
    ///
    /// # Errors
    /// [`SearchError::Warming`] before the first build, with nothing done; [`SearchError::Index`] leaves the engine warming, to be
    /// built again.
    pub fn apply(&self, changes: Vec<Change>) -> Result<(), SearchError> {
        let mut held = self.master.lock().unwrap_or_else(PoisonError::into_inner);
        let master = held.as_mut().ok_or(SearchError::Warming)?;
        match master.apply(changes) {
            Ok(()) => {
                self.publish(Some(master.state().clone()));
                Ok(())
            }
            Err(error) => {
                *held = None;
                self.publish(None);
                Err(error)
            }
        }
    }

    fn publish(&self, snapshot: Option<Snapshot>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = snapshot.map(Arc::new);
    }

    fn snapshot(&self) -> Result<Arc<Snapshot>, SearchError> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(SearchError::Warming)
    }

    /// Searches. With `after`, the question's day is that of the first page.
    ///
    /// # Errors
    /// [`SearchError::Warming`], [`SearchError::Index`].
    pub fn search(&self, query: &SearchQuery, page: &SearchPage, visible: Option<Visible>) -> Result<Found, SearchError> {
        let snapshot = self.snapshot()?;
        let today = page.after.map_or(query.today, |place| place.day);
        Ok(Plan::new(&snapshot, query, today, visible)?.search(page))
    }

    /// A numbered page of everything that fits.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub fn select(&self, query: &SearchQuery, selection: Selection, visible: Option<Visible>) -> Result<Selected, SearchError> {
        let snapshot = self.snapshot()?;
        Ok(Plan::new(&snapshot, query, query.today, visible)?.select(selection))
    }

    /// What fits on a part of the map: at most `most` points and clusters.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub fn map(&self, query: &SearchQuery, within: BoundingBox, most: usize, visible: Option<Visible>) -> Result<Map, SearchError> {
        let snapshot = self.snapshot()?;
        let query = SearchQuery { within: Some(within), ..query.clone() };
        Ok(Plan::new(&snapshot, &query, query.today, visible)?.map(within, most))
    }

    /// Why a service is found or not, and what its place is made of; none when the engine does not hold it.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub fn explain(&self, query: &SearchQuery, id: ServiceId, visible: Option<Visible>) -> Result<Option<Explanation>, SearchError> {
        let snapshot = self.snapshot()?;
        Ok(Plan::new(&snapshot, query, query.today, visible)?.explain(id))
    }

    /// One service as the engine holds it, whether it can be found or not, on a day.
    ///
    /// # Errors
    /// [`SearchError::Warming`].
    pub fn service(&self, id: ServiceId, today: NaiveDate) -> Result<Option<FoundService>, SearchError> {
        let snapshot = self.snapshot()?;
        Ok(snapshot.slot_of(id).and_then(|slot| snapshot.shown(slot, None, today)))
    }
}

/// Which page of a search.
#[derive(Clone, Copy, Debug)]
pub struct SearchPage {
    /// How many at most.
    pub limit: usize,
    /// After which place.
    pub after: Option<Place>,
    /// Whether to count what the result is made of.
    pub facets: bool,
}

#[cfg(test)]
mod tests;
