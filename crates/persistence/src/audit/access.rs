//! Writing the access journal.

use chrono::{DateTime, Utc};
use relais_domain::access::Mask;
use relais_domain::identity::Actor;
use relais_domain::shared::ids::OrganisationId;
use uuid::Uuid;

use super::entity::access_entry;
use super::sequence;
use crate::db::{Failure, Tx, insert_all};

/// One showing of content, or one refusal on an existing row.
#[derive(Clone, Debug)]
pub struct Access {
    /// The entry's id.
    pub id: Uuid,
    /// Real time.
    pub at: DateTime<Utc>,
    /// Business time.
    pub business_at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// For whom.
    pub organisation: Option<OrganisationId>,
    /// In which request.
    pub request_id: String,
    /// For what purpose.
    pub purpose: Option<String>,
    /// By which operation.
    pub operation: String,
    /// `shown` or `refused`.
    pub outcome: &'static str,
    /// Which categories were shown.
    pub categories: Mask,
    /// Of what kind of object.
    pub object_kind: &'static str,
    /// Of which objects.
    pub object_ids: Vec<Uuid>,
}

/// Adds entries at the end of the journal: placed and sealed as they are written. Writers of all nodes follow one another at
/// the end's row, which is held until commit; batches keep that wait short, and nothing has to be read or moved again.
///
/// # Errors
/// As any write.
pub async fn add(tx: &Tx, accesses: Vec<Access>) -> Result<(), Failure> {
    let mut end = sequence::end_of(tx, "access").await?;
    let rows = accesses.into_iter().map(|access| {
        let mut row = access_entry::Model {
            id: access.id,
            position: end.last_position + 1,
            seal: String::new(),
            at: access.at,
            business_at: access.business_at,
            actor_kind: access.actor.kind().to_owned(),
            actor_id: access.actor.id(),
            organisation_id: access.organisation,
            request_id: access.request_id,
            purpose: access.purpose,
            operation: access.operation,
            outcome: access.outcome.to_owned(),
            categories: access.categories.categories().map(relais_domain::access::Category::code).collect::<Vec<_>>().into(),
            object_kind: access.object_kind.to_owned(),
            object_ids: access.object_ids.into_iter().map(|id| id.to_string()).collect::<Vec<_>>().into(),
        };
        row.seal = sequence::access_seal(&end.last_seal, row.position, &row);
        (end.last_position, end.last_seal) = (row.position, row.seal.clone());
        row
    });
    let rows = rows.collect();
    insert_all::<access_entry::Entity>(tx.conn(), rows, 15).await?;
    sequence::store_end(tx, end).await
}
