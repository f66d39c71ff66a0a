//! Files over HTTP: uploaded, read, fetched, deleted.

mod blank_form;

use std::collections::BTreeMap;

use actix_web::http::header;
use actix_web::{HttpResponse, delete, get, post};
use futures_util::stream;
use relais_app::document::view::{DocumentView, ReferralDocumentView};
use relais_app::document::{self, Content, DownloadLink, Named};
use relais_domain::document::FileType;
use relais_domain::shared::ids::DocumentId;
use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Object, RefOr, Response, ResponseBuilder, Type};

use crate::door::{Answer, Call, FileUpload, Item};
use crate::server::Register;

impl Item for DocumentView {
    fn version(&self) -> i32 {
        self.version
    }
}

impl Item for ReferralDocumentView {
    fn version(&self) -> i32 {
        self.version
    }

    /// The file moves without the reference.
    fn mask(&self) -> i32 {
        self.state as i32
    }
}

/// Registers the room's operations.
pub fn routes(config: &mut impl Register) {
    config
        .service(upload_document)
        .service(get_document)
        .service(get_document_content)
        .service(link_document)
        .service(delete_document)
        .service(download_document)
        .service(blank_form::upload_blank_form)
        .service(blank_form::get_blank_form);
}

/// The answer of whoever fetches a file, as the contract tells it: any type that is taken in.
struct FileContent;

impl IntoResponses for FileContent {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let body = ContentBuilder::new().schema(Some(Object::with_type(Type::String))).build();
        let known = FileType::ALL.iter().map(|kind| (kind.media_type(), body.clone()));
        let response = known
            .fold(ResponseBuilder::new().description("The file itself"), |response, (media_type, body)| response.content(media_type, body));
        BTreeMap::from([("200".to_owned(), response.build().into())])
    }
}

/// What a browser may do with a file: save it.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// The answer that carries a file: to be saved under its name, never shown.
fn file(content: Content, caching: Option<&'static str>) -> HttpResponse {
    let Content { name, kind, size, pieces } = content;
    let plain = format!("document.{}", kind.code());
    let name = name.map_or_else(|| plain.clone(), |name| name.to_string());
    let extended = header::ExtendedValue { charset: header::Charset::Ext("UTF-8".into()), language_tag: None, value: name.into_bytes() };
    let disposition = header::ContentDisposition {
        disposition: header::DispositionType::Attachment,
        parameters: vec![header::DispositionParam::Filename(plain), header::DispositionParam::FilenameExt(extended)],
    };
    // A store that breaks off ends the connection before its promised length: the client sees that it has not all of it.
    let body = stream::unfold(Some(pieces), |pieces| async {
        let mut pieces = pieces?;
        match pieces.next().await? {
            Ok(piece) => Some((Ok(piece), Some(pieces))),
            Err(error) => Some((Err(std::io::Error::other(error.to_string())), None)),
        }
    });
    let mut response = HttpResponse::Ok();
    response
        .content_type(kind.media_type())
        .insert_header(disposition)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, caching.unwrap_or("no-store")));
    response.no_chunking(size).streaming(Box::pin(body))
}

/// Upload a file
///
/// The bytes of the file are the body, its name stands in `Content-Disposition: attachment; filename*=UTF-8''…` (RFC 6266). pdf, doc,
/// docx, odt, ods, xls, xlsx, jpg, jpeg, png; 6 MB. Name, type, size and packing are judged before the answer; then the file is
/// `pending`, and nobody reads it, until a worker has searched it for malware and for what no file may hold: read it again after some
/// seconds. What tells where and by whom a picture was taken is removed. A file that nothing refers to is erased after three hours.
#[utoipa::path(
    tag = "documents",
    params(("Content-Disposition" = String, Header, description = "`attachment; filename*=UTF-8''…`", max_length = 1000)),
    responses((status = 202, description = "It is taken in and will be judged", body = DocumentView)),
    extensions(("x-permission" = json!("referrals:write")), ("x-streamed" = json!(true)), ("x-file" = json!(true)))
)]
#[post("/v1/uploads")]
async fn upload_document(upload: FileUpload) -> Answer {
    let FileUpload { call, mut file, name, length } = upload;
    let next = async || file.next().await;
    let (done, view) = document::upload(&call.app, &call.caller, Named { name: &name, length }, next).await?;
    call.accepted(&format!("/v1/documents/{}", view.id), done, &view)
}

/// Read a file's record
///
/// What it is, where it stands and what was checked. For the organisation that uploaded it, and for whoever sees a referral that refers
/// to it, with its documents.
#[utoipa::path(
    tag = "documents",
    params(("id" = DocumentId, Path, description = "The file")),
    responses((status = 200, description = "The file", body = DocumentView)),
    extensions(("x-permission" = json!("referrals:read")))
)]
#[get("/v1/documents/{id}")]
async fn get_document(call: Call) -> Answer {
    call.item(&document::one_unless(&call.app, &call.caller, call.id()?, |view| call.knows(view)).await?)
}

/// Fetch a file
///
/// For the receiver while the referral is open, a former holder for 30 days, and the organisation that uploaded it until it is sent. The
/// reading is journalled before the first byte leaves.
#[utoipa::path(
    tag = "documents",
    params(("id" = DocumentId, Path, description = "The file")),
    responses(FileContent, (status = 409, description = "In quarantine, refused, erased, sent, or the referral has ended", body = crate::problem::Problem, content_type = "application/problem+json")),
    extensions(("x-permission" = json!("referrals:read")))
)]
#[get("/v1/documents/{id}/content")]
async fn get_document_content(call: Call) -> Answer {
    Ok(file(document::content(&call.app, &call.caller, call.id()?).await?, None))
}

/// Make a short link to a file
///
/// For programs that open a file by its address and send no token. It lives for five minutes, opens what you may read when it is opened,
/// dies with your session, and is journalled under your name.
#[utoipa::path(
    tag = "documents",
    params(("id" = DocumentId, Path, description = "The file")),
    responses((status = 200, description = "The link", body = DownloadLink)),
    extensions(("x-permission" = json!("referrals:read")), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/documents/{id}/link")]
async fn link_document(call: Call) -> Answer {
    call.plain(&document::link(&call.app, &call.caller, call.id()?).await?)
}

/// Delete a file
///
/// Before it was sent. Drafts that refer to it lose it. A blank form is no longer one.
#[utoipa::path(
    tag = "documents",
    params(("id" = DocumentId, Path, description = "The file")),
    responses((status = 204, description = "It is erased")),
    extensions(("x-permission" = json!("referrals:write")))
)]
#[delete("/v1/documents/{id}")]
async fn delete_document(call: Call) -> Answer {
    call.nothing(document::delete(&call.app, &call.caller, call.id()?).await?)
}

/// Fetch a file by a short link
///
/// Whatever is wrong with the link is told by one refusal.
#[utoipa::path(
    tag = "documents",
    params(("token" = String, Path, description = "The token of the link")),
    responses(FileContent),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/downloads/{token}")]
async fn download_document(call: Call) -> Answer {
    let content = document::download(&call.app, call.caller.request.clone(), call.path_text("token")?).await?;
    Ok(file(content, None))
}
