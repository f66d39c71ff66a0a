//! `relais import`.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use relais_app::directory::import::{self, ImportFiles, ImportOptions, ImportReport, Tallies, Tally};
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
    Services {
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
    },
}

/// Loads a feed, with a progress bar on a terminal.
///
/// # Errors
/// Exit 1 when a file cannot be read. Bad records are in the report and do not stop the rest.
pub async fn import(common: &Common, command: ImportCommand) -> Result<(), Stop> {
    let ImportCommand::Services { format: FeedFormat::DataInclusion, structures, services, dry_run, full, source, report: file, json } =
        command;
    let app = common.start().await?;
    let style =
        ProgressStyle::with_template("{msg:>10} [{bar:40}] {bytes}/{total_bytes} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
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
    for line in report.errors.iter().take(50) {
        println!("  {} {} {}: {} {}", line.kind, line.index, line.id.as_deref().unwrap_or("-"), line.field, line.code);
    }
    if error_count > 50 {
        println!("  … and {} more; --report FILE shows the first ten thousand", error_count - 50);
    }
}
