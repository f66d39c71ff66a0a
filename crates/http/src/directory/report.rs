//! Reports of readers that an entry is out of date.

use actix_web::{get, post};
use relais_app::directory::view::ServiceReportView;
use relais_app::directory::{self, ReportCreate};
use relais_app::{Page, PageParams};
use relais_domain::directory::ReportState;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::door::{Answer, Call, Item, NoQuery};

impl Item for ServiceReportView {
    fn version(&self) -> i32 {
        self.version
    }
}

/// Which reports.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// In one of these states.
    #[param(required = false, max_items = 10)]
    pub state: Vec<ReportState>,
}

/// Report a service
///
/// Says that what it tells is out of date. Its organisation is told, by one mail a day at most; nobody is asked or told who said it.
/// Three reports a day from one account or address are taken for one service.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service")),
    request_body = ReportCreate,
    responses((status = 204, description = "The report is kept for the organisation")),
    extensions(("x-permission" = json!("public")))
)]
#[post("/v1/services/{id}/report")]
pub async fn report_service(call: Call<NoQuery, ReportCreate>) -> Answer {
    call.nothing(directory::report_service(&call.app, &call.caller, call.id()?, &call.body).await?)
}

/// List reports of a service
///
/// What readers said of a service of one's own, in the order in which it came.
#[utoipa::path(
    tag = "directory",
    params(("id" = uuid::Uuid, Path, description = "The id of the service"), ReportQuery, PageParams),
    responses((status = 200, description = "A page of reports", body = Page<ServiceReportView>)),
    extensions(("x-permission" = json!("services:write")))
)]
#[get("/v1/services/{id}/reports")]
pub async fn list_service_reports(call: Call<ReportQuery>) -> Answer {
    let states = &call.query.state;
    call.list(&directory::list_reports(&call.app, &call.caller, call.id()?, states, &call.page()).await?)
}

/// Settle a report
///
/// Says that one has looked at it, whatever came of it. `POST /v1/services/{id}/confirm` settles all of them.
#[utoipa::path(
    tag = "directory",
    params(
        ("id" = uuid::Uuid, Path, description = "The id of the service"),
        ("report_id" = uuid::Uuid, Path, description = "The report"),
    ),
    responses((status = 200, description = "The settled report", body = ServiceReportView)),
    extensions(("x-permission" = json!("services:write")))
)]
#[post("/v1/services/{id}/reports/{report_id}/settle")]
pub async fn settle_service_report(call: Call) -> Answer {
    let report = call.path_id("report_id")?;
    let (done, report) = directory::settle_report(&call.app, &call.caller, call.id()?, report).await?;
    call.effect(done, &report)
}
