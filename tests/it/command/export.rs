//! What is written out is what the façade tells.

use serde_json::Value;

both! {
    async fn an_export_is_what_the_facade_tells(world) {
        let told = world.anybody().get("/hsds/services?full=true&format=ndjson").await.with_status(200).text;
        let expected: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(expected.len() > 10, "{} services", expected.len());

        let export = |more: &[&str]| {
            let arguments: Vec<&str> = ["export", "services", "--format", "hsds"].iter().chain(more).copied().collect();
            let output = world.copy.runs(&arguments);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let array: Vec<Value> = serde_json::from_str(&export(&[])).unwrap();
        assert_eq!(array, expected);
        assert_eq!(export(&["--ndjson"]), told);

        let file = world.copy.folder.join("export.json");
        assert_eq!(export(&["--out", file.to_str().unwrap()]), "");
        assert_eq!(serde_json::from_str::<Vec<Value>>(&std::fs::read_to_string(&file).unwrap()).unwrap(), expected);

        let nowhere = world.copy.runs(&["export", "services", "--format", "hsds", "--out", "/nowhere/at/all.json"]);
        assert_eq!(nowhere.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&nowhere.stderr).contains("/nowhere/at/all.json"));
    }
}
