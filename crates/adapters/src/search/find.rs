//! Pages: the best of each stream by a heap, never by sorting everything.

use std::collections::BinaryHeap;

use relais_domain::directory::search::{Key, Place, Stream, interleave};

use super::facets::Counter;
use super::plan::{Hit, Plan};
use super::{Found, SearchPage, SelectOrder, Selected, Selection};

/// A candidate: its key, its slot, its distance in metres.
type Candidate = (Key, u32, Option<u32>);

/// The best candidates of a stream.
struct Best {
    most: usize,
    after: Option<Key>,
    heap: BinaryHeap<Candidate>,
}

impl Best {
    const fn new(most: usize, after: Option<Key>) -> Self {
        Self { most, after, heap: BinaryHeap::new() }
    }

    fn offer(&mut self, candidate: Candidate) {
        if self.after.is_some_and(|after| candidate.0 <= after) {
            return;
        }
        if self.heap.len() < self.most {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    fn in_order(self) -> impl Iterator<Item = (Key, Candidate)> {
        self.heap.into_sorted_vec().into_iter().map(|candidate| (candidate.0, candidate))
    }
}

impl Plan<'_> {
    /// A page of what fits, in the question's order.
    pub fn search(&self, page: &SearchPage) -> Found {
        let start = page.after.unwrap_or_else(|| Place::start(self.today));
        let best = |stream| Best::new(page.limit + 1, start.last(stream));
        let (mut on_site, mut remote) = (best(Stream::OnSite), best(Stream::Remote));
        let (mut total, mut counter, mixed) = (0, page.facets.then(|| Counter::new(self.snapshot)), self.is_mixed());
        self.visit(|hit| {
            total += 1;
            if let Some(counter) = &mut counter {
                counter.count(&hit);
            }
            let stream = if mixed && hit.range.stream == Stream::Remote { &mut remote } else { &mut on_site };
            stream.offer((self.key(&hit), hit.row.slot, hit.range.metres));
        });
        let more = on_site.heap.len() + remote.heap.len() > page.limit;
        let (chosen, next) = interleave(start, on_site.in_order(), remote.in_order(), page.limit);
        let shown = chosen.into_iter().filter_map(|(_, (_, slot, metres))| self.snapshot.shown(slot, metres, self.today));
        Found { services: shown.collect(), next: more.then_some(next), total, facets: counter.map(Counter::finish) }
    }

    /// A numbered page of what fits.
    pub fn select(&self, selection: Selection) -> Selected {
        let mut all: Vec<Candidate> = Vec::new();
        self.visit(|hit| all.push((self.selection_key(selection.order, &hit), hit.row.slot, hit.range.metres)));
        let total = all.len();
        let end = selection.offset.saturating_add(selection.limit);
        if selection.offset > 0 && selection.offset < total {
            all.select_nth_unstable(selection.offset);
            all.drain(..selection.offset);
        } else if selection.offset >= total {
            all.clear();
        }
        let limit = end - selection.offset;
        if limit < all.len() {
            all.select_nth_unstable(limit);
            all.truncate(limit);
        }
        all.sort_unstable();
        let shown = all.into_iter().filter_map(|(_, slot, metres)| self.snapshot.shown(slot, metres, self.today));
        Selected { services: shown.collect(), total: u64::try_from(total).unwrap_or(u64::MAX) }
    }

    fn selection_key(&self, order: SelectOrder, hit: &Hit) -> Key {
        let Key(_, id) = self.key(hit);
        match order {
            SelectOrder::Id => Key(0, id),
            SelectOrder::Sort => self.key(hit),
        }
    }
}
