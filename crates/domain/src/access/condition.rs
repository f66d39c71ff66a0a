//! Conditions on records: the part of a rule that is evaluated in memory here and rendered as SQL by persistence.

use uuid::Uuid;

/// A column that conditions may speak of. Persistence maps each to a column per resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The record's id.
    Id,
    /// Its state, as a code.
    State,
    /// Referral: the organisation that sends.
    SenderOrganisation,
    /// Referral: the unit that sends.
    SenderUnit,
    /// Referral: the user who sent or drafted it. Person: the user who entered them.
    SentBy,
    /// Referral, person: the user who follows the person.
    Adviser,
    /// Referral: the organisation addressed.
    ReceiverOrganisation,
    /// Referral: the unit addressed.
    ReceiverUnit,
    /// Referral: the user who handles it at the receiver.
    AssignedMember,
    /// Referral: the unit that handles it at the receiver.
    AssignedTeam,
    /// Referral: when the receiver was told. Missing in drafts and in legs held back.
    ToldAt,
    /// Referral: when the former holder lost sight of it. Missing in all others.
    ReceiverLeft,
    /// Referral: when the person withdrew the consent for its receiver. Person: when they withdrew that for the leg from which the
    /// record is kept.
    ConsentWithdrawn,
    /// Person: the received leg from which the organisation keeps the record. Missing where it entered the person itself.
    KeptFrom,
    /// Other resources: the organisation the record belongs to.
    Organisation,
    /// Other resources: the unit the record belongs to.
    Unit,
    /// Member: the account.
    User,
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operand {
    /// An id.
    Uuid(Uuid),
    /// A code.
    Text(String),
}

/// One record, as far as conditions need it.
pub trait Facts {
    /// The value of a field; `None` when the record has none. For the instants any value will do: only their
    /// presence counts.
    fn value(&self, field: Field) -> Option<Operand>;
}

/// A two-valued condition on a record.
///
/// There is no "unknown": `Equals` and `In` are **false** on a missing field, so `Not(Equals(missing))` is **true**. SQL's
/// NULL would make both unknown; whoever renders this must make every comparison two-valued before it negates
/// (`coalesce(column = ?, false)`, or `column IS NOT NULL AND column = ?`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Every record.
    Always,
    /// No record.
    Never,
    /// All of these; none is `Always`.
    All(Vec<Condition>),
    /// One of these; none is `Never`.
    Any(Vec<Condition>),
    /// The contrary.
    Not(Box<Condition>),
    /// The field has this value.
    Equals(Field, Operand),
    /// The field has one of these values.
    In(Field, Vec<Operand>),
    /// The field has a value.
    Present(Field),
}

impl Condition {
    /// Whether a record meets the condition.
    pub fn holds(&self, facts: &dyn Facts) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Not(part) => !part.holds(facts),
            Self::Equals(field, operand) => facts.value(*field).as_ref() == Some(operand),
            Self::In(field, operands) => facts.value(*field).is_some_and(|value| operands.contains(&value)),
            Self::Present(field) => facts.value(*field).is_some(),
        }
    }

    /// The same condition in fewer words: flat, without constants inside, one list per field, without repetitions. What
    /// can never hold for want of a value becomes `Never`, so that queries that cannot match are not sent.
    #[must_use]
    pub fn simplified(self) -> Self {
        match self {
            Self::All(parts) => conjunction(parts),
            Self::Any(parts) => disjunction(parts),
            Self::Not(part) => match part.simplified() {
                Self::Always => Self::Never,
                Self::Never => Self::Always,
                Self::Not(inner) => *inner,
                other => Self::Not(Box::new(other)),
            },
            Self::In(field, operands) => one_of(field, operands),
            other => other,
        }
    }

    /// What is left to ask about records of which a field is known to have this value: it holds on them where the whole does.
    #[must_use]
    pub fn given(&self, field: Field, value: &Operand) -> Self {
        let known = |is_true: bool| if is_true { Self::Always } else { Self::Never };
        let all_given = |parts: &[Self]| parts.iter().map(|part| part.given(field, value)).collect();
        match self {
            Self::All(parts) => Self::All(all_given(parts)),
            Self::Any(parts) => Self::Any(all_given(parts)),
            Self::Not(part) => Self::Not(Box::new(part.given(field, value))),
            Self::Equals(asked, operand) if *asked == field => known(operand == value),
            Self::In(asked, operands) if *asked == field => known(operands.contains(value)),
            Self::Present(asked) if *asked == field => Self::Always,
            other => other.clone(),
        }
        .simplified()
    }

    /// The values a field may have, when that is all the condition says.
    fn membership(&self) -> Option<(Field, &[Operand])> {
        match self {
            Self::Equals(field, operand) => Some((*field, std::slice::from_ref(operand))),
            Self::In(field, operands) => Some((*field, operands)),
            _ => None,
        }
    }
}

fn one_of(field: Field, mut operands: Vec<Operand>) -> Condition {
    operands.sort();
    operands.dedup();
    match operands.as_slice() {
        [] => Condition::Never,
        [only] => Condition::Equals(field, only.clone()),
        _ => Condition::In(field, operands),
    }
}

fn conjunction(parts: Vec<Condition>) -> Condition {
    let mut flat: Vec<Condition> = Vec::new();
    let mut queue: Vec<Condition> = parts.into_iter().rev().collect();
    while let Some(part) = queue.pop() {
        match part.simplified() {
            Condition::Always => {}
            Condition::Never => return Condition::Never,
            Condition::All(inner) => queue.extend(inner.into_iter().rev()),
            simple => {
                let simple = merge(&mut flat, simple, |old, new| old.iter().filter(|o| new.contains(o)).cloned().collect());
                if simple == Some(Condition::Never) {
                    return Condition::Never;
                }
                flat.extend(simple.filter(|part| !flat.contains(part)));
            }
        }
    }
    match flat.len() {
        0 => Condition::Always,
        1 => flat.remove(0),
        _ => Condition::All(flat),
    }
}

fn disjunction(parts: Vec<Condition>) -> Condition {
    let mut flat: Vec<Condition> = Vec::new();
    let mut queue: Vec<Condition> = parts.into_iter().rev().collect();
    while let Some(part) = queue.pop() {
        match part.simplified() {
            Condition::Never => {}
            Condition::Always => return Condition::Always,
            Condition::Any(inner) => queue.extend(inner.into_iter().rev()),
            simple => {
                let simple = merge(&mut flat, simple, |old, new| old.iter().chain(new).cloned().collect());
                flat.extend(simple.filter(|part| !flat.contains(part)));
            }
        }
    }
    let absorbed: Vec<Condition> = flat.iter().filter(|part| !is_absorbed(part, &flat)).cloned().collect();
    match absorbed.len() {
        0 => Condition::Never,
        1 => absorbed.into_iter().next().unwrap_or(Condition::Never),
        _ => Condition::Any(absorbed),
    }
}

/// Joins a list of values with the list that `flat` already holds for the same field, which it takes out of `flat`.
fn merge(flat: &mut [Condition], part: Condition, join: impl Fn(&[Operand], &[Operand]) -> Vec<Operand>) -> Option<Condition> {
    let Some((field, new)) = part.membership() else { return Some(part) };
    let twin = flat.iter().position(|other| other.membership().is_some_and(|(theirs, _)| theirs == field));
    let Some(at) = twin else { return Some(part) };
    let joined = flat.get(at).and_then(Condition::membership).map_or_else(Vec::new, |(_, old)| join(old, new));
    let merged = one_of(field, joined);
    if merged == Condition::Never {
        return Some(merged);
    }
    if let Some(slot) = flat.get_mut(at) {
        *slot = merged;
    }
    None
}

/// `a or (a and b)` is `a`; likewise `a or b or ((a or b) and c)`, and `(a and b) or (a and b and c)`.
fn is_absorbed(part: &Condition, among: &[Condition]) -> bool {
    let Condition::All(needed) = part else { return false };
    let asks_more = |other: &Condition| match other {
        Condition::All(less) => less.len() < needed.len() && less.iter().all(|one| needed.contains(one)),
        _ => false,
    };
    among.iter().any(asks_more)
        || needed.iter().any(|one| match one {
            Condition::Any(options) => options.iter().all(|option| among.contains(option)),
            single => among.contains(single),
        })
}
