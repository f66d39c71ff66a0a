//! `relais search`.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use relais_adapters::search::{Check, Explanation, Factors, MetWord};
use relais_app::directory::search::explain_search;
use relais_app::directory::view::ServiceFilter;
use relais_domain::directory::search::Sort;
use relais_domain::directory::{AudienceCode, Fee, Reception, ServiceKind};
use relais_domain::shared::ids::{OrganisationId, ServiceId};
use serde_json::json;

use super::{Stop, print_json};
use crate::config::Common;

/// What to look into.
#[derive(Clone, Debug, Subcommand)]
pub enum SearchCommand {
    /// Show why a service is found or not, and why it stands where it does
    Explain(Box<ExplainOptions>),
}

/// A service and a question, asked as `GET /v1/services` is. An option that is repeated means "one of these".
#[derive(Clone, Debug, Args)]
pub struct ExplainOptions {
    /// The service
    #[arg(long, value_name = "ID")]
    service: ServiceId,
    /// Words
    #[arg(short, long)]
    q: Option<String>,
    /// The commune where the person lives, by its official code
    #[arg(long, value_name = "CODE")]
    commune: Option<String>,
    /// Degrees north, with `--lon`
    #[arg(long, allow_hyphen_values = true)]
    lat: Option<f64>,
    /// Degrees east, with `--lat`
    #[arg(long, allow_hyphen_values = true)]
    lon: Option<f64>,
    /// How far a service may be, in kilometres
    #[arg(long, value_name = "KM", value_parser = clap::value_parser!(u32).range(1..=100))]
    radius_km: Option<u32>,
    /// A part of the map: west, south, east and north in degrees, divided by commas
    #[arg(long, allow_hyphen_values = true)]
    bbox: Option<String>,
    /// A topic, or a category of topics
    #[arg(long, value_name = "CODE")]
    topic: Vec<String>,
    /// An audience
    #[arg(long, value_name = "CODE")]
    audience: Vec<AudienceCode>,
    /// A kind
    #[arg(long, value_name = "CODE")]
    kind: Vec<ServiceKind>,
    /// Free or paid
    #[arg(long, value_name = "CODE")]
    fee: Vec<Fee>,
    /// Where people are received
    #[arg(long, value_name = "CODE")]
    reception: Vec<Reception>,
    /// A network
    #[arg(long, value_name = "CODE")]
    network: Vec<String>,
    /// A label, as written
    #[arg(long)]
    label: Vec<String>,
    /// Who offers it
    #[arg(long, value_name = "ID")]
    organisation: Vec<OrganisationId>,
    /// Whether referrals can be sent to it
    #[arg(long, value_name = "BOOL")]
    accepts_referrals: Option<bool>,
    /// Open at this moment of its own local time, for example 2026-03-02T10:30
    #[arg(long, value_name = "MOMENT")]
    open_at: Option<String>,
    /// Whether there is room
    #[arg(long, value_name = "BOOL")]
    has_capacity: Option<bool>,
    /// Changed at this instant or later
    #[arg(long, value_name = "INSTANT")]
    updated_since: Option<DateTime<Utc>>,
    /// The order: relevance, distance, freshness, responsiveness
    #[arg(long, value_name = "CODE")]
    sort: Option<Sort>,
    /// For scripts
    #[arg(long)]
    json: bool,
}

impl ExplainOptions {
    fn filter(&self) -> ServiceFilter {
        let own = self.clone();
        ServiceFilter {
            q: own.q,
            commune: own.commune,
            lat: own.lat,
            lon: own.lon,
            radius_km: own.radius_km,
            bbox: own.bbox,
            organisation: own.organisation,
            kind: own.kind,
            topic: own.topic,
            audience: own.audience,
            fee: own.fee,
            reception: own.reception,
            network: own.network,
            label: own.label,
            accepts_referrals: own.accepts_referrals,
            open_at: own.open_at,
            has_capacity: own.has_capacity,
            updated_since: own.updated_since,
            sort: own.sort,
            ..ServiceFilter::default()
        }
    }
}

/// Explains what the public search makes of one service.
///
/// # Errors
/// Exit 1 when there is no such service, 2 when the question cannot be asked.
pub async fn search(common: &Common, command: SearchCommand) -> Result<(), Stop> {
    let SearchCommand::Explain(options) = command;
    let app = common.start().await?;
    let explained = explain_search(&app, &options.filter(), options.service).await;
    app.db.clone().close().await;
    let explanation = explained?;
    if options.json {
        print_json(&json!(explanation));
    } else {
        print(&explanation);
    }
    Ok(())
}

fn print(explanation: &Explanation) {
    let Explanation { id, name, found, filters, words, distance_km, stream, factors, score, rank } = explanation;
    println!("{name} ({id})");
    match (found, stream, rank) {
        (true, Some(stream), Some(rank)) => println!("found, place {rank} among {}", stream.code()),
        _ => println!("not found"),
    }
    println!("filters");
    for Check { filter, passed } in filters {
        println!("  {filter:<20} {}", if *passed { "passed" } else { "FAILED" });
    }
    if !words.is_empty() {
        println!("words");
    }
    for MetWord { word, field, kind, points } in words {
        match (field, kind) {
            (Some(field), Some(kind)) => println!("  {word:<20} {} ({}) {:.1}", field.code(), kind.code(), f64::from(*points) / 10.0),
            _ => println!("  {word:<20} nowhere"),
        }
    }
    if let Some(km) = distance_km {
        println!("distance {km:.1} km");
    }
    if let (Some(Factors { text, distance, quality }), Some(score)) = (factors, score) {
        println!("score {score} = words {text} × distance {distance} × quality {quality} (tenths, thousandths, thousandths)");
    }
}
