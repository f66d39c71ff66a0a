//! Escalation is impossible: what an organisation may give at most, and who may give it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::template::{Template, grants_of};
use super::{Category, Facts, Field, Grant, Mask, Operand, Permission, Policy, Resource, Scope, Standing};
use crate::shared::Blocker;
use crate::shared::ids::{UnitId, UserId};

/// The templates and permissions the platform gave an organisation. No role of the organisation goes beyond them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// The templates: they bound the categories, and the permissions that reach beyond the organisation.
    pub templates: Vec<Template>,
    /// The permissions.
    pub permissions: Vec<Permission>,
}

impl Ceiling {
    /// What an ordinary organisation gets: every template that does not run the platform, and the export.
    pub fn ordinary() -> Self {
        let platform = [Template::Moderator, Template::PlatformAdmin];
        let templates = Template::ALL.iter().copied().filter(|template| !platform.contains(template));
        Self::from_templates(templates.collect(), &[Permission::ReferralsExport])
    }

    /// What the organisation that runs the platform gets: no template with case content.
    pub fn platform() -> Self {
        let templates = vec![Template::OrganisationAdmin, Template::Auditor, Template::Moderator, Template::PlatformAdmin];
        Self::from_templates(templates, &[])
    }

    fn from_templates(templates: Vec<Template>, more: &[Permission]) -> Self {
        let given = templates.iter().flat_map(|template| grants_of(*template)).map(|grant| grant.permission);
        let mut permissions: Vec<Permission> = given.chain(more.iter().copied()).collect();
        permissions.sort();
        permissions.dedup();
        Self { templates, permissions }
    }

    /// Whether an entry of a role stays within the ceiling. A deny always does. Platform and shared scope must come from a
    /// template as they are; the categories are bounded by what the templates show of the same subject.
    pub fn allows(&self, grant: &Grant) -> bool {
        if grant.deny {
            return true;
        }
        let given: Vec<Grant> = self.templates.iter().flat_map(|template| grants_of(*template)).collect();
        let same_subject = given.iter().filter(|known| known.permission.subject() == grant.permission.subject());
        let shown = same_subject.fold(Mask::of(&[Category::Existence]), |mask, known| mask.union(known.categories));
        let reaches_out = matches!(grant.scope, Scope::Platform | Scope::Shared);
        let known = given.iter().any(|known| known.permission == grant.permission && known.scope == grant.scope);
        self.permissions.contains(&grant.permission) && grant.categories.is_within(shown) && (!reaches_out || known)
    }
}

/// Why an assignment (give, change or take a role) is refused, all reasons at once:
///
/// - `own_assignment`: nobody changes an assignment of their own account.
/// - `above_ceiling`: the role holds more than the platform gave the organisation; `permission` names the first excess.
/// - `outside_unit`: the assigner's `roles:write` does not reach the unit (none: the whole organisation).
/// - `second_administrator_needed`: the role gives health data or the export and there is another administrator.
///   `other_admins` counts administrators beside the assigner; pass 0 once one of them has agreed.
pub fn blockers_to_assign(
    assigner: &Standing,
    assigner_user: UserId,
    target_user: UserId,
    role_grants: &[Grant],
    target_unit: Option<UnitId>,
    ceiling: &Ceiling,
    other_admins: usize,
) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if target_user == assigner_user || assigner.user == Some(target_user) {
        blockers.push(Blocker::permission("own_assignment"));
    }
    blockers.extend(above_ceiling(role_grants, ceiling));
    let inner = role_grants.iter().filter_map(|grant| grant.unit).map(Some);
    if !std::iter::once(target_unit).chain(inner).all(|unit| reaches(assigner, unit)) {
        blockers.push(Blocker::permission("outside_unit"));
    }
    blockers.extend(second_administrator(role_grants, other_admins));
    blockers
}

/// Why writing or changing a role is refused. A role is the organisation's, so `roles:write` must reach all of it
/// (`outside_unit`); who holds the role does not change it (`own_assignment`); otherwise as [`blockers_to_assign`].
pub fn blockers_to_write_role(
    author: &Standing,
    held_by_author: bool,
    role_grants: &[Grant],
    ceiling: &Ceiling,
    other_admins: usize,
) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if held_by_author {
        blockers.push(Blocker::permission("own_assignment"));
    }
    blockers.extend(above_ceiling(role_grants, ceiling));
    if !reaches(author, None) {
        blockers.push(Blocker::permission("outside_unit"));
    }
    blockers.extend(second_administrator(role_grants, other_admins));
    blockers
}

fn above_ceiling(grants: &[Grant], ceiling: &Ceiling) -> Option<Blocker> {
    let excess = grants.iter().find(|grant| !ceiling.allows(grant))?;
    Some(Blocker::permission("above_ceiling").with("permission", excess.permission.code()))
}

fn second_administrator(grants: &[Grant], other_admins: usize) -> Option<Blocker> {
    let sensitive = |grant: &Grant| !grant.deny && (grant.categories.contains(Category::Health) || is_export(grant.permission));
    (other_admins > 0 && grants.iter().any(sensitive)).then(|| Blocker::permission("second_administrator_needed"))
}

const fn is_export(permission: Permission) -> bool {
    matches!(permission, Permission::ReferralsExport | Permission::PeopleExport)
}

/// Whether `roles:write` of a standing reaches a unit of its organisation, or all of it when there is no unit.
fn reaches(assigner: &Standing, unit: Option<UnitId>) -> bool {
    let known = unit.is_none_or(|unit| assigner.unit_tree.iter().any(|(known, _)| *known == unit));
    let place = Place { assigner, unit };
    let rule = Policy::compile(assigner.clone()).rule(Resource::Organisation, Permission::RolesWrite);
    known && rule.decide(&place).is_some()
}

struct Place<'a> {
    assigner: &'a Standing,
    unit: Option<UnitId>,
}

impl Facts for Place<'_> {
    fn value(&self, field: Field) -> Option<Operand> {
        match field {
            Field::Organisation => Some(Operand::Uuid(self.assigner.organisation.0)),
            Field::Unit => self.unit.map(|unit| Operand::Uuid(unit.0)),
            _ => None,
        }
    }
}
