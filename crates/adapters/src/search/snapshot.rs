//! What readers hold: everything at one moment, shared, never changed.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use relais_domain::directory::Zone;
use relais_domain::directory::search::{OrganisationCard, SearchDocument, kilometres};
use relais_domain::shared::ids::ServiceId;
use uuid::Uuid;

use super::FoundService;
use super::block::{Block, Facts, SIZE};
use super::fulltext::Texts;

/// An organisation; without a card as long as only its services are known.
#[derive(Clone, Debug, Default)]
pub struct Organisation {
    pub card: Option<Arc<OrganisationCard>>,
    pub active: bool,
    /// The numbers of its networks.
    pub networks: Arc<[u16]>,
}

/// Everything at one moment. Cloning shares it.
#[derive(Clone)]
pub struct Snapshot {
    pub blocks: Vec<Arc<Block>>,
    pub organisations: Arc<Vec<Organisation>>,
    pub organisation_numbers: Arc<HashMap<Uuid, u32>>,
    pub slots: Arc<HashMap<Uuid, u32>>,
    /// The numbers of the coverages that name a zone.
    pub coverages: Arc<HashMap<Zone, Vec<u32>>>,
    /// How many coverages there are; number 0 is everywhere.
    pub coverage_count: u32,
    pub networks: Arc<Vec<String>>,
    pub texts: Texts,
}

/// A row of a block.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub block: &'a Block,
    pub nth: usize,
    pub slot: u32,
    pub topics: u128,
    pub facts: &'a Facts,
}

impl<'a> Row<'a> {
    /// The document.
    pub fn document(&self) -> Option<&'a Arc<SearchDocument>> {
        self.block.documents.get(self.nth)?.as_ref()
    }
}

/// Where a slot is: its block and its row.
pub const fn place_of(slot: u32) -> (usize, usize) {
    (slot as usize / SIZE, slot as usize % SIZE)
}

impl Snapshot {
    /// How many services there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// How many slots there are, used or not.
    pub fn slot_count(&self) -> usize {
        self.blocks.len() * SIZE
    }

    /// The slot of a service.
    pub fn slot_of(&self, id: ServiceId) -> Option<u32> {
        self.slots.get(&id.0).copied()
    }

    /// The row of a slot.
    pub fn row(&self, slot: u32) -> Option<Row<'_>> {
        let (block, nth) = place_of(slot);
        let block = self.blocks.get(block)?;
        Some(Row { block, nth, slot, topics: *block.topics.get(nth)?, facts: block.facts.get(nth)? })
    }

    /// The organisation of a row.
    pub fn organisation(&self, facts: &Facts) -> Option<&Organisation> {
        self.organisations.get(facts.organisation as usize)
    }

    /// A service as it is shown, on a day.
    pub fn shown(&self, slot: u32, metres: Option<u32>, today: NaiveDate) -> Option<FoundService> {
        let row = self.row(slot)?;
        let document = row.document()?.clone();
        let organisation = self.organisation(row.facts)?.card.clone()?;
        let refusal = document.refusal(organisation.receiving(today), today);
        Some(FoundService { document, organisation, distance_km: metres.map(kilometres), metres, refusal })
    }
}
