//! The world of a test: a program of its own on a database of its own, copied from one that the demo filled.
//!
//! `both! { async fn name(world) { … } }` runs a story on SQLite and on PostgreSQL. Nobody sleeps: time moves by
//! `world.moves_on("P10D")`.

mod answer;
mod clamd;
mod client;
mod document;
pub mod feed;
mod file;
mod looks;
mod newcomer;
mod program;
mod template;
pub mod tools;
mod verbs;

pub use answer::Answer;
pub use clamd::{MALWARE, clamd};
pub use client::{Client, ready_draft};
pub use document::{Document, Operation};
pub use file::{compound, docx, jpeg, named, odt, pdf, png, xlsx, zip};
pub use looks::{about, key_in, short, whole};
pub use newcomer::{PASSWORD, behind, sign_up};
pub use program::Program;
pub use template::Copy;

use serde_json::{Value, json};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// One test's program, database and people.
pub struct World {
    pub engine: Engine,
    pub copy: Copy,
    pub program: Program,
    http: reqwest::Client,
}

/// Runs a story on both databases, each in a test of its own.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident) $body:block)+) => {$(
        async fn $name($world: &$crate::world::World) $body

        $(#[$meta])*
        mod $name {
            #[tokio::test]
            async fn sqlite() {
                let world = $crate::world::World::open($crate::world::Engine::Sqlite).await;
                super::$name(&world).await;
                world.close().await;
            }

            #[tokio::test]
            async fn postgres() {
                let world = $crate::world::World::open($crate::world::Engine::Postgres).await;
                super::$name(&world).await;
                world.close().await;
            }
        }
    )+};
}

impl World {
    /// A fresh world with the demo's people in it.
    pub async fn open(engine: Engine) -> Self {
        Self::open_with(engine, &[]).await
    }

    /// The same, with more settings in the program's environment.
    pub async fn open_with(engine: Engine, settings: &[(&str, &str)]) -> Self {
        let copy = Copy::make(engine).await;
        let program = Program::start(&copy, settings);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { engine, copy, program, http }
    }

    /// Ends the program and drops the database.
    pub async fn close(self) {
        let Self { copy, program, .. } = self;
        program.stop();
        copy.drop_database().await;
    }

    /// A client of a second program on the same database.
    pub fn client_at(&self, base: &str, persona: &str) -> Client {
        Client::new(self.http.clone(), base.to_owned(), self.copy.persona(persona))
    }

    /// The contract as the program serves it.
    pub async fn document(&self) -> Document {
        Document::of(self.anybody().get("/openapi.json").await.good())
    }

    /// Somebody of the demo.
    pub fn persona(&self, persona: &str) -> Client {
        self.client_at(&self.program.base, persona)
    }

    /// Nobody signed in.
    pub fn anybody(&self) -> Client {
        Client::new(self.http.clone(), self.program.base.clone(), Value::Null)
    }

    pub fn prescriber(&self) -> Client {
        self.persona("prescriber")
    }

    pub fn operator(&self) -> Client {
        self.persona("operator")
    }

    /// Business time moves on (ISO 8601 duration); what is due on the way happens in its order.
    pub async fn moves_on(&self, by: &str) {
        self.prescriber().post("/v1/sandbox/clock", json!({"advance": by})).await.good();
    }

    /// All mails so far, oldest first.
    pub async fn mails(&self) -> Vec<Value> {
        let everybody = self.prescriber();
        let (mut mails, mut cursor) = (vec![], String::new());
        loop {
            let page = everybody.get(&format!("/v1/sandbox/mailbox?limit=200{cursor}")).await.good();
            mails.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return mails,
            }
        }
    }

    /// Waits until the worker has delivered what was enqueued: moves the clock by a minute, which runs what is due.
    pub async fn mails_arrive(&self) -> Vec<Value> {
        self.moves_on("PT1M").await;
        self.mails().await
    }

    /// The id of a published service by the beginning of its name.
    pub async fn service(&self, name: &str) -> String {
        let page = self.prescriber().get("/v1/services?limit=200").await.good();
        let found = page["items"].as_array().unwrap().iter().find(|service| service["name"].as_str().unwrap().starts_with(name));
        found.unwrap_or_else(|| panic!("no service called {name}"))["id"].as_str().unwrap().to_owned()
    }

    /// The id of a published service of a persona's organisation that takes referrals.
    pub async fn service_of(&self, persona: &str) -> String {
        let organisation = self.persona(persona).organisation().to_owned();
        let page =
            self.prescriber().get(&format!("/v1/services?limit=200&organisation={organisation}&accepts_referrals=true")).await.good();
        page["items"][0]["id"].as_str().expect("it has one").to_owned()
    }
}
