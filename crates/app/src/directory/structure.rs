//! The public face of organisations.

use relais_domain::shared::ids::OrganisationId;
use relais_persistence::directory::read;
use relais_persistence::directory::view::{StructureFilter, StructureView};

use crate::page::MOST_COUNTED;
use crate::{App, Caller, Page, PageRequest, Refusal};

/// Lists the structures at work, in the order in which they came.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list_structures(
    app: &App,
    caller: &Caller,
    filter: &StructureFilter,
    page: &PageRequest,
) -> Result<Page<StructureView>, Refusal> {
    let after = page.after(app, caller)?;
    let rows = read::structures(&app.db, filter, after, page.limit + 1).await?;
    let count = if page.count { Some(read::count_structures(&app.db, filter, MOST_COUNTED + 1).await?) } else { None };
    Ok(page.page(app, caller, rows, |row| (row.created_at, row.id.0))?.counted(count))
}

/// Reads one structure; one that the platform has shut out does not exist.
///
/// # Errors
/// `not_found` (404).
pub async fn read_structure(app: &App, id: OrganisationId) -> Result<StructureView, Refusal> {
    Ok(read::structure(&app.db, id).await?)
}
