//! The table of the measurements.

use std::path::Path;

use serde_json::Value;

use crate::{Fault, directory};

/// What is compared from size to size.
const GROWING: [&str; 5] = ["detail", "inbox", "create_send", "accept", "redirect"];
/// Of pgbench's rate, for what decides.
const WANTED_RATIO: &[(&str, f64)] = &[("accept", 0.5), ("redirect", 0.5)];
/// Megabytes of files in a second.
const WANTED_MB: f64 = 80.0;
/// A page of the open boxes beside the archive, to the same beside none.
const WANTED_P50: f64 = 1.5;
/// A list that is taken out: its first byte in milliseconds, and the growth of the server's memory in megabytes.
const WANTED_FIRST_MS: f64 = 200.0;
const WANTED_GROWTH_MB: f64 = 30.0;

/// What was measured.
pub struct Lines(Vec<Value>);

/// A field that is a text.
pub fn text<'a>(line: &'a Value, field: &str) -> &'a str {
    line.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A field that is a number, or a text that tells one.
pub fn number(line: Option<&Value>, field: &str) -> Option<f64> {
    let value = line?.get(field)?;
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// With so many digits after the point; a dash when there is none.
pub fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}

/// What went wrong, and how often.
pub fn errors(line: &Value) -> String {
    let errors = line.get("errors").and_then(Value::as_object).filter(|errors| !errors.is_empty());
    errors
        .map_or_else(|| "0".to_owned(), |errors| errors.iter().map(|(why, times)| format!("{times}× {why}")).collect::<Vec<_>>().join(", "))
}

impl Lines {
    /// The first of a kind with these fields.
    pub fn with(&self, kind: &str, fields: &[(&str, &str)]) -> Option<&Value> {
        self.0.iter().find(|line| text(line, "kind") == kind && fields.iter().all(|(field, value)| text(line, field) == *value))
    }

    fn one(&self, kind: &str, db: &str, referrals: &str, op: &str) -> Option<&Value> {
        self.with(kind, &[("db", db), ("referrals", referrals), ("op", op)])
    }

    /// The values of a field, as they come.
    pub fn all_of(&self, field: &str) -> Vec<&str> {
        let mut found: Vec<&str> = vec![];
        for line in &self.0 {
            let value = text(line, field);
            if !value.is_empty() && !found.contains(&value) {
                found.push(value);
            }
        }
        found
    }
}

/// Reads JSON lines and prints a table in Markdown.
pub fn report(results: &Path) -> Result<(), Fault> {
    let read = std::fs::read_to_string(results)?;
    let lines = Lines(read.lines().map(serde_json::from_str).collect::<Result<_, _>>()?);
    if !lines.all_of("referrals").is_empty() {
        referrals(&lines);
        uploads(&lines);
        archive(&lines);
        exports(&lines);
    }
    directory::table::print(&lines);
    Ok(())
}

fn referrals(lines: &Lines) {
    let (dbs, sizes) = (lines.all_of("db"), lines.all_of("referrals"));
    println!(
        "| database | referrals | operation | req/s | p50 ms | p99 ms | max ms | errors | statements | RSS MB | bare/s | bare p50 | bare p99 | ratio | wanted |"
    );
    println!("|---|---:|---|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|");
    for db in &dbs {
        for size in &sizes {
            for op in ["detail", "inbox", "create_send", "accept", "redirect", "login"] {
                row(lines, db, size, op);
            }
        }
    }
    println!("\n| database | ready after ms | idle RSS MB after the demo |\n|---|---:|---:|");
    for db in &dbs {
        let idle = lines.with("idle", &[("db", db)]);
        println!("| {db} | {} | {} |", shown(number(idle, "ready_ms"), 0), shown(number(idle, "rss_kb").map(|kb| kb / 1024.0), 1));
    }
    if let [small, .., large] = sizes.as_slice() {
        println!("\n| p50 from {small} to {large} referrals | {} |\n|---{}|", GROWING.join(" | "), "|---:".repeat(GROWING.len()));
        for db in &dbs {
            let growth = |op: &&str| {
                let p50 = |size| number(lines.one("server", db, size, op), "p50_ms");
                shown(p50(large).zip(p50(small)).map(|(large, small)| large / small), 2)
            };
            let all: Vec<_> = GROWING.iter().map(growth).collect();
            println!("| {db} | {} |", all.join(" | "));
        }
    }
}

fn row(lines: &Lines, db: &str, size: &str, op: &str) {
    let (server, bare) = (lines.one("server", db, size, op), lines.one("bare", db, size, op));
    let Some(found) = server else { return };
    let errors = errors(found);
    let (rate, bare_rate) = (number(server, "per_second"), number(bare, "per_second"));
    println!(
        "| {db} | {size} | {op} | {} | {} | {} | {} | {errors} | {} | {} | {} | {} | {} | {} | {} |",
        shown(rate, 0),
        shown(number(server, "p50_ms"), 2),
        shown(number(server, "p99_ms"), 2),
        shown(number(server, "max_ms"), 1),
        shown(number(bare, "statements"), 0),
        shown(number(server, "rss_kb").map(|kb| kb / 1024.0), 1),
        shown(bare_rate, 0),
        shown(number(bare, "p50_ms"), 2),
        shown(number(bare, "p99_ms"), 2),
        shown(rate.zip(bare_rate).map(|(rate, bare)| rate / bare), 2),
        shown(WANTED_RATIO.iter().find(|(known, _)| *known == op).map(|(_, wanted)| *wanted), 1),
    );
}

fn uploads(lines: &Lines) {
    println!("\n| database | referrals | files/s | MB/s | wanted | MB a file | p50 ms | p99 ms | max ms | errors | RSS MB |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|");
    for db in lines.all_of("db") {
        for size in lines.all_of("referrals") {
            let Some(found) = lines.one("server", db, size, "upload") else { continue };
            let of = |field| number(Some(found), field);
            let (rate, each) = (of("per_second"), of("bytes").map(|bytes| bytes / 1e6));
            println!(
                "| {db} | {size} | {} | {} | {WANTED_MB} | {} | {} | {} | {} | {} | {} |",
                shown(rate, 1),
                shown(rate.zip(each).map(|(rate, each)| rate * each), 1),
                shown(each, 2),
                shown(of("p50_ms"), 1),
                shown(of("p99_ms"), 1),
                shown(of("max_ms"), 1),
                errors(found),
                shown(of("rss_kb").map(|kb| kb / 1024.0), 1),
            );
        }
    }
}

/// The open boxes beside a large archive, and beside none.
fn archive(lines: &Lines) {
    let sizes = lines.all_of("archived");
    let Some(large) = sizes.iter().find(|size| **size != "0") else { return };
    println!(
        "\n| database | 2 000 open legs | p50 ms beside {large} archived | beside none | ratio | wanted below | p99 ms | beside none | errors |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|---|");
    for db in lines.all_of("db") {
        for op in ["inbox", "inbox_counts"] {
            let find = |ended| lines.with("server", &[("db", db), ("archived", ended), ("op", op)]);
            let (Some(beside), Some(alone)) = (find(large), find("0")) else { continue };
            let of = |line, field| number(Some(line), field);
            println!(
                "| {db} | {op} | {} | {} | {} | {WANTED_P50} | {} | {} | {} / {} |",
                shown(of(beside, "p50_ms"), 2),
                shown(of(alone, "p50_ms"), 2),
                shown(of(beside, "p50_ms").zip(of(alone, "p50_ms")).map(|(beside, alone)| beside / alone), 2),
                shown(of(beside, "p99_ms"), 2),
                shown(of(alone, "p99_ms"), 2),
                errors(beside),
                errors(alone),
            );
        }
    }
}

fn exports(lines: &Lines) {
    println!("\n| database | CSV of rows | first byte ms | wanted below | first row ms | all ms | MB | RSS growth MB | wanted below |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for db in lines.all_of("db") {
        let Some(found) = lines.with("export", &[("db", db)]) else { continue };
        let of = |field| number(Some(found), field);
        println!(
            "| {db} | {} | {} | {WANTED_FIRST_MS} | {} | {} | {} | {} | {WANTED_GROWTH_MB} |",
            shown(of("rows"), 0),
            shown(of("first_byte_ms"), 1),
            shown(of("first_row_ms"), 1),
            shown(of("total_ms"), 0),
            shown(of("bytes").map(|bytes| bytes / 1e6), 1),
            shown(of("growth_kb").map(|kb| kb / 1024.0), 1),
        );
    }
}
