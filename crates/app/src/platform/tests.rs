//! A month of a referral, seen from the worker: mails, reminders, expiry, failures, and a sandbox that begins anew.

mod due;
mod mail;
mod newcomer;

use std::sync::Arc;

use chrono::TimeDelta;
use relais_adapters::mail::Mailer;
use relais_domain::access::{Policy, Standing, Template, grants_of};
use relais_domain::identity::Actor;
use relais_domain::message::NoticeKind;
use relais_domain::referral::{Clocks, DraftContent, Form, NewReferral, Offer, Party, Referral, SendContext};
use relais_domain::shared::contact::Language;
use relais_domain::shared::ids::{OrganisationId, UserId};
use relais_persistence::identity::entity::{app_user, membership, organisation, role_assignment};
use relais_persistence::message::read::MailboxFilter;
use relais_persistence::message::view::KeptMailView;
use relais_persistence::platform::{job, oversight};
use relais_persistence::referral::write;
use relais_persistence::{Db, NewJob, Tx};
use serde_json::json;
use uuid::Uuid;

use super::sandbox::{self, Advance};
use super::{jobs, worker};
use crate::message::notify::{self, About, AccountSubject};
use crate::referral::OrganisationZone;
use crate::{App, Caller, PageRequest, Request, Settings, setup};

struct World {
    app: Arc<App>,
    sender: OrganisationId,
    receiver: OrganisationId,
    user: UserId,
}

async fn world(name: &str, mailer: Option<Mailer>) -> World {
    let folder = std::env::temp_dir().join(format!("relais-platform-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let url = std::env::var("RELAIS_TEST_PLATFORM_URL").unwrap_or_else(|_| format!("sqlite:{}", folder.join("relais.db").display()));
    let db = Db::open(&url, 5).await.unwrap();
    db.migrate().await.unwrap();
    let settings = Settings {
        public_url: "http://localhost:8080".into(),
        link_url: "http://localhost:8080/l#{token}".into(),
        data_notice_url: Some("http://localhost:8080/data".into()),
        sandbox: mailer.is_none(),
        clocks: Clocks::default(),
        limits: false,
        data_dir: folder,
        blobs: relais_adapters::blobs::Blobs::memory(),
        scan: relais_adapters::scan::Scan::None,
        program: std::path::PathBuf::new(),
    };
    let app = App::start(db, &[7; 32], mailer, settings).await.unwrap();
    let mut tx = begin(&app).await;
    let sender = add_organisation(&mut tx, "Mission locale", "accueil@sender.example").await;
    let receiver = add_organisation(&mut tx, "Le Refuge", "contact@receiver.example").await;
    let user = add_user(&mut tx, "Paula Prescriber", "paula@sender.example", (sender, Template::Prescriber), false).await;
    add_user(&mut tx, "Omar Operator", "omar@receiver.example", (receiver, Template::Operator), true).await;
    tx.commit().await.unwrap();
    World { app, sender, receiver, user }
}

async fn begin(app: &App) -> Tx {
    app.db.write(&app.system_ctx(Actor::Clock, "test")).await.unwrap()
}

async fn add_organisation(tx: &mut Tx, name: &str, email: &str) -> OrganisationId {
    let now = tx.ctx().now;
    let row = organisation::Model {
        email: Some(email.into()),
        country: "FR".into(),
        language: "fr".into(),
        time_zone: "Europe/Paris".into(),
        verified_at: Some(now),
        ..organisation::Model::new(tx.ctx().fresh(), name.into(), now)
    };
    let id = row.id;
    tx.create::<organisation::Entity>(row, "create").await.unwrap();
    id
}

async fn add_user(tx: &mut Tx, name: &str, email: &str, (organisation_id, template): (OrganisationId, Template), notified: bool) -> UserId {
    let now = tx.ctx().now;
    let user = app_user::Model {
        id: tx.ctx().fresh(),
        email: email.into(),
        email_key: email.into(),
        name: name.into(),
        phone: None,
        language: "en".into(),
        password_hash: None,
        totp_sealed: None,
        totp_confirmed_at: None,
        totp_last_step: None,
        platform_role: None,
        state: "active".into(),
        digest: false,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let id = user.id;
    tx.create::<app_user::Entity>(user, "create").await.unwrap();
    let membership = membership::Model {
        id: tx.ctx().fresh(),
        organisation_id,
        user_id: id,
        valid_from: now.date_naive(),
        valid_to: None,
        notified,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let membership_id = membership.id;
    tx.create::<membership::Entity>(membership, "create").await.unwrap();
    let roles = setup::standard_roles(tx, organisation_id).await.unwrap();
    let held = role_assignment::Model {
        id: tx.ctx().fresh(),
        membership_id,
        role_id: roles.iter().find(|(known, _)| *known == template).unwrap().1,
        unit_id: None,
        valid_from: now.date_naive(),
        valid_to: None,
        created_at: now,
    };
    tx.create::<role_assignment::Entity>(held, "create").await.unwrap();
    id
}

/// Makes the mails that wait due at once, as if their time had come: a worker claims them ahead of it and gives them back.
async fn time_comes_for_mails(world: &World) {
    let mut later = world.app.system_ctx(Actor::Clock, "test");
    later.now += TimeDelta::hours(8);
    let claimed = job::claim(&world.app.db, &later, "ahead", 200, TimeDelta::minutes(1)).await.unwrap();
    let mut tx = begin(&world.app).await;
    let now = tx.ctx().now;
    for ahead in claimed {
        let due = if ahead.kind == "referral_clock" { ahead.run_at } else { now };
        assert!(job::failed(&tx, &ahead, "test", Some(due)).await.unwrap());
    }
    tx.event("test", "job", Uuid::nil(), None);
    tx.commit().await.unwrap();
}

fn form() -> Form {
    serde_json::from_value(json!({
        "person": {
            "family_name": "Durand", "given_name": "Zoé", "contact_preferences": ["email"],
            "email": "zoe@person.example", "language": "fr"
        },
        "reason": "Housing", "person_agreed": true, "person_informed": true
    }))
    .unwrap()
}

/// Sends a referral as the use case does: the leg, its clocks, its notices.
async fn send(world: &World) -> Referral {
    let World { app, sender, receiver, user } = world;
    let mut tx = begin(app).await;
    let now = tx.ctx().now;
    let content = DraftContent {
        sender_unit_id: None,
        adviser_id: None,
        receiver_organisation_id: Some(*receiver),
        receiver_unit_id: None,
        service_id: None,
        person_id: None,
        adviser_email: None,
        form: form(),
    };
    let new =
        NewReferral { id: tx.ctx().fresh(), need_id: tx.ctx().fresh(), sender_organisation_id: *sender, sent_by: Some(*user), content };
    let offer = Offer {
        service_id: None,
        organisation_id: *receiver,
        unit_id: None,
        version: 0,
        name: "Le Refuge".into(),
        published: true,
        suspended: false,
        form_enabled: true,
        contact_email: Some("contact@receiver.example".into()),
        contact_name: None,
        contact_phone: None,
        address: None,
        for_everyone: true,
        audiences: vec![],
        criteria: vec![],
        documents: vec![],
        asks: relais_domain::eligibility::Asked::default(),
        hours_per_week: None,
        weeks: None,
        organisation_active: true,
    };
    let zone = OrganisationZone(chrono_tz::Europe::Paris);
    let sending = SendContext {
        documents: &[],
        offer: Some(&offer),
        sender_verified: true,
        sender_active: true,
        eligibility: None,
        override_reason: None,
        accept_duplicate: false,
        probable_duplicate: false,
        zone: &zone,
        clocks: &app.settings.clocks,
    };
    let draft = Referral::draft(new, Some(&offer), &app.settings.clocks, now).unwrap().referral;
    let leg = draft.send(Party::Sender, &sending, now).unwrap().referral;
    write::create(&mut tx, leg.clone()).await.unwrap();
    for due in leg.due(&app.settings.clocks) {
        let payload = json!({"referral_id": leg.id, "kind": due.kind, "n": due.n, "at": due.at.timestamp_micros()});
        tx.enqueue(NewJob {
            kind: "referral_clock",
            unique_key: Some(format!("{}:{}", leg.id, due.key())),
            payload,
            priority: 20,
            run_at: due.at,
        });
    }
    let told = notify::referral(&mut tx, &leg, NoticeKind::Sent, About::default()).await.unwrap();
    assert_eq!(told.len(), 3, "receiver, sender, person");
    tx.commit().await.unwrap();
    leg
}

fn caller(world: &World, template: Template) -> Caller {
    let standing = Standing {
        user: Some(world.user),
        organisation: world.sender,
        verified: true,
        teams: vec![],
        departments: vec![],
        unit_tree: vec![],
        branches: vec![],
        grants: grants_of(template),
        link: None,
    };
    Caller {
        actor: Actor::User(world.user),
        session: None,
        acting_for: None,
        policy: Arc::new(Policy::compile(standing)),
        language: Language::Fr,
        request: Request { id: "test".into(), ..Request::default() },
    }
}

async fn mails(world: &World, kind: &str) -> Vec<KeptMailView> {
    let filter = MailboxFilter { to: None, kind: Some(kind.into()) };
    let page = PageRequest { limit: 200, ..PageRequest::default() };
    sandbox::mailbox(&world.app, &caller(world, Template::Reader), &filter, &page).await.unwrap().items
}

async fn advance(world: &World, by: &str) -> u64 {
    let command = Advance { advance: Some(by.into()), to: None };
    sandbox::advance(&world.app, &caller(world, Template::Reader), &command).await.unwrap().jobs_run
}

#[tokio::test]
async fn a_month_without_an_answer() {
    let world = world("month", None).await;
    let begun = world.app.clock.now();
    send(&world).await;
    assert_eq!(advance(&world, "PT1M").await, 3);
    let sent = mails(&world, "sent").await;
    let addresses: Vec<_> = sent.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(addresses.len(), 3);
    for address in ["contact@receiver.example", "omar@receiver.example", "paula@sender.example"] {
        assert!(addresses.contains(&address), "{addresses:?}");
    }
    let person = mails(&world, "sent_to_person").await;
    assert_eq!((person.len(), person[0].text.contains("http://localhost:8080/data")), (1, true), "the person is led to the data notice");
    let contact = sent.iter().find(|mail| mail.to == "contact@receiver.example").unwrap();
    assert!(!contact.text.contains("Durand") && !contact.html.contains("Durand"));
    assert!(contact.text.contains("http://localhost:8080/l#") && !contact.text.contains("#referral."));
    assert_eq!(contact.reply_to.as_deref(), Some("paula@sender.example"));
    assert!(sent.iter().find(|mail| mail.to.starts_with("omar")).unwrap().text.contains("#referral."));

    advance(&world, "P31D").await;
    let reminders = mails(&world, "reminder").await;
    let days: Vec<i64> = reminders.iter().map(|mail| (mail.at - begun).num_days()).collect();
    assert_eq!(reminders.len(), 4, "two reminders, each to the address and to the member who chose it");
    assert!(days.iter().all(|day| matches!(day, 9..=11 | 19..=22)), "{days:?}");
    assert_eq!(mails(&world, "expired").await.len(), 4);
    assert!(world.app.clock.now() - begun >= TimeDelta::days(31));
    let page = PageRequest { limit: 200, ..PageRequest::default() };
    let left = jobs::list(&world.app, &caller(&world, Template::PlatformAdmin), &[], &page).await.unwrap().items;
    assert!(left.iter().all(|job| matches!(job.kind.as_str(), "housekeeping" | "rotate_keys")), "{left:?}");
}

#[tokio::test]
async fn a_sandbox_begins_anew() {
    let world = world("reset", None).await;
    send(&world).await;
    advance(&world, "P1D").await;
    assert!(sandbox::reset(&world.app, &caller(&world, Template::Prescriber)).await.is_err());
    sandbox::reset(&world.app, &caller(&world, Template::PlatformAdmin)).await.unwrap();
    assert!(mails(&world, "sent").await.is_empty());
    assert_eq!(sandbox::clock(&world.app).await.unwrap().offset_seconds, 0);
    let page = PageRequest { limit: 200, ..PageRequest::default() };
    let planned = jobs::list(&world.app, &caller(&world, Template::PlatformAdmin), &[], &page).await.unwrap().items;
    assert_eq!(planned.len(), 6, "{planned:?}");
    assert!(planned.iter().all(|job| job.run_at - world.app.clock.now() <= TimeDelta::days(30)), "{planned:?}");
}

#[tokio::test]
async fn what_nobody_knows_is_buried_and_may_be_tried_again() {
    let world = world("dead", None).await;
    let mut tx = begin(&world.app).await;
    tx.enqueue(NewJob { kind: "of_the_future", unique_key: None, payload: json!({}), priority: 1, run_at: tx.ctx().now });
    tx.commit().await.unwrap();
    assert_eq!(worker::run_due(&world.app, "test").await.unwrap(), 1);
    let admin = caller(&world, Template::PlatformAdmin);
    let page = PageRequest { limit: 200, ..PageRequest::default() };
    let dead = jobs::list(&world.app, &admin, &["dead".into()], &page).await.unwrap().items;
    assert_eq!(dead.iter().map(|job| job.last_error.as_deref()).collect::<Vec<_>>(), [Some("unknown_kind")]);
    assert!(jobs::list(&world.app, &caller(&world, Template::Auditor), &[], &page).await.is_err());
    jobs::retry(&world.app, &admin, dead[0].id).await.unwrap();
    assert_eq!(jobs::one(&world.app, &admin, dead[0].id).await.unwrap().state, "ready");
    assert!(jobs::retry(&world.app, &admin, dead[0].id).await.is_err());
    assert!(worker::worker_age(&world.app).unwrap() < TimeDelta::seconds(30));
}

#[tokio::test]
async fn a_mail_that_cannot_leave_waits() {
    let folder = std::env::temp_dir().join(format!("relais-platform-mail-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let _ = std::fs::remove_file(&folder);
    // A file where the folder should be.
    std::fs::write(&folder, "").unwrap();
    let world = world("postponed", Some(Mailer::folder(folder.clone(), "relais@example.org".parse().unwrap()))).await;
    let leg = send(&world).await;
    let mut tx = begin(&world.app).await;
    notify::account(&mut tx, NoticeKind::PasswordChanged, AccountSubject::User(world.user));
    tx.commit().await.unwrap();
    assert_eq!(worker::run_due(&world.app, "test").await.unwrap(), 4);
    let figures = jobs::figures(&world.app).await.unwrap();
    assert_eq!(figures.oldest_due, None, "all wait for half a minute");
    let admin = caller(&world, Template::PlatformAdmin);
    let page = PageRequest { limit: 200, ..PageRequest::default() };
    let waiting = jobs::list(&world.app, &admin, &["ready".into()], &page).await.unwrap().items;
    let waiting: Vec<_> = waiting.into_iter().filter(|job| job.kind != "referral_clock").collect();
    assert!(waiting.iter().all(|job| job.attempts == 1 && job.last_error.as_deref() == Some("mail_folder")), "{waiting:?}");
    assert_eq!(waiting.len(), 4);

    std::fs::remove_file(&folder).unwrap();
    time_comes_for_mails(&world).await;
    assert_eq!(worker::run_due(&world.app, "test").await.unwrap(), 4);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 5);
    let told = relais_persistence::message::read::notices_of(&world.app.db, leg.id).await.unwrap();
    assert!(told.iter().all(|notice| notice.state == "sent"), "{told:?}");
    let rule = admin.may(relais_domain::access::Resource::Organisation, relais_domain::access::Permission::JobsRead).unwrap();
    assert!(oversight::list(&world.app.db, &rule, &["dead".into()], None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_journal_of_it_all_is_sound() {
    let world = world("journal", None).await;
    send(&world).await;
    advance(&world, "P31D").await;
    let ctx = world.app.system_ctx(Actor::Clock, "test");
    while relais_persistence::audit::sequence::pass(&world.app.db, &ctx).await.unwrap() > 0 {}
    let verified = crate::audit::verify(&world.app).await.unwrap().unwrap();
    assert!(verified.mutations > 20, "{verified:?}");
}
