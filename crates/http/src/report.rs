//! Reports: figures of referrals, and referrals taken out as a file.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, post};
use futures_util::stream;
use relais_app::referral::ReferralFilter;
use relais_app::report::view::ExportView;
use relais_app::report::{self, CsvExport, ExportRequest, FilePieces, ReferralStatistics, StatisticsQuery};
use relais_app::{App, Refusal};
use relais_domain::report::ExportFormat;

use crate::door::{Answer, Call, Item, NoQuery};
use crate::server::Register;

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The operations of the room.
pub fn routes(config: &mut impl Register) {
    config
        .service(read_referral_statistics)
        .service(export_referrals_csv)
        .service(create_export)
        .service(read_export)
        .service(read_export_content);
}

impl Item for ExportView {
    fn version(&self) -> i32 {
        self.version
    }

    /// How far it is moves without its version.
    fn mask(&self) -> i32 {
        i32::try_from(self.row_count).unwrap_or(i32::MAX)
    }
}

/// Read figures of referrals
///
/// Counts, acceptance, and how long answers take: the median, and what nine of ten took at most. What was sent counts once per chain,
/// in the state of the leg that is open or ended last, from the first time that a receiver was told; what was received counts leg by
/// leg, and what was passed on (`redirected`) is neither accepted nor refused. Nothing is told of fewer than five cases, nor what
/// would give such a number by subtraction: small groups stand together in `other_groups` with as many others as hide them, and
/// acceptance is null where it would tell how few were refused. Periods are whole months of the organisation's zone.
#[utoipa::path(
    tag = "reports",
    params(StatisticsQuery),
    responses((status = 200, description = "The figures", body = ReferralStatistics)),
    extensions(("x-permission" = json!("referrals:statistics")))
)]
#[get("/v1/reports/referrals")]
async fn read_referral_statistics(call: Call<StatisticsQuery>) -> Answer {
    call.plain(&report::statistics(&call.app, &call.caller, &call.query).await?)
}

/// A file that a browser keeps and never shows.
fn attachment(media_type: &'static str, name: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.content_type(media_type);
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        response.insert_header((header::CONTENT_DISPOSITION, disposition));
    }
    response
}

/// An export whose reader may go away: what has left is noted then.
struct OnItsWay(Option<CsvExport>);

impl Drop for OnItsWay {
    fn drop(&mut self) {
        let Some(mut export) = self.0.take().filter(|export| !export.has_ended()) else { return };
        if tokio::runtime::Handle::try_current().is_ok() {
            actix_web::rt::spawn(async move { export.broken_off("reader_gone").await });
        }
    }
}

/// The next piece of a CSV on its way, and the rest.
async fn next_of(mut way: OnItsWay) -> Option<(Result<Bytes, Refusal>, OnItsWay)> {
    let piece = way.0.as_mut()?.next().await;
    if let Err(refusal) = &piece {
        tracing::error!(%refusal, "an export was broken off");
    }
    piece.transpose().map(|piece| (piece.map(Bytes::from), way))
}

/// Take referrals out as CSV
///
/// Sent while it is read, however long the list is: its filters, its order, and of each row what the list shows you. The names of the
/// columns are those of the list; a cell that a spreadsheet would calculate begins with an apostrophe. That you take the list out is
/// journalled before the first byte, the referrals in it before they leave, the number of rows at the end. Ten exports an hour.
#[utoipa::path(
    tag = "reports",
    params(ReferralFilter),
    responses((status = 200, description = "The list", content((String = "text/csv")))),
    extensions(("x-permission" = json!("referrals:export")))
)]
#[get("/v1/reports/referrals.csv")]
async fn export_referrals_csv(call: Call<ReferralFilter>) -> Answer {
    let mut response = attachment(CSV, "referrals.csv");
    if call.is_head() {
        report::may_csv(&call.app, &call.caller, &call.query)?;
        return Ok(response.streaming(stream::empty::<Result<Bytes, Refusal>>()));
    }
    let export = report::csv(&call.app, &call.caller, &call.query).await?;
    Ok(response.streaming(Box::pin(stream::unfold(OnItsWay(Some(export)), next_of))))
}

/// Have referrals written to a file
///
/// As CSV or as a workbook, in the background, with the rights that you have when it is written; `GET /v1/exports/{id}` tells when it
/// is done. The file is kept for 24 hours, for you alone. Ten exports an hour.
#[utoipa::path(
    tag = "reports",
    request_body = ExportRequest,
    responses((status = 202, description = "It will be written", body = ExportView)),
    extensions(("x-permission" = json!("referrals:export")))
)]
#[post("/v1/exports")]
async fn create_export(call: Call<NoQuery, ExportRequest>) -> Answer {
    let done = report::create(&call.app, &call.caller, &call.body).await?;
    let view = report::read(&call.app, &call.caller, done.id.into()).await?;
    call.accepted(&format!("/v1/exports/{}", view.id), done, &view)
}

/// Read an export
///
/// Where it stands, and how many rows it has. Only whoever asked for it sees it.
#[utoipa::path(
    tag = "reports",
    params(("id" = relais_domain::shared::ids::ExportId, Path, description = "The export")),
    responses((status = 200, description = "The export", body = ExportView)),
    extensions(("x-permission" = json!("referrals:export")))
)]
#[get("/v1/exports/{id}")]
async fn read_export(call: Call) -> Answer {
    call.item(&report::read(&call.app, &call.caller, call.id()?).await?)
}

/// The next piece of a file that is kept, and the rest.
async fn next_piece((app, mut pieces): (Arc<App>, FilePieces)) -> Option<(Result<Bytes, Refusal>, (Arc<App>, FilePieces))> {
    let piece = pieces.next(&app).await.transpose()?;
    Some((piece.map(Bytes::from), (app, pieces)))
}

/// Fetch the file of an export
///
/// For 24 hours from when it was written, as often as you like.
#[utoipa::path(
    tag = "reports",
    params(("id" = relais_domain::shared::ids::ExportId, Path, description = "The export")),
    responses((
        status = 200,
        description = "The file",
        content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
    ), (status = 409, description = "It is not written yet, or no longer there")),
    extensions(("x-permission" = json!("referrals:export")))
)]
#[get("/v1/exports/{id}/content")]
async fn read_export_content(call: Call) -> Answer {
    let pieces = report::content(&call.app, &call.caller, call.id()?, call.is_head()).await?;
    let mut response = match pieces.format {
        ExportFormat::Csv => attachment(CSV, "referrals.csv"),
        ExportFormat::Xlsx => attachment(XLSX, "referrals.xlsx"),
    };
    if call.is_head() {
        return Ok(response.streaming(stream::empty::<Result<Bytes, Refusal>>()));
    }
    Ok(response.streaming(Box::pin(stream::unfold((Arc::clone(&call.app), pieces), next_piece))))
}
