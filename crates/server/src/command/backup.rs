//! `relais backup` and `relais restore` for SQLite.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use relais_persistence::{Db, Failure};

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

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn cannot(what: &Path) -> impl Fn(std::io::Error) -> Stop {
    let what = what.display().to_string();
    move |error| Stop::new(format!("{what}: {error}"))
}

/// Copies the running database, consistent as of one moment, into a file that only its owner can read. The key file is not
/// part of it: keep it apart.
///
/// # Errors
/// Exit 2 on PostgreSQL and when the file exists; exit 1 when it cannot be written.
pub async fn backup(common: &Common, options: &BackupOptions) -> Result<(), Stop> {
    let file = &options.file;
    if common.is_postgres() {
        return Err(Stop::refused("PostgreSQL is backed up with pg_dump; see docs/operations.md"));
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Stop::refused(format!("{} exists already", file.display())),
        _ => cannot(file)(error),
    })?;
    let copied = copy(common, file).await.and_then(|()| made.sync_all().map_err(cannot(file)));
    if copied.is_err() {
        // What is left of a copy that failed must not be taken for one.
        let _ = std::fs::remove_file(file);
    }
    copied?;
    println!("wrote {}", file.display());
    Ok(())
}

async fn copy(common: &Common, file: &Path) -> Result<(), Stop> {
    let db = common.open().await?;
    let copied = db.backup_to(&file.display().to_string()).await;
    db.close().await;
    Ok(copied?)
}

/// Puts a copy in place of the database. The old one is kept beside it.
///
/// # Errors
/// Exit 2 on PostgreSQL, when the copy is no Relais database, and while a server still holds the old one; nothing has changed
/// then.
pub async fn restore(common: &Common, options: &RestoreOptions) -> Result<(), Stop> {
    if common.is_postgres() {
        return Err(Stop::refused("PostgreSQL is restored with pg_restore; see docs/operations.md"));
    }
    let target = Db::sqlite_file(&common.database())?;
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder).map_err(cannot(folder))?;
    }
    // The copy is made and proved beside the target, then moved over it in one step.
    let fresh = beside(&target, ".restoring");
    let put = put(&options.file, &fresh, &target).await;
    for ending in ["", "-wal", "-shm"] {
        // Nothing is there when all went well.
        let _ = std::fs::remove_file(beside(&fresh, ending));
    }
    let pending = put?;
    println!("restored {}{}", target.display(), if pending > 0 { "; run `relais migrate`" } else { "" });
    Ok(())
}

async fn put(file: &Path, fresh: &Path, target: &Path) -> Result<usize, Stop> {
    std::fs::copy(file, fresh).map_err(cannot(file))?;
    let pending = proved(fresh).await?;
    if target.exists() {
        match Db::fold_alone(&url_of(target)).await {
            Err(Failure::Busy) => return Err(Stop::refused(format!("a program still holds {}: stop it first", target.display()))),
            // A database that is broken beyond opening is what one restores from; it is kept as it is.
            Err(error) => eprintln!("the old database cannot be opened: {error}"),
            Ok(()) => {}
        }
        let kept =
            (1..10_000).map(|number| beside(target, &format!(".before-restore-{number}"))).find(|kept| !kept.exists()).unwrap_or_default();
        for ending in ["-wal", "-shm", ""] {
            let rest = beside(target, ending);
            if rest.exists() {
                std::fs::rename(&rest, beside(&kept, ending)).map_err(cannot(&rest))?;
            }
        }
        println!("the old database is kept as {}", kept.display());
    }
    std::fs::rename(fresh, target).map_err(cannot(target))?;
    Ok(pending)
}

/// Opens the copy once: it must be a whole database, and ours. Returns how many schema steps it lacks.
async fn proved(fresh: &Path) -> Result<usize, Stop> {
    let no_copy = |_| Stop::refused("the file is no Relais database");
    let db = Db::open(&url_of(fresh), 1).await.map_err(no_copy)?;
    let (ours, pending) = (db.is_ours().await, db.pending_migrations().await);
    db.close().await;
    let pending = pending.map_err(no_copy)?.len();
    if !ours.map_err(no_copy)? {
        return Err(Stop::refused("the file is no Relais database"));
    }
    Db::fold_alone(&url_of(fresh)).await?;
    std::fs::File::open(fresh).and_then(|file| file.sync_all()).map_err(cannot(fresh))?;
    Ok(pending)
}
