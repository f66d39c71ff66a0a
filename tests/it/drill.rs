//! Drills: what the installation keeps when something goes wrong on purpose, or when somebody means harm.

mod kill;
mod journal;
mod nodes;
mod tokens;
mod hostile;
mod shutdown;
