//! People who come on their own, seen from the worker.

use relais_domain::identity::{AccountState, JoinState};
use relais_domain::shared::ids::JoinRequestId;
use relais_persistence::identity::entity::{account_token, join_request};
use relais_persistence::identity::{AccountToken, JoinRequest, read};

use super::*;
use crate::platform::housekeeping::TIDY_JOB;
use crate::setup::{self, NewUser};

/// An account that nobody has confirmed; with a key that ran out so many days ago.
async fn unconfirmed(tx: &mut Tx, email: &str, days_ago: i64) -> UserId {
    let new = NewUser { email: email.parse().unwrap(), name: "Dominique".into(), language: Language::Fr, platform_role: None };
    let user_id = setup::add_account(tx, new, "hash".into(), AccountState::Unconfirmed).await.unwrap();
    let (id, now): (Uuid, _) = (tx.ctx().fresh(), tx.ctx().real_now);
    let expires_at = now - TimeDelta::days(days_ago);
    let (purpose, token_hash) = ("confirm_email".to_owned(), id.to_string());
    let row = AccountToken { id, user_id, purpose, token_hash, expires_at, used_at: None, created_at: now };
    tx.create::<account_token::Entity>(row, "sign_up").await.unwrap();
    user_id
}

#[tokio::test]
async fn accounts_that_nobody_confirmed_are_forgotten_and_the_journal_stays_sound() {
    let world = world("unconfirmed", None).await;
    let mut tx = begin(&world.app).await;
    unconfirmed(&mut tx, "long.ago@example.org", 8).await;
    unconfirmed(&mut tx, "of.late@example.org", 6).await;
    tx.enqueue(NewJob { kind: TIDY_JOB, unique_key: None, payload: json!({}), priority: 1, run_at: tx.ctx().now });
    tx.commit().await.unwrap();
    worker::run_due(&world.app, "test").await.unwrap();
    let known = async |email: &str| read::user_by_email(&world.app.db, email).await.unwrap().is_some();
    assert!(!known("long.ago@example.org").await);
    assert!(known("of.late@example.org").await && known("paula@sender.example").await);
    let ctx = world.app.system_ctx(Actor::Clock, "test");
    while relais_persistence::audit::sequence::pass(&world.app.db, &ctx).await.unwrap() > 0 {}
    crate::audit::verify(&world.app).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_question_that_was_taken_back_is_not_put() {
    let world = world("taken-back", None).await;
    let mut tx = begin(&world.app).await;
    let asks = add_user(&mut tx, "Dominique Arrivant", "dominique@example.org", (world.receiver, Template::Reader), false).await;
    for state in [JoinState::Withdrawn, JoinState::Pending] {
        let (id, now): (JoinRequestId, _) = (tx.ctx().fresh(), tx.ctx().now);
        let row = JoinRequest {
            id,
            organisation_id: world.sender,
            user_id: asks,
            state,
            message: Some(format!("Demande {state}")),
            reason: None,
            decided_by: None,
            decided_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        tx.create::<join_request::Entity>(row, "ask_to_join").await.unwrap();
        notify::account(&mut tx, NoticeKind::JoinRequested, AccountSubject::JoinRequest { user: world.user, request: id });
    }
    tx.commit().await.unwrap();
    assert_eq!(advance(&world, "PT1M").await, 2);
    let told = mails(&world, "join_requested").await;
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("Demande pending") && told[0].text.contains("Dominique Arrivant"), "{}", told[0].text);
    assert_eq!(told[0].to, "paula@sender.example");
}
