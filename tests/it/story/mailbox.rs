//! Who is written to: whoever may read it on the page, and for as long as they may.

use relais_persistence::identity::entity::{membership, role_assignment};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{COACHING, DESK};
use crate::world::{Client, World, about, whole};

/// Whom the mails of one kind about a referral went to.
async fn told(world: &World, referral: &str, kind: &str, recipient: &str) -> Vec<Value> {
    about(&world.mails_arrive().await, referral, kind, recipient).iter().map(|mail| mail["to"].clone()).collect()
}

/// A member of the operators' structure chooses to be told of what comes in.
async fn chooses_to_be_told(world: &World, who: &Client) {
    let admin = world.persona("admin");
    let membership = who.membership_of(admin.organisation()).await.unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/organisations/{}/members/{membership}", admin.organisation());
    admin.patches(&path, json!({"notified": true})).await.good();
}

/// Takes every role from somebody, who stays a member.
pub(super) async fn takes_every_role(world: &World, who: &Client) {
    let database = world.copy.connect().await;
    let of_user = membership::Column::UserId.eq(who.user().parse::<uuid::Uuid>().unwrap());
    let ids: Vec<_> = membership::Entity::find().filter(of_user).all(&database).await.unwrap().into_iter().map(|row| row.id).collect();
    let gone =
        role_assignment::Entity::delete_many().filter(role_assignment::Column::MembershipId.is_in(ids)).exec(&database).await.unwrap();
    assert!(gone.rows_affected > 0);
    database.close().await.unwrap();
}

both! {
    async fn a_structure_that_was_shut_out_is_written_to_no_more(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Zorglub").await;
        world.mails_arrive().await;
        let path = format!("/v1/organisations/{}/block", prescriber.organisation());
        world.persona("moderator").post(&path, json!({"reason": "Adresse introuvable"})).await.good();
        operator.does_with("accept", &referral, json!({"message": "Bienvenue"})).await.good();
        assert_eq!(told(world, &referral, "accepted", "sender").await, [""; 0]);
        assert_eq!(told(world, &referral, "accepted", "receiver").await, [DESK]);
    }

    async fn what_a_structure_had_when_it_was_shut_out_ends_and_its_senders_are_told(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let (waiting, in_charge) = (prescriber.refers(&service, "Diop").await, prescriber.refers(&service, "Sow").await);
        operator.accepts(&in_charge).await;
        world.mails_arrive().await;
        let path = format!("/v1/organisations/{}/block", operator.organisation());
        world.persona("moderator").post(&path, json!({"reason": "Adresse introuvable"})).await.good();
        for referral in [&waiting, &in_charge] {
            assert_eq!(prescriber.sees(referral).await, "expired");
            assert_eq!(told(world, referral, "expired", "sender").await, [prescriber.persona["email"].clone()]);
            assert_eq!(told(world, referral, "expired", "receiver").await, [""; 0]);
        }
    }

    async fn a_member_is_told_by_mail_no_more_than_on_the_page(world) {
        let (prescriber, operator, admin) = (world.prescriber(), world.operator(), world.persona("admin"));
        chooses_to_be_told(world, &admin).await;
        chooses_to_be_told(world, &operator).await;
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        admin.reads(&referral).await.refused_for_want_of_right();
        let both = [json!(DESK), operator.persona["email"].clone()];
        assert_eq!(told(world, &referral, "sent", "receiver").await, both);
        prescriber.writes(&referral, json!({"body": "Mot confidentiel"})).await.with_status(201);
        assert_eq!(told(world, &referral, "message", "receiver").await, both);
        assert!(world.mails().await.iter().filter(|mail| mail["to"] == admin.persona["email"]).all(|mail| !whole(mail).contains("confidentiel")));
    }

    async fn who_lost_the_role_reads_no_outcome_in_the_mail(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        assert_eq!(told(world, &referral, "sent", "sender").await, [prescriber.persona["email"].clone()]);
        takes_every_role(world, &prescriber).await;
        operator.does_with("refuse", &referral, json!({"codes": ["no_capacity"], "message": "Complet"})).await.good();
        let told = told(world, &referral, "refused", "sender").await;
        assert!(!told.is_empty() && !told.contains(&prescriber.persona["email"]), "its organisation is told instead: {told:?}");
    }
}
