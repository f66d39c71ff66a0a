//! The judgement of a file in quarantine: malware, and what no file may hold.

use relais_adapters::blobs::BlobError;
use relais_adapters::extract::{self, Told};
use relais_adapters::scan::Verdict;
use relais_domain::document::{Checks, DocumentRefusal, DocumentState, MalwareCheck, TextCheck};
use relais_domain::message::NoticeKind;
use relais_domain::shared::ids::DocumentId;
use relais_persistence::document::read;
use relais_persistence::document::write::{self, Document};
use relais_persistence::platform::job::Job;
use relais_persistence::{Failure, Tx};
use serde::Deserialize;

use super::life;
use crate::message::notify::{self, AccountSubject};
use crate::setback::Setback;
use crate::{App, Refusal, claim};

/// The kind of job that judges one file.
pub const CHECK_JOB: &str = "document_check";

#[derive(Deserialize)]
struct Payload {
    document_id: DocumentId,
}

pub(super) fn document_of(job: &Job) -> Result<DocumentId, Refusal> {
    let payload: Payload = serde_json::from_value(job.payload.clone()).map_err(|error| Refusal::Failed(error.to_string()))?;
    Ok(payload.document_id)
}

/// Judges one file. It may run twice or on two nodes: what the row says under its lock decides.
///
/// # Errors
/// `store_unavailable`, `scanner_unavailable`, `extractor_unavailable`: it is tried again.
pub async fn check(app: &App, job: &Job) -> Result<(), Setback> {
    let id = document_of(job)?;
    let file = match read::one(&app.db, id).await {
        Err(Failure::Missing) => None,
        other => Some(other?).filter(|file| file.state == DocumentState::Pending),
    };
    let Some(file) = file else { return Ok(claim::end_idle(app, job).await?) };
    let (checks, refusal) = judge(app, &file).await?;
    let Some(mut tx) = claim::end(app, job).await? else { return Ok(()) };
    decide(&mut tx, id, checks, refusal).await?;
    Ok(tx.commit().await?)
}

/// What the scanner and the search of the text say.
async fn judge(app: &App, file: &Document) -> Result<(Checks, Option<DocumentRefusal>), Setback> {
    let Some(key) = &file.blob_key else { return Ok((file.checks, Some(DocumentRefusal::NotChecked))) };
    let bytes = match app.settings.blobs.get(key).await {
        Ok(bytes) => bytes,
        // The row came after the file: somebody else took the file away.
        Err(BlobError::Missing) => return Ok((file.checks, Some(DocumentRefusal::NotChecked))),
        Err(BlobError::Away(error)) => {
            tracing::warn!(error, "the store is away");
            return Err(Setback::later("store_unavailable"));
        }
    };
    let malware = match app.settings.scan.search(&bytes).await {
        Ok(Verdict::Found) => {
            let checks = Checks { malware: MalwareCheck::Found, text: TextCheck::Pending };
            return Ok((checks, Some(DocumentRefusal::MalwareFound)));
        }
        Ok(Verdict::Clean) => MalwareCheck::Clean,
        Ok(Verdict::NotConfigured) => MalwareCheck::NotConfigured,
        Err(error) => {
            tracing::warn!(%error, "the scanner is away");
            return Err(Setback::later("scanner_unavailable"));
        }
    };
    let told = extract::search(&app.settings.program, file.file_type, &bytes).await;
    let told = told.map_err(|error| {
        tracing::warn!(%error, "the search of a file could not be started");
        Setback::later("extractor_unavailable")
    })?;
    let (text, refusal) = match told {
        Told::Nothing { had_text } => (Checks::searched(file.file_type, had_text), None),
        Told::Forbidden => (TextCheck::Found, Some(DocumentRefusal::ForbiddenIdentifier)),
        Told::TooBig => (TextCheck::Unreadable, Some(DocumentRefusal::UnpackedTooBig)),
        Told::Unreadable => (TextCheck::Unreadable, Some(DocumentRefusal::Unreadable)),
        Told::Active => (TextCheck::Unreadable, Some(DocumentRefusal::ActiveContent)),
    };
    Ok((Checks { malware, text }, refusal))
}

/// Writes the judgement down; of a refused file only the code is kept.
async fn decide(tx: &mut Tx, id: DocumentId, checks: Checks, refusal: Option<DocumentRefusal>) -> Result<(), Refusal> {
    write::lock_blank_form(tx, id).await?;
    let file = write::lock(tx, id).await?;
    if file.state != DocumentState::Pending {
        return Ok(());
    }
    let checked = Document { checks, checked_at: Some(tx.ctx().now), refusal, ..file.clone() };
    match refusal {
        None => {
            write::save(tx, &file, Document { state: DocumentState::Clean, ..checked }, "check").await?;
            tx.event("document_checked", "document", id.0, Some(file.organisation_id));
            if let Some(needless) = write::judge_blank_form(tx, id, true).await? {
                life::settle(tx, needless).await?;
            }
        }
        Some(refusal) => {
            write::judge_blank_form(tx, id, false).await?;
            life::strip(tx, &file, Document { state: DocumentState::Refused, ..checked }, "refuse").await?;
            tx.event("document_refused", "document", id.0, Some(file.organisation_id));
            if let Some(user) = file.uploaded_by {
                // The account of a partner has no mail: nobody is found under its id.
                let subject = AccountSubject::Document { user: user.into(), referral: None, code: refusal.code() };
                notify::account(tx, NoticeKind::DocumentRefused, subject);
            }
        }
    }
    Ok(())
}

/// A file that could not be judged for so long that its job was given up is nobody's to read.
///
/// # Errors
/// As any write.
pub async fn gave_up(tx: &mut Tx, job: &Job) -> Result<(), Refusal> {
    let id = document_of(job)?;
    write::lock_blank_form(tx, id).await?;
    let file = match write::lock(tx, id).await {
        Err(Failure::Missing) => return Ok(()),
        other => other?,
    };
    decide(tx, id, file.checks, Some(DocumentRefusal::NotChecked)).await
}
