//! One act on many referrals: each is done or refused for itself, one result each.

use relais_domain::access::{Permission, Resource};
use relais_domain::referral::{AcceptCommand, ArchiveCommand};
use relais_domain::shared::ids::ReferralId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::accept;
use super::filing::{Assignment, archive, assign};
use crate::effect::of_many;
use crate::{App, Caller, Done, Refusal};

relais_domain::choice! {
    /// What may be done to many referrals at once.
    pub enum BulkAct {
        /// Take in charge.
        Accept = "accept",
        /// Give to a member or a unit.
        Assign = "assign",
        /// File.
        Archive = "archive",
    }
}

/// One of the referrals.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkItem {
    /// The referral.
    pub id: ReferralId,
    /// The version that was seen; when given, another one refuses the act.
    #[serde(default)]
    pub version: Option<i32>,
}

/// One act on up to 200 referrals, with the command that the act takes.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkCommand {
    /// What is done.
    pub act: BulkAct,
    /// To which referrals.
    #[schema(min_items = 1, max_items = 200)]
    pub items: Vec<BulkItem>,
    /// For `accept`: what is said.
    #[serde(default)]
    pub accept: Option<AcceptCommand>,
    /// For `assign`: to whom; nobody when absent.
    #[serde(default)]
    pub assign: Option<Assignment>,
    /// For `archive`: why. Required then.
    #[serde(default)]
    pub archive: Option<ArchiveCommand>,
}

/// What became of one of the referrals.
pub type BulkResult = (ReferralId, Result<Done, Refusal>);

/// Does an act on each of some referrals, in their order. Each is a transaction of its own, with an idempotency row of its own
/// when the request carries a key.
///
/// # Errors
/// `required`, `not_for_this_act`, `duplicate_id` (422) for the request as a whole; what stands against one item is its result.
pub async fn bulk(app: &App, caller: &Caller, command: &BulkCommand) -> Result<(Done, Vec<BulkResult>), Refusal> {
    caller.may(Resource::Referral, Permission::ReferralsRead)?;
    check(command)?;
    let whole = of_many(app, caller).await?;
    let mut results = Vec::with_capacity(command.items.len());
    for item in &command.items {
        let one = caller.for_item(item.id.0, item.version);
        let done = match command.act {
            BulkAct::Accept => accept(app, &one, item.id, command.accept.clone().unwrap_or_default()).await,
            BulkAct::Assign => assign(app, &one, item.id, command.assign.unwrap_or_default()).await,
            BulkAct::Archive => match command.archive.clone() {
                Some(why) => archive(app, &one, item.id, why).await,
                None => Err(Refusal::invalid("required", "/archive")),
            },
        };
        results.push((item.id, done));
    }
    Ok((whole, results))
}

fn check(command: &BulkCommand) -> Result<(), Refusal> {
    let BulkCommand { act, items, accept, assign, archive } = command;
    let given = [(BulkAct::Accept, accept.is_some()), (BulkAct::Assign, assign.is_some()), (BulkAct::Archive, archive.is_some())];
    if let Some((other, _)) = given.iter().find(|(other, given)| *given && other != act) {
        return Err(Refusal::invalid("not_for_this_act", format!("/{other}")));
    }
    if *act == BulkAct::Archive && archive.is_none() {
        return Err(Refusal::invalid("required", "/archive"));
    }
    let twice = items.iter().enumerate().position(|(index, item)| items.iter().take(index).any(|earlier| earlier.id == item.id));
    twice.map_or(Ok(()), |index| Err(Refusal::invalid("duplicate_id", format!("/items/{index}/id"))))
}
