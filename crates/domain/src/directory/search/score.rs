//! How well a service fits: words × distance × quality, in whole numbers, so that every node orders alike.

use crate::choice;

choice! {
    /// Where a word was met.
    pub enum TextField {
        /// The service's name.
        Name = "name",
        /// The search words of its topics.
        Topics = "topics",
        /// What it says of its audience.
        AudienceNote = "audience_note",
        /// Summary and description.
        Description = "description",
    }
}

choice! {
    /// How a word was met.
    pub enum MatchKind {
        /// Letter by letter, accents and case apart.
        Exact = "exact",
        /// By its stem.
        Stem = "stem",
        /// With one typo, or as the beginning of a longer word.
        Typo = "typo",
    }
}

/// The words' part of the score when no words are asked.
pub const NO_TEXT: u32 = 80;

/// What one word earns where and as it was met: name 8, topics 4, audience note 3, description 1; exact × 1, stem × 0.8,
/// typo × 0.5; in tenths.
pub const fn match_points(field: TextField, kind: MatchKind) -> u8 {
    let weight = match field {
        TextField::Name => 8,
        TextField::Topics => 4,
        TextField::AudienceNote => 3,
        TextField::Description => 1,
    };
    let tenths = match kind {
        MatchKind::Exact => 10,
        MatchKind::Stem => 8,
        MatchKind::Typo => 5,
    };
    weight * tenths
}

/// A distance in kilometres as whole metres.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no two places are 4 000 000 km apart, and the cast saturates")]
pub fn metres(km: f64) -> u32 {
    (km * 1000.0).round() as u32
}

/// Metres as kilometres with one decimal.
pub fn kilometres(metres: u32) -> f64 {
    f64::from(metres.saturating_add(50) / 100) / 10.0
}

/// The distance's part, in thousandths: 1000 at the place, falling smoothly to 300 at the radius; 1000 without a distance.
pub fn distance_factor(metres: Option<u32>, radius_km: u32) -> u32 {
    let Some(metres) = metres else { return 1000 };
    let whole = 3 * u64::from(radius_km.max(1)) * 1000;
    u32::try_from(1000 * whole / (whole + 7 * u64::from(metres))).unwrap_or(1000)
}

/// The quality's part, in thousandths: 500 to 1000.
pub const fn quality_factor(quality: u32) -> u32 {
    500 + quality / 2
}

/// The score: the greater, the better.
pub fn score(text: u32, distance: u32, quality: u32) -> u64 {
    u64::from(text) * u64::from(distance) * u64::from(quality)
}
