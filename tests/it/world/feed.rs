//! Feeds to be imported.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::Copy;

/// A structure of the source `essai`.
pub fn structure(number: usize) -> Value {
    json!({"source": "essai", "id": format!("essai--s{number}"), "nom": format!("Structure {number}"), "date_maj": "2026-01-10"})
}

/// A service of the first structure of the source `essai`.
pub fn service(number: usize) -> Value {
    json!({
        "source": "essai", "id": format!("essai--v{number}"), "structure_id": "essai--s1", "nom": format!("Service {number}"),
        "description": "Un accueil sans rendez-vous.", "date_maj": "2026-01-10", "commune": "Lille", "code_insee": "59999",
        "thematiques": ["numerique--acquerir-un-equipement"], "modes_accueil": ["en-presentiel"]
    })
}

/// A record with other fields.
pub fn with(mut record: Value, more: Value) -> Value {
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

/// Records as lines.
pub fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// What a record tells: nulls are as good as nothing there.
pub fn told(record: &Value) -> Map<String, Value> {
    record.as_object().unwrap().clone().into_iter().filter(|(_, value)| !value.is_null()).collect()
}

impl Copy {
    /// Writes a file of this copy.
    pub fn writes(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Imports two files and gives the report.
    #[track_caller]
    pub fn imports(&self, structures: &Path, services: &Path, more: &[&str]) -> Value {
        let files = [structures.to_str().unwrap(), services.to_str().unwrap()];
        self.tells(&[&["import", "services"], &files[..], &["--json"], more].concat())
    }

    /// Imports one structure with these services.
    #[track_caller]
    pub fn imports_services(&self, services: &[Value], more: &[&str]) -> Value {
        let structures = self.writes("structures.ndjson", lines(&[structure(1)]));
        let services = self.writes("services.ndjson", lines(services));
        self.imports(&structures, &services, more)
    }

    /// Exports everything, each kind in the order of its ids.
    #[track_caller]
    pub fn exports(&self, more: &[&str]) -> (Vec<Value>, Vec<Value>) {
        let (structures, services) = (self.folder.join("out-structures.json"), self.folder.join("out-services.json"));
        let out = ["--out-structures", structures.to_str().unwrap(), "--out-services", services.to_str().unwrap()];
        let output = self.runs(&[&["export", "services"], &out[..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let read = |path: &Path| {
            let mut records: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            records.sort_by_key(|record| record["id"].to_string());
            records
        };
        (read(&structures), read(&services))
    }
}
