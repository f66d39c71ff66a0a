//! The one who writes: holds the latest state and shares a snapshot of it after each batch of changes.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use relais_domain::directory::search::{OrganisationCard, SearchDocument};
use relais_domain::directory::{OrganisationState, Zone};
use relais_domain::shared::ids::{OrganisationId, ServiceId};

use super::block::{Block, Facts, Group, SIZE};
use super::fulltext::Fulltext;
use super::snapshot::{Organisation, Snapshot, place_of};
use super::stem::{Analyst, DocumentTerms};
use super::{Change, SearchError};

/// The latest state, and what only a writer needs.
pub struct Master {
    state: Snapshot,
    fulltext: Fulltext,
    analyst: Analyst,
    /// Slots without a service, by the group of their block.
    free: HashMap<Group, Vec<u32>>,
    coverages: HashMap<Vec<Zone>, u32>,
    networks: HashMap<String, u16>,
    /// What the texts of each slot hash to.
    texts: Vec<u64>,
    /// Whether words changed since the last commit.
    stale: bool,
}

impl Master {
    /// Nothing yet.
    pub fn new(threads: usize) -> Result<Self, SearchError> {
        let mut fulltext = Fulltext::new(threads)?;
        let state = Snapshot {
            blocks: Vec::new(),
            organisations: Arc::default(),
            organisation_numbers: Arc::default(),
            slots: Arc::default(),
            coverages: Arc::default(),
            coverage_count: 1,
            networks: Arc::default(),
            texts: fulltext.commit()?,
        };
        Ok(Self {
            state,
            fulltext,
            analyst: Analyst::default(),
            free: HashMap::new(),
            coverages: HashMap::new(),
            networks: HashMap::new(),
            texts: Vec::new(),
            stale: false,
        })
    }

    /// What readers get.
    pub const fn state(&self) -> &Snapshot {
        &self.state
    }

    /// Ends the first build.
    pub fn settle(self) -> Result<Self, SearchError> {
        let fulltext = self.fulltext.settle()?;
        let mut settled = Self { fulltext, stale: true, ..self };
        settled.commit()?;
        Ok(settled)
    }

    /// Takes changes over.
    pub fn apply(&mut self, changes: Vec<Change>) -> Result<(), SearchError> {
        for change in changes {
            match change {
                Change::Put(document) if self.is_behind(&document) => {}
                Change::Put(document) => {
                    let mark = text_mark(&document);
                    let same = self.state.slot_of(document.id).filter(|slot| self.mark_of(*slot) == Some(mark));
                    let terms = match same {
                        Some(slot) if self.group_at(slot) == Some(Group::of(&document)) => None,
                        _ => Some(self.analyst.document(&document)),
                    };
                    self.put(*document, mark, terms)?;
                }
                Change::Remove(id) => self.remove(id),
                Change::PutOrganisation(card) => self.put_organisation(*card),
            }
        }
        self.commit()
    }

    /// Whether a later save of the service is held: who writes one shows it at once, while the follower of the events may hand over
    /// what it read before that.
    fn is_behind(&self, document: &SearchDocument) -> bool {
        let held = self.state.slot_of(document.id).and_then(|slot| self.state.row(slot)?.document());
        held.is_some_and(|held| document.version < held.version)
    }

    fn commit(&mut self) -> Result<(), SearchError> {
        if std::mem::take(&mut self.stale) {
            self.state.texts = self.fulltext.commit()?;
        }
        Ok(())
    }

    /// Puts a document; `terms` are its words, none when they are those that its slot has.
    pub fn put(&mut self, mut document: SearchDocument, mark: u64, terms: Option<DocumentTerms>) -> Result<(), SearchError> {
        document.description = None;
        document.audience_note = None;
        let group = Group::of(&document);
        let held = self.state.slot_of(document.id);
        let stays = held.filter(|slot| self.group_at(*slot) == Some(group));
        if stays.is_none() {
            self.remove(document.id);
        }
        let slot = stays.unwrap_or_else(|| self.take_slot(group));
        if let Some(terms) = terms {
            self.fulltext.put(slot, terms, stays.is_some())?;
            self.stale = true;
        }
        if stays.is_none() {
            Arc::make_mut(&mut self.state.slots).insert(document.id.0, slot);
        }
        let organisation = self.organisation_number(document.organisation_id);
        let facts = Facts::of(&document, organisation, self.coverage_number(&document));
        let (block, row) = place_of(slot);
        if let Some(block) = self.state.blocks.get_mut(block) {
            Arc::make_mut(block).put(row, Arc::new(document), facts);
        }
        if let Some(known) = self.texts.get_mut(slot as usize) {
            *known = mark;
        }
        Ok(())
    }

    fn remove(&mut self, id: ServiceId) {
        let Some(slot) = self.state.slot_of(id) else { return };
        Arc::make_mut(&mut self.state.slots).remove(&id.0);
        self.fulltext.remove(slot);
        self.stale = true;
        let (block, row) = place_of(slot);
        if let Some(block) = self.state.blocks.get_mut(block) {
            Arc::make_mut(block).clear(row);
            self.free.entry(block.group).or_default().push(slot);
        }
    }

    /// Puts an organisation.
    pub fn put_organisation(&mut self, card: OrganisationCard) {
        let number = self.organisation_number(card.id);
        let mut networks: Vec<u16> = card.networks.iter().filter_map(|code| self.network_number(code)).collect();
        networks.sort_unstable();
        networks.dedup();
        let active = card.state == OrganisationState::Active;
        let organisation = Organisation { card: Some(Arc::new(card)), active, networks: networks.into() };
        if let Some(place) = Arc::make_mut(&mut self.state.organisations).get_mut(number as usize) {
            *place = organisation;
        }
    }

    fn group_at(&self, slot: u32) -> Option<Group> {
        self.state.blocks.get(place_of(slot).0).map(|block| block.group)
    }

    fn mark_of(&self, slot: u32) -> Option<u64> {
        self.texts.get(slot as usize).copied()
    }

    fn take_slot(&mut self, group: Group) -> u32 {
        let free = self.free.entry(group).or_default();
        if let Some(slot) = free.pop() {
            return slot;
        }
        let first = count(self.state.blocks.len() * SIZE);
        self.state.blocks.push(Arc::new(Block::new(group)));
        self.texts.resize(self.state.blocks.len() * SIZE, 0);
        free.extend((first + 1..first + count(SIZE)).rev());
        first
    }

    fn organisation_number(&mut self, id: OrganisationId) -> u32 {
        if let Some(number) = self.state.organisation_numbers.get(&id.0) {
            return *number;
        }
        let number = count(self.state.organisations.len());
        Arc::make_mut(&mut self.state.organisations).push(Organisation::default());
        Arc::make_mut(&mut self.state.organisation_numbers).insert(id.0, number);
        number
    }

    fn network_number(&mut self, code: &str) -> Option<u16> {
        if let Some(number) = self.networks.get(code) {
            return Some(*number);
        }
        let number = u16::try_from(self.networks.len()).ok()?;
        self.networks.insert(code.to_owned(), number);
        Arc::make_mut(&mut self.state.networks).push(code.to_owned());
        Some(number)
    }

    /// The number of a coverage; 0 is everywhere, as is what was not told.
    fn coverage_number(&mut self, document: &SearchDocument) -> u32 {
        let Some(coverage) = document.coverage.as_ref().filter(|coverage| !coverage.is_everywhere()) else { return 0 };
        if let Some(number) = self.coverages.get(coverage.zones()) {
            return *number;
        }
        let number = self.state.coverage_count;
        self.state.coverage_count += 1;
        self.coverages.insert(coverage.zones().to_vec(), number);
        let by_zone = Arc::make_mut(&mut self.state.coverages);
        for zone in coverage.zones() {
            by_zone.entry(zone.clone()).or_default().push(number);
        }
        number
    }
}

/// What the texts of a document hash to.
pub fn text_mark(document: &SearchDocument) -> u64 {
    let mut hasher = DefaultHasher::new();
    (document.language, &document.name, &document.summary, &document.description, &document.audience_note).hash(&mut hasher);
    hasher.finish()
}

/// A number of slots; four thousand million services are more than there are.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
