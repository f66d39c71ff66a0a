//! Reading: HEAD, tags, and what a tag stands for.

use reqwest::Method;
use serde_json::json;

use super::stage::Stage;
use super::walk::Walk;

/// What moves between two readings by itself.
const MOVING: &[(&str, &str)] = &[("read_sandbox_clock", "time goes by"), ("list_sandbox_mailbox", "mails arrive")];

both! {
    async fn head_is_get_without_a_body(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in stage.document.operations.iter().filter(|operation| operation.method == Method::GET) {
            let scene = stage.scene(operation).await;
            let get = scene.who.get(&scene.path).await;
            let head = scene.who.send(Method::HEAD, &scene.path, None).await;
            walk.holds(get.status == 200, &get, "the scene succeeds");
            walk.holds(head.status == get.status && head.text.is_empty(), &head, "HEAD answers like GET, without a body");
            // A cursor is sealed afresh each time.
            walk.holds(head.header("link").is_empty() == get.header("link").is_empty(), &head, "there is a next page or none");
            for header in ["content-type", "etag", "cache-control", "content-security-policy"] {
                walk.holds(head.header(header) == get.header(header), &head, &format!("{header} is that of GET"));
            }
            if !MOVING.iter().any(|(id, _)| *id == operation.id) {
                let length = head.header("content-length");
                walk.holds(length.is_empty() || length == get.header("content-length"), &head, "the length is that of GET");
            }
            let nobody = world.anybody().with_token("nonsense");
            let (get, head) = (nobody.get(&scene.path).await, nobody.send(Method::HEAD, &scene.path, None).await);
            walk.holds(get.status == head.status, &head, "a refusal too");
        }
        walk.ends(300);
    }

    async fn who_has_it_is_told_so(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for operation in stage.document.operations.iter().filter(|operation| operation.answers(304)) {
            let scene = stage.scene(operation).await;
            let first = scene.who.get(&scene.path).await;
            let tag = first.etag();
            walk.holds(tag.starts_with('"'), &first, "it has a strong tag");
            for known in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
                let again = scene.who.with("if-none-match", &known).get(&scene.path).await;
                walk.holds(again.status == 304 && again.text.is_empty() && again.etag() == tag, &again, &format!("{known} is known"));
                walk.fits(&again, "not modified");
            }
            let other = scene.who.with("if-none-match", "\"other\"").get(&scene.path).await;
            walk.holds(other.status == 200, &other, "another tag is not known");
        }
        walk.ends(70);
    }

    async fn a_tag_moves_with_its_record(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        for id in ["update_referral", "set_referral_path", "update_organisation", "update_member", "update_role", "update_unit", "update_service", "update_me"] {
            let operation = stage.document.operation(id);
            let scene = stage.scene(operation).await;
            let before = stage.tag(&scene).await.unwrap();
            let answer = stage.plays(operation, &scene).await;
            let after = stage.tag(&scene).await.unwrap();
            walk.holds(before != after, &answer, &format!("{before} became {after}"));
            if scene.versioned_by.as_deref() == Some(scene.path.as_str()) {
                walk.holds(answer.etag() == after, &answer, &format!("the answer's tag is the one of reading, {after}"));
            }
        }
        walk.ends(15);
    }

    async fn what_is_masked_for_one_is_not_what_another_has(world) {
        let stage = Stage::in_world(world).await;
        let (reader, operator) = (world.persona("reader"), world.operator());
        let path = format!("/v1/referrals/{}", stage.sent().await);
        let (masked, open) = (reader.get(&path).await, operator.get(&path).await);
        assert_ne!(masked.etag(), open.etag());
        let hidden = masked.good();
        assert_eq!((&hidden["identity"], &hidden["contact"], &hidden["social"]), (&json!(null), &json!(null), &json!(null)));
        assert!(hidden["hidden"].as_array().unwrap().contains(&json!("identity")));
        assert_eq!(reader.with("if-none-match", &open.etag()).get(&path).await.with_status(200).good()["identity"], json!(null));

        // The reader gains the right: the masked copy is no longer the current one.
        let masked = reader.get(&path).await.etag();
        let admin = world.persona("admin");
        let members = admin.get(&format!("/v1/organisations/{}/members", admin.organisation())).await.good();
        let member = members["items"].as_array().unwrap().iter().find(|member| member["user_id"] == reader.user()).unwrap().clone();
        let member = format!("/v1/organisations/{}/members/{}", admin.organisation(), member["id"].as_str().unwrap());
        let tag = admin.get(&member).await.etag();
        let roles = json!({"roles": [{"role_id": stage.role(&admin, "operator").await}]});
        admin.with("if-match", &tag).put(&format!("{member}/roles"), roles).await.good();
        let seen = reader.with("if-none-match", &masked).get(&path).await.with_status(200).good();
        assert!(seen["identity"]["family_name"].is_string());
    }

    async fn a_language_has_its_own_tag(world) {
        let stage = Stage::in_world(world).await;
        let scene = stage.scene(stage.document.operation("read_referral")).await;
        let (french, english) = (scene.who.with("accept-language", "fr"), scene.who.with("accept-language", "en"));
        let tag = french.get(&scene.path).await.etag();
        assert_ne!(tag, english.get(&scene.path).await.etag());
        english.with("if-none-match", &tag).get(&scene.path).await.with_status(200);
        french.with("if-none-match", &tag).get(&scene.path).await.with_status(304);
    }
}
