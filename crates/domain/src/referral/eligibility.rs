//! What a form tells of the person's eligibility, and what is kept of it when the referral is sent.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Form, Offer};
use crate::eligibility::{
    Answer, Asked, ExpectedAnswer, Facts, HeldDocument, Judged, Known, QuestionRule, Rule, Slug, Test, Verdict, Zone,
};
use crate::shared::Blocker;

/// Whether the person met what the service asked when the referral was sent. Both sides see it. Kept as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
pub struct ReferralEligibility {
    /// What followed from all criteria together.
    pub verdict: Verdict,
    /// Every criterion with its reason.
    pub criteria: Vec<Judged>,
    /// Codes of documents that the service wanted and that were not known to be at hand and valid.
    pub documents_missing: Vec<String>,
    /// What the sender told, besides age and home.
    pub facts: Facts,
    /// The day for which it was judged.
    pub judged_on: NaiveDate,
}

impl ReferralEligibility {
    /// Judges a form against what a service asks now; none for an organisation without a service. `zones` are those in which the
    /// person's commune lies, empty when it is not known.
    pub fn of(form: &Form, offer: &Offer, zones: &[Zone], today: NaiveDate) -> Option<Self> {
        offer.service_id?;
        let known = form.known(&offer.asks);
        let judged = crate::eligibility::evaluate(&offer.asks, &known, zones, today);
        Some(Self {
            verdict: judged.verdict,
            criteria: judged.criteria,
            documents_missing: judged.documents_missing.iter().map(ToString::to_string).collect(),
            facts: known.facts,
            judged_on: today,
        })
    }

    /// One `criterion_not_met` (422) for each obligatory criterion that is not met, naming it and the reason.
    pub(super) fn blockers(&self) -> Vec<Blocker> {
        let blocking = self.criteria.iter().filter(|one| one.blocks());
        blocking
            .map(|one| {
                Blocker::content("criterion_not_met")
                    .at("/eligibility")
                    .with("criterion", one.id.as_str())
                    .with("reason", one.reason.code.code())
            })
            .collect()
    }

    /// Whether the person is or has something that the service asks for.
    pub(super) fn speaks_for_the_person(&self) -> bool {
        self.criteria.iter().any(Judged::speaks_for)
    }
}

impl Form {
    /// What the form tells, put together: the person's fields, what is ticked, and the facts. A tick says that a criterion is met,
    /// so it answers criteria in words only, and questions that nobody answered. What is ticked outweighs a fact that denies it.
    pub fn known(&self, asked: &Asked) -> Known {
        let mut facts = self.eligibility.clone().unwrap_or_default();
        facts.household_size = self.person.household_size.or(facts.household_size);
        ticked(&self.audiences, &mut facts.audiences, &mut facts.not_audiences);
        ticked(&self.person.statuses, &mut facts.statuses, &mut facts.not_statuses);
        for tick in &self.documents {
            let Ok(code) = tick.code.parse() else { continue };
            match facts.documents.iter_mut().find(|known| known.code == code) {
                Some(known) => known.at_hand = tick.at_hand,
                None => facts.documents.push(HeldDocument { code, at_hand: tick.at_hand, issued_on: None }),
            }
        }
        self.answer(asked, &mut facts.answers);
        let commune = self.person.commune.as_deref().and_then(|code| code.trim().parse().ok());
        Known { birth_year: self.person.birth_year, age_band: self.person.age_band, commune, facts, ..Known::default() }
    }

    fn answer(&self, asked: &Asked, answers: &mut BTreeMap<Slug, Answer>) {
        let mut tick = |id: &Slug, test: Option<&Test>| {
            let answer = match test {
                None => Some(Answer::Is(true)),
                Some(Test::Question(rule)) => expected(rule),
                Some(_) => None,
            };
            if let Some(answer) = answer.filter(|_| self.criteria.iter().any(|ticked| ticked == id.as_str())) {
                answers.entry(id.clone()).or_insert(answer);
            }
        };
        for criterion in &asked.criteria {
            match &criterion.rule {
                None => tick(&criterion.id, None),
                Some(Rule::Test(test)) => tick(&criterion.id, Some(test)),
                Some(Rule::Count(count)) => count.of.iter().for_each(|part| tick(&part.id, part.rule.as_ref())),
            }
        }
    }
}

/// The answer that meets a question.
fn expected(rule: &QuestionRule) -> Option<Answer> {
    match rule.expected {
        Some(expected) => Some(Answer::Is(expected == ExpectedAnswer::Yes)),
        None => Some(Answer::Words(rule.one_of.first()?.as_str().parse().ok()?)),
    }
}

fn ticked<T: std::str::FromStr + Eq>(codes: &[String], yes: &mut Vec<T>, no: &mut Vec<T>) {
    for code in codes.iter().filter_map(|code| code.parse().ok()) {
        no.retain(|denied| *denied != code);
        if !yes.contains(&code) {
            yes.push(code);
        }
    }
}
