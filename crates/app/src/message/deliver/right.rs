//! Whom a mail may tell what it tells: removing a right closes the mailbox as it closes the page.

use relais_domain::access::{Permission, Resource};
use relais_domain::message::{NoticeKind, Recipient, detail};
use relais_persistence::Failure;
use relais_persistence::message::read::{OrganisationRow, Story, UserRow};
use relais_persistence::referral::read::{self as legs, Reader};

use super::Matter;
use crate::{App, Refusal, standing};

/// Those among some members of an organisation who may read today what a notice tells of its referral.
pub(super) async fn who_may_read(
    app: &App,
    story: &Story,
    matter: Matter,
    organisation: &OrganisationRow,
    users: Vec<UserRow>,
) -> Result<Vec<UserRow>, Refusal> {
    let mut able = vec![];
    for user in users {
        if may_read(app, story, matter, organisation, &user).await? {
            able.push(user);
        }
    }
    Ok(able)
}

async fn may_read(app: &App, story: &Story, matter: Matter, organisation: &OrganisationRow, user: &UserRow) -> Result<bool, Refusal> {
    // A draft that is gone is read by nobody any more; its notice tells no more than the service.
    let Some(leg) = &story.leg else { return Ok(true) };
    let Some(policy) = standing::of_user_at(app, user, organisation).await? else { return Ok(false) };
    if matter.recipient == Recipient::Claimant {
        // The claim proves no right to the file: it is told to whoever may claim.
        return Ok(policy.holds_somewhere(Permission::ReferralsHandle));
    }
    let reader = Reader { organisation: Some(organisation.id), user: Some(user.id) };
    let open = async |permission| match legs::mask(&app.db, &policy.rule(Resource::Referral, permission), reader, leg.id).await {
        Err(Failure::Missing) => Ok(None),
        found => found.map(Some),
    };
    let Some(mut seen) = open(Permission::ReferralsRead).await? else { return Ok(false) };
    if matter.kind == NoticeKind::Message {
        let Some(written) = open(Permission::ReferralsMessage).await? else { return Ok(false) };
        seen = seen.intersection(written);
    }
    Ok(detail(matter.kind, matter.recipient).reads().is_within(seen))
}
