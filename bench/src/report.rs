//! The table of the measurements.

use std::path::Path;

use serde_json::Value;

use crate::{Fault, directory};

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
        let is = |line: &&Value| text(line, "kind") == kind && text(line, "db") == db && text(line, "op") == op;
        self.0.iter().find(|line| is(line) && (referrals.is_empty() || text(line, "referrals") == referrals))
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
    }
    directory::table::print(&lines);
    Ok(())
}

fn referrals(lines: &Lines) {
    let (dbs, sizes) = (lines.all_of("db"), lines.all_of("referrals"));
    println!(
        "| database | referrals | operation | req/s | p50 ms | p99 ms | max ms | errors | statements | RSS MB | bare/s | bare p50 | bare p99 | ratio |"
    );
    println!("|---|---:|---|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|");
    for db in &dbs {
        for size in &sizes {
            for op in ["detail", "inbox", "create_send", "accept", "login"] {
                row(lines, db, size, op);
            }
        }
    }
    println!("\n| database | ready after ms | idle RSS MB after the demo |\n|---|---:|---:|");
    for db in &dbs {
        let idle = lines.one("idle", db, "", "");
        println!("| {db} | {} | {} |", shown(number(idle, "ready_ms"), 0), shown(number(idle, "rss_kb").map(|kb| kb / 1024.0), 1));
    }
    if let [small, .., large] = sizes.as_slice() {
        println!("\n| p50 from {small} to {large} referrals | detail | inbox | create_send | accept |\n|---|---:|---:|---:|---:|");
        for db in &dbs {
            let growth = |op: &&str| {
                let p50 = |size| number(lines.one("server", db, size, op), "p50_ms");
                shown(p50(large).zip(p50(small)).map(|(large, small)| large / small), 2)
            };
            let all: Vec<_> = ["detail", "inbox", "create_send", "accept"].iter().map(growth).collect();
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
        "| {db} | {size} | {op} | {} | {} | {} | {} | {errors} | {} | {} | {} | {} | {} | {} |",
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
    );
}
