//! Pages: a bounded list and a sealed cursor for the next one.

mod numbered;

use chrono::{DateTime, Utc};
use relais_adapters::crypto;
use relais_persistence::Failure;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{App, Caller, Refusal};

pub(crate) use numbered::NumberedPage;

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// Pass it as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// How many there are in all, when `count=true` was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Whether `count` is exact; it is up to 10 000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count_is_exact: Option<bool>,
}

/// The parameters of every list that counts, for its declaration; [`PageRequest`] is what is read of them.
#[derive(Clone, Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// How many items at most.
    #[param(required = false, value_type = u64, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u64>,
    /// Where to go on: the `next_cursor` of the page before.
    #[param(required = false, value_type = String, max_length = 500)]
    pub cursor: Option<String>,
    /// Whether to count all items.
    #[param(required = false, value_type = bool)]
    pub count: Option<bool>,
}

/// Where a page begins: the sort instant and id of the last row of the page before.
pub type After = Option<(DateTime<Utc>, Uuid)>;

/// What a caller asks of a list.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// 1–200.
    pub limit: u64,
    /// The sealed cursor.
    pub cursor: Option<String>,
    /// Everything else that shapes the list: the cursor is good for the same question only.
    pub question: String,
    /// Whether to count.
    pub count: bool,
}

impl PageRequest {
    fn context(&self, caller: &Caller) -> Vec<u8> {
        format!("cursor\n{}\n{}\n{}", caller.key(), caller.request.operation, self.question).into_bytes()
    }

    /// Opens the cursor of a list by instant and id.
    ///
    /// # Errors
    /// `invalid_cursor` (400) when it was made for another question or caller, or changed on the way.
    pub fn after(&self, app: &App, caller: &Caller) -> Result<After, Refusal> {
        let Some((micros, id)) = self.place::<(i64, Uuid)>(app, caller)? else { return Ok(None) };
        let bad = || Refusal::BadRequest("invalid_cursor");
        Ok(Some((DateTime::from_timestamp_micros(micros).ok_or_else(bad)?, id)))
    }

    /// Opens the cursor of a list whose places are of any kind.
    ///
    /// # Errors
    /// As [`PageRequest::after`].
    pub fn place<P: DeserializeOwned>(&self, app: &App, caller: &Caller) -> Result<Option<P>, Refusal> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bad = || Refusal::BadRequest("invalid_cursor");
        let plain = app.keys.cursor.open(&self.context(caller), cursor).map_err(|crypto::Unsealable| bad())?;
        Ok(Some(serde_json::from_slice(&plain).map_err(|_| bad())?))
    }

    /// Seals a place as the cursor of the next page.
    ///
    /// # Errors
    /// When sealing fails.
    pub fn seal<P: Serialize>(&self, app: &App, caller: &Caller, place: &P) -> Result<String, Refusal> {
        let plain = serde_json::to_vec(place).map_err(|error| Refusal::Failed(error.to_string()))?;
        app.keys.cursor.seal(&self.context(caller), &plain).map_err(|error| Refusal::Failed(error.to_string()))
    }

    /// Counts by reading the list from its beginning, up to the bound: for lists that are short by nature. None when no
    /// count was asked.
    ///
    /// # Errors
    /// As the reading.
    pub async fn count_with<T>(&self, rows: impl AsyncFn(u64) -> Result<Vec<T>, Failure>) -> Result<Option<u64>, Refusal> {
        if !self.count {
            return Ok(None);
        }
        let found = rows(MOST_COUNTED + 1).await?;
        Ok(Some(u64::try_from(found.len()).unwrap_or(MOST_COUNTED)))
    }

    /// Cuts `rows` (asked for with one more than the limit) to a page and seals the cursor for the next.
    ///
    /// # Errors
    /// When sealing fails.
    pub fn page<T>(
        &self,
        app: &App,
        caller: &Caller,
        rows: Vec<T>,
        place: impl Fn(&T) -> (DateTime<Utc>, Uuid),
    ) -> Result<Page<T>, Refusal> {
        self.page_by(app, caller, rows, |row| {
            let (at, id) = place(row);
            (at.timestamp_micros(), id)
        })
    }

    /// As [`PageRequest::page`], for a list whose places are of any kind.
    ///
    /// # Errors
    /// When sealing fails.
    pub fn page_by<T, P: Serialize>(
        &self,
        app: &App,
        caller: &Caller,
        mut rows: Vec<T>,
        place: impl Fn(&T) -> P,
    ) -> Result<Page<T>, Refusal> {
        let limit = usize::try_from(self.limit).unwrap_or(50);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = match rows.last().filter(|_| more) {
            None => None,
            Some(last) => Some(self.seal(app, caller, &place(last))?),
        };
        Ok(Page { items: rows, next_cursor, count: None, count_is_exact: None })
    }
}

impl<T> Page<T> {
    /// Adds the count, exact up to 10 000.
    #[must_use]
    pub fn counted(mut self, count: Option<u64>) -> Self {
        self.count = count.map(|count| count.min(MOST_COUNTED));
        self.count_is_exact = count.map(|count| count <= MOST_COUNTED);
        self
    }
}

/// Counts are exact up to here.
pub const MOST_COUNTED: u64 = 10_000;
