//! Searches cost CPU: as many at once as there are cores, the others wait, and too many are turned away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::sync::Semaphore;
use tokio::task;

use super::SearchError;

/// Searches that may wait, unless told otherwise.
const MOST_WAITING: usize = 512;

/// A bounded number of threads for searching.
#[derive(Debug)]
pub struct SearchPool {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
}

impl Default for SearchPool {
    fn default() -> Self {
        Self::new(thread::available_parallelism().map_or(2, usize::from), MOST_WAITING)
    }
}

/// One that waits; it stops when dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl SearchPool {
    /// A pool of so many searches at once, with so many more that wait.
    pub fn new(at_once: usize, most_waiting: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(at_once.max(1))), waiting: AtomicUsize::new(0), most_waiting }
    }

    /// Runs a search on a thread that may be busy.
    ///
    /// # Errors
    /// [`SearchError::Busy`] when too many wait, [`SearchError::Ended`] when the search panicked, or what it answers.
    pub async fn run<T: Send + 'static>(&self, search: impl FnOnce() -> Result<T, SearchError> + Send + 'static) -> Result<T, SearchError> {
        let permit = if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            permit
        } else {
            if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.most_waiting {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                return Err(SearchError::Busy);
            }
            let waiting = Waiting(&self.waiting);
            let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| SearchError::Ended)?;
            drop(waiting);
            permit
        };
        let searched = task::spawn_blocking(move || {
            let answer = search();
            drop(permit);
            answer
        });
        searched.await.map_err(|_| SearchError::Ended)?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn too_many_searches_are_turned_away_and_the_others_wait_their_turn() {
        let pool = Arc::new(SearchPool::new(1, 1));
        let (go, held) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(move || Ok(held.recv().is_ok())).await }
        });
        while pool.permits.available_permits() > 0 {
            task::yield_now().await;
        }
        let second = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(|| Ok(2)).await }
        });
        while pool.waiting.load(Ordering::Relaxed) == 0 {
            task::yield_now().await;
        }
        assert!(matches!(pool.run(|| Ok(3)).await, Err(SearchError::Busy)));
        go.send(()).unwrap();
        assert!(first.await.unwrap().unwrap());
        assert_eq!(second.await.unwrap().unwrap(), 2);
        assert_eq!(pool.run(|| Ok(4)).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn a_search_that_panics_gives_its_place_back() {
        let pool = SearchPool::new(1, 1);
        let ended: Result<(), _> = pool.run(|| panic!("in a search")).await;
        assert!(matches!(ended, Err(SearchError::Ended)));
        assert_eq!(pool.run(|| Ok(1)).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn who_stops_waiting_makes_room() {
        let pool = Arc::new(SearchPool::new(1, 1));
        let (go, held) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(move || Ok(held.recv().is_ok())).await }
        });
        while pool.permits.available_permits() > 0 {
            task::yield_now().await;
        }
        let mut waits = Box::pin(pool.run(|| Ok(2)));
        assert!(futures_poll(&mut waits).await);
        drop(waits);
        assert_eq!(pool.waiting.load(Ordering::Relaxed), 0);
        go.send(()).unwrap();
        assert!(first.await.unwrap().unwrap());
    }

    /// Polls once; whether it is pending.
    async fn futures_poll<F: Future + Unpin>(future: &mut F) -> bool {
        std::future::poll_fn(|context| std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())).await
    }
}
