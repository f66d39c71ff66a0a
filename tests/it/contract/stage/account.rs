//! Scenes of signing in and of one's own account.

use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::{Newcomer, Scene, Stage, id_in};

/// The code that an authenticator app shows now.
fn code_now(secret: &str) -> String {
    let totp =
        Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).with_account_name("a").with_issuer(Some("Relais")).build();
    totp.unwrap().generate(u64::try_from(relais_adapters::time::Clock::default().real_now().timestamp()).unwrap()).to_string()
}

impl Stage<'_> {
    /// Sets up an authenticator app.
    async fn with_app(&self, newcomer: &Newcomer) -> Scene {
        let secret = newcomer.client.send(reqwest::Method::POST, "/v1/me/totp", None).await.good();
        let code = code_now(secret["secret"].as_str().unwrap());
        Scene::of(newcomer.client.clone(), "/v1/me/totp/confirm").body(json!({"code": code}))
    }
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let anybody = stage.world.anybody();
    let persona = |name: &str| stage.world.persona(name);
    let field = |name: &str, of: &Value| of[name].as_str().unwrap().to_owned();
    Some(match id {
        "open_session" => {
            let someone = persona("colleague").persona;
            Scene::of(anybody, "/v1/auth/login").body(json!({"email": someone["email"], "password": someone["password"]}))
        }
        "refresh_session" => {
            let someone = persona("colleague").persona;
            let tokens = stage.signs_in(&field("email", &someone), &field("password", &someone)).await;
            Scene::of(anybody, "/v1/auth/refresh").body(json!({"refresh_token": tokens["refresh_token"]}))
        }
        "close_session" => {
            let someone = persona("colleague").persona;
            let tokens = stage.signs_in(&field("email", &someone), &field("password", &someone)).await;
            Scene::of(anybody.with_token(&field("access_token", &tokens)), "/v1/auth/logout")
        }
        "issue_client_token" => {
            let partner = persona("partner").persona;
            let login =
                json!({"grant_type": "client_credentials", "client_id": partner["client_id"], "client_secret": partner["client_secret"]});
            Scene::of(anybody, "/v1/auth/token").body(login)
        }
        "request_password_reset" => Scene::of(anybody, "/v1/auth/password-reset").body(json!({"email": "nobody@example.org"})),
        "confirm_password_reset" => {
            let newcomer = stage.newcomer().await;
            anybody.post("/v1/auth/password-reset", json!({"email": newcomer.email})).await.with_status(202);
            let token = stage.mailed(&newcomer.email, "password_reset", "password_reset.").await;
            Scene::of(anybody, "/v1/auth/password-reset/confirm").body(json!({"token": token, "password": "an entirely new password"}))
        }
        "accept_invitation" => {
            let (_, invitation, token) = stage.invites(&persona("admin"), "reader").await;
            let body = json!({"token": token, "name": "Claude Nouveau", "password": "a long enough password"});
            Scene::of(anybody, format!("/v1/invitations/{invitation}/accept")).body(body)
        }
        "get_me" => Scene::of(persona("operator"), "/v1/me"),
        "list_my_sessions" => Scene::of(persona("operator"), "/v1/me/sessions"),
        "update_me" => Scene::of(stage.newcomer().await.client, "/v1/me").body(json!({"phone": "+33612345678"})).under_itself(),
        "delete_my_session" => {
            let newcomer = stage.newcomer().await;
            let other = stage.signs_in(&newcomer.email, &newcomer.password).await;
            let sessions = newcomer.client.get("/v1/me/sessions").await.good();
            assert!(other["access_token"].is_string());
            let other = sessions["items"].as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
            Scene::of(newcomer.client, format!("/v1/me/sessions/{}", id_in(other)))
        }
        "change_my_password" => {
            let newcomer = stage.newcomer().await;
            let body = json!({"current_password": newcomer.password, "new_password": "an entirely new password"});
            Scene::of(newcomer.client, "/v1/me/password").body(body)
        }
        "start_totp" => Scene::of(stage.newcomer().await.client, "/v1/me/totp"),
        "confirm_totp" => stage.with_app(&stage.newcomer().await).await,
        "disable_totp" => {
            let newcomer = stage.newcomer().await;
            let confirm = stage.with_app(&newcomer).await;
            confirm.who.post(&confirm.path, confirm.body.unwrap()).await.with_status(204);
            Scene::of(newcomer.client, "/v1/me/totp/disable").body(json!({"password": newcomer.password}))
        }
        "explain_access" => Scene::of(persona("operator"), "/v1/access/explain?permission=referrals:read"),
        _ => return None,
    })
}
