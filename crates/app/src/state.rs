//! What every use case is handed: the database, the clock, the keys, the mail, the settings.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use relais_adapters::blobs::Blobs;
use relais_adapters::ids;
use relais_adapters::mail::Mailer;
use relais_adapters::password::Passwords;
use relais_adapters::scan::Scan;
use relais_adapters::time::Clock;
use relais_domain::identity::Actor;
use relais_domain::referral::Clocks;
use relais_persistence::{Chance, Ctx, Db};

use crate::access_journal::AccessJournal;
use crate::claim::Pulse;
use crate::directory::places;
use crate::directory::search::Search;
use crate::identity::SessionCache;
use crate::keys::Keys;
use crate::{Caller, Refusal};

/// The settings that use cases read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where clients reach the API, without a slash at the end.
    pub public_url: String,
    /// Where a link in a mail leads; `{token}` is replaced.
    pub link_url: String,
    /// The page on what becomes of people's data, for the mails to persons.
    pub data_notice_url: Option<String>,
    /// Sandbox: the clock may be moved, mails are kept.
    pub sandbox: bool,
    /// The delays of the platform.
    pub clocks: Clocks,
    /// Budgets are counted.
    pub limits: bool,
    /// Where files of the installation lie.
    pub data_dir: PathBuf,
    /// Where the files lie that people hand in.
    pub blobs: Blobs,
    /// Who searches them for malware.
    pub scan: Scan,
    /// This program, which reads documents in a process of its own.
    pub program: PathBuf,
}

/// The running program, as use cases see it: its parts, and the database connections of the thread that holds it.
#[derive(Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    parts: Arc<Parts>,
}

/// What all threads share.
#[derive(Debug)]
pub struct Parts {
    /// The two clocks.
    pub clock: Clock,
    /// The installation's keys.
    pub keys: Keys,
    /// Passwords.
    pub passwords: Passwords,
    /// Where mail goes outside the sandbox.
    pub mailer: Option<Mailer>,
    /// Settings.
    pub settings: Settings,
    /// The access journal's writer.
    pub accesses: AccessJournal,
    /// Sessions read within the last second.
    pub sessions: SessionCache,
    /// The background worker's pulse, and the lock that whoever moves the clock holds.
    pub pulse: Pulse,
    /// The places, in memory.
    pub places: places::Shelf,
    /// The published services, in memory.
    pub search: Search,
}

/// Ids and salts from the operating system.
pub const CHANCE: Chance = Chance { id: ids::fresh, salt: ids::random::<16> };

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl App {
    /// Puts the program together: loads or makes the keys, reads the clock.
    ///
    /// # Errors
    /// [`Refusal::Failed`] when the database or its keys cannot be used.
    pub async fn start(db: Db, master_key: &[u8; 32], mailer: Option<Mailer>, settings: Settings) -> Result<Arc<Self>, Refusal> {
        let clock = Clock::default();
        let ctx = Self::plain_ctx(&clock, Actor::CommandLine, "start");
        let keys = Keys::load(&db, &ctx, master_key, &settings.public_url).await?;
        let parts = Parts {
            accesses: AccessJournal::start(db.clone()),
            clock,
            keys,
            passwords: Passwords::new(2),
            mailer,
            settings,
            sessions: SessionCache::default(),
            pulse: Pulse::default(),
            places: places::Shelf::default(),
            search: Search::default(),
        };
        let app = Arc::new(Self { db, parts: Arc::new(parts) });
        app.read_clock().await?;
        places::reload(&app).await?;
        Ok(app)
    }

    /// The same program for one more thread, which opens `connections` of its own at most.
    #[must_use]
    pub fn for_thread(&self, connections: u32) -> Arc<Self> {
        Arc::new(Self { db: self.db.for_thread(connections), parts: Arc::clone(&self.parts) })
    }

    /// Takes over the offset of business time from the database.
    ///
    /// # Errors
    /// As any read.
    pub async fn read_clock(&self) -> Result<(), Refusal> {
        if self.settings.sandbox {
            self.clock.set_offset(relais_persistence::platform::instance::offset(&self.db).await?);
        }
        Ok(())
    }

    /// What the demo noted about itself, when it has run here: `{"personas": {name: {email, password, role}}}`.
    ///
    /// # Errors
    /// As any read.
    pub async fn demo(&self) -> Result<Option<serde_json::Value>, Refusal> {
        Ok(relais_persistence::platform::instance::demo(&self.db).await?)
    }

    /// The context of a caller's transaction.
    pub fn ctx(&self, caller: &Caller) -> Ctx {
        Ctx {
            actor: caller.actor,
            on_behalf_of: caller.acting_for.as_ref().map(|acting| acting.id),
            request_id: caller.request.id.clone(),
            purpose: caller.request.purpose.map(|purpose| purpose.code().to_owned()),
            now: self.clock.now(),
            real_now: self.clock.real_now(),
            chance: CHANCE,
        }
    }

    /// The context of the clock, the command line, or a request that nobody signed.
    pub fn system_ctx(&self, actor: Actor, request_id: &str) -> Ctx {
        Self::plain_ctx(&self.clock, actor, request_id)
    }

    fn plain_ctx(clock: &Clock, actor: Actor, request_id: &str) -> Ctx {
        let (now, real_now) = (clock.now(), clock.real_now());
        Ctx { actor, on_behalf_of: None, request_id: request_id.to_owned(), purpose: None, now, real_now, chance: CHANCE }
    }
}
