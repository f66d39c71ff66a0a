//! `relais backup` and `relais restore` for SQLite.

use std::path::{Path, PathBuf};

use clap::Args;
use relais_persistence::Db;

use super::Stop;
use crate::config::Common;

/// Where the copy goes.
#[derive(Clone, Debug, Args)]
pub struct BackupOptions {
    /// The file to write; it must not exist
    file: PathBuf,
}

/// Where the copy comes from.
#[derive(Clone, Debug, Args)]
pub struct RestoreOptions {
    /// The file that `relais backup` wrote
    file: PathBuf,
}

fn url_of(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// Copies the running database, consistent as of one moment. The key file is not part of it: keep it apart.
///
/// # Errors
/// On PostgreSQL, and when the file exists or cannot be written.
pub async fn backup(common: &Common, options: &BackupOptions) -> Result<(), Stop> {
    if options.file.exists() {
        return Err(Stop::refused(format!("{} exists already", options.file.display())));
    }
    let db = common.open().await?;
    db.backup_to(&options.file.display().to_string()).await?;
    db.close().await;
    println!("wrote {}", options.file.display());
    Ok(())
}

/// Puts a copy in place of the database. The old one is kept beside it.
///
/// # Errors
/// On PostgreSQL, when the copy is no Relais database, and when a server still holds the old one.
pub async fn restore(common: &Common, options: &RestoreOptions) -> Result<(), Stop> {
    if common.is_postgres() {
        return Err(Stop::refused("PostgreSQL is restored with pg_restore; see docs/operations.md"));
    }
    let cannot = |what: &Path| {
        let what = what.display().to_string();
        move |error: std::io::Error| Stop::new(format!("{what}: {error}"))
    };
    let target = PathBuf::from(common.database().trim_start_matches("sqlite:").trim_start_matches("//"));
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder).map_err(cannot(folder))?;
    }
    // The copy is made and proved beside the target, then moved over it in one step.
    let fresh = target.with_extension("restoring");
    std::fs::copy(&options.file, &fresh).map_err(cannot(&options.file))?;
    let db = Db::open(&url_of(&fresh), 1).await?;
    let known = db.pending_migrations().await.map(|pending| pending.len());
    db.close().await;
    let known = known.map_err(|_| Stop::refused("the file is no Relais database"))?;
    if target.exists() {
        let kept = target.with_extension("before-restore");
        std::fs::rename(&target, &kept).map_err(cannot(&target))?;
        for rest in ["db-wal", "db-shm"] {
            let _ = std::fs::remove_file(target.with_extension(rest));
        }
        println!("the old database is kept as {}", kept.display());
    }
    std::fs::rename(&fresh, &target).map_err(cannot(&target))?;
    println!("restored {}{}", target.display(), if known > 0 { "; run `relais migrate`" } else { "" });
    Ok(())
}
