//! The commands.

mod audit;
mod backup;
mod demo;
mod export;
mod extract;
mod import;
mod openapi;
mod people;
mod search;
mod serve;
mod tools;

use clap::{Parser, Subcommand};

use crate::config::Common;
use crate::logging::LogOptions;

/// Relais: the open back end for social care.
#[derive(Debug, Parser)]
#[command(name = "relais", version, about, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub log: LogOptions,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server, with the background worker inside
    Serve(serve::ServeOptions),
    /// Start a background worker alone
    Work,
    /// Bring the database's schema up to this program
    Migrate(tools::MigrateOptions),
    /// Fill an empty sandbox with people and places to try
    Demo(demo::DemoOptions),
    /// Manage people who sign in
    #[command(subcommand)]
    User(people::UserCommand),
    /// Manage accounts of partner platforms
    #[command(subcommand)]
    ServiceAccount(people::ServiceAccountCommand),
    /// Load data
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Write data out
    #[command(subcommand)]
    Export(export::ExportCommand),
    /// Look into search
    #[command(subcommand)]
    Search(search::SearchCommand),
    /// Write the OpenAPI document
    Openapi(openapi::OpenapiOptions),
    /// Check the journals
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Check the configuration
    #[command(subcommand)]
    Config(tools::ConfigCommand),
    /// Copy a running SQLite database
    Backup(backup::BackupOptions),
    /// Put a copy in place of the SQLite database; the server must be stopped
    Restore(backup::RestoreOptions),
    /// Ask a running server whether it is ready
    Health,
    /// Search one file, from the input, for what no file may hold; the exit code tells. The server calls it by itself
    #[command(hide = true)]
    Extract(extract::ExtractOptions),
}

/// Why the program stops, and with which exit code: 1 failed, 2 refused.
#[derive(Debug)]
pub struct Stop {
    pub text: String,
    pub code: u8,
}

impl Stop {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 1 }
    }

    pub fn refused(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: 2 }
    }
}

impl From<relais_app::Refusal> for Stop {
    fn from(refusal: relais_app::Refusal) -> Self {
        let code = if matches!(refusal, relais_app::Refusal::Blocked { .. } | relais_app::Refusal::Conflict(_)) { 2 } else { 1 };
        let text = match &refusal {
            relais_app::Refusal::Blocked { blockers, .. } => {
                let reasons = blockers.iter().map(|blocker| match &blocker.pointer {
                    Some(pointer) => format!("{} at {pointer}", blocker.code),
                    None => blocker.code.to_owned(),
                });
                reasons.collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        };
        Self { text, code }
    }
}

impl From<relais_persistence::Failure> for Stop {
    fn from(failure: relais_persistence::Failure) -> Self {
        Self::new(failure.to_string())
    }
}

impl Cli {
    /// The command that runs before anything is started: it limits its own process first.
    pub fn runs_alone(&self) -> Option<u8> {
        match &self.command {
            Command::Extract(options) => Some(extract::extract(options)),
            _ => None,
        }
    }
}

/// Runs a command.
///
/// # Errors
/// What to print and with which code to exit.
pub async fn run(cli: Cli) -> Result<(), Stop> {
    let common = &cli.common;
    match cli.command {
        Command::Serve(options) => serve::serve(common, &options).await,
        Command::Work => serve::work(common).await,
        Command::Migrate(options) => tools::migrate(common, &options).await,
        Command::Demo(options) => demo::demo(common, &options).await,
        Command::User(command) => people::user(common, command).await,
        Command::ServiceAccount(command) => people::service_account(common, command).await,
        Command::Import(command) => import::import(common, command).await,
        Command::Export(command) => export::export(common, command).await,
        Command::Search(command) => search::search(common, command).await,
        Command::Openapi(options) => openapi::openapi(common, &options),
        Command::Audit(command) => audit::audit(common, &command).await,
        Command::Config(command) => tools::config(common, &command),
        Command::Backup(options) => backup::backup(common, &options).await,
        Command::Restore(options) => backup::restore(common, &options).await,
        Command::Health => tools::health(common).await,
        Command::Extract(options) => Err(Stop { text: String::new(), code: extract::extract(&options) }),
    }
}

/// Prints a JSON value for scripts.
fn print_json(value: &serde_json::Value) {
    println!("{}", serde_json::to_string_pretty(value).unwrap_or_default());
}
