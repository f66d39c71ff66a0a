//! What a role gives, and who stands behind a session.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Category, Mask, Permission, Scope, Side};
use crate::shared::ids::{OrganisationId, ReferralId, UnitId, UserId};

/// The units of one organisation, each with its parent.
pub type UnitTree = [(UnitId, Option<UnitId>)];

/// One entry of a role. Stored as JSON in the role, hence the strict reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What may be done.
    pub permission: Permission,
    /// How far.
    pub scope: Scope,
    /// On which side of a referral. Without meaning for other resources.
    pub side: Side,
    /// What is seen. Existence is implied: nobody reaches a record without learning that it exists. In a deny entry, no
    /// category at all means the whole record.
    pub categories: Mask,
    /// Limits the entry to this unit and those below it.
    #[serde(default)]
    pub unit: Option<UnitId>,
    /// Whether the entry reaches the branches of the organisation. A parent sees nothing of its branches otherwise.
    #[serde(default)]
    pub with_branches: bool,
    /// Condition: the record is in one of these states.
    #[serde(default)]
    pub states: Option<Vec<String>>,
    /// Takes away instead of giving (conflict of interest, relative). A deny always wins.
    #[serde(default)]
    pub deny: bool,
}

impl Grant {
    /// An entry that gives, without unit, branches or conditions.
    pub fn new(permission: Permission, scope: Scope, side: Side, categories: &[Category]) -> Self {
        Self { permission, scope, side, categories: Mask::of(categories), unit: None, with_branches: false, states: None, deny: false }
    }

    /// The entry as held through an assignment that is limited to a unit: the lower of the two units counts. `None` when the
    /// two have nothing in common. A deny is limited likewise: nobody takes away in a unit where they may not give.
    #[must_use]
    pub fn limited_to(mut self, unit: Option<UnitId>, tree: &UnitTree) -> Option<Self> {
        match (self.unit, unit) {
            (_, None) => {}
            (None, Some(limit)) => self.unit = Some(limit),
            (Some(own), Some(limit)) if unit_and_below(limit, tree).contains(&own) => {}
            (Some(own), Some(limit)) if unit_and_below(own, tree).contains(&limit) => self.unit = Some(limit),
            _ => return None,
        }
        Some(self)
    }
}

/// Everything about a session that access depends on. Read once per request by persistence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The person. `None` for service accounts, link sessions and the public: their own caseload is empty.
    pub user: Option<UserId>,
    /// The organisation the session acts for.
    pub organisation: OrganisationId,
    /// Whether that organisation is verified. Until then its members see nothing that was addressed to it.
    pub verified: bool,
    /// The units the person is a member of.
    pub teams: Vec<UnitId>,
    /// Those units and all below, already expanded.
    pub departments: Vec<UnitId>,
    /// All units of the organisation with their parent, to expand [`Grant::unit`].
    pub unit_tree: Vec<(UnitId, Option<UnitId>)>,
    /// The branches of the organisation. Verified ones only: `verified` speaks for all of them.
    pub branches: Vec<OrganisationId>,
    /// The entries of all roles held now, already limited to their assignments' units.
    pub grants: Vec<Grant>,
    /// Set in an access link session, which reaches exactly this leg.
    pub link: Option<ReferralId>,
}

impl Standing {
    /// Whether what was addressed to a unit may be handled by another: by that unit or one below it, by any of the organisation's when
    /// none was named.
    pub fn may_hand_on(&self, addressed: Option<UnitId>, to: UnitId) -> bool {
        match addressed {
            Some(unit) => unit_and_below(unit, &self.unit_tree).contains(&to),
            None => self.unit_tree.iter().any(|(known, _)| *known == to),
        }
    }
}

/// A unit and every unit below it. A unit that is not in the tree is alone; a circle in the tree ends the walk.
pub fn unit_and_below(unit: UnitId, tree: &UnitTree) -> Vec<UnitId> {
    let mut found = BTreeSet::from([unit]);
    let mut layer = vec![unit];
    while let Some(parent) = layer.pop() {
        for (child, above) in tree {
            if *above == Some(parent) && found.insert(*child) {
                layer.push(*child);
            }
        }
    }
    found.into_iter().collect()
}
