//! What the worlds have reached: a template, a position towards a record, and a category that the template opens there.

use std::collections::BTreeSet;

use relais_domain::access::{Facts, Grant, Mask, Permission, Policy, Resource, Standing, Template};
use relais_domain::shared::ids::UnitId;
use relais_persistence::person::entity::person;
use relais_persistence::referral::write::Locked;

use super::rows::Belonging;
use super::world::{World, id};

/// The cells so far.
#[derive(Debug, Default)]
pub struct Cells(BTreeSet<(&'static str, String, &'static str)>);

/// The policy of one template alone, on the ground of the same standing.
pub struct Alone {
    template: Template,
    policy: Policy,
}

pub fn alone(world: &World) -> Vec<Alone> {
    let only = |grants: &Vec<Grant>| Policy::compile(Standing { grants: grants.clone(), ..world.standing.clone() });
    world.templates.iter().map(|(template, grants)| Alone { template: *template, policy: only(grants) }).collect()
}

impl Cells {
    /// Notes the categories that a decision opened and that a template of this world opens by itself.
    pub fn note(
        &mut self,
        alone: &[Alone],
        resource: Resource,
        permission: Permission,
        facts: &dyn Facts,
        decided: Option<Mask>,
        position: &str,
    ) {
        let Some(decided) = decided else { return };
        for one in alone {
            let own = one.policy.rule(resource, permission).decide(facts).unwrap_or_default();
            for category in own.intersection(decided).categories() {
                self.0.insert((one.template.code(), position.to_owned(), category.code()));
            }
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn templates(&self) -> BTreeSet<&'static str> {
        self.0.iter().map(|(template, _, _)| *template).collect()
    }
}

fn whose(standing: &Standing, organisation: Option<relais_domain::shared::ids::OrganisationId>) -> &'static str {
    match organisation {
        None => "nobody",
        Some(one) if one == standing.organisation => "ours",
        Some(one) if standing.branches.contains(&one) => "branch",
        Some(_) => "others",
    }
}

fn near(standing: &Standing, units: &[Option<UnitId>]) -> &'static str {
    let within = |known: &[UnitId]| units.iter().flatten().any(|unit| known.contains(unit));
    if within(&standing.teams) {
        "team"
    } else if within(&standing.departments) {
        "department"
    } else if units.iter().flatten().next().is_some() {
        "elsewhere"
    } else {
        "no_unit"
    }
}

/// Where somebody stands towards a leg: both sides, both caseloads, both places, and what the receiver knows.
pub fn towards_leg(standing: &Standing, leg: &Locked) -> String {
    let row = &leg.row;
    let mine = |people: &[Option<relais_domain::shared::ids::UserId>]| {
        if standing.user.is_some_and(|me| people.contains(&Some(me))) { "mine" } else { "not_mine" }
    };
    let (member, team) = leg.assignment.as_ref().map_or((None, None), |one| (one.member_id, one.unit_id));
    let phase = if row.state.has_ended() {
        "ended"
    } else if row.state.is_open() {
        "open"
    } else {
        "draft"
    };
    let parts = [
        whose(standing, Some(row.sender_organisation_id)),
        mine(&[row.sent_by, row.adviser_id]),
        near(standing, &[row.sender_unit_id]),
        whose(standing, row.receiver_organisation_id),
        mine(&[member]),
        near(standing, &[row.receiver_unit_id, team]),
        if row.told_at.is_some() { "told" } else { "untold" },
        if row.receiver_left_at.is_some() { "left" } else { "" },
        if row.consent_withdrawn_at.is_some() { "withdrawn" } else { "" },
        if standing.verified { "verified" } else { "unverified" },
        if standing.link == Some(row.id) { "by_link" } else { "" },
        phase,
    ];
    parts.join(" ")
}

/// Where somebody stands towards a record of a person.
pub fn towards_person(standing: &Standing, row: &person::Model) -> String {
    let mine = standing.user.is_some_and(|me| [row.entered_by, row.adviser_id].contains(&Some(me)));
    let parts = [
        "person",
        whose(standing, Some(row.organisation_id)),
        near(standing, &[row.unit_id]),
        if mine { "mine" } else { "not_mine" },
        if row.kept_from.is_some() { "kept" } else { "entered" },
        if row.consent_withdrawn_at.is_some() { "withdrawn" } else { "" },
        if standing.verified { "verified" } else { "unverified" },
    ];
    parts.join(" ")
}

/// Where somebody stands towards a service, a member or an organisation.
pub fn towards(standing: &Standing, resource: Resource, record: &Belonging) -> String {
    let me = record.user.is_some() && record.user.map(id) == standing.user;
    let organisation = whose(standing, Some(id(record.organisation)));
    let place = near(standing, &[record.unit.map(id)]);
    [resource.code(), organisation, place, record.state, if me { "me" } else { "" }].join(" ")
}
