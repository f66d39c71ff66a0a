//! The sandbox's own operations.

use actix_web::{delete, get, post};
use relais_app::message::{KeptMailView, MailboxFilter};
use relais_app::platform::sandbox::{self, Advance, Advanced, ClockView};
use relais_app::{Done, Page};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::door::{Answer, Call, NoQuery};

/// Read the clock
///
/// Business time and real time. Reminders, expiry and "today" follow business time, tokens and sessions real time.
#[utoipa::path(
    tag = "sandbox",
    responses((status = 200, description = "Both clocks", body = ClockView)),
    extensions(("x-permission" = json!("signed_in")), ("x-sandbox-only" = json!(true)))
)]
#[get("/v1/sandbox/clock")]
pub async fn read_sandbox_clock(call: Call) -> Answer {
    call.plain(&sandbox::clock(&call.app).await?)
}

/// Move the clock forward
///
/// By a duration of weeks, days, hours and minutes (`advance`: `P10D`) or to an instant (`to`), at most three years at once, never
/// back. Business time steps through the due times on the way in their order: what is due at each runs to its end, mails
/// included, before the clock moves on. Answers when all of it has happened.
#[utoipa::path(
    tag = "sandbox",
    request_body = Advance,
    responses((status = 200, description = "The clock has moved", body = Advanced)),
    extensions(("x-permission" = json!("signed_in")), ("x-sandbox-only" = json!(true)), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/sandbox/clock")]
pub async fn move_sandbox_clock(call: Call<NoQuery, Advance>) -> Answer {
    call.plain(&sandbox::advance(&call.app, &call.caller, &call.body).await?)
}

/// Which mails.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MailboxQuery {
    /// To this address.
    #[param(max_length = 320)]
    to: Option<String>,
    /// Of this kind of notice.
    #[param(max_length = 60)]
    kind: Option<String>,
    /// How many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// Where the page before ended.
    #[param(max_length = 400)]
    cursor: Option<String>,
}

/// Read the mails that did not leave
///
/// A sandbox sends no mail: it keeps each, as it would have left, newest last.
#[utoipa::path(
    tag = "sandbox",
    params(MailboxQuery),
    responses((status = 200, description = "A page of mails", body = Page<KeptMailView>)),
    extensions(("x-permission" = json!("signed_in")), ("x-sandbox-only" = json!(true)))
)]
#[get("/v1/sandbox/mailbox")]
pub async fn list_sandbox_mailbox(call: Call<MailboxQuery>) -> Answer {
    let MailboxQuery { to, kind, .. } = call.query.clone();
    call.list(&sandbox::mailbox(&call.app, &call.caller, &MailboxFilter { to, kind }, &call.page()).await?)
}

/// Empty the mailbox
///
/// Forgets every mail that was kept so far.
#[utoipa::path(
    tag = "sandbox",
    responses((status = 204, description = "The mailbox is empty")),
    extensions(("x-permission" = json!("signed_in")), ("x-sandbox-only" = json!(true)), ("x-unversioned" = json!(true)))
)]
#[delete("/v1/sandbox/mailbox")]
pub async fn clear_sandbox_mailbox(call: Call) -> Answer {
    sandbox::empty_mailbox(&call.app, &call.caller).await?;
    call.nothing(Done::gone(Uuid::nil()))
}

/// Empty the sandbox
///
/// Deletes everything but the installation's keys and sets business time back to real time, so that the demo can run again. The
/// permission must reach the whole platform. Every account is gone afterwards, the caller's own included.
#[utoipa::path(
    tag = "sandbox",
    responses((status = 204, description = "The sandbox is empty")),
    extensions(("x-permission" = json!("jobs:write")), ("x-sandbox-only" = json!(true)), ("x-no-idempotency" = json!(true)))
)]
#[post("/v1/sandbox/reset")]
pub async fn reset_sandbox(call: Call) -> Answer {
    sandbox::reset(&call.app, &call.caller).await?;
    call.nothing(Done::gone(Uuid::nil()))
}
