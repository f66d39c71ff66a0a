//! What every operation of the API keeps, generated from the document that the program serves.
//!
//! A [`stage::Scene`] is an operation with somebody who may do it on a record in a state where it may be done; the walks
//! ask every operation the same questions, and tell all that is wrong at once.

mod stage;
mod walk;

mod actions;
mod door;
mod files;
mod foreign;
mod keys;
mod lists;
mod permission;
mod reading;
mod record;
mod router;
mod versions;
mod wire;
