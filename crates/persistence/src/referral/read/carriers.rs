//! The legs through which a file is reached.

use chrono::{DateTime, Utc};
use relais_domain::access::{Mask, Rule};
use relais_domain::referral::State;
use relais_domain::shared::ids::{DocumentId, OrganisationId, ReferralId};
use sea_orm::sea_query::{Alias, ExprTrait as _, JoinType};
use sea_orm::{ConnectionTrait as _, FromQueryResult};

use super::super::entity::{referral, referral_document};
use super::Reader;
use super::legs::{self, at, leg};
use crate::access;
use crate::db::{Db, Failure};

/// One leg that refers to a file, as a rule shows it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Carrier {
    /// The leg.
    pub id: ReferralId,
    /// Where it stands.
    pub state: State,
    /// Who sends.
    pub sender_organisation_id: OrganisationId,
    /// Who receives.
    pub receiver_organisation_id: Option<OrganisationId>,
    /// When the receiver was told.
    pub told_at: Option<DateTime<Utc>>,
    mask: i32,
}

impl Carrier {
    /// What of the leg the rule shows.
    pub fn open(&self) -> Mask {
        Mask::from_bits(self.mask)
    }
}

/// The legs that a rule shows and that refer to a file; a leg that has lost it does not.
///
/// # Errors
/// As any read.
pub async fn carriers(db: &Db, rule: &Rule, reader: Reader, document: DocumentId) -> Result<Vec<Carrier>, Failure> {
    use referral::Column as C;
    let mut query = legs::visible_legs(rule, reader);
    query
        .columns(
            [C::Id, C::State, C::SenderOrganisationId, C::ReceiverOrganisationId, C::ToldAt].map(|column| (Alias::new(legs::LEG), column)),
        )
        .expr_as(access::mask(rule, legs::columns), "mask")
        .join_as(
            JoinType::InnerJoin,
            referral_document::Entity,
            Alias::new("reference"),
            at("reference", referral_document::Column::ReferralId).eq(leg(C::Id)),
        )
        .and_where(at("reference", referral_document::Column::DocumentId).eq(document))
        .and_where(at("reference", referral_document::Column::DroppedAt).is_null());
    let statement = db.reader().get_database_backend().build(&query);
    Ok(Carrier::find_by_statement(statement).all(db.reader()).await?)
}
