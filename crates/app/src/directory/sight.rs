//! What of the directory a caller sees, in the database and in the search.

use chrono::{DateTime, Utc};
use relais_adapters::search::Visible;
use relais_domain::access::{Category, Condition, Facts, Field, Mask, Operand, Permission, Policy, Resource, Rule};
use relais_domain::directory::{Service, ServiceState};
use relais_domain::shared::ids::{OrganisationId, ServiceId, UnitId};
use relais_persistence::directory::read::Eyes;

use crate::{App, Caller, Done};

/// The published directory is everybody's: who may read less than the public reads as the public.
fn reading(policy: &Policy) -> Rule {
    let own = policy.rule(Resource::Service, Permission::DirectoryRead);
    if own.is_never() { Policy::public().rule(Resource::Service, Permission::DirectoryRead) } else { own }
}

/// The rules through which services are read from the database.
pub(super) struct Sight {
    reading: Rule,
    writing: Rule,
    now: DateTime<Utc>,
}

impl Sight {
    /// What a caller sees.
    pub(super) fn of(app: &App, caller: &Caller) -> Self {
        Self::by_policy(app, &caller.policy)
    }

    /// The public directory, whoever asks.
    pub(super) fn public(app: &App) -> Self {
        Self::by_policy(app, &Policy::public())
    }

    fn by_policy(app: &App, policy: &Policy) -> Self {
        let writing = policy.rule(Resource::Service, Permission::ServicesWrite);
        Self { reading: reading(policy), writing, now: app.clock.now() }
    }

    /// Who has just changed a service is shown what came of it, even when the change took it out of the own sight. A replay
    /// is read as anybody reads.
    pub(super) fn of_doer(app: &App, caller: &Caller, done: Done) -> Self {
        let sight = Self::of(app, caller);
        if done.replayed {
            return sight;
        }
        Self { reading: Rule { allow: vec![(Condition::Always, Mask::of(&[Category::Existence]))], deny: vec![] }, ..sight }
    }

    pub(super) fn eyes(&self) -> Eyes<'_> {
        Eyes { reading: &self.reading, writing: &self.writing, today: self.now.date_naive() }
    }
}

/// A service, as the policy looks at it. An id that is not known is not told.
pub(super) struct Seen {
    pub(super) id: Option<ServiceId>,
    pub(super) organisation: Option<OrganisationId>,
    pub(super) unit: Option<UnitId>,
    pub(super) state: ServiceState,
}

impl Seen {
    /// Any published service.
    const PUBLISHED: Self = Self { id: None, organisation: None, unit: None, state: ServiceState::Published };

    pub(super) fn of(service: &Service) -> Self {
        Self { id: Some(service.id), organisation: Some(service.organisation_id), unit: service.unit_id, state: service.state }
    }
}

impl Facts for Seen {
    fn value(&self, field: Field) -> Option<Operand> {
        match field {
            Field::Id => self.id.map(|id| Operand::Uuid(id.0)),
            Field::State => Some(Operand::Text(self.state.code().to_owned())),
            Field::Organisation => self.organisation.map(|organisation| Operand::Uuid(organisation.0)),
            Field::Unit => self.unit.map(|unit| Operand::Uuid(unit.0)),
            _ => None,
        }
    }
}

/// What of the published directory a caller finds by searching; none when it is all of it.
#[derive(Clone, Debug)]
pub(super) struct Finds(Option<Rule>);

impl Finds {
    pub(super) fn of(caller: &Caller) -> Self {
        let rule = reading(&caller.policy);
        let whole = rule.allow.iter().any(|(condition, _)| condition.holds(&Seen::PUBLISHED))
            && rule.deny.iter().all(|(condition, mask)| *condition == Condition::Never || !mask.contains(Category::Existence));
        Self((!whole).then_some(rule))
    }

    /// Asks with the predicate of this sight.
    pub(super) fn through<T>(&self, ask: impl FnOnce(Option<Visible<'_>>) -> T) -> T {
        let Some(rule) = &self.0 else { return ask(None) };
        let visible = |id, organisation, unit| {
            let seen = Seen { id: Some(id), organisation: Some(organisation), unit, ..Seen::PUBLISHED };
            rule.decide(&seen).is_some()
        };
        ask(Some(&visible))
    }
}
