//! Answers: single resources with their tag, lists with their links, effects with their status.

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use relais_app::{Done, Page};
use serde::Serialize;

use super::Call;
use crate::problem::Fault;

/// What a handler gives back.
pub type Answer = Result<HttpResponse, Fault>;

/// A single resource: its version and what of it the reader may see decide its tag.
pub trait Item: Serialize {
    /// The version of the row.
    fn version(&self) -> i32;

    /// The categories that are open to the reader, as bits; 0 where nothing is ever hidden.
    fn mask(&self) -> i32 {
        0
    }
}

/// Whether the reader has what this tag stands for (`If-None-Match`, compared weakly; RFC 9110 §13.1.2).
fn has(request: &HttpRequest, tag: &str) -> bool {
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// An answer with its tag, and how long it may be kept: 200 with the body, or 304 to whoever has it.
pub fn tagged(
    request: &HttpRequest,
    tag: &str,
    caching: Option<&str>,
    body: impl FnOnce(&mut HttpResponseBuilder) -> HttpResponse,
) -> HttpResponse {
    let same = has(request, tag);
    let mut response = if same { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, tag));
    if let Some(caching) = caching {
        response.insert_header((header::CACHE_CONTROL, caching));
    }
    if same { response.finish() } else { body(&mut response) }
}

impl<Q, B> Call<Q, B> {
    fn tag(&self, item: &impl Item) -> String {
        format!("\"{}.{}.{}\"", item.version(), item.mask(), self.caller.language)
    }

    /// Whether the reader has this very state of a resource (`If-None-Match`).
    pub fn knows(&self, item: &impl Item) -> bool {
        has(&self.request, &self.tag(item))
    }

    /// A resource that was read: 200 with its tag, or 304 when the reader has it.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn item(&self, item: &impl Item) -> Answer {
        Ok(tagged(&self.request, &self.tag(item), None, |response| response.json(item)))
    }

    /// A resource that was made or changed: its status, tag and, when made, its place.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn effect(&self, done: Done, item: &impl Item) -> Answer {
        self.effect_in(self.request.path(), done, item)
    }

    /// As [`Call::effect`], for a resource that stands in another collection than the one it was made through.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn effect_in(&self, collection: &str, done: Done, item: &impl Item) -> Answer {
        let mut response = self.respond(collection, done);
        response.insert_header((header::ETAG, self.tag(item)));
        Ok(response.json(item))
    }

    /// An effect whose answer is no versioned resource.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn effect_plain(&self, done: Done, body: &impl Serialize) -> Answer {
        Ok(self.respond(self.request.path(), done).json(body))
    }

    /// Work that was begun and goes on in the background: 202, and where it is seen.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn accepted(&self, place: &str, done: Done, item: &impl Item) -> Answer {
        let mut response = self.respond(place, done);
        let place = format!("{}{place}", self.app.settings.public_url);
        Ok(response.insert_header((header::LOCATION, place)).insert_header((header::ETAG, self.tag(item))).json(item))
    }

    /// 204 for what is gone or needs no words.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn nothing(&self, done: Done) -> Answer {
        Ok(self.respond(self.request.path(), done).status(StatusCode::NO_CONTENT).finish())
    }

    /// A plain body.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn plain(&self, body: &impl Serialize) -> Answer {
        Ok(HttpResponse::Ok().json(body))
    }

    /// Public data with its tag, which may be kept by caches for an hour: 200, or 304 when the reader has it.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn cacheable<T: Serialize>(&self, answer: &(T, String)) -> Answer {
        self.cacheable_for(3600, answer)
    }

    /// As [`Call::cacheable`], for so many seconds.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn cacheable_for<T: Serialize>(&self, seconds: u32, (body, tag): &(T, String)) -> Answer {
        let caching = format!("public, max-age={seconds}");
        Ok(tagged(&self.request, tag, Some(&caching), |response| response.json(body)))
    }

    /// A page of a list, with the link to the next where it is read by its address.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn list<T: Serialize>(&self, page: &Page<T>) -> Answer {
        self.linked(page.next_cursor.as_deref(), page)
    }

    /// As [`Call::list`], for a page with more around it.
    ///
    /// # Errors
    /// None of its own; the shape fits the handlers.
    pub fn linked(&self, next_cursor: Option<&str>, page: &impl Serialize) -> Answer {
        let mut response = HttpResponse::Ok();
        // A search is a POST: the cursor of its next page belongs in the body, and no address leads there.
        if let Some(cursor) = next_cursor.filter(|_| self.request.method() != Method::POST) {
            let query = self.request.query_string();
            let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
            let pairs = kept.map(ToOwned::to_owned).chain([format!("cursor={cursor}")]).collect::<Vec<_>>().join("&");
            let next = format!("<{}{}?{pairs}>; rel=\"next\"", self.app.settings.public_url, self.request.path());
            response.insert_header((header::LINK, next));
        }
        Ok(response.json(page))
    }

    fn respond(&self, collection: &str, done: Done) -> HttpResponseBuilder {
        let status = StatusCode::from_u16(self.status(done)).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        if status == StatusCode::CREATED {
            let place = format!("{}{}/{}", self.app.settings.public_url, collection.trim_end_matches('/'), done.id);
            response.insert_header((header::LOCATION, place));
        }
        if done.replayed {
            response.insert_header(("idempotency-replayed", "true"));
        }
        response
    }
}
