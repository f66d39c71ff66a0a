//! The access journal: an answer that shows a person's content leaves only after its entry is durable. One task batches
//! what has arrived into one short transaction.

use relais_domain::access::Mask;
use relais_domain::identity::Actor;
use relais_domain::shared::ids::OrganisationId;
use relais_persistence::audit::access::{self, Access, Seen};
use relais_persistence::{Ctx, Db};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::state::CHANCE;
use crate::{App, Caller, Refusal};

type Waiting = (Access, oneshot::Sender<bool>);

/// The handle to the batching task.
#[derive(Clone, Debug)]
pub struct AccessJournal {
    sender: mpsc::Sender<Waiting>,
}

const MOST_WAITING: usize = 4096;
const MOST_IN_ONE_BATCH: usize = 256;

impl AccessJournal {
    /// Starts the batching task.
    pub fn start(db: Db) -> Self {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        tokio::spawn(batches(db, receiver));
        Self { sender }
    }

    async fn write(&self, access: Access) -> Result<(), Refusal> {
        let (done, told) = oneshot::channel();
        self.sender.send((access, done)).await.map_err(|_| Refusal::Busy)?;
        match told.await {
            Ok(true) => Ok(()),
            _ => Err(Refusal::Busy),
        }
    }
}

async fn batches(db: Db, mut receiver: mpsc::Receiver<Waiting>) {
    let (mut batch, mut seen) = (Vec::with_capacity(MOST_IN_ONE_BATCH), Seen::default());
    while receiver.recv_many(&mut batch, MOST_IN_ONE_BATCH).await > 0 {
        let (entries, waiting): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let written = write(&db, &entries, &mut seen).await;
        if let Err(error) = &written {
            tracing::error!(%error, "the access journal could not be written");
        }
        for done in waiting {
            // A caller that went away needs no answer; its entry stands.
            let _ = done.send(written.is_ok());
        }
    }
}

async fn write(db: &Db, entries: &[Access], seen: &mut Seen) -> Result<(), relais_persistence::Failure> {
    let Some(first) = entries.first() else { return Ok(()) };
    let ctx = Ctx {
        actor: Actor::Nobody,
        on_behalf_of: None,
        request_id: String::new(),
        purpose: None,
        now: first.business_at,
        real_now: first.at,
        chance: CHANCE,
    };
    access::append(db, &ctx, entries, seen).await
}

/// Notes that a caller was shown content of `ids`, and waits until the note is durable. Nothing is noted when nothing
/// beyond existence was shown.
///
/// # Errors
/// [`Refusal::Busy`] when it could not be written: then the content must not leave.
pub async fn shown(app: &App, caller: &Caller, kind: &'static str, ids: Vec<Uuid>, categories: Mask) -> Result<(), Refusal> {
    note(app, caller, ("shown", app.ctx(caller).on_behalf_of), kind, ids, categories).await
}

/// Notes that a caller was refused on an existing row.
///
/// # Errors
/// As [`shown`].
pub async fn refused(app: &App, caller: &Caller, kind: &'static str, id: Uuid) -> Result<(), Refusal> {
    note(app, caller, ("refused", app.ctx(caller).on_behalf_of), kind, vec![id], Mask::default()).await
}

/// As [`refused`], in the journal of whoever has the row: that of the caller's own organisation would tell that there is one.
///
/// # Errors
/// As [`shown`].
pub async fn refused_at(
    app: &App,
    caller: &Caller,
    organisation: Option<OrganisationId>,
    kind: &'static str,
    id: Uuid,
) -> Result<(), Refusal> {
    note(app, caller, ("refused", organisation), kind, vec![id], Mask::default()).await
}

async fn note(
    app: &App,
    caller: &Caller,
    (outcome, organisation): (&'static str, Option<OrganisationId>),
    kind: &'static str,
    ids: Vec<Uuid>,
    categories: Mask,
) -> Result<(), Refusal> {
    if ids.is_empty() {
        return Ok(());
    }
    let ctx = app.ctx(caller);
    let access = Access {
        id: (ctx.chance.id)(),
        at: ctx.real_now,
        business_at: ctx.now,
        actor: ctx.actor,
        organisation,
        request_id: ctx.request_id,
        purpose: ctx.purpose,
        operation: caller.request.operation.clone(),
        outcome,
        categories,
        object_kind: kind,
        object_ids: ids,
    };
    app.accesses.write(access).await
}
