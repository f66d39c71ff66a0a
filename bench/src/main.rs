//! Measures the server against the bare database: fills, loads, replays, reports. Driven by `bench/run.sh`.

mod capture;
mod cast;
mod chance;
mod db;
mod directory;
mod export;
mod fill;
mod http;
mod load;
mod log;
mod pgbench;
mod recipe;
mod report;
mod rows;
mod scans;
mod sqlite;
mod timing;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::directory::{copies, feed, runs};

/// What can go wrong, as a sentence.
type Fault = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, Parser)]
#[command(name = "relais-bench", about = "Measures Relais against its bare database")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Which database, and who plays in it.
#[derive(Clone, Debug, clap::Args)]
struct Place {
    /// `sqlite:PATH` or `postgres://…`, migrated, with the demo in it
    #[arg(long)]
    database_url: String,
    /// What `relais demo --json` printed for this database
    #[arg(long)]
    demo: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fill a database with organisations, services and referrals
    Fill {
        #[command(flatten)]
        place: Place,
        #[arg(long, default_value_t = 20_000)]
        referrals: u64,
        #[arg(long, default_value_t = 1_000)]
        organisations: u64,
        #[arg(long, default_value_t = 20_000)]
        services: u64,
        /// Ended legs of the operator's structure, beside its 2 000 open ones; one of twenty referrals when absent
        #[arg(long)]
        archived: Option<u64>,
    },
    /// Add sent referrals to the operator's structure, to be accepted
    Pool {
        #[command(flatten)]
        place: Place,
        /// The number of the first
        #[arg(long)]
        from: u64,
        #[arg(long)]
        count: u64,
    },
    /// Print ids of referrals, one a line
    Ids {
        #[command(flatten)]
        place: Place,
        /// The first so many of the pool from this number on; without it, referrals that the operator sees
        #[arg(long)]
        pool_from: Option<u64>,
        #[arg(long, default_value_t = 20_000)]
        count: u64,
    },
    /// Load a running server
    Load(load::Options),
    /// Take referrals out as CSV and time the first byte and the last
    Export(export::Options),
    /// Find out which statements the server runs for one request of each operation
    Capture(capture::Options),
    /// Run the same statements without the server
    Bare {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        options: recipe::Options,
    },
    /// Print the id of the operator's service
    Service {
        #[command(flatten)]
        place: Place,
    },
    /// Wait until the worker has done what is due and the journals are sealed
    Calm {
        #[arg(long)]
        database_url: String,
        /// Seconds; then it goes on
        #[arg(long, default_value_t = 120)]
        most: u64,
    },
    /// Write a feed of invented services, to be imported
    DirectoryFill(feed::Options),
    /// Put copies with counted ids, in other places, in the place of the services that were imported from such a feed
    DirectoryCopies {
        #[arg(long)]
        database_url: String,
        /// As `directory-fill` takes them
        #[arg(long, default_value = "demo/places.csv")]
        places: PathBuf,
        #[arg(long, default_value_t = 20_000)]
        services: u64,
    },
    /// Time a program
    Timed(runs::Timed),
    /// Wait until search answers, and print how often it asked to come back later
    Searching {
        #[arg(long)]
        base: String,
        /// Seconds
        #[arg(long, default_value_t = 300)]
        most: u64,
    },
    /// Print a port on the loopback address that nobody uses
    FreePort,
    /// Wait until a server is ready
    Ready {
        #[arg(long)]
        base: String,
    },
    /// Make a table of the measurements
    Report {
        /// JSON lines
        #[arg(long)]
        results: PathBuf,
    },
}

async fn run(cli: Cli) -> Result<(), Fault> {
    match cli.command {
        Command::Fill { place, referrals, organisations, services, archived } => {
            fill::fill(&place, &rows::Size { organisations, services, referrals, archived }).await
        }
        Command::Pool { place, from, count } => fill::pool(&place, from, count).await,
        Command::Ids { place, pool_from, count } => fill::ids(&place, pool_from, count).await,
        Command::Export(options) => export::export(&options).await,
        Command::Load(options) => load::load(&options).await,
        Command::Capture(options) => capture::capture(&options).await,
        Command::Bare { place, options } => recipe::bare(&place, &options).await,
        Command::Service { place } => {
            let mut db = db::Db::open(&place.database_url).await?;
            println!("{}", cast::Cast::read(&place, &mut db).await?.id("service")?);
            Ok(())
        }
        Command::Calm { database_url, most } => fill::calm(&database_url, most).await,
        Command::DirectoryFill(options) => feed::write(&options),
        Command::DirectoryCopies { database_url, places, services } => copies::make(&database_url, &places, services).await,
        Command::Timed(options) => runs::timed(&options),
        Command::Searching { base, most } => runs::searching(&base, most).await,
        Command::FreePort => {
            println!("{}", std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
            Ok(())
        }
        Command::Ready { base } => http::ready(&base).await,
        Command::Report { results } => report::report(&results),
    }
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(Fault::from).and_then(|runtime| runtime.block_on(run(cli)));
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("relais-bench: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
