//! Blank forms: given by the owner of a service, open to everybody once they were judged, replaced only by a good one.

use reqwest::Method;
use serde_json::json;

use super::document::NIR;
use super::{COACHING, edits_service};
use crate::world::tools::patiently;
use crate::world::{Client, World, named, pdf};

/// Whoever gives the service its form.
fn form_writer(world: &World) -> Client {
    world.persona("admin").with("content-disposition", &named("fiche de liaison.pdf"))
}

/// Where the form of a document is that the service asks for.
async fn form_of(world: &World) -> String {
    let service = world.service(COACHING).await;
    edits_service(world, &service, json!({"documents": [{"code": "fiche", "label": "Fiche de liaison", "obligatory": false}]})).await;
    format!("/v1/services/{service}/documents/fiche/form")
}

/// Puts a form; gives the file.
async fn puts(who: &Client, form: &str, words: &str) -> String {
    let taken = patiently(async || who.send_bytes(Method::PUT, form, pdf(words), "application/pdf").await).await;
    taken.with_status(202).good()["id"].as_str().unwrap().to_owned()
}

both! {
    async fn everybody_has_the_blank_form_of_a_service_and_its_owner_replaces_it(world) {
        let (admin, form) = (form_writer(world), form_of(world).await);
        let put = async |who: &Client, words: &str| who.send_bytes(Method::PUT, &form, pdf(words), "application/pdf").await;
        let service = form.split('/').nth(3).unwrap();
        put(&world.prescriber().with("content-disposition", &named("x.pdf")), "x").await.refused(403, "permission_missing");
        // A worker judges at once, clock or no clock: what is asked before comes before.
        world.anybody().get(&form).await.refused(404, "not_found");
        let tag = world.anybody().get(&format!("/v1/services/{service}")).await.etag();
        let first = put(&admin, "Premiere version").await.with_status(202).good()["id"].as_str().unwrap().to_owned();
        world.moves_on("PT5H").await;
        let read = world.anybody().with("if-none-match", &tag).get(&format!("/v1/services/{service}")).await.with_status(200).good();
        assert!(read["documents"][0]["form"].as_str().unwrap().ends_with(&form), "{}", read["documents"]);
        assert!(world.anybody().get(&form).await.with_status(200).text.contains("Premiere version"));

        let second = put(&admin, "Deuxieme version").await.with_status(202).good()["id"].as_str().unwrap().to_owned();
        assert_eq!(world.judged(&admin, &second).await["state"], "clean");
        world.moves_on("PT1M").await;
        assert!(world.anybody().get(&form).await.with_status(200).text.contains("Deuxieme version"));
        assert_eq!((world.files_in_store(), admin.state_of_document(&first).await), (1, "erased".into()));
        let nowhere = form.replace("fiche", "autre");
        world.anybody().get(&nowhere).await.refused(404, "not_found");
        admin.send_bytes(Method::PUT, &nowhere, pdf("x"), "application/pdf").await.refused(404, "not_found");
    }

    async fn a_form_that_is_refused_leaves_the_good_one_in_its_place(world) {
        let (admin, form) = (form_writer(world), form_of(world).await);
        let good = puts(&admin, &form, "Premiere version").await;
        assert_eq!(world.judged(&admin, &good).await["state"], "clean");
        let shown = async || world.anybody().get(&form).await.with_status(200).text;

        let bad = puts(&admin, &form, &format!("Exemple : {NIR}")).await;
        assert!(shown().await.contains("Premiere version"), "while the new one waits");
        assert_eq!(world.judged(&admin, &bad).await["refusal"], "forbidden_identifier");
        world.moves_on("PT1M").await;
        assert!(shown().await.contains("Premiere version"));
        assert_eq!((world.files_in_store(), admin.state_of_document(&good).await), (1, "clean".into()));

        // Others that are replaced or deleted, judged by then or not, go as well.
        let hasty = puts(&admin, &form, &format!("Deuxieme exemple : {NIR}")).await;
        let worse = puts(&admin, &form, &format!("Troisieme exemple : {NIR}")).await;
        for file in [&hasty, &worse] {
            assert_ne!(world.judged(&admin, file).await["state"], "clean");
        }
        admin.deletes(&format!("/v1/documents/{worse}")).await.with_status(204);
        world.moves_on("PT1M").await;
        assert!(shown().await.contains("Premiere version"));
        assert_eq!(world.files_in_store(), 1);

        admin.deletes(&format!("/v1/documents/{good}")).await.with_status(204);
        world.anybody().get(&form).await.refused(404, "not_found");
        let last = puts(&admin, &form, "Derniere version").await;
        assert_eq!(world.judged(&admin, &last).await["state"], "clean");
        world.moves_on("PT1M").await;
        assert!(shown().await.contains("Derniere version"));
        assert_eq!(world.files_in_store(), 1);
    }

    async fn of_two_forms_at_once_one_stays_and_no_file_is_left_over(world) {
        let (admin, form) = (form_writer(world), form_of(world).await);
        for round in 0..4 {
            let (left, right) = (format!("Gauche {round}"), format!("Droite {round}"));
            let (one, other) = tokio::join!(puts(&admin, &form, &left), puts(&admin, &form, &right));
            for file in [&one, &other] {
                world.judged(&admin, file).await;
            }
            world.moves_on("PT1M").await;
            let mut states = [admin.state_of_document(&one).await, admin.state_of_document(&other).await];
            states.sort_unstable();
            assert_eq!((states, world.files_in_store()), (["clean".to_owned(), "erased".to_owned()], 1));
            let shown = world.anybody().get(&form).await.with_status(200).text;
            assert!(shown.contains(&left) || shown.contains(&right), "the one of this round");
        }
    }

    async fn a_form_for_a_document_that_is_asked_for_no_longer_is_not_found(world) {
        let (admin, form) = (form_writer(world), form_of(world).await);
        let service = form.split('/').nth(3).unwrap().to_owned();
        edits_service(world, &service, json!({"documents": []})).await;
        admin.send_bytes(Method::PUT, &form, pdf("x"), "application/pdf").await.refused(404, "not_found");
        assert_eq!(world.files_in_store(), 0);
    }

    async fn a_form_that_was_given_is_gone_with_the_document_that_it_was_for(world) {
        let (admin, form) = (form_writer(world), form_of(world).await);
        admin.send_bytes(Method::PUT, &form, pdf("x"), "application/pdf").await.with_status(202);
        world.moves_on("PT1M").await;
        world.anybody().get(&form).await.with_status(200);
        edits_service(world, form.split('/').nth(3).unwrap(), json!({"documents": []})).await;
        world.anybody().get(&form).await.refused(404, "not_found");
    }
}
