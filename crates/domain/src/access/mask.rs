//! A set of data categories, small enough to be a column.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{ArrayBuilder, RefOr, Schema};

use super::Category;

/// The categories a caller sees of one record. In SQL it is an integer column of the SELECT list, in JSON a list of codes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Mask(i32);

impl Mask {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Every category.
    pub const ALL: Self = Self::of(Category::ALL);

    /// The set of the given categories.
    pub const fn of(categories: &[Category]) -> Self {
        let mut bits = 0;
        let mut rest = categories;
        while let [first, tail @ ..] = rest {
            bits |= 1 << (*first as i32);
            rest = tail;
        }
        Self(bits)
    }

    /// The set with this bit pattern; bits without a category are dropped.
    pub const fn from_bits(bits: i32) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The bit pattern. Bit n stands for the n-th category of [`Category::ALL`]; new categories go to the end.
    pub const fn bits(self) -> i32 {
        self.0
    }

    /// Whether the category is in the set.
    pub const fn contains(self, category: Category) -> bool {
        self.0 & (1 << (category as i32)) != 0
    }

    /// Whether it tells who the person is and how to reach them: what it takes to compare persons, or to speak for one.
    pub const fn tells_who(self) -> bool {
        self.contains(Category::Identity) && self.contains(Category::Contact)
    }

    /// What is in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether everything in this set is in the other.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The categories in the set, in the order of the list.
    pub fn categories(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |category| self.contains(*category))
    }

    /// Those of `groups` that the holder of this mask does not see: what an answer lists as hidden.
    pub fn hidden_from(self, groups: &[Category]) -> Vec<Category> {
        groups.iter().copied().filter(|category| !self.contains(*category)).collect()
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.categories().map(Category::code)).finish()
    }
}

impl FromIterator<Category> for Mask {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> Self {
        categories.into_iter().fold(Self::NONE, |mask, category| mask.union(Self::of(&[category])))
    }
}

impl Serialize for Mask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.categories())
    }
}

impl<'de> Deserialize<'de> for Mask {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<Category>::deserialize(deserializer).map(|categories| categories.into_iter().collect())
    }
}

impl utoipa::PartialSchema for Mask {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new()
            .items(<Category as utoipa::PartialSchema>::schema())
            .max_items(Some(Category::ALL.len()))
            .unique_items(true)
            .into()
    }
}

impl utoipa::ToSchema for Mask {}
