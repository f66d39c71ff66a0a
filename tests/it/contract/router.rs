//! The router and the document are the same, in the sandbox and outside.

use reqwest::Method;
use serde_json::json;

use super::walk::{Walk, plain};
use crate::world::{Client, Document, Program, World};

/// Addresses that other programs know, or that a later release has: they answer nothing yet.
const NOT_HERE: &[&str] = &[
    "/",
    "/v1",
    "/v1/",
    "/v1/referrals/",
    "//v1/referrals",
    "/V1/referrals",
    "/v1/cases",
    "/v1/budgets",
    "/v1/webhooks",
    "/metrics",
    "/hsds",
    "/hsds/nothing",
    "/data-inclusion/v1",
    "/data-inclusion/v1/nothing",
    "/swagger-ui/",
    "/docs/",
    "/docs/../Cargo.toml",
    "/v2/me",
    "/.env",
    "/v1/sandbox",
    "/v1/me/nothing",
];

/// The program of a world as an installation that is no sandbox, on the same data.
fn in_earnest(world: &World) -> Program {
    let key = std::fs::read_to_string(world.copy.folder.join("master.key")).unwrap();
    let settings = [
        ("RELAIS_SANDBOX", "false"),
        ("RELAIS_LIMITS", "on"),
        ("RELAIS_MASTER_KEY", key.trim()),
        ("RELAIS_LINK_URL", "http://127.0.0.1:8080/#{token}"),
    ];
    Program::start(&world.copy, &settings)
}

/// Every operation answers: whatever it says, it is not that there is no such route.
async fn answers(walk: &mut Walk<'_>, document: &Document, caller: &Client) {
    for operation in &document.operations {
        // A parameter that no operation knows is refused behind the route and before any record.
        let (path, headers, body) = plain(operation);
        let who = headers.iter().fold(caller.clone(), |who, (name, value)| who.with(name, value));
        let answer = who.send(operation.method.clone(), &format!("{path}?nonsense=1"), body).await;
        walk.holds(!matches!(answer.status.as_u16(), 404 | 405 | 500), &answer, "a documented operation answers");
        walk.fits(&answer, "the answer");
    }
}

/// What is not documented is not there, for anybody.
async fn is_silent(walk: &mut Walk<'_>, caller: &Client, paths: &[&str]) {
    for path in paths {
        for method in [Method::GET, Method::POST, Method::HEAD] {
            let answer = caller.send(method.clone(), path, None).await;
            if method == Method::HEAD {
                walk.has_status(&answer, 404, "an undocumented path");
            } else {
                walk.refused(&answer, 404, "not_found", "an undocumented path");
            }
        }
    }
}

both! {
    async fn in_the_sandbox_the_router_is_the_document(world) {
        let document = world.document().await;
        let mut walk = Walk::over(&document);
        answers(&mut walk, &document, &world.persona("platform_admin")).await;
        is_silent(&mut walk, &world.anybody(), NOT_HERE).await;
        is_silent(&mut walk, &world.operator(), NOT_HERE).await;
        let sandbox = document.operations.iter().filter(|operation| operation.sandbox_only).count();
        assert!(sandbox >= 6, "{sandbox} operations of the sandbox");
        walk.ends(200);
    }

    async fn outside_the_sandbox_its_operations_do_not_exist(world) {
        let program = in_earnest(world);
        let caller = world.client_at(&program.base, "platform_admin");
        let served = Document::of(caller.get("/openapi.json").await.good());
        let mut walk = Walk::over(&served);
        answers(&mut walk, &served, &caller).await;

        let sandbox = world.document().await;
        let (own, common): (Vec<_>, Vec<_>) = sandbox.operations.iter().partition(|operation| operation.sandbox_only);
        let ids = |operations: &[&crate::world::Operation]| operations.iter().map(|operation| operation.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&common), ids(&served.operations.iter().collect::<Vec<_>>()));
        let paths: Vec<&str> = own.iter().map(|operation| operation.path.as_str()).collect();
        is_silent(&mut walk, &world.client_at(&program.base, "operator"), &paths).await;
        let mut nobody = world.client_at(&program.base, "operator");
        nobody.persona = json!(null);
        is_silent(&mut walk, &nobody, &paths).await;
        assert!(!served.value.to_string().contains("/v1/sandbox"), "the document speaks of the sandbox");
        let me = world.client_at(&program.base, "operator").get("/v1/me").await.good();
        assert_eq!(me["mode"]["sandbox"], json!(false));
        program.stop();
        walk.ends(110);
    }
}
