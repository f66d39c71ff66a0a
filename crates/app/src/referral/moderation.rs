//! What moderators look at: warnings that a referral gets when it is sent, and whose referrals wait or carry some.

use chrono::{DateTime, Utc};
use relais_domain::access::{Permission, Resource};
use relais_domain::referral::{ModerationFacts, Referral, Warning, warnings};
use relais_persistence::Tx;
use relais_persistence::identity::names;
use relais_persistence::referral::read as rows;
use relais_persistence::referral::view::ModeratedOrganisation;

use crate::{App, Caller, Page, PageRequest, Refusal};

/// What a moderator should look at in a leg that is being sent. It never blocks, and neither side is told.
pub(super) async fn warnings_of(tx: &Tx, caller: &Caller, leg: &Referral, now: DateTime<Utc>) -> Result<Vec<Warning>, Refusal> {
    let mut facts = ModerationFacts::default();
    if let Some(user) = caller.actor.user() {
        if let Some(receiver) = leg.receiver_organisation_id {
            facts.sender_is_member_of_receiver = names::is_member(tx, receiver, user).await?;
        }
        facts.member_since = names::member_since(tx, leg.sender_organisation_id, user).await?;
        if let Some((name, email)) = names::name_and_email(tx, user).await? {
            (facts.sender_name, facts.sender_email) = (Some(name), Some(email));
        }
    }
    Ok(warnings(&leg.form, &facts, now))
}

/// The organisations whose referrals are held back or carry warnings, those with the oldest first. Counts only.
///
/// # Errors
/// 403 without `organisations:verify`; `invalid_cursor` (400).
pub async fn list_moderated(app: &App, caller: &Caller, page: &PageRequest) -> Result<Page<ModeratedOrganisation>, Refusal> {
    caller.may(Resource::Organisation, Permission::OrganisationsVerify)?;
    let found = rows::moderated(&app.db, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| rows::moderated(&app.db, None, most).await).await?;
    Ok(page.page(app, caller, found, |one| (one.oldest, one.id.0))?.counted(count))
}
