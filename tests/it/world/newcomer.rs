//! People who come on their own: they sign up, confirm their address, sign in.

use relais_domain::directory::OrganisationState;
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::identity::entity::organisation;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{Client, World};

/// The password of everybody who signs up.
pub const PASSWORD: &str = "sept tasses de thé vert";

/// What stands behind this word in the link of a mail.
#[track_caller]
pub fn behind(mail: &Value, word: &str) -> String {
    let text = mail["text"].as_str().unwrap();
    let (_, rest) = text.split_once(&format!("/l#{word}")).unwrap_or_else(|| panic!("no {word} in {text}"));
    rest.split_whitespace().next().unwrap().to_owned()
}

/// A sign-up with this address.
pub fn sign_up(email: &str, password: &str) -> Value {
    json!({"email": email, "name": "Dominique Arrivant", "password": password, "language": "fr"})
}

impl World {
    /// The mails of a kind to an address, oldest first, once what waits has been sent.
    pub async fn mailed(&self, to: &str, kind: &str) -> Vec<Value> {
        self.mails_arrive().await.into_iter().filter(|mail| mail["to"] == to && mail["kind"] == kind).collect()
    }

    /// Signs in.
    pub async fn signs_in(&self, email: &str, password: &str) -> Client {
        let tokens = self.anybody().post("/v1/auth/login", json!({"email": email, "password": password})).await.good();
        let token = tokens["access_token"].as_str().unwrap();
        let me = self.anybody().with_token(token).get("/v1/me").await.good();
        let persona = json!({"token": token, "email": email, "password": password, "user_id": me["user"]["id"]});
        Client::new(self.http.clone(), self.program.base.clone(), persona)
    }

    /// Somebody who has just signed up, with a confirmed address and no organisation.
    pub async fn newcomer(&self, email: &str) -> Client {
        self.anybody().post("/v1/auth/sign-up", sign_up(email, PASSWORD)).await.with_status(202);
        let mails = self.mailed(email, "account_confirmation").await;
        let token = behind(mails.last().expect("a mail to confirm the address"), "confirm_email.");
        self.anybody().post("/v1/auth/confirm-email", json!({"token": token, "password": PASSWORD})).await.with_status(204);
        self.signs_in(email, PASSWORD).await
    }

    /// Puts an organisation into a state, whatever led there.
    pub async fn sets_state(&self, id: &str, state: OrganisationState) {
        let (database, id): (_, OrganisationId) = (self.copy.connect().await, id.parse().unwrap());
        let change = organisation::Entity::update_many().col_expr(organisation::Column::State, Expr::val(state));
        change.filter(organisation::Column::Id.eq(id)).exec(&database).await.unwrap();
        database.close().await.unwrap();
    }

    /// Organisations that a feed brought, that are at work, and that nobody has joined.
    pub async fn unjoined(&self) -> Vec<String> {
        let page = self.anybody().get("/v1/structures?verified=false&limit=200").await.good();
        let brought = page["items"].as_array().unwrap().iter().filter(|structure| !structure["source"].is_null());
        brought.map(|structure| structure["id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Client {
    /// Asks to join an organisation, or joins it.
    pub async fn joins(&self, structure: &str) -> Value {
        let message = json!({"message": "Je remplace Léa à l’accueil."});
        self.post(&format!("/v1/structures/{structure}/join"), message).await.with_status(201).good()
    }

    /// The membership of an organisation, as `GET /v1/me` tells it.
    pub async fn membership_of(&self, organisation: &str) -> Option<Value> {
        let me = self.get("/v1/me").await.good();
        me["memberships"].as_array().unwrap().iter().find(|membership| membership["organisation_id"] == organisation).cloned()
    }

    /// The role that an organisation made from a template.
    pub async fn role_from(&self, organisation: &str, template: &str) -> String {
        let roles = self.get(&format!("/v1/organisations/{organisation}/roles?limit=200")).await.good();
        let found = roles["items"].as_array().unwrap().iter().find(|role| role["template"] == template);
        found.unwrap_or_else(|| panic!("no role from {template}"))["id"].as_str().unwrap().to_owned()
    }
}
