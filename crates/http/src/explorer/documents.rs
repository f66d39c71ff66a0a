//! The OpenAPI documents, as bytes that are made once, when somebody asks for them: most programs are never asked.

use std::sync::{Arc, OnceLock};

use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, get};
use relais_app::Refusal;
use serde_json::Value;

use crate::door::{Answer, Call, tagged};
use crate::openapi::three_zero;
use crate::problem::Fault;

/// One rendering of the contract, ready to be sent.
#[derive(Clone, Debug)]
struct Rendering {
    bytes: Bytes,
    tag: String,
}

impl Rendering {
    fn of(document: &Value) -> Self {
        let bytes = Bytes::from(serde_json::to_vec_pretty(document).unwrap_or_default());
        Self { tag: format!("\"{}\"", relais_app::fingerprint(&[&bytes])), bytes }
    }
}

/// Both renderings of the contract: OpenAPI 3.1.0, and 3.0.3 for generators that read only that.
#[derive(Clone)]
pub struct Documents {
    write: Arc<dyn Fn() -> Value + Send + Sync>,
    made: Arc<OnceLock<[Rendering; 2]>>,
}

impl Documents {
    /// Renders both ways, later, what this writes.
    pub fn new(write: impl Fn() -> Value + Send + Sync + 'static) -> Self {
        Self { write: Arc::new(write), made: Arc::default() }
    }

    /// Both, beside the answering thread the first time.
    async fn both(&self) -> Result<[Rendering; 2], Fault> {
        let Self { write, made } = self.clone();
        let rendered = move || {
            let both = made.get_or_init(|| {
                let document = write();
                [Rendering::of(&document), Rendering::of(&three_zero::to_3_0(&document))]
            });
            both.clone()
        };
        match self.made.get() {
            Some(both) => Ok(both.clone()),
            None => Ok(web::block(rendered).await.map_err(|error| Refusal::Failed(error.to_string()))?),
        }
    }
}

/// Sends bytes with their tag, or 304 to who has them. They are asked for anew each time: the next program has others.
pub(super) fn tagged_bytes(request: &HttpRequest, content_type: &str, tag: &str, bytes: Bytes) -> HttpResponse {
    tagged(request, tag, Some("no-cache"), |response| response.content_type(content_type).body(bytes))
}

/// Reads the contract (OpenAPI 3.1.0)
///
/// The document that this installation enforces: operations, schemas, every status.
#[utoipa::path(
    tag = "documentation",
    extensions(("x-permission" = json!("public"))),
    responses(
        (status = 200, description = "The document.", body = Object, content_type = "application/json"),
        (status = 304, description = "The caller has this version."),
    ),
)]
#[get("/openapi.json")]
pub async fn read_openapi(_call: Call, request: HttpRequest, documents: Data<Documents>) -> Answer {
    let [Rendering { bytes, tag }, _] = documents.both().await?;
    Ok(tagged_bytes(&request, "application/json", &tag, bytes))
}

/// Reads the contract (OpenAPI 3.0.3)
///
/// The same contract in the older notation, for client generators that do not read 3.1.
#[utoipa::path(
    tag = "documentation",
    extensions(("x-permission" = json!("public"))),
    responses(
        (status = 200, description = "The document.", body = Object, content_type = "application/json"),
        (status = 304, description = "The caller has this version."),
    ),
)]
#[get("/openapi-3.0.json")]
pub async fn read_openapi_3_0(_call: Call, request: HttpRequest, documents: Data<Documents>) -> Answer {
    let [_, Rendering { bytes, tag }] = documents.both().await?;
    Ok(tagged_bytes(&request, "application/json", &tag, bytes))
}
