//! Persons: the record an organisation keeps, what they agreed to, what was disclosed of them, and how they are forgotten.

mod disclosure;
mod duplicate;
mod erase;
mod export;
mod link;
mod lists;
mod record;

pub mod retention;

pub use disclosure::{disclosed, told_with, written};
pub use duplicate::{duplicates, referral_duplicates};
pub use erase::{EraseCommand, erase};
pub use export::{PersonExport, export};
pub use link::{LinkCommand, create_link, delete_link, links, one_link};
pub use lists::{accesses, consent, consent_unless, consents, disclosures};
pub use record::{NewPerson, Owner, PersonPatch, create, keep, list, named, one, one_unless, patch};
pub use relais_persistence::person::read::PersonFilter;

pub use relais_persistence::person::view;

use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::shared::ids::PersonId;
use relais_persistence::Tx;
use relais_persistence::person::entity::person;
use relais_persistence::person::{read, write};

use crate::{App, Caller, Refusal};

/// Whether there is anything to note in the access journal.
fn shows_content(open: Mask) -> bool {
    open.categories().any(|category| category != Category::Existence)
}

/// A record that the caller sees, with what of it.
async fn seen(app: &App, caller: &Caller, id: PersonId) -> Result<(person::Model, Mask), Refusal> {
    let rule = caller.policy.rule(Resource::Person, Permission::PeopleRead);
    let found = read::one(&app.db, &rule, id).await?;
    Ok((found.row, Mask::from_bits(found.mask)))
}

/// A record that the caller sees and on which it holds a permission besides.
async fn seen_with(app: &App, caller: &Caller, id: PersonId, permission: Permission) -> Result<person::Model, Refusal> {
    let (row, _) = seen(app, caller, id).await?;
    let reached = caller.policy.rule(Resource::Person, permission).decide(&row);
    reached.map(|_| row).ok_or(Refusal::Forbidden(permission))
}

/// The same under a lock, inside an act.
async fn locked_with(tx: &Tx, caller: &Caller, id: PersonId, permission: Permission) -> Result<(person::Model, Mask), Refusal> {
    let row = write::lock(tx, id).await?;
    if caller.policy.rule(Resource::Person, Permission::PeopleRead).decide(&row).is_none() {
        return Err(Refusal::NotFound);
    }
    let reached = caller.policy.rule(Resource::Person, permission).decide(&row);
    reached.map(|open| (row, open)).ok_or(Refusal::Forbidden(permission))
}

/// The records of the same person that the caller sees, the one asked for among them.
pub(crate) async fn seen_group(app: &App, caller: &Caller, id: PersonId) -> Result<Vec<PersonId>, Refusal> {
    let rule = caller.policy.rule(Resource::Person, Permission::PeopleRead);
    let group = read::group(&app.db, id).await?;
    Ok(read::among(&app.db, &rule, &group).await?.into_iter().map(|(person, _)| person).collect())
}
