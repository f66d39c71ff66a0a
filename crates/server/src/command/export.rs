//! `relais export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use relais_app::directory::export::{ExportFilter, export_data_inclusion};
use relais_app::directory::hsds::{self, HsdsFilter};
use relais_app::{App, Refusal};
use relais_domain::directory::SourceKey;
use relais_domain::shared::Language;

use super::Stop;
use crate::config::Common;

/// The formats of exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// data·inclusion, version 1: two files
    DataInclusion,
    /// HSDS, version 3.1: one file
    Hsds,
}

/// What to take out.
#[derive(Clone, Debug, Subcommand)]
pub enum ExportCommand {
    /// Write the services of the directory
    Services(ExportOptions),
}

/// Which services, and where to.
#[derive(Clone, Debug, Args)]
pub struct ExportOptions {
    /// The format
    #[arg(long, default_value = "data-inclusion")]
    format: ExportFormat,
    /// From this source only (data·inclusion)
    #[arg(long)]
    source: Option<SourceKey>,
    /// Also what the public does not see: drafts, suspended, archived, closed (data·inclusion)
    #[arg(long)]
    all: bool,
    /// Where the structures go (data·inclusion)
    #[arg(long, default_value = "structures.json", value_name = "FILE")]
    out_structures: PathBuf,
    /// Where the services go (data·inclusion)
    #[arg(long, default_value = "services.json", value_name = "FILE")]
    out_services: PathBuf,
    /// The file to write; standard output without (HSDS)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// One record a line instead of one JSON array (HSDS)
    #[arg(long)]
    ndjson: bool,
    /// The language of labels: fr, nl, de, en (HSDS)
    #[arg(long, default_value = "en")]
    language: Language,
}

/// Writes data out, part by part.
///
/// # Errors
/// Exit 1 when the database cannot be read or a file cannot be written.
pub async fn export(common: &Common, command: ExportCommand) -> Result<(), Stop> {
    let ExportCommand::Services(options) = command;
    let app = common.start().await?;
    let written = match options.format {
        ExportFormat::DataInclusion => data_inclusion(&app, &options).await,
        ExportFormat::Hsds => {
            let mut out = open(options.out.as_deref().unwrap_or(Path::new("-")))?;
            hsds_services(&app, &options, &mut out).await
        }
    };
    app.db.clone().close().await;
    written
}

async fn data_inclusion(app: &App, options: &ExportOptions) -> Result<(), Stop> {
    let (structures, services) = (open(&options.out_structures)?, open(&options.out_services)?);
    let filter = ExportFilter { source: options.source.clone(), all: options.all };
    let exported = export_data_inclusion(app, &filter, structures, services).await?;
    eprintln!("{} structures, {} services", exported.structures, exported.services);
    Ok(())
}

/// A file to write; `-` is standard output.
fn open(path: &Path) -> Result<Box<dyn Write + Send>, Stop> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdout()));
    }
    let file = File::create(path).map_err(|error| Stop::new(format!("{} cannot be written: {error}", path.display())))?;
    Ok(Box::new(BufWriter::new(file)))
}

async fn hsds_services(app: &App, options: &ExportOptions, out: &mut impl Write) -> Result<(), Stop> {
    let cannot = |error: std::io::Error| Stop::new(format!("cannot write: {error}"));
    let filter = HsdsFilter { full: Some(true), ..HsdsFilter::default() };
    let listing = hsds::services(app, options.language, &filter)?;
    let (mut last, mut between) = (None, "");
    if !options.ndjson {
        out.write_all(b"[\n").map_err(cannot)?;
    }
    loop {
        let chunk = listing.chunk(app, last).await?;
        for record in &chunk.records {
            let text = serde_json::to_string(record).map_err(|error| Refusal::Failed(error.to_string()))?;
            write!(out, "{between}{text}").map_err(cannot)?;
            between = if options.ndjson { "\n" } else { ",\n" };
        }
        last = chunk.next;
        if last.is_none() {
            break;
        }
    }
    let end: &[u8] = if options.ndjson { if between.is_empty() { b"" } else { b"\n" } } else { b"\n]\n" };
    out.write_all(end).and_then(|()| out.flush()).map_err(cannot)
}
