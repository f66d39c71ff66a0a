//! What every answer carries: words in the caller's language, a request id, headers that protect, and problems that are explained.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::Stage;
use super::walk::Walk;
use crate::world::{Answer, Client, Program, World};

/// A request that has several errors.
async fn several_errors(who: &Client) -> Answer {
    who.post("/v1/referrals?nonsense=1", json!({"nonsense": 1, "person": {"birth_year": "x"}})).await
}

fn codes(problem: &Value) -> Vec<&Value> {
    problem["errors"].as_array().unwrap().iter().map(|error| &error["code"]).collect()
}

both! {
    async fn the_language_changes_titles_and_never_codes(world) {
        let prescriber = world.prescriber();
        let (french, english) = (prescriber.with("accept-language", "fr"), prescriber.with("accept-language", "en"));
        let (left, right) = (several_errors(&french).await.with_status(422).body, several_errors(&english).await.with_status(422).body);
        assert_eq!((&left["code"], codes(&left)), (&right["code"], codes(&right)));
        assert!(codes(&left).len() >= 3, "all at once: {left}");
        assert_ne!(left["title"], right["title"]);
        for (left, right) in left["errors"].as_array().unwrap().iter().zip(right["errors"].as_array().unwrap()) {
            assert_eq!((&left["pointer"], &left["params"]), (&right["pointer"], &right["params"]));
            assert_ne!(left["detail"], right["detail"], "{} has one wording for both", left["code"]);
        }

        let list = |answer: Value| answer["items"].as_array().unwrap().clone();
        let anybody = world.anybody();
        let french = list(anybody.with("accept-language", "fr").get("/v1/errors").await.good());
        let english = list(anybody.with("accept-language", "en").get("/v1/errors").await.good());
        assert!(french.len() > 100 && french.len() == english.len());
        for (left, right) in french.iter().zip(&english) {
            assert_eq!((&left["code"], &left["status"]), (&right["code"], &right["status"]));
            assert_ne!(left["title"], right["title"], "{} has one title for both", left["code"]);
        }
    }

    async fn the_preferred_language_wins_and_else_the_organisations_own(world) {
        let title = async |who: Client| who.get("/v1/services/unknown").await.refused(404, "not_found")["title"].as_str().unwrap().to_owned();
        let operator = world.operator();
        let french = title(operator.with("accept-language", "fr-CH")).await;
        let english = title(operator.with("accept-language", "en-GB")).await;
        assert_ne!(french, english);
        for (wish, got) in [("en;q=0.2, fr;q=0.9", &french), ("fr;q=0.2, en", &english), ("tlh, fr;q=0.5", &french), ("fr;q=0, en", &english)] {
            assert_eq!(&title(operator.with("accept-language", wish)).await, got, "{wish}");
        }
        assert_eq!(title(operator).await, french, "a French organisation is answered in French");
        assert_eq!(title(world.anybody()).await, title(world.anybody().with("accept-language", "en")).await);
    }

    async fn a_request_has_an_id_its_own_or_a_made_one(world) {
        let operator = world.operator();
        for own in ["a", "trace-1.2_3", "x".repeat(64).as_str()] {
            for path in ["/v1/me", "/v1/referrals/unknown", "/nowhere"] {
                let answer = operator.with("x-request-id", own).get(path).await;
                assert_eq!(answer.header("x-request-id"), own, "{path}");
                assert!(answer.status.is_success() || answer.body["instance"] == own, "{path}: {}", answer.text);
            }
        }
        let mut made = vec![];
        for own in ["", "two words", "x".repeat(65).as_str(), "<script>"] {
            let answer = operator.with("x-request-id", own).get("/v1/referrals/unknown").await;
            let id = answer.header("x-request-id").to_owned();
            assert!(id.len() >= 32 && id != own && answer.body["instance"] == id.as_str(), "{own} became {id}");
            made.push(id);
        }
        made.sort();
        made.dedup();
        assert_eq!(made.len(), 4);
    }

    async fn every_answer_protects_itself(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let (anybody, operator) = (world.anybody(), world.operator());
        let answers = [
            operator.get("/v1/me").await,
            operator.get("/v1/inbox").await,
            anybody.get("/v1/inbox").await,
            anybody.get("/nowhere").await,
            anybody.send(Method::PATCH, "/v1/inbox", None).await,
            anybody.get("/docs").await,
            anybody.get("/errors/not_found").await,
            anybody.with("accept", "text/html").get("/errors/not_found").await,
            anybody.get("/openapi.json").await,
            anybody.get("/health/live").await,
            anybody.post("/v1/auth/login", json!({"email": "nobody@example.org", "password": "a wrong long password"})).await,
        ];
        for answer in &answers {
            for (name, value) in [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")] {
                walk.holds(answer.header(name) == value, answer, name);
            }
            let policy = answer.header("content-security-policy");
            walk.holds(policy.contains("default-src 'none'") && !policy.contains("script-src 'unsafe"), answer, "a policy for content");
            walk.holds(!answer.header("cache-control").is_empty() && !answer.header("x-request-id").is_empty(), answer, "caching and id");
            walk.holds(answer.header("server").is_empty() && answer.header("x-powered-by").is_empty(), answer, "nothing about the program");
        }
        for answer in answers.iter().filter(|answer| answer.path.starts_with("/v1/me") || answer.path.starts_with("/v1/inbox")) {
            walk.holds(answer.header("cache-control") == "no-store", answer, "what is personal is not stored");
        }
        let reference = anybody.get("/v1/reference/topics").await;
        walk.holds(reference.header("cache-control").contains("max-age") && !reference.etag().is_empty(), &reference, "reference data may be kept");
        walk.ends(60);
    }

    async fn every_code_is_explained(world) {
        let stage = Stage::in_world(world).await;
        let mut walk = Walk::over(&stage.document);
        let anybody = world.anybody();
        let catalogue = anybody.get("/v1/errors").await.fits(&stage.document).good();
        for entry in catalogue["items"].as_array().unwrap() {
            let code = entry["code"].as_str().unwrap();
            let page = anybody.get(&format!("/errors/{code}")).await;
            walk.fits(&page, "an explanation");
            walk.holds(page.body == *entry, &page, "it is the entry of the catalogue");
        }
        let page = anybody.with("accept", "text/html,*/*;q=0.8").get("/errors/not_found").await;
        walk.holds(page.header("content-type").starts_with("text/html") && page.text.contains("not_found"), &page, "a page for browsers");
        walk.refused(&anybody.get("/errors/no_such_code").await, 404, "not_found", "a code that there is not");
        let problem = anybody.get("/v1/inbox").await;
        let place = problem.body["type"].as_str().unwrap().trim_start_matches("http://127.0.0.1:8080").to_owned();
        walk.has_status(&anybody.get(&place).await, 200, "the page that a problem names");
        walk.ends(110);
    }

    async fn browsers_of_other_places_are_let_in_by_configuration_only(world) {
        let page = "https://relais.example.org";
        let closed = world.operator().with("origin", page).get("/v1/me").await;
        assert_eq!(closed.header("access-control-allow-origin"), "");

        let program = opened_for(world, page);
        let client = |origin: &str| world.client_at(&program.base, "operator").with("origin", origin);
        let own = client(page).get("/v1/me").await.with_status(200);
        assert_eq!((own.header("access-control-allow-origin"), own.header("access-control-allow-credentials")), (page, ""));
        assert!(own.header("access-control-expose-headers").contains("etag"));
        let preflight = client(page).with("access-control-request-method", "PATCH").with("access-control-request-headers", "if-match,authorization");
        let preflight = preflight.send(Method::OPTIONS, "/v1/me", None).await;
        assert!(preflight.status.is_success(), "{} {}", preflight.status, preflight.text);
        assert!(preflight.header("access-control-allow-methods").contains("PATCH"));
        let foreign = client("https://elsewhere.example.org").get("/v1/me").await;
        assert_eq!(foreign.header("access-control-allow-origin"), "");
        program.stop();
    }
}

/// The program of a world, open for one origin.
fn opened_for(world: &World, origin: &str) -> Program {
    Program::start(&world.copy, &[("RELAIS_CORS_ORIGINS", origin)])
}
