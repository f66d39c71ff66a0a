//! A page, or everything as ndjson: read and sent part by part, so that memory stays flat.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::stream::try_unfold;
use relais_app::directory::hsds::{Chunk, HsdsPage, Listing, Paging, Record};
use relais_app::{App, Refusal};
use serde::Serialize;

use crate::door::{Answer, Call};

/// The media type of ndjson.
const NDJSON: &str = "application/x-ndjson";

/// A page of a list, or all of it.
pub async fn answer<Q, R: Record + 'static>(call: &Call<Q>, listing: Listing<R>, paging: &Paging) -> Answer {
    if !paging.is_ndjson() {
        return call.plain(&listing.page(&call.app, paging).await?);
    }
    // What is refused is refused before the first byte.
    let first = listing.chunk(&call.app, None).await?;
    let rest = try_unfold((Arc::clone(&call.app), listing, Next::Have(first)), go_on);
    Ok(HttpResponse::Ok().content_type(NDJSON).streaming(rest))
}

/// A page of a list that is all there, or its lines.
pub fn plain<Q, T: Serialize>(call: &Call<Q>, page: &HsdsPage<T>, paging: &Paging) -> Answer {
    if paging.is_ndjson() { Ok(HttpResponse::Ok().content_type(NDJSON).body(lines(&page.contents)?)) } else { call.plain(page) }
}

enum Next<R> {
    Have(Chunk<R>),
    After(relais_app::directory::hsds::Found),
    End,
}

type State<R> = (Arc<App>, Listing<R>, Next<R>);

async fn go_on<R: Record>((app, listing, next): State<R>) -> Result<Option<(Bytes, State<R>)>, Refusal> {
    let chunk = match next {
        Next::End => return Ok(None),
        Next::Have(chunk) => chunk,
        Next::After(last) => listing.chunk(&app, Some(last)).await?,
    };
    let next = chunk.next.map_or(Next::End, Next::After);
    Ok(Some((lines(&chunk.records)?.into(), (app, listing, next))))
}

fn lines<T: Serialize>(records: &[T]) -> Result<Vec<u8>, Refusal> {
    let mut written = Vec::new();
    for record in records {
        serde_json::to_writer(&mut written, record).map_err(|error| Refusal::Failed(error.to_string()))?;
        written.push(b'\n');
    }
    Ok(written)
}
