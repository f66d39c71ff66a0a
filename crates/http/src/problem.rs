//! Problem documents (RFC 9457): one shape for every 4xx and 5xx.

pub mod catalogue;

mod codes;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use relais_app::Refusal;
use relais_domain::shared::contact::Language;
use relais_domain::shared::{Blocker, BlockerKind};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A refusal on its way out. The outermost layer adds the request's id and language.
#[derive(Debug)]
pub struct Fault(pub Refusal);

impl<T: Into<Refusal>> From<T> for Fault {
    fn from(refusal: T) -> Self {
        Self(refusal.into())
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(head(&self.0).1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code()).finish();
        response.extensions_mut().insert(self.0.clone());
        response
    }
}

/// One violation or reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemError {
    /// The stable code.
    #[schema(example = "required")]
    pub code: String,
    /// A JSON pointer into the body, or `?name` for a parameter of the query.
    #[schema(example = "/person/family_name")]
    pub pointer: Option<String>,
    /// One sentence in the caller's language.
    pub detail: String,
    /// What a client needs to word its own sentence.
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

/// Why a request was not done (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The page that explains the code.
    pub r#type: String,
    /// The stable code.
    #[schema(example = "not_found")]
    pub code: String,
    /// One line in the caller's language.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// One sentence in the caller's language.
    pub detail: String,
    /// The request id.
    pub instance: String,
    /// All violations or reasons at once.
    pub errors: Vec<ProblemError>,
}

/// The code and status of a refusal.
fn head(refusal: &Refusal) -> (&'static str, u16) {
    match refusal {
        Refusal::NotFound => ("not_found", 404),
        Refusal::Missing(code) => (code, 404),
        Refusal::Unauthenticated(code) => (code, 401),
        Refusal::Forbidden(_) => ("permission_missing", 403),
        Refusal::Barred(code) => (code, 403),
        Refusal::BadRequest(code) => (code, catalogue::status_of(code).unwrap_or(400)),
        Refusal::Conflict(code) => (code, 409),
        Refusal::Stale { .. } => ("version_changed", 412),
        Refusal::PreconditionRequired => ("precondition_required", 428),
        Refusal::TooMany { .. } => ("too_many_requests", 429),
        Refusal::Busy | Refusal::Deadlock => ("busy", 503),
        Refusal::Warming => ("search_warming", 503),
        Refusal::StoreAway => ("store_unavailable", 503),
        Refusal::Failed(_) => ("internal_error", 500),
        Refusal::Blocked { blockers, .. } => {
            let kind = blockers.iter().map(|blocker| blocker.kind).min().unwrap_or(BlockerKind::Content);
            let first = blockers.iter().find(|blocker| blocker.kind == kind);
            match kind {
                BlockerKind::Permission => (first.map_or("permission_missing", |blocker| blocker.code), 403),
                BlockerKind::State => (first.map_or("not_possible_now", |blocker| blocker.code), 409),
                BlockerKind::Content if blockers.len() == 1 => (first.map_or("invalid", |blocker| blocker.code), 422),
                BlockerKind::Content => ("validation_failed", 422),
            }
        }
    }
}

fn error_of(blocker: &Blocker, language: Language) -> ProblemError {
    ProblemError {
        code: blocker.code.to_owned(),
        pointer: blocker.pointer.clone(),
        detail: catalogue::title(blocker.code, language).to_owned(),
        params: blocker.params.clone(),
    }
}

/// Words a refusal for one request.
pub fn word(refusal: &Refusal, public_url: &str, instance: &str, language: Language) -> Problem {
    let (code, status) = head(refusal);
    let mut errors = vec![];
    match refusal {
        Refusal::Blocked { blockers, allowed } => {
            errors.extend(blockers.iter().map(|blocker| error_of(blocker, language)));
            if let Some(first) = errors.iter_mut().find(|_| status == 409) {
                first.params.insert("allowed_acts".into(), json!(allowed));
            }
        }
        Refusal::Forbidden(permission) => {
            let blocker = Blocker::permission("permission_missing").with("permission", permission.code());
            errors.push(error_of(&blocker, language));
        }
        Refusal::Stale { version } => errors.push(error_of(&Blocker::content("version_changed").with("version", *version), language)),
        _ => {}
    }
    let title = catalogue::title(code, language).to_owned();
    let detail = catalogue::detail(code, language).unwrap_or(&title).to_owned();
    Problem {
        r#type: format!("{public_url}/errors/{code}"),
        code: code.to_owned(),
        title,
        status,
        detail,
        instance: instance.to_owned(),
        errors,
    }
}

/// The whole response to a refusal.
pub fn response(refusal: &Refusal, public_url: &str, instance: &str, language: Language) -> HttpResponse {
    let problem = word(refusal, public_url, instance, language);
    let mut response = HttpResponse::build(StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    match refusal {
        Refusal::Unauthenticated(code) => {
            let challenge = if *code == "sign_in_required" {
                "Bearer".to_owned()
            } else {
                format!("Bearer error=\"invalid_token\", error_description=\"{code}\"")
            };
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        Refusal::TooMany { retry_after } => {
            response.insert_header((header::RETRY_AFTER, retry_after.to_string()));
        }
        Refusal::Busy | Refusal::Deadlock | Refusal::Warming | Refusal::StoreAway => {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        Refusal::Stale { version } => {
            response.insert_header((header::ETAG, format!("\"{version}.0.{language}\"")));
        }
        Refusal::Failed(text) => tracing::error!(request_id = instance, error = text, "a request failed"),
        _ => {}
    }
    response.content_type("application/problem+json");
    let body = serde_json::to_string(&problem).unwrap_or_else(|_| "{}".to_owned());
    response.body(body)
}
