//! Booklets: issued in series by the platform, given to persons, drawn from, taken back. The ledger tells every step.

mod series;

use std::collections::BTreeSet;

use relais_domain::access::{Category, Facts, Field, Mask, Operand, Permission, Resource, Rule};
use relais_domain::referral::{Booklet, BookletNumber, BookletState, EntryKind, Movement, NoteText, Party, Reversible, UseFacts, step_of};
use relais_domain::shared::ids::{BookletEntryId, BookletId, OrganisationId, ReferralId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Tx;
use relais_persistence::referral::entity::{booklet, booklet_entry};
use relais_persistence::referral::read::{self as rows, BookletFilter};
use relais_persistence::referral::view::{BookletEntryView, BookletView};
use relais_persistence::referral::write::{self, Locked};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::act::party_of;
use super::read::reader;
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect};

pub use series::{BookletSeriesCreate, issue_booklets, list_booklet_series, read_booklet_series};

/// What a list of booklets is narrowed to.
#[derive(Clone, Debug, Default, Deserialize, Serialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BookletQuery {
    /// Where they stand; repeat for several.
    #[param(max_items = 10)]
    pub state: Vec<BookletState>,
    /// Those that the person of this referral carries, to whomever they were issued.
    pub referral_id: Option<ReferralId>,
    /// How many at most, 1–200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Where the page before ended.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// Also count, exactly up to 10 000.
    pub count: bool,
}

/// To whom a booklet is given.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignBooklet {
    /// The referral whose person gets it: one that my organisation sent or received.
    pub referral_id: ReferralId,
}

/// What units are drawn for.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseBooklet {
    /// The referral under whose agreed path the person came.
    pub referral_id: ReferralId,
    /// The attended step of that path; units are drawn once for each.
    pub step_id: Uuid,
    /// How many units; those of the step when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub units: Option<i32>,
}

/// Which entry is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseBooklet {
    /// A use, or an assignment under which nothing was drawn.
    pub entry_id: BookletEntryId,
    /// Why.
    pub reason: NoteText,
}

/// Booklets of an organisation, as the policy asks about them.
struct Owned(OrganisationId);

impl Facts for Owned {
    fn value(&self, field: Field) -> Option<Operand> {
        (field == Field::Organisation).then_some(Operand::Uuid(self.0.0))
    }
}

/// The legs whose person the caller knows: only they lead to a booklet.
fn known_persons(caller: &Caller) -> Rule {
    caller.policy.rule(Resource::Referral, Permission::ReferralsRead).narrowed_to(Category::Identity)
}

/// An entry of the ledger, with what is known of every one.
fn entry(tx: &Tx, caller: &Caller, booklet_id: BookletId, movement: Movement) -> Result<booklet_entry::Model, Refusal> {
    let Movement { kind, units, balance_after } = movement;
    Ok(booklet_entry::Model {
        id: tx.ctx().fresh(),
        booklet_id,
        kind,
        units,
        balance_after,
        referral_id: None,
        step_id: None,
        reverses: None,
        reversed_by: None,
        reason: None,
        organisation_id: caller.organisation()?,
        user_id: caller.actor.user(),
        created_at: tx.ctx().now,
    })
}

/// The booklets of the acting organisation, or those that the person of a referral carries.
///
/// # Errors
/// 403 without `booklets:read`; `invalid_cursor` (400).
pub async fn list_booklets(app: &App, caller: &Caller, query: &BookletQuery, page: &PageRequest) -> Result<Page<BookletView>, Refusal> {
    let filter = BookletFilter { states: query.state.clone(), carried_by: query.referral_id, number: None };
    booklets(app, caller, filter, page).await
}

/// The booklet of the acting organisation that has a number, or none: one of another organisation is found by who carries it.
///
/// # Errors
/// 403 without `booklets:read`.
pub async fn search_booklets(app: &App, caller: &Caller, number: BookletNumber, page: &PageRequest) -> Result<Page<BookletView>, Refusal> {
    booklets(app, caller, BookletFilter { number: Some(number), ..BookletFilter::default() }, page).await
}

async fn booklets(app: &App, caller: &Caller, filter: BookletFilter, page: &PageRequest) -> Result<Page<BookletView>, Refusal> {
    let own = caller.may(Resource::Organisation, Permission::BookletsRead)?;
    let legs = known_persons(caller);
    let me = reader(caller);
    let found = rows::booklets(&app.db, (&own, &legs), me, &filter, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| rows::booklets(&app.db, (&own, &legs), me, &filter, None, most).await).await?;
    let open = open_legs(app, caller, found.iter().filter_map(|row| row.referral_id)).await?;
    let shown = |row: booklet::Model| {
        let known = row.referral_id.is_some_and(|id| open.contains(&id));
        BookletView::of(row, known)
    };
    let views = found.into_iter().map(shown).collect();
    Ok(page.page(app, caller, views, |view: &BookletView| (view.created_at, view.id.0))?.counted(count))
}

/// Those among some legs whose person the caller knows.
async fn open_legs(app: &App, caller: &Caller, ids: impl Iterator<Item = ReferralId>) -> Result<BTreeSet<ReferralId>, Refusal> {
    Ok(rows::readable(&app.db, &known_persons(caller), reader(caller), ids.collect()).await?)
}

/// One booklet: of the acting organisation, or carried by the person of a referral that the caller may read.
///
/// # Errors
/// 404; 403 without `booklets:read`.
pub async fn read_booklet(app: &App, caller: &Caller, id: BookletId) -> Result<BookletView, Refusal> {
    let own = caller.may(Resource::Organisation, Permission::BookletsRead)?;
    let row = rows::booklet(&app.db, (&own, &known_persons(caller)), reader(caller), id).await?;
    let open = open_legs(app, caller, row.referral_id.into_iter()).await?;
    let known = row.referral_id.is_some_and(|id| open.contains(&id));
    Ok(BookletView::of(row, known))
}

/// The ledger of a booklet, from its issue on.
///
/// # Errors
/// As [`read_booklet`].
pub async fn list_booklet_entries(
    app: &App,
    caller: &Caller,
    id: BookletId,
    page: &PageRequest,
) -> Result<Page<BookletEntryView>, Refusal> {
    read_booklet(app, caller, id).await?;
    let found = rows::booklet_entries(&app.db, id, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| rows::booklet_entries(&app.db, id, None, most).await).await?;
    let open = open_legs(app, caller, found.iter().filter_map(|row| row.referral_id)).await?;
    let me = reader(caller).organisation;
    let shown = |row: booklet_entry::Model| {
        let known = row.referral_id.is_none_or(|id| open.contains(&id));
        BookletEntryView::of(row, me, known)
    };
    let views = found.into_iter().map(shown).collect();
    Ok(page.page(app, caller, views, |view: &BookletEntryView| (view.created_at, view.id.0))?.counted(count))
}

/// Who writes reads too: the answer to an act is the booklet.
fn writes(caller: &Caller) -> Result<Rule, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::BookletsWrite)?;
    caller.may(Resource::Organisation, Permission::BookletsRead)?;
    Ok(rule)
}

/// A booklet that the caller sees, before its lock, and whether it is their organisation's.
async fn in_sight(tx: &Tx, caller: &Caller, id: BookletId) -> Result<bool, Refusal> {
    let own = writes(caller)?;
    let row = rows::booklet_in(tx, (&own, &known_persons(caller)), reader(caller), id).await?;
    Ok(own.decide(&Owned(row.organisation_id)).is_some())
}

/// The leg that a body names, locked, when the caller knows its person.
async fn leg_in_body(tx: &Tx, caller: &Caller, id: ReferralId) -> Result<Locked, Refusal> {
    let unknown = || Refusal::unknown_reference("/referral_id");
    let locked = match write::lock(tx, id).await {
        Ok(locked) => locked,
        Err(relais_persistence::Failure::Missing) => return Err(unknown()),
        Err(other) => return Err(other.into()),
    };
    let open: Option<Mask> = caller.policy.rule(Resource::Referral, Permission::ReferralsRead).decide(&locked);
    open.filter(|mask| mask.contains(Category::Identity)).map(|_| locked).ok_or_else(unknown)
}

fn judged_of(row: &booklet::Model) -> Booklet {
    Booklet { state: row.state, units: row.units, balance: row.balance, referral_id: row.referral_id }
}

/// Saves what an act made of a booklet, with its entry.
async fn save(
    tx: &mut Tx,
    before: booklet::Model,
    after: Booklet,
    new: booklet_entry::Model,
    (act, event): (&'static str, &'static str),
) -> Result<(), Refusal> {
    let Booklet { state, units, balance, referral_id } = after;
    let now = tx.ctx().now;
    let assigned_at = if referral_id == before.referral_id { before.assigned_at } else { referral_id.map(|_| now) };
    let row = booklet::Model { state, units, balance, referral_id, assigned_at, updated_at: now, ..before.clone() };
    tx.save::<booklet::Entity>(&before, row, act).await?;
    tx.create::<booklet_entry::Entity>(new, act).await?;
    tx.event(event, "booklet", before.id.0, Some(before.organisation_id));
    Ok(())
}

/// Gives a booklet of the acting organisation to the person of a referral.
///
/// # Errors
/// 404; 403 without `booklets:write`, `not_of_this_organisation`; `booklet_already_assigned`, `not_sent`, `not_open` (409);
/// `unknown_reference` (422).
pub async fn assign_booklet(app: &App, caller: &Caller, id: BookletId, command: AssignBooklet) -> Result<Done, Refusal> {
    writes(caller)?;
    effect(app, caller, async |tx| {
        if !in_sight(tx, caller, id).await? {
            return Err(Blocked::from(Blocker::permission("not_of_this_organisation")).into());
        }
        let locked = leg_in_body(tx, caller, command.referral_id).await?;
        let before = write::lock_booklet(tx, id).await?;
        let (after, movement) = caller.judged(before.version, judged_of(&before).assign(&locked.leg))?;
        let new = booklet_entry::Model { referral_id: Some(locked.leg.id), ..entry(tx, caller, id, movement)? };
        save(tx, before, after, new, ("assign", "booklet_assigned")).await?;
        Ok(Done::changed(id))
    })
    .await
}

/// Draws units for an attended step of the agreed path. Only who has the person in charge does.
///
/// # Errors
/// 404; 403 without `booklets:write`, `not_the_receiver`; 409 and 422 as [`Booklet::blockers_to_use`]; `unknown_reference`,
/// `unknown_step` (422).
pub async fn use_booklet(app: &App, caller: &Caller, id: BookletId, command: UseBooklet) -> Result<Done, Refusal> {
    writes(caller)?;
    effect(app, caller, async |tx| {
        in_sight(tx, caller, id).await?;
        let leg = leg_in_body(tx, caller, command.referral_id).await?.leg;
        let before = write::lock_booklet(tx, id).await?;
        if party_of(caller, &leg, relais_domain::referral::Act::Path) != Party::Receiver
            || leg.receiver_organisation_id != Some(caller.organisation()?)
        {
            return Err(Blocked::from(Blocker::permission("not_the_receiver")).into());
        }
        let step = step_of(&leg.path, command.step_id).ok_or_else(|| Refusal::invalid("unknown_step", "/step_id"))?;
        let facts = UseFacts {
            leg: &leg,
            carried: write::is_carried(tx, &before, &leg).await?,
            step,
            units: command.units,
            drawn_before: write::is_drawn(tx, leg.id, step.id).await?,
        };
        let (after, movement) = caller.judged(before.version, judged_of(&before).draw(&facts))?;
        let made = entry(tx, caller, id, movement)?;
        let new = booklet_entry::Model { referral_id: Some(leg.id), step_id: Some(step.id), ..made };
        save(tx, before, after, new, ("use", "booklet_used")).await?;
        Ok(Done::changed(id))
    })
    .await
}

/// Takes an entry back: of one's own organisation's booklet any, of another's what one's own organisation wrote.
///
/// # Errors
/// 404; 403 without `booklets:write`, `not_of_this_organisation`; `not_reversible`, `person_erased` (409); `unknown_reference` (422).
pub async fn reverse_booklet_entry(app: &App, caller: &Caller, id: BookletId, command: &ReverseBooklet) -> Result<Done, Refusal> {
    writes(caller)?;
    effect(app, caller, async |tx| {
        let own = in_sight(tx, caller, id).await?;
        let unknown = || Refusal::unknown_reference("/entry_id");
        let named = write::booklet_entry(tx, id, command.entry_id).await?.ok_or_else(unknown)?;
        // The leg before the booklet, as whoever draws does.
        let forgotten = match named.referral_id {
            Some(leg) => write::lock(tx, leg).await?.leg.blanked_at.is_some(),
            None => false,
        };
        let before = write::lock_booklet(tx, id).await?;
        let past = write::booklet_entry(tx, id, command.entry_id).await?.ok_or_else(unknown)?;
        if !own && past.organisation_id != caller.organisation()? {
            return Err(Blocked::from(Blocker::permission("not_of_this_organisation")).into());
        }
        if forgotten {
            return Err(Blocked::from(Blocker::state("person_erased")).into());
        }
        let reversible = Reversible { id: past.id, kind: past.kind, units: past.units, reversed: past.reversed_by.is_some() };
        let (after, movement) = caller.judged(before.version, judged_of(&before).reverse(reversible))?;
        let made = entry(tx, caller, id, movement)?;
        let new = booklet_entry::Model {
            referral_id: past.referral_id,
            step_id: past.step_id,
            reverses: Some(past.id),
            reason: Some(command.reason.clone()),
            ..made
        };
        let reversed = booklet_entry::Model { reversed_by: Some(new.id), ..past.clone() };
        let event = if past.kind == EntryKind::Assign { "booklet_unassigned" } else { "booklet_use_reversed" };
        save(tx, before, after, new, ("reverse", event)).await?;
        tx.save::<booklet_entry::Entity>(&past, reversed, "reverse").await?;
        Ok(Done::changed(id))
    })
    .await
}
