//! Whether the program is alive and ready. Nobody is asked who they are, and no budget is spent.

pub mod metrics;

use std::sync::atomic::{AtomicBool, Ordering};

use crate::server::Register;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::TimeDelta;
use relais_app::App;
use relais_app::platform::worker;
use serde::Serialize;
use utoipa::ToSchema;

/// The worker's last turn may be this old.
const WORKER_AGE: TimeDelta = TimeDelta::seconds(30);

/// What this process knows of its own health.
#[derive(Debug, Default)]
pub struct Health {
    /// Set when the program has been told to stop: requests that run are finished, no more are wanted.
    pub draining: AtomicBool,
    /// The background worker runs in this process.
    pub worker_here: bool,
    migrated: AtomicBool,
}

/// The health of a process, to be shared by its threads.
pub fn shared(worker_here: bool) -> Data<Health> {
    Data::new(Health { worker_here, ..Health::default() })
}

/// The operations of the room.
pub fn routes(config: &mut impl Register) {
    config.service(read_liveness).service(read_readiness);
}

/// The program runs.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Liveness {
    /// Always true: who is not alive does not answer.
    pub alive: bool,
}

/// One thing that has to be in order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HealthCheck {
    /// `not_draining`, `database`, `migrations` or `worker`.
    #[schema(example = "database")]
    pub name: &'static str,
    /// It is in order.
    pub ok: bool,
}

/// Whether requests are welcome.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// All checks are in order.
    pub ready: bool,
    /// The checks.
    pub checks: Vec<HealthCheck>,
}

/// Whether the program is alive
///
/// Answers as long as the program can answer at all. It looks at nothing else, so a database that is away restarts nobody.
#[utoipa::path(
    tag = "operations",
    responses((status = 200, description = "Alive", body = Liveness)),
    extensions(("x-permission" = json!("public")))
)]
#[get("/health/live")]
pub async fn read_liveness() -> HttpResponse {
    HttpResponse::Ok().json(Liveness { alive: true })
}

/// Whether the program is ready
///
/// The database answers, its schema is that of this program, the background worker (where it runs in this process) took a turn
/// within the last 30 seconds, and nobody has told the program to stop. 503 otherwise, naming what is not in order.
#[utoipa::path(
    tag = "operations",
    responses(
        (status = 200, description = "Ready", body = Readiness),
        (status = 503, description = "Not ready; the checks say why", body = Readiness),
    ),
    extensions(("x-permission" = json!("public")))
)]
#[get("/health/ready")]
pub async fn read_readiness(app: Data<App>, health: Data<Health>) -> HttpResponse {
    let readiness = readiness(&app, &health).await;
    let mut response = if readiness.ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.json(readiness)
}

async fn readiness(app: &App, health: &Health) -> Readiness {
    let database = app.db.ping().await.is_ok();
    let mut checks = vec![
        HealthCheck { name: "not_draining", ok: !health.draining.load(Ordering::SeqCst) },
        HealthCheck { name: "database", ok: database },
        HealthCheck { name: "migrations", ok: migrated(app, health, database).await },
    ];
    if health.worker_here {
        let ok = worker::worker_age(app).is_some_and(|age| age < WORKER_AGE);
        checks.push(HealthCheck { name: "worker", ok });
    }
    Readiness { ready: checks.iter().all(|check| check.ok), checks }
}

/// Asked until the answer is yes: a schema does not go back under a running program.
async fn migrated(app: &App, health: &Health, database: bool) -> bool {
    if !health.migrated.load(Ordering::Relaxed) && database {
        let pending = app.db.pending_migrations().await;
        health.migrated.store(pending.is_ok_and(|pending| pending.is_empty()), Ordering::Relaxed);
    }
    health.migrated.load(Ordering::Relaxed)
}
