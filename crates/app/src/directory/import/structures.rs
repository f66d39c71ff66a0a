//! The structures of a feed.

use relais_domain::directory::data_inclusion::parse_structure;
use relais_domain::directory::{ImportedStructure, RecordKind};
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::directory::read::{self, KnownStructure};
use relais_persistence::directory::write;
use relais_persistence::{Failure, Tx};

use super::report::Draft;
use super::{Batch, Outcome, Run, attempts};
use crate::Refusal;

impl Run<'_> {
    /// One batch of structures.
    pub(super) async fn structures(&mut self) -> Result<(), Refusal> {
        let parse = |value: &_| parse_structure(value).map(|record| ((record.source.clone(), record.source_id.clone()), record));
        let batch = self.read(RecordKind::Structure, parse).await?;
        let (draft, ids) = attempts(async || self.write_structures(&batch).await).await?;
        if !self.options.dry_run {
            self.organisations.extend(batch.good.into_iter().map(|good| good.key).zip(ids));
        }
        self.stands(draft, batch.next);
        Ok(())
    }

    async fn write_structures(&self, batch: &Batch<ImportedStructure>) -> Result<(Draft, Vec<OrganisationId>), Failure> {
        let mut draft = batch.draft.clone();
        let mut tx = self.open().await?;
        let keys: Vec<_> = batch.good.iter().map(|good| good.key.clone()).collect();
        let known = if keys.is_empty() { vec![] } else { read::known_structures(&tx, &keys).await? };
        let (mut ids, mut new) = (Vec::with_capacity(keys.len()), vec![]);
        for good in &batch.good {
            let record = &good.record;
            let same = |known: &&KnownStructure| {
                known.row.source.as_deref() == Some(record.source.as_str())
                    && known.row.source_id.as_deref() == Some(record.source_id.as_str())
            };
            let outcome = if let Some(known) = known.iter().find(same) {
                ids.push(known.row.id);
                self.refresh_structure(&mut tx, known, record).await?
            } else {
                let id = tx.ctx().fresh();
                ids.push(id);
                new.push((id, record));
                Outcome::Created
            };
            draft.count(RecordKind::Structure, good.index, good.key.1.as_str(), outcome);
        }
        if !self.options.dry_run {
            write::create_structures(&mut tx, new).await?;
        }
        self.settle(tx, &draft, &batch.next).await?;
        Ok((draft, ids))
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
}
