//! Feeds the engine: all documents at the start, then what changed, by the places of the event log. Every node feeds its own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use relais_adapters::search::{Builder, Change, Engine, SearchError};
use relais_domain::directory::search::{OrganisationCard, SearchDocument};
use relais_domain::identity::Actor;
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use relais_persistence::audit::log::{self, Happened};
use relais_persistence::directory::{read, write};
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::directory::places;
use crate::{App, Refusal};

/// How often the event log is asked for news. The sequencer places an event within half a second of its commit even when nobody
/// wakes it, so what is committed is found within a second.
const POLL: Duration = Duration::from_millis(150);
/// After a failure.
const AGAIN: Duration = Duration::from_secs(1);
/// Documents read at once; some thousands keep all cores at work.
const PAGE: u64 = 4_000;
/// Events read at once.
const EVENTS: u64 = 2_000;

/// What a build is made of.
enum Part {
    Organisations(Vec<OrganisationCard>),
    Documents(Vec<(ServiceId, String)>),
    /// Nothing is missing.
    Whole,
}

/// Builds the engine from the database and gives the place in the event log up to which it is true at least.
///
/// # Errors
/// As any read; [`Refusal::Failed`] when the index cannot be built. The engine then stays as it was.
pub async fn build(app: &App) -> Result<i64, Refusal> {
    let begun = Instant::now();
    let completed = write::complete_search_documents(&app.db, &app.system_ctx(Actor::Clock, "search")).await?;
    if completed > 0 {
        tracing::info!(services = completed, "documents for search were written");
    }
    // Read first: what happens while documents are read is applied again afterwards.
    let position = log::last_event(&app.db).await?;
    let engine = Arc::clone(&app.search.engine);
    let (parts, taken) = mpsc::channel(4);
    let building = spawn_blocking(move || assemble(&engine, taken));
    let read = hand_over(app, &parts).await;
    drop(parts);
    let built = building.await.map_err(|error| Refusal::Failed(error.to_string()))?;
    read?;
    built?;
    tracing::info!(services = app.search.engine.size(), milliseconds = begun.elapsed().as_millis(), "search is ready");
    Ok(position)
}

async fn hand_over(app: &App, parts: &mpsc::Sender<Part>) -> Result<(), Refusal> {
    let ended = |_| Refusal::Failed("the build of the search index ended early".into());
    let mut after = None;
    loop {
        let cards = read::organisation_cards(&app.db, after, PAGE).await?;
        let Some(last) = cards.last() else { break };
        after = Some(last.id);
        parts.send(Part::Organisations(cards)).await.map_err(ended)?;
    }
    let mut after = None;
    loop {
        let documents = read::search_documents(&app.db, after, PAGE).await?;
        let Some((last, _)) = documents.last() else { break };
        after = Some(*last);
        parts.send(Part::Documents(documents)).await.map_err(ended)?;
    }
    parts.send(Part::Whole).await.map_err(ended)
}

fn assemble(engine: &Engine, mut parts: mpsc::Receiver<Part>) -> Result<(), SearchError> {
    let mut builder = Builder::new()?;
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::Organisations(cards) => builder.organisations(cards),
            Part::Documents(rows) => builder.add_with(rows, |(id, text)| parsed(id, &text))?,
            Part::Whole => return engine.install(builder),
        }
    }
    Ok(())
}

fn parsed(id: ServiceId, text: &str) -> Option<SearchDocument> {
    let document = serde_json::from_str(text);
    document.inspect_err(|error| tracing::error!(service = %id, %error, "a search document cannot be read")).ok()
}

/// What changed, by the objects that the events name.
#[derive(Default)]
struct News {
    services: BTreeSet<ServiceId>,
    organisations: BTreeSet<OrganisationId>,
    places: bool,
    everything: bool,
}

impl News {
    fn of(events: &[Happened]) -> Self {
        let mut news = Self::default();
        for Happened { object_kind, object_id, organisation_id, .. } in events {
            match object_kind.as_str() {
                "service" => {
                    news.services.insert(ServiceId(*object_id));
                }
                "organisation" | "membership" => news.organisations.extend(*organisation_id),
                "place" => news.places = true,
                "instance" => news.everything = true,
                _ => {}
            }
        }
        news
    }
}

/// Applies what happened after a place of the event log; gives the place up to which the engine is true now.
///
/// # Errors
/// As any read; [`Refusal::Warming`] when the engine has to be built again.
pub async fn follow(app: &App, mut position: i64) -> Result<i64, Refusal> {
    if log::last_event(&app.db).await? == position {
        return Ok(position);
    }
    loop {
        let events = log::events_after(&app.db, position, EVENTS).await?;
        let Some(last) = events.last() else { return Ok(position) };
        let last = last.position;
        let News { services, organisations, places: moved, everything } = News::of(&events);
        if moved || everything {
            places::reload(app).await?;
        }
        if everything {
            return Err(Refusal::Warming);
        }
        apply(app, &organisations.into_iter().collect::<Vec<_>>(), &services.into_iter().collect::<Vec<_>>()).await?;
        position = last;
    }
}

/// Brings some organisations and services up to date from the database.
async fn apply(app: &App, organisations: &[OrganisationId], services: &[ServiceId]) -> Result<(), Refusal> {
    let mut changes = Vec::with_capacity(organisations.len() + services.len());
    // Organisations first: a service of an organisation that the engine does not know yet waits for its card.
    for chunk in organisations.chunks(500) {
        let cards = read::organisation_cards_of(&app.db, chunk).await?;
        changes.extend(cards.into_iter().map(|card| Change::PutOrganisation(Box::new(card))));
    }
    for chunk in services.chunks(500) {
        let documents = read::search_documents_of(&app.db, chunk).await?;
        let gone = chunk.iter().filter(|id| !documents.iter().any(|document| document.id == **id));
        changes.extend(gone.map(|id| Change::Remove(*id)));
        changes.extend(documents.into_iter().map(|document| Change::Put(Box::new(document))));
    }
    if changes.is_empty() {
        return Ok(());
    }
    let engine = Arc::clone(&app.search.engine);
    let applied = spawn_blocking(move || engine.apply(changes)).await;
    Ok(applied.map_err(|error| Refusal::Failed(error.to_string()))??)
}

/// Shows at once, on this node, what has just been written: whoever changes a service finds it as it is now. The other nodes
/// follow the event log. While the engine is being built there is nothing to do, and a failure is the follower's to mend.
pub(in crate::directory) async fn show(app: &App, service: ServiceId) {
    if app.search.is_ready()
        && let Err(error) = apply(app, &[], &[service]).await
    {
        tracing::warn!(%error, %service, "a change is shown by search a little later");
    }
}

/// Builds the engine and keeps it fresh until told to stop.
pub async fn feed(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut position = None;
    while !*stop.borrow() {
        let step = match position {
            None => build(&app).await,
            Some(position) => follow(&app, position).await,
        };
        let wait = match step {
            Ok(reached) => {
                position = Some(reached);
                POLL
            }
            Err(Refusal::Warming) => {
                position = None;
                Duration::ZERO
            }
            Err(error) => {
                tracing::warn!(%error, "search could not follow the directory");
                // An index that failed is built again; a database that is away is asked again.
                position = position.filter(|_| app.search.is_ready());
                AGAIN
            }
        };
        tokio::select! {
            changed = stop.changed() => if changed.is_err() { return },
            () = sleep(wait) => {}
        }
    }
}
