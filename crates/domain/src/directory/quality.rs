//! How good an entry is, how fresh it is, and what it can take now.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    codes::{Fee, UpdateFrequency, WayIn},
    service::Service,
};
use crate::choice;

choice! {
    /// How an entry stands against the promise to look it over.
    pub enum Freshness {
        /// Looked over within the promised time.
        Current = "current",
        /// Due to be looked over.
        Due = "due",
        /// Nobody has looked it over for twice the promised time or longer.
        Stale = "stale",
    }
}

/// What is promised when an owner has promised nothing: half a year, the age up to which an update counts in full.
const PROMISED_DAYS: i64 = 180;
/// The age at which an update counts for nothing any more.
const WORTHLESS_DAYS: i64 = 730;

impl UpdateFrequency {
    /// The promised time in days.
    pub const fn days(self) -> i64 {
        match self {
            Self::Monthly => 31,
            Self::Quarterly => 92,
            Self::HalfYearly => 183,
            Self::Yearly => 366,
        }
    }
}

impl Freshness {
    /// How an entry stands that was looked over last on `fresh_on`.
    pub fn of(promise: Option<UpdateFrequency>, fresh_on: NaiveDate, today: NaiveDate) -> Self {
        let promised = promise.map_or(PROMISED_DAYS, UpdateFrequency::days);
        match (today - fresh_on).num_days() {
            age if age <= promised => Self::Current,
            age if age < 2 * promised => Self::Due,
            _ => Self::Stale,
        }
    }
}

/// What of an entry its quality is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct QualityFacts {
    /// People come to an address.
    pub on_site: bool,
    /// The address is told.
    pub address: bool,
    /// Phoning is a way in.
    pub by_phone: bool,
    /// The phone number is told.
    pub phone: bool,
    /// Writing an e-mail is a way in.
    pub by_email: bool,
    /// The e-mail address is told.
    pub email: bool,
    /// The ways in are told.
    pub ways_in: bool,
    /// Who may turn to it is told.
    pub open_to: bool,
    /// At least one topic.
    pub topics: bool,
    /// The audiences are told, if only as everyone.
    pub audiences: bool,
    /// Anybody to ask.
    pub contact: bool,
    /// The length of the description, in characters.
    pub description: usize,
    /// Free or paid.
    pub fee: Option<Fee>,
    /// What the fee is made of is told.
    pub fee_note: bool,
}

/// The quality of an entry apart from its age.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// The sum of the criteria that apply, each from 0 to 1.
    pub sum: f64,
    /// How many apply.
    pub criteria: u8,
}

impl QualityFacts {
    /// The criteria that apply, without the age of the last update.
    pub fn quality(&self) -> Quality {
        let part = |told: bool| if told { 1.0 } else { 0.0 };
        let told = [
            self.on_site.then(|| part(self.address)),
            self.by_phone.then(|| part(self.phone)),
            self.by_email.then(|| part(self.email)),
            Some(f64::midpoint(part(self.ways_in), part(self.open_to))),
            Some(part(self.topics)),
            Some(part(self.audiences)),
            Some(part(self.contact)),
            Some(match self.description {
                0..50 => 0.0,
                200..2_000 => 1.0,
                _ => 0.5,
            }),
            Some(match self.fee {
                None => 0.0,
                Some(Fee::Paid) if !self.fee_note => 0.5,
                Some(_) => 1.0,
            }),
        ];
        let applied = told.iter().flatten();
        Quality { sum: applied.clone().sum(), criteria: u8::try_from(applied.count()).unwrap_or(u8::MAX) }
    }
}

/// Rounded to two decimals.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

impl Quality {
    /// The score from 0 to 1, with two decimals: the mean of all criteria, the age of the last update among them (1 below 180
    /// days, then falling evenly to 0 at 730 days).
    pub fn score(&self, fresh_on: NaiveDate, today: NaiveDate) -> f64 {
        let age = i32::try_from((today - fresh_on).num_days().clamp(PROMISED_DAYS, WORTHLESS_DAYS)).unwrap_or(i32::MAX);
        let span = f64::from(u16::try_from(WORTHLESS_DAYS - PROMISED_DAYS).unwrap_or(u16::MAX));
        let youth = rounded((f64::from(u16::try_from(WORTHLESS_DAYS).unwrap_or(u16::MAX)) - f64::from(age)) / span);
        rounded((self.sum + youth) / f64::from(self.criteria + 1))
    }
}

/// The day on which somebody looked an entry over last: the source's own date, else that of the last change here, or the last
/// confirmation when it came later.
pub fn fresh_on(source: Option<NaiveDate>, updated_at: DateTime<Utc>, confirmed_at: Option<DateTime<Utc>>) -> NaiveDate {
    let changed = source.unwrap_or_else(|| updated_at.date_naive());
    confirmed_at.map_or(changed, |confirmed| confirmed.date_naive().max(changed))
}

impl Service {
    /// The day on which somebody looked it over last.
    pub fn fresh_on(&self) -> NaiveDate {
        fresh_on(self.source_updated_on, self.updated_at, self.last_confirmed_at)
    }

    /// What its quality is made of.
    pub fn quality_facts(&self) -> QualityFacts {
        let contact = self.contact.as_ref();
        QualityFacts {
            on_site: self.reception.is_some_and(super::codes::Reception::is_on_site),
            address: self.address.is_some(),
            by_phone: self.has_way_in(WayIn::Phone),
            phone: contact.is_some_and(|contact| contact.phone.is_some()),
            by_email: self.has_way_in(WayIn::Email),
            email: contact.is_some_and(|contact| contact.email.is_some()),
            ways_in: self.ways_in.is_some(),
            open_to: self.open_to.is_some(),
            topics: self.topics.as_ref().is_some_and(|topics| !topics.is_empty()),
            audiences: self.audiences.is_some(),
            contact: contact.is_some_and(|contact| contact.name.is_some() || contact.is_reachable()),
            description: self.description.as_ref().map_or(0, |text| text.as_str().chars().count()),
            fee: self.fee,
            fee_note: self.fee_note.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const GOOD: QualityFacts = QualityFacts {
        on_site: true,
        address: true,
        by_phone: true,
        phone: true,
        by_email: true,
        email: true,
        ways_in: true,
        open_to: true,
        topics: true,
        audiences: true,
        contact: true,
        description: 200,
        fee: Some(Fee::Free),
        fee_note: false,
    };

    #[rstest]
    #[case(GOOD, 1.0)]
    #[case(QualityFacts { address: false, ..GOOD }, 0.9)]
    #[case(QualityFacts { on_site: false, address: false, ..GOOD }, 1.0)]
    #[case(QualityFacts { open_to: false, ..GOOD }, 0.95)]
    #[case(QualityFacts { description: 49, ..GOOD }, 0.9)]
    #[case(QualityFacts { description: 199, ..GOOD }, 0.95)]
    #[case(QualityFacts { description: 2_000, ..GOOD }, 0.95)]
    #[case(QualityFacts { fee: Some(Fee::Paid), ..GOOD }, 0.95)]
    #[case(QualityFacts { fee: Some(Fee::Paid), fee_note: true, ..GOOD }, 1.0)]
    #[case(QualityFacts { fee: None, audiences: false, ..GOOD }, 0.8)]
    fn quality_is_the_mean_of_what_applies(#[case] facts: QualityFacts, #[case] expected: f64) {
        let score = facts.quality().score(day("2026-01-01"), day("2026-01-02"));
        assert!((score - expected).abs() < 1e-9, "{score}");
    }

    #[rstest]
    #[case("2026-06-29", 1.0)]
    #[case("2026-06-30", 1.0)]
    #[case("2027-04-01", 0.95)]
    #[case("2028-01-01", 0.9)]
    #[case("2036-01-01", 0.9)]
    fn the_age_of_the_last_update_counts_from_half_a_year_to_two_years(#[case] today: &str, #[case] expected: f64) {
        let score = GOOD.quality().score(day("2026-01-01"), day(today));
        assert!((score - expected).abs() < 1e-9, "{score}");
    }

    #[rstest]
    #[case(Some(UpdateFrequency::Monthly), "2026-02-01", Freshness::Current)]
    #[case(Some(UpdateFrequency::Monthly), "2026-02-02", Freshness::Due)]
    #[case(Some(UpdateFrequency::Monthly), "2026-03-04", Freshness::Stale)]
    #[case(None, "2026-06-30", Freshness::Current)]
    #[case(None, "2026-07-01", Freshness::Due)]
    fn freshness_is_measured_by_the_owners_own_promise(
        #[case] promise: Option<UpdateFrequency>,
        #[case] today: &str,
        #[case] expected: Freshness,
    ) {
        assert_eq!(Freshness::of(promise, day("2026-01-01"), day(today)), expected);
    }
}
