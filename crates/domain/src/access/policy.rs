//! The policy of one session: its standing, compiled into rules.

use uuid::Uuid;

use super::reach::published;
use super::{Category, Condition, Grant, Mask, Permission, Resource, Rule, Scope, Side, Standing};
use crate::shared::ids::OrganisationId;

/// What everyone who may read the directory sees of a published service or an organisation.
const PUBLIC_FACE: Mask = Mask::of(&[Category::Existence, Category::Contact]);
const EXISTENCE: Mask = Mask::of(&[Category::Existence]);

/// What a session may do. The one place where access is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    standing: Standing,
}

impl Policy {
    /// Compiles a standing. A link session keeps what was shared with it and the directory, whatever else was granted.
    pub fn compile(mut standing: Standing) -> Self {
        if standing.link.is_some() {
            let public = [Permission::DirectoryRead, Permission::OrganisationsRead];
            standing.grants.retain(|grant| grant.deny || grant.scope == Scope::Shared || public.contains(&grant.permission));
        }
        Self { standing }
    }

    /// Nobody signed in: the published directory and the public face of organisations, nothing else.
    pub fn public() -> Self {
        Self::compile(Standing {
            user: None,
            organisation: OrganisationId(Uuid::nil()),
            verified: false,
            teams: Vec::new(),
            departments: Vec::new(),
            unit_tree: Vec::new(),
            branches: Vec::new(),
            grants: vec![Grant::new(Permission::DirectoryRead, Scope::Platform, Side::Both, &[])],
            link: None,
        })
    }

    /// The same policy on one side of the referrals: what it gives on the other side is not given. What it takes away stays.
    #[must_use]
    pub fn on_side(&self, side: Side) -> Self {
        let mut standing = self.standing.clone();
        standing.grants.retain(|grant| grant.deny || grant.side.covers(side));
        standing.grants.iter_mut().filter(|grant| !grant.deny).for_each(|grant| grant.side = side);
        Self { standing }
    }

    /// Who stands behind the session.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The rule for one kind of record and one permission. Existence is in the mask of every record it reaches. A deny of
    /// the permission to read ([`Resource::reading`]) also denies every act.
    pub fn rule(&self, resource: Resource, permission: Permission) -> Rule {
        if !resource.governed_by(permission) {
            return Rule::default();
        }
        let mut rule = Rule::default();
        for grant in &self.standing.grants {
            if grant.deny && (grant.permission == permission || grant.permission == resource.reading()) {
                let whole = if grant.categories.is_empty() { EXISTENCE } else { grant.categories };
                rule.deny.push((self.reach(resource, grant), whole));
            } else if !grant.deny && grant.permission == permission {
                rule.allow.extend(self.openings(resource, grant));
            }
        }
        if resource == Resource::Service && permission == Permission::DirectoryRead {
            let writable = self.rule(resource, Permission::ServicesWrite).visible();
            rule.allow.push((writable, PUBLIC_FACE));
        }
        rule.tidy()
    }

    /// Whether the permission reaches any record at all. When it does not, the door answers 403 without a query. Received
    /// referrals of an unverified organisation are not reached: ask [`Standing::verified`] first to say so.
    pub fn holds_somewhere(&self, permission: Permission) -> bool {
        Resource::ALL.iter().any(|resource| !self.rule(*resource, permission).is_never())
    }

    /// Every permission that reaches something.
    pub fn permissions(&self) -> Vec<Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.holds_somewhere(*permission)).collect()
    }

    /// What a grant that gives opens on a resource.
    fn openings(&self, resource: Resource, grant: &Grant) -> Vec<(Condition, Mask)> {
        let reached = self.reach(resource, grant);
        let mask = grant.categories.union(EXISTENCE);
        match (resource, grant.permission) {
            (Resource::Referral, _) if grant.scope == Scope::Platform => vec![(reached, EXISTENCE)],
            (Resource::Referral, _) => vec![(self.standing.open_legs(grant), mask), (reached, EXISTENCE)],
            (Resource::Person, _) => vec![(self.standing.open_persons(grant), mask), (reached, EXISTENCE)],
            (Resource::Service, Permission::DirectoryRead) => vec![(published(), PUBLIC_FACE)],
            (Resource::Service, _) => vec![(reached, mask.union(PUBLIC_FACE))],
            (Resource::Organisation, Permission::DirectoryRead) => vec![(Condition::Always, PUBLIC_FACE)],
            (Resource::Organisation, Permission::OrganisationsRead) => {
                vec![(Condition::Always, PUBLIC_FACE), (reached, mask)]
            }
            (Resource::Organisation, Permission::OrganisationsVerify) if grant.scope != Scope::Platform => Vec::new(),
            _ => vec![(reached, mask)],
        }
    }

    fn reach(&self, resource: Resource, grant: &Grant) -> Condition {
        match resource {
            Resource::Referral => self.standing.legs(grant),
            Resource::Service => self.standing.services(grant),
            Resource::Organisation => self.standing.belongings(grant),
            Resource::Member => self.standing.members(grant),
            Resource::Person => self.standing.persons(grant),
        }
    }
}
