//! Imports over the API: the runs, and the parts that belong to them.

use chrono::{DateTime, Utc};
use relais_domain::access::Rule;
use relais_domain::directory::ImportState;
use relais_domain::shared::ids::ImportId;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::entity::import_part::{Column as P, Entity as Parts, Model as Part};
use super::entity::import_run::{Column as R, Entity as Runs};
use super::view::ImportView;
use crate::access::{self, Columns};
use crate::db::{Db, Failure, Tx};

pub use super::entity::import_run::Model as Run;

/// An import belongs to the installation: only a rule that reaches everything reaches it.
const COLUMNS: Columns = |_| None;

fn visible(rule: &Rule) -> Select<Runs> {
    Runs::find().filter(access::visible(rule, COLUMNS))
}

/// Imports in the order in which they were made.
///
/// # Errors
/// As any read.
pub async fn list(db: &Db, rule: &Rule, after: Option<(DateTime<Utc>, Uuid)>, most: u64) -> Result<Vec<ImportView>, Failure> {
    let mut query = visible(rule);
    if let Some((at, id)) = after {
        let same_instant = Condition::all().add(R::CreatedAt.eq(at)).add(R::Id.gt(id));
        query = query.filter(Condition::any().add(R::CreatedAt.gt(at)).add(same_instant));
    }
    let rows = query.order_by_asc(R::CreatedAt).order_by_asc(R::Id).limit(most).all(db.reader()).await?;
    rows.into_iter().map(ImportView::try_from).collect()
}

/// How many imports there are, counted up to `most`.
///
/// # Errors
/// As any read.
pub async fn count(db: &Db, rule: &Rule, most: u64) -> Result<u64, Failure> {
    Ok(visible(rule).count(db.reader()).await?.min(most))
}

/// One import.
///
/// # Errors
/// [`Failure::Missing`] when it does not exist or the rule hides it.
pub async fn one(db: &Db, rule: &Rule, id: ImportId) -> Result<ImportView, Failure> {
    visible(rule).filter(R::Id.eq(id)).one(db.reader()).await?.ok_or(Failure::Missing)?.try_into()
}

/// One import, inside the transaction of an act on it, locked against others.
///
/// # Errors
/// As [`one`].
pub async fn for_act(tx: &Tx, rule: &Rule, id: ImportId) -> Result<Run, Failure> {
    visible(rule).filter(R::Id.eq(id)).lock(LockType::Update).one(tx.conn()).await?.ok_or(Failure::Missing)
}

/// An import, for the worker that does it.
///
/// # Errors
/// As any read.
pub async fn by_id(tx: &Tx, id: ImportId) -> Result<Option<Run>, Failure> {
    Ok(Runs::find_by_id(id).one(tx.conn()).await?)
}

/// Makes an import.
///
/// # Errors
/// [`Failure::Conflict`] when its id is taken.
pub async fn create(tx: &mut Tx, run: Run) -> Result<(), Failure> {
    tx.create::<Runs>(run, "create").await
}

/// Moves an import on.
///
/// # Errors
/// [`Failure::Stale`] when somebody else moved it meanwhile.
pub async fn save(tx: &mut Tx, before: &Run, after: Run, act: &str) -> Result<(), Failure> {
    tx.save::<Runs>(before, after, act).await
}

/// Takes an import away; its parts went before.
///
/// # Errors
/// [`Failure::Stale`] when it is gone already.
pub async fn remove(tx: &mut Tx, run: Run) -> Result<(), Failure> {
    tx.remove::<Runs>(run, "delete").await
}

/// Notes how far a running import is. No version moves and nothing is journalled: it says nothing about what somebody did.
/// False when it does not run any more.
///
/// # Errors
/// As any write.
pub async fn note(tx: &Tx, id: ImportId, progress: Json, report: Json) -> Result<bool, Failure> {
    let done = Runs::update_many()
        .col_expr(R::Progress, Expr::val(progress))
        .col_expr(R::Report, Expr::val(report))
        .filter(R::Id.eq(id))
        .filter(R::State.eq(ImportState::Running))
        .exec(tx.conn())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Adds a part. Parts are open data and end with their import: they are not journalled.
///
/// # Errors
/// [`Failure::Conflict`] when there is one with this number, or no import.
pub async fn put_part(tx: &Tx, import_id: ImportId, file: &str, number: i32, bytes: Vec<u8>) -> Result<(), Failure> {
    let part = Part { import_id, file: file.to_owned(), number, bytes };
    crate::db::insert_all::<Parts>(tx.conn(), vec![part]).await
}

/// One part.
///
/// # Errors
/// As any read.
pub async fn part(db: &Db, import: ImportId, file: &str, number: i32) -> Result<Option<Vec<u8>>, Failure> {
    Ok(Parts::find_by_id((import, file.to_owned(), number)).one(db.reader()).await?.map(|part| part.bytes))
}

/// Every part of a small file, in order.
///
/// # Errors
/// As any read.
pub async fn parts(db: &Db, import: ImportId, file: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let query = Parts::find().filter(P::ImportId.eq(import)).filter(P::File.eq(file)).order_by_asc(P::Number);
    Ok(query.all(db.reader()).await?.into_iter().map(|part| part.bytes).collect())
}

/// Which parts are erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased<'a> {
    /// Those of one file.
    File(&'a str),
    /// All but those of one file.
    AllBut(&'a str),
    /// All.
    All,
}

/// Erases up to `most` parts of an import. Returns how many there were.
///
/// # Errors
/// As any write.
pub async fn erase_parts(tx: &Tx, import: ImportId, which: Erased<'_>, most: u64) -> Result<u64, Failure> {
    let mine = Condition::all().add(P::ImportId.eq(import)).add_option(match which {
        Erased::File(file) => Some(P::File.eq(file)),
        Erased::AllBut(file) => Some(P::File.ne(file)),
        Erased::All => None,
    });
    let query = Parts::find().select_only().columns([P::File, P::Number]).filter(mine).limit(most);
    let found: Vec<(String, i32)> = query.into_tuple().all(tx.conn()).await?;
    let mut any = Condition::any();
    for (file, number) in &found {
        any = any.add(Condition::all().add(P::File.eq(file.as_str())).add(P::Number.eq(*number)));
    }
    if !found.is_empty() {
        Parts::delete_many().filter(P::ImportId.eq(import)).filter(any).exec(tx.conn()).await?;
    }
    Ok(found.len() as u64)
}
