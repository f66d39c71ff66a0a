//! Imports, as they are shown.

use chrono::{DateTime, Utc};
use relais_domain::directory::{ImportFormat, ImportState, RecordKind, SourceKey};
use relais_domain::shared::ids::{ImportId, OrganisationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::Failure;
use crate::directory::entity::import_run;

/// What became of the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tally {
    /// New here.
    pub created: u64,
    /// Newer than here.
    pub updated: u64,
    /// Back in the feed, and public again.
    pub restored: u64,
    /// As it was.
    pub unchanged: u64,
    /// Refused; the report says why.
    pub refused: u64,
    /// Missing from a full feed, and suspended.
    pub suspended: u64,
    /// Written in the retired shape, version 0, and translated; each is counted above as well.
    pub translated: u64,
}

impl Tally {
    /// How many records were written.
    pub const fn written(&self) -> u64 {
        self.created + self.updated + self.restored
    }

    /// How many records were read.
    pub const fn read(&self) -> u64 {
        self.created + self.updated + self.restored + self.unchanged + self.refused
    }
}

/// What an import did, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tallies {
    /// Both files were read to their end.
    pub complete: bool,
    /// What a full feed lacks was looked for. Not in a partial feed, not in one that breaks off, and not when a record has no
    /// id that can be read: it might be the one that seems to be missing.
    pub missing_looked_for: bool,
    /// The structures.
    pub structures: Tally,
    /// The services.
    pub services: Tally,
    /// How many errors there are.
    pub error_count: u64,
    /// There are more errors than the report keeps.
    pub errors_truncated: bool,
}

impl Default for Tallies {
    fn default() -> Self {
        let (structures, services) = (Tally::default(), Tally::default());
        Self { complete: true, missing_looked_for: false, structures, services, error_count: 0, errors_truncated: false }
    }
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// The kind of record that is read now.
    pub kind: RecordKind,
    /// How many of it were read.
    pub records: u64,
    /// How much of the file was read.
    pub bytes: u64,
    /// The size of the file.
    pub of_bytes: u64,
}

/// How an import was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunOptions {
    /// The one source that the feed may hold; any when null.
    pub source: Option<SourceKey>,
    /// The feed is everything that its sources have: what it lacks is suspended.
    pub full: bool,
    /// Write nothing; give the same report.
    pub dry_run: bool,
}

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The name of its parts.
    pub name: String,
    /// Its size, unpacked.
    pub bytes: u64,
}

/// What an import keeps beside its tallies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The structures.
    pub structures: Option<Upload>,
    /// The services.
    pub services: Option<Upload>,
    /// As it is shown.
    pub progress: Option<Progress>,
    /// Why the worker gave up.
    pub failed_because: Option<String>,
    /// The place at which a worker goes on, in its own words.
    pub place: serde_json::Value,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    /// Its id.
    pub id: ImportId,
    /// The format of the feed.
    pub format: ImportFormat,
    /// Where it stands.
    pub state: ImportState,
    /// How it was asked for.
    #[serde(flatten)]
    pub options: RunOptions,
    /// The size of the structures that were uploaded, unpacked; null before.
    pub structures_bytes: Option<u64>,
    /// The size of the services that were uploaded, unpacked; null before.
    pub services_bytes: Option<u64>,
    /// How far it has come; null before it starts and when it is done.
    pub progress: Option<Progress>,
    /// What it did so far; null before it starts.
    pub tallies: Option<Tallies>,
    /// Why the worker gave up, by its code; null unless it did.
    pub failed_because: Option<String>,
    /// Who made it.
    pub created_by: Option<Uuid>,
    /// The organisation that they acted for.
    pub organisation_id: Option<OrganisationId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version; progress does not move it.
    pub version: i32,
}

impl TryFrom<import_run::Model> for ImportView {
    type Error = Failure;

    fn try_from(row: import_run::Model) -> Result<Self, Failure> {
        let import_run::Model {
            id,
            format,
            options,
            state,
            progress,
            report,
            created_by,
            organisation_id,
            created_at,
            updated_at,
            version,
        } = row;
        let kept: Kept = super::super::write::told(progress)?.unwrap_or_default();
        let size = |upload: Option<Upload>| upload.map(|upload| upload.bytes);
        Ok(Self {
            id,
            format,
            state,
            options: super::super::write::told(Some(options))?.unwrap_or_default(),
            structures_bytes: size(kept.structures),
            services_bytes: size(kept.services),
            progress: kept.progress.filter(|_| state == ImportState::Running),
            tallies: super::super::write::told(report)?,
            failed_because: kept.failed_because.filter(|_| state == ImportState::Failed),
            created_by,
            organisation_id,
            created_at,
            updated_at,
            version,
        })
    }
}
