//! Scenes of the directory.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Scene, Stage, id_in};

/// The paths of what stands in the directory.
const READ: &[(&str, &str)] = &[
    ("list_services", "/v1/services"),
    ("list_structures", "/v1/structures"),
    ("list_reference", "/v1/reference"),
    ("get_reference", "/v1/reference/topics"),
];

impl Stage<'_> {
    /// A service that lacks nothing to be published.
    fn whole_service(&self) -> Value {
        let mut service = self.document.operation("create_service").example().unwrap();
        service["name"] = json!(format!("Atelier {}", self.number()));
        service["topics"] = json!(["choisir-un-metier--confirmer-son-choix-de-metier"]);
        service["coverage"] = json!({"everywhere": true, "zones": []});
        service["update_frequency"] = json!("yearly");
        service
    }

    /// A draft of the operators' organisation; gives its path.
    pub async fn service_draft(&self) -> String {
        let made = self.world.persona("admin").post("/v1/services", self.whole_service()).await.with_status(201).good();
        format!("/v1/services/{}", id_in(&made))
    }

    /// A published service of theirs; gives its path.
    pub async fn published_service(&self) -> String {
        let path = self.service_draft().await;
        self.world.persona("admin").send(Method::POST, &format!("{path}/publish"), None).await.good();
        path
    }
}

impl Stage<'_> {
    /// An import that has its files; gives its path.
    async fn import(&self) -> String {
        let who = self.world.persona("platform_admin");
        let made = who.post("/v1/imports", json!({"format": "data-inclusion"})).await.with_status(201).good();
        let path = format!("/v1/imports/{}", id_in(&made));
        for file in ["structures", "services"] {
            who.put(&format!("{path}/{file}"), json!([])).await.good();
        }
        path
    }
}

/// A scene of imports: only who runs the platform plays in it.
async fn import_scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let who = stage.world.persona("platform_admin");
    Some(match id {
        "list_imports" => Scene::of(who, "/v1/imports"),
        "create_import" => Scene::of(who, "/v1/imports").body(json!({"format": "data-inclusion"})).or(json!({"full": true})),
        "get_import" => Scene::of(who, stage.import().await),
        "delete_import" => Scene::of(who, stage.import().await).under_itself(),
        "upload_structures" => Scene::of(who, format!("{}/structures", stage.import().await)).body(json!([])),
        "upload_services" => Scene::of(who, format!("{}/services", stage.import().await)).body(json!([])),
        "start_import" => Scene::of(who, format!("{}/start", stage.import().await)),
        "get_import_report" => Scene::of(who, format!("{}/report", stage.import().await)),
        _ => return None,
    })
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let (admin, anybody) = (stage.world.persona("admin"), stage.world.anybody());
    if let Some((_, path)) = READ.iter().find(|(known, _)| *known == id) {
        return Some(Scene::of(anybody, *path));
    }
    if let Some(scene) = import_scene(stage, id).await {
        return Some(scene);
    }
    Some(match id {
        "get_service" => Scene::of(anybody, format!("/v1/services/{}", stage.open_service().await)),
        "get_structure" => Scene::of(anybody, format!("/v1/structures/{}", admin.organisation())),
        "get_service_contact" => Scene::of(stage.world.prescriber(), format!("/v1/services/{}/contact", stage.open_service().await)),
        "get_service_actions" => Scene::of(admin, format!("/v1/services/{}/actions", stage.open_service().await)),
        "create_service" => Scene::of(admin, "/v1/services").body(stage.whole_service()).or(json!({"summary": "Tous les mardis."})),
        "update_service" => Scene::of(admin, stage.service_draft().await).body(json!({"summary": "Tous les jeudis."})).under_itself(),
        "publish_service" => Scene::of(admin, format!("{}/publish", stage.service_draft().await)),
        "suspend_service" => Scene::of(admin, format!("{}/suspend", stage.published_service().await)),
        "confirm_service" => Scene::of(admin, format!("{}/confirm", stage.published_service().await)),
        "archive_service" => Scene::of(admin, format!("{}/archive", stage.published_service().await)),
        _ => return None,
    })
}
