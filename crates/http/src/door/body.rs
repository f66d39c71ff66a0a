//! Taking in a body: bounded in size and time.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::web::BytesMut;
use futures_util::StreamExt as _;
use relais_app::Refusal;

/// JSON bodies are complete within this time.
const DEADLINE: Duration = Duration::from_secs(15);
/// The largest JSON body, in bytes.
pub const LARGEST: usize = 1024 * 1024;

/// Reads a body to its end.
///
/// # Errors
/// `body_too_big` (413), `body_too_slow` (408), `body_incomplete` (400).
pub async fn take(payload: &mut Payload) -> Result<BytesMut, Refusal> {
    let read = async {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Refusal::BadRequest("body_incomplete"))?;
            if bytes.len() + chunk.len() > LARGEST {
                return Err(Refusal::BadRequest("body_too_big"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    tokio::time::timeout(DEADLINE, read).await.unwrap_or(Err(Refusal::BadRequest("body_too_slow")))
}
