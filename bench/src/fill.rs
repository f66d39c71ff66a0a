//! Filling a database, and the ids to load it with.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::cast::Cast;
use crate::chance::Chance;
use crate::db::{Db, sqlite_instant};
use crate::rows::{self, OPERATORS, OTHERS, Of, POOL, Size, World};
use crate::{Fault, Place};

/// Legs, or services, that are written at once.
const BATCH: u64 = 4_000;

/// Cuts a range into such of at most `most`.
pub fn ranges(all: std::ops::Range<u64>, most: u64) -> impl Iterator<Item = std::ops::Range<u64>> {
    let end = all.end;
    all.step_by(usize::try_from(most).unwrap_or(1)).map(move |from| from..end.min(from + most))
}

/// Begins to fill.
pub async fn begin(db: &mut Db) -> Result<(), Fault> {
    if matches!(db, Db::Sqlite(_)) {
        // Only while filling: what is measured opens its own connections.
        db.run("PRAGMA synchronous = OFF").await?;
        db.run("PRAGMA foreign_keys = OFF").await?;
    }
    db.run("BEGIN").await
}

/// Fills a database that has the demo in it.
pub async fn fill(place: &Place, size: &Size) -> Result<(), Fault> {
    let begun = Instant::now();
    let mut db = Db::open(&place.database_url).await?;
    let cast = Cast::read(place, &mut db).await?;
    let now = db.now().await?;
    let mut world = World::new(&cast, now, *size)?;
    begin(&mut db).await?;
    db.write(world.organisations()).await?;
    for numbers in ranges(0..size.services, BATCH) {
        let services = world.services(numbers);
        db.write(services).await?;
    }
    for places in ranges(0..size.referrals, BATCH) {
        let done = places.end;
        for table in world.legs(places).tables() {
            db.write(table).await?;
        }
        eprint!("\rfill: {done} of {} referrals, {:.1} s ", size.referrals, begun.elapsed().as_secs_f32());
        std::io::stderr().flush()?;
    }
    db.run("COMMIT").await?;
    db.settle().await?;
    eprintln!("\rfill: {} referrals in {:.1} s, analysed          ", size.referrals, begun.elapsed().as_secs_f32());
    Ok(())
}

/// Adds sent legs to the operator's structure.
pub async fn pool(place: &Place, from: u64, count: u64) -> Result<(), Fault> {
    let mut db = Db::open(&place.database_url).await?;
    let cast = Cast::read(place, &mut db).await?;
    let now = db.now().await?;
    let mut world = World::new(&cast, now, Size { organisations: 1_000, services: 20_000, referrals: 0, archived: None })?;
    begin(&mut db).await?;
    for numbers in ranges(from..from + count, BATCH) {
        for table in world.pool(numbers).tables() {
            db.write(table).await?;
        }
    }
    db.run("COMMIT").await?;
    db.settle().await
}

/// The operator's legs that were filled in.
pub async fn operators_legs(db: &mut Db) -> Result<Vec<uuid::Uuid>, Fault> {
    let (from, to) = (db.literal(rows::id(Of::Leg, OPERATORS)), db.literal(rows::id(Of::Leg, OTHERS)));
    db.ids(&format!("SELECT id FROM referral WHERE id >= {from} AND id < {to}")).await
}

/// Prints ids: of the pool in their order, else of the operator's legs in any order.
pub async fn ids(place: &Place, pool_from: Option<u64>, count: u64) -> Result<(), Fault> {
    let mut db = Db::open(&place.database_url).await?;
    let mut found = if let Some(from) = pool_from {
        let (from, to) = (db.literal(rows::id(Of::Leg, POOL + from)), db.literal(rows::id(Of::Leg, POOL + from + count)));
        db.ids(&format!("SELECT id FROM referral WHERE id >= {from} AND id < {to} AND state = 'sent' ORDER BY id")).await?
    } else {
        let mut found = operators_legs(&mut db).await?;
        let mut chance = Chance::new(11);
        found.sort_by_cached_key(|_| chance.next());
        found
    };
    found.truncate(usize::try_from(count)?);
    let mut out = std::io::stdout().lock();
    for id in found {
        writeln!(out, "{id}")?;
    }
    Ok(())
}

/// Waits until nothing is left to do in the background, so that it does not run beside what is measured next.
pub async fn calm(url: &str, most: u64) -> Result<(), Fault> {
    let (begun, mut db, mut left) = (Instant::now(), Db::open(url).await?, String::new());
    while begun.elapsed() < Duration::from_secs(most) {
        let now = sqlite_instant(db.now().await?);
        let due = format!("SELECT count(*) FROM job WHERE state = 'ready' AND run_at <= '{now}'");
        let unplaced = ["event", "mutation_entry"].map(|table| format!("(SELECT count(*) FROM {table} WHERE position IS NULL)"));
        left = db.text(&format!("SELECT CAST(({due}) + {} AS text)", unplaced.join(" + "))).await?;
        if left == "0" {
            if begun.elapsed() > Duration::from_secs(2) {
                eprintln!("calm after {:.1} s", begun.elapsed().as_secs_f32());
            }
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    eprintln!("NOT calm after {most} s: {left} jobs and entries are left");
    Ok(())
}
