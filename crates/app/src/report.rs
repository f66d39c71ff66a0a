//! Reports: figures of referrals, and referrals taken out as a file.

mod export;
mod job;
mod rows;
mod statistics;
mod stream;
mod workbook;

pub(crate) use export::{ERASE_JOB, EXPORT_JOB, erase, outdated, sweep};
pub use export::{ExportRequest, FilePieces, content, create, read};
pub(crate) use job::{gave_up, work};
pub use statistics::{ReferralStatistics, StatisticsQuery, statistics};
pub use stream::{CsvExport, csv, may_csv};

pub use relais_persistence::report::view;
