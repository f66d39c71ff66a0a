//! Who sees a file, and who reads it.
//!
//! A file is reached through the referrals that refer to it, by the same rule as these: whoever sees a leg with its documents sees
//! the file, and the receiver reads it while the leg is open, a former holder for as long as it sees the leg. The organisation that
//! uploaded it reads it until it is attached, and then as the sender. No role of the platform is among them.

use relais_adapters::blobs::{BlobError, Pieces};
use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::document::{DocumentPurpose, FileName, FileType, blockers_to_read};
use relais_domain::referral::State;
use relais_domain::shared::ids::{DocumentId, ReferralId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::document::read::{self, Document};
use relais_persistence::document::view::DocumentView;
use relais_persistence::referral::read::{Carrier, Reader, carriers};

use crate::{App, Caller, Refusal, access_journal};

/// A file that a caller sees.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The file.
    pub file: Document,
    /// Its content may be read.
    pub readable: bool,
    /// The caller's organisation uploaded it.
    pub own: bool,
    /// The referrals through which it is seen.
    pub through: Vec<ReferralId>,
}

/// A file on its way out.
#[derive(Debug)]
pub struct Content {
    /// Its name.
    pub name: Option<FileName>,
    /// Its type.
    pub kind: FileType,
    /// Its size in bytes.
    pub size: u64,
    /// Its pieces.
    pub pieces: Pieces,
}

const SHOWN: Mask = Mask::of(&[Category::Documents]);

/// Finds a file that the caller sees.
///
/// # Errors
/// 404 when it is not visible.
pub async fn seen(app: &App, caller: &Caller, id: DocumentId) -> Result<Seen, Refusal> {
    let file = read::one(&app.db, id).await?;
    let me = caller.acting_for.as_ref().map(|acting| acting.id);
    let own = caller.link().is_none() && me == Some(file.organisation_id);
    if file.purpose == DocumentPurpose::BlankForm {
        let writes = !caller.policy.rule(Resource::Service, Permission::ServicesWrite).is_never();
        return if own && writes { Ok(Seen { file, readable: true, own, through: vec![] }) } else { Err(Refusal::NotFound) };
    }
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let reader = Reader { organisation: me, user: caller.actor.user() };
    let legs: Vec<Carrier> = carriers(&app.db, &rule, reader, id).await?;
    let legs: Vec<Carrier> = legs.into_iter().filter(|leg| leg.open().contains(Category::Documents)).collect();
    let writes = !caller.policy.rule(Resource::Referral, Permission::ReferralsWrite).is_never();
    if legs.is_empty() {
        // What nothing refers to is the uploader's; what a leg out of sight refers to is hidden with it.
        let free = own && writes && !read::is_referred_to(&app.db, id).await?;
        return if free { Ok(Seen { file, readable: true, own, through: vec![] }) } else { Err(Refusal::NotFound) };
    }
    let readable = legs.iter().any(|leg| reads(caller, &file, leg));
    Ok(Seen { file, readable, own, through: legs.into_iter().map(|leg| leg.id).collect() })
}

/// Whether a leg opens the content of its files to the caller.
fn reads(caller: &Caller, file: &Document, leg: &Carrier) -> bool {
    let me = caller.acting_for.as_ref().map(|acting| acting.id);
    let through_link = caller.link() == Some(leg.id);
    let as_sender = caller.link().is_none() && me == Some(leg.sender_organisation_id) && me == Some(file.organisation_id);
    let receives = through_link || (me.is_some() && me == leg.receiver_organisation_id);
    // A former holder reads for as long as the policy shows it the leg.
    let as_receiver = receives && leg.told_at.is_some() && (leg.state.is_open() || leg.state == State::Redirected);
    as_sender || as_receiver
}

/// What a file is and where it stands.
///
/// # Errors
/// 404 when it is not visible.
pub async fn one(app: &App, caller: &Caller, id: DocumentId) -> Result<DocumentView, Refusal> {
    let seen = seen(app, caller, id).await?;
    note(app, caller, &seen).await?;
    Ok(seen.file.into())
}

/// The reading is noted under the file and the referrals through which it is seen, before the answer leaves.
async fn note(app: &App, caller: &Caller, seen: &Seen) -> Result<(), Refusal> {
    if seen.file.purpose == DocumentPurpose::BlankForm {
        return Ok(());
    }
    let ids = std::iter::once(seen.file.id.0).chain(seen.through.iter().map(|leg| leg.0)).collect();
    access_journal::shown(app, caller, "document", ids, SHOWN).await
}

/// The content of a file, noted in the access journal before its first byte.
///
/// # Errors
/// 404 when it is not visible; 409 `document_pending`, `document_refused`, `document_erased`, `not_open` for a receiver whose leg has
/// ended; 503 `store_unavailable`.
pub async fn content(app: &App, caller: &Caller, id: DocumentId) -> Result<Content, Refusal> {
    let seen = seen(app, caller, id).await?;
    let mut blockers = blockers_to_read(seen.file.state);
    if !seen.readable {
        blockers.push(Blocker::state("not_open"));
    }
    Blocked::unless_empty(blockers)?;
    let content = open(app, &seen.file).await?;
    note(app, caller, &seen).await?;
    Ok(content)
}

/// Opens a file in the store.
pub(crate) async fn open(app: &App, file: &Document) -> Result<Content, Refusal> {
    let erased = || Refusal::Blocked { blockers: vec![Blocker::state("document_erased")], allowed: vec![] };
    let key = file.blob_key.as_ref().ok_or_else(erased)?;
    let pieces = match app.settings.blobs.read(key).await {
        // It was erased a moment ago.
        Err(BlobError::Missing) => return Err(erased()),
        other => other?,
    };
    Ok(Content { name: file.name.clone(), kind: file.file_type, size: u64::try_from(file.size_bytes).unwrap_or_default(), pieces })
}
