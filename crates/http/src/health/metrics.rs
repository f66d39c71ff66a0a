//! Metrics for Prometheus. Labels are route patterns, methods, status classes and job states: never an id, never a name.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use prometheus::{Encoder as _, Gauge, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use relais_app::App;
use relais_app::platform::{jobs, worker};

/// The states that jobs are counted in, so that a state without jobs reads 0 and not nothing.
const JOB_STATES: [&str; 3] = ["ready", "running", "dead"];
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    database: IntGauge,
    jobs: IntGaugeVec,
    oldest_due: Gauge,
    worker_age: Gauge,
}

static METRICS: LazyLock<Option<Metrics>> = LazyLock::new(|| {
    let metrics = Metrics::new();
    if let Err(error) = &metrics {
        tracing::error!(%error, "metrics are not kept");
    }
    metrics.ok()
});

impl Metrics {
    fn new() -> prometheus::Result<Self> {
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new("relais_http_requests_total", "Requests that were answered."),
                &["method", "route", "status"],
            )?,
            durations: HistogramVec::new(
                HistogramOpts::new("relais_http_request_duration_seconds", "How long answers took.").buckets(SECONDS.to_vec()),
                &["method", "route"],
            )?,
            database: IntGauge::new("relais_database_up", "Whether the database answers.")?,
            jobs: IntGaugeVec::new(Opts::new("relais_jobs", "Background jobs by state."), &["state"])?,
            oldest_due: Gauge::new("relais_jobs_oldest_due_seconds", "How long the job that waits longest has been due; 0 when none is.")?,
            worker_age: Gauge::new(
                "relais_worker_age_seconds",
                "How long ago the worker of this process took its last turn; -1 when it never did.",
            )?,
        };
        metrics.registry.register(Box::new(metrics.requests.clone()))?;
        metrics.registry.register(Box::new(metrics.durations.clone()))?;
        metrics.registry.register(Box::new(metrics.database.clone()))?;
        metrics.registry.register(Box::new(metrics.jobs.clone()))?;
        metrics.registry.register(Box::new(metrics.oldest_due.clone()))?;
        metrics.registry.register(Box::new(metrics.worker_age.clone()))?;
        Ok(metrics)
    }

    async fn read(&self, app: &App) {
        let seconds = |span: chrono::TimeDelta| span.to_std().unwrap_or_default().as_secs_f64();
        self.worker_age.set(worker::worker_age(app).map_or(-1.0, seconds));
        let figures = jobs::figures(app).await;
        self.database.set(i64::from(figures.is_ok()));
        let Ok(figures) = figures else { return };
        for state in JOB_STATES {
            let count = figures.by_state.iter().find(|(known, _)| known == state).map_or(0, |(_, count)| *count);
            self.jobs.with_label_values(&[state]).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        self.oldest_due.set(figures.oldest_due.map_or(0.0, |due| seconds(app.clock.now() - due)));
    }
}

/// Counts one answer.
pub fn observe(method: &str, route: &str, status: u16, took: Duration) {
    let Some(metrics) = METRICS.as_ref() else { return };
    let class = match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    // A client may invent methods; it may not invent time series.
    let method = if matches!(method, "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") { method } else { "other" };
    metrics.requests.with_label_values(&[method, route, class]).inc();
    metrics.durations.with_label_values(&[method, route]).observe(took.as_secs_f64());
}

/// Answers on the private address of the metrics.
pub async fn read(app: Data<App>) -> HttpResponse {
    HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(render(&app).await)
}

/// All metrics in Prometheus' text format.
pub async fn render(app: &App) -> String {
    let Some(metrics) = METRICS.as_ref() else { return String::new() };
    metrics.read(app).await;
    let mut bytes = vec![];
    if let Err(error) = TextEncoder::new().encode(&metrics.registry.gather(), &mut bytes) {
        tracing::error!(%error, "metrics cannot be written");
    }
    String::from_utf8(bytes).unwrap_or_default()
}
