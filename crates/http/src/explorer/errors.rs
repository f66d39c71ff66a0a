//! The catalogue of errors: as a list for programs, and one page for each code.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use relais_app::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::door::{Answer, Call};
use crate::problem::catalogue::{self, ErrorCode};

/// Every code that a problem document can carry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorCatalogue {
    /// The codes, by status.
    pub items: Vec<ErrorCode>,
}

/// Lists the codes of all errors
///
/// Every `code` that a problem document or one of its `errors` can carry, worded in the caller's language.
#[utoipa::path(
    tag = "documentation",
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, description = "The catalogue.", body = ErrorCatalogue)),
)]
#[get("/v1/errors")]
pub async fn list_errors(call: Call) -> Answer {
    call.plain(&ErrorCatalogue { items: catalogue::all(call.caller.language) })
}

/// Explains one error
///
/// The page that the `type` of a problem document names: what the code means and what to do. JSON, or HTML for browsers.
#[utoipa::path(
    tag = "documentation",
    params(("code" = String, Path, description = "The `code` of a problem document.")),
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, description = "The code, explained.", content((ErrorCode = "application/json"), (String = "text/html")))),
)]
#[get("/errors/{code}")]
pub async fn read_error(call: Call, request: HttpRequest) -> Answer {
    let error = catalogue::one(call.path_text("code")?, call.caller.language).ok_or(Refusal::NotFound)?;
    if !wants_html(&request) {
        return call.plain(&error);
    }
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'"));
    Ok(response.body(page(&error, &call.caller.language.to_string())))
}

/// Whether a browser asks.
fn wants_html(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match (accepted.find("text/html"), accepted.find("application/json")) {
        (Some(html), Some(json)) => html < json,
        (html, _) => html.is_some(),
    }
}

/// The page; all that stands in it is our own text.
fn page(error: &ErrorCode, language: &str) -> String {
    let ErrorCode { code, status, title, detail } = error;
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{code} – Relais</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"../docs/relais.css\"></head>\
         <body class=\"page\"><h1>{title}</h1><p><code>{code}</code> · HTTP {status}</p><p lang=\"en\">{detail}</p>\
         <p><a href=\"../docs\">API</a></p></body></html>\n"
    )
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_browser_gets_a_page_and_a_program_gets_json() {
        let asks = |accept: &str| wants_html(&TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request());
        assert!(asks("text/html,application/xhtml+xml,*/*;q=0.8"));
        assert!(!asks("application/json"));
        assert!(!asks("application/json, text/html;q=0.5"));
        assert!(!asks("*/*"));
    }

    #[test]
    fn no_word_of_the_catalogue_needs_escaping() {
        use relais_domain::shared::contact::Language;
        for language in [Language::En, Language::Fr] {
            for error in catalogue::all(language) {
                assert!(!format!("{}{}{}", error.code, error.title, error.detail).contains(['<', '>', '&']), "{}", error.code);
            }
        }
    }
}
