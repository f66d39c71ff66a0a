//! Reports: what is counted of referrals, what of it is told, and what of a list is taken out as a file.

mod export;
mod figures;
mod month;
mod secrecy;
mod spans;

pub use export::{ExportFormat, ExportKind, ExportState, plain_cell};
pub use figures::{Cell, Figures, Group, GroupBy, SpanFigures, StateCount, Statement, Tally, state};
pub use month::{Month, MonthError};
pub use secrecy::{LEAST, told};
pub use spans::Spans;
