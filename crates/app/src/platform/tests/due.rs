//! Due times that two workers hold at once, and such as the delays have moved meanwhile.

use chrono::TimeDelta;
use relais_domain::identity::Actor;
use relais_domain::referral::{Context, DueJob, DueKind, Party, PauseCommand, Plan, Question, Referral};
use relais_persistence::NewJob;
use relais_persistence::platform::job::{self, Job};
use relais_persistence::referral::write;
use serde_json::json;

use super::super::{jobs, worker};
use super::{World, advance, begin, caller, mails, send, world};
use crate::referral::{OrganisationZone, clock, pause_clock, resume_clock};
use crate::{ActingFor, Caller, PageRequest};
use relais_domain::access::Template;

#[tokio::test]
async fn who_lost_its_claim_gives_nothing_back() {
    let world = world("lost-claim", None).await;
    let mut tx = begin(&world.app).await;
    let run_at = tx.ctx().now;
    tx.enqueue(NewJob { kind: "referral_clock", unique_key: None, payload: json!({}), priority: 0, run_at });
    tx.commit().await.unwrap();
    let (slow, quick) = (claims(&world, "slow").await, claims(&world, "quick").await);
    assert_eq!(slow.id, quick.id);
    let tx = begin(&world.app).await;
    assert!(!job::failed(&tx, &slow, "late", None).await.unwrap(), "the other has it");
    assert!(job::failed(&tx, &quick, "failed", None).await.unwrap());
    assert!(!job::failed(&tx, &quick, "twice", None).await.unwrap(), "it is given back already");
}

/// A leg on the waiting list with this plan.
async fn waitlisted(world: &World, plan: impl FnOnce(chrono::DateTime<chrono::Utc>) -> Option<Plan>) -> Referral {
    let leg = send(world).await;
    let mut tx = begin(&world.app).await;
    let (now, zone) = (tx.ctx().now, OrganisationZone(chrono_tz::Europe::Paris));
    let ctx = Context { party: Party::Receiver, clocks: &world.app.settings.clocks, zone: &zone, taken: false };
    let locked = write::lock(&tx, leg.id).await.unwrap();
    let listed = locked.leg.clone().waitlist(&ctx, now).unwrap().referral;
    let listed = Referral { plan: plan(now), ..listed };
    write::save(&mut tx, &locked, listed.clone(), "waitlist", None).await.unwrap();
    tx.commit().await.unwrap();
    listed
}

async fn enqueues(world: &World, leg: &Referral, due: DueJob) {
    let mut tx = begin(&world.app).await;
    let payload = json!({"referral_id": leg.id, "kind": due.kind, "n": due.n, "at": due.at.timestamp_micros()});
    let unique_key = Some(format!("leg:{}:{}", leg.id, due.key()));
    tx.enqueue(NewJob { kind: "referral_clock", unique_key, payload, priority: 20, run_at: due.at });
    tx.commit().await.unwrap();
}

/// A leg on the waiting list whose first question is due, and its job.
async fn asks_now(world: &World) -> Referral {
    let leg = waitlisted(world, |now| Some(Plan { questions: vec![Question { n: 1, at: now }], ..Plan::default() })).await;
    let due = leg.due(&world.app.settings.clocks).into_iter().find(|due| due.kind == DueKind::WaitlistQuestion).unwrap();
    enqueues(world, &leg, due).await;
    leg
}

/// Claims what is due for no time at all, as a worker whose claim runs out at once.
async fn claims(world: &World, name: &str) -> Job {
    let ctx = world.app.system_ctx(Actor::Clock, name);
    let claimed = job::claim(&world.app.db, &ctx, name, 50, TimeDelta::zero()).await.unwrap();
    claimed.into_iter().find(|job| job.kind == "referral_clock").expect("the job is due")
}

#[tokio::test]
async fn a_question_is_put_once_although_two_workers_hold_its_job() {
    let world = world("question", None).await;
    asks_now(&world).await;
    let (first, second) = (claims(&world, "one").await, claims(&world, "two").await);
    assert_eq!(first.id, second.id, "the claim of the first ran out before it began");
    clock::tick(&world.app, &second).await.unwrap();
    clock::tick(&world.app, &first).await.unwrap();
    worker::run_due(&world.app, "three").await.unwrap();
    advance(&world, "PT2M").await;
    assert_eq!(mails(&world, "waitlist_question").await.len(), 1);
}

#[tokio::test]
async fn a_job_whose_time_has_moved_makes_room_for_the_one_that_is_implied_now() {
    let world = world("moved", None).await;
    let leg = waitlisted(&world, |_| None).await;
    let every = TimeDelta::days(world.app.settings.clocks.remind_holder_every_days.into());
    // Planned by delays that were shorter.
    enqueues(&world, &leg, DueJob { kind: DueKind::HolderReminder, at: leg.state_since, n: 1 }).await;
    assert!(worker::run_due(&world.app, "one").await.unwrap() > 0);
    let page = PageRequest { limit: 200, ..PageRequest::default() };
    let planned = jobs::list(&world.app, &caller(&world, Template::PlatformAdmin), &["ready".into()], &page).await.unwrap().items;
    assert!(planned.iter().any(|job| job.kind == "referral_clock" && job.run_at == leg.state_since + every), "{planned:?}");
    assert!(mails(&world, "holder_reminder").await.is_empty());
    advance(&world, "P21D").await;
    assert!(!mails(&world, "holder_reminder").await.is_empty(), "nothing is lost by a change of the delays");
}

#[tokio::test]
async fn a_question_that_an_outage_held_up_is_put_once_although_a_pause_has_begun_meanwhile() {
    let world = world("outage", None).await;
    let leg = asks_now(&world).await;
    let acting_for = Some(ActingFor { id: world.sender, verified: true, time_zone: chrono_tz::Europe::Paris });
    let prescriber = Caller { acting_for, ..caller(&world, Template::Prescriber) };
    let pause = PauseCommand { reason: "Hospitalisation".parse().unwrap(), until: leg.state_since + TimeDelta::days(10) };
    pause_clock(&world.app, &prescriber, leg.id, pause).await.unwrap();
    worker::run_due(&world.app, "back").await.unwrap();
    resume_clock(&world.app, &prescriber, leg.id).await.unwrap();
    advance(&world, "P30D").await;
    assert_eq!(mails(&world, "waitlist_question").await.len(), 1);
}
