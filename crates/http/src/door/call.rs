//! The one extractor of every handler.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use relais_app::identity::{self, Credentials};
use relais_app::{App, Caller, Done, PageRequest, Refusal, Request};
use relais_domain::access::Purpose;
use relais_domain::shared::Blocker;
use relais_domain::shared::contact::Language;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::operation::{Auth, Operation, Operations};
use super::{Budgets, body, parameters, strict, validate};
use crate::problem::Fault;

/// The request id that the outermost layer gave.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The mark of a HEAD, which is handled as GET.
#[derive(Clone, Copy, Debug)]
pub struct IsHead;

/// A query without parameters.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
pub struct NoQuery {}

/// No body.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
pub struct NoBody {}

/// A request that passed the door.
#[derive(Debug)]
pub struct Call<Q = NoQuery, B = NoBody> {
    /// The program.
    pub app: Arc<App>,
    /// Who calls.
    pub caller: Caller,
    /// The query, typed and validated.
    pub query: Q,
    /// The body, typed and validated.
    pub body: B,
    pub(super) request: HttpRequest,
    raw_query: Value,
}

impl<Q, B> Call<Q, B> {
    /// The `{id}` of the path. A malformed one names nothing that exists.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn id<T: From<Uuid>>(&self) -> Result<T, Fault> {
        self.path_id("id")
    }

    /// Another id of the path, by its name.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn path_id<T: From<Uuid>>(&self, name: &str) -> Result<T, Fault> {
        let id = self.request.match_info().get(name).and_then(|text| Uuid::try_parse(text).ok());
        Ok(id.ok_or(Refusal::NotFound)?.into())
    }

    /// A text of the path, by its name.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn path_text(&self, name: &str) -> Result<&str, Fault> {
        Ok(self.request.match_info().get(name).ok_or(Refusal::NotFound)?)
    }

    /// Whether only the headers are asked for (HEAD).
    pub fn is_head(&self) -> bool {
        self.request.extensions().get::<IsHead>().is_some()
    }

    /// What the query asks of a list: everything but `cursor`, `limit` and `count` is the question.
    pub fn page(&self) -> PageRequest {
        let mut question = self.raw_query.as_object().cloned().unwrap_or_default();
        let limit = question.remove("limit").and_then(|limit| limit.as_u64()).unwrap_or(50);
        let cursor = question.remove("cursor").and_then(|cursor| cursor.as_str().map(ToOwned::to_owned));
        let count = question.remove("count").and_then(|count| count.as_bool()).unwrap_or(false);
        let path = self.request.path();
        PageRequest { limit, cursor, count, question: format!("{path}?{}", Value::Object(question)) }
    }

    /// The status of an effect, or 200 for a dry run.
    pub fn status(&self, done: Done) -> u16 {
        if self.caller.request.dry_run { 200 } else { done.status }
    }
}

impl<Q: DeserializeOwned + 'static, B: DeserializeOwned + 'static> FromRequest for Call<Q, B> {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Fault>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move { enter(request, &mut payload).await.map_err(Fault::from) })
    }
}

/// Lets a request in. The payload is read to its end, unless the operation takes it in itself.
pub(super) async fn enter<Q: DeserializeOwned, B: DeserializeOwned>(
    request: HttpRequest,
    payload: &mut Payload,
) -> Result<Call<Q, B>, Refusal> {
    let missing = |what: &str| Refusal::Failed(format!("{what} is not set up"));
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| missing("the program"))?.clone().into_inner();
    let operations = request.app_data::<web::Data<Operations>>().ok_or_else(|| missing("the list of operations"))?;
    let pattern = request.match_pattern().unwrap_or_default();
    let operation = operations.find(request.method(), &pattern).ok_or_else(|| missing("the operation"))?;

    let mut caller = who(&app, &request, &operation).await?;
    // Refusals are worded by the outermost layer, in the caller's language.
    request.extensions_mut().insert(caller.language);
    if let Some(budgets) = request.app_data::<web::Data<Budgets>>().filter(|_| app.settings.limits) {
        let left = budgets.spend(&caller)?;
        request.extensions_mut().insert(left);
    }
    let headers = read_headers(&request, &operation)?;
    let (raw_query, mut violations) = parameters::read(&operation, request.query_string()).map_err(Refusal::BadRequest)?;
    let (raw_body, body_hash) = read_body(&request, payload, &operation, &mut violations).await?;
    if !violations.is_empty() {
        validate::hush(&mut violations);
        return Err(Refusal::Blocked { blockers: violations, allowed: vec![] });
    }
    if operation.auth == Auth::Acting && caller.acting_for.is_none() && caller.link().is_none() {
        return Err(Refusal::BadRequest("organisation_required"));
    }
    let query = typed(raw_query.clone())?;
    let body = typed(raw_body)?;
    caller.request.purpose = headers.purpose;
    caller.request.if_match = headers.if_match;
    caller.request.idempotency = headers.idempotency_key.filter(|_| operation.keeps_effect).map(|key| (key, body_hash));
    caller.request.dry_run = raw_query.get("dry_run").and_then(Value::as_bool).unwrap_or(false);
    Ok(Call { app, caller, query, body, request, raw_query })
}

pub(super) fn header_text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Identity: who calls, for whom.
async fn who(app: &Arc<App>, request: &HttpRequest, operation: &Operation) -> Result<Caller, Refusal> {
    let mut given = request.headers().get_all(header::AUTHORIZATION);
    let bearer = match (given.next(), given.next()) {
        (None, _) => None,
        // Which of two would be meant is not for us to choose.
        (Some(_), Some(_)) => return Err(Refusal::Unauthenticated("invalid_token")),
        (Some(value), None) => {
            let text = value.to_str().map_err(|_| Refusal::Unauthenticated("invalid_token"))?;
            let (scheme, token) = text.split_once(' ').ok_or(Refusal::Unauthenticated("invalid_token"))?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(Refusal::Unauthenticated("invalid_token"));
            }
            Some(token.trim().to_owned())
        }
    };
    if bearer.is_none() && operation.auth != Auth::Public {
        return Err(Refusal::Unauthenticated("sign_in_required"));
    }
    let organisation = match request.headers().get("x-organisation") {
        None => None,
        Some(value) => {
            let id = value.to_str().ok().and_then(|text| Uuid::try_parse(text).ok());
            Some(id.ok_or(Refusal::Barred("not_a_member"))?.into())
        }
    };
    let own = Request {
        id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        operation: format!("{}{}", operation.id, ids_of(request)),
        client: header_text(request, "user-agent").map(|text| text.chars().take(200).collect()),
        address: request.peer_addr().map(|address| address.ip().to_string()),
        ..Request::default()
    };
    let language = wished_language(request.headers());
    identity::enter(app, Credentials { bearer, organisation, language }, own).await
}

/// Why the caller reads or writes, when they say so.
fn purpose(request: &HttpRequest) -> Result<Option<Purpose>, Refusal> {
    let Some(value) = request.headers().get("x-purpose") else { return Ok(None) };
    let code = value.to_str().ok().and_then(|code| code.parse().ok());
    code.map(Some).ok_or(Refusal::BadRequest("invalid_purpose"))
}

/// The ids of the path: a key is good for one operation on one record.
fn ids_of(request: &HttpRequest) -> String {
    request.match_info().iter().map(|(_, value)| format!(" {value}")).collect()
}

/// The language that a request asks for: the heaviest that we speak.
pub fn wished_language(headers: &header::HeaderMap) -> Option<Language> {
    let wanted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut ranked: Vec<(f32, Language)> = wanted
        .split(',')
        .filter_map(|entry| {
            let (tag, weight) = entry.split_once(";q=").unwrap_or((entry, "1"));
            let primary = tag.trim().split('-').next()?.to_ascii_lowercase();
            let weight = weight.trim().parse().unwrap_or(0.0);
            (weight > 0.0).then_some((weight, primary.parse().ok()?))
        })
        .collect();
    ranked.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    ranked.first().map(|(_, language)| *language)
}

struct Headers {
    if_match: Option<i32>,
    idempotency_key: Option<String>,
    purpose: Option<Purpose>,
}

fn read_headers(request: &HttpRequest, operation: &Operation) -> Result<Headers, Refusal> {
    let idempotency_key = match request.headers().get("idempotency-key") {
        None => None,
        Some(value) => {
            let key = value.to_str().map_err(|_| Refusal::BadRequest("invalid_idempotency_key"))?;
            if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(Refusal::BadRequest("invalid_idempotency_key"));
            }
            Some(key.to_owned())
        }
    };
    let if_match = match request.headers().get(header::IF_MATCH) {
        None if operation.needs_version => return Err(Refusal::PreconditionRequired),
        None => None,
        Some(value) => Some(version_of(value.to_str().unwrap_or_default()).ok_or(Refusal::BadRequest("invalid_if_match"))?),
    };
    Ok(Headers { if_match, idempotency_key, purpose: purpose(request)? })
}

/// The version part of a strong tag `"version.mask.lang"`; `*`, weak tags and lists are refused.
fn version_of(tag: &str) -> Option<i32> {
    let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('"') { None } else { inner.split('.').next()?.parse().ok() }
}

async fn read_body(
    request: &HttpRequest,
    payload: &mut Payload,
    operation: &Operation,
    violations: &mut Vec<Blocker>,
) -> Result<(Value, String), Refusal> {
    if operation.streamed {
        return Ok((Value::Object(Map::new()), String::new()));
    }
    let bytes = body::take(payload).await?;
    let Some(schema) = &operation.body else {
        return if bytes.is_empty() {
            Ok((Value::Object(Map::new()), String::new()))
        } else {
            Err(Refusal::BadRequest("body_not_expected"))
        };
    };
    let value = if bytes.is_empty() {
        if operation.body_required {
            return Err(Refusal::BadRequest("body_missing"));
        }
        Value::Object(Map::new())
    } else {
        let declared = header_text(request, "content-type").unwrap_or_default().to_ascii_lowercase();
        let media_type = declared.split(';').next().unwrap_or_default().trim();
        if !matches!(media_type, "application/json" | "application/merge-patch+json") {
            return Err(Refusal::BadRequest("unsupported_media_type"));
        }
        strict::parse(&bytes).map_err(|malformed| Refusal::BadRequest(malformed.code()))?
    };
    violations.extend(schema.violations(&value, ""));
    validate::forbidden_identifiers(&value, "", violations);
    // The raw query belongs to what the key was given for: a dry run is another request.
    let hash = relais_app::fingerprint(&[request.query_string().as_bytes(), value.to_string().as_bytes()]);
    Ok((value, hash))
}

/// The typed value. The schema has passed; what is left is what a type refuses beyond its schema.
fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    serde_json::from_value(value).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" at line").next().unwrap_or_default().to_owned();
        Refusal::Blocked { blockers: vec![Blocker::content("invalid").with("reason", reason)], allowed: vec![] }
    })
}
