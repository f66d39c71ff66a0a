//! The door: what every request passes, in the order that the contract fixes.
//!
//! Route, identity, budget, headers and shape are checked here, one after the other, by one extractor; what is left to
//! the use cases is what only the database can judge.

mod answer;
mod body;
mod budget;
mod call;
mod operation;
mod parameters;
mod strict;
mod tried;
mod upload;
mod validate;

pub use answer::{Answer, Item, tagged};
pub use budget::{Budgets, Left, POLICY};
pub use call::{Call, IsHead, NoBody, NoQuery, RequestId, wished_language};
pub use operation::{Auth, Operation, Operations};
pub use tried::{ActQuery, TriedAct};
pub use upload::{FileUpload, Stream, Upload};
