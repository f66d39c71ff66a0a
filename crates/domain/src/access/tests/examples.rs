//! Plain examples: the templates against their words, and worlds in which something does happen.

use super::world::{Row, unit, user};
use crate::access::*;
use crate::shared::ids::{OrganisationId, ReferralId};
use uuid::Uuid;

/// Organisation 1 with units 1 → 2 and 3; user 1 is in unit 1.
fn standing(grants: Vec<Grant>) -> Standing {
    Standing {
        user: Some(user(1)),
        organisation: OrganisationId(Uuid::from_u128(1)),
        verified: true,
        teams: vec![unit(1)],
        departments: vec![unit(1), unit(2)],
        unit_tree: vec![(unit(1), None), (unit(2), Some(unit(1))), (unit(3), None)],
        branches: vec![OrganisationId(Uuid::from_u128(5))],
        grants,
        link: None,
    }
}

/// Leg 7, sent by user 2 of unit 3 of organisation 2, told, addressed to unit 3 of organisation 1.
fn leg() -> Row {
    Row {
        id: Some(7),
        state: Some("sent"),
        sender: (Some(2), Some(3), Some(2), None),
        receiver: (Some(1), Some(3), None, None),
        told: true,
        left: false,
        withdrawn: false,
        kept_from: None,
        owner: (None, None, None),
    }
}

fn sees(standing: &Standing, row: &Row) -> Option<Mask> {
    Policy::compile(standing.clone()).rule(Resource::Referral, Permission::ReferralsRead).decide(row)
}

fn codes(blockers: &[crate::shared::Blocker]) -> Vec<&'static str> {
    blockers.iter().map(|blocker| blocker.code).collect()
}

fn shown(template: Template) -> Mask {
    let referrals = grants_of(template).into_iter().filter(|grant| grant.permission.subject() == "referrals");
    referrals.fold(Mask::NONE, |mask, grant| mask.union(grant.categories))
}

#[test]
fn an_operator_reads_what_was_told_to_a_verified_organisation() {
    let operator = standing(grants_of(Template::Operator));
    let mask = sees(&operator, &leg()).unwrap();
    assert!(mask.contains(Category::Social) && !mask.contains(Category::Health));
    assert_eq!(sees(&Standing { verified: false, ..operator.clone() }, &leg()), None);
    assert_eq!(sees(&operator, &Row { told: false, ..leg() }), None);
    assert_eq!(sees(&operator, &Row { receiver: (Some(5), None, None, None), ..leg() }), None);
    let policy = Policy::compile(operator);
    assert!(policy.rule(Resource::Referral, Permission::ReferralsHandle).decide(&leg()).is_some());
    assert!(policy.rule(Resource::Referral, Permission::ReferralsWrite).is_never());
}

#[test]
fn with_branches_reaches_them() {
    let grants = grants_of(Template::Operator).into_iter().map(|grant| Grant { with_branches: true, ..grant });
    let row = Row { receiver: (Some(5), None, None, None), ..leg() };
    assert!(sees(&standing(grants.collect()), &row).is_some());
}

#[test]
fn a_prescriber_reads_their_own_and_their_team_s_drafts() {
    let prescriber = standing(grants_of(Template::Prescriber));
    let draft = Row { state: Some("draft"), told: false, receiver: (None, None, None, None), ..leg() };
    let sent_by = |by, from| Row { sender: (Some(1), Some(from), Some(by), None), ..draft.clone() };
    assert!(sees(&prescriber, &sent_by(1, 3)).unwrap().contains(Category::Health));
    assert!(sees(&prescriber, &sent_by(2, 1)).is_some());
    assert_eq!(sees(&prescriber, &sent_by(2, 2)), None);
    assert_eq!(sees(&prescriber, &leg()), None);
}

#[test]
fn a_lead_of_a_unit_reads_what_is_addressed_or_assigned_to_it() {
    let limited = grants_of(Template::TeamLead).into_iter().map(|grant| Grant { unit: Some(unit(1)), ..grant });
    let lead = standing(limited.collect());
    assert_eq!(sees(&lead, &leg()), None);
    assert!(sees(&lead, &Row { receiver: (Some(1), Some(2), None, None), ..leg() }).is_some());
    assert!(sees(&lead, &Row { receiver: (Some(1), None, None, Some(1)), ..leg() }).is_some());
}

#[test]
fn a_link_opens_its_leg_even_for_an_unverified_organisation() {
    let guest =
        Standing { user: None, verified: false, link: Some(ReferralId(Uuid::from_u128(7))), ..standing(grants_of(Template::AccessLink)) };
    assert!(sees(&guest, &leg()).is_some());
    assert_eq!(sees(&guest, &Row { id: Some(8), ..leg() }), None);
    assert_eq!(sees(&guest, &Row { told: false, ..leg() }), None);
}

#[test]
fn a_deny_of_reading_takes_the_acts_away() {
    let mut grants = grants_of(Template::Operator);
    grants.push(Grant { deny: true, ..Grant::new(Permission::ReferralsRead, Scope::Organisation, Side::Received, &[]) });
    let policy = Policy::compile(standing(grants));
    assert_eq!(policy.rule(Resource::Referral, Permission::ReferralsHandle).decide(&leg()), None);
}

#[test]
fn drafts_of_services_are_their_organisation_s() {
    let service = |state, owner| Row { state: Some(state), owner: (Some(owner), None, None), ..leg() };
    let decide = |template: Template, row: &Row| {
        let policy = Policy::compile(standing(grants_of(template)));
        policy.rule(Resource::Service, Permission::DirectoryRead).decide(row).is_some()
    };
    assert!(decide(Template::Reader, &service("published", 2)));
    assert!(decide(Template::OrganisationAdmin, &service("draft", 1)));
    assert!(!decide(Template::Reader, &service("draft", 1)));
    assert!(!decide(Template::OrganisationAdmin, &service("draft", 2)));
    assert!(!decide(Template::Moderator, &service("draft", 2)));
}

#[test]
fn only_the_platform_verifies() {
    let own = Row { owner: (Some(1), None, None), ..leg() };
    let verify = |grants| Policy::compile(standing(grants)).rule(Resource::Organisation, Permission::OrganisationsVerify);
    let home = Grant::new(Permission::OrganisationsVerify, Scope::Organisation, Side::Both, &[]);
    assert!(verify(vec![home]).is_never());
    assert!(verify(grants_of(Template::Moderator)).decide(&own).is_some());
}

#[test]
fn a_unit_s_administrator_assigns_in_the_unit_and_below() {
    let limited = grants_of(Template::OrganisationAdmin).into_iter().map(|grant| Grant { unit: Some(unit(1)), ..grant });
    let admin = standing(limited.collect());
    let operator = grants_of(Template::Operator);
    let assign = |to, role: &[Grant], at: Option<u128>, others| {
        codes(&blockers_to_assign(&admin, user(1), user(to), role, at.map(unit), &Ceiling::ordinary(), others))
    };
    assert!(assign(2, &operator, Some(1), 3).is_empty());
    assert!(assign(2, &operator, Some(2), 3).is_empty());
    assert_eq!(assign(2, &operator, Some(3), 3), ["outside_unit"]);
    assert_eq!(assign(2, &operator, Some(9), 3), ["outside_unit"]);
    assert_eq!(assign(2, &operator, None, 3), ["outside_unit"]);
    assert_eq!(assign(1, &operator, Some(1), 3), ["own_assignment"]);
    assert_eq!(assign(2, &grants_of(Template::PlatformAdmin), Some(1), 3), ["above_ceiling"]);
    assert!(assign(2, &grants_of(Template::Prescriber), Some(1), 0).is_empty());
    assert_eq!(assign(2, &grants_of(Template::Prescriber), Some(1), 1), ["second_administrator_needed"]);
}

#[test]
fn whoever_holds_a_role_does_not_write_it() {
    let admin = standing(grants_of(Template::OrganisationAdmin));
    let reader = grants_of(Template::Reader);
    assert!(blockers_to_write_role(&admin, false, &reader, &Ceiling::ordinary(), 1).is_empty());
    assert_eq!(codes(&blockers_to_write_role(&admin, true, &reader, &Ceiling::ordinary(), 1)), ["own_assignment"]);
    let export = [Grant::new(Permission::ReferralsExport, Scope::Organisation, Side::Both, &[])];
    let blockers = blockers_to_write_role(&admin, false, &export, &Ceiling::ordinary(), 1);
    assert_eq!(codes(&blockers), ["second_administrator_needed"]);
}

#[test]
fn all_templates_open_the_directory() {
    for template in Template::ALL {
        let permissions: Vec<Permission> = grants_of(*template).iter().map(|grant| grant.permission).collect();
        assert!(permissions.contains(&Permission::DirectoryRead) && permissions.contains(&Permission::OrganisationsRead));
    }
}

#[test]
fn administrators_see_no_case_content() {
    for template in [Template::OrganisationAdmin, Template::Auditor, Template::Moderator, Template::PlatformAdmin, Template::Reader] {
        assert!(shown(template).is_within(Mask::of(&[Category::Existence])), "{template}");
    }
}

#[test]
fn received_referrals_show_health_to_no_template() {
    for template in Template::ALL {
        for grant in grants_of(*template) {
            assert!(grant.side == Side::Sent || !grant.categories.contains(Category::Health), "{template}");
        }
    }
}

#[test]
fn each_template_stays_within_the_ceiling_it_belongs_to() {
    for ceiling in [Ceiling::ordinary(), Ceiling::platform()] {
        for template in &ceiling.templates {
            assert!(grants_of(*template).iter().all(|grant| ceiling.allows(grant)), "{template}");
        }
    }
    let ordinary = Ceiling::ordinary();
    assert!(grants_of(Template::PlatformAdmin).iter().any(|grant| !ordinary.allows(grant)));
    assert!(grants_of(Template::Operator).iter().any(|grant| !Ceiling::platform().allows(grant)));
    assert_eq!(serde_json::from_str::<Ceiling>(&serde_json::to_string(&ordinary).unwrap()).unwrap(), ordinary);
}

#[test]
fn the_public_reads_the_directory_and_nothing_else() {
    assert_eq!(Policy::public().permissions(), [Permission::DirectoryRead]);
}

#[test]
fn a_former_holder_and_a_withdrawn_consent_close_the_receivers_door_only() {
    let read = |side| Grant::new(Permission::ReferralsRead, Scope::Organisation, side, &[Category::Identity]);
    let (receiver, mut sender) = (standing(vec![read(Side::Received)]), standing(vec![read(Side::Sent)]));
    sender.organisation = OrganisationId(Uuid::from_u128(2));
    let (left, withdrawn) = (Row { left: true, ..leg() }, Row { withdrawn: true, ..leg() });
    let whole = Some(Mask::of(&[Category::Existence, Category::Identity]));
    assert_eq!((sees(&receiver, &leg()), sees(&sender, &leg())), (whole, whole));
    assert_eq!((sees(&receiver, &left), sees(&sender, &left)), (None, whole));
    assert_eq!((sees(&receiver, &withdrawn), sees(&sender, &withdrawn)), (Some(Mask::of(&[Category::Existence])), whole));
}
