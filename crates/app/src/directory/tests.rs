//! The demo's feed goes in, is found, and going in again changes nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use relais_domain::access::{Grant, Permission, Policy, Scope, Side, Standing};
use relais_domain::directory::{AudienceCode, NewService, OrganisationState, Reception, ServiceKind, ServicePatch, ServiceState};
use relais_domain::identity::Actor;
use relais_domain::referral::Clocks;
use relais_domain::shared::contact::Language;
use relais_domain::shared::ids::{OrganisationId, UserId};
use relais_persistence::Db;
use serde_json::{Value, json};

use super::import::{ImportFiles, ImportOptions, ImportReport, run};
use super::view::{ServiceFilter, StructureFilter};
use super::{
    archive_service, create_service, list_services, list_structures, offer, organisation_offer, publish_service, read_contact,
    read_service, read_structure, service_actions, suspend_service, update_service,
};
use crate::{ActingFor, App, Caller, PageRequest, Refusal, Request, Settings};

pub(super) async fn app(name: &str) -> Arc<App> {
    let folder = std::env::temp_dir().join(format!("relais-directory-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.join("relais.db").display()), 5).await.unwrap();
    db.migrate().await.unwrap();
    let settings = Settings {
        public_url: "http://localhost:8080".into(),
        link_url: "http://localhost:8080/l#{token}".into(),
        data_notice_url: None,
        sandbox: true,
        clocks: Clocks::default(),
        limits: false,
        data_dir: folder,
        blobs: relais_adapters::blobs::Blobs::memory(),
        scan: relais_adapters::scan::Scan::None,
        program: std::path::PathBuf::new(),
    };
    App::start(db, &[7; 32], None, settings).await.unwrap()
}

fn anybody() -> Caller {
    Caller {
        actor: Actor::Nobody,
        session: None,
        acting_for: None,
        policy: Arc::new(Policy::public()),
        language: Language::Fr,
        request: Request::default(),
    }
}

fn demo() -> ImportFiles {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    ImportFiles { structures: folder.join("structures.json"), services: folder.join("services.json") }
}

async fn import(app: &App, files: &ImportFiles, options: &ImportOptions) -> ImportReport {
    run(app, files, options, &mut |_| ()).await.unwrap()
}

async fn found(app: &App, filter: ServiceFilter) -> Vec<String> {
    let page = PageRequest { limit: 200, count: true, ..PageRequest::default() };
    super::search::feed::build(app).await.unwrap();
    let page = list_services(app, &anybody(), &filter, &page).await.unwrap().page;
    assert_eq!(page.count, Some(page.items.len() as u64));
    page.items.into_iter().map(|item| item.name.to_string()).collect()
}

/// The demo's services after `change`, in a file of its own.
fn changed(app: &App, change: impl Fn(&mut Vec<Value>)) -> ImportFiles {
    let mut services: Vec<Value> = serde_json::from_slice(&std::fs::read(demo().services).unwrap()).unwrap();
    change(&mut services);
    let path: PathBuf = app.settings.data_dir.join("services.json");
    std::fs::write(&path, serde_json::to_vec(&services).unwrap()).unwrap();
    ImportFiles { services: path, ..demo() }
}

#[tokio::test]
async fn a_feed_goes_in_once() {
    let app = app("once").await;
    let dry = import(&app, &demo(), &ImportOptions { dry_run: true, ..ImportOptions::default() }).await;
    assert!(dry.tallies.complete && dry.errors.is_empty(), "{:?}", dry.errors);
    assert!(dry.tallies.structures.created >= 15 && dry.tallies.services.created >= 40);
    assert!(found(&app, ServiceFilter::default()).await.is_empty());

    let first = import(&app, &demo(), &ImportOptions::default()).await;
    assert_eq!(ImportReport { dry_run: true, ..first.clone() }, dry);
    let again = import(&app, &demo(), &ImportOptions { full: true, ..ImportOptions::default() }).await;
    assert_eq!(
        (again.tallies.structures.unchanged, again.tallies.services.unchanged),
        (first.tallies.structures.created, first.tallies.services.created)
    );
    assert_eq!((again.tallies.structures.suspended, again.tallies.services.suspended, again.errors.len()), (0, 0, 0));
    assert_eq!(found(&app, ServiceFilter::default()).await.len() as u64, first.tallies.services.created);
}

#[tokio::test]
async fn what_a_full_feed_lacks_is_suspended_and_comes_back() {
    let app = app("full").await;
    import(&app, &demo(), &ImportOptions::default()).await;
    let all = found(&app, ServiceFilter::default()).await;
    let full = ImportOptions { full: true, ..ImportOptions::default() };
    let less = changed(&app, |services| {
        services.remove(0);
        services[0]["structure_id"] = json!("nobody");
        services[1]["nom"] = json!("");
        services[2]["nom"] = json!("Un autre nom");
        services[2]["date_maj"] = json!("2026-11-01");
    });
    let report = import(&app, &less, &full).await;
    assert_eq!((report.tallies.services.suspended, report.tallies.services.updated, report.tallies.services.refused), (1, 1, 2));
    let codes: Vec<_> = report.errors.iter().map(|line| (line.index, line.field.as_str(), line.code.as_str())).collect();
    assert!(codes.contains(&(0, "structure_id", "unknown_structure")) && codes.contains(&(1, "nom", "empty")), "{codes:?}");
    assert_eq!(found(&app, ServiceFilter::default()).await.len(), all.len() - 1);
    let back = import(&app, &demo(), &full).await;
    assert_eq!((back.tallies.services.restored, back.tallies.services.suspended, back.tallies.services.updated), (1, 0, 0));
    assert_eq!(found(&app, ServiceFilter::default()).await.len(), all.len());
}

#[tokio::test]
async fn filters_find_what_they_say() {
    let app = app("filters").await;
    import(&app, &demo(), &ImportOptions::default()).await;
    let all = found(&app, ServiceFilter::default()).await;
    let permit = found(&app, ServiceFilter { q: Some("PERMIS auto-ecole".into()), ..ServiceFilter::default() }).await;
    assert!(!permit.is_empty() && permit.len() < all.len());
    assert!(found(&app, ServiceFilter { q: Some("100%_".into()), ..ServiceFilter::default() }).await.is_empty());
    let topic = |code: &str| ServiceFilter { topic: vec![code.into()], ..ServiceFilter::default() };
    let (one, category) = (found(&app, topic("mobilite--preparer-un-permis")).await, found(&app, topic("mobilite")).await);
    assert!(!one.is_empty() && one.len() < category.len() && category.len() < all.len());
    let unknown = list_services(&app, &anybody(), &topic("colours"), &PageRequest { limit: 5, ..PageRequest::default() }).await;
    assert!(matches!(unknown, Err(Refusal::Blocked { blockers, .. }) if blockers[0].code == "unknown_code"));
    let audience: AudienceCode = "jeunes".parse().unwrap();
    assert!(found(&app, ServiceFilter { audience: vec![audience], ..ServiceFilter::default() }).await.len() < all.len());
    let trainings = found(&app, ServiceFilter { kind: vec![ServiceKind::Training], ..ServiceFilter::default() }).await;
    let others = ServiceKind::ALL.iter().copied().filter(|kind| *kind != ServiceKind::Training).collect();
    let others = found(&app, ServiceFilter { kind: others, ..ServiceFilter::default() }).await;
    assert!(!trainings.is_empty() && trainings.len() + others.len() <= all.len());
    let remote = found(&app, ServiceFilter { reception: vec![Reception::Remote], ..ServiceFilter::default() }).await;
    assert!(!remote.is_empty() && remote.len() < all.len());
    let (yes, no) = (
        found(&app, ServiceFilter { accepts_referrals: Some(true), ..ServiceFilter::default() }).await,
        found(&app, ServiceFilter { accepts_referrals: Some(false), ..ServiceFilter::default() }).await,
    );
    assert_eq!(yes.len() + no.len(), all.len());
    assert!(found(&app, ServiceFilter { state: vec![ServiceState::Draft], ..ServiceFilter::default() }).await.is_empty());
}

#[tokio::test]
async fn pages_follow_each_other_and_single_records_are_read() {
    let app = app("pages").await;
    import(&app, &demo(), &ImportOptions::default()).await;
    let (mut cursor, mut ids) = (None, vec![]);
    super::search::feed::build(&app).await.unwrap();
    loop {
        let page = PageRequest { limit: 7, cursor, ..PageRequest::default() };
        let page = list_services(&app, &anybody(), &ServiceFilter::default(), &page).await.unwrap().page;
        ids.extend(page.items.iter().map(|item| (item.id, item.organisation.id)));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    for (id, organisation) in &ids {
        let service = read_service(&app, &anybody(), *id).await.unwrap();
        assert!(!service.accepts_referrals && service.not_accepting_because == Some("form_off"));
        let offered = offer(&app, *id).await.unwrap().unwrap();
        assert!(offered.published && !offered.form_enabled && offered.organisation_id == *organisation);
        assert!(organisation_offer(&app, *organisation).await.unwrap().unwrap().organisation_active);
        let structure = read_structure(&app, *organisation).await.unwrap();
        assert_eq!((structure.state, structure.verified), (OrganisationState::Active, false));
        assert!(structure.published_services > 0);
    }
    let page = PageRequest { limit: 200, count: true, ..PageRequest::default() };
    let structures = list_structures(&app, &anybody(), &StructureFilter::default(), &page).await.unwrap();
    assert_eq!(structures.count, Some(structures.items.len() as u64));
    assert!(structures.items.iter().all(|structure| structure.name.len() > 1));
}

fn writer(organisation: OrganisationId, permissions: &[Permission], scope: Scope) -> Caller {
    let user: UserId = (crate::state::CHANCE.id)().into();
    let grants = permissions.iter().chain(&[Permission::DirectoryRead]);
    let standing = Standing {
        user: Some(user),
        organisation,
        verified: true,
        teams: vec![],
        departments: vec![],
        unit_tree: vec![],
        branches: vec![],
        grants: grants.map(|permission| Grant::new(*permission, scope, Side::Both, &[])).collect(),
        link: None,
    };
    Caller {
        actor: Actor::User(user),
        acting_for: Some(ActingFor { id: organisation, verified: true, time_zone: chrono_tz::Europe::Paris }),
        policy: Arc::new(Policy::compile(standing)),
        ..anybody()
    }
}

fn seen(caller: &Caller, version: i32) -> Caller {
    Caller { request: Request { if_match: Some(version), ..Request::default() }, ..caller.clone() }
}

fn codes<T: std::fmt::Debug>(refused: Result<T, Refusal>) -> Vec<&'static str> {
    match refused {
        Err(Refusal::Blocked { blockers, .. }) => blockers.iter().map(|blocker| blocker.code).collect(),
        other => panic!("{other:?}"),
    }
}

fn patch(value: Value) -> ServicePatch {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn a_service_is_written_published_suspended_and_archived() {
    let app = app("acts").await;
    import(&app, &demo(), &ImportOptions::default()).await;
    let page = PageRequest { limit: 2, ..PageRequest::default() };
    let structures = list_structures(&app, &anybody(), &StructureFilter::default(), &page).await.unwrap();
    let (mine, theirs) = (structures.items[0].id, structures.items[1].id);
    let both = [Permission::ServicesWrite, Permission::ServicesPublish];
    let owner = writer(mine, &both, Scope::Organisation);
    let stranger = writer(theirs, &both, Scope::Organisation);
    let moderator = writer(theirs, &[Permission::ServicesPublish], Scope::Platform);

    let new = |id: Option<uuid::Uuid>| NewService {
        id: id.map(Into::into),
        draft: serde_json::from_value(json!({"name": "Aide au permis", "form_enabled": true, "topics": []})).unwrap(),
    };
    let (done, draft) = create_service(&app, &owner, new(None)).await.unwrap();
    assert_eq!((done.status, draft.state, draft.version), (201, ServiceState::Draft, 1));
    assert_eq!(draft.organisation.id, mine);
    assert!(create_service(&app, &owner, new(Some(draft.id.0))).await.unwrap().0.replayed);
    assert_eq!(create_service(&app, &stranger, new(Some(draft.id.0))).await.unwrap_err(), Refusal::Conflict("id_taken"));
    assert_eq!(codes(create_service(&app, &owner, new(Some(uuid::Uuid::nil()))).await), ["invalid_id"]);
    assert_eq!(create_service(&app, &moderator, new(None)).await.unwrap_err(), Refusal::Forbidden(Permission::ServicesWrite));

    assert_eq!(read_service(&app, &stranger, draft.id).await.unwrap_err(), Refusal::NotFound);
    assert_eq!(read_service(&app, &anybody(), draft.id).await.unwrap_err(), Refusal::NotFound);
    assert_eq!(publish_service(&app, &stranger, draft.id).await.unwrap_err(), Refusal::NotFound);
    let drafts = ServiceFilter { state: vec![ServiceState::Draft], ..ServiceFilter::default() };
    assert_eq!(list_services(&app, &owner, &drafts, &page).await.unwrap().page.items.len(), 1);
    assert!(codes(publish_service(&app, &owner, draft.id).await).contains(&"required_to_publish"));

    let full = patch(json!({
        "summary": "Code et conduite", "kind": "training", "topics": ["mobilite--preparer-un-permis"], "fee": "free",
        "reception": "remote", "coverage": {"everywhere": true}, "update_frequency": "yearly",
        "contact": {"name": "Samira", "email": "samira@example.org", "public": false},
        "documents": [{"code": "id", "label": "Pièce d’identité", "obligatory": true}],
    }));
    assert_eq!(update_service(&app, &seen(&owner, 9), draft.id, &full).await.unwrap_err(), Refusal::Stale { version: 1 });
    let (_, changed) = update_service(&app, &seen(&owner, 1), draft.id, &full).await.unwrap();
    assert_eq!((changed.version, changed.documents_asked, changed.gaps.len()), (2, Some(1), 0));
    assert_eq!(codes(update_service(&app, &seen(&owner, 2), draft.id, &patch(json!({"name": null}))).await), ["invalid"]);
    let foreign = patch(json!({"unit_id": uuid::Uuid::nil()}));
    assert_eq!(codes(update_service(&app, &seen(&owner, 2), draft.id, &foreign).await), ["unknown_reference"]);

    let (_, published) = publish_service(&app, &owner, draft.id).await.unwrap();
    assert!(published.accepts_referrals && published.published_at.is_some() && published.contact_available);
    for reader in [&anybody(), &owner, &stranger] {
        let contact = read_service(&app, reader, draft.id).await.unwrap().contact;
        assert!(contact.name.is_none() && contact.email.is_none() && !contact.public);
    }
    assert_eq!(read_contact(&app, &stranger, draft.id).await.unwrap().contact.email.unwrap().as_str(), "samira@example.org");
    assert_eq!(codes(suspend_service(&app, &stranger, draft.id).await), ["permission_missing"]);
    assert_eq!(codes(publish_service(&app, &owner, draft.id).await), ["already_published"]);
    let actions = service_actions(&app, &owner, draft.id).await.unwrap().actions;
    let allowed: Vec<_> = actions.iter().filter(|action| action.allowed).map(|action| action.act.code()).collect();
    assert_eq!(allowed, ["edit", "suspend", "confirm", "archive", "report"]);

    let (_, suspended) = suspend_service(&app, &owner, draft.id).await.unwrap();
    assert_eq!(suspended.not_accepting_because, Some("service_suspended"));
    assert_eq!(read_service(&app, &anybody(), draft.id).await.unwrap().state, ServiceState::Suspended);
    assert!(!found(&app, ServiceFilter::default()).await.contains(&"Aide au permis".to_owned()));
    let (_, archived) = archive_service(&app, &moderator, draft.id).await.unwrap();
    assert_eq!((archived.state, archived.version), (ServiceState::Archived, 5));
    assert_eq!(read_service(&app, &anybody(), draft.id).await.unwrap_err(), Refusal::NotFound);
    assert_eq!(read_service(&app, &owner, draft.id).await.unwrap().state, ServiceState::Archived);
}
