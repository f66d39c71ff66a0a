//! Scenes of organisations and what hangs on them.

use serde_json::{Value, json};

use super::{Scene, Stage, id_in};
use crate::world::Client;

impl Stage<'_> {
    /// An organisation that was made a moment ago and is not verified.
    pub async fn young_organisation(&self) -> String {
        let number = self.number();
        let body = json!({"name": format!("Jeune structure {number}"), "country": "FR", "administrator_email": format!("head-{number}@example.org")});
        id_in(&self.world.persona("platform_admin").post("/v1/organisations", body).await.with_status(201).good())
    }

    /// A role that every administrator may give.
    pub async fn modest_role(&self, admin: &Client) -> String {
        let path = format!("/v1/organisations/{}/roles", admin.organisation());
        id_in(&admin.post(&path, modest(&format!("Rôle modeste {}", self.number()))).await.with_status(201).good())
    }

    /// Makes a thing that hangs on somebody's organisation; gives its path.
    async fn made(&self, admin: &Client, kind: &str) -> String {
        let number = self.number();
        let body = match kind {
            "roles" => modest(&format!("Rôle {number}")),
            "units" => json!({"name": format!("Équipe {number}")}),
            "service-accounts" => json!({"name": format!("Partenaire {number}"), "grants": modest("")["grants"]}),
            _ => json!({"email": format!("asked-{number}@example.org"), "role_id": self.modest_role(admin).await}),
        };
        let collection = format!("/v1/organisations/{}/{kind}", admin.organisation());
        let made = admin.post(&collection, body).await.with_status(201).good();
        let id = made.get("service_account").map_or_else(|| id_in(&made), id_in);
        format!("{collection}/{id}")
    }

    /// The path of a member of somebody's organisation who may be changed.
    async fn member(&self, admin: &Client) -> String {
        let organisation = admin.organisation();
        if organisation == self.world.persona("admin").organisation() {
            let newcomer = self.newcomer().await;
            return format!("/v1/organisations/{organisation}/members/{}", newcomer.membership);
        }
        let members = admin.get(&format!("/v1/organisations/{organisation}/members")).await.good();
        let other = members["items"].as_array().unwrap().iter().find(|member| member["user_id"] != admin.user()).unwrap();
        format!("/v1/organisations/{organisation}/members/{}", id_in(other))
    }
}

/// A role that opens the directory and nothing else.
fn modest(name: &str) -> Value {
    json!({"name": name, "grants": [{"permission": "directory:read", "scope": "platform", "side": "both", "categories": ["existence"]}]})
}

/// A scene in the organisation that `admin` administers.
pub async fn scene(stage: &Stage<'_>, id: &str, admin: &Client) -> Option<Scene> {
    let admin = admin.clone();
    let (platform_admin, moderator) = (stage.world.persona("platform_admin"), stage.world.persona("moderator"));
    let number = stage.number();
    let own = format!("/v1/organisations/{}", admin.organisation());
    let of = |path: String| Scene::of(admin.clone(), path);
    Some(match id {
        "list_organisations" => of("/v1/organisations".into()),
        "create_organisation" => {
            let body = json!({"name": format!("Structure {number}"), "country": "FR", "administrator_email": format!("chief-{number}@example.org")});
            Scene::of(platform_admin, "/v1/organisations").body(body).or(json!({"name": "Une autre structure"}))
        }
        "get_organisation_clocks" => of(format!("{own}/clocks")),
        "set_organisation_clocks" => of(format!("{own}/clocks")).body(json!({"remind_after_days": 9})).under_itself(),
        "get_organisation" => of(own),
        "update_organisation" => of(own).body(json!({"website": "https://www.example.org/"})).under_itself(),
        "verify_organisation" => Scene::of(moderator, format!("/v1/organisations/{}/verify", stage.young_organisation().await)),
        "block_organisation" => {
            let path = format!("/v1/organisations/{}/block", stage.young_organisation().await);
            Scene::of(moderator, path).body(json!({"reason": "Adresse introuvable."})).or(json!({"reason": "Doublon."}))
        }
        "list_members" => of(format!("{own}/members")),
        "get_member" => of(stage.member(&admin).await),
        "update_member" => of(stage.member(&admin).await).body(json!({"notified": true})).under_itself(),
        "delete_member" => of(stage.member(&admin).await).under_itself(),
        "replace_member_roles" => {
            let (member, role) = (stage.member(&admin).await, stage.modest_role(&admin).await);
            of(format!("{member}/roles")).body(json!({"roles": [{"role_id": role}]})).under(member)
        }
        "agree_to_member_role" => {
            let (member, role) = (stage.member(&admin).await, stage.modest_role(&admin).await);
            let other = json!({"role_id": stage.modest_role(&admin).await});
            of(format!("{member}/role-agreements")).body(json!({"role_id": role})).or(other)
        }
        "list_roles" => of(format!("{own}/roles")),
        "create_role" => of(format!("{own}/roles")).body(modest(&format!("Rôle {number}"))).or(json!({"name": "Autre rôle"})),
        "get_role" => of(stage.made(&admin, "roles").await),
        "update_role" => of(stage.made(&admin, "roles").await).body(json!({"name": format!("Renommé {number}")})).under_itself(),
        "delete_role" => of(stage.made(&admin, "roles").await).under_itself(),
        "list_units" => of(format!("{own}/units")),
        "create_unit" => of(format!("{own}/units")).body(json!({"name": format!("Équipe {number}")})).or(json!({"name": "Autre équipe"})),
        "get_unit" => of(stage.made(&admin, "units").await),
        "update_unit" => of(stage.made(&admin, "units").await).body(json!({"name": format!("Renommée {number}")})).under_itself(),
        "delete_unit" => of(stage.made(&admin, "units").await).under_itself(),
        "list_invitations" => of(format!("{own}/invitations")),
        "create_invitation" => {
            let body = json!({"email": format!("invited-{number}@example.org"), "role_id": stage.modest_role(&admin).await});
            of(format!("{own}/invitations")).body(body).or(json!({"email": format!("other-{number}@example.org")}))
        }
        "list_join_requests" => of(format!("{own}/join-requests")),
        "get_invitation" => of(stage.made(&admin, "invitations").await),
        "delete_invitation" => of(stage.made(&admin, "invitations").await).under_itself(),
        "list_service_accounts" => of(format!("{own}/service-accounts")),
        "create_service_account" => of(format!("{own}/service-accounts"))
            .body(json!({"name": format!("Partenaire {number}"), "grants": modest("")["grants"]}))
            .or(json!({"name": "Autre"})),
        "get_service_account" => of(stage.made(&admin, "service-accounts").await),
        "delete_service_account" => of(stage.made(&admin, "service-accounts").await).under_itself(),
        "rotate_service_account_secret" => of(format!("{}/rotate-secret", stage.made(&admin, "service-accounts").await)),
        _ => return None,
    })
}
