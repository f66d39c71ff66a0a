//! The person takes a consent back: at once, by every door.

use relais_domain::access::{Permission, Resource};
use relais_domain::person::PersonNote;
use relais_domain::referral::{MessageKind, State};
use relais_domain::shared::ids::{ConsentId, OrganisationId, PersonId, ReferralId};
use relais_domain::shared::{Blocked, Blocker};
use relais_persistence::Tx;
use relais_persistence::person::entity::consent;
use relais_persistence::person::{read, write as people};
use relais_persistence::referral::write;

use super::reactions;
use super::terms::Terms;
use crate::message::notify;
use crate::{App, Caller, Done, Refusal, effect};

/// Records that a person withdrew the consent for a recipient. Every leg of the person that is addressed to that organisation is
/// closed to it: what waits there is withdrawn at the person's wish, what is in charge becomes a task to end the help. Records that
/// are linked as the same person count as one. Mails that wait are blanked when they are written.
///
/// # Errors
/// 404 when the record is not visible or the consent is another's; 403 without `people:write`; `already_withdrawn` (409); 412.
pub async fn withdraw_consent(
    app: &App,
    caller: &Caller,
    person: PersonId,
    id: ConsentId,
    reason: Option<&PersonNote>,
) -> Result<Done, Refusal> {
    caller.may(Resource::Person, Permission::PeopleRead)?;
    effect(app, caller, async |tx| {
        let (row, rules) = (people::find(tx, person).await?, &caller.policy);
        if rules.rule(Resource::Person, Permission::PeopleRead).decide(&row).is_none() {
            return Err(Refusal::NotFound);
        }
        if rules.rule(Resource::Person, Permission::PeopleWrite).decide(&row).is_none() {
            return Err(Refusal::Forbidden(Permission::PeopleWrite));
        }
        let group = changeable_group(tx, caller, person).await?;
        // Legs first, then consents: the order of every act on a leg.
        let given = people::consent_of(tx, &group, id).await?;
        let legs = match given.recipient_organisation_id {
            Some(recipient) => people::legs_to(tx, &group, recipient).await?,
            None => vec![given.referral_id],
        };
        let mut told = vec![];
        for leg in &legs {
            told.extend(close(app, tx, *leg).await?);
        }
        told.sort_unstable();
        told.dedup();
        crate::reactions::less_is_read(tx, &told).await?;
        // What was sent meanwhile was agreed to anew: its leg was not closed, and its consent stands.
        let mut standing = people::consents_for(tx, &group, given.recipient_organisation_id).await?;
        standing.retain(|row| legs.contains(&row.referral_id));
        let own = standing.iter().find(|row| row.id == id);
        let version = own.map_or(given.version, |row| row.version);
        let withdrawn = own.is_none().then(|| Blocker::state("already_withdrawn"));
        caller.judged(version, Blocked::unless_empty(withdrawn.into_iter().collect()))?;
        for before in standing {
            let withdrawal_reason = reason.cloned().filter(|_| before.id == id);
            let after = consent::Model { withdrawn_at: Some(tx.ctx().now), withdrawal_reason, ..before.clone() };
            tx.save::<consent::Entity>(&before, after, "withdraw").await?;
        }
        tx.event("person_consent_withdrawn", "person", person.0, Some(row.organisation_id));
        Ok(Done::changed(id.0))
    })
    .await
}

/// The consent for a leg's receiver has come to its end: from now on that one sees that the leg exists, and nothing more.
///
/// # Errors
/// As any write.
pub(crate) async fn outlived(tx: &mut Tx, id: ReferralId) -> Result<(), Refusal> {
    let locked = write::lock(tx, id).await?;
    let Some(after) = locked.leg.clone().outlive_consent(tx.ctx().now) else { return Ok(()) };
    let receiver = after.receiver_organisation_id.filter(|_| after.told_at.is_some());
    write::save(tx, &locked, after, "end_consent", None).await?;
    if let Some(receiver) = receiver {
        people::close_kept_from(tx, receiver, id).await?;
        crate::reactions::less_is_read(tx, &[receiver]).await?;
    }
    Ok(())
}

/// The records of the same person that the caller may change.
async fn changeable_group(tx: &Tx, caller: &Caller, person: PersonId) -> Result<Vec<PersonId>, Refusal> {
    let rules = [Permission::PeopleRead, Permission::PeopleWrite].map(|permission| caller.policy.rule(Resource::Person, permission));
    let mut group = vec![];
    for id in read::group_in(tx, person).await? {
        let row = people::find(tx, id).await?;
        if rules.iter().all(|rule| rule.decide(&row).is_some()) {
            group.push(id);
        }
    }
    Ok(group)
}

/// Closes one leg to its receiver, and what that one keeps of its own from it. Says who that is when it was told of the person.
async fn close(app: &App, tx: &mut Tx, id: ReferralId) -> Result<Option<OrganisationId>, Refusal> {
    let locked = write::lock(tx, id).await?;
    let terms = Terms::of_leg(app, tx, &locked.leg).await?;
    let Some(change) = locked.leg.clone().lose_consent(&terms.clocks, tx.ctx().now) else { return Ok(None) };
    write::save(tx, &locked, change.referral.clone(), "withdraw_consent", None).await?;
    reactions::follow(app, tx, Some(&locked.leg), &change).await?;
    let receiver = change.referral.receiver_organisation_id.filter(|_| change.referral.told_at.is_some());
    if let Some(receiver) = receiver {
        people::close_kept_from(tx, receiver, id).await?;
        if change.referral.state == State::Accepted {
            notify::task(tx, receiver, id, MessageKind::PersonWishesToStop.code(), None).await?;
        }
    }
    Ok(receiver)
}
