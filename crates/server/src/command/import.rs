//! `relais import`.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use relais_app::Refusal;
use relais_app::directory::import::{self, ImportFiles, ImportOptions, ImportReport, Tally};
use relais_app::directory::places::{PlaceTally, PlacesReport, import_places};
use relais_domain::directory::SourceKey;
use serde_json::json;

use super::{Stop, print_json};
use crate::config::Common;

/// The formats of feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FeedFormat {
    /// data·inclusion, version 1
    DataInclusion,
}

/// What to load.
#[derive(Clone, Debug, Subcommand)]
pub enum ImportCommand {
    /// Load structures and services from a feed
    Services(ServicesOptions),
    /// Load communes and arrondissements from an official file
    Places(PlacesOptions),
}

/// Options of `relais import services`.
#[derive(Clone, Debug, Args)]
pub struct ServicesOptions {
    /// The feed's format
    #[arg(long, default_value = "data-inclusion")]
    format: FeedFormat,
    /// The structures: a JSON array, or one object per line
    structures: PathBuf,
    /// The services, likewise
    services: PathBuf,
    /// Write nothing; give the same report
    #[arg(long)]
    dry_run: bool,
    /// The feed is everything that its source has: what it lacks is suspended
    #[arg(long)]
    full: bool,
    /// The one source that the feed may hold
    #[arg(long)]
    source: Option<SourceKey>,
    /// For scripts
    #[arg(long)]
    json: bool,
}

/// Options of `relais import places`.
#[derive(Clone, Debug, Args)]
pub struct PlacesOptions {
    /// The JSON of geo.api.gouv.fr/communes, or a table with the columns of INSEE; plain or compressed by gzip
    file: PathBuf,
    /// Write nothing; give the same report
    #[arg(long)]
    dry_run: bool,
    /// For scripts
    #[arg(long)]
    json: bool,
}

/// Loads a file, with a progress bar on a terminal.
///
/// # Errors
/// Exit 1 when a file cannot be read. Bad records are in the report and do not stop the rest.
pub async fn import(common: &Common, command: ImportCommand) -> Result<(), Stop> {
    match command {
        ImportCommand::Services(options) => services(common, options).await,
        ImportCommand::Places(options) => places(common, &options).await,
    }
}

fn bar() -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg:>10} [{bar:40}] {bytes}/{total_bytes} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

async fn services(common: &Common, options: ServicesOptions) -> Result<(), Stop> {
    let ServicesOptions { format: FeedFormat::DataInclusion, structures, services, dry_run, full, source, json } = options;
    let app = common.start().await?;
    let bar = bar();
    let report = import::run(&app, &ImportFiles { structures, services }, &ImportOptions { dry_run, full, source }, &mut |progress| {
        bar.set_message(progress.kind.code());
        bar.set_length(progress.of_bytes);
        bar.set_position(progress.bytes);
    })
    .await?;
    bar.finish_and_clear();
    app.db.clone().close().await;
    if json {
        print_json(&json!(report));
    } else {
        print(&report);
    }
    Ok(())
}

async fn places(common: &Common, options: &PlacesOptions) -> Result<(), Stop> {
    let app = common.start().await?;
    let bar = bar();
    bar.set_message("place");
    let report = import_places(&app, bar.wrap_read(open(&options.file, &bar)?), options.dry_run).await?;
    bar.finish_and_clear();
    app.db.clone().close().await;
    if options.json {
        print_json(&json!(report));
    } else {
        print_places(&report);
    }
    Ok(())
}

fn open(path: &Path, bar: &ProgressBar) -> Result<File, Refusal> {
    let unreadable = |error: std::io::Error| {
        tracing::warn!(%error, "the file of places cannot be read");
        Refusal::BadRequest("file_unreadable")
    };
    let file = File::open(path).map_err(unreadable)?;
    bar.set_length(file.metadata().map_err(unreadable)?.len());
    Ok(file)
}

/// How many lines of a report are printed.
const MOST_LINES: usize = 50;

fn print(report: &ImportReport) {
    for (name, tally) in [("structures", &report.structures), ("services", &report.services)] {
        let Tally { created, updated, restored, unchanged, refused, suspended } = tally;
        println!(
            "{name:<11} {created} new, {updated} updated, {restored} restored, {unchanged} unchanged, {refused} refused, {suspended} suspended"
        );
    }
    for line in report.errors.iter().take(MOST_LINES) {
        println!("  {} {} {}: {} {}", line.kind, line.index, line.id.as_deref().unwrap_or("-"), line.field, line.code);
    }
    print_more(report.errors.len());
}

fn print_places(report: &PlacesReport) {
    let PlaceTally { created, updated, unchanged, passed_over, refused } = report.places;
    println!("places      {created} new, {updated} updated, {unchanged} unchanged, {passed_over} passed over, {refused} refused");
    for line in report.errors.iter().take(MOST_LINES) {
        println!("  {} {}: {} {}", line.index, line.id.as_deref().unwrap_or("-"), line.field, line.code);
    }
    print_more(report.errors.len());
}

fn print_more(errors: usize) {
    if errors > MOST_LINES {
        println!("  … and {} more; --json shows all", errors - MOST_LINES);
    }
}
