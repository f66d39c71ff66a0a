//! Pages as HSDS has them.

use serde::Serialize;
use utoipa::ToSchema;

use super::query::Paging;

/// A page of a list, with the counts of the whole list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HsdsPage<T> {
    /// How many records there are in all.
    pub total_items: u64,
    /// How many pages there are.
    pub total_pages: u64,
    /// The number of this page, from 1.
    pub page_number: u64,
    /// How many records this page has.
    pub size: u64,
    /// Whether it is the first page.
    pub first_page: bool,
    /// Whether no page follows.
    pub last_page: bool,
    /// Whether it has no record.
    pub empty: bool,
    /// The records.
    pub contents: Vec<T>,
}

impl<T> HsdsPage<T> {
    /// The page that was asked for, out of so many records.
    pub(super) fn of(contents: Vec<T>, total_items: u64, paging: &Paging) -> Self {
        let page = paging.asked();
        let total_pages = page.pages(total_items);
        Self {
            total_items,
            total_pages,
            page_number: page.number,
            size: u64::try_from(contents.len()).unwrap_or(u64::MAX),
            first_page: page.number == 1,
            last_page: page.number >= total_pages,
            empty: contents.is_empty(),
            contents,
        }
    }

    /// The page that was asked for, out of a list that is all there.
    pub(super) fn out_of(all: Vec<T>, paging: &Paging) -> Self {
        let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let (before, most) = if paging.is_ndjson() { (0, usize::MAX) } else { paging.asked().window() };
        Self::of(all.into_iter().skip(before).take(most).collect(), total, paging)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: u64, size: u64) -> HsdsPage<i32> {
        HsdsPage::out_of((1..=5).collect(), &Paging { page: Some(number), per_page: Some(size), ..Paging::default() })
    }

    #[test]
    fn pages_count_and_end() {
        let told = |page: HsdsPage<i32>| (page.contents.clone(), page.total_pages, page.first_page, page.last_page, page.empty);
        assert_eq!(told(page(1, 2)), (vec![1, 2], 3, true, false, false));
        assert_eq!(told(page(3, 2)), (vec![5], 3, false, true, false));
        assert_eq!(told(page(4, 2)), (vec![], 3, false, true, true));
        assert_eq!(told(page(1, 200)), (vec![1, 2, 3, 4, 5], 1, true, true, false));
        let nothing = HsdsPage::<i32>::out_of(vec![], &Paging::default());
        assert_eq!((nothing.total_pages, nothing.first_page, nothing.last_page, nothing.empty), (0, true, true, true));
    }
}
