//! The journals as they are read and checked.

use relais_domain::access::{Permission, Resource};
use relais_persistence::audit::verify::{self, Broken, Verified};

use crate::{App, Caller, Page, PageRequest, Refusal};

pub use relais_persistence::audit::read::JournalFilter;
pub use relais_persistence::audit::view::{self, AccessView, MutationView};

/// Who changed what, newest first: what was done for the own organisation, or everywhere at platform scope. Fields are
/// named, values are not shown.
///
/// # Errors
/// 403 `permission_missing`; 400 `invalid_cursor`.
pub async fn mutations(app: &App, caller: &Caller, filter: &JournalFilter, request: &PageRequest) -> Result<Page<MutationView>, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::AuditRead)?;
    let after = request.after(app, caller)?.map(|(_, id)| id);
    let rows = relais_persistence::audit::read::mutations(&app.db, &rule, filter, after, request.limit + 1).await?;
    request.page(app, caller, rows, |entry| (entry.at, entry.id))
}

/// Who was shown whose content, newest first, with the same reach as [`mutations`].
///
/// # Errors
/// 403 `permission_missing`; 400 `invalid_cursor`.
pub async fn accesses(app: &App, caller: &Caller, filter: &JournalFilter, request: &PageRequest) -> Result<Page<AccessView>, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::AuditRead)?;
    let after = request.after(app, caller)?.map(|(_, id)| id);
    let rows = relais_persistence::audit::read::accesses(&app.db, &rule, filter, after, request.limit + 1).await?;
    request.page(app, caller, rows, |entry| (entry.at, entry.id))
}

/// Checks both journals from their first entry on.
///
/// # Errors
/// The outer error as any read; the inner one names the first bad row.
pub async fn verify(app: &App) -> Result<Result<Verified, Broken>, Refusal> {
    Ok(verify::verify(&app.db).await?)
}
