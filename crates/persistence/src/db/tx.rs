//! The write transaction: a guard that carries who acts, and writes what happened beside what changed.

mod journal;

use chrono::{DateTime, Utc};
use relais_domain::identity::Actor;
use relais_domain::shared::ids::OrganisationId;
use sea_orm::sea_query::{Expr, ExprTrait as _, InsertStatement, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait as _, IdenStatic as _, IntoActiveModel, Iterable as _, ModelTrait, QueryFilter as _, Value};
use uuid::Uuid;

use super::insert::{all_at_once, insert_all, inserts};
use super::{Db, Engine, Failure, Open, Record};
use crate::audit::entity::{event, mutation_entry, mutation_value};
use crate::platform::entity::job;
use journal::is_null;

/// Where ids and salts come from.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// A fresh UUID v7.
    pub id: fn() -> Uuid,
    /// Sixteen random bytes.
    pub salt: fn() -> [u8; 16],
}

/// Who acts, for whom, when, in which request.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// The organisation that the actor acts for.
    pub on_behalf_of: Option<OrganisationId>,
    /// The request id.
    pub request_id: String,
    /// The purpose that the caller stated.
    pub purpose: Option<String>,
    /// Business time.
    pub now: DateTime<Utc>,
    /// Real time.
    pub real_now: DateTime<Utc>,
    /// Ids and salts.
    pub chance: Chance,
}

impl Ctx {
    /// A fresh id.
    pub fn fresh<T: From<Uuid>>(&self) -> T {
        (self.chance.id)().into()
    }
}

/// A job to enqueue with a transaction.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// The kind of job.
    pub kind: &'static str,
    /// At most one open job has this key.
    pub unique_key: Option<String>,
    /// Ids only; never personal data.
    pub payload: serde_json::Value,
    /// Lower runs earlier.
    pub priority: i32,
    /// Business time.
    pub run_at: DateTime<Utc>,
}

/// An open write transaction. Dropped without `commit`, it is rolled back and nothing happened.
#[derive(Debug)]
pub struct Tx {
    inner: Open,
    db: Db,
    ctx: Ctx,
    entries: Vec<mutation_entry::Model>,
    values: Vec<mutation_value::Model>,
    events: Vec<event::Model>,
    jobs: Vec<job::Model>,
    /// Rows that nothing in this transaction reads again.
    later: Vec<(InsertStatement, usize)>,
    told: Vec<serde_json::Value>,
}

impl Tx {
    /// A transaction that only looks: on SQLite it holds up no writer, and it is never committed.
    pub(super) async fn look(db: &Db, ctx: Ctx) -> Result<Self, Failure> {
        let inner = Open::begin(db.reader(), "BEGIN").await?;
        Ok(Self::open(inner, db, ctx))
    }

    pub(super) async fn begin(db: &Db, ctx: Ctx) -> Result<Self, Failure> {
        let begin = if db.engine() == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        let inner = Open::begin(db.writer(), begin).await?;
        Ok(Self::open(inner, db, ctx))
    }

    fn open(inner: Open, db: &Db, ctx: Ctx) -> Self {
        let (entries, values, events) = (vec![], vec![], vec![]);
        Self { inner, db: db.clone(), ctx, entries, values, events, jobs: vec![], later: vec![], told: vec![] }
    }

    /// Who acts in this transaction.
    pub const fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// The engine behind the transaction.
    pub const fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// The connection, for the queries of this crate.
    pub(crate) const fn conn(&self) -> &Open {
        &self.inner
    }

    /// Inserts a row with its mutation entry.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when a key is taken.
    pub async fn create<E: Record>(&mut self, model: E::Model, act: &str) -> Result<(), Failure>
    where
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        self.journal_new::<E>(&model, act);
        E::insert(model.into_active_model().reset_all()).exec_without_returning(&self.inner).await?;
        Ok(())
    }

    /// As [`Tx::create`], for many rows at once: each has its own mutation entry.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when a key is taken.
    pub async fn create_all<E: Record>(&mut self, models: Vec<E::Model>, act: &str) -> Result<(), Failure>
    where
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        for model in &models {
            self.journal_new::<E>(model, act);
        }
        insert_all::<E>(&self.inner, models).await
    }

    /// As [`Tx::create`], for a row that nothing in this transaction reads again: it is written when the transaction ends,
    /// together with all that it leaves behind, and a conflict shows then.
    pub(crate) fn create_last<E: Record>(&mut self, model: E::Model, act: &str)
    where
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        self.journal_new::<E>(&model, act);
        self.later.extend(inserts::<E>(vec![model]));
    }

    /// Leaves an insert that the journal does not know to the end of the transaction; `binds` is how many values it binds.
    pub(crate) fn leave(&mut self, insert: InsertStatement, binds: usize) {
        self.later.push((insert, binds));
    }

    /// Saves the difference between two states of a row, with its mutation entry. A row with a version is saved only
    /// when nobody else moved it. Nothing is written when nothing changed.
    ///
    /// # Errors
    /// [`Failure::Stale`] when the row moved meanwhile.
    pub async fn save<E: Record>(&mut self, before: &E::Model, after: E::Model, act: &str) -> Result<(), Failure>
    where
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        self.save_because::<E>(before, after, act, None).await
    }

    /// As [`Tx::save`], with the code of a reason in the journal.
    ///
    /// # Errors
    /// As [`Tx::save`].
    pub async fn save_because<E: Record>(
        &mut self,
        before: &E::Model,
        after: E::Model,
        act: &str,
        reason: Option<&str>,
    ) -> Result<(), Failure>
    where
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let version = E::version_column();
        let object = E::object_id(&after);
        let mut update = E::update_many();
        let mut changes = vec![];
        for column in E::Column::iter() {
            let (old, new) = (before.get(column), after.get(column));
            if !is_same(&old, &new) && version.as_ref().is_none_or(|version| version.as_str() != column.as_str()) {
                changes.push((column.as_str().to_owned(), old, new.clone()));
                update = update.col_expr(column, Expr::val(new));
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        for key in <E::PrimaryKey as sea_orm::Iterable>::iter() {
            use sea_orm::PrimaryKeyToColumn as _;
            let column = key.into_column();
            update = update.filter(column.eq(before.get(column)));
        }
        if let Some(version) = version {
            update = update.filter(version.eq(before.get(version))).col_expr(version, Expr::col(version).add(1));
        }
        self.journal(E::KIND, object, act, reason, changes);
        let done = update.exec(&self.inner).await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(Failure::Stale) }
    }

    /// Deletes a row with its mutation entry; the entry keeps the last values under the object's retention.
    ///
    /// # Errors
    /// [`Failure::Stale`] when it is gone already.
    pub async fn remove<E: Record>(&mut self, model: E::Model, act: &str) -> Result<(), Failure>
    where
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let none = Value::Bool(None);
        let changes = E::Column::iter().map(|column| (column.as_str().to_owned(), model.get(column), none.clone()));
        let changes = changes.filter(|(_, before, _)| !is_null(before)).collect();
        self.journal(E::KIND, E::object_id(&model), act, None, changes);
        self.delete::<E>(model).await
    }

    /// As [`Tx::remove`], for what is about a person and whose values nobody would erase later: the journal keeps the act, and lets go
    /// of all values of the object.
    ///
    /// # Errors
    /// As [`Tx::remove`].
    pub async fn remove_and_forget<E: Record>(&mut self, model: E::Model, act: &str) -> Result<(), Failure>
    where
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let object = E::object_id(&model);
        self.note(E::KIND, object, act, None);
        crate::audit::erase::erase_values_of(self, &[object]).await?;
        self.delete::<E>(model).await
    }

    async fn delete<E: Record>(&self, model: E::Model) -> Result<(), Failure>
    where
        E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let mut delete = E::delete_many();
        for key in <E::PrimaryKey as sea_orm::Iterable>::iter() {
            use sea_orm::PrimaryKeyToColumn as _;
            let column = key.into_column();
            delete = delete.filter(column.eq(model.get(column)));
        }
        if let Some(version) = E::version_column() {
            delete = delete.filter(version.eq(model.get(version)));
        }
        let done = delete.exec(&self.inner).await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(Failure::Stale) }
    }

    /// Adds an event to the event log.
    pub fn event(&mut self, kind: &str, object_kind: &str, object_id: Uuid, organisation: Option<OrganisationId>) {
        self.events.push(event::Model {
            id: (self.ctx.chance.id)(),
            position: None,
            kind: kind.to_owned(),
            object_kind: object_kind.to_owned(),
            object_id,
            version: None,
            organisation_id: organisation,
            at: self.ctx.now,
            request_id: self.ctx.request_id.clone(),
        });
    }

    /// Enqueues a job with this transaction. A job whose unique key is already there is left as it is.
    pub fn enqueue(&mut self, new: NewJob) {
        let NewJob { kind, unique_key, payload, priority, run_at } = new;
        self.jobs.push(job::Model {
            id: (self.ctx.chance.id)().into(),
            kind: kind.to_owned(),
            unique_key,
            payload,
            priority,
            run_at,
            attempts: 0,
            state: "ready".to_owned(),
            claimed_by: None,
            claimed_until: None,
            last_error: None,
            created_at: self.ctx.now,
            updated_at: self.ctx.now,
            version: 1,
        });
    }

    /// Remembers that somebody will be told, for the answer of a dry run.
    pub fn note_told(&mut self, notice: serde_json::Value) {
        self.told.push(notice);
    }

    /// Forgets who was noted after the first so many: what the caller is not to know.
    pub fn keep_told(&mut self, first: usize) {
        self.told.truncate(first);
    }

    /// Who would be told if this were committed.
    pub fn told(&self) -> &[serde_json::Value] {
        &self.told
    }

    /// Makes everything true at once.
    ///
    /// # Errors
    /// As any write; then nothing happened.
    pub async fn commit(mut self) -> Result<(), Failure> {
        let (journalled, enqueued) = (!self.entries.is_empty() || !self.events.is_empty(), !self.jobs.is_empty());
        let mut last = inserts::<mutation_entry::Entity>(std::mem::take(&mut self.entries));
        last.extend(inserts::<mutation_value::Entity>(std::mem::take(&mut self.values)));
        last.append(&mut self.later);
        last.extend(inserts::<event::Entity>(std::mem::take(&mut self.events)));
        let mut jobs = inserts::<job::Entity>(std::mem::take(&mut self.jobs));
        for (insert, _) in &mut jobs {
            insert.on_conflict(OnConflict::new().do_nothing().to_owned());
        }
        last.append(&mut jobs);
        all_at_once(&self.inner, self.db.engine(), last).await?;
        self.inner.commit().await?;
        if enqueued {
            self.db.wake_jobs();
        }
        if journalled {
            self.db.wake_journals();
        }
        Ok(())
    }

    /// Takes everything back, as dropping does, but now.
    ///
    /// # Errors
    /// When the connection is lost; the database then takes back by itself.
    pub async fn rollback(self) -> Result<(), Failure> {
        self.inner.rollback().await.map_err(Failure::from)
    }
}

/// Whether two database values say the same. PostgreSQL gives the keys of a JSON object back in an order of its own, and the ORM
/// compares documents as texts.
fn is_same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Json(old), Value::Json(new)) => old == new,
        _ => old == new,
    }
}
