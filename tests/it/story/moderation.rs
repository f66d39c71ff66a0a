//! Moderation: warnings never block, moderators see counts and codes, and a block reaches every member.

use relais_persistence::identity::entity::membership;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{COACHING, form};
use crate::world::{Client, World};

/// What the moderators' list says of an organisation.
async fn seen(world: &World, organisation: &str) -> Option<Value> {
    let page = world.persona("moderator").get("/v1/moderation/held?limit=200").await.good();
    page["items"].as_array().unwrap().iter().find(|item| item["id"] == organisation).cloned()
}

fn count(item: &Value, code: &str) -> i64 {
    item["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|warning| warning["code"] == code)
        .map_or(0, |warning| warning["count"].as_i64().unwrap())
}

/// Omar becomes a member of Noémie's organisation too; gives his address.
async fn joins(world: &World, noemie: &Client) -> Value {
    let omar = world.copy.persona("operator_3");
    becomes_member(world, noemie.organisation(), omar["user_id"].as_str().unwrap()).await;
    omar["email"].clone()
}

/// Somebody becomes a member of an organisation. Nobody administers it, so it is written where it stands.
async fn becomes_member(world: &World, organisation: &str, user: &str) {
    let now = world.now().await;
    let row = membership::Model {
        id: "0192f4e6-7a10-7000-8000-0000000000c1".parse().unwrap(),
        organisation_id: organisation.parse().unwrap(),
        user_id: user.parse().unwrap(),
        valid_from: now.date_naive(),
        valid_to: None,
        notified: false,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let database = world.copy.connect().await;
    membership::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&database).await.unwrap();
    database.close().await.unwrap();
}

both! {
    async fn warnings_are_counted_for_moderators_and_stop_nothing(world) {
        let (prescriber, service) = (world.prescriber(), world.service(COACHING).await);
        let before = seen(world, prescriber.organisation()).await.unwrap_or_else(|| json!({"warnings": []}));
        world.moves_on("P5D").await;
        prescriber.refers(&service, "Ndiaye").await;
        let plain = seen(world, prescriber.organisation()).await.unwrap_or_else(|| json!({"warnings": []}));
        assert_eq!(count(&plain, "test_words"), count(&before, "test_words"));
        assert_eq!(count(&plain, "very_new_member"), count(&before, "very_new_member"), "after some days nobody is new");
        let test = prescriber.refers(&service, "Test").await;
        let own = form(&service, "Lefèvre", json!({"person": {"given_name": "Camille", "email": "camille.prescriptrice+moi@demo.example.org"}}));
        let himself = prescriber.refers_form(own).await;
        for referral in [&test, &himself] {
            assert_eq!(prescriber.sees(referral).await, "sent", "a warning never blocks");
            let text = prescriber.reads(referral).await.text + &world.operator().reads(referral).await.text;
            assert!(!text.contains("warning"), "neither side is told");
        }
        let item = seen(world, prescriber.organisation()).await.unwrap();
        for code in ["test_words", "names_alike", "emails_alike"] {
            assert_eq!(count(&item, code), count(&before, code) + 1, "{code}: {item}");
        }
        assert_eq!((&item["held"], &item["verified"]), (&json!(0), &json!(true)));
        for hidden in ["Lefèvre", "Camille", "Ndiaye", &test, &himself] {
            assert!(!item.to_string().contains(hidden), "{item}");
        }
        for other in ["operator", "admin", "prescriber"] {
            world.persona(other).get("/v1/moderation/held").await.refused(403, "permission_missing");
        }
        world.operator().refuses(&test, "other").await;
        assert_eq!(count(&seen(world, prescriber.organisation()).await.unwrap(), "test_words"), count(&before, "test_words"), "what is over is not counted");
    }

    async fn who_came_yesterday_or_works_for_the_receiver_is_noted(world) {
        let (prescriber, service) = (world.prescriber(), world.service(COACHING).await);
        let own = world.service_of("operator_2").await;
        world.moves_on("P10D").await;
        let before = seen(world, prescriber.organisation()).await.unwrap_or_else(|| json!({"warnings": []}));
        let codes = async || {
            let item = seen(world, prescriber.organisation()).await.unwrap_or_else(|| json!({"warnings": []}));
            ["sender_is_member_of_receiver", "very_new_member"].map(|code| count(&item, code) - count(&before, code))
        };
        prescriber.refers(&own, "Sow").await;
        assert_eq!(codes().await, [0, 0]);
        becomes_member(world, world.persona("operator_2").organisation(), prescriber.user()).await;
        let acting = prescriber.with("x-organisation", prescriber.organisation());
        acting.refers(&own, "Diop").await;
        assert_eq!(codes().await, [1, 0], "who refers works there too");
        acting.refers(&service, "Ba").await;
        assert_eq!(codes().await, [1, 0]);

        let database = world.copy.connect().await;
        let now = world.now().await;
        let since = now - chrono::TimeDelta::days(2);
        membership::Entity::update_many()
            .col_expr(membership::Column::CreatedAt, sea_orm::sea_query::Expr::val(since))
            .filter(membership::Column::UserId.eq(prescriber.user().parse::<relais_domain::shared::ids::UserId>().unwrap()))
            .exec(&database)
            .await
            .unwrap();
        database.close().await.unwrap();
        acting.refers(&service, "Ly").await;
        assert_eq!(codes().await, [1, 1], "who came two days ago is new");
    }

    async fn a_held_organisation_waits_in_the_list_until_it_is_verified(world) {
        let noemie = world.persona("prescriber_2");
        let service = world.service(COACHING).await;
        let before = seen(world, noemie.organisation()).await.map_or(0, |item| item["held"].as_i64().unwrap());
        for name in ["Zidane", "Zola"] {
            noemie.refers(&service, name).await;
        }
        let item = seen(world, noemie.organisation()).await.unwrap();
        assert_eq!((item["held"].as_i64().unwrap(), &item["verified"]), (before + 2, &json!(false)));
        world.persona("moderator").send(reqwest::Method::POST, &format!("/v1/organisations/{}/verify", noemie.organisation()), None).await.good();
        assert_eq!(seen(world, noemie.organisation()).await.map_or(0, |item| item["held"].as_i64().unwrap()), 0);
    }

    async fn a_block_is_told_to_every_member_with_its_reason(world) {
        let noemie = world.persona("prescriber_2");
        let colleague = joins(world, &noemie).await;
        let service = world.service(COACHING).await;
        let (referral, _) = (noemie.refers(&service, "Zidane").await, noemie.refers(&service, "Zola").await);
        let path = format!("/v1/organisations/{}/block", noemie.organisation());
        for wrong in ["{{ person_name }}", "<script>alert(1)</script>"] {
            world.persona("moderator").post(&path, json!({"reason": wrong})).await.refused(422, "markup_not_allowed");
        }
        let before = world.mails_arrive().await.len();
        noemie.post(&path, json!({"reason": "Non"})).await.refused(403, "permission_missing");
        world.persona("moderator").post(&path, json!({"reason": "Adresse introuvable au registre"})).await.good();
        assert_eq!(seen(world, noemie.organisation()).await, None);
        let mails = world.mails_arrive().await;
        let blocked: Vec<_> = mails[before..].iter().filter(|mail| mail["kind"] == "blocked").collect();
        for member in [&noemie.persona["email"], &colleague] {
            assert_eq!(blocked.iter().filter(|mail| mail["to"] == *member).count(), 1, "{member} is told once, whatever was held");
        }
        assert_eq!(blocked.len(), 2, "{blocked:?}");
        assert!(blocked.iter().all(|mail| mail["text"].as_str().unwrap().contains("Adresse introuvable au registre")));
        world.operator().finds_no_trace_of(&referral, "Zidane").await;
    }
}
