//! Everything that is held on a person, table by table as `domain::shared::data_map` knows them: taken out, or forgotten.
//!
//! A table that is kept with referrals is in the list below, or the map says why it is not about the person; a test compares both.

use relais_domain::referral::PathStep;
use relais_domain::shared::data_map::{self, Holds, Kind, Way};
use relais_domain::shared::ids::{NoticeId, OrganisationId, PersonId, ReferralId};
use sea_orm::sea_query::{Alias, ColumnType, Expr, ExprTrait as _, Query, sea_value_to_json_value};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityName as _, EntityTrait, IdenStatic as _, IntoActiveModel, Iterable as _, ModelTrait,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::entity::{consent, disclosure, identity_link, person};
use crate::audit::erase::erase_values_of;
use crate::db::{Db, Failure, Record, Tx};
use crate::document::entity::document;
use crate::message::entity::{message, notice, sandbox_mail, task};
use crate::referral::entity::{booklet, booklet_entry, referral, referral_document, referral_filing, retrieval};
use crate::referral::view::PathStepView;

/// Whose rows: some records, and some legs.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// The records.
    pub people: &'a [PersonId],
    /// The legs.
    pub legs: &'a [ReferralId],
}

/// What one table holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// The table.
    pub table: String,
    /// Its rows, column by column; keys and hashes left out.
    pub rows: Vec<Map<String, Value>>,
}

/// Rows of one table that are taken out at most.
pub const MOST_ROWS: usize = 5_000;

/// Tables whose rows are the same for both sides of a leg, whoever wrote them.
const SHARED: &[&str] = &["person", "message", "disclosure", "document"];
/// Texts in rows that several organisations share, and the column that names the one whose text it is: it is that one's to give.
const WRITTEN_BY: &[(&str, &str, &str)] = &[
    ("retrieval", "urgent_reason", "claimant_organisation_id"),
    ("retrieval", "objection", "holder_organisation_id"),
    ("referral", "blocked_reason", "sender_organisation_id"),
    ("consent", "withdrawal_reason", "person_id"),
];
/// What the platform keeps beside a row for moderators and clocks: it is about the organisations, and neither side is told.
const UNTOLD: &[(&str, &str)] = &[("referral", "warnings"), ("referral", "plan")];
/// Columns that cannot be null and hold a JSON object, not a list.
const OBJECTS: &[(&str, &str)] = &[("referral", "form")];

macro_rules! tables {
    ($($room:ident),+ $(,)?) => {
        /// The tables that are walked through.
        pub fn tables() -> Vec<String> {
            vec![$($room::Entity.table_name().to_owned()),+]
        }

        /// Everything that an organisation holds, table by table.
        ///
        /// # Errors
        /// As any read.
        pub async fn told(db: &Db, whose: Whose<'_>, organisation: OrganisationId) -> Result<Vec<Held>, Failure> {
            // The booklets are the organisation's own stock, and stay when the person is forgotten: they are shown all the same.
            let booklets = told_of::<booklet::Entity>(db, whose, organisation).await?;
            Ok(vec![$(told_of::<$room::Entity>(db, whose, organisation).await?,)+ booklets])
        }

        async fn forget_rows(tx: &Tx, whose: Whose<'_>) -> Result<Vec<Uuid>, Failure> {
            let mut objects = vec![];
            $(objects.extend(forget_of::<$room::Entity>(tx, whose).await?);)+
            Ok(objects)
        }
    };
}

tables![
    person,
    referral,
    consent,
    disclosure,
    identity_link,
    referral_filing,
    message,
    notice,
    task,
    booklet_entry,
    retrieval,
    document,
    referral_document
];

fn column_named<E: EntityTrait>(name: &str) -> Option<E::Column> {
    E::Column::iter().find(|column| column.as_str() == name)
}

/// The rows of a table that belong to somebody; none when nothing can.
fn belong<E: EntityTrait>(whose: Whose<'_>) -> Option<Condition> {
    let table = data_map::table_named(E::default().table_name())?;
    let mut any = Condition::any();
    for way in table.ways() {
        let legs = || -> Vec<Uuid> { whose.legs.iter().map(|id| id.0).collect() };
        let (name, ids): (&str, Vec<Uuid>) = match way {
            Way::Person(name) => (name, whose.people.iter().map(|id| id.0).collect()),
            Way::Leg(name) => (name, legs()),
            Way::Tied { by, column } => {
                let tied = Query::select()
                    .column(Alias::new(column))
                    .from(Alias::new(by))
                    .and_where(Expr::col(Alias::new("referral_id")).is_in(legs()))
                    .take();
                if let Some(id) = column_named::<E>("id").filter(|_| !whose.legs.is_empty()) {
                    any = any.add(id.in_subquery(tied));
                }
                continue;
            }
        };
        if let Some(column) = column_named::<E>(name).filter(|_| !ids.is_empty()) {
            any = any.add(column.is_in(ids));
        }
    }
    (!any.is_empty()).then_some(any)
}

async fn told_of<E: EntityTrait>(db: &Db, whose: Whose<'_>, organisation: OrganisationId) -> Result<Held, Failure>
where
    E::Model: ModelTrait<Entity = E> + Send + Sync,
{
    let table = E::default().table_name().to_owned();
    let Some(belong) = belong::<E>(whose) else { return Ok(Held { table, rows: vec![] }) };
    let mut query = E::find().filter(belong);
    // What another organisation wrote for itself is not ours to hand out.
    if let Some(own) = column_named::<E>("organisation_id").filter(|_| !SHARED.contains(&table.as_str())) {
        query = query.filter(Condition::any().add(own.eq(organisation)).add(own.is_null()));
    }
    let most = u64::try_from(MOST_ROWS).unwrap_or(u64::MAX);
    let rows = query.limit(most).all(db.reader()).await?;
    let shown = |row: &E::Model| {
        let untold =
            |name: &str| UNTOLD.contains(&(table.as_str(), name)) || data_map::holds(&table, name) == Some(Holds::Kind(Kind::Secret));
        let columns = E::Column::iter().filter(|column| !untold(column.as_str()));
        let told = columns.map(|column| (column.as_str().to_owned(), sea_value_to_json_value(&row.get(column))));
        without_foreign_texts(&table, told.collect(), whose, organisation)
    };
    Ok(Held { rows: rows.iter().map(shown).collect(), table })
}

/// A row without what others wrote in it.
fn without_foreign_texts(table: &str, mut row: Map<String, Value>, whose: Whose<'_>, organisation: OrganisationId) -> Map<String, Value> {
    for (_, text, author) in WRITTEN_BY.iter().filter(|(shared, _, _)| *shared == table) {
        let author = row.get(*author).and_then(Value::as_str).unwrap_or_default();
        let own = author == organisation.to_string() || whose.people.iter().any(|person| author == person.to_string());
        if let Some(told) = row.get_mut(*text).filter(|_| !own) {
            *told = Value::Null;
        }
    }
    let receives = row.get("receiver_organisation_id").and_then(Value::as_str) == Some(organisation.to_string().as_str());
    if let Some(path) = row.get_mut("path").filter(|_| table == "referral" && !receives) {
        let steps: Vec<PathStep> = serde_json::from_value(path.take()).unwrap_or_default();
        *path = json!(steps.into_iter().map(|step| PathStepView::of(step, true)).collect::<Vec<_>>());
    }
    row
}

/// The empty value of a column.
fn nothing<C: ColumnTrait>(table: &str, column: C) -> Result<Expr, Failure> {
    let definition = column.def();
    if definition.is_null() {
        return Ok(Expr::cust("NULL"));
    }
    Ok(match definition.get_column_type() {
        ColumnType::String(_) | ColumnType::Text => Expr::val(""),
        ColumnType::Json | ColumnType::JsonBinary if OBJECTS.contains(&(table, column.as_str())) => Expr::val(json!({})),
        ColumnType::Json | ColumnType::JsonBinary => Expr::val(json!([])),
        ColumnType::Integer | ColumnType::BigInteger => Expr::val(0),
        ColumnType::Boolean => Expr::val(false),
        other => return Err(Failure::Failed(format!("{table}.{} has no empty value: {other:?}", column.as_str()))),
    })
}

async fn forget_of<E: Record>(tx: &Tx, whose: Whose<'_>) -> Result<Vec<Uuid>, Failure>
where
    E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Clone + Send + Sync,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let name = E::default().table_name().to_owned();
    let (Some(belong), Some(table)) = (belong::<E>(whose), data_map::table_named(&name)) else { return Ok(vec![]) };
    // What is only tied to legs may be tied to others as well: its own room lets go of it when nothing holds it any more.
    if table.ways().iter().any(|way| matches!(way, Way::Tied { .. })) {
        return Ok(vec![]);
    }
    let objects: Vec<Uuid> = E::find().filter(belong.clone()).all(tx.conn()).await?.iter().map(E::object_id).collect();
    let mut update = E::update_many().filter(belong);
    let mut emptied = false;
    for column in table.forgotten_columns().filter_map(column_named::<E>) {
        update = update.col_expr(column, nothing(&name, column)?);
        emptied = true;
    }
    if emptied && !objects.is_empty() {
        if let Some(blanked) = column_named::<E>("blanked_at") {
            update = update.col_expr(blanked, Expr::val(tx.ctx().now));
        }
        if let Some(version) = E::version_column() {
            update = update.col_expr(version, Expr::col(version).add(1));
        }
        update.exec(tx.conn()).await?;
    }
    Ok(objects)
}

/// Forgets what is held: contents are emptied where they stand, in the journal of changes and in the sandbox's mailbox; ids, states
/// and instants stay for the counts. Leaves one entry an object in the journal, without values.
///
/// # Errors
/// As any write.
pub async fn forget(tx: &mut Tx, whose: Whose<'_>, act: &str, reason: Option<&str>) -> Result<(), Failure> {
    forget_mails(tx, whose.legs).await?;
    let mut objects = forget_rows(tx, whose).await?;
    objects.sort_unstable();
    objects.dedup();
    erase_values_of(tx, &objects).await?;
    for person in whose.people {
        tx.note("person", person.0, act, reason);
    }
    for leg in whose.legs {
        tx.note("referral", leg.0, act, reason);
    }
    Ok(())
}

/// A mail's id begins with that of its notice.
async fn forget_mails(tx: &Tx, legs: &[ReferralId]) -> Result<(), Failure> {
    if legs.is_empty() {
        return Ok(());
    }
    let about = notice::Entity::find().filter(notice::Column::ReferralId.is_in(legs.iter().copied())).all(tx.conn()).await?;
    let ids: Vec<NoticeId> = about.into_iter().map(|row| row.id).collect();
    for some in ids.chunks(200) {
        let any = some.iter().fold(Condition::any(), |any, id| any.add(sandbox_mail::Column::MessageId.starts_with(format!("{id}."))));
        sandbox_mail::Entity::delete_many().filter(any).exec(tx.conn()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_that_is_about_the_person_is_walked_through() {
        let walked = tables();
        for table in data_map::kept_with_referrals() {
            let excused = data_map::NOT_ABOUT_THE_PERSON.iter().any(|(name, _)| *name == table.name);
            assert!(excused || walked.iter().any(|name| name == table.name), "{} is not in `tables!`", table.name);
        }
    }

    #[test]
    fn what_is_forgotten_has_an_empty_value() {
        fn check<E: EntityTrait>() {
            let name = E::default().table_name().to_owned();
            for column in data_map::table_named(&name).unwrap().forgotten_columns() {
                let column = column_named::<E>(column).unwrap_or_else(|| panic!("{name}.{column} is not in the entity"));
                nothing(&name, column).unwrap();
            }
        }
        check::<person::Entity>();
        check::<referral::Entity>();
        check::<consent::Entity>();
        check::<referral_filing::Entity>();
        check::<message::Entity>();
        check::<task::Entity>();
        check::<booklet_entry::Entity>();
        check::<retrieval::Entity>();
        check::<document::Entity>();
        check::<referral_document::Entity>();
    }
}
