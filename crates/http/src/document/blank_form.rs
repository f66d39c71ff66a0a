//! Blank forms of the documents that a service asks for.

use actix_web::{get, put};
use relais_app::directory;
use relais_app::document::Named;
use relais_app::document::view::DocumentView;
use relais_domain::shared::ids::ServiceId;

use super::{FileContent, file};
use crate::door::{Answer, Call, FileUpload};

/// Upload the blank form of a document
///
/// One for each document that the service asks for. It is judged as every upload, and everybody may have it once it is clean: `form` of
/// the document then says where. Another takes its place once that one is clean, and not before. Deleting the file (`DELETE /v1/documents/{id}`) takes the form away.
#[utoipa::path(
    tag = "directory",
    params(
        ("id" = ServiceId, Path, description = "The service"),
        ("code" = String, Path, description = "The code of the document"),
        ("Content-Disposition" = String, Header, description = "`attachment; filename*=UTF-8''…`", max_length = 1000)
    ),
    responses((status = 202, description = "It is taken in and will be judged", body = DocumentView)),
    extensions(
        ("x-permission" = json!("services:write")),
        ("x-unversioned" = json!(true)),
        ("x-streamed" = json!(true)),
        ("x-file" = json!(true))
    )
)]
#[put("/v1/services/{id}/documents/{code}/form")]
pub async fn upload_blank_form(upload: FileUpload) -> Answer {
    let FileUpload { call, mut file, name, length } = upload;
    let next = async || file.next().await;
    let place = (call.id()?, call.path_text("code")?);
    let (done, view) = directory::upload_form(&call.app, &call.caller, place, Named { name: &name, length }, next).await?;
    call.accepted(&format!("/v1/documents/{}", view.id), done, &view)
}

/// Fetch the blank form of a document
///
/// For everybody who may read the service.
#[utoipa::path(
    tag = "directory",
    params(("id" = ServiceId, Path, description = "The service"), ("code" = String, Path, description = "The code of the document")),
    responses(FileContent, (status = 409, description = "It is being erased")),
    extensions(("x-permission" = json!("public")))
)]
#[get("/v1/services/{id}/documents/{code}/form")]
pub async fn get_blank_form(call: Call) -> Answer {
    Ok(file(directory::blank_form(&call.app, &call.caller, call.id()?, call.path_text("code")?).await?, Some("public, max-age=300")))
}
