//! The access model said once more, naively and without conditions, to compare the compiled rules with.

use super::world::Row;
use crate::access::{Category, Grant, Mask, Permission as P, Resource, Scope, Side, Standing};

const FACE: [Category; 2] = [Category::Existence, Category::Contact];

type Owner<'a> = (Option<u128>, &'a [Option<u128>], &'a [Option<u128>]);

pub fn decide(s: &Standing, resource: Resource, permission: P, row: &Row) -> Option<Mask> {
    if !governs(resource, permission) {
        return None;
    }
    let mut seen: Vec<Category> = Vec::new();
    for grant in s.grants.iter().filter(|grant| !grant.deny && counts(s, grant)) {
        seen.extend(opened(s, resource, permission, grant, row));
    }
    let writes_it = || decide(s, resource, P::ServicesWrite, row).is_some();
    if resource == Resource::Service && permission == P::DirectoryRead && writes_it() {
        seen.extend(FACE);
    }
    for grant in s.grants.iter().filter(|grant| grant.deny) {
        if (grant.permission == permission || grant.permission == reading(resource)) && reached(s, resource, grant, row, false) {
            if grant.categories.is_empty() {
                return None;
            }
            seen.retain(|category| !grant.categories.contains(*category));
        }
    }
    seen.contains(&Category::Existence).then(|| Mask::of(&seen))
}

fn counts(s: &Standing, grant: &Grant) -> bool {
    s.link.is_none() || grant.scope == Scope::Shared || matches!(grant.permission, P::DirectoryRead | P::OrganisationsRead)
}

fn reading(resource: Resource) -> P {
    match resource {
        Resource::Referral => P::ReferralsRead,
        Resource::Person => P::PeopleRead,
        Resource::Service => P::DirectoryRead,
        Resource::Organisation => P::OrganisationsRead,
        Resource::Member => P::MembersRead,
    }
}

fn governs(resource: Resource, permission: P) -> bool {
    let code = permission.code();
    let about = |subject: &str| code.starts_with(subject);
    match resource {
        Resource::Referral => about("referrals:"),
        Resource::Person => about("people:"),
        Resource::Service => about("directory:") || about("services:"),
        Resource::Member => about("members:") || about("roles:"),
        Resource::Organisation => !about("referrals:") && !about("people:") && !about("services:") && !about("members:"),
    }
}

fn opened(s: &Standing, resource: Resource, permission: P, grant: &Grant, row: &Row) -> Vec<Category> {
    let mut open = Vec::new();
    if grant.permission != permission {
        return open;
    }
    let public = match resource {
        Resource::Service => permission == P::DirectoryRead && matches!(row.state, Some("published" | "suspended")),
        Resource::Organisation => matches!(permission, P::DirectoryRead | P::OrganisationsRead),
        _ => false,
    };
    if public {
        open.extend(FACE);
    }
    let only_public = permission == P::DirectoryRead || (permission == P::OrganisationsVerify && grant.scope != Scope::Platform);
    if !only_public && reached(s, resource, grant, row, false) {
        open.push(Category::Existence);
        if resource == Resource::Service {
            open.extend(FACE);
        }
        let content = !matches!(resource, Resource::Referral | Resource::Person) || reached(s, resource, grant, row, true);
        if content && (resource != Resource::Referral || grant.scope != Scope::Platform) {
            open.extend(grant.categories.categories());
        }
    }
    open
}

fn reached(s: &Standing, resource: Resource, grant: &Grant, row: &Row, with_content: bool) -> bool {
    let state_fits = match (&grant.states, row.state) {
        (None, _) => true,
        (Some(states), Some(state)) => states.iter().any(|known| known == state),
        (Some(_), None) => false,
    };
    let sent: Owner = (row.sender.0, &[row.sender.2, row.sender.3], &[row.sender.1]);
    let received: Owner = (row.receiver.0, &[row.receiver.2], &[row.receiver.1, row.receiver.3]);
    let owned: Owner = (row.owner.0, &[], &[row.owner.1]);
    let on_sent = grant.side != Side::Received && !matches!(grant.permission, P::ReferralsHandle | P::ReferralsAssign);
    let on_received = grant.side != Side::Sent && !matches!(grant.permission, P::ReferralsWrite | P::ReferralsSend);
    let on_the_side = match row.kept_from {
        None => grant.side != Side::Received,
        Some(_) => grant.side != Side::Sent && (s.verified || grant.deny) && !(with_content && row.withdrawn),
    };
    let told = row.told || grant.deny;
    let gone = row.left && grant.permission != P::ReferralsStatistics;
    let kept = grant.deny || !(gone || (with_content && row.withdrawn));
    let fits = match (resource, grant.scope) {
        (Resource::Referral, Scope::Platform) => {
            let counting = matches!(grant.permission, P::ReferralsRead | P::ReferralsStatistics);
            (counting || grant.deny) && told && (unit_fits(s, grant, sent) || unit_fits(s, grant, received))
        }
        (Resource::Referral, Scope::Shared) => {
            let the_leg = s.link.is_some_and(|leg| row.id == Some(leg.0.as_u128()));
            the_leg && told && kept && on_received && unit_fits(s, grant, received)
        }
        (Resource::Referral, _) => {
            (on_sent && ours(s, grant, sent)) || (on_received && told && kept && (s.verified || grant.deny) && ours(s, grant, received))
        }
        (Resource::Service, Scope::Platform) => {
            (grant.deny || matches!(row.state, Some("published" | "suspended"))) && unit_fits(s, grant, owned)
        }
        (Resource::Organisation | Resource::Member, Scope::Platform) => unit_fits(s, grant, owned),
        (Resource::Member, Scope::SelfOnly) => mine(s, &[row.owner.2]) && unit_fits(s, grant, owned),
        (Resource::Member, _) => ours(s, grant, (row.owner.0, &[row.owner.2], &[row.owner.1])),
        (Resource::Service | Resource::Organisation, _) => ours(s, grant, owned),
        (Resource::Person, Scope::Platform) => return grant.deny,
        (Resource::Person, _) => on_the_side && ours(s, grant, (row.owner.0, &[row.sender.3, row.sender.2], &[row.owner.1])),
    };
    fits && state_fits
}

fn mine(s: &Standing, people: &[Option<u128>]) -> bool {
    s.user.is_some_and(|me| people.contains(&Some(me.0.as_u128())))
}

fn ours(s: &Standing, grant: &Grant, (organisation, people, units): Owner) -> bool {
    let Some(organisation) = organisation else { return false };
    let home = organisation == s.organisation.0.as_u128();
    let branch = grant.with_branches && s.branches.iter().any(|branch| branch.0.as_u128() == organisation);
    let one_of = |known: &[crate::shared::ids::UnitId]| known.iter().any(|unit| units.contains(&Some(unit.0.as_u128())));
    let place = match grant.scope {
        Scope::SelfOnly | Scope::Own => mine(s, people),
        Scope::Team => one_of(&s.teams),
        Scope::Department => one_of(&s.departments),
        Scope::Organisation => true,
        Scope::Platform | Scope::Shared => false,
    };
    (home || branch) && place && unit_fits(s, grant, (Some(organisation), people, units))
}

fn unit_fits(s: &Standing, grant: &Grant, (_, _, units): Owner) -> bool {
    let Some(limit) = grant.unit else { return true };
    units.iter().flatten().any(|unit| is_below(s, *unit, limit.0.as_u128()))
}

/// Climbs from a unit towards the root: four units, so four steps are enough.
pub fn is_below(s: &Standing, unit: u128, limit: u128) -> bool {
    let mut here = Some(unit);
    for _ in 0..5 {
        if here == Some(limit) {
            return true;
        }
        here = s.unit_tree.iter().find(|(child, _)| Some(child.0.as_u128()) == here).and_then(|(_, up)| *up).map(|up| up.0.as_u128());
    }
    false
}
