//! Eligibility: whether a person meets what a service asks, judged from whatever is known, with the reasons.
//!
//! What is not told stays unknown, and nothing that is told later turns a decided criterion or verdict back. The criteria
//! themselves are content of a service: see [`crate::directory::Criterion`].
//!
//! **Verdict.** Obligatory criteria must all be met, whatever the mode: one that is not met makes it `not_eligible`. The audiences
//! and the coverage of the service count among them, when it names any. Under [`CriteriaMode::All`] the others are wishes and
//! decide nothing. Under [`CriteriaMode::Any`] one of the others must be met; without others there is nothing to choose from.
//! Words alone are decided only by an answer. A service that asks nothing takes everybody.

mod age_band;
mod evaluate;
mod explain;
mod judge;
mod known;
mod next;
mod reason;
mod texts;

#[cfg(test)]
mod tests;

pub use age_band::{AgeBand, NotAnAgeBand};
pub use evaluate::{Asked, Evaluation, Judged, Verdict, evaluate};
pub use explain::{EligibilityView, JudgedView, QuestionView, ReasonView};
pub use known::{Answer, Facts, HeldDocument, Income, Known};
pub use next::NextQuestion;
pub use reason::{CriterionState, Reason, ReasonCode};

pub use crate::directory::{CriteriaMode, Criterion, ExpectedAnswer, QuestionRule, Rule, Slug, Test, Zone};
