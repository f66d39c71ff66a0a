//! What every operation of the API keeps, generated from the document that the program serves.
//!
//! A [`stage::Scene`] is an operation with somebody who may do it on a record in a state where it may be done; the walks
//! ask every operation the same questions.

mod stage;

mod door;
mod permission;
mod record;
