//! Scenes of booklets, retrievals, saved views and moderation.

use serde_json::{Value, json};

use super::{Scene, Stage, id_in};

const STEP: &str = "0192f4e6-7a10-7000-8000-0000000000b1";

impl Stage<'_> {
    /// A free booklet of the operators' organisation; gives its path and number.
    async fn booklet(&self) -> (String, String) {
        let booklet = self.world.issues_booklet(&self.world.operator(), 10).await;
        (format!("/v1/booklets/{}", id_in(&booklet)), booklet["number"].as_str().unwrap().to_owned())
    }

    /// A booklet whose person the operators have in charge, with an attended step; gives its path and the referral.
    async fn carried(&self) -> (String, String) {
        let (referral, (booklet, _)) = (self.accepted().await, self.booklet().await);
        let operator = self.world.operator();
        operator.post(&format!("{booklet}/assign"), json!({"referral_id": referral})).await.good();
        let path = format!("/v1/referrals/{referral}/path");
        let tag = operator.reads(&referral).await.etag();
        let steps = json!({"steps": [{"id": STEP, "label": "Premier rendez-vous", "units": 2, "attended": true}]});
        operator.with("if-match", &tag).put(&path, steps).await.good();
        (booklet, referral)
    }

    /// A person with a booklet whom the operators have not taken in charge, or have: what the other structure asks with.
    async fn at_the_counter(&self, taken: bool) -> Value {
        let name = self.family_name();
        let referral = self.world.prescriber().refers(&self.open_service().await, &name).await;
        if taken {
            self.world.operator().accepts(&referral).await;
        }
        let (booklet, number) = self.booklet().await;
        self.world.operator().post(&format!("{booklet}/assign"), json!({"referral_id": referral})).await.good();
        json!({"family_name": name, "booklet_number": number})
    }

    /// A claim that the operators may object to; gives its path.
    async fn claim(&self) -> String {
        let asked = self.at_the_counter(true).await;
        let claim = self.world.persona("operator_2").post("/v1/retrievals", asked).await.with_status(201).good();
        format!("/v1/retrievals/{}", id_in(&claim))
    }

    async fn saved_view(&self) -> String {
        let body = json!({"name": "À traiter", "query": {"box": "to_handle"}});
        let made = self.world.operator().post("/v1/saved-views", body).await.with_status(201).good();
        format!("/v1/saved-views/{}", id_in(&made))
    }
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let (operator, issuer) = (stage.world.operator(), stage.world.persona("platform_admin"));
    let series = json!({"organisation_id": operator.organisation(), "count": 2, "units": 10});
    Some(match id {
        "list_booklet_series" => Scene::of(issuer, "/v1/booklets/series"),
        "issue_booklets" => Scene::of(issuer, "/v1/booklets/series").body(series).or(json!({"count": 3})),
        "read_booklet_series" => {
            let made = issuer.post("/v1/booklets/series", series).await.with_status(201).good();
            Scene::of(issuer, format!("/v1/booklets/series/{}", id_in(&made)))
        }
        "search_booklets" => Scene::of(operator, "/v1/booklets/search").body(json!({"number": "000aaa"})),
        "list_booklets" => {
            stage.booklet().await;
            Scene::of(operator, "/v1/booklets")
        }
        "read_booklet" => Scene::of(operator, stage.carried().await.0),
        "list_booklet_entries" => Scene::of(operator, format!("{}/entries", stage.carried().await.0)),
        "assign_booklet" => {
            let path = format!("{}/assign", stage.booklet().await.0);
            Scene::of(operator, path).body(json!({"referral_id": stage.sent().await})).or(json!({"referral_id": stage.sent().await}))
        }
        "use_booklet" => {
            let (booklet, referral) = stage.carried().await;
            Scene::of(operator, format!("{booklet}/use")).body(json!({"referral_id": referral, "step_id": STEP})).or(json!({"units": 1}))
        }
        "reverse_booklet_entry" => {
            let (booklet, _) = stage.carried().await;
            let entries = operator.get(&format!("{booklet}/entries")).await.good();
            let assigned = entries["items"].as_array().unwrap().iter().find(|entry| entry["kind"] == "assign").unwrap();
            let body = json!({"entry_id": assigned["id"], "reason": "Erreur de personne"});
            Scene::of(operator, format!("{booklet}/reverse")).body(body).or(json!({"reason": "Doublon"}))
        }
        "list_retrievals" => {
            stage.claim().await;
            Scene::of(operator, "/v1/retrievals")
        }
        "retrieve_referral" => {
            let asked = stage.at_the_counter(false).await;
            Scene::of(stage.world.persona("operator_2"), "/v1/retrievals").body(asked).or(json!({"take_in_charge": true}))
        }
        "read_retrieval" => Scene::of(operator, stage.claim().await),
        "object_to_retrieval" => Scene::of(operator, format!("{}/object", stage.claim().await))
            .body(json!({"reason": "Rendez-vous demain"}))
            .or(json!({"reason": "Suivi en cours"})),
        "list_saved_views" => {
            stage.saved_view().await;
            Scene::of(operator, "/v1/saved-views")
        }
        "create_saved_view" => {
            let body = json!({"name": "En retard", "query": {"box": "to_handle", "unread": true}});
            Scene::of(operator, "/v1/saved-views").body(body).or(json!({"name": "Non lues"}))
        }
        "get_saved_view" => Scene::of(operator, stage.saved_view().await),
        "update_saved_view" => Scene::of(operator, stage.saved_view().await).body(json!({"name": "À voir"})).under_itself(),
        "delete_saved_view" => Scene::of(operator, stage.saved_view().await).under_itself(),
        "list_moderated_organisations" => Scene::of(stage.world.persona("moderator"), "/v1/moderation/held"),
        _ => return None,
    })
}
