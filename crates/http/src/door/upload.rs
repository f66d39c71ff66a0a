//! Files that are taken in piece by piece: however large they are, only a piece of them is in memory.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use relais_app::Refusal;
use relais_app::directory::import::Packing;
use relais_domain::document::FileType;
use tokio::time::{Instant, timeout_at};

use super::Call;
use super::call::{enter, header_text};
use crate::problem::Fault;

/// After this time an upload has to have come at the least speed on average.
const GRACE: Duration = Duration::from_secs(10);
/// The least speed, in bytes a second.
const LEAST_SPEED: u64 = 16_000;
/// An upload is over within this time: two gigabytes at some ten megabits a second.
const DEADLINE: Duration = Duration::from_mins(30);
/// A file that a person hands in is over within this time.
const FILE_DEADLINE: Duration = Duration::from_mins(5);

/// A request with a file, which passed the door; the file itself is still on its way.
#[derive(Debug)]
pub struct Upload {
    /// The request.
    pub call: Call,
    /// How the file is packed.
    pub packing: Packing,
    /// The file.
    pub file: Stream,
}

/// The pieces of a file.
pub struct Stream {
    payload: Payload,
    begun: Instant,
    received: u64,
    deadline: Duration,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("received", &self.received).finish_non_exhaustive()
    }
}

impl Stream {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// `body_too_slow` (408), `body_incomplete` (400) when it was cut off on its way.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        let earned = Duration::from_millis(self.received.saturating_mul(1000) / LEAST_SPEED);
        let deadline = self.begun + (GRACE + earned).min(self.deadline);
        match timeout_at(deadline, self.payload.next()).await {
            Err(_) => Err(Refusal::BadRequest("body_too_slow")),
            Ok(None) => Ok(None),
            Ok(Some(Err(_))) => Err(Refusal::BadRequest("body_incomplete")),
            Ok(Some(Ok(piece))) => {
                self.received += piece.len() as u64;
                Ok(Some(piece))
            }
        }
    }
}

/// How a file of JSON is packed, by its headers.
fn packing(request: &HttpRequest) -> Result<Packing, Refusal> {
    let declared = header_text(request, "content-type").unwrap_or_default().to_ascii_lowercase();
    let encoding = header_text(request, "content-encoding").unwrap_or("identity").trim().to_ascii_lowercase();
    let packing = match (declared.split(';').next().unwrap_or_default().trim(), encoding.as_str()) {
        ("application/json" | "application/x-ndjson", "identity" | "") => Packing::Plain,
        ("application/json" | "application/x-ndjson", "gzip") | ("application/gzip", "identity" | "") => Packing::Gzip,
        _ => return Err(Refusal::BadRequest("unsupported_media_type")),
    };
    Ok(packing)
}

/// A request with a file that a person hands in, which passed the door; the file itself is still on its way.
#[derive(Debug)]
pub struct FileUpload {
    /// The request.
    pub call: Call,
    /// The file.
    pub file: Stream,
    /// The name of the file; empty when none is told.
    pub name: String,
    /// Its length, where it is told.
    pub length: Option<usize>,
}

/// The name of a file, by its header: names are personal, and a URL is no place for them.
fn file_name(request: &HttpRequest) -> String {
    let told = request.headers().get(header::CONTENT_DISPOSITION).and_then(|value| header::ContentDisposition::from_raw(value).ok());
    let Some(told) = told else { return String::new() };
    let extended = told.get_filename_ext().map(|name| String::from_utf8_lossy(&name.value).into_owned());
    extended.or_else(|| told.get_filename().map(ToOwned::to_owned)).unwrap_or_default()
}

/// A file comes as itself, or as bytes of no particular kind: what it is decides its name, and then its content.
fn is_file(request: &HttpRequest) -> bool {
    let declared = header_text(request, "content-type").unwrap_or("application/octet-stream").to_ascii_lowercase();
    let declared = declared.split(';').next().unwrap_or_default().trim();
    let packed = header_text(request, "content-encoding").is_some_and(|encoding| !encoding.trim().eq_ignore_ascii_case("identity"));
    !packed && (declared == "application/octet-stream" || FileType::ALL.iter().any(|kind| kind.media_type() == declared))
}

impl FromRequest for FileUpload {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Fault>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let begun = Instant::now();
            let call: Call = enter(request.clone(), &mut payload).await?;
            if !is_file(&request) {
                return Err(Refusal::BadRequest("unsupported_media_type").into());
            }
            let length = header_text(&request, "content-length").and_then(|length| length.parse().ok());
            let file = Stream { payload, begun, received: 0, deadline: FILE_DEADLINE };
            Ok(Self { call, file, name: file_name(&request), length })
        })
    }
}

impl FromRequest for Upload {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Fault>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let begun = Instant::now();
            let call: Call = enter(request.clone(), &mut payload).await?;
            let packing = packing(&request)?;
            Ok(Self { call, packing, file: Stream { payload, begun, received: 0, deadline: DEADLINE } })
        })
    }
}
