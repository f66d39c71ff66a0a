//! Booklets: a number that a person carries from structure to structure, and units of help that are drawn from it.
//!
//! A booklet's ledger only grows: what was wrong is reversed by an entry of its own. The balance is never negative.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::{PathStep, Referral, State};
use crate::shared::ids::{BookletEntryId, ReferralId};
use crate::shared::{Blocked, Blocker};

/// How many numbers there are: three digits and three letters.
pub const MOST_BOOKLETS: i64 = 1000 * 26 * 26 * 26;
/// How many booklets one series holds at most.
pub const MOST_IN_SERIES: i32 = 500;
/// How many units one booklet holds at most.
pub const MOST_UNITS: i32 = 1000;

/// The number of a booklet: three digits and three letters (`000ysz`). Kept in small letters; which ones are written does not
/// matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct BookletNumber(String);

/// A text that is no number of a booklet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a booklet's number has three digits and three letters")]
pub struct NotABookletNumber;

impl BookletNumber {
    /// The number at a place in the order in which numbers are given: digits run fastest. None past the last.
    pub fn at(place: i64) -> Option<Self> {
        let place = u32::try_from(place).ok().filter(|place| i64::from(*place) < MOST_BOOKLETS)?;
        let (digits, letters) = (place % 1000, place / 1000);
        let letter = |power: u32| char::from_u32(u32::from('a') + letters / power % 26);
        Some(Self(format!("{digits:03}{}{}{}", letter(26 * 26)?, letter(26)?, letter(1)?)))
    }

    /// The number as it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BookletNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BookletNumber {
    type Err = NotABookletNumber;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let number = raw.trim().to_ascii_lowercase();
        let fits = |(place, byte): (usize, u8)| if place < 3 { byte.is_ascii_digit() } else { byte.is_ascii_lowercase() };
        if number.len() == 6 && number.bytes().enumerate().all(fits) { Ok(Self(number)) } else { Err(NotABookletNumber) }
    }
}

impl<'de> Deserialize<'de> for BookletNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

crate::string_value!(BookletNumber);

impl PartialSchema for BookletNumber {
    fn schema() -> RefOr<Schema> {
        let about = "Three digits and three letters, as printed on the booklet. Small and capital letters are the same.";
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(6)).max_length(Some(6));
        text.pattern(Some("^[0-9]{3}[A-Za-z]{3}$")).description(Some(about)).examples(["000ysz"]).into()
    }
}

impl ToSchema for BookletNumber {}

crate::choice! {
    /// Where a booklet stands.
    pub enum BookletState {
        /// Nobody carries it yet.
        Free = "free",
        /// A person carries it.
        Assigned = "assigned",
    }
}

crate::choice! {
    /// What an entry of the ledger did.
    pub enum EntryKind {
        /// The platform issued it with its units.
        Issue = "issue",
        /// A person got it.
        Assign = "assign",
        /// Units were drawn for an attended step of the agreed path.
        Use = "use",
        /// An earlier entry was taken back.
        Reverse = "reverse",
    }
}

/// What the guards of a booklet look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booklet {
    /// Where it stands.
    pub state: BookletState,
    /// The units it was issued with.
    pub units: i32,
    /// The units that are left; never negative, never more than it was issued with.
    pub balance: i32,
    /// The leg by which the person got it.
    pub referral_id: Option<ReferralId>,
}

/// An entry of the ledger, before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// What it does.
    pub kind: EntryKind,
    /// By how much the balance moves.
    pub units: i32,
    /// The balance after it.
    pub balance_after: i32,
}

/// An entry of the ledger that is to be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reversible {
    /// Which.
    pub id: BookletEntryId,
    /// What it did.
    pub kind: EntryKind,
    /// By how much it moved the balance.
    pub units: i32,
    /// It was taken back already.
    pub reversed: bool,
}

/// What was found out about a use before it is judged.
#[derive(Clone, Copy, Debug)]
pub struct UseFacts<'a> {
    /// The leg under whose path the step was agreed.
    pub leg: &'a Referral,
    /// The person of that leg carries the booklet.
    pub carried: bool,
    /// The step.
    pub step: &'a PathStep,
    /// How many units are drawn; those of the step when none is said.
    pub units: Option<i32>,
    /// Units were drawn for the step before, and not given back.
    pub drawn_before: bool,
}

/// Why a series is not issued: `out_of_range` on `/count` and `/units` (422), `booklet_numbers_exhausted` (409). `next` is the
/// place of the first number that was never given.
pub fn blockers_to_issue(count: i32, units: i32, next: i64) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if next + i64::from(count.max(0)) > MOST_BOOKLETS {
        blockers.push(Blocker::state("booklet_numbers_exhausted"));
    }
    for (value, max, pointer) in [(count, MOST_IN_SERIES, "/count"), (units, MOST_UNITS, "/units")] {
        if !(1..=max).contains(&value) {
            blockers.push(Blocker::content("out_of_range").at(pointer).with("min", 1).with("max", max));
        }
    }
    blockers
}

impl Booklet {
    /// A booklet as it is issued, with the first entry of its ledger.
    pub const fn issued(units: i32) -> (Self, Movement) {
        let new = Self { state: BookletState::Free, units, balance: units, referral_id: None };
        (new, Movement { kind: EntryKind::Issue, units, balance_after: units })
    }

    /// `booklet_already_assigned`; `not_sent`, `not_open` of the leg (409).
    pub fn blockers_to_assign(&self, leg: &Referral) -> Vec<Blocker> {
        let mut blockers = Vec::new();
        if self.state != BookletState::Free {
            blockers.push(Blocker::state("booklet_already_assigned"));
        }
        if leg.state == State::Draft {
            blockers.push(Blocker::state("not_sent").with("state", leg.state.code()));
        } else if !leg.state.is_open() {
            blockers.push(Blocker::state("not_open").with("state", leg.state.code()));
        }
        blockers
    }

    /// Gives it to the person of a leg.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_assign`].
    pub fn assign(self, leg: &Referral) -> Result<(Self, Movement), Blocked> {
        Blocked::unless_empty(self.blockers_to_assign(leg))?;
        let after = Self { state: BookletState::Assigned, referral_id: Some(leg.id), ..self };
        Ok((after, Movement { kind: EntryKind::Assign, units: 0, balance_after: self.balance }))
    }

    /// State (409): `booklet_not_assigned`, `booklet_not_carried`, `not_accepted` of the leg, `step_not_attended`,
    /// `step_already_used`, `balance_too_low`. Content (422): `step_without_units`, `out_of_range` on `/units`.
    pub fn blockers_to_use(&self, facts: &UseFacts<'_>) -> Vec<Blocker> {
        let mut blockers = Vec::new();
        if self.state == BookletState::Free {
            blockers.push(Blocker::state("booklet_not_assigned"));
        } else if !facts.carried {
            blockers.push(Blocker::state("booklet_not_carried"));
        }
        if !matches!(facts.leg.state, State::Accepted | State::Completed) {
            blockers.push(Blocker::state("not_accepted").with("state", facts.leg.state.code()));
        }
        if !facts.step.attended {
            blockers.push(Blocker::state("step_not_attended").at("/step_id"));
        }
        if facts.drawn_before {
            blockers.push(Blocker::state("step_already_used").at("/step_id"));
        }
        match facts.units.or(facts.step.units) {
            None | Some(0) if facts.units.is_none() => blockers.push(Blocker::content("step_without_units").at("/units")),
            Some(units) if !(1..=MOST_UNITS).contains(&units) => {
                blockers.push(Blocker::content("out_of_range").at("/units").with("min", 1).with("max", MOST_UNITS));
            }
            Some(units) if units > self.balance => {
                blockers.push(Blocker::state("balance_too_low").with("balance", self.balance).with("units", units));
            }
            _ => {}
        }
        blockers
    }

    /// Draws units for an attended step of the agreed path, once for each.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_use`].
    pub fn draw(self, facts: &UseFacts<'_>) -> Result<(Self, Movement), Blocked> {
        Blocked::unless_empty(self.blockers_to_use(facts))?;
        let units = facts.units.or(facts.step.units).unwrap_or_default();
        let after = Self { balance: self.balance - units, ..self };
        Ok((after, Movement { kind: EntryKind::Use, units: -units, balance_after: after.balance }))
    }

    /// `not_reversible` (409): of issuing and of reversals, with `params.cause` `kind`; of what was reversed before, `reversed`; of
    /// an assignment under which units were drawn, `used`.
    pub fn blockers_to_reverse(&self, entry: Reversible) -> Vec<Blocker> {
        let cause = match entry.kind {
            EntryKind::Issue | EntryKind::Reverse => "kind",
            EntryKind::Assign | EntryKind::Use if entry.reversed => "reversed",
            EntryKind::Assign if self.balance != self.units => "used",
            EntryKind::Assign | EntryKind::Use => return Vec::new(),
        };
        vec![Blocker::state("not_reversible").at("/entry_id").with("cause", cause)]
    }

    /// Takes an entry back: drawn units return, or nobody carries the booklet any more.
    ///
    /// # Errors
    /// Those of [`Self::blockers_to_reverse`].
    pub fn reverse(self, entry: Reversible) -> Result<(Self, Movement), Blocked> {
        Blocked::unless_empty(self.blockers_to_reverse(entry))?;
        let mut after = Self { balance: self.balance - entry.units, ..self };
        if entry.kind == EntryKind::Assign {
            after = Self { state: BookletState::Free, referral_id: None, ..after };
        }
        Ok((after, Movement { kind: EntryKind::Reverse, units: -entry.units, balance_after: after.balance }))
    }
}

/// The step of a path with this id.
pub fn step_of(path: &[PathStep], id: Uuid) -> Option<&PathStep> {
    path.iter().find(|step| step.id == id)
}
