//! Exports as they are shown.

use chrono::{DateTime, Utc};
use relais_domain::referral::Direction;
use relais_domain::report::{ExportFormat, ExportKind, ExportState};
use relais_domain::shared::ids::ExportId;
use serde::Serialize;
use utoipa::ToSchema;

use super::entity::export;

/// A file that somebody takes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportView {
    /// Its id.
    pub id: ExportId,
    /// Its version.
    pub version: i32,
    /// What is taken out.
    pub kind: ExportKind,
    /// How the file is written.
    pub format: ExportFormat,
    /// Whether what was sent or what was received; both when null.
    pub direction: Option<Direction>,
    /// Where it stands. The file may be fetched while it is `done`.
    pub state: ExportState,
    /// How many rows the file has, until now.
    pub row_count: i64,
    /// How many bytes the file has, until now.
    pub byte_count: i64,
    /// Why it failed, as a code.
    pub failed_because: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the last row was written.
    pub finished_at: Option<DateTime<Utc>>,
    /// When the file is erased; null when none is kept.
    pub expires_at: Option<DateTime<Utc>>,
}

impl From<export::Model> for ExportView {
    fn from(row: export::Model) -> Self {
        let export::Model {
            id,
            kind,
            format,
            direction,
            filter: _,
            rights: _,
            state,
            row_count,
            byte_count,
            failed_because,
            organisation_id: _,
            created_by: _,
            session_id: _,
            created_at,
            finished_at,
            expires_at,
            updated_at: _,
            version,
        } = row;
        Self { id, version, kind, format, direction, state, row_count, byte_count, failed_because, created_at, finished_at, expires_at }
    }
}
