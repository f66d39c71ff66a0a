//! Drills: what the installation keeps when something goes wrong on purpose, or when somebody means harm.

mod hostile;
mod import;
mod journal;
mod kill;
mod nodes;
mod search;
mod shutdown;
mod tokens;
