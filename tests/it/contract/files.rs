//! The contract as files: what is committed is what the program prints, and it keeps the rules.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::world::Engine;
use crate::world::World;

fn committed(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi").join(name);
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; write it with `relais openapi --write openapi`", path.display()))
}

fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_relais")).arg("openapi").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Where two texts part, for a message that can be read.
#[track_caller]
fn same(name: &str, left: &str, right: &str) {
    let parting = left.lines().zip(right.lines()).position(|(left, right)| left != right);
    assert!(
        left == right,
        "{name} is not what the program prints, from line {:?}; run `relais openapi --write openapi`",
        parting.map(|line| line + 1)
    );
}

#[test]
fn the_committed_documents_are_what_the_program_prints() {
    same("openapi.json", &committed("openapi.json"), &printed(&[]));
    same("openapi-3.0.json", &committed("openapi-3.0.json"), &printed(&["--three-zero"]));
}

#[test]
fn the_documents_keep_the_rules() {
    let document: Value = serde_json::from_str(&printed(&[])).unwrap();
    assert_eq!(relais_http::openapi::lint::lint(&document), Vec::<String>::new());
    assert_eq!(document["openapi"], "3.1.0");
    let older: Value = serde_json::from_str(&printed(&["--three-zero"])).unwrap();
    assert_eq!(older["openapi"], "3.0.3");
    let ids = |document: &Value| {
        let items = document["paths"].as_object().unwrap().values();
        items.flat_map(|item| item.as_object().unwrap().values().map(|operation| operation["operationId"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(ids(&document), ids(&older));
    assert!(ids(&document).len() > 90);
}

#[tokio::test]
async fn the_served_documents_are_the_printed_ones() {
    let world = World::open(Engine::Sqlite).await;
    for (path, arguments) in [("/openapi.json", &[][..]), ("/openapi-3.0.json", &["--three-zero"][..])] {
        let served = world.anybody().get(path).await.good();
        let printed: Value = serde_json::from_str(&printed(arguments)).unwrap();
        assert!(served == printed, "{path} is not what the program prints");
    }
    world.close().await;
}
