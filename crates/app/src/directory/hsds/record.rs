//! Lists of records that lie in the database: in pages, or all of them, part by part.

use std::marker::PhantomData;

use relais_domain::directory::hsds::{Manner, Organization, Service, ServiceAtLocation, organization, service, service_at_location};
use relais_persistence::directory::read::hsds as read;
use relais_persistence::directory::view::hsds::{Found, Listed, Wanted, Window};
use serde::Serialize;
use uuid::Uuid;

use super::page::HsdsPage;
use super::query::Paging;
use crate::directory::sight::Sight;
use crate::{App, Refusal};

/// How many records are read at once when all are wanted.
const CHUNK: u64 = 200;

/// A kind of record that is listed.
#[expect(async_fn_in_trait, reason = "only the types of this file have it, and their answers stay on one thread")]
pub trait Record: Serialize + Sized {
    /// What is listed.
    const LISTED: Listed;

    /// The records behind what was found. What has gone meanwhile is left out.
    ///
    /// # Errors
    /// As any read.
    async fn told(app: &App, found: &[Found], manner: Manner) -> Result<Vec<Self>, Refusal>;
}

/// A list, before it is read.
#[derive(Clone, Debug)]
pub struct Listing<R> {
    wanted: Option<Wanted>,
    manner: Manner,
    of: PhantomData<R>,
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Chunk<R> {
    /// The records.
    pub records: Vec<R>,
    /// After what the list goes on; `None` at its end.
    pub next: Option<Found>,
}

impl<R: Record> Listing<R> {
    pub(super) fn of(wanted: Option<Wanted>, manner: Manner) -> Self {
        Self { wanted, manner, of: PhantomData }
    }

    /// One page.
    ///
    /// # Errors
    /// As any read.
    pub async fn page(&self, app: &App, paging: &Paging) -> Result<HsdsPage<R>, Refusal> {
        let Some(wanted) = &self.wanted else { return Ok(HsdsPage::of(vec![], 0, paging)) };
        let public = Sight::public(app);
        let page = paging.asked();
        let window = Window::Page { offset: page.offset(), limit: page.size };
        let found = read::found(&app.db, public.eyes(), R::LISTED, wanted, window).await?;
        let total = read::count(&app.db, public.eyes(), R::LISTED, wanted).await?;
        Ok(HsdsPage::of(R::told(app, &found, self.manner).await?, total, paging))
    }

    /// The next part of the whole list, after the last one that is known.
    ///
    /// # Errors
    /// As any read.
    pub async fn chunk(&self, app: &App, last: Option<Found>) -> Result<Chunk<R>, Refusal> {
        let Some(wanted) = &self.wanted else { return Ok(Chunk { records: vec![], next: None }) };
        let window = Window::After { last, limit: CHUNK };
        let found = read::found(&app.db, Sight::public(app).eyes(), R::LISTED, wanted, window).await?;
        let more = u64::try_from(found.len()).is_ok_and(|number| number == CHUNK);
        let next = found.last().copied().filter(|_| more);
        Ok(Chunk { records: R::told(app, &found, self.manner).await?, next })
    }
}

fn ids<I: From<Uuid> + PartialEq>(found: &[Found]) -> Vec<I> {
    let mut ids: Vec<I> = found.iter().map(|one| one.id.into()).collect();
    ids.dedup();
    ids
}

impl Record for Service {
    const LISTED: Listed = Listed::Services;

    async fn told(app: &App, found: &[Found], manner: Manner) -> Result<Vec<Self>, Refusal> {
        let offered = read::offered(&app.db, Sight::public(app).eyes(), &ids(found)).await?;
        Ok(offered.iter().map(|(offer, organisation)| service(offer, organisation, manner)).collect())
    }
}

impl Record for ServiceAtLocation {
    const LISTED: Listed = Listed::Places;

    async fn told(app: &App, found: &[Found], manner: Manner) -> Result<Vec<Self>, Refusal> {
        let offered = read::offered(&app.db, Sight::public(app).eyes(), &ids(found)).await?;
        let at = |one: &Found| {
            let (offer, organisation) = offered.iter().find(|(offer, _)| offer.id.0 == one.id)?;
            service_at_location(offer, organisation, u8::try_from(one.number).ok()?, manner)
        };
        Ok(found.iter().filter_map(at).collect())
    }
}

impl Record for Organization {
    const LISTED: Listed = Listed::Organisations;

    async fn told(app: &App, found: &[Found], manner: Manner) -> Result<Vec<Self>, Refusal> {
        let faces = read::public_faces(&app.db, &ids(found)).await?;
        Ok(faces.iter().map(|face| organization(face, manner)).collect())
    }
}
