//! Imports of feeds.

use actix_web::{HttpResponse, delete, get, post, put};
use relais_app::directory::import::{self, ImportForm, ImportView, ReportLine};
use relais_app::{Page, PageParams};
use relais_domain::directory::RecordKind;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::door::{Answer, Call, Item, NoQuery, Upload};

impl Item for ImportView {
    fn version(&self) -> i32 {
        self.version
    }

    /// Progress moves no version.
    fn mask(&self) -> i32 {
        let read = self.progress.as_ref().map_or(0, |progress| progress.bytes % 1_000_003);
        i32::try_from(read).unwrap_or(0)
    }
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// A page of lines.
    #[default]
    Json,
    /// All lines, for a spreadsheet.
    Csv,
}

/// Which report.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// `json`: a page of lines; `csv`: all of them, for a spreadsheet.
    #[param(inline, required = false)]
    format: ReportFormat,
}

/// List imports
///
/// In the order in which they were made.
#[utoipa::path(
    tag = "directory",
    params(PageParams),
    responses((status = 200, description = "A page of imports", body = Page<ImportView>)),
    extensions(("x-permission" = json!("directory:import")))
)]
#[get("/v1/imports")]
pub async fn list_imports(call: Call<serde_json::Value>) -> Answer {
    call.list(&import::list(&call.app, &call.caller, &call.page()).await?)
}

/// Make an import
///
/// It awaits two files, the structures and the services of a feed in the shape of data·inclusion; then it is started. A dry run
/// writes nothing and gives the same report.
#[utoipa::path(
    tag = "directory",
    request_body = ImportForm,
    responses((status = 201, description = "The import", body = ImportView)),
    extensions(("x-permission" = json!("directory:import")))
)]
#[post("/v1/imports")]
pub async fn create_import(call: Call<NoQuery, ImportForm>) -> Answer {
    let (done, view) = import::create(&call.app, &call.caller, &call.body).await?;
    call.effect(done, &view)
}

/// Read an import
///
/// Where it stands, how far it has come, and what became of the records until now.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the import")),
    responses((status = 200, description = "The import", body = ImportView)),
    extensions(("x-permission" = json!("directory:import")))
)]
#[get("/v1/imports/{id}")]
pub async fn get_import(call: Call) -> Answer {
    call.item(&import::read(&call.app, &call.caller, call.id()?).await?)
}

/// Delete an import
///
/// With its files and its report. What it brought stays. One that runs is not deleted.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the import")),
    responses((status = 204, description = "It is gone")),
    extensions(("x-permission" = json!("directory:import")))
)]
#[delete("/v1/imports/{id}")]
pub async fn delete_import(call: Call) -> Answer {
    call.nothing(import::delete(&call.app, &call.caller, call.id()?).await?)
}

async fn takes(upload: Upload, kind: RecordKind) -> Answer {
    let Upload { call, packing, mut file } = upload;
    let next = async || file.next().await;
    let (done, view) = import::upload(&call.app, &call.caller, (call.id()?, kind), packing, next).await?;
    call.effect(done, &view)
}

/// Upload the structures of an import
///
/// A JSON array, or one object per line; as it is, or packed by gzip (`Content-Encoding: gzip`, or the media type
/// `application/gzip`). Up to 2 GB unpacked, at 16 kB a second or more, within half an hour. Uploading again replaces; an upload
/// that is cut off changes nothing.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the import")),
    responses((status = 200, description = "The import has the file", body = ImportView)),
    extensions(("x-permission" = json!("directory:import")), ("x-unversioned" = json!(true)), ("x-streamed" = json!(true)))
)]
#[put("/v1/imports/{id}/structures")]
pub async fn upload_structures(upload: Upload) -> Answer {
    takes(upload, RecordKind::Structure).await
}

/// Upload the services of an import
///
/// In the same forms as the structures.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the import")),
    responses((status = 200, description = "The import has the file", body = ImportView)),
    extensions(("x-permission" = json!("directory:import")), ("x-unversioned" = json!(true)), ("x-streamed" = json!(true)))
)]
#[put("/v1/imports/{id}/services")]
pub async fn upload_services(upload: Upload) -> Answer {
    takes(upload, RecordKind::Service).await
}

/// Start an import
///
/// A worker reads the files; `GET /v1/imports/{id}` tells how far it is. One that has failed goes on where it was.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the import")),
    responses((status = 202, description = "It has been started", body = ImportView)),
    extensions(("x-permission" = json!("directory:import")))
)]
#[post("/v1/imports/{id}/start")]
pub async fn start_import(call: Call) -> Answer {
    let (done, view) = import::start(&call.app, &call.caller, call.id()?).await?;
    call.accepted(&format!("/v1/imports/{}", view.id), done, &view)
}

/// Read the report of an import
///
/// What was refused and why, the first ten thousand errors in the order of the files; `error_count` of the import says how many
/// there are. With `format=csv` all lines at once; a cell that a spreadsheet would calculate begins with an apostrophe.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the import"), ReportQuery, PageParams),
    responses((
        status = 200,
        description = "A page of errors, or all of them as CSV",
        content((Page<ReportLine> = "application/json"), (String = "text/csv"))
    )),
    extensions(("x-permission" = json!("directory:import")))
)]
#[get("/v1/imports/{id}/report")]
pub async fn get_import_report(call: Call<ReportQuery>) -> Answer {
    if call.query.format == ReportFormat::Csv {
        let csv = import::report_csv(&call.app, &call.caller, call.id()?).await?;
        return Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").body(csv));
    }
    call.list(&import::report(&call.app, &call.caller, call.id()?, &call.page()).await?)
}
