//! Where a link in a sandbox mail leads: one referral, as readable text, for a receiver without an account.

use actix_web::get;

use super::pages::html;
use crate::door::{Answer, Call};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Shows the page behind an access link
///
/// The link's token stands in the fragment of the address, which browsers do not send. The page exchanges it and shows
/// the referral. Installations have their own front end for this; the page is part of the sandbox.
#[utoipa::path(
    tag = "sandbox",
    extensions(("x-permission" = json!("public")), ("x-sandbox-only" = json!(true))),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
)]
#[get("/l")]
pub async fn read_link_page(_call: Call) -> Answer {
    Ok(html(include_str!("link.html"), POLICY))
}
