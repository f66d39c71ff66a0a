//! The job that writes a file, with the rights that whoever asked has when it is written.

use std::path::PathBuf;
use std::sync::Arc;

use relais_domain::message::NoticeKind;
use relais_domain::report::{ExportFormat, ExportState};
use relais_domain::shared::ids::{ExportId, UserId};
use relais_persistence::platform::job::Job;
use relais_persistence::report::write::{self, Export};
use relais_persistence::{NewJob, Tx};
use serde_json::json;

use super::export::{ERASE_JOB, KEPT, export_of, export_rule, fail};
use super::rows::{COLUMNS, Scan, cells, csv_of};
use super::workbook::{Packed, Sheet};
use crate::message::notify::{self, AccountSubject};
use crate::referral::ReferralFilter;
use crate::setback::Setback;
use crate::{App, Caller, Refusal, Request, claim, identity};

/// Rows that are read at once.
const PAGE: u64 = 500;
/// The size of a piece of the file.
const PIECE: usize = 256 * 1024;
const LAST: i32 = 90;

/// A file that is being written, piece by piece, into the database: whichever node is asked has it.
struct Out<'a> {
    app: &'a App,
    job: &'a Job,
    /// The export as it was begun: whoever moves it meanwhile makes this try worthless.
    export: Export,
    waiting: Vec<u8>,
    pieces: i32,
    bytes: i64,
}

impl Out<'_> {
    async fn put(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.waiting.extend_from_slice(bytes);
        while self.waiting.len() >= PIECE {
            let rest = self.waiting.split_off(PIECE);
            let piece = std::mem::replace(&mut self.waiting, rest);
            self.store(piece).await?;
        }
        Ok(())
    }

    async fn store(&mut self, piece: Vec<u8>) -> Result<(), Refusal> {
        self.bytes += i64::try_from(piece.len()).unwrap_or(0);
        let tx = self.app.db.write(&claim::ctx(self.app, self.job)).await?;
        still_running(&tx, &self.export).await?;
        write::put_part(&tx, self.export.id, self.pieces, piece).await?;
        tx.commit().await?;
        self.pieces += 1;
        Ok(())
    }

    async fn close(&mut self) -> Result<(), Refusal> {
        let piece = std::mem::take(&mut self.waiting);
        if piece.is_empty() { Ok(()) } else { self.store(piece).await }
    }
}

/// The export under its lock, when nobody moved it since it was begun. Otherwise what was read for it may be read no more, and the
/// job is tried again from its beginning.
async fn still_running(tx: &Tx, begun: &Export) -> Result<Export, Refusal> {
    let found = write::lock(tx, begun.id).await?;
    found.filter(|now| now.state == ExportState::Running && now.version == begun.version).ok_or(Refusal::Busy)
}

/// Writes the file of an export. A second run begins anew.
pub(crate) async fn work(app: &Arc<App>, job: &Job) -> Result<(), Setback> {
    let id = export_of(job).ok_or(Setback::never("unknown_export"))?;
    if !claim::hold(app, job).await? {
        return Ok(());
    }
    let Some(export) = begin(app, job, id).await? else {
        return Ok(claim::end_idle(app, job).await?);
    };
    let session = export.session_id.ok_or(Setback::never("session_ended"))?;
    let request = Request { id: format!("export-{id}"), operation: "create_export".to_owned(), ..Request::default() };
    let caller = identity::of_session(app, session, Some(export.organisation_id), request).await?;
    let filter: ReferralFilter = serde_json::from_value(export.filter.clone()).map_err(|_| Setback::never("unknown_filter"))?;
    let rule = export_rule(&caller).map_err(|_| Setback::never("permission_missing"))?;
    let mut scan = Scan::of(app, &caller, &filter.into(), &rule).map_err(|_| Setback::never("permission_missing"))?;
    let (format, rights) = (export.format, scan.rights());
    let mut out = Out { app, job, export, waiting: vec![], pieces: 0, bytes: 0 };
    let rows = match format {
        ExportFormat::Csv => csv(&mut out, &caller, &mut scan).await?,
        ExportFormat::Xlsx => xlsx(&mut out, &caller, &mut scan).await?,
    };
    let Some(rows) = rows else { return Ok(()) };
    out.close().await?;
    Ok(finish(&out, rights, caller.actor.user(), rows).await?)
}

/// Marks it as running and takes away what an earlier try has written. None when there is nothing to do.
async fn begin(app: &App, job: &Job, id: ExportId) -> Result<Option<Export>, Refusal> {
    let mut tx = app.db.write(&claim::ctx(app, job)).await?;
    let open = |export: &Export| matches!(export.state, ExportState::Pending | ExportState::Running);
    let Some(export) = write::lock(&tx, id).await?.filter(open) else { return Ok(None) };
    write::erase(&tx, id).await?;
    let after = Export { state: ExportState::Running, updated_at: tx.ctx().now, ..export.clone() };
    // Saved also where it runs already: whoever began before finds by its version that their pieces are gone.
    let act = if export.state == ExportState::Running { "begin_anew" } else { "start" };
    write::save(&mut tx, &export, after.clone(), act).await?;
    tx.commit().await?;
    Ok(Some(Export { version: after.version + 1, ..after }))
}

/// How many rows were written; none when another worker has the job.
async fn csv(out: &mut Out<'_>, caller: &Caller, scan: &mut Scan) -> Result<Option<i64>, Refusal> {
    out.put(&csv_of(std::iter::once(COLUMNS.into_iter()))?).await?;
    let mut rows = 0;
    loop {
        let lines = scan.next(out.app, caller, PAGE).await?;
        if lines.is_empty() {
            return Ok(Some(rows));
        }
        rows += i64::try_from(lines.len()).unwrap_or(0);
        let records: Vec<_> = lines.into_iter().map(cells).collect();
        out.put(&csv_of(records.iter().map(|row| row.iter().map(String::as_str)))?).await?;
        if !claim::hold(out.app, out.job).await? {
            return Ok(None);
        }
    }
}

async fn xlsx(out: &mut Out<'_>, caller: &Caller, scan: &mut Scan) -> Result<Option<i64>, Refusal> {
    let folder: PathBuf = out.app.settings.data_dir.join("exports");
    let (mut sheet, mut rows) = (Sheet::begin(&folder)?, 0);
    loop {
        let lines = scan.next(out.app, caller, PAGE).await?;
        if lines.is_empty() {
            break;
        }
        rows += i64::try_from(lines.len()).unwrap_or(0);
        lines.into_iter().map(cells).try_for_each(|row| sheet.row(&row))?;
        if !claim::hold(out.app, out.job).await? {
            return Ok(None);
        }
    }
    let name = format!("{}.xlsx", out.export.id);
    let packing = tokio::task::spawn_blocking(move || sheet.pack(&folder, &name));
    let mut packed: Packed = packing.await.map_err(|error| Refusal::Failed(error.to_string()))??;
    loop {
        let piece = packed.piece(PIECE as u64)?;
        if piece.is_empty() {
            return Ok(Some(rows));
        }
        out.put(&piece).await?;
        if !claim::hold(out.app, out.job).await? {
            return Ok(None);
        }
    }
}

/// The file is whole: whoever asked for it is told, and it is erased after a day.
async fn finish(out: &Out<'_>, rights: String, asked: Option<UserId>, rows: i64) -> Result<(), Refusal> {
    let Some(mut tx) = claim::end(out.app, out.job).await? else { return Ok(()) };
    let id = out.export.id;
    // Another worker may have written it meanwhile: whoever asked is told once.
    let open = |export: Export| matches!(export.state, ExportState::Pending | ExportState::Running);
    if !write::lock(&tx, id).await?.is_some_and(open) {
        return Ok(tx.commit().await?);
    }
    let before = still_running(&tx, &out.export).await?;
    let now = tx.ctx().now;
    let after = Export {
        state: ExportState::Done,
        rights: Some(rights),
        row_count: rows,
        byte_count: out.bytes,
        finished_at: Some(now),
        expires_at: Some(now + KEPT),
        updated_at: now,
        ..before.clone()
    };
    tx.event("export.ended", "export", id.0, Some(after.organisation_id));
    write::save(&mut tx, &before, after, "end").await?;
    if let Some(user) = asked {
        notify::account(&mut tx, NoticeKind::ExportReady, AccountSubject::Export { user, export: id.0 });
    }
    let payload = json!({"export_id": id});
    tx.enqueue(NewJob { kind: ERASE_JOB, unique_key: Some(format!("{ERASE_JOB}:{id}")), payload, priority: LAST, run_at: now + KEPT });
    Ok(tx.commit().await?)
}

/// The job is given up: the export has failed, and nothing of it is kept.
pub(crate) async fn gave_up(tx: &mut Tx, job: &Job, code: &str) -> Result<(), Refusal> {
    let Some(id) = export_of(job) else { return Ok(()) };
    match write::lock(tx, id).await? {
        Some(before) if matches!(before.state, ExportState::Pending | ExportState::Running) => fail(tx, &before, code).await,
        _ => Ok(()),
    }
}
