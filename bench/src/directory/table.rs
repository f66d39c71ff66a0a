//! The tables of the directory, each size beside the one before.

use serde_json::Value;

use crate::report::{Lines, errors, number, shown, text};

/// Up to a number of services, milliseconds.
type Slowest = &'static [(f64, f64)];

/// What is asked, and what is wanted of it: requests in a second at any size, and the 99th percentile in milliseconds up to a number of services.
const WANTED: &[(&str, Option<f64>, Slowest)] = &[
    ("search_near", Some(2_000.0), &[(20_000.0, 40.0), (200_000.0, 120.0)]),
    ("search_facets", Some(1_000.0), &[(20_000.0, 40.0), (200_000.0, 120.0)]),
    ("search_typo", None, &[(20_000.0, 60.0)]),
    ("search_text", None, &[]),
    ("service_detail", None, &[]),
    ("hsds_page", None, &[]),
    ("place_complete", None, &[]),
];
/// The imports, and what is wanted of them in seconds.
const TIMED: &[(&str, f64)] = &[("import_first", 30.0), ("import_second", 5.0), ("places_first", 3.0), ("places_second", 3.0)];
/// Of pgbench's rate.
const RATIO: f64 = 0.35;
/// For 200 000 services.
const BUILD_SECONDS: f64 = 15.0;
/// Memory: the program, and each service.
const PROGRAM_MB: f64 = 60.0;
const SERVICE_KB: f64 = 3.0;

/// Prints what a results file tells of the directory; nothing when it tells nothing.
pub fn print(lines: &Lines) {
    let (dbs, sizes) = (lines.all_of("db"), lines.all_of("services"));
    if sizes.is_empty() {
        return;
    }
    println!("\n## The directory\n");
    println!(
        "| database | services | operation | req/s | wanted | p50 ms | p99 ms | wanted | max ms | errors | bytes | statements | RSS MB | bare/s | bare p99 | \
         ratio | wanted | size before: req/s | its p99 ms |"
    );
    println!("|---|---:|---|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for db in &dbs {
        let mut before = None;
        for size in &sizes {
            for (op, rate, slowest) in WANTED {
                let size_in_number = size.parse::<f64>().unwrap_or(0.0);
                let slowest = slowest.iter().find(|(most, _)| size_in_number <= *most).map(|(_, wanted)| *wanted);
                operation(lines, &[db, size, op], before, *rate, slowest);
            }
            before = Some(*size);
        }
    }
    builds(lines, &dbs, &sizes);
    imports(lines, &dbs, &sizes);
}

fn operation(lines: &Lines, [db, size, op]: &[&str; 3], before: Option<&str>, wanted: Option<f64>, slowest: Option<f64>) {
    let find = |kind, size| lines.with(kind, &[("db", db), ("services", size), ("op", op)]);
    let Some(found) = find("server", size) else { return };
    let (server, bare, before) = (Some(found), find("bare", size), before.and_then(|before| find("server", before)));
    let (rate, bare_rate) = (number(server, "per_second"), number(bare, "per_second"));
    let columns = [
        shown(rate, 0),
        shown(wanted, 0),
        shown(number(server, "p50_ms"), 2),
        shown(number(server, "p99_ms"), 2),
        shown(slowest, 0),
        shown(number(server, "max_ms"), 1),
        errors(found),
        shown(number(server, "bytes"), 0),
        shown(number(bare, "statements"), 0),
        shown(number(server, "rss_kb").map(|kb| kb / 1024.0), 1),
        shown(bare_rate, 0),
        shown(number(bare, "p99_ms"), 2),
        shown(rate.zip(bare_rate).map(|(rate, bare)| rate / bare), 2),
        shown((*op == "service_detail").then_some(RATIO), 2),
        shown(number(before, "per_second"), 0),
        shown(number(before, "p99_ms"), 2),
    ];
    println!("| {db} | {size} | {op} | {} |", columns.join(" | "));
}

fn builds(lines: &Lines, dbs: &[&str], sizes: &[&str]) {
    println!(
        "\n| database | services | ready after ms | search answers after ms | `search_warming` until then | index build ms | wanted | RSS MB 3 s after it | wanted | \
         size before: build ms | its RSS MB |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for db in dbs {
        let mut before: Option<&Value> = None;
        for size in sizes {
            let Some(build) = lines.with("build", &[("db", db), ("services", size)]) else { continue };
            let (found, services) = (Some(build), size.parse::<f64>().unwrap_or(0.0));
            let rss = |line| number(line, "rss_kb").map(|kb| kb / 1024.0);
            let columns = [
                shown(number(found, "ready_ms"), 0),
                shown(number(found, "searching_ms"), 0),
                shown(number(found, "warming"), 0),
                shown(number(found, "build_ms"), 0),
                shown((services <= 200_000.0).then_some(BUILD_SECONDS * 1_000.0), 0),
                shown(rss(found), 1),
                shown(Some(PROGRAM_MB + services * SERVICE_KB / 1_024.0), 1),
                shown(number(before, "build_ms"), 0),
                shown(rss(before), 1),
            ];
            println!("| {db} | {size} | {} |", columns.join(" | "));
            before = found;
        }
    }
}

fn imports(lines: &Lines, dbs: &[&str], sizes: &[&str]) {
    println!(
        "\n| database | services | import | s | wanted | new | updated | unchanged | refused |\n|---|---:|---|---:|---:|---:|---:|---:|---:|"
    );
    for db in dbs {
        for size in sizes {
            for (op, wanted) in TIMED {
                let Some(found) = lines.with("timed", &[("db", db), ("services", size), ("op", op)]) else { continue };
                let what = if op.starts_with("places") { "places" } else { "services" };
                let counted = found.get("counted").and_then(|counted| counted.get(what));
                let tally = ["created", "updated", "unchanged", "refused"].map(|field| shown(number(counted, field), 0));
                println!(
                    "| {db} | {} | {op} | {} | {wanted:.0} | {} |",
                    text(found, "imported"),
                    shown(number(Some(found), "seconds"), 1),
                    tally.join(" | ")
                );
            }
        }
    }
    if lines.with("timed", &[("op", "places_first")]).is_none() {
        println!("\nLoading the communes of a country was skipped: `RELAIS_BENCH_PLACES` names no file.");
    }
}
