//! `relais openapi`: the contract as files.

use std::path::PathBuf;

use clap::Args;
use relais_http::openapi::three_zero::to_3_0;
use serde_json::Value;

use super::Stop;
use crate::config::Common;

/// What to write and where.
#[derive(Clone, Debug, Args)]
pub struct OpenapiOptions {
    /// Write `openapi.json` (3.1.0) and `openapi-3.0.json` (3.0.3) into this folder; print the first when unset
    #[arg(long)]
    write: Option<PathBuf>,
    /// Print the 3.0.3 rendering
    #[arg(long)]
    three_zero: bool,
}

/// The address that the committed documents name: the same on every machine.
const EVERYWHERE: &str = "http://127.0.0.1:8080";

/// Writes or prints the document. Sandbox operations are part of it.
///
/// # Errors
/// When a file cannot be written.
pub fn openapi(_common: &Common, options: &OpenapiOptions) -> Result<(), Stop> {
    let document = relais_http::document(EVERYWHERE, true);
    let rendering = to_3_0(&document);
    let text = |value: &Value| serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|error| Stop::new(error.to_string()));
    let Some(folder) = &options.write else {
        print!("{}", text(if options.three_zero { &rendering } else { &document })?);
        return Ok(());
    };
    for (name, value) in [("openapi.json", &document), ("openapi-3.0.json", &rendering)] {
        let path = folder.join(name);
        std::fs::write(&path, text(value)?).map_err(|error| Stop::new(format!("{}: {error}", path.display())))?;
    }
    Ok(())
}
