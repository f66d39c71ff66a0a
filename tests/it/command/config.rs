//! Weak configurations are refused, each by the name of its setting.

use serde_json::Value;

use crate::world::Copy;
use crate::world::Engine;
use crate::world::tools::errors;

type Settings = &'static [(&'static str, &'static str)];

const POSTGRES: &str = "postgres://relais@127.0.0.1:1/nothing";
const KEY: &str = "8f14e45fceea167a5a36dedd4bea2543c81e728d9d4c2f636f067f89cc14862c";

/// Outside the sandbox, with nothing that is weak.
const SOUND: Settings = &[("RELAIS_SANDBOX", ""), ("RELAIS_LIMITS", "on"), ("RELAIS_PUBLIC_URL", "https://relais.example.org")];

const WEAK: &[(&str, Settings)] = &[
    ("RELAIS_MASTER_KEY", &[("RELAIS_MASTER_KEY", "abc")]),
    ("RELAIS_MASTER_KEY", &[("RELAIS_MASTER_KEY", "0000000000000000000000000000000000000000000000000000000000000000")]),
    ("RELAIS_MASTER_KEY", &[("RELAIS_MASTER_KEY", "zf14e45fceea167a5a36dedd4bea2543c81e728d9d4c2f636f067f89cc14862c")]),
    ("RELAIS_MASTER_KEY", &[("DATABASE_URL", POSTGRES)]),
    ("RELAIS_LIMITS", &[("RELAIS_LIMITS", "off")]),
    ("RELAIS_PUBLIC_URL", &[("RELAIS_PUBLIC_URL", "http://relais.example.org")]),
    ("RELAIS_PUBLIC_URL", &[("RELAIS_PUBLIC_URL", "http://localhost.example.org")]),
    ("RELAIS_PUBLIC_URL", &[("RELAIS_PUBLIC_URL", "http://127.0.0.1@example.org")]),
    ("RELAIS_LINK_URL", &[("RELAIS_LINK_URL", "https://app.example.org/l/{token}")]),
    ("RELAIS_LINK_URL", &[("RELAIS_LINK_URL", "https://app.example.org/l#key")]),
    ("RELAIS_LINK_URL", &[("RELAIS_LINK_URL", "https://app.example.org/{token}#x")]),
    ("RELAIS_DATA_NOTICE_URL", &[("RELAIS_DATA_NOTICE_URL", "javascript:alert(1)")]),
    ("RELAIS_MAIL_FROM", &[("RELAIS_MAIL_FROM", "nobody")]),
    ("RELAIS_CLOCKS", &[("RELAIS_CLOCKS", "soon")]),
    ("RELAIS_CLOCKS", &[("RELAIS_CLOCKS", r#"{"remind_after_days": 40}"#)]),
    ("RELAIS_CLOCKS", &[("RELAIS_CLOCKS", r#"{"remind_after_dayz": 4}"#)]),
    ("RELAIS_SMTP_URL", &[("RELAIS_SMTP_URL", "http://mail.example.org")]),
];

/// The later of two values of one setting holds.
fn with(settings: Settings, more: Settings) -> Vec<(&'static str, &'static str)> {
    settings.iter().chain(more).copied().collect()
}

#[tokio::test]
async fn each_weak_setting_is_named_by_the_check_and_refused_by_the_server() {
    let copy = Copy::empty(Engine::Sqlite).await;
    for (name, settings) in WEAK {
        let check = copy.command(&["config", "check", "--json"], &with(SOUND, settings)).output().unwrap();
        assert_eq!(check.status.code(), Some(2), "{settings:?}: {}", errors(&check));
        let found: Value = serde_json::from_slice(&check.stdout).unwrap();
        assert_eq!((&found["ok"], found["weaknesses"].as_array().unwrap().len()), (&Value::Bool(false), 1), "{settings:?}: {found}");
        assert!(found["weaknesses"][0].as_str().unwrap().starts_with(name), "{settings:?}: {found}");
        assert!(errors(&check).contains(name));

        let serve = copy.command(&["serve"], &with(SOUND, settings)).output().unwrap();
        assert_eq!(serve.status.code(), Some(2), "{settings:?}: {}", errors(&serve));
        assert!(errors(&serve).contains(name), "{settings:?}: {}", errors(&serve));
    }
    assert!(!copy.folder.join("relais.db").exists(), "nothing was started");
    copy.drop_database().await;
}

#[tokio::test]
async fn every_weakness_is_named_at_once_and_a_sound_configuration_passes() {
    let copy = Copy::empty(Engine::Sqlite).await;
    let all: Vec<_> = SOUND.iter().copied().chain(WEAK.iter().flat_map(|(_, settings)| settings.iter().copied())).collect();
    let check = copy.command(&["config", "check"], &all).output().unwrap();
    assert_eq!(check.status.code(), Some(2));
    for name in ["RELAIS_MASTER_KEY", "RELAIS_LIMITS", "RELAIS_PUBLIC_URL", "RELAIS_LINK_URL", "RELAIS_MAIL_FROM"] {
        assert!(errors(&check).contains(name), "{name}: {}", errors(&check));
    }
    assert!(!errors(&check).contains("zf14e45f") && !errors(&check).contains("8f14e45f"), "a key is not repeated");

    let strong: Settings = &[
        ("DATABASE_URL", POSTGRES),
        ("RELAIS_MASTER_KEY", KEY),
        ("RELAIS_LINK_URL", "https://app.example.org/l#{token}"),
        ("RELAIS_SMTP_URL", "smtps://relais:secret@mail.example.org"),
    ];
    let sound = copy.command(&["config", "check"], &with(SOUND, strong)).output().unwrap();
    assert_eq!(sound.status.code(), Some(0), "{}", errors(&sound));
    for here in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080/"] {
        let local = copy.command(&["config", "check"], &[("RELAIS_SANDBOX", ""), ("RELAIS_LIMITS", "on"), ("RELAIS_PUBLIC_URL", here)]);
        let local = { local }.output().unwrap();
        assert_eq!(local.status.code(), Some(0), "{here}: {}", errors(&local));
    }
    let sandbox = copy.command(&["config", "check"], &[]).output().unwrap();
    assert_eq!(sandbox.status.code(), Some(0), "{}", errors(&sandbox));
    copy.drop_database().await;
}

#[tokio::test]
async fn the_server_opens_to_no_page_on_earth_and_reads_no_open_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let copy = Copy::empty(Engine::Sqlite).await;
    for origins in ["*", "https://app.example.org,*", "https://app.example.org, *"] {
        let serve = copy.command(&["serve"], &[("RELAIS_CORS_ORIGINS", origins)]).output().unwrap();
        assert_eq!(serve.status.code(), Some(2), "{origins}: {}", errors(&serve));
        assert!(errors(&serve).contains("RELAIS_CORS_ORIGINS"), "{}", errors(&serve));
        let check = copy.command(&["config", "check"], &[("RELAIS_CORS_ORIGINS", origins)]).output().unwrap();
        assert_eq!(check.status.code(), Some(2), "{origins}: {}", errors(&check));
    }
    let key = copy.folder.join("master.key");
    std::fs::write(&key, KEY).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let serve = copy.command(&["serve"], &[]).output().unwrap();
    assert_eq!(serve.status.code(), Some(2), "{}", errors(&serve));
    assert!(errors(&serve).contains("master.key"), "{}", errors(&serve));
    copy.drop_database().await;
}
