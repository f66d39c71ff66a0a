//! The server: rooms composed into one application, with the layers around it.

mod layers;
mod register;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App as Actix, HttpServer};
use relais_app::App;
use serde_json::Value;
use utoipa_actix_web::AppExt as _;

use crate::door::{Budgets, Operations};
use crate::explorer::Documents;
use crate::health::Health;
use crate::openapi::DocumentOptions;
use crate::{audit, directory, eligibility, explorer, health, identity, openapi, person, platform, referral, report, task};
pub use register::Register;

/// How the server listens.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where.
    pub bind: SocketAddr,
    /// Worker threads; the number of cores when none.
    pub workers: Option<usize>,
    /// How many connections the worker threads open to PostgreSQL together at most.
    pub db_connections: u32,
    /// Origins that browsers may call from.
    pub origins: Vec<String>,
    /// The address without a port, as the document names the server.
    pub public_url: String,
    /// Sandbox operations are part of the router and the document.
    pub sandbox: bool,
}

/// Every room's operations.
fn rooms(config: &mut impl Register, sandbox: bool) {
    referral::routes(config);
    person::routes(config);
    task::routes(config);
    crate::document::routes(config);
    directory::routes(config);
    eligibility::routes(config);
    identity::routes(config);
    platform::routes(config, sandbox);
    report::routes(config);
    audit::routes(config);
    health::routes(config);
    explorer::routes(config, sandbox);
}

/// The OpenAPI document of this program, without starting it.
pub fn document(public_url: &str, sandbox: bool) -> Value {
    openapi::finish(outline(public_url, sandbox))
}

/// What the door enforces: the document without what only readers want.
fn outline(public_url: &str, sandbox: bool) -> Value {
    let (_, api) = Actix::new().into_utoipa_app().configure(|config| rooms(config, sandbox)).split_for_parts();
    let options = DocumentOptions { public_url: public_url.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), sandbox };
    openapi::outline(api, &options)
}

/// Starts listening. Returns the running server and the address it listens on.
///
/// # Errors
/// A sentence for the operator: the address is taken, or a schema of the document is broken.
pub fn serve(app: Arc<App>, health: Data<Health>, options: Options) -> Result<(Server, SocketAddr), String> {
    let operations = Data::new(Operations::read(&outline(&options.public_url, options.sandbox))?);
    let (sandbox, origins, public_url) = (options.sandbox, options.origins.clone(), options.public_url.clone());
    let documents = Data::new(Documents::new(move || document(&public_url, sandbox)));
    let budgets = Data::new(Budgets::default());
    // At least two connections each: a request that reads its caller's rights while another holds the only one would wait for it.
    let most_workers = usize::try_from(options.db_connections / 2).unwrap_or(1).max(1);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = options.workers.unwrap_or(cores.min(most_workers)).max(1);
    let connections = (options.db_connections / u32::try_from(workers).unwrap_or(u32::MAX)).max(2);
    let server = HttpServer::new(move || {
        let app = Data::from(app.for_thread(connections));
        Actix::new()
            .configure(|config| rooms(config, sandbox))
            .app_data(app)
            .app_data(operations.clone())
            .app_data(documents.clone())
            .app_data(budgets.clone())
            .app_data(health.clone())
            .default_service(web::to(layers::no_such_route))
            .wrap(layers::cors(&origins))
            .wrap(from_fn(layers::outermost))
    })
    .shutdown_timeout(10)
    .disable_signals()
    .client_request_timeout(Duration::from_secs(15))
    .keep_alive(Duration::from_secs(75));
    let server = server.workers(workers).bind(options.bind).map_err(|error| format!("cannot listen on {}: {error}", options.bind))?;
    let address = server.addrs().first().copied().unwrap_or(options.bind);
    Ok((server.run(), address))
}

/// Serves metrics on an address of their own, for the operator's network only.
///
/// # Errors
/// A sentence for the operator when the address is taken.
pub fn serve_metrics(app: Arc<App>, bind: SocketAddr) -> Result<(), String> {
    let app = Data::from(app);
    let server = HttpServer::new(move || Actix::new().app_data(app.clone()).route("/metrics", web::get().to(health::metrics::read)))
        .workers(1)
        .disable_signals()
        .bind(bind)
        .map_err(|error| format!("cannot listen on {bind}: {error}"))?;
    tokio::spawn(server.run());
    Ok(())
}
