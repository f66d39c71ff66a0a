//! The record: made by hand, with a draft, or from a leg that was received; read, searched, changed.

mod form;

use chrono::{DateTime, Utc};
use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::referral::PersonForm;
use relais_domain::shared::ids::{OrganisationId, PersonId, ReferralId, UnitId, UserId, is_own_id};
use relais_domain::shared::name::fold_name;
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::person::entity::person;
use relais_persistence::person::read::{self, PersonFilter};
use relais_persistence::person::view::{PersonView, form_of, with_form};
use relais_persistence::person::write;
use relais_persistence::referral::write as legs;
use relais_persistence::{Failure, Tx};

use super::{locked_with, shows_content};
use crate::{App, Caller, Done, Page, PageRequest, Refusal, access_journal, effect, page};

pub use form::{NewPerson, PersonPatch};

/// Whose a record is.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its unit.
    pub unit_id: Option<UnitId>,
    /// Who entered the person.
    pub entered_by: Option<UserId>,
    /// Who follows the person.
    pub adviser_id: Option<UserId>,
    /// The received leg from which it is kept.
    pub kept_from: Option<ReferralId>,
    /// The draft that makes it.
    pub made_by: Option<ReferralId>,
}

fn fresh(id: PersonId, owner: Owner, now: DateTime<Utc>) -> person::Model {
    let Owner { organisation_id, unit_id, entered_by, adviser_id, kept_from, made_by } = owner;
    person::Model {
        id,
        organisation_id,
        unit_id,
        entered_by,
        adviser_id,
        kept_from,
        made_by,
        family_name: None,
        given_name: None,
        name_folded: None,
        phone: None,
        email: None,
        birth_year: None,
        commune: None,
        language: None,
        employment_number: None,
        contact_keys: None,
        protected: false,
        consent_withdrawn_at: None,
        blanked_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// Keeps the record of a draft's person in step with the draft that made it: what changes in the form changes in the record, and what
/// was corrected in the record stays. One that the draft only names was made by others and stays as it is.
///
/// # Errors
/// As any write.
pub async fn keep(
    tx: &mut Tx,
    owner: Owner,
    known: Option<PersonId>,
    was: Option<&PersonForm>,
    form: &PersonForm,
) -> Result<Option<PersonId>, Refusal> {
    if known.is_none() && form.family_name.is_none() && form.given_name.is_none() {
        return Ok(None);
    }
    let now = tx.ctx().now;
    let before = match known {
        Some(id) => Some(write::lock(tx, id).await?),
        None => None,
    };
    let Some(before) = before else {
        let row = with_form(fresh(tx.ctx().fresh(), owner, now), form);
        let id = row.id;
        tx.create::<person::Entity>(row, "create").await?;
        return Ok(Some(id));
    };
    let id = before.id;
    if let Some(was) = was.filter(|_| before.made_by == owner.made_by && before.blanked_at.is_none()) {
        let Owner { unit_id, adviser_id, .. } = owner;
        let row = with_form(before.clone(), &form_of(&before).in_step(was, form));
        let row = person::Model { unit_id, adviser_id, ..row };
        if row != before {
            tx.save::<person::Entity>(&before, person::Model { updated_at: now, ..row }, "edit").await?;
        }
    }
    Ok(Some(id))
}

/// What a record holds that a draft names: one of the caller's own organisation, all of whose groups the caller may read.
///
/// # Errors
/// `unknown_reference` (422) for any other; `person_erased` (409).
pub async fn named(tx: &Tx, caller: &Caller, id: PersonId) -> Result<PersonForm, Refusal> {
    let unknown = || Refusal::unknown_reference("/person_id");
    // Under its lock: who is erased at this moment is not named any more.
    let row = match write::lock(tx, id).await {
        Err(Failure::Missing) => return Err(unknown()),
        found => found?,
    };
    let open = caller.policy.rule(Resource::Person, Permission::PeopleRead).decide(&row).unwrap_or_default();
    let whole = [Category::Identity, Category::IdentityMin, Category::Contact].iter().all(|category| open.contains(*category));
    if row.organisation_id != caller.organisation()? || !whole {
        return Err(unknown());
    }
    if row.blanked_at.is_some() {
        return Err(Blocked::from(Blocker::state("person_erased").at("/person_id")).into());
    }
    Ok(form_of(&row))
}

/// Enters a person, or keeps a record of the person of a referral that the caller's organisation accepted.
///
/// # Errors
/// 403 without `people:write`; `not_the_receiver` (403); `not_accepted`, `consent_withdrawn`, `person_erased`, `already_kept`,
/// `id_taken` (409); `unknown_reference`, `required` and the codes of the form (422).
pub async fn create(app: &App, caller: &Caller, new: &NewPerson) -> Result<Done, Refusal> {
    caller.may(Resource::Person, Permission::PeopleWrite)?;
    let organisation = caller.organisation()?;
    if new.id.is_some_and(|id| !is_own_id(id.0, app.clock.real_now())) {
        return Err(Refusal::invalid("invalid_id", "/id"));
    }
    effect(app, caller, async |tx| {
        let (form, owner) = if let Some(leg) = new.referral_id {
            kept(tx, caller, organisation, leg, new.form()).await?
        } else {
            let teams = caller.policy.standing().teams.as_slice();
            let unit_id = if let [only] = teams { Some(*only) } else { None };
            let owner = Owner {
                organisation_id: organisation,
                unit_id,
                entered_by: caller.actor.user(),
                adviser_id: None,
                kept_from: None,
                made_by: None,
            };
            (new.form(), owner)
        };
        let id: PersonId = new.id.unwrap_or_else(|| tx.ctx().fresh());
        let row = with_form(fresh(id, owner, tx.ctx().now), &form);
        if let Some(known) = taken(tx, new, &row).await? {
            return Ok(known);
        }
        if let Some(leg) = new.referral_id
            && let Some(kept) = read::kept_from(tx, organisation, leg).await?
        {
            return Err(Blocked::from(Blocker::state("already_kept").with("person_id", kept.to_string())).into());
        }
        Blocked::unless_empty(form.problems_of_record())?;
        if caller.policy.rule(Resource::Person, Permission::PeopleWrite).decide(&row).is_none() {
            return Err(Refusal::Forbidden(Permission::PeopleWrite));
        }
        tx.create::<person::Entity>(row, "create").await?;
        tx.event("person_created", "person", id.0, Some(organisation));
        Ok(Done::created(id.0))
    })
    .await
}

/// The same client id again: the same record when the body says the same.
async fn taken(tx: &Tx, new: &NewPerson, row: &person::Model) -> Result<Option<Done>, Refusal> {
    let Some(id) = new.id else { return Ok(None) };
    let known = match write::find(tx, id).await {
        Err(Failure::Missing) => return Ok(None),
        found => found?,
    };
    let same = known.organisation_id == row.organisation_id && known.kept_from == row.kept_from && form_of(&known) == form_of(row);
    if same { Ok(Some(Done { replayed: true, ..Done::created(id.0) })) } else { Err(Refusal::Conflict("id_taken")) }
}

/// What a receiver keeps of the person of a leg, and for whom.
async fn kept(
    tx: &Tx,
    caller: &Caller,
    organisation: OrganisationId,
    leg: ReferralId,
    own: PersonForm,
) -> Result<(PersonForm, Owner), Refusal> {
    let locked = match legs::lock(tx, leg).await {
        Err(Failure::Missing) => return Err(Refusal::unknown_reference("/referral_id")),
        found => found?,
    };
    let open = caller.policy.rule(Resource::Referral, Permission::ReferralsRead).decide(&locked);
    let open = open.ok_or_else(|| Refusal::unknown_reference("/referral_id"))?;
    Blocked::unless_empty(locked.leg.blockers_to_keep_record(organisation))?;
    if !open.tells_who() {
        return Err(Refusal::Forbidden(Permission::ReferralsRead));
    }
    let assigned = locked.assignment.as_ref();
    let owner = Owner {
        organisation_id: organisation,
        unit_id: assigned.and_then(|assigned| assigned.unit_id).or(locked.leg.receiver_unit_id),
        entered_by: caller.actor.user(),
        adviser_id: assigned.and_then(|assigned| assigned.member_id),
        kept_from: Some(leg),
        made_by: None,
    };
    Ok((own.completed_by(locked.leg.form.person), owner))
}

/// One record, as the caller may see it. The reading is noted in the access journal before the answer leaves.
///
/// # Errors
/// 404 when it is not visible.
pub async fn one(app: &App, caller: &Caller, id: PersonId) -> Result<PersonView, Refusal> {
    one_unless(app, caller, id, |_| false).await
}

/// As [`one`]. Nothing is noted when the caller has this very view already.
///
/// # Errors
/// 403 without `people:read` on any record; otherwise as [`one`].
pub async fn one_unless(app: &App, caller: &Caller, id: PersonId, known: impl Fn(&PersonView) -> bool) -> Result<PersonView, Refusal> {
    let rule = caller.may(Resource::Person, Permission::PeopleRead)?;
    let found = read::one(&app.db, &rule, id).await?;
    let linked = read::linked(&app.db, &rule, id).await?;
    let view = found.view(Some(linked), app.clock.now().date_naive());
    if shows_content(view.mask) && !known(&view) {
        access_journal::shown(app, caller, "person", vec![id.0], view.mask).await?;
    }
    Ok(view)
}

/// A page of records, the newest first. `filter` holds names and contacts as they were typed.
///
/// # Errors
/// 403 without `people:read`, or when a search asks for what the caller may read of no record; `invalid_cursor` (400).
pub async fn list(app: &App, caller: &Caller, filter: PersonFilter, page: PageRequest) -> Result<Page<PersonView>, Refusal> {
    let mut rule = caller.may(Resource::Person, Permission::PeopleRead)?;
    for (asked, category) in [(filter.name.is_some(), Category::Identity), (filter.contact.is_some(), Category::Contact)] {
        if asked {
            rule = rule.narrowed_to(category);
        }
    }
    if rule.is_never() {
        return Err(Refusal::Forbidden(Permission::PeopleRead));
    }
    let filter = PersonFilter {
        name: filter.name.map(|name| fold_name(&name)),
        contact: filter.contact.map(|contact| relais_domain::person::contact_key(&contact)),
        ..filter
    };
    let nothing = [&filter.name, &filter.contact].iter().any(|asked| asked.as_deref().is_some_and(str::is_empty));
    let after = page.after(app, caller)?;
    let rows = if nothing { vec![] } else { read::page(&app.db, &rule, &filter, after, page.limit + 1).await? };
    let count = match page.count {
        true if nothing => Some(0),
        true => Some(read::count(&app.db, &rule, &filter, page::MOST_COUNTED + 1).await?),
        false => None,
    };
    let cut = page.page(app, caller, rows, |found| (found.row.created_at, found.row.id.0))?;
    let open = |mask: i32| Mask::from_bits(mask);
    let shown: Vec<_> = cut.items.iter().filter(|found| shows_content(open(found.mask))).map(|found| found.row.id.0).collect();
    let seen = cut.items.iter().map(|found| open(found.mask)).reduce(Mask::union).unwrap_or_default();
    access_journal::shown(app, caller, "person", shown, seen).await?;
    let today = app.clock.now().date_naive();
    let items = cut.items.into_iter().map(|found| found.view(None, today)).collect();
    Ok(Page { items, next_cursor: cut.next_cursor, count: None, count_is_exact: None }.counted(count))
}

/// Changes a record. What was sent with a referral stays as it was sent.
///
/// # Errors
/// 404 when it is not visible; 403 without `people:write`, or for a group that is hidden from the caller; `person_erased` (409); 412;
/// `required` and the codes of the form (422).
pub async fn patch(app: &App, caller: &Caller, id: PersonId, patch: &PersonPatch) -> Result<Done, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    effect(app, caller, async |tx| {
        let (before, _) = locked_with(tx, caller, id, Permission::PeopleWrite).await?;
        let open = caller.policy.rule(Resource::Person, Permission::PeopleRead).decide(&before).unwrap_or_default();
        if patch.touches_hidden(open) {
            return Err(Refusal::Forbidden(Permission::PeopleWrite));
        }
        let form = patch.applied_to(form_of(&before));
        let mut blockers: Vec<Blocker> = before.blanked_at.map(|_| Blocker::state("person_erased")).into_iter().collect();
        blockers.extend(form.problems_of_record());
        caller.judged(before.version, Blocked::unless_empty(blockers))?;
        let row = with_form(before.clone(), &form);
        if row != before {
            tx.save::<person::Entity>(&before, person::Model { updated_at: tx.ctx().now, ..row }, "edit").await?;
            tx.event("person_changed", "person", id.0, Some(before.organisation_id));
        }
        Ok(Done::changed(id.0))
    })
    .await
}
