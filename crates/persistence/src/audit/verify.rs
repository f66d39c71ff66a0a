//! Checking the journals: the chain is whole, no place is missing, and what is left of the values is what was written.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde_json::Value;
use uuid::Uuid;

use super::entity::{access_entry, mutation_entry, mutation_value, sequence_state};
use super::sequence::{access_seal, mutation_seal};
use super::value_hash;
use crate::db::{Db, Failure};

/// Both journals are sound, as far as they are sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many entries of the mutation journal were checked.
    pub mutations: u64,
    /// How many entries of the access journal were checked.
    pub accesses: u64,
}

/// The first row that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{journal} journal, position {position}: {why}")]
pub struct Broken {
    /// `mutation` or `access`.
    pub journal: &'static str,
    /// The place at which it shows.
    pub position: i64,
    /// The entry, where there is one.
    pub id: Option<Uuid>,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// A place is empty: an entry was deleted or moved.
    #[error("the entry is missing")]
    Missing,
    /// The entry, or one before it, was changed after it was sealed.
    #[error("the seal does not fit the entry")]
    Seal,
    /// A kept value is not the one that was written.
    #[error("a value does not fit its hash")]
    Value,
    /// There is a value for a field that the entry does not name.
    #[error("a value belongs to no field of the entry")]
    StrayValue,
    /// The end of the chain is not where the sequencer left it.
    #[error("the end of the journal was changed")]
    End,
}

/// How many entries are held in memory at once.
const PAGE: u64 = 500;

/// Checks both journals, up to what was sealed when the check began.
///
/// # Errors
/// The outer error as any read; the inner one names the first bad row.
pub async fn verify(db: &Db) -> Result<Result<Verified, Broken>, Failure> {
    let mutations = match mutations(db).await? {
        Ok(checked) => checked,
        Err(broken) => return Ok(Err(broken)),
    };
    Ok(accesses(db).await?.map(|accesses| Verified { mutations, accesses }))
}

/// A walk along one chain.
struct Walk {
    journal: &'static str,
    position: i64,
    seal: String,
}

impl Walk {
    const fn new(journal: &'static str) -> Self {
        Self { journal, position: 0, seal: String::new() }
    }

    const fn broken(&self, position: i64, id: Option<Uuid>, why: Why) -> Broken {
        Broken { journal: self.journal, position, id, why }
    }

    /// Takes one step: the place must be the next one, the seal must be what the entry and the seal before it give.
    fn step(
        &mut self,
        id: Uuid,
        position: Option<i64>,
        seal: Option<&str>,
        expected: impl FnOnce(&str, i64) -> String,
    ) -> Result<(), Broken> {
        let next = self.position + 1;
        if position != Some(next) {
            return Err(self.broken(next, None, Why::Missing));
        }
        let expected = expected(&self.seal, next);
        if seal != Some(expected.as_str()) {
            return Err(self.broken(next, Some(id), Why::Seal));
        }
        self.position = next;
        self.seal = expected;
        Ok(())
    }

    /// The end of the walk must be where the sequencer was when the walk began.
    fn arrive(self, end: &sequence_state::Model) -> Result<u64, Broken> {
        if self.position < end.last_position {
            return Err(self.broken(self.position + 1, None, Why::Missing));
        }
        if self.position != end.last_position || self.seal != end.last_seal {
            return Err(self.broken(self.position, None, Why::End));
        }
        Ok(u64::try_from(self.position).unwrap_or(0))
    }
}

async fn end_of(db: &Db, name: &str) -> Result<sequence_state::Model, Failure> {
    sequence_state::Entity::find_by_id(name.to_owned()).one(db.reader()).await?.ok_or(Failure::Missing)
}

async fn mutations(db: &Db) -> Result<Result<u64, Broken>, Failure> {
    use mutation_entry::Column;
    let end = end_of(db, "mutation").await?;
    let mut walk = Walk::new("mutation");
    loop {
        let page =
            mutation_entry::Entity::find().filter(Column::Position.gt(walk.position)).filter(Column::Position.lte(end.last_position));
        let page = page.order_by_asc(Column::Position).limit(PAGE).all(db.reader()).await?;
        if page.is_empty() {
            return Ok(walk.arrive(&end));
        }
        let mut values = values_of(db, &page).await?;
        for entry in &page {
            let stepped =
                walk.step(entry.id, entry.position, entry.seal.as_deref(), |before, position| mutation_seal(before, position, entry));
            let own = values.remove(&entry.id).unwrap_or_default();
            if let Err(broken) = stepped.and_then(|()| check_values(&walk, entry, &own)) {
                return Ok(Err(broken));
            }
        }
    }
}

async fn values_of(db: &Db, page: &[mutation_entry::Model]) -> Result<HashMap<Uuid, Vec<mutation_value::Model>>, Failure> {
    let of_page = mutation_value::Column::EntryId.is_in(page.iter().map(|entry| entry.id));
    let mut by_entry: HashMap<Uuid, Vec<mutation_value::Model>> = HashMap::new();
    for value in mutation_value::Entity::find().filter(of_page).all(db.reader()).await? {
        by_entry.entry(value.entry_id).or_default().push(value);
    }
    Ok(by_entry)
}

/// Values may have been erased; those that are there must be what the entry vouches for.
fn check_values(walk: &Walk, entry: &mutation_entry::Model, values: &[mutation_value::Model]) -> Result<(), Broken> {
    let fields = entry.fields.as_array().map(Vec::as_slice).unwrap_or_default();
    for value in values {
        let broken = |why| walk.broken(walk.position, Some(entry.id), why);
        let named = |field: &&Value| field.get("name").and_then(Value::as_str) == Some(value.field.as_str());
        let field = fields.iter().find(named).ok_or_else(|| broken(Why::StrayValue))?;
        for (side, kept) in [("before", &value.before), ("after", &value.after)] {
            let hash = kept.as_ref().map(|kept| value_hash(&value.salt, &value.field, kept));
            if field.get(side).and_then(Value::as_str) != hash.as_deref() {
                return Err(broken(Why::Value));
            }
        }
    }
    Ok(())
}

async fn accesses(db: &Db) -> Result<Result<u64, Broken>, Failure> {
    use access_entry::Column;
    let end = end_of(db, "access").await?;
    let mut walk = Walk::new("access");
    loop {
        let page = access_entry::Entity::find().filter(Column::Position.gt(walk.position)).filter(Column::Position.lte(end.last_position));
        let page = page.order_by_asc(Column::Position).limit(PAGE).all(db.reader()).await?;
        if page.is_empty() {
            return Ok(walk.arrive(&end));
        }
        for entry in &page {
            let stepped =
                walk.step(entry.id, Some(entry.position), Some(&entry.seal), |before, position| access_seal(before, position, entry));
            if let Err(broken) = stepped {
                return Ok(Err(broken));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait as _;

    use super::*;
    use crate::audit::entity::event;
    use crate::db::{Chance, Ctx};
    use crate::platform::entity::job;
    use crate::{NewJob, audit::sequence};

    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);

    async fn journal(name: &str) -> (Db, Ctx) {
        let file = std::env::temp_dir().join(format!("relais-verify-{name}-{}.db", std::process::id()));
        let _ = std::fs::remove_file(&file);
        let db = Db::open(&format!("sqlite:{}", file.display()), 2).await.unwrap();
        db.migrate().await.unwrap();
        let id = || Uuid::from_u64_pair(0, COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let now = chrono::DateTime::UNIX_EPOCH;
        let chance = Chance { id, salt: || [3; 16] };
        let actor = relais_domain::identity::Actor::Clock;
        let ctx = Ctx { actor, on_behalf_of: None, request_id: "test".into(), purpose: None, now, real_now: now, chance };
        let mut tx = db.write(&ctx).await.unwrap();
        tx.event("made", "job", Uuid::nil(), None);
        tx.enqueue(NewJob { kind: "test", unique_key: None, payload: serde_json::json!({"b": 1, "a": [true]}), priority: 1, run_at: now });
        tx.commit().await.unwrap();
        let before = job::Entity::find().one(db.reader()).await.unwrap().unwrap();
        for priority in 2..5 {
            let mut tx = db.write(&ctx).await.unwrap();
            let row = job::Model { id: ctx.fresh(), priority, ..before.clone() };
            tx.create::<job::Entity>(row, "create").await.unwrap();
            tx.commit().await.unwrap();
        }
        while sequence::pass(&db, &ctx).await.unwrap() > 0 {}
        assert_eq!(event::Entity::find().one(db.reader()).await.unwrap().unwrap().position, Some(1));
        (db, ctx)
    }

    async fn after(name: &str, tampering: &str) -> Result<Verified, Broken> {
        let (db, _) = journal(name).await;
        db.writer().execute_unprepared(tampering).await.unwrap();
        verify(&db).await.unwrap()
    }

    #[tokio::test]
    async fn a_whole_journal_is_sound_and_erased_values_do_not_break_it() {
        assert_eq!(after("whole", "SELECT 1").await, Ok(Verified { mutations: 3, accesses: 0 }));
        assert_eq!(after("erased", "DELETE FROM mutation_value").await, Ok(Verified { mutations: 3, accesses: 0 }));
    }

    #[tokio::test]
    async fn the_first_bad_row_is_named() {
        let cases = [
            ("seal", "UPDATE mutation_entry SET act = 'other' WHERE position = 2", 2, Why::Seal),
            ("value", "UPDATE mutation_value SET after = '7' WHERE field = 'priority' AND after = '3'", 2, Why::Value),
            ("stray", "UPDATE mutation_value SET field = 'other' WHERE field = 'priority' AND after = '4'", 3, Why::StrayValue),
            ("gap", "UPDATE mutation_entry SET position = 9 WHERE position = 2", 2, Why::Missing),
            ("tail", "UPDATE mutation_entry SET position = NULL WHERE position = 3", 3, Why::Missing),
            ("end", "UPDATE sequence_state SET last_seal = 'x' WHERE name = 'mutation'", 3, Why::End),
        ];
        for (name, tampering, position, why) in cases {
            let broken = after(name, tampering).await.unwrap_err();
            assert_eq!((broken.journal, broken.position, broken.why), ("mutation", position, why), "{name}");
        }
    }
}
