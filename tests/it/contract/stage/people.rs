//! People whom the scenes use up.

use serde_json::{Value, json};

use super::{Stage, id_in};
use crate::world::Client;

/// Somebody who joined the operators' organisation a moment ago.
pub struct Newcomer {
    pub client: Client,
    pub email: String,
    pub password: String,
    pub membership: String,
}

impl Stage<'_> {
    /// A role of an organisation, by its template.
    pub async fn role(&self, admin: &Client, template: &str) -> String {
        let roles = admin.get(&format!("/v1/organisations/{}/roles?limit=200", admin.organisation())).await.good();
        let found = roles["items"].as_array().unwrap().iter().find(|role| role["template"] == template);
        id_in(found.unwrap_or_else(|| panic!("no role from the template {template}")))
    }

    /// What the newest mail of a kind to an address carries behind this word in its link.
    pub async fn mailed(&self, to: &str, kind: &str, word: &str) -> String {
        let mails = self.world.mails_arrive().await;
        let mail = mails.iter().rev().find(|mail| mail["to"] == to && mail["kind"] == kind);
        let text = mail.unwrap_or_else(|| panic!("no {kind} for {to}"))["text"].as_str().unwrap();
        let (_, rest) = text.split_once(&format!("/l#{word}")).unwrap_or_else(|| panic!("no link in {text}"));
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// Invites somebody; gives the address, the invitation and its token.
    pub async fn invites(&self, admin: &Client, template: &str) -> (String, String, String) {
        let email = format!("guest-{}@example.org", self.number());
        let role = self.role(admin, template).await;
        let path = format!("/v1/organisations/{}/invitations", admin.organisation());
        admin.post(&path, json!({"email": email, "role_id": role})).await.with_status(201);
        let sealed = self.mailed(&email, "invitation", "invitation.").await;
        let (invitation, token) = sealed.split_once('.').unwrap();
        (email, invitation.to_owned(), token.to_owned())
    }

    /// Signs in; gives both tokens.
    pub async fn signs_in(&self, email: &str, password: &str) -> Value {
        self.world.anybody().post("/v1/auth/login", json!({"email": email, "password": password})).await.good()
    }

    /// Somebody new in the operators' organisation, a reader.
    pub async fn newcomer(&self) -> Newcomer {
        let admin = self.world.persona("admin");
        let (email, invitation, token) = self.invites(&admin, "reader").await;
        let password = format!("a long enough password {}", self.number());
        let accept = json!({"token": token, "name": "Dominique Nouveau", "password": password});
        let joined = self.world.anybody().post(&format!("/v1/invitations/{invitation}/accept"), accept).await.good();
        let tokens = self.signs_in(&email, &password).await;
        let client = self.world.anybody().with_token(tokens["access_token"].as_str().unwrap());
        Newcomer { client, email, password, membership: joined["membership_id"].as_str().unwrap().to_owned() }
    }

    /// A partner platform of somebody's organisation that holds exactly these permissions there.
    pub async fn partner_with(&self, admin: &Client, permissions: &[&str]) -> Client {
        let grant = |permission: &&str| {
            let scope =
                if matches!(*permission, "directory:read" | "organisations:read" | "jobs:read") { "platform" } else { "organisation" };
            json!({"permission": permission, "scope": scope, "side": "both", "categories": ["existence"]})
        };
        let body = json!({"name": format!("Partner {}", self.number()), "grants": permissions.iter().map(grant).collect::<Vec<_>>()});
        let path = format!("/v1/organisations/{}/service-accounts", admin.organisation());
        let made = admin.post(&path, body).await.with_status(201).good();
        let account = &made["service_account"];
        let login = json!({"grant_type": "client_credentials", "client_id": account["client_id"], "client_secret": made["client_secret"]});
        let token = self.world.anybody().post("/v1/auth/token", login).await.good()["access_token"].clone();
        self.world.anybody().with_token(token.as_str().unwrap())
    }
}
