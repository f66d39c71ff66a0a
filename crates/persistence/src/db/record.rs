//! A journalled row: every insert, update and delete of it leaves a mutation entry.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, ModelTrait};
use uuid::Uuid;

/// An entity whose changes are journalled and, where it has a version, checked against silent overwrites.
pub trait Record: EntityTrait
where
    Self::Model: ModelTrait<Entity = Self> + IntoActiveModel<Self::ActiveModel> + Clone + Send + Sync,
    Self::ActiveModel: ActiveModelTrait<Entity = Self> + Send,
{
    /// The stable word for this kind of object in journals and events.
    const KIND: &'static str;

    /// The id that the journal names: the row's own, or that of the object it belongs to.
    fn object_id(model: &Self::Model) -> Uuid;

    /// The version column, where the row has one.
    fn version_column() -> Option<Self::Column>;
}

/// Declares `Entity` of the current module as a journalled row.
#[macro_export]
macro_rules! record {
    ($entity:path, $kind:literal, by $field:ident) => {
        impl $crate::db::Record for $entity {
            const KIND: &'static str = $kind;
            fn object_id(model: &Self::Model) -> ::uuid::Uuid {
                model.$field.0
            }
            fn version_column() -> Option<Self::Column> {
                <Self::Column as ::std::str::FromStr>::from_str("version").ok()
            }
        }
    };
}
