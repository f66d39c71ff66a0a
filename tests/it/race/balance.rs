//! Who comes first: which of two requests wins depends on how long each is on its way. Here the one that came first is held back a
//! little the next time, so that the rounds gather where the two meet, and each side wins some.

use std::time::Duration;

use tokio::time::sleep;

use crate::world::tools::is_full;

/// The longest step, in milliseconds.
const STRIDE: i64 = 64;
/// Each side wins at least one round of so many.
const SHARE: usize = 20;

/// How two requests are held back, and how often each was first.
#[derive(Debug)]
pub struct Balance {
    /// Milliseconds that the first request waits; below zero the second does.
    offset: i64,
    step: i64,
    wins: [usize; 2],
    last: Option<usize>,
}

impl Default for Balance {
    fn default() -> Self {
        Self { offset: 0, step: 2, wins: [0, 0], last: None }
    }
}

impl Balance {
    /// The first request, held back as long as it has to be.
    pub fn first<F: Future>(&self, request: F) -> impl Future<Output = F::Output> + use<F> {
        held_back(self.offset, request)
    }

    /// The second one.
    pub fn second<F: Future>(&self, request: F) -> impl Future<Output = F::Output> + use<F> {
        held_back(-self.offset, request)
    }

    /// Notes which of the two was first, 0 or 1.
    pub fn won_by(&mut self, winner: usize) {
        self.wins[winner] += 1;
        let again = self.last == Some(winner);
        self.step = if again { (self.step * 2).min(STRIDE) } else { (self.step / 2).max(1) };
        self.offset += if winner == 0 { self.step } else { -self.step };
        self.last = Some(winner);
    }

    /// In the long proof both orders were seen, and not by a rare chance.
    #[track_caller]
    pub fn ends(&self) {
        eprintln!("race: the first came first {} times, the second {} times", self.wins[0], self.wins[1]);
        let rounds = self.wins[0] + self.wins[1];
        assert!(!is_full() || self.wins.iter().all(|wins| wins * SHARE >= rounds), "one side always wins: {self:?}");
    }
}

async fn held_back<F: Future>(milliseconds: i64, request: F) -> F::Output {
    if let Ok(wait @ 1..) = u64::try_from(milliseconds) {
        sleep(Duration::from_millis(wait)).await;
    }
    request.await
}
