//! The evaluation in words, in one language.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::evaluate::{Asked, Evaluation, Judged, Verdict};
use super::next::NextQuestion;
use super::reason::{CriterionState, Reason, ReasonCode};
use super::texts::own_label;
use crate::directory::{CriterionKind, DocumentCode, RequiredDocument, Slug};
use crate::shared::contact::Language;

/// Why a criterion stands as it does.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = EligibilityReason)]
pub struct ReasonView {
    /// The code.
    pub code: ReasonCode,
    /// The same in the caller's language.
    pub label: String,
    /// What the rule says: bounds, zones, codes.
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

/// One criterion, judged.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = EligibilityCriterion)]
pub struct JudgedView {
    /// Its id; `audience` and `coverage` are the service's audiences and coverage.
    pub id: Slug,
    /// The criterion that counts it; null for one that stands by itself.
    pub within: Option<Slug>,
    /// The condition in words.
    pub label: String,
    /// What it looks at; null for words only.
    pub kind: Option<CriterionKind>,
    /// Whether it must be met.
    pub obligatory: bool,
    /// How it stands.
    pub state: CriterionState,
    /// Why.
    pub reason: ReasonView,
}

/// The question to ask next.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = EligibilityQuestion)]
pub struct QuestionView {
    /// The criterion that it settles.
    pub criterion: Slug,
    /// What to ask: the service's own words, or a standard question in the caller's language.
    pub text: String,
}

/// Whether a person meets what a service asks, as far as it is told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Eligibility)]
pub struct EligibilityView {
    /// What follows from all criteria together.
    pub verdict: Verdict,
    /// Every criterion with its reason.
    pub criteria: Vec<JudgedView>,
    /// The unknown criterion that can decide most; null when the verdict is known.
    pub next_question: Option<QuestionView>,
    /// The documents that the service asks for.
    pub documents: Vec<RequiredDocument>,
    /// Codes of the documents that it wants and that are not known to be at hand and valid.
    pub documents_missing: Vec<DocumentCode>,
    /// The ids of obligatory criteria that are not met.
    pub blocking: Vec<Slug>,
}

impl Evaluation {
    /// The evaluation in words.
    pub fn in_words(self, asked: Asked, language: Language) -> EligibilityView {
        EligibilityView {
            verdict: self.verdict,
            criteria: self.criteria.into_iter().map(|one| one.in_words(language)).collect(),
            next_question: self.next_question.map(|next| next.in_words(language)),
            documents: asked.documents,
            documents_missing: self.documents_missing,
            blocking: self.blocking,
        }
    }
}

impl Judged {
    fn in_words(self, language: Language) -> JudgedView {
        let Self { id, within, label, kind, obligatory, state, reason } = self;
        let label = label.map_or_else(|| own_label(id.as_str()).in_language(language).to_owned(), |label| label.to_string());
        let Reason { code, params } = reason;
        let reason = ReasonView { code, label: code.text().in_language(language).to_owned(), params };
        JudgedView { id, within, label, kind, obligatory, state, reason }
    }
}

impl NextQuestion {
    fn in_words(self, language: Language) -> QuestionView {
        let Self { criterion, kind, question, label } = self;
        let standard = kind.and_then(CriterionKind::standard_question).map(|text| text.in_language(language).to_owned());
        let own = question.map(|question| question.to_string());
        let text = own.or(standard).or(label.map(|label| label.to_string())).unwrap_or_else(|| criterion.to_string());
        QuestionView { criterion, text }
    }
}
