//! The services of a feed.

use std::collections::HashMap;

use relais_domain::directory::data_inclusion::parse_service;
use relais_domain::directory::{ImportedService, RecordKind, Service, ServiceEvent, ServiceState};
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use relais_persistence::directory::read::{self, FeedKey, FeedService, KnownService};
use relais_persistence::directory::write::{self, Because};
use relais_persistence::{Failure, Tx};

use super::report::Draft;
use super::{Batch, Good, Outcome, Run, attempts};
use crate::Refusal;

/// The key of the structure that a service names; structure and service come from one source.
fn structure_of(record: &ImportedService) -> FeedKey {
    (record.source.clone(), record.structure_id.clone())
}

/// What of a known service may have to move: all of it that the domain then judges.
fn may_move(known: &FeedService, record: &ImportedService) -> bool {
    let newer = known.source_updated_on.is_none_or(|known| known < record.updated_on);
    let back = known.missing_since.is_some() && known.state == ServiceState::Suspended;
    (newer || back) && known.state != ServiceState::Archived
}

/// What is known here of the services of a batch.
struct Known {
    by_key: HashMap<FeedKey, ServiceId>,
    whole: HashMap<ServiceId, KnownService>,
}

impl Run<'_> {
    /// One batch of services.
    pub(super) async fn services(&mut self) -> Result<(), Refusal> {
        let parse = |value: &_| parse_service(value).map(|record| ((record.source.clone(), record.source_id.clone()), record));
        let batch = self.read(RecordKind::Service, parse).await?;
        let draft = attempts(async || self.write_services(&batch).await).await?;
        self.stands(draft, batch.next);
        Ok(())
    }

    async fn write_services(&self, batch: &Batch<ImportedService>) -> Result<Draft, Failure> {
        let mut draft = batch.draft.clone();
        let mut tx = self.open().await?;
        let known = known(&tx, &batch.good).await?;
        let elsewhere = self.structures_elsewhere(&tx, &batch.good).await?;
        let mut new = vec![];
        for Good { index, key, record } in &batch.good {
            let structure = structure_of(record);
            let organisation = self.organisations.get(&structure).or_else(|| elsewhere.get(&structure)).copied();
            // A dry run has not written the structures that are new.
            let promised = || self.options.dry_run && self.seen.structures.has_good(&structure);
            let outcome = match (known.by_key.get(key), organisation) {
                (_, None) if !promised() => Outcome::NoStructure,
                (Some(id), _) => match known.whole.get(id) {
                    Some(known) => self.refresh_service(&mut tx, known, record).await?,
                    None => Outcome::Unchanged,
                },
                (None, organisation) => {
                    let now = tx.ctx().now;
                    new.extend(organisation.map(|organisation| Service::import(tx.ctx().fresh(), organisation, record, now)));
                    Outcome::Created
                }
            };
            draft.count(RecordKind::Service, *index, key.1.as_str(), outcome);
        }
        if !self.options.dry_run {
            write::create_all(&mut tx, new).await?;
        }
        self.settle(tx, &draft, &batch.next).await?;
        Ok(draft)
    }

    /// The structures that this run has not met.
    async fn structures_elsewhere(&self, tx: &Tx, batch: &[Good<ImportedService>]) -> Result<HashMap<FeedKey, OrganisationId>, Failure> {
        let mut keys: Vec<FeedKey> = batch.iter().map(|good| structure_of(&good.record)).collect();
        keys.retain(|key| !self.organisations.contains_key(key));
        keys.sort();
        keys.dedup();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let found = read::feed_structures(tx, &keys).await?;
        let key = |source: Option<String>, id: Option<String>| Some((source?.parse().ok()?, id?.parse().ok()?));
        Ok(found.into_iter().filter_map(|(organisation, source, id)| Some((key(source, id)?, organisation))).collect())
    }

    async fn refresh_service(&self, tx: &mut Tx, known: &KnownService, record: &ImportedService) -> Result<Outcome, Failure> {
        let change = known.service.refresh(record, known.row.missing_since.is_some(), tx.ctx().now);
        let outcome = match change.events.as_slice() {
            [] => Outcome::Unchanged,
            events if events.contains(&ServiceEvent::Published) => Outcome::Restored,
            _ => Outcome::Updated,
        };
        if !self.options.dry_run {
            write::save(tx, &known.row, change, "edit", Because::Imported).await?;
        }
        Ok(outcome)
    }
}

/// Looks up what is known: a few columns of all, and all of those that may move.
async fn known(tx: &Tx, batch: &[Good<ImportedService>]) -> Result<Known, Failure> {
    let keys: Vec<_> = batch.iter().map(|good| good.key.clone()).collect();
    let found = if keys.is_empty() { vec![] } else { read::feed_services(tx, &keys).await? };
    let key = |known: &FeedService| known.source.clone().zip(known.source_id.clone());
    let found: HashMap<FeedKey, FeedService> = found.into_iter().filter_map(|known| Some((key(&known)?, known))).collect();
    let moving = batch.iter().filter_map(|good| Some((found.get(&good.key)?, &good.record)));
    let moving = moving.filter(|(known, record)| may_move(known, record)).map(|(known, _)| known.id).collect();
    let whole = read::known_services(tx, moving).await?;
    Ok(Known {
        by_key: found.into_iter().map(|(key, known)| (key, known.id)).collect(),
        whole: whole.into_iter().map(|known| (known.row.id, known)).collect(),
    })
}
