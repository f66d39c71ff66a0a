//! Erasing values: the sealed entries stay and vouch for what is no longer there (docs/decisions/0005).

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _};
use uuid::Uuid;

use super::entity::{mutation_entry, mutation_value};
use crate::db::{Failure, Tx};

/// Erases the values that the journal of changes holds of these objects.
///
/// # Errors
/// As any write.
pub async fn erase_values_of(tx: &Tx, objects: &[Uuid]) -> Result<u64, Failure> {
    let mut erased = 0;
    // Databases bind a limited number of values to one statement.
    for some in objects.chunks(1_000) {
        let entries = mutation_entry::Entity::find().select_only().column(mutation_entry::Column::Id);
        let entries = entries.filter(mutation_entry::Column::ObjectId.is_in(some.iter().copied())).into_query();
        let gone = mutation_value::Entity::delete_many().filter(mutation_value::Column::EntryId.in_subquery(entries));
        erased += gone.exec(tx.conn()).await?.rows_affected;
    }
    Ok(erased)
}
