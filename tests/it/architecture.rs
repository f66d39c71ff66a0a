//! The house keeps its floors: arrows go down only, and each floor has the third-party crates that it has business with.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each floor may use: our own crates below it, then everybody else's.
const FLOORS: &[(&str, &[&str], &[&str])] = &[
    (
        "relais-domain",
        &[],
        &["chrono", "phonenumber", "sea-orm", "serde", "serde_json", "thiserror", "unicode-normalization", "utoipa", "uuid", "validator"],
    ),
    ("relais-migrations", &[], &["async-trait", "sea-orm-migration"]),
    (
        "relais-persistence",
        &["relais-domain", "relais-migrations"],
        &["aws-lc-rs", "base64", "chrono", "sea-orm", "serde", "serde_json", "sqlx", "thiserror", "tokio", "tracing", "utoipa", "uuid"],
    ),
    (
        "relais-adapters",
        &["relais-domain"],
        &[
            "argon2",
            "aws-lc-rs",
            "base64",
            "chrono",
            "jsonwebtoken",
            "lettre",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "totp-rs",
            "tracing",
            "uuid",
        ],
    ),
    (
        "relais-app",
        &["relais-domain", "relais-persistence", "relais-adapters"],
        &["base64", "chrono", "chrono-tz", "minijinja", "serde", "serde_json", "thiserror", "tokio", "tracing", "utoipa", "uuid"],
    ),
    (
        "relais-http",
        &["relais-domain", "relais-app"],
        &[
            "actix-cors",
            "actix-web",
            "chrono",
            "futures-util",
            "governor",
            "jsonschema",
            "prometheus",
            "serde",
            "serde_json",
            "tokio",
            "tracing",
            "unicode-normalization",
            "utoipa",
            "utoipa-actix-web",
            "utoipa-swagger-ui",
            "uuid",
        ],
    ),
    (
        "relais-server",
        &["relais-domain", "relais-persistence", "relais-adapters", "relais-app", "relais-http"],
        &["chrono", "clap", "indicatif", "reqwest", "serde", "serde_json", "tokio", "tracing", "tracing-subscriber", "uuid"],
    ),
    ("relais-bench", &[], &["chrono", "clap", "serde_json", "sqlx", "tokio", "uuid"]),
];

fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo).args(["metadata", "--no-deps", "--format-version", "1", "--offline"]).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter().map(|package| {
        let needs = package["dependencies"].as_array().unwrap().iter().filter(|needed| needed["kind"].is_null());
        let needs = needs.map(|needed| needed["name"].as_str().unwrap().to_owned()).collect();
        (package["name"].as_str().unwrap().to_owned(), needs)
    });
    packages.collect()
}

#[test]
fn arrows_go_down_and_every_crate_has_business_on_its_floor() {
    let packages = packages();
    assert_eq!(packages.len(), FLOORS.len(), "a crate that is on no floor: {:?}", packages.keys());
    for (floor, below, others) in FLOORS {
        for needed in &packages[*floor] {
            let allowed = below.contains(&needed.as_str()) || others.contains(&needed.as_str());
            assert!(allowed, "{floor} must not use {needed}");
        }
    }
}
