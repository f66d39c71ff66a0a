//! What an organisation does for itself: filing, assignment, reading marks.

use relais_domain::access::{Permission, Policy, Resource};
use relais_domain::referral::{Act, ArchiveCommand, Change, Event};
use relais_domain::shared::ids::{ReferralId, UnitId, UserId};
use relais_persistence::referral::entity::referral_assignment;
use relais_persistence::referral::write;
use serde::Deserialize;
use utoipa::ToSchema;

use super::act::{FilingChange, Outcome, missing_permission, note_refusal, party_of, perform, possible, visible};
use super::reactions;
use crate::{App, Caller, Done, Refusal, effect, standing};

/// Files the referral for the acting organisation, ending it where it is still open there (`ending`).
///
/// # Errors
/// `already_archived` (409), `ending_not_possible` (422).
pub async fn archive(app: &App, caller: &Caller, id: ReferralId, command: ArchiveCommand) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::Archive, |leg, acting| {
        let archived = leg.archive(command.clone(), acting.filing.as_ref(), &acting.ctx, acting.now)?;
        Ok(Outcome {
            change: archived.change,
            reason: Some(command.reason.code().to_owned()),
            filing: FilingChange::Filed(archived.filing),
        })
    })
    .await
}

/// Takes back the organisation's last archive within 30 days, with the ending when that act made it.
///
/// # Errors
/// `not_archived`, `not_reversible` (409).
pub async fn unarchive(app: &App, caller: &Caller, id: ReferralId) -> Result<Done, Refusal> {
    perform(app, caller, id, Act::Unarchive, |leg, acting| {
        let change = leg.unarchive(acting.filing.as_ref(), &acting.ctx, acting.now)?;
        Ok(Outcome { change, reason: None, filing: FilingChange::Unfiled })
    })
    .await
}

/// Who handles a referral at the receiver: one member or one unit; neither takes the assignment away.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Assignment {
    /// The member.
    pub member_id: Option<UserId>,
    /// The unit.
    pub unit_id: Option<UnitId>,
}

/// Assigns a referral. It moves no version: senders do not see it.
///
/// # Errors
/// `not_open` (409); 412 when another version was seen; `one_assignee_only`, `unknown_reference` (422): a member who could not read it,
/// a unit beside the one that it was addressed to.
pub async fn assign(app: &App, caller: &Caller, id: ReferralId, assignment: Assignment) -> Result<Done, Refusal> {
    // Read before the transaction, which keeps the only connection that it needs.
    let member = match (assignment.member_id, &caller.acting_for) {
        (Some(member), Some(acting)) => standing::of_ids(app, member, acting.id).await?,
        _ => None,
    };
    let done = effect(app, caller, async |tx| {
        let locked = visible(tx, caller, id).await?;
        let now = tx.ctx().now;
        let mut blockers: Vec<_> = missing_permission(caller, &locked, Act::Assign).into_iter().collect();
        if blockers.is_empty() {
            blockers = locked.leg.blockers_to_assign(party_of(caller, &locked.leg, Act::Assign));
        }
        if !blockers.is_empty() {
            return Err(Refusal::Blocked { blockers, allowed: possible(tx, app, caller, &locked).await? });
        }
        caller.saw(locked.leg.version)?;
        if assignment.member_id.is_some() && assignment.unit_id.is_some() {
            return Err(Refusal::invalid("one_assignee_only", "/unit_id"));
        }
        let row =
            referral_assignment::Model { referral_id: id, member_id: assignment.member_id, unit_id: assignment.unit_id, assigned_at: now };
        if assignment.member_id.is_some() && !may_handle(member.as_ref(), &locked, &row) {
            return Err(Refusal::unknown_reference("/member_id"));
        }
        if assignment.unit_id.is_some_and(|unit| !caller.policy.standing().may_hand_on(locked.leg.receiver_unit_id, unit)) {
            return Err(Refusal::unknown_reference("/unit_id"));
        }
        write::assign(tx, &locked, row).await?;
        let change = Change { referral: locked.leg.clone(), events: vec![Event::ReferralAssigned] };
        reactions::follow(app, tx, Some(&locked.leg), &change).await?;
        Ok(Done::changed(id.0))
    })
    .await;
    note_refusal(app, caller, id, &done).await?;
    done
}

/// Whether a member reads the referral once it is theirs: whoever may not would be reminded of what they cannot open.
fn may_handle(member: Option<&Policy>, locked: &write::Locked, row: &referral_assignment::Model) -> bool {
    let assigned = write::Locked { assignment: Some(row.clone()), ..locked.clone() };
    member.is_some_and(|policy| policy.rule(Resource::Referral, Permission::ReferralsRead).decide(&assigned).is_some())
}

/// Marks a referral as read by the caller, or as unread. Never done by reading it.
///
/// # Errors
/// 404 when it is not visible; `not_a_user` (403).
pub async fn mark(app: &App, caller: &Caller, id: ReferralId, read: bool) -> Result<Done, Refusal> {
    effect(app, caller, async |tx| {
        visible(tx, caller, id).await?;
        let user = caller.user()?;
        write::mark(tx, id, user, read.then(|| tx.ctx().now)).await?;
        Ok(Done::gone(id.0))
    })
    .await
}
