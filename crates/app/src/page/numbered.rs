//! Pages by their number, as the façades of other standards ask for them.

/// One page of a list whose pages are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NumberedPage {
    /// Its number, from 1.
    pub(crate) number: u64,
    /// How many records it has at most.
    pub(crate) size: u64,
}

impl NumberedPage {
    /// The page that was asked for: the first one when no number is told, and never more than `most` records.
    pub(crate) fn asked(number: Option<u64>, size: Option<u64>, usual: u64, most: u64) -> Self {
        Self { number: number.unwrap_or(1).max(1), size: size.unwrap_or(usual).clamp(1, most) }
    }

    /// How many records stand before it.
    pub(crate) const fn offset(self) -> u64 {
        (self.number - 1).saturating_mul(self.size)
    }

    /// How many pages so many records fill.
    pub(crate) const fn pages(self, total: u64) -> u64 {
        total.div_ceil(self.size)
    }

    /// Where it lies in memory: how many to pass over, and how many to take.
    pub(crate) fn window(self) -> (usize, usize) {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        (number(self.offset()), number(self.size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_begin_at_one_and_have_bounds() {
        let page = |number, size| NumberedPage::asked(number, size, 50, 200);
        assert_eq!(page(None, None), NumberedPage { number: 1, size: 50 });
        assert_eq!(page(Some(0), Some(0)), NumberedPage { number: 1, size: 1 });
        assert_eq!(page(Some(3), Some(500)), NumberedPage { number: 3, size: 200 });
    }

    #[test]
    fn what_stands_before_a_page_and_how_many_there_are() {
        let page = NumberedPage { number: 3, size: 20 };
        assert_eq!((page.offset(), page.window()), (40, (40, 20)));
        assert_eq!([0, 1, 20, 21].map(|total| page.pages(total)), [0, 1, 1, 2]);
        assert_eq!(NumberedPage { number: u64::MAX, size: 200 }.offset(), u64::MAX);
    }
}
