//! Figures of referrals: counts, acceptance, how long answers take.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use relais_domain::access::{Permission, Resource, Side};
use relais_domain::referral::Direction;
use relais_domain::report::{Cell, GroupBy, LEAST, Month, Statement, told};
use relais_persistence::report::read::{self, Division, Question};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{App, Caller, Refusal};

/// How many months a report covers at most.
const MOST_MONTHS: i32 = 120;
/// How many months it covers when nothing is said, the current one included.
const USUAL_MONTHS: i32 = 12;

/// Which figures.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatisticsQuery {
    /// `sent`: one case per chain, in the state of the leg that is open or ended last. `received`: each leg is a case.
    pub direction: Direction,
    /// The first month, `YYYY-MM`; eleven months before the last when absent.
    #[param(required = false, value_type = String, min_length = 7, max_length = 7, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    #[serde(default)]
    pub from: Option<String>,
    /// The last month, included; the current one when absent.
    #[param(required = false, value_type = String, min_length = 7, max_length = 7, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    #[serde(default)]
    pub to: Option<String>,
    /// By what the cases are divided; not at all when absent.
    #[serde(default)]
    pub group_by: Option<GroupBy>,
}

/// Figures of referrals.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReferralStatistics {
    /// What was sent or what was received.
    pub direction: Direction,
    /// The first month.
    #[schema(example = "2026-01")]
    pub from: String,
    /// The last month, included.
    #[schema(example = "2026-12")]
    pub to: String,
    /// By what the cases are divided.
    pub group_by: Option<GroupBy>,
    /// The fewest cases that anything is told of.
    pub least: u64,
    #[serde(flatten)]
    #[schema(inline)]
    pub statement: Statement,
}

/// Counts the referrals of the acting organisation that the caller may count: that they exist is enough, content is not looked at.
/// Months are those of the organisation's zone. A case belongs to the month in which its receiver was first told.
///
/// # Errors
/// `organisation_unverified` (403) for what an unverified organisation received; 403 without `referrals:statistics` on that side;
/// `period_reversed`, `out_of_range` (422).
pub async fn statistics(app: &App, caller: &Caller, query: &StatisticsQuery) -> Result<ReferralStatistics, Refusal> {
    let side = match query.direction {
        Direction::Sent => Side::Sent,
        Direction::Received => Side::Received,
    };
    if side == Side::Received && caller.acting_for.as_ref().is_some_and(|acting| !acting.verified) {
        return Err(Refusal::Barred("organisation_unverified"));
    }
    let rule = caller.policy.on_side(side).rule(Resource::Referral, Permission::ReferralsStatistics);
    if rule.is_never() {
        return Err(Refusal::Forbidden(Permission::ReferralsStatistics));
    }
    let zone = caller.acting_for.as_ref().map_or(Tz::UTC, |acting| acting.time_zone);
    let (first, last) = months(query, Month::of(app.clock.now().with_timezone(&zone).date_naive()))?;
    let question = Question {
        direction: query.direction,
        from: begin_of(first, zone)?,
        to: begin_of(last.plus(1), zone)?,
        division: division(query.group_by, first, last, zone)?,
    };
    let cells = in_order(query.group_by, read::cells(&app.db, &rule, &question).await?);
    let mut statement = told(query.group_by, cells);
    if query.group_by.is_none() {
        statement.groups.clear();
    }
    Ok(ReferralStatistics {
        direction: query.direction,
        from: first.to_string(),
        to: last.to_string(),
        group_by: query.group_by,
        least: LEAST,
        statement,
    })
}

fn months(query: &StatisticsQuery, current: Month) -> Result<(Month, Month), Refusal> {
    let read = |text: &Option<String>, pointer: &str| match text {
        None => Ok(None),
        Some(text) => text.parse::<Month>().map(Some).map_err(|_| Refusal::invalid("out_of_range", pointer)),
    };
    let last = read(&query.to, "?to")?.unwrap_or(current);
    let first = read(&query.from, "?from")?.unwrap_or_else(|| last.plus(1 - USUAL_MONTHS));
    match first.until(last) {
        ..=0 => Err(Refusal::invalid("period_reversed", "?to")),
        1..=MOST_MONTHS => Ok((first, last)),
        _ => Err(Refusal::invalid("out_of_range", "?from")),
    }
}

/// The instant at which a month begins in a zone.
fn begin_of(month: Month, zone: Tz) -> Result<DateTime<Utc>, Refusal> {
    let begin = month.first_day().and_then(|day| day.and_time(NaiveTime::MIN).and_local_timezone(zone).earliest());
    Ok(begin.ok_or_else(|| Refusal::invalid("out_of_range", "?from"))?.to_utc())
}

fn division(by: Option<GroupBy>, first: Month, last: Month, zone: Tz) -> Result<Division, Refusal> {
    let name: fn(Month) -> String = match by {
        None => return Ok(Division::None),
        Some(GroupBy::Month) => |month| month.to_string(),
        Some(GroupBy::Quarter) => Month::quarter,
        Some(GroupBy::Year) => |month| format!("{:04}", month.year()),
        Some(other) => return Ok(Division::By(other)),
    };
    let periods = (0..first.until(last)).map(|months| {
        let month = first.plus(months);
        Ok((name(month), begin_of(month.plus(1), zone)?))
    });
    Ok(Division::Periods(periods.collect::<Result<_, Refusal>>()?))
}

/// Periods in their order, other groups by size. Reasons are those that were given first.
fn in_order(by: Option<GroupBy>, cells: Vec<Cell>) -> Vec<Cell> {
    let mut groups: BTreeMap<Option<String>, Cell> = BTreeMap::new();
    for cell in cells {
        let key = cell.key.as_deref().and_then(|key| key_of(by, key));
        let group = groups.entry(key.clone()).or_insert_with(|| Cell { key, label: cell.label.clone(), ..Cell::default() });
        group.tally.merge(&cell.tally);
    }
    let mut groups: Vec<Cell> = groups.into_values().collect();
    if !matches!(by, Some(GroupBy::Month | GroupBy::Quarter | GroupBy::Year)) {
        groups.sort_by_key(|group| std::cmp::Reverse(group.tally.count()));
    }
    groups
}

/// A group's key as it is told: the engines write ids and lists each in their own way.
fn key_of(by: Option<GroupBy>, key: &str) -> Option<String> {
    match by {
        Some(GroupBy::Service) => Uuid::try_parse(key).ok().map(|id| id.to_string()),
        Some(GroupBy::Reason) => serde_json::from_str::<Vec<String>>(key).ok()?.into_iter().next(),
        _ => Some(key.to_owned()),
    }
}
