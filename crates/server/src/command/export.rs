//! `relais export`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use relais_app::directory::hsds::{self, HsdsFilter};
use relais_app::{App, Refusal};
use relais_domain::shared::Language;

use super::Stop;
use crate::config::Common;

/// The formats of what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// HSDS, version 3.1
    Hsds,
}

/// What to write out.
#[derive(Clone, Debug, Subcommand)]
pub enum ExportCommand {
    /// Write all published services
    Services(ExportServices),
}

/// How to write the services.
#[derive(Clone, Debug, Args)]
pub struct ExportServices {
    /// The format
    #[arg(long)]
    format: ExportFormat,
    /// The file to write; standard output without
    #[arg(long)]
    out: Option<PathBuf>,
    /// One record a line instead of one JSON array
    #[arg(long)]
    ndjson: bool,
    /// The language of labels: fr, nl, de, en
    #[arg(long, default_value = "en")]
    language: Language,
}

/// Writes data out, part by part.
///
/// # Errors
/// Exit 1 when the database cannot be read or the file not be written.
pub async fn export(common: &Common, command: ExportCommand) -> Result<(), Stop> {
    let ExportCommand::Services(options) = command;
    let app = common.start().await?;
    let written = match &options.out {
        None => services(&app, &options, &mut std::io::stdout().lock()).await,
        Some(file) => {
            let mut out = BufWriter::new(File::create(file).map_err(|error| Stop::new(format!("{}: {error}", file.display())))?);
            services(&app, &options, &mut out).await
        }
    };
    app.db.clone().close().await;
    written
}

async fn services(app: &App, options: &ExportServices, out: &mut impl Write) -> Result<(), Stop> {
    match options.format {
        ExportFormat::Hsds => hsds_services(app, options, out).await,
    }
}

async fn hsds_services(app: &App, options: &ExportServices, out: &mut impl Write) -> Result<(), Stop> {
    let cannot = |error: std::io::Error| Stop::new(format!("cannot write: {error}"));
    let filter = HsdsFilter { full: Some(true), ..HsdsFilter::default() };
    let listing = hsds::services(app, options.language, &filter).await?;
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
