//! What is counted, and the figures that are told of it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::Spans;
use crate::referral::State;

crate::choice! {
    /// By what figures are divided: one division at a time, so that two of them are never crossed to find a single case.
    pub enum GroupBy {
        /// The state of the leg.
        State = "state",
        /// The service asked for.
        Service = "service",
        /// Why it was refused: the first reason given.
        Reason = "reason",
        /// The calendar month in which the receiver was told.
        Month = "month",
        /// The quarter.
        Quarter = "quarter",
        /// The year.
        Year = "year",
    }
}

/// What was counted, before anything is told: never leaves the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases by state.
    pub states: BTreeMap<State, u64>,
    /// From telling the receiver to the first answer of any kind.
    pub first_answer: Spans,
    /// From telling the receiver to acceptance or refusal.
    pub decision: Spans,
}

impl Tally {
    /// How many cases there are.
    pub fn count(&self) -> u64 {
        self.states.values().sum()
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        let Self { states, first_answer, decision } = other;
        for (state, count) in states {
            *self.states.entry(*state).or_default() += count;
        }
        self.first_answer.merge(first_answer);
        self.decision.merge(decision);
    }

    fn of(&self, states: &[State]) -> u64 {
        states.iter().filter_map(|state| self.states.get(state)).sum()
    }

    /// Cases that were accepted, whether or not the help has ended since.
    pub fn accepted(&self) -> u64 {
        self.of(state::ACCEPTED)
    }

    /// Cases that ended without acceptance by the receiver's doing: refused, or never answered. What was passed on is neither.
    pub fn declined(&self) -> u64 {
        self.of(state::DECLINED)
    }

    /// Cases that were refused: exactly these have a reason.
    pub fn refused(&self) -> u64 {
        self.of(&[State::Refused])
    }

    /// What was accepted, what was declined, and what is neither: together all cases.
    pub fn outcomes(&self) -> [u64; 3] {
        let (accepted, declined) = (self.accepted(), self.declined());
        [accepted, declined, self.count() - accepted - declined]
    }
}

/// The states that acceptance is made of.
pub mod state {
    use crate::referral::State;

    /// Accepted at some time.
    pub const ACCEPTED: &[State] = &[State::Accepted, State::Completed];
    /// Refused, or expired without an answer.
    pub const DECLINED: &[State] = &[State::Refused, State::Expired];
}

/// The cases of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The group; none where the case has nothing of the kind, such as no service.
    pub key: Option<String>,
    /// The name of the group.
    pub label: Option<String>,
    /// What was counted.
    pub tally: Tally,
}

/// Cases in one state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportStateCount)]
pub struct StateCount {
    /// The state.
    pub state: State,
    /// How many.
    pub count: u64,
}

/// How long something took, in days with one decimal.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportSpan)]
pub struct SpanFigures {
    /// Half of the cases took no longer.
    pub median_days: f64,
    /// Nine of ten cases took no longer.
    pub p90_days: f64,
}

/// Figures of a set of cases. Null stands for what rests on fewer than five cases, or would betray such a number by subtraction.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportFigures)]
pub struct Figures {
    /// How many cases.
    pub count: u64,
    /// Accepted by accepted, refused and expired together, with two decimals. What ended in another way is not asked.
    pub acceptance: Option<f64>,
    /// From telling the receiver to the first answer of any kind.
    pub first_answer: Option<SpanFigures>,
    /// From telling the receiver to acceptance or refusal.
    pub decision: Option<SpanFigures>,
}

/// The figures of one group.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportGroup)]
pub struct Group {
    /// The code, id, or period; null where cases have none, such as no service.
    pub key: Option<String>,
    /// The name, where it has one.
    pub label: Option<String>,
    #[serde(flatten)]
    #[schema(inline)]
    pub figures: Figures,
}

/// All that is told of what was counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportStatement)]
pub struct Statement {
    /// All cases; null when they are between one and four.
    pub total: Option<Figures>,
    /// All cases by state: those states that may be told, the others together in `other_states`.
    pub states: Vec<StateCount>,
    /// Cases in states that are not told one by one.
    pub other_states: Option<u64>,
    /// The groups that may be told, the largest first; periods in their order.
    pub groups: Vec<Group>,
    /// The groups that are not told one by one, together: small ones, and as many others as it takes to hide them.
    pub other_groups: Option<Figures>,
}
