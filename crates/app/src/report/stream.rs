//! A list as CSV, sent while it is read.

use std::sync::Arc;

use relais_domain::report::{ExportFormat, ExportState};
use relais_persistence::report::write::{self, Export};

use super::export::{begun, export_rule, spend};
use super::rows::{COLUMNS, Scan, cells, csv_of};
use crate::referral::ReferralFilter;
use crate::{App, Caller, Refusal};

/// Rows that are read and sent at once. The first are fewer: they are waited for.
const FIRST: u64 = 100;
const PAGE: u64 = 500;

/// A file on its way out. The note of it stands before its first byte; how many rows it had is noted at its end, whether it was
/// read to the end or not.
pub struct CsvExport {
    app: Arc<App>,
    caller: Caller,
    scan: Scan,
    export: Export,
    headed: bool,
    ended: bool,
}

impl std::fmt::Debug for CsvExport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvExport").field("export", &self.export.id).field("rows", &self.export.row_count).finish_non_exhaustive()
    }
}

/// Begins to take out a list as CSV: its filters, its order, its masks.
///
/// # Errors
/// 403 without `referrals:export`, or as the list; [`Refusal::TooMany`].
pub async fn csv(app: &Arc<App>, caller: &Caller, filter: &ReferralFilter) -> Result<CsvExport, Refusal> {
    let scan = Scan::of(app, caller, &filter.clone().into(), &export_rule(caller)?)?;
    spend(app, caller).await?;
    let mut tx = app.db.write(&app.ctx(caller)).await?;
    let export = Export { state: ExportState::Running, ..begun(&tx, caller, ExportFormat::Csv, filter)? };
    tx.event("export.requested", "export", export.id.0, Some(export.organisation_id));
    write::create(&mut tx, export.clone()).await?;
    tx.commit().await?;
    Ok(CsvExport { app: Arc::clone(app), caller: caller.clone(), scan, export, headed: false, ended: false })
}

/// Whether the caller could take such a list out: all of the checks, none of the budget.
///
/// # Errors
/// As [`csv`], but for the budget.
pub fn may_csv(app: &App, caller: &Caller, filter: &ReferralFilter) -> Result<(), Refusal> {
    Scan::of(app, caller, &filter.clone().into(), &export_rule(caller)?).map(|_| ())
}

impl CsvExport {
    /// The next bytes; none at the end. After an error nothing more comes.
    ///
    /// # Errors
    /// As the list; [`Refusal::Busy`] when the journal cannot be written: then the rows must not leave.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        if self.ended {
            return Ok(None);
        }
        let piece = match self.piece().await {
            Ok(Some(bytes)) => self.noted(bytes).await.map(Some),
            other => other,
        };
        match &piece {
            Ok(Some(_)) => {}
            Ok(None) => self.end(ExportState::Done, None).await?,
            Err(_) => self.broken_off("failed").await,
        }
        piece
    }

    async fn piece(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        if !self.headed {
            self.headed = true;
            return csv_of(std::iter::once(COLUMNS.into_iter())).map(Some);
        }
        let most = if self.export.row_count == 0 { FIRST } else { PAGE };
        let lines = self.scan.next(&self.app, &self.caller, most).await?;
        if lines.is_empty() {
            return Ok(None);
        }
        self.export.row_count += i64::try_from(lines.len()).unwrap_or(0);
        let rows: Vec<_> = lines.into_iter().map(cells).collect();
        csv_of(rows.iter().map(|row| row.iter().map(String::as_str))).map(Some)
    }

    /// Notes the rows of a piece before it leaves: should this process die, that many are known to have left at most.
    async fn noted(&mut self, piece: Vec<u8>) -> Result<Vec<u8>, Refusal> {
        self.export.byte_count += i64::try_from(piece.len()).unwrap_or(0);
        if self.export.row_count > 0 {
            let tx = self.app.db.write(&self.app.ctx(&self.caller)).await?;
            write::note_progress(&tx, self.export.id, self.export.row_count, self.export.byte_count).await?;
            tx.commit().await?;
        }
        Ok(piece)
    }

    /// Whether nothing more is to be noted.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Notes that the reader went away, or that it could not go on, after the rows that have left.
    pub async fn broken_off(&mut self, because: &str) {
        if let Err(error) = self.end(ExportState::Failed, Some(because.to_owned())).await {
            tracing::error!(export = %self.export.id, rows = self.export.row_count, %error, "the end of an export could not be noted");
        }
    }

    async fn end(&mut self, state: ExportState, because: Option<String>) -> Result<(), Refusal> {
        self.ended = true;
        let mut tx = self.app.db.write(&self.app.ctx(&self.caller)).await?;
        let Some(before) = write::lock(&tx, self.export.id).await? else { return Ok(()) };
        let now = tx.ctx().now;
        let after = Export {
            state,
            row_count: self.export.row_count,
            byte_count: self.export.byte_count,
            failed_because: because,
            finished_at: Some(now),
            updated_at: now,
            ..before.clone()
        };
        tx.event("export.ended", "export", after.id.0, Some(after.organisation_id));
        write::save(&mut tx, &before, after, "end").await?;
        Ok(tx.commit().await?)
    }
}
