//! The first build, from a stream, on all cores.

use std::thread;

use relais_domain::directory::search::{OrganisationCard, SearchDocument};

use super::SearchError;
use super::master::{Master, text_mark};
use super::stem::{Analyst, DocumentTerms};

/// A good number of documents to hand over at once.
pub const BATCH: usize = 4096;

/// Gathers organisations and documents, in any order, until [`super::Engine::install`].
pub struct Builder {
    master: Master,
    analysts: Vec<Analyst>,
}

struct Read {
    document: SearchDocument,
    mark: u64,
    terms: DocumentTerms,
}

impl Builder {
    /// An empty one.
    ///
    /// # Errors
    /// [`SearchError::Index`].
    pub fn new() -> Result<Self, SearchError> {
        let threads = thread::available_parallelism().map_or(2, usize::from).min(8);
        Ok(Self { master: Master::new(threads)?, analysts: (0..threads).map(|_| Analyst::default()).collect() })
    }

    /// Adds organisations.
    pub fn organisations(&mut self, cards: impl IntoIterator<Item = OrganisationCard>) {
        for card in cards {
            self.master.put_organisation(card);
        }
    }

    /// Adds documents.
    ///
    /// # Errors
    /// As [`Builder::add_with`].
    pub fn add(&mut self, documents: Vec<SearchDocument>) -> Result<(), SearchError> {
        self.add_with(documents, Some)
    }

    /// Adds documents that are read from something else, on all cores; what gives none is left out. Some thousands at once are best.
    ///
    /// # Errors
    /// [`SearchError::Index`], [`SearchError::Ended`] when reading panicked.
    pub fn add_with<T: Send>(&mut self, rows: Vec<T>, read: impl Fn(T) -> Option<SearchDocument> + Sync) -> Result<(), SearchError> {
        let share = rows.len().div_ceil(self.analysts.len().max(1)).max(1);
        let mut rows = rows.into_iter();
        let read = &read;
        let parts: Vec<thread::Result<Vec<Read>>> = thread::scope(|scope| {
            let mut readers = Vec::new();
            for analyst in &mut self.analysts {
                let part: Vec<T> = rows.by_ref().take(share).collect();
                readers.push(scope.spawn(move || part.into_iter().filter_map(|row| read_one(analyst, read(row)?)).collect()));
            }
            readers.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        for part in parts {
            for Read { document, mark, terms } in part.map_err(|_| SearchError::Ended)? {
                self.master.put(document, mark, Some(terms))?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Master, SearchError> {
        self.master.settle()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it ends a chain of optional steps")]
fn read_one(analyst: &mut Analyst, document: SearchDocument) -> Option<Read> {
    let terms = analyst.document(&document);
    Some(Read { mark: text_mark(&document), document, terms })
}
