//! The files of an import, as they are uploaded: unpacked and kept in parts, so that any node can read them.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use relais_domain::access::{Permission, Resource};
use relais_domain::directory::{ImportState, RecordKind};
use relais_domain::shared::ids::ImportId;
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Ctx;
use relais_persistence::directory::import::{self, Erased, Run as Row};
use relais_persistence::directory::view::{ImportView, Kept, Upload};

use super::keep::{json, told};
use crate::{App, Caller, Done, Refusal, effect};

/// The size of a part.
pub(super) const PART: usize = 1024 * 1024;
/// The largest file, unpacked.
const LARGEST: u64 = 2_000_000_000;
/// How many parts are erased in one transaction.
pub(super) const ERASED: u64 = 20;

/// How an upload is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// By gzip (RFC 1952).
    Gzip,
}

/// Unpacks what comes in.
enum Unpacking {
    Plain(Vec<u8>),
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

impl Unpacking {
    fn of(packing: Packing) -> Self {
        match packing {
            Packing::Plain => Self::Plain(vec![]),
            Packing::Gzip => Self::Gzip(Box::new(MultiGzDecoder::new(vec![]))),
        }
    }

    /// Takes a piece in and gives what is unpacked of it.
    fn takes(&mut self, piece: &[u8]) -> io::Result<&mut Vec<u8>> {
        match self {
            Self::Plain(plain) => {
                plain.extend_from_slice(piece);
                Ok(plain)
            }
            Self::Gzip(gzip) => {
                gzip.write_all(piece)?;
                Ok(gzip.get_mut())
            }
        }
    }

    /// The rest.
    fn ends(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain(plain) => Ok(plain),
            Self::Gzip(gzip) => gzip.finish(),
        }
    }
}

fn guard(row: &Row) -> Result<(), Refusal> {
    if row.state == ImportState::AwaitingFiles {
        return Ok(());
    }
    Err(Blocked::from(Blocker::state("import_started").with("state", row.state.code())).into())
}

/// Whether a file may be uploaded now: asked before its bytes are read.
///
/// # Errors
/// 403 `permission_missing`; 404; 409 `import_started`.
pub async fn accepts_upload(app: &App, caller: &Caller, id: ImportId) -> Result<(), Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::DirectoryImport)?;
    let tx = app.db.look(&app.ctx(caller)).await?;
    let row = import::for_act(&tx, &rule, id).await;
    tx.rollback().await?;
    guard(&row?)
}

/// Keeps a file of an import, in the place of the one before. `next` gives its pieces until there are no more.
///
/// # Errors
/// 403 `permission_missing`; 404; 409 `import_started`; 400 `malformed_gzip`; 413 `body_too_big`, for more than 2 GB
/// unpacked; whatever `next` answers. Then the file before is still the one.
pub async fn upload<P: AsRef<[u8]>>(
    app: &App,
    caller: &Caller,
    (id, kind): (ImportId, RecordKind),
    packing: Packing,
    next: impl AsyncFnMut() -> Result<Option<P>, Refusal>,
) -> Result<(Done, ImportView), Refusal> {
    accepts_upload(app, caller, id).await?;
    let ctx = app.ctx(caller);
    let name = format!("{}-{}", kind.code(), ctx.fresh::<uuid::Uuid>());
    let taken = match take_in(app, &ctx, (id, &name), packing, next).await {
        Ok(bytes) => takes_over(app, caller, (id, kind), Upload { name: name.clone(), bytes }).await,
        Err(refusal) => Err(refusal),
    };
    let (done, view, before) = match taken {
        Ok(taken) => taken,
        Err(refusal) => {
            erase(app, &ctx, id, Erased::File(&name)).await?;
            return Err(refusal);
        }
    };
    if let Some(before) = before {
        erase(app, &ctx, id, Erased::File(&before.name)).await?;
    }
    Ok((done, view))
}

/// Writes the parts. Returns how many bytes they hold.
async fn take_in<P: AsRef<[u8]>>(
    app: &App,
    ctx: &Ctx,
    (id, name): (ImportId, &str),
    packing: Packing,
    mut next: impl AsyncFnMut() -> Result<Option<P>, Refusal>,
) -> Result<u64, Refusal> {
    let bad = |_| Refusal::BadRequest("malformed_gzip");
    let (mut unpacking, mut parts, mut bytes) = (Unpacking::of(packing), 0, 0);
    let mut put = async |part: Vec<u8>| {
        bytes += part.len() as u64;
        if bytes > LARGEST {
            return Err(Refusal::BadRequest("body_too_big"));
        }
        let tx = app.db.write(ctx).await?;
        import::put_part(&tx, id, name, parts, part).await?;
        parts += 1;
        Ok(tx.commit().await?)
    };
    while let Some(piece) = next().await? {
        // A small piece of a packed file may be a thousand times as large.
        for piece in piece.as_ref().chunks(16 * 1024) {
            let unpacked = unpacking.takes(piece).map_err(bad)?;
            while unpacked.len() >= PART {
                put(unpacked.drain(..PART).collect()).await?;
            }
        }
    }
    let mut rest = unpacking.ends().map_err(bad)?;
    while rest.len() > PART {
        put(rest.drain(..PART).collect()).await?;
    }
    put(rest).await?;
    Ok(bytes)
}

/// Makes an upload the file of its import; gives the one before.
async fn takes_over(
    app: &App,
    caller: &Caller,
    (id, kind): (ImportId, RecordKind),
    upload: Upload,
) -> Result<(Done, ImportView, Option<Upload>), Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::DirectoryImport)?;
    let shown = std::cell::RefCell::new(None);
    let done = effect(app, caller, async |tx| {
        let row = import::for_act(tx, &rule, id).await?;
        guard(&row)?;
        let mut kept: Kept = row.progress.clone().map(told).transpose()?.unwrap_or_default();
        let place = if kind == RecordKind::Structure { &mut kept.structures } else { &mut kept.services };
        let before = place.replace(upload.clone());
        let after = Row { progress: Some(json(&kept)?), updated_at: tx.ctx().now, ..row.clone() };
        import::save(tx, &row, after.clone(), "upload").await?;
        shown.replace(Some((ImportView::try_from(Row { version: row.version + 1, ..after })?, before)));
        Ok(Done::changed(id))
    })
    .await?;
    let (view, before) = shown.take().ok_or(Refusal::Busy)?;
    Ok((done, view, before))
}

/// Erases parts, a few at a time: others want to write as well.
pub(super) async fn erase(app: &App, ctx: &Ctx, id: ImportId, which: Erased<'_>) -> Result<(), Refusal> {
    loop {
        let tx = app.db.write(ctx).await?;
        let erased = import::erase_parts(&tx, id, which, ERASED).await?;
        tx.commit().await?;
        if erased < ERASED {
            return Ok(());
        }
    }
}
