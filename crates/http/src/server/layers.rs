//! What stands around every request: its id, the security headers, the words of refusals, metrics and logs.

use std::time::Instant;

use actix_cors::Cors;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse};
use relais_app::{App, Refusal};
use relais_domain::shared::contact::Language;

use crate::door::{IsHead, Left, Operations, POLICY, RequestId, wished_language};
use crate::{health, problem};

/// A path that is written out is never taken for one with a name in its place: `PATCH /v1/things/board` is no
/// `PATCH /v1/things/{id}`.
fn other_method(request: &ServiceRequest) -> Option<HttpResponse> {
    let operations = request.app_data::<Data<Operations>>()?;
    let methods = operations.methods_written_out(request.path())?;
    if methods.contains(request.method()) || request.method() == Method::OPTIONS {
        None
    } else {
        Some(not_here(operations.methods_of(request.path())))
    }
}

/// Answers what no operation matches.
pub async fn no_such_route(request: HttpRequest, operations: Data<Operations>) -> HttpResponse {
    not_here(operations.methods_of(request.path()))
}

/// 405 with `Allow` for a known path, 404 for one without methods.
fn not_here(methods: Vec<String>) -> HttpResponse {
    let refusal = if methods.is_empty() { Refusal::NotFound } else { Refusal::BadRequest("method_not_allowed") };
    let status = if methods.is_empty() { StatusCode::NOT_FOUND } else { StatusCode::METHOD_NOT_ALLOWED };
    let mut response = HttpResponse::build(status);
    if !methods.is_empty() {
        response.insert_header((header::ALLOW, methods.join(", ")));
    }
    let mut response = response.finish();
    response.extensions_mut().insert(refusal);
    response
}

/// What everybody's pages may read: the façades of standards, which are public and say nothing about who asks.
const OPEN_TO_ALL: [&str; 2] = ["/hsds/", "/data-inclusion/"];

fn is_open_to_all(path: &str) -> bool {
    OPEN_TO_ALL.iter().any(|facade| path.starts_with(facade))
}

/// The configured origins, without credentials: tokens travel in a header. What is open to all is so without configuration.
pub fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "authorization",
            "content-disposition",
            "content-type",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "accept-language",
            "x-organisation",
            "x-request-id",
            "x-purpose",
        ])
        .expose_headers(["content-disposition", "etag", "location", "link", "x-request-id", "idempotency-replayed", "retry-after"])
        .max_age(600)
        .allowed_origin_fn(|_, request| is_open_to_all(request.uri.path()));
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// The caller's own request id when it is well formed, else a fresh one.
fn request_id(request: &ServiceRequest) -> String {
    let own = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    let fits = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    own.filter(fits).map_or_else(|| (relais_app::state::CHANCE.id)().to_string(), ToOwned::to_owned)
}

/// The trace that the request belongs to (W3C Trace Context), for the log: 32 hexadecimal digits, not all zero.
fn trace_id(request: &ServiceRequest) -> Option<String> {
    let parent = request.headers().get("traceparent")?.to_str().ok()?;
    let id = parent.split('-').nth(1)?;
    let fits = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && id.bytes().any(|byte| byte != b'0');
    fits.then(|| id.to_ascii_lowercase())
}

/// The outermost layer.
///
/// # Errors
/// None: every refusal becomes a problem document here.
pub async fn outermost(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let (started, id, wished) = (Instant::now(), request_id(&request), wished_language(request.headers()));
    let (method, trace) = (request.method().clone(), trace_id(&request).unwrap_or_default());
    if method == Method::HEAD {
        // HEAD follows GET; the connection's codec knows the true method and sends no body.
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(IsHead);
    }
    request.extensions_mut().insert(RequestId(id.clone()));
    let app = request.app_data::<Data<App>>().cloned();
    let open = is_open_to_all(request.path());
    let mut response = match other_method(&request) {
        Some(refused) => request.into_response(refused),
        None => next.call(request).await?.map_into_boxed_body(),
    };

    let told = response.response_mut().extensions_mut().remove::<Refusal>();
    let refusal = told.or_else(|| foreign(&response));
    if let Some(refusal) = refusal {
        let public_url = app.map(|app| app.settings.public_url.clone()).unwrap_or_default();
        // The door knows whose language it is; who did not get that far is answered as they asked.
        let callers = response.request().extensions().get::<Language>().copied();
        let mut worded = problem::response(&refusal, &public_url, &id, callers.or(wished).unwrap_or(Language::En));
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            *worded.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        }
        if let Some(allow) = response.headers().get(header::ALLOW) {
            worded.headers_mut().insert(header::ALLOW, allow.clone());
        }
        response = response.into_response(worded);
    }
    dress(response.headers_mut(), &id);
    if open {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    }
    let left = response.request().extensions().get::<Left>().copied();
    if let Some(Left(left)) = left {
        announce(response.headers_mut(), left);
    }
    let pattern = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let (status, took) = (response.status().as_u16(), started.elapsed());
    health::metrics::observe(method.as_str(), &pattern, status, took);
    tracing::info!(request_id = %id, trace_id = trace, method = %method, route = %pattern, status, micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "request");
    Ok(response)
}

/// Answers of the framework itself that are no problem documents yet.
fn foreign(response: &ServiceResponse<BoxBody>) -> Option<Refusal> {
    let status = response.status();
    let told = response.headers().contains_key(header::CONTENT_TYPE);
    if status.is_success() || status.is_redirection() || status.is_informational() || (told && status != StatusCode::BAD_REQUEST) {
        return None;
    }
    Some(match status {
        StatusCode::NOT_FOUND => Refusal::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Refusal::BadRequest("method_not_allowed"),
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::BadRequest("body_too_big"),
        StatusCode::REQUEST_TIMEOUT => Refusal::BadRequest("body_too_slow"),
        StatusCode::BAD_REQUEST => Refusal::BadRequest("malformed_request"),
        StatusCode::SERVICE_UNAVAILABLE => return None,
        other => Refusal::Failed(format!("unexpected status {other}")),
    })
}

/// What is left of the caller's budget (draft-ietf-httpapi-ratelimit-headers).
fn announce(headers: &mut header::HeaderMap, left: u32) {
    headers.insert(HeaderName::from_static("ratelimit-policy"), HeaderValue::from_static(POLICY));
    if let Ok(value) = HeaderValue::from_str(&format!("\"requests\";r={left};t=1")) {
        headers.insert(HeaderName::from_static("ratelimit"), value);
    }
}

/// Headers that every answer carries.
fn dress(headers: &mut header::HeaderMap, id: &str) {
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
