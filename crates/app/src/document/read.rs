//! Who sees a file, and who reads it.
//!
//! A file is reached through the referrals that refer to it, by the same rule as these: whoever sees a leg with its documents sees
//! the file, and the receiver reads it while the leg is open, a former holder for as long as it sees the leg. The organisation that
//! uploaded it reads it until it is sent, and knows afterwards that it is there. No role of the platform is among them.

use relais_adapters::blobs::{BlobError, Pieces};
use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::document::{DocumentPurpose, FileName, FileType, Standing, blockers_to_read, blockers_to_read_through};
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
    /// Why its content is not read; empty when it is.
    pub blockers: Vec<Blocker>,
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
        return if own && writes { Ok(Seen::whole(file, own)) } else { Err(Refusal::NotFound) };
    }
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let reader = Reader { organisation: me, user: caller.actor.user() };
    let legs: Vec<Carrier> = carriers(&app.db, &rule, reader, id).await?;
    let legs: Vec<Carrier> = legs.into_iter().filter(|leg| leg.open().contains(Category::Documents)).collect();
    let writes = !caller.policy.rule(Resource::Referral, Permission::ReferralsWrite).is_never();
    if legs.is_empty() {
        // What nothing refers to is the uploader's; what a leg out of sight refers to is hidden with it.
        let free = own && writes && !read::is_referred_to(&app.db, id).await?;
        return if free { Ok(Seen::whole(file, own)) } else { Err(Refusal::NotFound) };
    }
    let standings: Vec<Standing> = legs.iter().map(|leg| standing(caller, own, leg)).collect();
    let mut blockers = blockers_to_read(file.state);
    if blockers.is_empty() {
        blockers = blockers_to_read_through(&standings);
    }
    Ok(Seen { file, blockers, own, through: legs.into_iter().map(|leg| leg.id).collect() })
}

impl Seen {
    /// A file that nothing but its own state keeps from being read.
    fn whole(file: Document, own: bool) -> Self {
        Self { blockers: blockers_to_read(file.state), file, own, through: vec![] }
    }
}

/// Where the caller stands towards a leg that refers to a file.
fn standing(caller: &Caller, own: bool, leg: &Carrier) -> Standing {
    let me = caller.acting_for.as_ref().map(|acting| acting.id);
    let through_link = caller.link() == Some(leg.id);
    let receives = through_link || (me.is_some() && me == leg.receiver_organisation_id);
    Standing {
        // A former holder reads for as long as the policy shows it the leg.
        open_to_receiver: (receives && leg.told_at.is_some()).then_some(leg.state.is_in_use()),
        left_sender: (own && me == Some(leg.sender_organisation_id)).then_some(leg.state.has_left()),
    }
}

/// What a file is and where it stands.
///
/// # Errors
/// 404 when it is not visible.
pub async fn one(app: &App, caller: &Caller, id: DocumentId) -> Result<DocumentView, Refusal> {
    one_unless(app, caller, id, |_| false).await
}

/// As [`one`]. Nothing is noted when the caller has this very view already: then it is not shown again.
///
/// # Errors
/// As [`one`].
pub async fn one_unless(
    app: &App,
    caller: &Caller,
    id: DocumentId,
    known: impl Fn(&DocumentView) -> bool,
) -> Result<DocumentView, Refusal> {
    let seen = seen(app, caller, id).await?;
    let view: DocumentView = seen.file.clone().into();
    if !known(&view) {
        note(app, caller, &seen).await?;
    }
    Ok(view)
}

/// The reading is noted under the file and the referrals through which it is seen, before the answer leaves.
async fn note(app: &App, caller: &Caller, seen: &Seen) -> Result<(), Refusal> {
    if seen.file.purpose == DocumentPurpose::BlankForm {
        return Ok(());
    }
    let ids = std::iter::once(seen.file.id.0).chain(seen.through.iter().map(|leg| leg.0)).collect();
    access_journal::shown(app, caller, "document", ids, SHOWN).await
}

/// Finds a file whose content the caller may read now. A refusal is noted: the row is there.
///
/// # Errors
/// 404 when it is not visible; 409 `document_pending`, `document_refused`, `document_erased`, `document_sent` for the sender once it
/// left, `not_open` for a receiver whose leg has ended.
pub(super) async fn readable(app: &App, caller: &Caller, id: DocumentId) -> Result<Seen, Refusal> {
    let mut seen = seen(app, caller, id).await?;
    if let Err(blocked) = Blocked::unless_empty(std::mem::take(&mut seen.blockers)) {
        access_journal::refused(app, caller, "document", id.0).await?;
        return Err(blocked.into());
    }
    Ok(seen)
}

/// The content of a file, noted in the access journal before its first byte.
///
/// # Errors
/// As [`readable`]; 503 `store_unavailable`.
pub async fn content(app: &App, caller: &Caller, id: DocumentId) -> Result<Content, Refusal> {
    let seen = readable(app, caller, id).await?;
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
