//! Scenes of files.

use serde_json::json;

use super::{Scene, Stage};
use crate::world::{named, pdf};

impl Stage<'_> {
    /// A draft with a file; gives both.
    async fn draft_with_file(&self) -> (String, String) {
        let (draft, file) = (self.draft().await, self.world.clean_file().await);
        self.world.prescriber().adds_document(&draft, &file, None).await.with_status(201);
        (draft, file)
    }
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let prescriber = stage.world.prescriber();
    let of = |draft: &str, file: &str| format!("/v1/referrals/{draft}/documents/{file}");
    Some(match id {
        "upload_document" => {
            Scene::of(prescriber.with("content-disposition", &named("cv.pdf")), "/v1/uploads").file(pdf("Parcours"), "application/pdf")
        }
        "get_document" => Scene::of(prescriber, format!("/v1/documents/{}", stage.world.clean_file().await)),
        "get_document_content" => Scene::of(prescriber, format!("/v1/documents/{}/content", stage.world.clean_file().await)),
        "link_document" => Scene::of(prescriber, format!("/v1/documents/{}/link", stage.world.clean_file().await)),
        "delete_document" => Scene::of(prescriber, format!("/v1/documents/{}", stage.world.clean_file().await)).under_itself(),
        "download_document" => {
            let file = stage.world.clean_file().await;
            let link = prescriber.send(reqwest::Method::POST, &format!("/v1/documents/{file}/link"), None).await.good();
            let path = link["url"].as_str().unwrap().trim_start_matches("http://127.0.0.1:8080").to_owned();
            Scene::of(stage.world.anybody(), path)
        }
        "upload_blank_form" => {
            let form = format!("{}/documents/identity-card/form", stage.service_draft().await);
            Scene::of(stage.world.persona("admin").with("content-disposition", &named("fiche.pdf")), form)
                .file(pdf("Nom"), "application/pdf")
        }
        "get_blank_form" => {
            let form = format!("{}/documents/identity-card/form", stage.published_service().await);
            let admin = stage.world.persona("admin").with("content-disposition", &named("fiche.pdf"));
            admin.send_bytes(reqwest::Method::PUT, &form, pdf("Nom"), "application/pdf").await.with_status(202);
            stage.world.moves_on("PT1M").await;
            Scene::of(stage.world.anybody(), form)
        }
        "list_referral_documents" => Scene::of(prescriber, format!("/v1/referrals/{}/documents", stage.draft_with_file().await.0)),
        "add_referral_document" => {
            let (draft, file) = (stage.draft().await, stage.world.clean_file().await);
            let other = stage.world.clean_file().await;
            Scene::of(prescriber, format!("/v1/referrals/{draft}/documents"))
                .body(json!({"document_id": file}))
                .or(json!({"document_id": other}))
        }
        "read_referral_document" => {
            let (draft, file) = stage.draft_with_file().await;
            Scene::of(prescriber, of(&draft, &file))
        }
        "remove_referral_document" => {
            let (draft, file) = stage.draft_with_file().await;
            Scene::of(prescriber, of(&draft, &file)).under_itself()
        }
        _ => return None,
    })
}
