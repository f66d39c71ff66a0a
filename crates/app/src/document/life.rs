//! What becomes of a file when referrals begin to refer to it, end, or let it go, and when its time is over.

use chrono::TimeDelta;
use relais_domain::document::{DocumentPurpose, DocumentState, erase_after, unattached_until};
use relais_domain::referral::{Referral, State};
use relais_domain::shared::ids::{DocumentId, ReferralId};
use relais_persistence::audit::erase;
use relais_persistence::document::write::{self, Document, Reference};
use relais_persistence::document::{read, write::is_gone};
use relais_persistence::platform::job::Job;
use relais_persistence::{Ctx, Failure, NewJob, Tx};
use serde_json::{Value, json};
use uuid::Uuid;

use super::check::document_of;
use crate::{App, Refusal, claim};

/// The kind of job that erases one file whose time is over.
pub const DUE_JOB: &str = "document_due";
/// The kind of job that takes the bytes of an erased file out of the store, and its values out of the journal.
pub const BLOB_JOB: &str = "document_blob";
/// The kind of the daily job that looks for files without a row.
pub const SWEEP_JOB: &str = "document_sweep";

const LATER: i32 = 30;
const LAST: i32 = 90;
const SWEEP_EVERY: TimeDelta = TimeDelta::days(1);
/// A file that was put so long ago and has no row will never have one (real time).
const ORPHANED_AFTER: TimeDelta = TimeDelta::hours(6);

/// Enqueues the end of a file, where it has one.
pub(super) fn set_due(tx: &mut Tx, file: &Document) {
    let Some(at) = file.erase_at else { return };
    let key = Some(format!("document:{}:due:{}", file.id, at.timestamp_micros()));
    tx.enqueue(NewJob { kind: DUE_JOB, unique_key: key, payload: json!({"document_id": file.id}), priority: LATER, run_at: at });
}

/// Looks at what still holds a file, and sets its end accordingly: none while an open referral or a service needs it, six months
/// after the last end, at once when every referral has lost it, three hours when none ever had it.
///
/// # Errors
/// As any write.
pub async fn settle(tx: &mut Tx, id: DocumentId) -> Result<(), Refusal> {
    let file = write::lock(tx, id).await?;
    if is_gone(&file) {
        return Ok(());
    }
    let now = tx.ctx().now;
    let holders = write::holders(tx, &file).await?;
    let erase_at = match holders.last_end {
        _ if holders.open > 0 || holders.blank_form => None,
        Some(end) => Some(erase_after(end)),
        None if holders.sent || file.purpose == DocumentPurpose::BlankForm => Some(now),
        None => Some(unattached_until(now)),
    };
    if erase_at.is_some_and(|at| at <= now) {
        return gone(tx, &file).await;
    }
    let after = Document { erase_at, ..file.clone() };
    set_due(tx, &after);
    Ok(write::save(tx, &file, after, "hold").await?)
}

/// Erases a file.
pub(super) async fn gone(tx: &mut Tx, file: &Document) -> Result<(), Refusal> {
    let after = Document { state: DocumentState::Erased, erased_at: Some(tx.ctx().now), ..file.clone() };
    strip(tx, file, after, "erase").await?;
    tx.event("document_erased", "document", file.id.0, Some(file.organisation_id));
    Ok(())
}

/// Saves a file without all that says what it was. Its bytes, and the values of the journal, go right after.
pub(super) async fn strip(tx: &mut Tx, file: &Document, after: Document, act: &str) -> Result<(), Refusal> {
    if let Some(key) = &file.blob_key {
        let payload = json!({"document_id": file.id, "key": key});
        let unique = Some(format!("document:{}:blob", file.id));
        tx.enqueue(NewJob { kind: BLOB_JOB, unique_key: unique, payload, priority: LATER, run_at: tx.ctx().now });
    }
    let stripped = Document { name: None, checksum: None, blob_key: None, erase_at: None, ..after };
    Ok(write::save(tx, file, stripped, act).await?)
}

/// Erases a file whose time is over, unless something holds it by now.
///
/// # Errors
/// As any write.
pub async fn due(app: &App, job: &Job) -> Result<(), Refusal> {
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    match write::lock(&tx, document_of(job)?).await {
        Err(Failure::Missing) => {}
        Err(other) => return Err(other.into()),
        Ok(file) => {
            let over = file.erase_at.is_some_and(|at| at <= tx.ctx().now);
            let holders = write::holders(&tx, &file).await?;
            if over && !is_gone(&file) && holders.open == 0 && !holders.blank_form {
                gone(&mut tx, &file).await?;
            }
        }
    }
    Ok(tx.commit().await?)
}

/// Takes the bytes of an erased file out of the store, and its name out of the journal.
///
/// # Errors
/// `store_unavailable`; it is tried again.
pub async fn erase_blob(app: &App, job: &Job) -> Result<(), Refusal> {
    if let Some(key) = job.payload.get("key").and_then(Value::as_str) {
        app.settings.blobs.erase(key).await?;
    }
    let Some(tx) = claim::end(app, job).await? else { return Ok(()) };
    erase::erase_values_of(&tx, &[document_of(job)?.0]).await?;
    Ok(tx.commit().await?)
}

/// Plans the daily look for files without a row.
pub fn plan(tx: &mut Tx) {
    let run_at = tx.ctx().now + SWEEP_EVERY;
    tx.enqueue(NewJob { kind: SWEEP_JOB, unique_key: Some(SWEEP_JOB.to_owned()), payload: json!({}), priority: LAST, run_at });
}

/// Erases files without a row: what a crash has left between the putting and the row. Plans itself again.
///
/// # Errors
/// As any write; `store_unavailable`.
pub async fn sweep(app: &App, job: &Job) -> Result<(), Refusal> {
    let ctx: Ctx = claim::ctx(app, job);
    let take = async |keys: Vec<String>| {
        for key in read::without_row(&app.db, keys).await? {
            app.settings.blobs.erase(&key).await?;
        }
        Ok::<(), Refusal>(())
    };
    app.settings.blobs.older_than(ctx.real_now - ORPHANED_AFTER, take).await?;
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    plan(&mut tx);
    Ok(tx.commit().await?)
}

/// A referral has ended, as it stands now: one that was refused, withdrawn, expired or blocked loses its files, another keeps them for
/// six months.
///
/// # Errors
/// As any write.
pub async fn ended(tx: &mut Tx, leg: &Referral) -> Result<(), Refusal> {
    let loses = matches!(leg.state, State::Refused | State::Withdrawn | State::Expired | State::Blocked);
    let now = tx.ctx().now;
    for reference in write::references_of(tx, leg.id, false).await? {
        if loses {
            write::set_dropped(tx, &reference, Some(now)).await?;
        }
        settle(tx, reference.document_id).await?;
    }
    Ok(())
}

/// A referral is open again: it has those files again that are not erased. The others are named as erased.
///
/// # Errors
/// As any write.
pub async fn reopened(tx: &mut Tx, leg: &Referral) -> Result<(), Refusal> {
    for reference in write::references_of(tx, leg.id, true).await? {
        let file = write::lock(tx, reference.document_id).await?;
        if !is_gone(&file) && reference.dropped_at.is_some() {
            write::set_dropped(tx, &reference, None).await?;
        }
        settle(tx, reference.document_id).await?;
    }
    Ok(())
}

/// The persons of these legs are forgotten: files that no open referral and no service holds go at once, whatever their time; of those
/// that stay with another, these legs tell nothing more.
///
/// # Errors
/// As any write.
pub async fn forgotten(tx: &mut Tx, legs: &[ReferralId]) -> Result<(), Refusal> {
    for leg in legs {
        for reference in write::references_of(tx, *leg, true).await? {
            let file = write::lock(tx, reference.document_id).await?;
            let holders = write::holders(tx, &file).await?;
            if is_gone(&file) {
                continue;
            }
            if holders.open == 0 && !holders.blank_form {
                gone(tx, &file).await?;
            } else if reference.dropped_at.is_none() {
                write::set_dropped(tx, &reference, Some(tx.ctx().now)).await?;
                settle(tx, file.id).await?;
            }
        }
    }
    Ok(())
}

/// A draft goes, and its references before it.
///
/// # Errors
/// As any write.
pub async fn draft_gone(tx: &mut Tx, leg: &Referral) -> Result<(), Refusal> {
    for reference in write::references_of(tx, leg.id, true).await? {
        let id = reference.document_id;
        write::unrefer(tx, reference).await?;
        settle(tx, id).await?;
    }
    Ok(())
}

fn asks_for(leg: &Referral, code: &str) -> bool {
    leg.snapshot.as_ref().is_some_and(|offer| offer.documents.iter().any(|asked| asked.code == code))
}

/// Hands files of one leg on to the next, which stands in the database already: each must be one that the leg still has, and clean. What
/// a file answers is kept where the next receiver asks for it too.
///
/// # Errors
/// 422 `unknown_reference` at `/documents/{index}`, and what forbids attaching it.
pub async fn pass_on(tx: &mut Tx, from: &Referral, to: &Referral, ids: &[Uuid]) -> Result<(), Refusal> {
    let held = write::references_of(tx, from.id, false).await?;
    let there = write::references_of(tx, to.id, true).await?;
    let now = tx.ctx().now;
    for (index, id) in ids.iter().enumerate() {
        let known = held.iter().find(|reference| reference.document_id.0 == *id);
        let known = known.ok_or_else(|| Refusal::unknown_reference(format!("/documents/{index}")))?;
        let twice = ids.iter().take(index).any(|earlier| earlier == id) || there.iter().any(|one| one.document_id.0 == *id);
        if twice {
            continue;
        }
        let file = write::lock(tx, known.document_id).await?;
        if file.state != DocumentState::Clean {
            return Err(Refusal::unknown_reference(format!("/documents/{index}")));
        }
        let code = known.code.clone().filter(|code| asks_for(to, code));
        let reference = Reference { referral_id: to.id, document_id: file.id, code, added_at: now, dropped_at: None, version: 1 };
        write::refer(tx, reference).await?;
        settle(tx, file.id).await?;
    }
    Ok(())
}
