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

/// The quality of an entry apart from its age: criteria that are met, half met or not met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quality {
    /// Twice the sum of the criteria that apply: each is 0, 1 or 2 here.
    pub halves: u8,
    /// How many apply.
    pub criteria: u8,
}

impl QualityFacts {
    /// The criteria that apply, without the age of the last update.
    pub fn quality(&self) -> Quality {
        let told = [
            self.on_site.then_some(2 * u8::from(self.address)),
            self.by_phone.then_some(2 * u8::from(self.phone)),
            self.by_email.then_some(2 * u8::from(self.email)),
            Some(u8::from(self.ways_in) + u8::from(self.open_to)),
            Some(2 * u8::from(self.topics)),
            Some(2 * u8::from(self.audiences)),
            Some(2 * u8::from(self.contact)),
            Some(match self.description {
                0..50 => 0,
                200..2_000 => 2,
                _ => 1,
            }),
            Some(match self.fee {
                None => 0,
                Some(Fee::Paid) if !self.fee_note => 1,
                Some(_) => 2,
            }),
        ];
        let applied = told.iter().flatten();
        Quality { halves: applied.clone().sum(), criteria: u8::try_from(applied.count()).unwrap_or(u8::MAX) }
    }
}

/// How much the age of an entry counts, in thousandths: 1000 below 180 days, then falling evenly to 0 at 730 days.
fn youth(fresh_on: NaiveDate, today: NaiveDate) -> u32 {
    let days = (today - fresh_on).num_days().clamp(PROMISED_DAYS, WORTHLESS_DAYS);
    u32::try_from((WORTHLESS_DAYS - days) * 1000 / (WORTHLESS_DAYS - PROMISED_DAYS)).unwrap_or(0)
}

impl Quality {
    /// The mean of the criteria that apply, from 0 to 1, as it is stored.
    pub fn mean(self) -> f64 {
        f64::from(self.halves) / 2.0 / f64::from(self.criteria.max(1))
    }

    /// What a stored mean is that of: each criterion is whole or half, so the mean gives the very sum back.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is clamped, and the cast saturates")]
    pub fn from_mean(mean: f64, criteria: u8) -> Self {
        Self { halves: (mean.clamp(0.0, 1.0) * 2.0 * f64::from(criteria)).round() as u8, criteria }
    }

    /// The mean of all criteria, the age of the last update among them, from 0 to 1000.
    pub fn thousandths(self, fresh_on: NaiveDate, today: NaiveDate) -> u32 {
        (u32::from(self.halves) * 500 + youth(fresh_on, today)) / (u32::from(self.criteria) + 1)
    }

    /// The same for people, from 0 to 1, with two decimals; the age counts with two decimals, too.
    pub fn score(self, fresh_on: NaiveDate, today: NaiveDate) -> f64 {
        let youth = (youth(fresh_on, today) + 5) / 10;
        let criteria = u32::from(self.criteria) + 1;
        f64::from((2 * (u32::from(self.halves) * 50 + youth) + criteria) / (2 * criteria)) / 100.0
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

    #[test]
    fn a_stored_mean_gives_its_sum_back() {
        for criteria in 0..=9 {
            for halves in 0..=2 * criteria {
                let quality = Quality { halves, criteria };
                assert_eq!(Quality::from_mean(quality.mean(), criteria), quality);
            }
        }
    }

    #[test]
    fn an_order_sees_finer_differences_of_age() {
        let quality = Quality { halves: 9, criteria: 9 };
        let aged = |days| quality.thousandths(day("2026-11-23") - chrono::TimeDelta::days(days), day("2026-11-23"));
        assert_eq!([-3, 0, 180, 181, 455, 730, 9_000].map(aged), [550, 550, 550, 549, 500, 450, 450]);
        assert_eq!(Quality::default().thousandths(day("2020-01-01"), day("2026-11-23")), 0);
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
