//! Small commands: schema, configuration, health.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Stop, print_json};
use crate::config::Common;

/// What to do with the schema.
#[derive(Clone, Debug, Args)]
pub struct MigrateOptions {
    /// Take back this many steps instead
    #[arg(long)]
    down: Option<u32>,
    /// Only say what is pending
    #[arg(long)]
    pending: bool,
    /// For scripts
    #[arg(long)]
    json: bool,
}

/// Brings the schema up, or takes steps back.
///
/// # Errors
/// When a step fails.
pub async fn migrate(common: &Common, options: &MigrateOptions) -> Result<(), Stop> {
    let db = common.open().await?;
    match options.down {
        Some(steps) => db.migrate_down(steps).await?,
        None if options.pending => {}
        None => db.migrate().await?,
    }
    let pending = db.pending_migrations().await?;
    db.close().await;
    if options.json {
        print_json(&json!({"pending": pending}));
    } else if pending.is_empty() {
        println!("the schema is up to date");
    } else {
        println!("pending: {}", pending.join(", "));
    }
    Ok(())
}

/// What to do with the configuration.
#[derive(Clone, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Say what is weak or missing; exit 2 when anything is
    Check {
        /// For scripts
        #[arg(long)]
        json: bool,
    },
}

/// Checks the configuration without starting anything.
///
/// # Errors
/// Exit 2 with every weakness.
pub fn config(common: &Common, command: &ConfigCommand) -> Result<(), Stop> {
    let ConfigCommand::Check { json } = command;
    let weaknesses = common.weaknesses();
    if *json {
        print_json(&json!({"ok": weaknesses.is_empty(), "weaknesses": weaknesses}));
    }
    if weaknesses.is_empty() {
        if !*json {
            println!("the configuration is sound");
        }
        return Ok(());
    }
    Err(Stop::refused(format!("the configuration is refused:\n  - {}", weaknesses.join("\n  - "))))
}

/// Asks the server at `RELAIS_BIND` whether it is ready.
///
/// # Errors
/// Exit 1 when it is not.
pub async fn health(common: &Common) -> Result<(), Stop> {
    let client =
        reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().map_err(|error| Stop::new(error.to_string()))?;
    let answer = client.get(format!("http://{}/health/ready", common.bind)).send().await.map_err(|_| Stop::new("no server answers"))?;
    if answer.status().is_success() {
        println!("ready");
        return Ok(());
    }
    Err(Stop::new(format!("not ready: {}", answer.text().await.unwrap_or_default())))
}
