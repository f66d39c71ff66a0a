//! What stands beside a record: consents, disclosures, readings. Records that are linked as one person answer together; each entry
//! names its own.

use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::shared::ids::{ConsentId, PersonId};
use relais_persistence::audit::read as journal;
use relais_persistence::audit::view::AccessView;
use relais_persistence::person::read;
use relais_persistence::person::view::{ConsentView, DisclosureView};
use uuid::Uuid;

use super::{seen, seen_group};
use crate::{App, Caller, Page, PageRequest, Refusal, access_journal};

/// Legs whose readings are looked up at most, the newest first.
const MOST_LEGS: u64 = 200;

/// Why a consent was withdrawn tells about the person.
fn masked(consent: ConsentView, open: Mask) -> ConsentView {
    let withdrawal_reason = consent.withdrawal_reason.filter(|_| open.contains(Category::Social));
    ConsentView { withdrawal_reason, ..consent }
}

/// A page of a person's consents, the newest first.
///
/// # Errors
/// 404 when the record is not visible; 403 without `people:read`.
pub async fn consents(app: &App, caller: &Caller, id: PersonId, page: PageRequest) -> Result<Page<ConsentView>, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    let (_, open) = seen(app, caller, id).await?;
    let people = seen_group(app, caller, id).await?;
    let rows = read::consents(&app.db, &people, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::consents(&app.db, &people, None, most).await).await?;
    access_journal::shown(app, caller, "person", vec![id.0], open).await?;
    let mut cut = page.page(app, caller, rows, |row| (row.given_at, row.id.0))?;
    cut.items = cut.items.into_iter().map(|row| masked(row, open)).collect();
    Ok(cut.counted(count))
}

/// One consent of a person.
///
/// # Errors
/// As [`consents`]; 404 for a consent of somebody else.
pub async fn consent(app: &App, caller: &Caller, id: PersonId, consent: ConsentId) -> Result<ConsentView, Refusal> {
    consent_unless(app, caller, id, consent, |_| false).await
}

/// As [`consent`]. Nothing is noted when the caller has this very view already.
///
/// # Errors
/// As [`consent`].
pub async fn consent_unless(
    app: &App,
    caller: &Caller,
    id: PersonId,
    consent: ConsentId,
    known: impl Fn(&ConsentView) -> bool,
) -> Result<ConsentView, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    let (_, open) = seen(app, caller, id).await?;
    let people = seen_group(app, caller, id).await?;
    let found = masked(read::consent(&app.db, &people, consent).await?, open);
    if !known(&found) {
        access_journal::shown(app, caller, "person", vec![id.0], open).await?;
    }
    Ok(found)
}

/// A page of what was disclosed of a person to other organisations, the newest first.
///
/// # Errors
/// As [`consents`].
pub async fn disclosures(app: &App, caller: &Caller, id: PersonId, page: PageRequest) -> Result<Page<DisclosureView>, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    let (_, open) = seen(app, caller, id).await?;
    let people = seen_group(app, caller, id).await?;
    let rows = read::disclosures(&app.db, &people, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::disclosures(&app.db, &people, None, most).await).await?;
    access_journal::shown(app, caller, "person", vec![id.0], open).await?;
    Ok(page.page(app, caller, rows, |row| (row.disclosed_at, row.id.0))?.counted(count))
}

/// A page of who of the record's organisation was shown the record or one of its referrals, the newest first. Readings by other
/// organisations are theirs to tell: what they were told stands among the disclosures. Reading this list shows nothing of the
/// person and is not itself noted.
///
/// # Errors
/// As [`consents`].
pub async fn accesses(app: &App, caller: &Caller, id: PersonId, page: PageRequest) -> Result<Page<AccessView>, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    let (row, _) = seen(app, caller, id).await?;
    let people = seen_group(app, caller, id).await?;
    let legs = read::legs_about(&app.db, &people, MOST_LEGS).await?;
    let objects: Vec<Uuid> = people.iter().map(|person| person.0).chain(legs.iter().map(|leg| leg.0)).collect();
    let rows = journal::accesses_to(&app.db, row.organisation_id, &objects, page.after(app, caller)?, page.limit + 1).await?;
    page.page(app, caller, rows, |entry| (entry.at, entry.id))
}
