//! `relais extract`: reads one document in a process of its own.

use clap::Args;
use relais_adapters::extract::{Told, limit_this_process, search_here};
use relais_domain::document::FileType;

/// What to read.
#[derive(Clone, Debug, Args)]
pub struct ExtractOptions {
    /// The type of the file, by its ending
    kind: String,
}

/// Searches the file on the input. Says what it found by its exit code alone.
pub fn extract(options: &ExtractOptions) -> u8 {
    let (Ok(kind), Ok(())) = (options.kind.parse::<FileType>(), limit_this_process()) else { return Told::Unreadable.code() };
    // What a parser would say of a hostile file is told to nobody.
    std::panic::set_hook(Box::new(|_| ()));
    search_here(kind, std::io::stdin().lock()).code()
}
