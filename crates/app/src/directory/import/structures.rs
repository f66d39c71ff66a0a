//! The structures of a feed.

use std::path::Path;

use relais_domain::directory::data_inclusion::parse_structure;
use relais_domain::directory::{ImportedStructure, RecordKind};
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::Failure;
use relais_persistence::Tx;
use relais_persistence::directory::read::{self, KnownStructure};
use relais_persistence::directory::write;

use super::{BATCH, Good, Outcome, Present, Run, open, twice};
use crate::Refusal;

impl Run<'_> {
    pub(super) async fn structures(&mut self, path: &Path) -> Result<Present, Refusal> {
        let (mut feed, size) = open(path)?;
        let mut present = Present::default();
        let parse = |value: &_| parse_structure(value).map(|record| ((record.source.clone(), record.source_id.clone()), record));
        while let Some(batch) = self.batch(RecordKind::Structure, &mut feed, &mut present, parse)? {
            let outcomes = twice(async || self.write_structures(&batch).await).await?;
            for (good, (id, outcome)) in batch.iter().zip(outcomes) {
                self.organisations.insert(good.key.clone(), id);
                self.report.count(RecordKind::Structure, good.index, good.key.1.as_str(), outcome);
            }
            self.tell(RecordKind::Structure, &feed, size);
        }
        Ok(present)
    }

    async fn write_structures(&self, batch: &[Good<ImportedStructure>]) -> Result<Vec<(OrganisationId, Outcome)>, Failure> {
        let mut tx = self.app.db.write(&self.ctx()).await?;
        let keys: Vec<_> = batch.iter().map(|good| good.key.clone()).collect();
        let known = read::known_structures(&tx, &keys).await?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for Good { record, .. } in batch {
            let same = |known: &&KnownStructure| {
                known.row.source.as_deref() == Some(record.source.as_str())
                    && known.row.source_id.as_deref() == Some(record.source_id.as_str())
            };
            outcomes.push(match known.iter().find(same) {
                Some(known) => (known.row.id, self.refresh_structure(&mut tx, known, record).await?),
                None => (self.create_structure(&mut tx, record).await?, Outcome::Created),
            });
        }
        if self.options.dry_run {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(outcomes)
    }

    async fn create_structure(&self, tx: &mut Tx, record: &ImportedStructure) -> Result<OrganisationId, Failure> {
        let id = tx.ctx().fresh();
        if !self.options.dry_run {
            write::create_structure(tx, id, record).await?;
        }
        Ok(id)
    }

    async fn refresh_structure(&self, tx: &mut Tx, known: &KnownStructure, record: &ImportedStructure) -> Result<Outcome, Failure> {
        let state = known.row.state.back_in_feed(known.has_members);
        let newer = known.row.source_updated_on.is_none_or(|known| known < record.updated_on);
        let outcome = match (state != known.row.state, newer) {
            (true, _) => Outcome::Restored,
            (false, true) => Outcome::Updated,
            (false, false) => Outcome::Unchanged,
        };
        if !self.options.dry_run {
            match (newer, outcome) {
                (true, _) => write::refresh_structure(tx, &known.row, record, state).await?,
                (false, Outcome::Restored) => write::set_structure_state(tx, &known.row, state, "back_in_feed").await?,
                _ => {}
            }
        }
        Ok(outcome)
    }

    /// Suspends the organisations that a full feed lacks and that nobody has joined.
    pub(super) async fn suspend_missing_structures(&mut self, present: &Present) -> Result<(), Refusal> {
        for source in self.sources(present) {
            let mut after = None;
            loop {
                let mut tx = self.app.db.write(&self.ctx()).await?;
                let rows = read::unjoined_of_source(&tx, &source, after, BATCH as u64).await?;
                let Some(last) = rows.last() else { break };
                after = Some(last.id);
                for row in rows.iter().filter(|row| !present.holds(row.source.as_deref(), row.source_id.as_deref())) {
                    self.report.structures.suspended += 1;
                    if !self.options.dry_run {
                        let state = row.state.missing_from_feed(false);
                        write::set_structure_state(&mut tx, row, state, "missing_from_feed").await?;
                    }
                }
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
