//! A service that one unit runs: its unit receives, and who works for that unit alone sees no other.

use serde_json::json;

use super::{COACHING, edits_service};
use crate::world::tools::eventually;
use crate::world::{World, about};

/// A unit of the operators' organisation.
async fn unit(world: &World, name: &str) -> String {
    let admin = world.persona("admin");
    let path = format!("/v1/organisations/{}/units", admin.organisation());
    admin.post(&path, json!({"name": name})).await.with_status(201).good()["id"].as_str().unwrap().to_owned()
}

/// Gives a member one role alone, limited to a unit.
async fn holds_in(world: &World, persona: &str, template: &str, unit: &str) {
    let (admin, member) = (world.persona("admin"), world.persona(persona));
    let own = admin.organisation();
    let membership = member.membership_of(own).await.unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/organisations/{own}/members/{membership}");
    let roles = json!({"roles": [{"role_id": admin.role_from(own, template).await, "unit_id": unit}]});
    let tag = admin.get(&path).await.etag();
    admin.with("if-match", &tag).put(&format!("{path}/roles"), roles).await.good();
}

both! {
    async fn the_unit_that_runs_the_service_receives_and_its_lead_is_told(world) {
        let (prescriber, operator, reader) = (world.prescriber(), world.operator(), world.persona("reader"));
        let service = world.service(COACHING).await;
        let (fives, wazemmes) = (unit(world, "Équipe Fives").await, unit(world, "Équipe Wazemmes").await);
        let earlier = prescriber.refers(&service, "Diop").await;
        edits_service(world, &service, json!({"unit_id": fives})).await;
        holds_in(world, "operator", "operator", &fives).await;
        holds_in(world, "reader", "operator_lead", &fives).await;
        holds_in(world, "colleague", "operator", &wazemmes).await;
        let referral = prescriber.refers(&service, "Sow").await;

        eventually("the rights are those of the unit", async || operator.reads(&earlier).await.status == 404).await;
        assert_eq!(operator.box_of("to_handle").await, [referral.clone()], "what came for the whole organisation is not the unit's");
        eventually("nor are they elsewhere", async || world.persona("colleague").reads(&referral).await.status == 404).await;

        world.moves_on("P23D").await;
        let mails = world.mails().await;
        let told: Vec<_> = about(&mails, &referral, "escalated", "lead").iter().map(|mail| mail["to"].clone()).collect();
        assert_eq!(told, [reader.persona["email"].clone()], "the lead of the unit alone");
        // What came for one unit is given to that unit and to who reads it there.
        let assigns = async |to: serde_json::Value| reader.does_with("assign", &referral, to).await;
        assigns(json!({"unit_id": wazemmes})).await.refused(422, "unknown_reference");
        assigns(json!({"member_id": world.persona("colleague").user()})).await.refused(422, "unknown_reference");
        assigns(json!({"member_id": world.persona("admin").user()})).await.refused(422, "unknown_reference");
        assigns(json!({"unit_id": fives})).await.good();
        assigns(json!({"member_id": operator.user()})).await.good();
        operator.accepts(&referral).await;

        let now = world.now().await;
        let person = json!({"family_name": "Guichet", "given_name": "Awa"});
        let body = json!({"start": "to_handle", "informed_at": now, "service_id": service, "person": person});
        let entered = operator.post("/v1/referrals/walk-in", body).await.with_status(201).good();
        assert!(operator.box_of("to_handle").await.contains(&entered["id"].as_str().unwrap().to_owned()));
    }
}
