//! The OpenAPI documents, as bytes that were made once.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, get};
use serde_json::Value;

use crate::door::{Answer, Call, tagged};
use crate::openapi::three_zero;

/// Both renderings of the contract, ready to be sent.
#[derive(Clone, Debug)]
pub struct Documents {
    /// OpenAPI 3.1.0.
    pub v31: Bytes,
    /// OpenAPI 3.0.3, for generators that read only that.
    pub v30: Bytes,
    tag31: String,
    tag30: String,
}

impl Documents {
    /// Renders a finished document both ways.
    pub fn new(document: &Value) -> Self {
        let bytes = |value: &Value| Bytes::from(serde_json::to_vec_pretty(value).unwrap_or_default());
        let tag = |bytes: &Bytes| format!("\"{}\"", relais_app::fingerprint(&[bytes]));
        let (v31, v30) = (bytes(document), bytes(&three_zero::to_3_0(document)));
        Self { tag31: tag(&v31), tag30: tag(&v30), v31, v30 }
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
    Ok(tagged_bytes(&request, "application/json", &documents.tag31, documents.v31.clone()))
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
    Ok(tagged_bytes(&request, "application/json", &documents.tag30, documents.v30.clone()))
}
