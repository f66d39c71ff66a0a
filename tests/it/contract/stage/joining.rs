//! Scenes of signing up, joining and founding.

use serde_json::{Value, json};

use super::{Scene, Stage, id_in};
use crate::world::{Client, PASSWORD, sign_up};

impl Stage<'_> {
    /// Somebody who signed up a moment ago and belongs nowhere.
    async fn arrival(&self) -> Client {
        self.world.newcomer(&format!("arrival-{}@example.org", self.number())).await
    }

    /// Somebody who waits for the administrators of the operators' organisation; gives the path of the request.
    async fn request(&self) -> (Client, String) {
        let (arrival, admin) = (self.arrival().await, self.world.persona("admin"));
        let request = arrival.joins(admin.organisation()).await;
        (arrival, format!("/v1/join-requests/{}", id_in(&request)))
    }
}

/// A new organisation.
fn structure(number: u32) -> Value {
    let address = json!({"line1": "1 rue des Tilleuls", "postal_code": "59000", "locality": "Lille", "country": "FR"});
    json!({"name": format!("Structure fondée {number}"), "country": "FR", "address": address})
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let (admin, anybody) = (stage.world.persona("admin"), stage.world.anybody());
    let number = stage.number();
    let email = format!("signing-up-{number}@example.org");
    Some(match id {
        "sign_up" => Scene::of(anybody, "/v1/auth/sign-up").body(sign_up(&email, PASSWORD)),
        "confirm_email" => {
            anybody.post("/v1/auth/sign-up", sign_up(&email, PASSWORD)).await.with_status(202);
            let token = stage.mailed(&email, "account_confirmation", "confirm_email.").await;
            Scene::of(anybody, "/v1/auth/confirm-email").body(json!({"token": token, "password": PASSWORD}))
        }
        "create_structure" => {
            Scene::of(stage.arrival().await, "/v1/structures").body(structure(number)).or(json!({"name": "Une tout autre structure"}))
        }
        "join_structure" => {
            let path = format!("/v1/structures/{}/join", admin.organisation());
            Scene::of(stage.arrival().await, path).body(json!({"message": "Je viens d’arriver."})).or(json!({"message": "Bonjour."}))
        }
        "list_my_join_requests" => Scene::of(stage.request().await.0, "/v1/me/join-requests"),
        "get_join_request" => {
            let (arrival, path) = stage.request().await;
            Scene::of(arrival, path)
        }
        "accept_join_request" => {
            let (_, path) = stage.request().await;
            let (role, other) = (stage.modest_role(&admin).await, stage.modest_role(&admin).await);
            Scene::of(admin, format!("{path}/accept")).body(json!({"role_id": role})).or(json!({"role_id": other}))
        }
        "refuse_join_request" => {
            let (_, path) = stage.request().await;
            Scene::of(admin, format!("{path}/refuse")).body(json!({"reason": "Inconnu ici."})).or(json!({"reason": "Doublon."}))
        }
        "withdraw_join_request" => {
            let (arrival, path) = stage.request().await;
            Scene::of(arrival, format!("{path}/withdraw"))
        }
        "delete_my_membership" => {
            let newcomer = stage.newcomer().await;
            Scene::of(newcomer.client, format!("/v1/me/memberships/{}", newcomer.membership))
        }
        _ => return None,
    })
}
