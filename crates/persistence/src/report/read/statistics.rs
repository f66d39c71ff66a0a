//! Counting referrals, in one statement: states, and how often each span of time occurred. What comes back grows with the number of
//! groups and of different spans, not with the number of referrals.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use relais_domain::access::Rule;
use relais_domain::referral::{Direction, Kind, State};
use relais_domain::report::{Cell, GroupBy};
use sea_orm::sea_query::{
    Alias, CaseStatement, CommonTableExpression, Expr, ExprTrait as _, Func, JoinType, Query, SelectStatement, UnionType, WithClause,
};
use sea_orm::{ConnectionTrait as _, QueryResult};

use crate::db::{Db, Engine, Failure};
use crate::directory::entity::service;
use crate::referral::entity::referral;
use crate::referral::read::{at, counted_legs, leg};

/// By what is divided.
#[derive(Clone, Debug)]
pub enum Division {
    /// Not at all.
    None,
    /// By something of the leg.
    By(GroupBy),
    /// By periods: the name of each and when it ends, in their order.
    Periods(Vec<(String, DateTime<Utc>)>),
}

/// What is counted.
#[derive(Clone, Debug)]
pub struct Question {
    /// Chains that were sent, or legs that were received.
    pub direction: Direction,
    /// Told (sent, where nobody was told) at or after.
    pub from: DateTime<Utc>,
    /// Before.
    pub to: DateTime<Utc>,
    /// By what.
    pub division: Division,
}

const FACTS: &str = "facts";
const ROOT: &str = "root";

/// Counts what a rule shows. A chain is counted once, as the leg that is open or ended last, from the first time that a receiver was
/// told; a received leg is counted for itself. Groups come in no order.
///
/// # Errors
/// As any read.
pub async fn cells(db: &Db, rule: &Rule, question: &Question) -> Result<Vec<Cell>, Failure> {
    let facts = facts(db.engine(), rule, question);
    let nothing = |kind: &'static str| Expr::cust(format!("CAST(NULL AS {kind})"));
    let states = part(0, Expr::col("state"), nothing("bigint"), &["state"]);
    let answers = part(1, nothing("text"), Expr::col("answer"), &["answer"]).and_where(Expr::col("answer").is_not_null()).take();
    let decisions = part(2, nothing("text"), Expr::col("decision"), &["decision"]).and_where(Expr::col("decision").is_not_null()).take();
    let mut all = states;
    all.union(UnionType::All, answers).union(UnionType::All, decisions);
    let facts = CommonTableExpression::new().query(facts).table_name(Alias::new(FACTS)).to_owned();
    let query = all.with(WithClause::new().cte(facts).to_owned());
    collect(&db.reader().query_all(&query).await?)
}

/// One part of the answer: how many facts have the same values.
fn part(number: i32, state: Expr, span: Expr, by: &[&'static str]) -> SelectStatement {
    let mut query = Query::select();
    query.expr(Expr::val(number).cast_as("integer")).column("group_key").column("label").expr(state).expr(span);
    query.expr(Expr::cust("COUNT(*)")).from(Alias::new(FACTS)).group_by_columns(["group_key", "label"]);
    query.group_by_columns(by.iter().copied());
    query
}

/// One row per case: its group, its state and its two spans.
fn facts(engine: Engine, rule: &Rule, question: &Question) -> SelectStatement {
    use referral::Column as C;
    let mut query = counted_legs(rule);
    // A leg that came back awaits a new answer from then on; to the sender, the whole chain was one wait.
    let anew = |told: &Expr, until: &Expr| {
        Expr::expr(CaseStatement::new().case(leg(C::ReturnedAt).lte(until.clone()), leg(C::ReturnedAt)).finally(told.clone()))
    };
    let begun = |told: &Expr, until: &Expr| match question.direction {
        Direction::Received => anew(told, until),
        Direction::Sent => told.clone(),
    };
    let (told, placed, answered) = match question.direction {
        Direction::Received => {
            query.and_where(leg(C::ToldAt).is_not_null());
            (leg(C::ToldAt), leg(C::ToldAt), leg(C::AnsweredAt))
        }
        Direction::Sent => {
            let first = at(ROOT, C::Id).eq(leg(C::RootId));
            query
                .join_as(JoinType::InnerJoin, referral::Entity, Alias::new(ROOT), first)
                .and_where(leg(C::Head).eq(true))
                .and_where(leg(C::State).ne(State::Draft.code()))
                // Whoever came to the counter was sent by nobody.
                .and_where(leg(C::Kind).ne(Kind::WalkIn.code()));
            let told = first_told();
            let placed = Func::coalesce([told.clone(), at(ROOT, C::SentAt), at(ROOT, C::CreatedAt)]);
            (told, Expr::expr(placed), first_answer())
        }
    };
    query.and_where(placed.clone().gte(question.from)).and_where(placed.clone().lt(question.to));
    let (key, label) = group(engine, &mut query, &question.division, &placed);
    // Nobody waited for who came to the counter, or was fetched and taken in charge in one: such a leg is counted, not timed.
    let unasked = leg(C::Kind).eq(Kind::WalkIn.code()).or(at_once());
    let timed = |span: Expr| match question.direction {
        Direction::Received => Expr::expr(CaseStatement::new().case(unasked.clone(), Expr::cust("CAST(NULL AS bigint)")).finally(span)),
        Direction::Sent => span,
    };
    query
        .expr_as(key, "group_key")
        .expr_as(label, "label")
        .expr_as(leg(C::State), "state")
        .expr_as(timed(tenths(engine, begun(&told, &answered), answered)), "answer")
        .expr_as(timed(tenths(engine, begun(&told, &leg(C::DecidedAt)), leg(C::DecidedAt))), "decision");
    query
}

/// A leg that was fetched and taken in charge in one.
fn at_once() -> Expr {
    use referral::Column as C;
    leg(C::Kind).eq(Kind::Retrieval.code()).and(leg(C::AnsweredAt).lte(leg(C::ToldAt)))
}

/// When a receiver was first told of the chain of a leg. One that began at the counter was told of when it was handed over.
fn first_told() -> Expr {
    use referral::Column as C;
    let came = at(ROOT, C::Kind).eq(Kind::WalkIn.code());
    let handed_over = Query::select()
        .expr(at("sent", C::ToldAt).min())
        .from_as(referral::Entity, Alias::new("sent"))
        .and_where(at("sent", C::RootId).eq(leg(C::RootId)))
        .and_where(at("sent", C::Kind).ne(Kind::WalkIn.code()))
        .take();
    Expr::expr(CaseStatement::new().case(came, Expr::from(handed_over)).finally(at(ROOT, C::ToldAt)))
}

/// When the chain of a leg was first answered. Most chains have one leg, which is asked itself; where the first came to the counter,
/// nobody was asked.
fn first_answer() -> Expr {
    use referral::Column as C;
    let first = Query::select()
        .expr(Expr::expr(Func::coalesce([at("other", C::FirstAnsweredAt), at("other", C::AnsweredAt)])).min())
        .from_as(referral::Entity, Alias::new("other"))
        .and_where(at("other", C::RootId).eq(leg(C::RootId)))
        .and_where(at("other", C::Kind).ne(Kind::WalkIn.code()))
        .take();
    let alone = leg(C::Id).eq(leg(C::RootId)).and(leg(C::ReturnedAt).is_null());
    Expr::expr(CaseStatement::new().case(alone, leg(C::AnsweredAt)).finally(Expr::from(first)))
}

fn group(engine: Engine, query: &mut SelectStatement, division: &Division, placed: &Expr) -> (Expr, Expr) {
    use referral::Column as C;
    let nothing = || Expr::cust("CAST(NULL AS text)");
    let key = match division {
        Division::None => nothing(),
        Division::By(GroupBy::Service) => {
            let asked = at("asked", service::Column::Id).eq(leg(C::ServiceId));
            query.join_as(JoinType::LeftJoin, service::Entity, Alias::new("asked"), asked);
            let id = match engine {
                Engine::Postgres => leg(C::ServiceId).cast_as("text"),
                Engine::Sqlite => Expr::expr(Func::cust("hex").arg(leg(C::ServiceId))),
            };
            return (id, at("asked", service::Column::Name));
        }
        Division::By(GroupBy::Reason) => leg(C::RefusalCodes).cast_as("text"),
        Division::By(_) => leg(C::State),
        Division::Periods(periods) => {
            let case = periods.iter().fold(CaseStatement::new(), |case, (name, end)| case.case(placed.clone().lt(*end), name.as_str()));
            Expr::expr(case.finally(nothing())).cast_as("text")
        }
    };
    (key, nothing())
}

/// The time between two instants in tenths of a day; null when one of them is.
fn tenths(engine: Engine, from: Expr, to: Expr) -> Expr {
    let seconds = |at: Expr| match engine {
        Engine::Postgres => Expr::cust_with_exprs("CAST(FLOOR(EXTRACT(EPOCH FROM $1)) AS bigint)", [at]),
        Engine::Sqlite => Expr::cust_with_exprs("CAST(strftime('%s', ?) AS integer)", [at]),
    };
    // Half a tenth more, so that whole numbers are rounded; neither engine has to know the other's rounding.
    seconds(to).sub(seconds(from)).add(4320).div(8640)
}

fn collect(rows: &[QueryResult]) -> Result<Vec<Cell>, Failure> {
    let mut cells: BTreeMap<(Option<String>, Option<String>), Cell> = BTreeMap::new();
    for row in rows {
        let (part, key, label): (i32, Option<String>, Option<String>) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let many = u64::try_from(row.try_get_by_index::<i64>(5)?).unwrap_or(0);
        let cell = cells.entry((key.clone(), label.clone())).or_insert_with(|| Cell { key, label, ..Cell::default() });
        if part == 0 {
            *cell.tally.states.entry(row.try_get_by_index(3)?).or_default() += many;
        } else {
            let spans = if part == 1 { &mut cell.tally.first_answer } else { &mut cell.tally.decision };
            spans.add(row.try_get_by_index(4)?, many);
        }
    }
    Ok(cells.into_values().collect())
}
