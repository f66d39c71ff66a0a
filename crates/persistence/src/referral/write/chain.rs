//! The other legs of a need, as the acts on one leg have to know them. The caller holds the lock of the need.

use relais_domain::referral::{Holder, Referral, State};
use relais_domain::shared::ids::{NeedId, OrganisationId, ReferralId};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::super::entity::referral::{Column as C, Entity};
use crate::db::{Failure, Tx};

fn open() -> impl Iterator<Item = &'static str> {
    State::ALL.iter().filter(|state| state.is_open()).map(|state| state.code())
}

/// Who has or had another leg of a need.
///
/// # Errors
/// As any read.
pub async fn holders(tx: &Tx, need: NeedId, but: ReferralId) -> Result<Vec<Holder>, Failure> {
    let query = Entity::find().select_only().columns([C::ReceiverOrganisationId, C::RootId, C::State]);
    let others = query.filter(C::NeedId.eq(need)).filter(C::Id.ne(but)).filter(C::ReceiverOrganisationId.is_not_null());
    let rows: Vec<(OrganisationId, ReferralId, State)> = others.into_tuple().all(tx.conn()).await?;
    Ok(rows.into_iter().map(|(organisation, root, state)| Holder { organisation, root, state }).collect())
}

/// The open legs of the same need that stand in other chains, oldest first.
///
/// # Errors
/// As any read.
pub async fn rivals(tx: &Tx, leg: &Referral) -> Result<Vec<ReferralId>, Failure> {
    let query = Entity::find().select_only().column(C::Id).filter(C::NeedId.eq(leg.need_id)).filter(C::RootId.ne(leg.root_id));
    let open = query.filter(C::State.is_in(open())).order_by_asc(C::CreatedAt).order_by_asc(C::Id);
    Ok(open.into_tuple().all(tx.conn()).await?)
}

/// Whether another leg of the same need is in charge.
///
/// # Errors
/// As any read.
pub async fn taken_elsewhere(tx: &Tx, leg: &Referral) -> Result<bool, Failure> {
    let others = Entity::find().filter(C::NeedId.eq(leg.need_id)).filter(C::State.eq(State::Accepted.code())).filter(C::Id.ne(leg.id));
    Ok(others.select_only().column(C::Id).limit(1).into_tuple::<ReferralId>().one(tx.conn()).await?.is_some())
}

/// Which legs of an organisation that is gone are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forsaken {
    /// Those that were handed over to it: somebody has the person again.
    HandedOver,
    /// All that it received.
    All,
}

/// The open legs that an organisation received, oldest first.
///
/// # Errors
/// As any read.
pub async fn forsaken_by(tx: &Tx, organisation: OrganisationId, which: Forsaken) -> Result<Vec<ReferralId>, Failure> {
    let query = Entity::find().select_only().column(C::Id).filter(C::ReceiverOrganisationId.eq(organisation));
    let open = match which {
        Forsaken::HandedOver => query.filter(C::ParentId.is_not_null()),
        Forsaken::All => query,
    };
    let open = open.filter(C::InboxBox.is_in(["to_handle", "in_charge"]));
    Ok(open.order_by_asc(C::ToldAt).into_tuple().all(tx.conn()).await?)
}
