//! What one session may do with one kind of record under one permission.

use super::{Category, Condition, Facts, Field, Mask, Operand};

/// Conditions with the categories they open, and conditions with the categories they close.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Each condition that is met adds its categories.
    pub allow: Vec<(Condition, Mask)>,
    /// Each condition that is met takes its categories away; one that names existence takes the record away.
    pub deny: Vec<(Condition, Mask)>,
}

impl Rule {
    /// The categories that are open on a record, or `None` when there is no access to it.
    pub fn decide(&self, facts: &dyn Facts) -> Option<Mask> {
        let met = |entries: &[(Condition, Mask)]| {
            let masks = entries.iter().filter(|(condition, _)| condition.holds(facts)).map(|(_, mask)| *mask);
            masks.reduce(Mask::union)
        };
        let allowed = met(&self.allow)?;
        let denied = met(&self.deny).unwrap_or_default();
        (!denied.contains(Category::Existence)).then(|| allowed.without(denied))
    }

    /// The records to which there is access: what `decide` answers with `Some`.
    pub fn visible(&self) -> Condition {
        let removing = self.deny.iter().filter(|(_, mask)| mask.contains(Category::Existence));
        Condition::All(vec![
            Condition::Any(self.allow.iter().map(|(condition, _)| condition.clone()).collect()),
            Condition::Not(Box::new(Condition::Any(removing.map(|(condition, _)| condition.clone()).collect()))),
        ])
        .simplified()
    }

    /// Whether no record can meet the rule, so that there is nothing to query.
    pub fn is_never(&self) -> bool {
        self.visible() == Condition::Never
    }

    /// The same rule on fewer records: those whose mask holds `category`; their masks stay as they are. A filter, a sort or
    /// a search over hidden content would tell it, so they run under the narrowed rule.
    #[must_use]
    pub fn narrowed_to(&self, category: Category) -> Self {
        let opening = |mask: &Mask| mask.contains(category);
        let opened = Condition::Any(self.allow.iter().filter(|(_, mask)| opening(mask)).map(|(condition, _)| condition.clone()).collect());
        let allow = self.allow.iter().map(|(condition, mask)| {
            if opening(mask) { (condition.clone(), *mask) } else { (Condition::All(vec![condition.clone(), opened.clone()]), *mask) }
        });
        let deny = self.deny.iter().map(|(condition, mask)| {
            let removes = if opening(mask) { Mask::of(&[Category::Existence]) } else { Mask::NONE };
            (condition.clone(), mask.union(removes))
        });
        Self { allow: allow.collect(), deny: deny.collect() }.tidy()
    }

    /// The same rule on fewer records: those that another rule reaches as well. The masks stay as they are.
    #[must_use]
    pub fn where_also(&self, other: &Self) -> Self {
        let reached = other.visible();
        let allow = self.allow.iter().map(|(condition, mask)| (Condition::All(vec![condition.clone(), reached.clone()]), *mask));
        Self { allow: allow.collect(), deny: self.deny.clone() }.tidy()
    }

    /// The same rule for a query that asks for nothing but records of which a field has this value. What the query asks already is
    /// not asked twice: a database that takes both for independent expects far too few rows, and chooses badly.
    #[must_use]
    pub fn given(&self, field: Field, value: &Operand) -> Self {
        let given =
            |entries: &[(Condition, Mask)]| entries.iter().map(|(condition, mask)| (condition.given(field, value), *mask)).collect();
        Self { allow: given(&self.allow), deny: given(&self.deny) }.tidy()
    }

    /// Simplifies every condition, joins entries with the same condition and drops those that can never be met.
    #[must_use]
    pub(super) fn tidy(self) -> Self {
        Self { allow: tidy(self.allow), deny: tidy(self.deny) }
    }
}

fn tidy(entries: Vec<(Condition, Mask)>) -> Vec<(Condition, Mask)> {
    let mut kept: Vec<(Condition, Mask)> = Vec::with_capacity(entries.len());
    for (condition, mask) in entries {
        let condition = condition.simplified();
        if condition == Condition::Never {
            continue;
        }
        match kept.iter_mut().find(|(known, _)| *known == condition) {
            Some((_, known)) => *known = known.union(mask),
            None => kept.push((condition, mask)),
        }
    }
    kept
}
