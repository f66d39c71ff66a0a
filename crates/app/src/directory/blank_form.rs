//! Blank forms: what a service gives people to fill in, one for each document that it asks for.

use relais_domain::access::Permission;
use relais_domain::directory::Service;
use relais_domain::document::DocumentPurpose;
use relais_domain::shared::ids::ServiceId;
use relais_persistence::directory::read;
use relais_persistence::directory::view::ServiceView;
use relais_persistence::document as files;
use relais_persistence::document::view::DocumentView;
use relais_persistence::document::write;
use serde_json::Value;

use super::service::allowed;
use super::sight::Sight;
use crate::document::{self, Content, Named};
use crate::{App, Caller, Done, Refusal};

/// Takes in the blank form of a document that a service asks for. It is judged as every file; once it is clean everybody may have it, in
/// the place of the one before, which stays until then.
///
/// # Errors
/// 404 for a service out of sight or a document that it does not ask for; 403 without `services:write`; as
/// [`document::upload`] otherwise.
pub async fn upload_form<P: AsRef<[u8]>>(
    app: &App,
    caller: &Caller,
    (id, code): (ServiceId, &str),
    file: Named<'_>,
    next: impl AsyncFnMut() -> Result<Option<P>, Refusal>,
) -> Result<(Done, DocumentView), Refusal> {
    let (_, service) = read::judged(&app.db, Sight::of(app, caller).eyes(), id).await?;
    may_have(caller, &service, code)?;
    let taken = document::take_in(app, caller, file, next).await?;
    document::keep(app, caller, taken, DocumentPurpose::BlankForm, async |tx, document_id| {
        // The file was on its way for a while: rights and documents may have changed meanwhile. Of two at once the second waits here.
        let (_, service) = read::for_change(tx, Sight::of(app, caller).eyes(), id).await?;
        may_have(caller, &service, code)?;
        match write::set_blank_form(tx, id, code, document_id).await? {
            Some(needless) => document::settle(tx, needless).await,
            None => Ok(()),
        }
    })
    .await
}

/// Whether the caller gives this service a form for this document.
fn may_have(caller: &Caller, service: &Service, code: &str) -> Result<(), Refusal> {
    allowed(caller, Permission::ServicesWrite, service)?;
    asked_for(service, code)
}

fn asked_for(service: &Service, code: &str) -> Result<(), Refusal> {
    let asked = service.documents.iter().flatten().any(|asked| asked.code.as_str() == code);
    if asked { Ok(()) } else { Err(Refusal::NotFound) }
}

/// The blank form of a document, for everybody who may read the service.
///
/// # Errors
/// 404 when the service is out of sight, has no such form or asks for no such document any more; 503 `store_unavailable`.
pub async fn blank_form(app: &App, caller: &Caller, id: ServiceId, code: &str) -> Result<Content, Refusal> {
    let (_, service) = read::judged(&app.db, Sight::of(app, caller).eyes(), id).await?;
    asked_for(&service, code)?;
    document::open(app, &files::read::blank_form(&app.db, id, code).await?).await
}

/// A code as a part of a path (RFC 3986, section 3.3).
fn in_path(code: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    code.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Says where the blank forms are that were uploaded here, beside those that lie elsewhere.
///
/// # Errors
/// As any read.
pub(super) async fn with_forms(app: &App, mut view: ServiceView) -> Result<ServiceView, Refusal> {
    let Some(asked) = view.documents.as_mut().and_then(Value::as_array_mut).filter(|asked| !asked.is_empty()) else { return Ok(view) };
    let forms = files::read::blank_forms(&app.db, view.id).await?;
    for document in asked.iter_mut().filter_map(Value::as_object_mut) {
        let code = document.get("code").and_then(Value::as_str).unwrap_or_default();
        if forms.iter().any(|form| form.code == code) {
            let place = format!("{}/v1/services/{}/documents/{}/form", app.settings.public_url, view.id, in_path(code));
            document.insert("form".to_owned(), Value::String(place));
        }
    }
    Ok(view)
}
