//! The explorer: Swagger UI from the binary, with a page and an initializer of our own.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use relais_app::Refusal;
use utoipa_swagger_ui::Config;

use super::documents::tagged_bytes;
use crate::door::{Answer, Call};

/// Scripts come from here and from nowhere else; Swagger UI sets styles on elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Files of Swagger UI that the page needs.
const VENDORED: &[&str] = &["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];

/// Files of our own: name, content type, text.
const OWN: &[(&str, &str, &str)] = &[
    ("explorer.js", "text/javascript; charset=utf-8", include_str!("explorer.js")),
    ("link.js", "text/javascript; charset=utf-8", include_str!("link.js")),
    ("relais.css", "text/css; charset=utf-8", include_str!("relais.css")),
];

/// Shows the explorer
///
/// A page that lists every operation and lets one try it. It works without a network; in a sandbox one chooses a persona.
#[utoipa::path(
    tag = "documentation",
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
)]
#[get("/docs")]
pub async fn read_explorer(_call: Call) -> Answer {
    Ok(html(include_str!("explorer.html"), POLICY))
}

/// Reads a file of the explorer
///
/// Scripts, styles and images of the pages under `/docs`, `/errors` and `/l`.
#[utoipa::path(
    tag = "documentation",
    params(("file" = String, Path, description = "The name of the file.")),
    extensions(("x-permission" = json!("public"))),
    responses(
        (status = 200, description = "The file.", content((String = "text/javascript"), (String = "text/css"), (String = "image/png"))),
        (status = 304, description = "The caller has this version."),
    ),
)]
#[get("/docs/{file}")]
pub async fn read_explorer_file(call: Call, request: HttpRequest) -> Answer {
    let name = call.path_text("file")?;
    let (content_type, bytes) = file(name)?;
    let tag = format!("\"{}\"", relais_app::fingerprint(&[name.as_bytes(), env!("CARGO_PKG_VERSION").as_bytes(), &bytes]));
    Ok(tagged_bytes(&request, &content_type, &tag, bytes))
}

fn file(name: &str) -> Result<(String, Bytes), Refusal> {
    if let Some((_, content_type, text)) = OWN.iter().find(|(own, _, _)| *own == name) {
        return Ok(((*content_type).to_owned(), Bytes::from_static(text.as_bytes())));
    }
    if !VENDORED.contains(&name) {
        return Err(Refusal::NotFound);
    }
    let found =
        utoipa_swagger_ui::serve(name, Arc::new(Config::from("/openapi.json"))).map_err(|error| Refusal::Failed(error.to_string()))?;
    let found = found.ok_or(Refusal::NotFound)?;
    Ok((found.content_type, Bytes::from(found.bytes.into_owned())))
}

/// A page with its policy.
pub(super) fn html(page: &'static str, policy: &'static str) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.content_type("text/html; charset=utf-8");
    response.insert_header((header::CONTENT_SECURITY_POLICY, policy)).insert_header((header::CACHE_CONTROL, "no-cache"));
    response.body(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_a_page_names_is_in_the_binary() {
        for page in [include_str!("explorer.html"), include_str!("link.html")] {
            assert!(!page.contains("<style") && !page.contains("onclick") && !page.contains("style="));
            for part in page.split("\"docs/").skip(1) {
                let name = part.split('"').next().unwrap();
                assert!(!file(name).unwrap().1.is_empty(), "{name}");
            }
            for script in page.split("<script").skip(1) {
                assert!(script.trim_start().starts_with("src=\"docs/"), "a script stands in the page itself");
            }
        }
        assert_eq!(file("../Cargo.toml").unwrap_err(), Refusal::NotFound);
        assert_eq!(file("index.html").unwrap_err(), Refusal::NotFound);
    }
}
