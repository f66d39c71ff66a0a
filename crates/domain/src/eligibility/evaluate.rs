//! The evaluation: every criterion with its reason, and what follows from them together.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::judge::{Sight, held, judge};
use super::known::Known;
use super::next::{NextQuestion, next_question};
use super::reason::{CriterionState, Reason, ReasonCode};
use crate::choice;
use crate::directory::{
    AUDIENCE_ID, AudienceCode, AudienceRule, COVERAGE_ID, CountRule, Coverage, CriteriaMode, Criterion, CriterionKind, CriterionLabel,
    DocumentCode, Proof, QuestionText, RequiredDocument, ResidenceRule, Rule, Service, Slug, Test, Zone,
};

choice! {
    /// What follows from all criteria together.
    pub enum Verdict {
        /// The person meets what is asked.
        Eligible = "eligible",
        /// The person does not.
        NotEligible = "not_eligible",
        /// What is told does not decide it.
        Unknown = "unknown",
    }
}

/// What a service asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its criteria.
    pub criteria: Vec<Criterion>,
    /// How they go together.
    pub mode: CriteriaMode,
    /// Its audiences; empty for everyone, and when it has not told.
    pub audiences: Vec<AudienceCode>,
    /// Where the people live whom it receives; everywhere when it has not told.
    pub coverage: Option<Coverage>,
    /// The documents that it asks for.
    pub documents: Vec<RequiredDocument>,
}

impl Default for Asked {
    fn default() -> Self {
        Self { criteria: Vec::new(), mode: CriteriaMode::All, audiences: Vec::new(), coverage: None, documents: Vec::new() }
    }
}

impl From<&Service> for Asked {
    fn from(service: &Service) -> Self {
        Self {
            criteria: service.criteria.clone().unwrap_or_default(),
            mode: service.criteria_mode.unwrap_or(CriteriaMode::All),
            audiences: service.audiences.clone().unwrap_or_default(),
            coverage: service.coverage.clone(),
            documents: service.documents.clone().unwrap_or_default(),
        }
    }
}

/// One criterion, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = JudgedCriterion)]
pub struct Judged {
    /// Its id; `audience` and `coverage` are the service's audiences and coverage.
    pub id: Slug,
    /// The criterion that counts it.
    pub within: Option<Slug>,
    /// The condition in words; none for what the program adds itself.
    pub label: Option<CriterionLabel>,
    /// What it looks at; none for words only.
    pub kind: Option<CriterionKind>,
    /// Whether it must be met.
    pub obligatory: bool,
    /// How it stands.
    pub state: CriterionState,
    /// Why.
    pub reason: Reason,
}

/// Whether a person meets what a service asks, with the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// What follows from all criteria together.
    pub verdict: Verdict,
    /// Every criterion: the program's own first, then those of the service in their order, each followed by those that it counts.
    pub criteria: Vec<Judged>,
    /// The unknown criterion that can decide most; none when the verdict is known.
    pub next_question: Option<NextQuestion>,
    /// Codes of documents that the service wants and that are not known to be at hand and valid: its obligatory documents, those of
    /// obligatory criteria, and the proofs of criteria that are met.
    pub documents_missing: Vec<DocumentCode>,
    /// The ids of obligatory criteria that are not met.
    pub blocking: Vec<Slug>,
}

impl Judged {
    /// Whether it forbids by itself: it must be met and is not.
    pub fn blocks(&self) -> bool {
        self.obligatory && self.within.is_none() && self.state == CriterionState::NotMet
    }

    /// Whether the person is or has something that meets it. Living in the right place is not enough.
    pub fn speaks_for(&self) -> bool {
        self.state == CriterionState::Met && self.id.as_str() != COVERAGE_ID
    }
}

/// A criterion as it is judged: of the service, or the program's own.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub id: Slug,
    pub label: Option<CriterionLabel>,
    pub rule: Option<Rule>,
    pub obligatory: bool,
    question: Option<QuestionText>,
    proof: Option<Proof>,
}

/// One fact that is judged: an item itself, or one that it counts.
#[derive(Clone, Debug)]
pub(super) struct Leaf<'a> {
    /// The place of its item.
    pub item: usize,
    pub id: &'a Slug,
    pub label: Option<&'a CriterionLabel>,
    pub test: Option<&'a Test>,
    pub question: Option<&'a QuestionText>,
    proof: Option<&'a Proof>,
    pub state: CriterionState,
    reason: Reason,
}

fn items(asked: &Asked) -> Vec<Item> {
    let own = |id: &'static str, test: Test| Item {
        id: Slug::own(id),
        label: None,
        rule: Some(Rule::Test(test)),
        obligatory: true,
        question: None,
        proof: None,
    };
    let zones = asked.coverage.as_ref().map(|coverage| coverage.zones().to_vec()).filter(|zones| !zones.is_empty());
    let coverage = zones.map(|zones| own(COVERAGE_ID, Test::Residence(ResidenceRule { zones })));
    let any_of = Some(asked.audiences.clone()).filter(|audiences| !audiences.is_empty());
    let audience = any_of.map(|any_of| own(AUDIENCE_ID, Test::Audience(AudienceRule { any_of })));
    let told = asked.criteria.iter().map(|criterion| {
        let Criterion { id, rule, label, obligatory, question, proof } = criterion.clone();
        Item { id, label: Some(label), rule, obligatory, question, proof }
    });
    coverage.into_iter().chain(audience).chain(told).collect()
}

fn leaves<'a>(items: &'a [Item], sight: Sight<'_>) -> Vec<Leaf<'a>> {
    let mut leaves = Vec::new();
    let mut add = |item, id, label, test: Option<&'a Test>, question, proof: Option<&'a Proof>| {
        let (state, reason) = judge(id, test, proof, sight);
        leaves.push(Leaf { item, id, label, test, question, proof, state, reason });
    };
    for (place, item) in items.iter().enumerate() {
        match &item.rule {
            None => add(place, &item.id, item.label.as_ref(), None, item.question.as_ref(), item.proof.as_ref()),
            Some(Rule::Test(test)) => {
                add(place, &item.id, item.label.as_ref(), Some(test), item.question.as_ref(), item.proof.as_ref());
            }
            Some(Rule::Count(count)) => count.of.iter().for_each(|part| {
                add(place, &part.id, Some(&part.label), part.rule.as_ref(), part.question.as_ref(), part.proof.as_ref());
            }),
        }
    }
    leaves
}

/// How a count stands: what is met counts now, what is unknown may count later.
fn counted(rule: &CountRule, parts: &[(&Slug, CriterionState)]) -> (CriterionState, Reason) {
    let met = || parts.iter().filter(|(_, state)| *state == CriterionState::Met).map(|(id, _)| *id);
    let open = parts.iter().filter(|(_, state)| *state == CriterionState::Unknown).map(|(id, _)| *id);
    let now = rule.counted(met());
    let possible = rule.counted(met().chain(open));
    let needed = usize::try_from(rule.at_least).unwrap_or(0);
    let (state, code) = if now >= needed {
        (CriterionState::Met, ReasonCode::EnoughMet)
    } else if possible < needed {
        (CriterionState::NotMet, ReasonCode::TooFewLeft)
    } else {
        (CriterionState::Unknown, ReasonCode::MoreNeeded)
    };
    (state, Reason::of(code).with("met", now).with("at_least", needed))
}

/// How each item stands, given its leaves.
pub(super) fn standings(items: &[Item], leaves: &[Leaf<'_>]) -> Vec<(CriterionState, Reason)> {
    let of_item = |place: usize, item: &Item| {
        let own = leaves.iter().filter(|leaf| leaf.item == place);
        match &item.rule {
            Some(Rule::Count(rule)) => counted(rule, &own.map(|leaf| (leaf.id, leaf.state)).collect::<Vec<_>>()),
            _ => own.map(|leaf| (leaf.state, leaf.reason.clone())).next().unwrap_or_else(|| {
                // Every item that does not count has one leaf.
                (CriterionState::Unknown, Reason::of(ReasonCode::NotTold))
            }),
        }
    };
    items.iter().enumerate().map(|(place, item)| of_item(place, item)).collect()
}

/// What follows from how the items stand.
pub(super) fn verdict(items: &[Item], mode: CriteriaMode, states: &[CriterionState]) -> Verdict {
    let pairs = || items.iter().zip(states);
    let mut must = pairs().filter(|(item, _)| item.obligatory).map(|(_, state)| *state).collect::<Vec<_>>();
    let choice = pairs().filter(|(item, _)| !item.obligatory).map(|(_, state)| *state).collect::<Vec<_>>();
    if mode == CriteriaMode::Any && !choice.is_empty() {
        must.push(if choice.contains(&CriterionState::Met) {
            CriterionState::Met
        } else if choice.contains(&CriterionState::Unknown) {
            CriterionState::Unknown
        } else {
            CriterionState::NotMet
        });
    }
    if must.contains(&CriterionState::NotMet) {
        Verdict::NotEligible
    } else if must.contains(&CriterionState::Unknown) {
        Verdict::Unknown
    } else {
        Verdict::Eligible
    }
}

/// Judges what is known about a person against what a service asks. `zones` are those in which the person's commune lies, empty when
/// no commune is told; a list that names the country is taken to be complete.
pub fn evaluate(asked: &Asked, known: &Known, zones: &[Zone], today: NaiveDate) -> Evaluation {
    let sight = Sight { known, zones, today };
    let items = items(asked);
    let leaves = leaves(&items, sight);
    let standings = standings(&items, &leaves);
    let states: Vec<CriterionState> = standings.iter().map(|(state, _)| *state).collect();
    let verdict = verdict(&items, asked.mode, &states);
    let next_question = (verdict == Verdict::Unknown).then(|| next_question(&items, asked.mode, &leaves)).flatten();
    let documents_missing = documents_missing(asked, &items, &leaves, &states, sight);
    let mut criteria = Vec::new();
    for (place, (item, (state, reason))) in items.iter().zip(standings).enumerate() {
        criteria.push(Judged {
            id: item.id.clone(),
            within: None,
            label: item.label.clone(),
            kind: item.rule.as_ref().map(Rule::kind),
            obligatory: item.obligatory,
            state,
            reason,
        });
        if matches!(item.rule, Some(Rule::Count(_))) {
            criteria.extend(leaves.iter().filter(|leaf| leaf.item == place).map(|leaf| within(item, leaf)));
        }
    }
    let blocking = criteria.iter().filter(|one| one.blocks()).map(|one| one.id.clone()).collect();
    Evaluation { verdict, criteria, next_question, documents_missing, blocking }
}

fn within(item: &Item, leaf: &Leaf<'_>) -> Judged {
    Judged {
        id: leaf.id.clone(),
        within: Some(item.id.clone()),
        label: leaf.label.cloned(),
        kind: leaf.test.map(Test::kind),
        obligatory: false,
        state: leaf.state,
        reason: leaf.reason.clone(),
    }
}

fn documents_missing(asked: &Asked, items: &[Item], leaves: &[Leaf<'_>], states: &[CriterionState], sight: Sight<'_>) -> Vec<DocumentCode> {
    let mut wanted: Vec<(&DocumentCode, Option<i32>)> =
        asked.documents.iter().filter(|document| document.obligatory).map(|document| (&document.code, None)).collect();
    for (item, _) in items.iter().zip(states).filter(|(item, state)| item.obligatory && **state != CriterionState::Met) {
        if let Some(Rule::Test(Test::Document(rule))) = &item.rule {
            let proof = item.proof.as_ref().filter(|proof| proof.document == rule.code);
            wanted.push((&rule.code, proof.and_then(|proof| proof.valid_days)));
        }
    }
    let of_leaves = leaves.iter().filter(|leaf| leaf.state == CriterionState::Met).filter_map(|leaf| leaf.proof);
    let counts = items.iter().zip(states).filter(|(item, state)| {
        let counts = matches!(item.rule, Some(Rule::Count(_)));
        counts && **state == CriterionState::Met
    });
    let of_counts = counts.filter_map(|(item, _)| item.proof.as_ref());
    wanted.extend(of_leaves.chain(of_counts).map(|proof| (&proof.document, proof.valid_days)));
    let mut missing: Vec<DocumentCode> = Vec::new();
    for (code, valid_days) in wanted {
        if held(code.as_str(), valid_days, sight).0 != CriterionState::Met && !missing.contains(code) {
            missing.push(code.clone());
        }
    }
    missing
}
