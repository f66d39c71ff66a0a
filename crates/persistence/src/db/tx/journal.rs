//! What a write transaction leaves in the journal of changes.

use sea_orm::sea_query::sea_value_to_json_value;
use sea_orm::{ActiveModelTrait, IdenStatic as _, IntoActiveModel, Iterable as _, ModelTrait, Value};
use serde_json::json;
use uuid::Uuid;

use super::Tx;
use crate::audit::entity::{mutation_entry, mutation_value};
use crate::db::Record;

/// Columns that say nothing about what somebody did.
const SILENT: &[&str] = &["created_at", "updated_at", "version", "name_folded", "locality_folded", "contact_keys", "inbox_box", "paused"];

/// Columns whose change is told and whose values never leave their row: hashes and sealed secrets of accounts.
const SECRET: &[&str] = &["password_hash", "totp_sealed", "refresh_hash", "previous_hash", "token_hash", "secret_hash"];

impl Tx {
    /// Notes an act on an object in the journal of changes without values: for what changes no row of its own, and for erasing,
    /// where a value would outlive what was erased.
    pub fn note(&mut self, kind: &str, object: Uuid, act: &str, reason: Option<&str>) {
        self.journal(kind, object, act, reason, vec![]);
    }

    pub(super) fn journal_new<E: Record>(&mut self, model: &E::Model, act: &str)
    where
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let none = Value::Bool(None);
        let changes = E::Column::iter().map(|column| (column.as_str().to_owned(), none.clone(), model.get(column)));
        let changes = changes.filter(|(_, _, after)| !is_null(after)).collect();
        self.journal(E::KIND, E::object_id(model), act, None, changes);
    }

    pub(super) fn journal(&mut self, kind: &str, object: Uuid, act: &str, reason: Option<&str>, changes: Vec<(String, Value, Value)>) {
        let id = (self.ctx.chance.id)();
        let mut fields = vec![];
        for (field, before, after) in changes.into_iter().filter(|(field, _, _)| !SILENT.contains(&field.as_str())) {
            if SECRET.contains(&field.as_str()) {
                fields.push(json!({"name": field, "before": null, "after": null}));
                continue;
            }
            let salt = crate::audit::hex(&(self.ctx.chance.salt)());
            let json_of = |value: &Value| (!is_null(value)).then(|| sea_value_to_json_value(value));
            let (before, after) = (json_of(&before), json_of(&after));
            let hash = |value: &Option<serde_json::Value>| value.as_ref().map(|value| crate::audit::value_hash(&salt, &field, value));
            fields.push(json!({"name": field, "before": hash(&before), "after": hash(&after)}));
            self.values.push(mutation_value::Model { entry_id: id, field, salt, before, after });
        }
        self.entries.push(mutation_entry::Model {
            id,
            position: None,
            seal: None,
            at: self.ctx.real_now,
            business_at: self.ctx.now,
            actor_kind: self.ctx.actor.kind().to_owned(),
            actor_id: self.ctx.actor.id(),
            organisation_id: self.ctx.on_behalf_of,
            request_id: self.ctx.request_id.clone(),
            purpose: self.ctx.purpose.clone(),
            object_kind: kind.to_owned(),
            object_id: object,
            act: act.to_owned(),
            reason: reason.map(ToOwned::to_owned),
            fields: serde_json::Value::Array(fields),
        });
    }
}

/// Whether a database value is NULL.
pub(super) fn is_null(value: &Value) -> bool {
    *value == value.as_null()
}
