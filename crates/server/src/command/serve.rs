//! `relais serve` and `relais work`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::Args;
use relais_app::App;
use relais_app::directory::search::feed;
use relais_app::platform::worker;
use relais_http::health::Health;
use relais_http::{Options, server};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::Stop;
use crate::config::Common;

/// Options of the server.
#[derive(Clone, Debug, Args)]
pub struct ServeOptions {
    /// Threads that answer requests; by default one a core, each with two connections to the database at least
    #[arg(long, env = "RELAIS_WORKERS")]
    workers: Option<usize>,
    /// Run the background worker in this process
    #[arg(long, env = "RELAIS_WORKER", default_value_t = true, action = clap::ArgAction::Set)]
    worker: bool,
    /// Where metrics are read (Prometheus); nowhere when unset
    #[arg(long, env = "RELAIS_METRICS_BIND")]
    metrics_bind: Option<SocketAddr>,
}

/// What a node does beside answering, in threads of their own: use cases stay on one thread.
struct Background {
    stop: watch::Sender<bool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

/// A thread for futures that stay on it.
fn thread<F: Future<Output = ()>>(name: &str, work: impl FnOnce() -> F + Send + 'static) -> Result<std::thread::JoinHandle<()>, Stop> {
    let run = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        tokio::task::LocalSet::new().block_on(&runtime, work());
    };
    let started = std::thread::Builder::new().name(name.into()).spawn(run);
    started.map_err(|error| Stop::new(format!("{name} cannot start: {error}")))
}

impl Background {
    fn start(app: &Arc<App>, with_worker: bool) -> Result<Self, Stop> {
        let (stop, stopped) = watch::channel(false);
        let mut threads = vec![];
        let (own, told) = (Arc::clone(app), stopped.clone());
        threads.push(thread("relais-worker", move || async move {
            let sequencer = worker::sequence(Arc::clone(&own), told.clone());
            let work = async {
                if with_worker {
                    worker::work(own, told).await;
                } else {
                    worker::follow_clock(own, told).await;
                }
            };
            tokio::join!(work, sequencer);
        })?);
        // Beside the worker, so that no job keeps search from what is new. A worker alone searches for saved searches.
        let own = Arc::clone(app);
        threads.push(thread("relais-search", move || feed::feed(own, stopped))?);
        Ok(Self { stop, threads })
    }

    async fn end(self) {
        // The receivers are gone only when the threads have ended already.
        let _ = self.stop.send(true);
        let _ = tokio::task::spawn_blocking(move || self.threads.into_iter().for_each(|thread| drop(thread.join()))).await;
    }
}

/// Starts the server and runs until it is told to stop.
///
/// # Errors
/// A sentence for the operator.
pub async fn serve(common: &Common, options: &ServeOptions) -> Result<(), Stop> {
    let ending = Ending::listen()?;
    let app = common.start().await?;
    let health = relais_http::health::shared(options.worker);
    let listen = Options {
        bind: common.bind,
        workers: options.workers,
        db_connections: common.answering_connections(),
        origins: common.cors_origins.clone(),
        public_url: common.public_url(),
        sandbox: common.sandbox,
    };
    let (running, address) = server::serve(Arc::clone(&app), health.clone(), listen).map_err(Stop::new)?;
    let background = Background::start(&app, options.worker)?;
    if let Some(bind) = options.metrics_bind {
        server::serve_metrics(Arc::clone(&app), bind).map_err(Stop::new)?;
    }
    let sandbox = if common.sandbox { ", sandbox" } else { "" };
    println!(
        "relais {} listening on http://{address} ({}{sandbox})",
        env!("CARGO_PKG_VERSION"),
        if common.is_postgres() { "PostgreSQL" } else { "SQLite" }
    );

    let handle = running.handle();
    let server = tokio::spawn(running);
    ending.told().await;
    drain(&health).await;
    handle.stop(true).await;
    background.end().await;
    server.await.map_err(|error| Stop::new(error.to_string()))?.map_err(|error| Stop::new(error.to_string()))?;
    app.db.clone().close().await;
    Ok(())
}

/// Says "not ready" first, so that a balancer looks elsewhere before connections are refused.
async fn drain(health: &Health) {
    health.draining.store(true, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(200)).await;
}

/// The signals that end the program, listened to from the moment it says that it runs.
struct Ending {
    interrupted: Signal,
    terminated: Signal,
}

impl Ending {
    fn listen() -> Result<Self, Stop> {
        let heard = |kind| signal(kind).map_err(|error| Stop::new(format!("signals cannot be heard: {error}")));
        Ok(Self { interrupted: heard(SignalKind::interrupt())?, terminated: heard(SignalKind::terminate())? })
    }

    async fn told(mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }
}

/// Runs a background worker alone.
///
/// # Errors
/// A sentence for the operator.
pub async fn work(common: &Common) -> Result<(), Stop> {
    let app = common.start().await?;
    let ending = Ending::listen()?;
    let background = Background::start(&app, true)?;
    println!("relais {} working", env!("CARGO_PKG_VERSION"));
    ending.told().await;
    background.end().await;
    app.db.clone().close().await;
    Ok(())
}
