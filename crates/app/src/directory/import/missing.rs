//! What a full feed lacks: suspended, never deleted.

use relais_domain::directory::SourceKey;
use relais_persistence::Failure;
use relais_persistence::directory::read;
use relais_persistence::directory::write::{self, Because};

use super::keep::{Phase, Place};
use super::report::Draft;
use super::seen::Seen;
use super::{BATCH, Run, attempts};
use crate::{Refusal, reactions};

impl Run<'_> {
    /// The source that is looked through now, when there is one left.
    fn source(&self, seen: &Seen) -> Option<SourceKey> {
        match &self.options.source {
            Some(only) => (self.place.source == 0).then(|| only.clone()),
            None => seen.sources.iter().nth(self.place.source).cloned(),
        }
    }

    fn next_source(&self) -> Place {
        Place { source: self.place.source + 1, after: None, ..self.place.at(self.place.mark) }
    }

    fn draft(&self) -> Draft {
        let mut draft = Draft { tallies: self.report.tallies, lines: vec![] };
        draft.tallies.missing_looked_for = true;
        draft
    }

    /// Suspends published services that the feed lacks.
    pub(super) async fn missing_services(&mut self) -> Result<(), Refusal> {
        let (draft, next) = match self.source(&self.seen.services) {
            Some(source) => attempts(async || self.suspend_services(&source).await).await?,
            None => attempts(async || self.passes_on(Phase::MissingStructures).await).await?,
        };
        self.stands(draft, next);
        Ok(())
    }

    /// Suspends the organisations that the feed lacks and that nobody has joined.
    pub(super) async fn missing_structures(&mut self) -> Result<(), Refusal> {
        let (draft, next) = match self.source(&self.seen.structures) {
            Some(source) => attempts(async || self.suspend_structures(&source).await).await?,
            None => attempts(async || self.passes_on(Phase::Done).await).await?,
        };
        self.stands(draft, next);
        Ok(())
    }

    async fn passes_on(&self, phase: Phase) -> Result<(Draft, Place), Failure> {
        let (draft, next) = (self.draft(), self.place.begins(phase));
        self.settle(self.open().await?, &draft, &next).await?;
        Ok((draft, next))
    }

    async fn suspend_services(&self, source: &SourceKey) -> Result<(Draft, Place), Failure> {
        let mut draft = self.draft();
        let mut tx = self.open().await?;
        let page = read::published_of_source(&tx, source, self.place.after.as_deref(), BATCH as u64).await?;
        let next = match page.last() {
            None => self.next_source(),
            Some(last) => Place { after: last.source_id.as_ref().map(ToString::to_string), ..self.place.at(self.place.mark) },
        };
        let key = |key: &Option<SourceKey>| key.as_ref().map(ToString::to_string);
        let lacks = |known: &&read::FeedService| !self.seen.services.holds(key(&known.source).as_deref(), key(&known.source_id).as_deref());
        let missing = page.iter().filter(lacks).map(|known| known.id).collect();
        for known in read::known_services(&tx, missing).await? {
            let Ok(change) = known.service.suspend(tx.ctx().now) else { continue };
            draft.tallies.services.suspended += 1;
            if !self.options.dry_run {
                write::save(&mut tx, &known.row, change, "suspend", Because::Missing).await?;
            }
        }
        self.settle(tx, &draft, &next).await?;
        Ok((draft, next))
    }

    async fn suspend_structures(&self, source: &SourceKey) -> Result<(Draft, Place), Failure> {
        let mut draft = self.draft();
        let mut tx = self.open().await?;
        let rows = read::unjoined_of_source(&tx, source, self.place.after.as_deref(), BATCH as u64).await?;
        let next = match rows.last() {
            None => self.next_source(),
            Some(last) => Place { after: last.source_id.as_ref().map(ToString::to_string), ..self.place.at(self.place.mark) },
        };
        for row in rows.iter().filter(|row| !self.seen.structures.holds(row.source.as_deref(), row.source_id.as_deref())) {
            draft.tallies.structures.suspended += 1;
            if !self.options.dry_run {
                let state = row.state.missing_from_feed(false);
                write::set_structure_state(&mut tx, row, state, "missing_from_feed").await?;
                reactions::organisation_disabled(self.app, &mut tx, row.id).await.map_err(Refusal::into_failure)?;
            }
        }
        self.settle(tx, &draft, &next).await?;
        Ok((draft, next))
    }
}
