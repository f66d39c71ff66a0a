//! Why a service is found or not, and why it stands where it does.

use relais_adapters::search::Explanation;
use relais_domain::shared::ids::ServiceId;
use relais_persistence::directory::view::ServiceFilter;

use super::question;
use crate::{App, Refusal};

/// What the public search makes of one service: every filter, every word, the three factors. The engine is built first.
///
/// # Errors
/// `not_found` (404) when there is no such service; those of [`question`] (422).
pub async fn explain_search(app: &App, filter: &ServiceFilter, id: ServiceId) -> Result<Explanation, Refusal> {
    super::feed::build(app).await?;
    let query = question(app, filter)?;
    app.search.ask(move |engine| engine.explain(&query, id, None)).await?.ok_or(Refusal::NotFound)
}
