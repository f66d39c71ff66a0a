//! Taking a file in: judged before the answer, kept in quarantine until a worker has judged the rest.

use relais_adapters::blobs::Blobs;
use relais_adapters::{content, crypto};
use relais_domain::access::{Permission, Resource};
use relais_domain::document::{
    Checks, ContentFault, DocumentPurpose, DocumentState, FileName, FileType, MOST_BYTES, judge_name, unattached_until,
};
use relais_domain::shared::ids::DocumentId;
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::document::view::DocumentView;
use relais_persistence::document::write::{self, Document};
use relais_persistence::{NewJob, Tx};
use serde_json::json;
use tokio::sync::Semaphore;

use super::check::CHECK_JOB;
use super::life;
use crate::{App, Caller, Done, Refusal, budget, effect, fingerprint};

/// What is still read of a file that is too large, so that whoever sends it hears why.
const HEARD_OUT: usize = 8 * MOST_BYTES;
/// How many files are unpacked and looked through before the answer at a time: the others wait their turn.
static AT_A_TIME: Semaphore = Semaphore::const_new(4);
/// People wait for the judgement.
const AT_ONCE: i32 = 5;
/// Files that an account sends in an hour at most, and an organisation in a day.
const PER_ACCOUNT: i32 = 300;
const PER_ORGANISATION: i32 = 3_000;

/// A file on its way in: its name, and its length as it says itself.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many bytes it says that it has.
    pub length: Option<usize>,
}

/// A file that passed what is judged before the answer.
#[derive(Debug)]
pub(crate) struct Taken {
    name: FileName,
    kind: FileType,
    size: usize,
    checksum: String,
    key: String,
}

/// Takes a file in. `next` gives its pieces until there are no more.
///
/// # Errors
/// 403 without `referrals:write`; 422 with all that is known to be wrong: `file_too_big`, `file_name_invalid`,
/// `file_name_too_long`, `extension_missing`, `extension_forbidden`, `forbidden_identifier`, `file_empty`, `content_mismatch`,
/// `unpacked_too_big`, `active_content`; 429 after 300 files an hour, or 3 000 a day of an organisation; 503 `store_unavailable`. Then
/// nothing is stored.
pub async fn upload<P: AsRef<[u8]>>(
    app: &App,
    caller: &Caller,
    file: Named<'_>,
    next: impl AsyncFnMut() -> Result<Option<P>, Refusal>,
) -> Result<(Done, DocumentView), Refusal> {
    caller.may(Resource::Referral, Permission::ReferralsWrite)?;
    let taken = take_in(app, caller, file, next).await?;
    keep(app, caller, taken, DocumentPurpose::Referral, async |_, _| Ok(())).await
}

/// Judges a file and puts it into the store.
pub(crate) async fn take_in<P: AsRef<[u8]>>(
    app: &App,
    caller: &Caller,
    file: Named<'_>,
    mut next: impl AsyncFnMut() -> Result<Option<P>, Refusal>,
) -> Result<Taken, Refusal> {
    // Each is looked through by a worker that others wait for.
    budget::spend_of_both(app, caller, ("upload", PER_ACCOUNT), ("upload_organisation", PER_ORGANISATION)).await?;
    let judged = judge_name(file.name);
    let (mut bytes, mut received) = (Vec::with_capacity(file.length.unwrap_or_default().min(MOST_BYTES)), 0_usize);
    while let Some(piece) = next().await? {
        received += piece.as_ref().len();
        if received <= MOST_BYTES && judged.is_ok() {
            bytes.extend_from_slice(piece.as_ref());
        }
        if received > HEARD_OUT {
            break;
        }
    }
    let mut wrong = vec![];
    if received > MOST_BYTES {
        wrong.push(Blocker::content("file_too_big").at("/content").with("max", MOST_BYTES));
    } else if received == 0 {
        wrong.push(Blocker::content("file_empty").at("/content"));
    }
    let (name, kind) = match judged {
        Ok(judged) => judged,
        Err(Blocked(blockers)) => {
            wrong.extend(blockers);
            return Err(Blocked(wrong).into());
        }
    };
    Blocked::unless_empty(wrong)?;
    let turn = AT_A_TIME.acquire().await.map_err(|error| Refusal::Failed(error.to_string()))?;
    let inspected = tokio::task::spawn_blocking(move || {
        content::inspect(kind, bytes).map(|kept| {
            let checksum = crypto::sha256(&[&kept]);
            (kept, checksum)
        })
    });
    let inspected = inspected.await.map_err(|error| Refusal::Failed(error.to_string()))?;
    drop(turn);
    let (kept, checksum) = inspected.map_err(|fault: ContentFault| Refusal::invalid(fault.code(), "/content"))?;
    let (key, size) = (Blobs::fresh_key(), kept.len());
    app.settings.blobs.put(&key, kept).await?;
    Ok(Taken { name, kind, size, checksum, key })
}

/// Keeps the row of a file that lies in the store; `also` does what belongs to it in the same transaction.
pub(crate) async fn keep(
    app: &App,
    caller: &Caller,
    taken: Taken,
    purpose: DocumentPurpose,
    also: impl AsyncFn(&mut Tx, DocumentId) -> Result<(), Refusal>,
) -> Result<(Done, DocumentView), Refusal> {
    let organisation = caller.organisation()?;
    let mut caller = caller.clone();
    if let Some((_, given_for)) = &mut caller.request.idempotency {
        *given_for = fingerprint(&[taken.name.as_str().as_bytes(), taken.checksum.as_bytes()]);
    }
    let done = effect(app, &caller, async |tx| {
        let now = tx.ctx().now;
        let id: DocumentId = tx.ctx().fresh();
        let row = Document {
            id,
            organisation_id: organisation,
            uploaded_by: caller.actor.id(),
            purpose,
            name: Some(taken.name.clone()),
            file_type: taken.kind,
            size_bytes: i64::try_from(taken.size).unwrap_or(i64::MAX),
            checksum: Some(taken.checksum.clone()),
            state: DocumentState::Pending,
            refusal: None,
            checks: Checks::PENDING,
            blob_key: Some(taken.key.clone()),
            erase_at: (purpose == DocumentPurpose::Referral).then(|| unattached_until(now)),
            created_at: now,
            checked_at: None,
            erased_at: None,
            version: 1,
        };
        life::set_due(tx, &row);
        write::create(tx, row).await?;
        also(tx, id).await?;
        let key = Some(format!("document:{id}:check"));
        tx.enqueue(NewJob { kind: CHECK_JOB, unique_key: key, payload: json!({"document_id": id}), priority: AT_ONCE, run_at: now });
        tx.event("document_uploaded", "document", id.0, Some(organisation));
        Ok(Done { status: 202, ..Done::created(id.0) })
    })
    .await;
    // The file of a row that was not written, or that another request wrote, belongs to nobody.
    let not_mine = match &done {
        Ok(done) => done.replayed,
        Err(_) => true,
    };
    if not_mine && let Err(error) = app.settings.blobs.erase(&taken.key).await {
        tracing::warn!(%error, "a file without a row is left to be swept");
    }
    let done = done?;
    let row = relais_persistence::document::read::one(&app.db, done.id.into()).await?;
    Ok((done, row.into()))
}
