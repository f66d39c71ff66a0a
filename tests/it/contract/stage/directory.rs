//! Scenes of the directory.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Scene, Stage, id_in};

/// The paths of what stands in the directory.
const READ: &[(&str, &str)] = &[
    ("list_services", "/v1/services"),
    ("get_service_map", "/v1/services/map?bbox=2.9,50.5,3.3,50.8"),
    ("list_structures", "/v1/structures"),
    ("list_places", "/v1/places?q=lil"),
    ("get_place", "/v1/places/59350"),
    ("list_reference", "/v1/reference"),
    ("get_reference", "/v1/reference/topics"),
    ("get_hsds", "/hsds/"),
    ("list_hsds_services", "/hsds/services?full=true"),
    ("list_hsds_organizations", "/hsds/organizations?full=true"),
    ("list_hsds_service_at_locations", "/hsds/service_at_locations?full=true"),
    ("list_hsds_taxonomies", "/hsds/taxonomies"),
    ("list_hsds_taxonomy_terms", "/hsds/taxonomy_terms"),
    ("list_data_inclusion_structures", "/data-inclusion/v1/structures"),
    ("list_data_inclusion_services", "/data-inclusion/v1/services"),
    ("search_data_inclusion_services", "/data-inclusion/v1/search/services?code_commune=59350"),
    ("list_data_inclusion_sources", "/data-inclusion/v1/sources"),
    ("get_data_inclusion_doc", "/data-inclusion/v1/doc/publics"),
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

    /// A published service of theirs; gives its id.
    async fn published(&self) -> String {
        self.published_service().await.trim_start_matches("/v1/services/").to_owned()
    }

    /// A service that two readers have reported; gives its path.
    async fn reported_service(&self) -> String {
        let path = self.published_service().await;
        for reason in ["closed", "moved"] {
            self.world.anybody().post(&format!("{path}/report"), json!({"reason": reason})).await.with_status(204);
        }
        path
    }

    /// A bookmark of the prescriber; gives its path.
    async fn bookmark(&self) -> String {
        let body = json!({"service_id": self.published().await});
        let made = self.world.prescriber().post("/v1/bookmarks", body).await.with_status(201).good();
        format!("/v1/bookmarks/{}", id_in(&made))
    }

    fn search(&self) -> Value {
        json!({"name": format!("Ateliers {}", self.number()), "query": {"q": "atelier", "fee": ["free"]}, "alert": "weekly"})
    }

    /// A saved search of the prescriber; gives its path.
    async fn saved_search(&self) -> String {
        let made = self.world.prescriber().post("/v1/saved-searches", self.search()).await.with_status(201).good();
        format!("/v1/saved-searches/{}", id_in(&made))
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
    if let Some(scene) = reader(stage, id).await {
        return Some(scene);
    }
    Some(match id {
        "get_service" => Scene::of(anybody, format!("/v1/services/{}", stage.open_service().await)),
        "get_hsds_service" => Scene::of(anybody, format!("/hsds/services/{}", stage.open_service().await)),
        "get_hsds_organization" => Scene::of(anybody, format!("/hsds/organizations/{}", admin.organisation())),
        "get_hsds_service_at_location" | "get_hsds_taxonomy" | "get_hsds_taxonomy_term" => {
            let list = stage.document.operation(id).path.replace("/{id}", "");
            let first = anybody.get(&list).await.good()["contents"][0].clone();
            Scene::of(anybody, format!("{list}/{}", id_in(&first)))
        }
        "get_data_inclusion_structure" | "get_data_inclusion_service" => {
            let list = stage.document.operation(id).path.replace("/{id}", "");
            let first = anybody.get(&list).await.good()["items"][0].clone();
            Scene::of(anybody, format!("{list}/{}", id_in(&first)))
        }
        "get_structure" => Scene::of(anybody, format!("/v1/structures/{}", admin.organisation())),
        "get_service_contact" => Scene::of(stage.world.prescriber(), format!("/v1/services/{}/contact", stage.open_service().await)),
        "get_service_actions" => Scene::of(admin, format!("/v1/services/{}/actions", stage.open_service().await)),
        "evaluate_eligibility" => Scene::of(anybody, format!("/v1/services/{}/eligibility", stage.open_service().await))
            .body(json!({"age": 24, "commune": "59350"})),
        "create_service" => Scene::of(admin, "/v1/services").body(stage.whole_service()).or(json!({"summary": "Tous les mardis."})),
        "update_service" => Scene::of(admin, stage.service_draft().await).body(json!({"summary": "Tous les jeudis."})).under_itself(),
        "publish_service" => Scene::of(admin, format!("{}/publish", stage.service_draft().await)),
        "suspend_service" => Scene::of(admin, format!("{}/suspend", stage.published_service().await)),
        "confirm_service" => Scene::of(admin, format!("{}/confirm", stage.published_service().await)),
        "archive_service" => Scene::of(admin, format!("{}/archive", stage.published_service().await)),
        _ => return None,
    })
}

/// Scenes of what readers keep and say, and what owners see of it.
async fn reader(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let (admin, prescriber) = (stage.world.persona("admin"), stage.world.prescriber());
    Some(match id {
        "list_bookmarks" => Scene::of(prescriber, "/v1/bookmarks"),
        "create_bookmark" => {
            Scene::of(prescriber, "/v1/bookmarks").body(json!({"service_id": stage.published().await})).or(json!({"note": "Vu avec Awa"}))
        }
        "get_bookmark" => Scene::of(prescriber, stage.bookmark().await),
        "update_bookmark" => Scene::of(prescriber, stage.bookmark().await).body(json!({"note": "Très réactifs"})).under_itself(),
        "delete_bookmark" => Scene::of(prescriber, stage.bookmark().await).under_itself(),
        "list_saved_searches" => Scene::of(prescriber, "/v1/saved-searches"),
        "create_saved_search" => Scene::of(prescriber, "/v1/saved-searches").body(stage.search()).or(json!({"alert": "monthly"})),
        "get_saved_search" => Scene::of(prescriber, stage.saved_search().await),
        "update_saved_search" => Scene::of(prescriber, stage.saved_search().await).body(json!({"alert": "none"})).under_itself(),
        "delete_saved_search" => Scene::of(prescriber, stage.saved_search().await).under_itself(),
        "report_service" => Scene::of(stage.world.anybody(), format!("{}/report", stage.published_service().await))
            .body(json!({"reason": "closed"}))
            .or(json!({"note": "Volets fermés depuis mars."})),
        "list_service_reports" => Scene::of(admin, format!("{}/reports", stage.reported_service().await)),
        "settle_service_report" => {
            let reports = format!("{}/reports", stage.reported_service().await);
            let first = admin.get(&reports).await.good()["items"][0].clone();
            Scene::of(admin, format!("{reports}/{}/settle", id_in(&first)))
        }
        "list_contact_readings" => {
            let path = stage.published_service().await;
            prescriber.get(&format!("{path}/contact")).await.good();
            Scene::of(admin, format!("{path}/contact-readings"))
        }
        "get_service_history" => Scene::of(admin, format!("{}/history", stage.published_service().await)),
        _ => return None,
    })
}
