//! How one fact is judged.

use chrono::{NaiveDate, TimeDelta};

use super::known::{Answer, Known};
use super::reason::{CriterionState, Reason, ReasonCode};
use crate::directory::{
    AgeRule, AudienceCode, DocumentRule, ExpectedAnswer, IncomeRule, Proof, QuestionRule, ResidenceRule, Slug, Test, Zone, ZoneKind,
    holds_resident,
};
use crate::shared::fold_text;

use CriterionState::{Met, NotMet, Unknown};

/// Everything that a rule may look at.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub known: &'a Known,
    /// The zones in which the person's commune lies; empty while no commune is known.
    pub zones: &'a [Zone],
    pub today: NaiveDate,
}

type Judgement = (CriterionState, Reason);

fn plain(state: CriterionState, code: ReasonCode) -> Judgement {
    (state, Reason::of(code))
}

/// Judges one fact, or, without a test, words.
pub(super) fn judge(id: &Slug, test: Option<&Test>, proof: Option<&Proof>, sight: Sight<'_>) -> Judgement {
    let facts = &sight.known.facts;
    match test {
        None => words(facts.answers.get(id)),
        Some(Test::Age(rule)) => age(rule, sight),
        Some(Test::Residence(rule)) => residence(rule, sight.zones),
        Some(Test::Audience(rule)) => {
            let codes = rule.any_of.iter().map(|code| AudienceCode::code(*code)).collect::<Vec<_>>();
            let (state, reason) = belongs(&rule.any_of, &facts.audiences, &facts.not_audiences);
            (state, reason.with("any_of", codes))
        }
        Some(Test::Status(rule)) => {
            let (state, reason) = belongs(&rule.any_of, &facts.statuses, &facts.not_statuses);
            (state, reason.with("any_of", &rule.any_of))
        }
        Some(Test::Income(rule)) => income(rule, sight.known),
        Some(Test::Document(rule)) => document(rule, proof, sight),
        Some(Test::Question(rule)) => question(rule, facts.answers.get(id)),
    }
}

fn words(answer: Option<&Answer>) -> Judgement {
    match answer {
        None => plain(Unknown, ReasonCode::WordsOnly),
        Some(Answer::Is(true)) => plain(Met, ReasonCode::SaidToBeMet),
        Some(Answer::Is(false)) => plain(NotMet, ReasonCode::SaidNotToBeMet),
        Some(Answer::Words(_)) => plain(Unknown, ReasonCode::AnswerNotUnderstood),
    }
}

fn age(rule: &AgeRule, sight: Sight<'_>) -> Judgement {
    let min = rule.min.unwrap_or(0);
    let max = rule.max.unwrap_or(i32::MAX);
    let (state, code) = match sight.known.ages(sight.today) {
        Some((_, oldest)) if oldest < min => (NotMet, ReasonCode::AgeBelow),
        Some((youngest, _)) if youngest > max => (NotMet, ReasonCode::AgeAbove),
        Some((youngest, oldest)) if youngest >= min && oldest <= max => (Met, ReasonCode::AgeWithin),
        _ => (Unknown, ReasonCode::AgeNotTold),
    };
    (state, Reason::of(code).with("min", rule.min).with("max", rule.max))
}

/// Elsewhere is known only of who is known whole: by the country, or by a zone of each kind that the rule names.
fn residence(rule: &ResidenceRule, zones: &[Zone]) -> Judgement {
    let has = |kind: ZoneKind| zones.iter().any(|zone| zone.kind == kind);
    let (state, code) = if zones.is_empty() {
        (Unknown, ReasonCode::HomeNotTold)
    } else if holds_resident(&rule.zones, zones) {
        (Met, ReasonCode::LivesThere)
    } else if has(ZoneKind::Country) || rule.zones.iter().all(|zone| has(zone.kind)) {
        (NotMet, ReasonCode::LivesElsewhere)
    } else {
        (Unknown, ReasonCode::ZoneNotKnown)
    };
    (state, Reason::of(code).with("zones", &rule.zones))
}

fn belongs<T: Eq>(any_of: &[T], yes: &[T], no: &[T]) -> Judgement {
    if any_of.iter().any(|code| yes.contains(code)) {
        plain(Met, ReasonCode::Belongs)
    } else if any_of.iter().all(|code| no.contains(code)) {
        plain(NotMet, ReasonCode::BelongsToNone)
    } else {
        plain(Unknown, ReasonCode::NotTold)
    }
}

fn income(rule: &IncomeRule, known: &Known) -> Judgement {
    let facts = &known.facts;
    let Some(told) = facts.income else { return plain(Unknown, ReasonCode::IncomeNotTold) };
    if told.amount.currency() != rule.currency {
        return (Unknown, Reason::of(ReasonCode::CurrencyDiffers).with("currency", rule.currency));
    }
    let (least, greatest) = match facts.household_size {
        Some(size) => (rule.yearly_limit(size), rule.yearly_limit(size)),
        None => (rule.least_yearly_limit(), rule.greatest_yearly_limit()),
    };
    if least.is_some_and(|limit| told.yearly() <= limit) {
        plain(Met, ReasonCode::IncomeWithin)
    } else if greatest.is_some_and(|limit| told.yearly() > limit) {
        plain(NotMet, ReasonCode::IncomeAbove)
    } else {
        plain(Unknown, ReasonCode::HouseholdNotTold)
    }
}

fn document(rule: &DocumentRule, proof: Option<&Proof>, sight: Sight<'_>) -> Judgement {
    let valid_days = proof.filter(|proof| proof.document == rule.code).and_then(|proof| proof.valid_days);
    let (state, code) = held(rule.code.as_str(), valid_days, sight);
    (state, Reason::of(code).with("document", rule.code.as_str()).with("valid_days", valid_days))
}

/// Whether a document is at hand and young enough.
pub(super) fn held(code: &str, valid_days: Option<i32>, sight: Sight<'_>) -> (CriterionState, ReasonCode) {
    let Some(document) = sight.known.facts.documents.iter().find(|document| document.code.as_str() == code) else {
        return (Unknown, ReasonCode::DocumentNotTold);
    };
    if !document.at_hand {
        return (NotMet, ReasonCode::DocumentNotAtHand);
    }
    match (valid_days, document.issued_on) {
        (None, _) => (Met, ReasonCode::DocumentAtHand),
        (Some(_), None) => (Unknown, ReasonCode::DocumentDateNotTold),
        (Some(_), Some(issued)) if issued > sight.today => (Unknown, ReasonCode::DocumentDateNotTold),
        (Some(days), Some(issued)) if sight.today - issued <= TimeDelta::days(days.into()) => (Met, ReasonCode::DocumentAtHand),
        (Some(_), Some(_)) => (NotMet, ReasonCode::DocumentExpired),
    }
}

fn question(rule: &QuestionRule, answer: Option<&Answer>) -> Judgement {
    let as_expected = match (answer, rule.expected) {
        (None, _) => return plain(Unknown, ReasonCode::NotAnswered),
        (Some(Answer::Is(yes)), Some(expected)) => *yes == (expected == ExpectedAnswer::Yes),
        (Some(Answer::Words(words)), None) => {
            let said = fold_text(words.as_str());
            rule.one_of.iter().any(|choice| fold_text(choice.as_str()) == said)
        }
        (Some(_), _) => return plain(Unknown, ReasonCode::AnswerNotUnderstood),
    };
    if as_expected { plain(Met, ReasonCode::AnsweredAsExpected) } else { plain(NotMet, ReasonCode::AnsweredOtherwise) }
}
