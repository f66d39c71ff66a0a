//! What operations share by reference: refusals, request headers, response headers, the security scheme.

use relais_domain::access::Purpose;
use relais_domain::shared::contact::Language;
use serde_json::{Map, Value, json};

use crate::problem::catalogue;

/// A refusal that operations share: component name, status, description, the codes shown as examples.
pub struct Shared(pub &'static str, pub u16, &'static str, &'static [&'static str]);

/// Every shared refusal, by status.
pub const REFUSALS: &[Shared] = &[
    Shared(
        "BadRequest",
        400,
        "The request cannot be understood: syntax, headers, or a missing organisation.",
        &["malformed_json", "organisation_required"],
    ),
    Shared(
        "Unauthenticated",
        401,
        "Nobody is signed in, or the token is not good. A bad token is refused on public operations too.",
        &["sign_in_required", "invalid_token"],
    ),
    Shared(
        "Forbidden",
        403,
        "The caller may not do this; the first error names the permission.",
        &["permission_missing", "not_a_member", "not_a_user"],
    ),
    Shared("NotFound", 404, "There is no such thing for this caller.", &["not_found"]),
    Shared("Slow", 408, "The body did not arrive in time.", &["body_too_slow"]),
    Shared(
        "Conflict",
        409,
        "The state of the record forbids it now, or something stands against it; `allowed_acts` names what is possible.",
        &["changed_meanwhile", "id_taken"],
    ),
    Shared("Stale", 412, "The record has changed since the version in `If-Match`; the `ETag` is the current one.", &["version_changed"]),
    Shared("TooBig", 413, "The body is larger than this operation takes.", &["body_too_big"]),
    Shared("WrongMediaType", 415, "The body is not declared as JSON.", &["unsupported_media_type"]),
    Shared(
        "Invalid",
        422,
        "The content is refused; `errors` lists all violations at once, with pointers.",
        &["validation_failed", "unknown_field"],
    ),
    Shared("PreconditionRequired", 428, "`If-Match` is missing.", &["precondition_required"]),
    Shared("TooManyRequests", 429, "The budget of this caller is spent; try again after `Retry-After` seconds.", &["too_many_requests"]),
    // The only refusal without a problem document: the HTTP stack gives it before there is a request.
    Shared("HeadersTooBig", 431, "The request line and headers are larger than 128 KiB: nothing was read, and there is no body.", &[]),
    Shared(
        "Failed",
        500,
        "Something failed on the server's side, through nothing that the caller did; `instance` finds it in the server's log.",
        &["internal_error"],
    ),
    Shared(
        "Busy",
        503,
        "The database is busy or away, or the search index is being built; try again after `Retry-After` seconds.",
        &["busy", "search_warming"],
    ),
];

/// Whether a refusal comes without a problem document.
pub fn is_bare(status: &str) -> bool {
    REFUSALS.iter().any(|shared| shared.3.is_empty() && shared.1.to_string() == status)
}

/// The component name of the shared refusal with a status.
pub fn refusal(status: u16) -> Option<&'static str> {
    REFUSALS.iter().find(|shared| shared.1 == status).map(|shared| shared.0)
}

fn example(code: &str, status: u16) -> Value {
    let title = catalogue::title(code, Language::En);
    let detail = catalogue::detail(code, Language::En).unwrap_or(title);
    let error = |code: &str, pointer: Value, params: Value| json!([{ "code": code, "pointer": pointer, "detail": catalogue::title(code, Language::En), "params": params }]);
    let errors = match code {
        "permission_missing" => error(code, Value::Null, json!({ "permission": "referrals:read" })),
        "validation_failed" => error("required", json!("/person/family_name"), json!({})),
        "unknown_field" => error(code, json!("/colour"), json!({})),
        "version_changed" => error(code, Value::Null, json!({ "version": 4 })),
        _ => json!([]),
    };
    json!({
        "type": format!("http://127.0.0.1:8080/errors/{code}"),
        "code": code,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "019cad8f-ac00-7000-8000-000000000001",
        "errors": errors,
    })
}

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// The shared refusals as components.
pub fn responses() -> Value {
    let mut all = Map::new();
    for Shared(name, status, about, codes) in REFUSALS {
        if codes.is_empty() {
            all.insert((*name).to_owned(), json!({ "description": about }));
            continue;
        }
        let mut headers = Map::from_iter([("X-Request-Id".to_owned(), header("RequestId"))]);
        let own = match status {
            401 => Some(("WWW-Authenticate", "Challenge")),
            412 => Some(("ETag", "ETag")),
            429 | 503 => Some(("Retry-After", "RetryAfter")),
            _ => None,
        };
        headers.extend(own.map(|(header_name, component)| (header_name.to_owned(), header(component))));
        let examples: Map<_, _> = codes
            .iter()
            .map(|code| ((*code).to_owned(), json!({ "summary": catalogue::title(code, Language::En), "value": example(code, *status) })))
            .collect();
        let content = json!({ "schema": { "$ref": "#/components/schemas/Problem" }, "examples": examples });
        all.insert(
            (*name).to_owned(),
            json!({ "description": about, "headers": headers, "content": { "application/problem+json": content } }),
        );
    }
    Value::Object(all)
}

/// A header. Explorers send the example of a parameter as it stands, so a header that may be left out has its example in
/// words only.
fn parameter(name: &str, required: bool, about: &str, schema: Value, example: &str) -> Value {
    if required {
        return json!({ "name": name, "in": "header", "required": true, "description": about, "schema": schema, "example": example });
    }
    let about = format!("{about} Such as `{example}`.");
    json!({ "name": name, "in": "header", "required": false, "description": about, "schema": schema })
}

/// The request headers that operations share, as components.
pub fn parameters() -> Value {
    let text = |max: u16| json!({ "type": "string", "minLength": 1, "maxLength": max });
    let uuid = || json!({ "type": "string", "format": "uuid" });
    let tag = || json!({ "type": "string", "maxLength": 100 });
    let version = "\"3.63.en\"";
    let key = json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" });
    let id = json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$" });
    json!({
        "RequestId": parameter("X-Request-Id", false, "The caller's own id of this request; it comes back in the answer and stands in logs.", id, "planning-4711"),
        "AcceptLanguage": parameter("Accept-Language", false, "The language of titles and labels: fr, nl, de, en.", text(100), "en"),
        "Organisation": parameter("X-Organisation", false, "The organisation for which the caller acts; needed by who belongs to several.", uuid(), "019cad8f-ac00-7000-8000-000000000002"),
        "Purpose": parameter("X-Purpose", false, "Why personal data is read; it stands in the access journal.", json!({ "type": "string", "enum": Purpose::ALL }), "care"),
        "IdempotencyKey": parameter("Idempotency-Key", false, "Makes a retry safe: the same key and body have one effect. Kept 7 days.", key, "019cad8f-ac00-7000-8000-000000000003"),
        "IfMatch": parameter("If-Match", true, "The `ETag` that the caller last saw.", tag(), version),
        "IfMatchOptional": parameter("If-Match", false, "The `ETag` that the caller last saw; when sent, it must be the current one.", tag(), version),
        "IfNoneMatch": parameter("If-None-Match", false, "The `ETag` that the caller has; 304 when it is still the current one.", text(200), version),
    })
}

/// The response headers that operations share, as components.
pub fn headers() -> Value {
    let text = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    json!({
        "RequestId": text("The id of this request."),
        "ETag": text("The strong tag of this version of the resource."),
        "Location": text("Where the resource is that was made, or that is being worked on."),
        "Link": text("The next page, as `rel=\"next\"`; absent on the last one."),
        "Replayed": { "description": "`true` when the effect is that of an earlier request with the same key.", "schema": { "type": "boolean" } },
        "RetryAfter": { "description": "Seconds to wait.", "schema": { "type": "integer", "format": "int64", "minimum": 0 } },
        "RateLimit": text("What is left of your budget; absent where none is counted."),
        "RateLimitPolicy": text("The budget: `q` requests in `w` seconds."),
        "Challenge": text("`Bearer`, with the reason when a token was refused."),
    })
}

/// How callers identify themselves.
pub fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token from `POST /v1/auth/login`, `POST /v1/auth/token` or `POST /v1/links/exchange`.",
        },
    })
}
