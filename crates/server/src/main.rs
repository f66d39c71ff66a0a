//! The `relais` binary: command line, configuration, wiring. No rule lives here.

mod command;
mod config;
mod logging;

use std::process::ExitCode;

use clap::Parser as _;

use command::Cli;

/// Gives memory back after bursts, even when nothing happens afterwards: a start, an import, password hashing (19 MiB at a time).
/// `.cargo/config.toml` says how soon.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(code) = cli.runs_alone() {
        return ExitCode::from(code);
    }
    logging::start(&cli.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("relais: the runtime cannot start: {error}");
            return ExitCode::from(1);
        }
    };
    match runtime.block_on(command::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            eprintln!("relais: {}", stop.text);
            ExitCode::from(stop.code)
        }
    }
}
