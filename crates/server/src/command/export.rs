//! `relais export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use relais_app::directory::export::{ExportFilter, export_data_inclusion};
use relais_domain::directory::SourceKey;

use super::Stop;
use crate::config::Common;

/// The formats of exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// data·inclusion, version 1
    DataInclusion,
}

/// What to take out.
#[derive(Clone, Debug, Subcommand)]
pub enum ExportCommand {
    /// Write structures and services as a feed
    Services(ExportOptions),
}

/// Which services, and where to.
#[derive(Clone, Debug, Args)]
pub struct ExportOptions {
    /// The feed's format
    #[arg(long, default_value = "data-inclusion")]
    format: ExportFormat,
    /// From this source only
    #[arg(long)]
    source: Option<SourceKey>,
    /// Also what the public does not see: drafts, suspended, archived, closed
    #[arg(long)]
    all: bool,
    /// Where the structures go
    #[arg(long, default_value = "structures.json", value_name = "FILE")]
    out_structures: PathBuf,
    /// Where the services go
    #[arg(long, default_value = "services.json", value_name = "FILE")]
    out_services: PathBuf,
}

/// Writes a feed.
///
/// # Errors
/// Exit 1 when a file cannot be written.
pub async fn export(common: &Common, command: ExportCommand) -> Result<(), Stop> {
    let ExportCommand::Services(options) = command;
    let app = common.start().await?;
    let ExportOptions { format: ExportFormat::DataInclusion, source, all, out_structures, out_services } = options;
    let (structures, services) = (open(&out_structures)?, open(&out_services)?);
    let exported = export_data_inclusion(&app, &ExportFilter { source, all }, structures, services).await?;
    app.db.clone().close().await;
    eprintln!("{} structures, {} services", exported.structures, exported.services);
    Ok(())
}

fn open(path: &Path) -> Result<Box<dyn Write + Send>, Stop> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdout()));
    }
    let file = File::create(path).map_err(|error| Stop::new(format!("{} cannot be written: {error}", path.display())))?;
    Ok(Box::new(BufWriter::new(file)))
}
