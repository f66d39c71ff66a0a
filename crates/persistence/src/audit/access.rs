//! Writing the access journal.

use chrono::{DateTime, Utc};
use relais_domain::access::Mask;
use relais_domain::identity::Actor;
use relais_domain::shared::ids::OrganisationId;
use sea_orm::sea_query::{CommonTableExpression, Expr, ExprTrait as _, Query, ValueTuple, WithClause};
use sea_orm::{ConnectionTrait as _, Iterable as _, ModelTrait as _};
use uuid::Uuid;

use super::entity::{access_entry, sequence_state};
use super::sequence;
use crate::db::{Ctx, Db, Engine, Failure, insert_all};

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

/// Where the journal ended when this node last wrote. Another node may have gone on since.
#[derive(Debug, Default)]
pub struct Seen(Option<sequence_state::Model>);

/// Adds entries at the end of the journal, placed and sealed as they are written; durable when this returns. Writers of all
/// nodes follow one another at the end's row, which is held until commit: batches keep that wait short.
///
/// # Errors
/// As any write; it may have happened when the connection broke.
pub async fn append(db: &Db, ctx: &Ctx, accesses: &[Access], seen: &mut Seen) -> Result<(), Failure> {
    if db.engine() == Engine::Postgres
        && let Some(mut end) = seen.0.take()
        && go_on_from(db, &mut end, accesses).await?
    {
        seen.0 = Some(end);
        return Ok(());
    }
    let tx = db.write(ctx).await?;
    let mut end = sequence::end_of(&tx, JOURNAL).await?;
    let rows = placed(&mut end, accesses);
    insert_all::<access_entry::Entity>(tx.conn(), rows).await?;
    sequence::store_end(&tx, end.clone()).await?;
    tx.commit().await?;
    seen.0 = Some(end);
    Ok(())
}

const JOURNAL: &str = "access";

/// Writes end and entries in one statement, when the journal still ends where this node left it. Says whether it did.
async fn go_on_from(db: &Db, end: &mut sequence_state::Model, accesses: &[Access]) -> Result<bool, Failure> {
    use sequence_state::Column;
    let before = end.clone();
    let rows = placed(end, accesses);
    let moved = Query::update()
        .table(sequence_state::Entity)
        .values([(Column::LastPosition, end.last_position.into()), (Column::LastSeal, end.last_seal.as_str().into())])
        .and_where(Expr::col(Column::Name).eq(JOURNAL))
        .and_where(Expr::col(Column::LastPosition).eq(before.last_position))
        .and_where(Expr::col(Column::LastSeal).eq(before.last_seal))
        .returning_col(Column::Name)
        .to_owned();
    let columns = || access_entry::Column::iter();
    let values: Vec<ValueTuple> = rows.iter().map(|row| ValueTuple::Many(columns().map(|column| row.get(column)).collect())).collect();
    let entry = Query::select()
        .columns((1..=columns().count()).map(|number| ("entry", format!("column{number}"))))
        .from_values(values, "entry")
        .and_where(Expr::exists(Query::select().expr(Expr::val(1)).from("moved").take()))
        .take();
    let moved = CommonTableExpression::new().query(moved).table_name("moved").to_owned();
    let mut insert = Query::insert();
    insert.into_table(access_entry::Entity).columns(columns()).select_from(entry).map_err(|error| Failure::Failed(error.to_string()))?;
    let statement = insert.with(WithClause::new().cte(moved).to_owned());
    Ok(db.writer().execute(&statement).await?.rows_affected() > 0)
}

/// The entries as rows, each with the place and seal that follow from the one before; `end` moves along.
fn placed(end: &mut sequence_state::Model, accesses: &[Access]) -> Vec<access_entry::Model> {
    let rows = accesses.iter().cloned().map(|access| {
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
    rows.collect()
}
