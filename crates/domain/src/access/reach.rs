//! Which records a grant reaches: the columns of each resource, and the scopes over them.

use super::{Condition, Field, Grant, Operand, Permission, Scope, Side, Standing, unit_and_below};
use crate::shared::ids::UnitId;

/// The columns that say whose a record is.
struct Columns {
    organisation: Field,
    people: &'static [Field],
    units: &'static [Field],
}

const SENT: Columns =
    Columns { organisation: Field::SenderOrganisation, people: &[Field::SentBy, Field::Adviser], units: &[Field::SenderUnit] };
const RECEIVED: Columns = Columns {
    organisation: Field::ReceiverOrganisation,
    people: &[Field::AssignedMember],
    units: &[Field::ReceiverUnit, Field::AssignedTeam],
};
const BELONGING: Columns = Columns { organisation: Field::Organisation, people: &[], units: &[Field::Unit] };
const MEMBER: Columns = Columns { organisation: Field::Organisation, people: &[Field::User], units: &[Field::Unit] };
const PERSON: Columns = Columns { organisation: Field::Organisation, people: &[Field::Adviser, Field::SentBy], units: &[Field::Unit] };

/// The states in which a service is part of the directory.
const PUBLISHED: [&str; 2] = ["published", "suspended"];

fn absent(field: Field) -> Condition {
    Condition::Not(Box::new(Condition::Present(field)))
}

impl Standing {
    /// The legs a grant reaches. What was addressed to an organisation counts only once it is verified and was told;
    /// a former holder loses it some time after the hand-over, and keeps it in the figures. A deny asks none of this, so that it is never narrower than what it
    /// takes away.
    pub(super) fn legs(&self, grant: &Grant) -> Condition {
        self.legs_and(grant, &Condition::Always)
    }

    /// The legs a grant reaches with their contents: a receiver whose consent the person withdrew sees that the leg exists only.
    pub(super) fn open_legs(&self, grant: &Grant) -> Condition {
        self.legs_and(grant, &absent(Field::ConsentWithdrawn))
    }

    /// `received` is asked of what was addressed to the organisation, beyond what is asked of it anyway.
    fn legs_and(&self, grant: &Grant, received: &Condition) -> Condition {
        let on = |side| grant.side.covers(side) && grant.permission.side().covers(side);
        let told = if grant.deny { Condition::Always } else { Condition::Present(Field::ToldAt) };
        // What was counted once stays counted: figures name nobody.
        let counted = grant.permission == Permission::ReferralsStatistics;
        let here = if counted { Condition::Always } else { absent(Field::ReceiverLeft) };
        let kept = if grant.deny { Condition::Always } else { Condition::All(vec![here, received.clone()]) };
        match grant.scope {
            Scope::Platform => {
                let counting = matches!(grant.permission, Permission::ReferralsRead | Permission::ReferralsStatistics);
                let either = Condition::Any(vec![self.in_unit(grant, &SENT), self.in_unit(grant, &RECEIVED)]);
                Condition::All(vec![when(counting || grant.deny), told, either, in_state(grant)])
            }
            Scope::Shared => {
                let leg = self.link.map_or(Condition::Never, |leg| Condition::Equals(Field::Id, Operand::Uuid(leg.0)));
                Condition::All(vec![when(on(Side::Received)), leg, told, kept, self.in_unit(grant, &RECEIVED), in_state(grant)])
            }
            _ => Condition::Any(vec![
                Condition::All(vec![when(on(Side::Sent)), self.within(grant, &SENT)]),
                Condition::All(vec![when(on(Side::Received) && (self.verified || grant.deny)), told, kept, self.within(grant, &RECEIVED)]),
            ]),
        }
    }

    /// The services a grant to write or publish reaches. The platform reaches what is public, never another's drafts.
    pub(super) fn services(&self, grant: &Grant) -> Condition {
        if grant.scope != Scope::Platform {
            return self.within(grant, &BELONGING);
        }
        let public = if grant.deny { Condition::Always } else { published() };
        Condition::All(vec![public, self.in_unit(grant, &BELONGING), in_state(grant)])
    }

    /// What hangs on an organisation.
    pub(super) fn belongings(&self, grant: &Grant) -> Condition {
        if grant.scope != Scope::Platform {
            return self.within(grant, &BELONGING);
        }
        Condition::All(vec![self.in_unit(grant, &BELONGING), in_state(grant)])
    }

    /// The memberships a grant reaches; one's own account in whatever organisation.
    pub(super) fn members(&self, grant: &Grant) -> Condition {
        match grant.scope {
            Scope::Platform => Condition::All(vec![self.in_unit(grant, &MEMBER), in_state(grant)]),
            Scope::SelfOnly => Condition::All(vec![self.is_me(MEMBER.people), self.in_unit(grant, &MEMBER), in_state(grant)]),
            _ => self.within(grant, &MEMBER),
        }
    }

    /// The persons a grant reaches: those its own organisation entered (side sent), and those of whom it keeps a record since it
    /// received them (side received). Other organisations read a person through a leg, and never as a record.
    pub(super) fn persons(&self, grant: &Grant) -> Condition {
        self.persons_and(grant, Condition::Always)
    }

    /// The persons a grant reaches with their contents: what was kept from a leg whose consent the person withdrew exists only.
    pub(super) fn open_persons(&self, grant: &Grant) -> Condition {
        self.persons_and(grant, absent(Field::ConsentWithdrawn))
    }

    /// `received` is asked of what is kept from a received leg, beyond what is asked of it anyway.
    fn persons_and(&self, grant: &Grant, received_and: Condition) -> Condition {
        if grant.scope == Scope::Platform {
            return when(grant.deny);
        }
        let received = grant.side.covers(Side::Received) && (self.verified || grant.deny);
        let sides = Condition::Any(vec![
            Condition::All(vec![when(grant.side.covers(Side::Sent)), absent(Field::KeptFrom)]),
            Condition::All(vec![when(received), Condition::Present(Field::KeptFrom), received_and]),
        ]);
        Condition::All(vec![sides, self.within(grant, &PERSON)])
    }

    fn within(&self, grant: &Grant, columns: &Columns) -> Condition {
        let place = match grant.scope {
            Scope::SelfOnly | Scope::Own => self.is_me(columns.people),
            Scope::Team => in_units(columns, &self.teams),
            Scope::Department => in_units(columns, &self.departments),
            Scope::Organisation => Condition::Always,
            Scope::Platform | Scope::Shared => Condition::Never,
        };
        Condition::All(vec![self.is_ours(grant, columns), place, self.in_unit(grant, columns), in_state(grant)])
    }

    fn is_ours(&self, grant: &Grant, columns: &Columns) -> Condition {
        let branches = self.branches.iter().filter(|_| grant.with_branches);
        let ours = std::iter::once(&self.organisation).chain(branches).filter(|organisation| !organisation.0.is_nil());
        Condition::In(columns.organisation, ours.map(|organisation| Operand::Uuid(organisation.0)).collect())
    }

    fn is_me(&self, people: &[Field]) -> Condition {
        let me = self.user.map(|user| Operand::Uuid(user.0));
        let columns = people.iter().zip(std::iter::repeat(me));
        Condition::Any(columns.filter_map(|(field, me)| Some(Condition::Equals(*field, me?))).collect())
    }

    fn in_unit(&self, grant: &Grant, columns: &Columns) -> Condition {
        grant.unit.map_or(Condition::Always, |unit| in_units(columns, &unit_and_below(unit, &self.unit_tree)))
    }
}

/// The services that are part of the directory.
pub(super) fn published() -> Condition {
    Condition::In(Field::State, PUBLISHED.iter().map(|state| Operand::Text((*state).to_owned())).collect())
}

fn when(holds: bool) -> Condition {
    if holds { Condition::Always } else { Condition::Never }
}

fn in_units(columns: &Columns, units: &[UnitId]) -> Condition {
    let operands: Vec<Operand> = units.iter().map(|unit| Operand::Uuid(unit.0)).collect();
    Condition::Any(columns.units.iter().map(|field| Condition::In(*field, operands.clone())).collect())
}

fn in_state(grant: &Grant) -> Condition {
    grant
        .states
        .as_ref()
        .map_or(Condition::Always, |states| Condition::In(Field::State, states.iter().cloned().map(Operand::Text).collect()))
}
