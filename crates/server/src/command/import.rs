//! `relais import`.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use relais_app::Refusal;
use relais_app::directory::import::{self, ImportFiles, ImportOptions, ImportReport, Tallies, Tally};
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
    /// The structures: a JSON array, or one object per line; packed by gzip or not
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
    /// Where the errors go: CSV when the name ends in `.csv`, else JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
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
    let ServicesOptions { format: FeedFormat::DataInclusion, structures, services, dry_run, full, source, report: file, json } = options;
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
    if let Some(file) = file {
        write_report(&report, &file).map_err(|error| Stop::new(format!("{} cannot be written: {error}", file.display())))?;
    }
    if json {
        print_json(&json!(report));
    } else {
        print(&report);
    }
    Ok(())
}

fn write_report(report: &ImportReport, path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        report.write_csv(&mut file)?;
    } else {
        serde_json::to_writer_pretty(&mut file, report)?;
    }
    file.flush()
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
    let Tallies { complete, missing_looked_for: _, structures, services, error_count, errors_truncated: _ } = report.tallies;
    for (name, tally) in [("structures", structures), ("services", services)] {
        let Tally { created, updated, restored, unchanged, refused, suspended, translated } = tally;
        println!(
            "{name:<11} {created} new, {updated} updated, {restored} restored, {unchanged} unchanged, {refused} refused, {suspended} suspended, {translated} translated"
        );
    }
    if !complete {
        println!("A file breaks off: nothing is taken for missing.");
    }
    for line in report.errors.iter().take(MOST_LINES) {
        println!("  {} {} {}: {} {}", line.kind, line.index, line.id.as_deref().unwrap_or("-"), line.field, line.code);
    }
    print_more(error_count);
}

fn print_places(report: &PlacesReport) {
    let PlaceTally { created, updated, unchanged, passed_over, refused } = report.places;
    println!("places      {created} new, {updated} updated, {unchanged} unchanged, {passed_over} passed over, {refused} refused");
    for line in report.errors.iter().take(MOST_LINES) {
        println!("  {} {}: {} {}", line.index, line.id.as_deref().unwrap_or("-"), line.field, line.code);
    }
    print_more(report.errors.len() as u64);
}

fn print_more(errors: u64) {
    if errors > MOST_LINES as u64 {
        println!("  … and {} more; --json shows all that are kept", errors - MOST_LINES as u64);
    }
}
