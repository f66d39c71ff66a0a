//! Scenes of persons: their records, consents, links, and what a person may ask for.

use serde_json::{Value, json};

use super::{Scene, Stage, id_in};

impl Stage<'_> {
    /// A person whom the prescriber entered by hand.
    async fn entered(&self) -> String {
        let person = json!({"family_name": self.family_name(), "given_name": "Awa", "phone": "06 39 98 12 34"});
        id_in(&self.world.prescriber().post("/v1/people", person).await.with_status(201).good())
    }

    /// The record of the person of a referral that was sent, with the referral.
    async fn referred(&self) -> (String, String) {
        let referral = self.sent().await;
        let seen = self.world.prescriber().reads(&referral).await.good();
        (seen["identity"]["person_id"].as_str().unwrap().to_owned(), referral)
    }

    /// The record that the operators keep of somebody whom they took in charge.
    pub async fn kept(&self) -> String {
        let referral = self.accepted().await;
        id_in(&self.world.operator().post("/v1/people", json!({"referral_id": referral})).await.with_status(201).good())
    }

    /// A consent that stands, with its person.
    async fn consent(&self) -> (String, String) {
        let (person, _) = self.referred().await;
        let page = self.world.prescriber().get(&format!("/v1/people/{person}/consents")).await.good();
        (person, id_in(&page["items"][0]))
    }

    /// Two linked records, and the link.
    async fn link(&self) -> (String, String) {
        let (one, other) = (self.entered().await, self.entered().await);
        let path = format!("/v1/people/{one}/identity-links");
        let link = self.world.prescriber().post(&path, json!({"other_id": other})).await.with_status(201).good();
        (one, id_in(&link))
    }
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let prescriber = stage.world.prescriber();
    let at = |person: &str, what: &str| format!("/v1/people/{person}{what}");
    Some(match id {
        "list_people" => Scene::of(prescriber, "/v1/people"),
        "create_person" => {
            let person = json!({"family_name": stage.family_name(), "given_name": "Awa"});
            Scene::of(prescriber, "/v1/people").body(person).or(json!({"given_name": "Aya"}))
        }
        "search_people" => Scene::of(prescriber, "/v1/people/search").body(json!({"name": "dur"})),
        "read_person" => Scene::of(prescriber, at(&stage.entered().await, "")),
        "update_person" => Scene::of(prescriber, at(&stage.entered().await, "")).body(json!({"commune": "59350"})).under_itself(),
        "list_person_duplicates" => Scene::of(prescriber, at(&stage.entered().await, "/duplicates")),
        "list_referral_duplicates" => {
            let referral = stage.sent().await;
            Scene::of(stage.world.operator(), format!("/v1/referrals/{referral}/duplicates"))
        }
        "list_person_consents" => Scene::of(prescriber, at(&stage.consent().await.0, "/consents")),
        "read_person_consent" => {
            let (person, consent) = stage.consent().await;
            Scene::of(prescriber, at(&person, &format!("/consents/{consent}")))
        }
        "withdraw_person_consent" => {
            let (person, consent) = stage.consent().await;
            let path = at(&person, &format!("/consents/{consent}/withdraw"));
            Scene::of(prescriber, path).body(json!({})).or(json!({"reason": "Ne souhaite plus être accompagnée."}))
        }
        "list_person_disclosures" => Scene::of(prescriber, at(&stage.referred().await.0, "/disclosures")),
        "list_person_accesses" => Scene::of(prescriber, at(&stage.referred().await.0, "/accesses")),
        "list_identity_links" => Scene::of(prescriber, at(&stage.link().await.0, "/identity-links")),
        "create_identity_link" => {
            let (one, other, third) = (stage.entered().await, stage.entered().await, stage.entered().await);
            Scene::of(prescriber, at(&one, "/identity-links")).body(json!({"other_id": other})).or(json!({"other_id": third}))
        }
        "read_identity_link" => {
            let (person, link) = stage.link().await;
            Scene::of(prescriber, at(&person, &format!("/identity-links/{link}")))
        }
        "delete_identity_link" => {
            let (person, link) = stage.link().await;
            Scene::of(prescriber, at(&person, &format!("/identity-links/{link}"))).under_itself()
        }
        "export_person" => Scene::of(stage.world.persona("privacy_officer"), at(&stage.referred().await.0, "/export")),
        "erase_person" => {
            let reason: Value = json!({"reason": "person_asked"});
            Scene::of(stage.world.persona("privacy_officer"), at(&stage.entered().await, "/erase"))
                .body(reason)
                .or(json!({"reason": "mistake"}))
        }
        _ => return None,
    })
}
