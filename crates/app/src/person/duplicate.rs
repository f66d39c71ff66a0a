//! Possible duplicates: records of one's own organisation, and referrals in one's own inbox whoever sent them.

use relais_domain::access::{Category, Mask, Permission, Resource};
use relais_domain::person::{SHOWN_FROM, likeness};
use relais_domain::referral::{PersonForm, Referral, State};
use relais_domain::shared::ids::{PersonId, ReferralId};
use relais_persistence::person::read::{self, Marks};
use relais_persistence::person::view::{DuplicatePerson, DuplicateReferral, PersonIdentity, form_of};
use relais_persistence::referral::write as legs;

use super::seen;
use crate::{App, Caller, Refusal, access_journal};

/// How many are shown, the most probable first.
const MOST_SHOWN: usize = 20;

/// Records of the same organisation that are probably of the same person, among those whose names and contacts the caller may read.
///
/// # Errors
/// 404 when the record is not visible; 403 without `people:read` on names and contacts.
pub async fn duplicates(app: &App, caller: &Caller, id: PersonId) -> Result<Vec<DuplicatePerson>, Refusal> {
    let rule = caller.may(Resource::Person, Permission::PeopleRead)?;
    let (row, open) = seen(app, caller, id).await?;
    if !open.tells_who() {
        return Err(Refusal::Forbidden(Permission::PeopleRead));
    }
    let form = form_of(&row);
    let narrowed = rule.narrowed_to(Category::Identity).narrowed_to(Category::Contact);
    let candidates = read::people_like(&app.db, &narrowed, row.organisation_id, &Marks::of(&form), id).await?;
    let group = read::group(&app.db, id).await?;
    let mut found: Vec<DuplicatePerson> = candidates
        .into_iter()
        .filter_map(|found| {
            let other = found.row;
            let like = likeness(&form, &form_of(&other));
            (like.score >= SHOWN_FROM).then(|| DuplicatePerson {
                person_id: other.id,
                score: like.score,
                reasons: like.reasons,
                linked: group.contains(&other.id),
                identity: PersonIdentity {
                    family_name: other.family_name,
                    given_name: other.given_name,
                    birth_year: other.birth_year,
                    employment_number: other.employment_number,
                },
            })
        })
        .collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.score), one.person_id));
    found.truncate(MOST_SHOWN);
    let shown = found.iter().map(|one| one.person_id.0).chain([id.0]).collect();
    access_journal::shown(app, caller, "person", shown, open).await?;
    Ok(found)
}

/// What a receiver may compare: an employment number it is not shown is not compared either.
fn comparable(leg: &Referral) -> PersonForm {
    let number_shown = matches!(leg.state, State::Accepted | State::Completed);
    let form = leg.form.person.clone();
    PersonForm { employment_number: form.employment_number.clone().filter(|_| number_shown), ..form }
}

/// Open referrals in the receiver's own inbox that are probably about the same person, whoever sent them.
///
/// # Errors
/// 404 when the referral is not visible; `not_the_receiver` (403); 403 without the right to names and contacts.
pub async fn referral_duplicates(app: &App, caller: &Caller, id: ReferralId) -> Result<Vec<DuplicateReferral>, Refusal> {
    let rule = caller.policy.rule(Resource::Referral, Permission::ReferralsRead);
    let tx = app.db.look(&app.ctx(caller)).await?;
    let locked = legs::find(&tx, id).await?;
    let open = rule.decide(&locked).ok_or(Refusal::NotFound)?;
    let me = caller.acting_for.as_ref().map(|acting| acting.id);
    let receiver = locked.leg.receiver_organisation_id.filter(|receiver| locked.leg.told_at.is_some() && Some(*receiver) == me);
    let receiver = receiver.ok_or(Refusal::Barred("not_the_receiver"))?;
    if !open.tells_who() {
        return Err(Refusal::Forbidden(Permission::ReferralsRead));
    }
    let form = comparable(&locked.leg);
    let mut found = vec![];
    for other in read::legs_like(&tx, receiver, &Marks::of(&form), id).await? {
        let other = legs::find(&tx, other).await?;
        let readable = rule.decide(&other).is_some_and(Mask::tells_who);
        let like = likeness(&form, &comparable(&other.leg));
        if readable && like.score >= SHOWN_FROM {
            found.push(DuplicateReferral {
                referral_id: other.leg.id,
                state: other.leg.state,
                sender_organisation_id: other.leg.sender_organisation_id,
                score: like.score,
                reasons: like.reasons,
            });
        }
    }
    tx.rollback().await?;
    found.sort_by_key(|one| (std::cmp::Reverse(one.score), one.referral_id));
    found.truncate(MOST_SHOWN);
    let shown = found.iter().map(|one| one.referral_id.0).chain([id.0]).collect();
    access_journal::shown(app, caller, "referral", shown, open).await?;
    Ok(found)
}
