//! What the installation itself does: the background worker, the sequencer, housekeeping, the sandbox, its jobs.

pub mod housekeeping;
pub mod jobs;
mod responsiveness;
pub mod sandbox;
pub mod worker;

mod duration;
#[cfg(test)]
mod tests;

pub use relais_persistence::platform::view;
