//! The services of a feed.

use std::collections::HashMap;
use std::path::Path;

use relais_domain::directory::data_inclusion::parse_service;
use relais_domain::directory::{ImportedService, RecordKind, Service, ServiceEvent};
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::directory::read::{self, FeedKey, KnownService};
use relais_persistence::directory::write::{self, Because};
use relais_persistence::{Failure, Tx};

use super::{BATCH, Good, Outcome, Present, Run, open, twice};
use crate::Refusal;

/// The key of the structure that a service names; structure and service come from one source.
fn structure_of(record: &ImportedService) -> FeedKey {
    (record.source.clone(), record.structure_id.clone())
}

impl Run<'_> {
    pub(super) async fn services(&mut self, path: &Path) -> Result<Present, Refusal> {
        let (mut feed, size) = open(path)?;
        let mut present = Present::default();
        let parse = |value: &_| parse_service(value).map(|record| ((record.source.clone(), record.source_id.clone()), record));
        while let Some(batch) = self.batch(RecordKind::Service, &mut feed, &mut present, parse)? {
            let outcomes = twice(async || self.write_services(&batch).await).await?;
            for (good, outcome) in batch.iter().zip(outcomes) {
                self.report.count(RecordKind::Service, good.index, good.key.1.as_str(), outcome);
            }
            self.tell(RecordKind::Service, &feed, size);
        }
        Ok(present)
    }

    async fn write_services(&self, batch: &[Good<ImportedService>]) -> Result<Vec<Outcome>, Failure> {
        let mut tx = self.app.db.write(&self.ctx()).await?;
        let keys: Vec<_> = batch.iter().map(|good| good.key.clone()).collect();
        let known = read::known_services(&tx, &keys).await?;
        let elsewhere = self.structures_elsewhere(&tx, batch).await?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for Good { record, .. } in batch {
            let key = structure_of(record);
            let organisation = self.organisations.get(&key).or_else(|| elsewhere.get(&key));
            let same = |known: &&KnownService| {
                known.row.source.as_ref() == Some(&record.source) && known.row.source_id.as_ref() == Some(&record.source_id)
            };
            outcomes.push(match (known.iter().find(same), organisation) {
                (_, None) => Outcome::NoStructure,
                (Some(known), Some(_)) => self.refresh_service(&mut tx, known, record).await?,
                (None, Some(organisation)) => self.create_service(&mut tx, *organisation, record).await?,
            });
        }
        if self.options.dry_run {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(outcomes)
    }

    /// The structures that an earlier feed brought.
    async fn structures_elsewhere(&self, tx: &Tx, batch: &[Good<ImportedService>]) -> Result<HashMap<FeedKey, OrganisationId>, Failure> {
        let mut keys: Vec<FeedKey> = batch.iter().map(|good| structure_of(&good.record)).collect();
        keys.retain(|key| !self.organisations.contains_key(key));
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let known = read::known_structures(tx, &keys).await?;
        let is = |key: &FeedKey, id: OrganisationId| (key.clone(), id);
        let of = |key: &FeedKey| {
            let same = |source: Option<&str>, id: Option<&str>| source == Some(key.0.as_str()) && id == Some(key.1.as_str());
            known.iter().find(|known| same(known.row.source.as_deref(), known.row.source_id.as_deref())).map(|known| is(key, known.row.id))
        };
        Ok(keys.iter().filter_map(of).collect())
    }

    async fn create_service(&self, tx: &mut Tx, organisation: OrganisationId, record: &ImportedService) -> Result<Outcome, Failure> {
        let change = Service::import(tx.ctx().fresh(), organisation, record, tx.ctx().now);
        if !self.options.dry_run {
            write::create(tx, change).await?;
        }
        Ok(Outcome::Created)
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

    /// Suspends the published services that a full feed lacks.
    pub(super) async fn suspend_missing_services(&mut self, present: &Present) -> Result<(), Refusal> {
        for source in self.sources(present) {
            let mut after = None;
            loop {
                let mut tx = self.app.db.write(&self.ctx()).await?;
                let page = read::published_of_source(&tx, &source, after, BATCH as u64).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.row.id);
                let missing = |known: &&KnownService| {
                    let text = |key: &Option<relais_domain::directory::SourceKey>| key.as_ref().map(ToString::to_string);
                    !present.holds(text(&known.row.source).as_deref(), text(&known.row.source_id).as_deref())
                };
                for known in page.iter().filter(missing) {
                    self.report.services.suspended += 1;
                    if !self.options.dry_run {
                        let change = known.service.suspend(tx.ctx().now)?;
                        write::save(&mut tx, &known.row, change, "suspend", Because::Missing).await?;
                    }
                }
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
