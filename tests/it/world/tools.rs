//! What drills need besides the API: their size, deadlines, the database itself, the program as a command.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use serde_json::Value;

use super::program::command;
use super::{Answer, Client, Copy, World};

/// Whether this is the long proof (`RELAIS_PROOF=full`).
pub fn is_full() -> bool {
    std::env::var("RELAIS_PROOF").is_ok_and(|size| size == "full")
}

/// How often to repeat: in the long proof, and in an ordinary run.
pub fn size(full: usize, short: usize) -> usize {
    if is_full() { full } else { short }
}

/// Asks again and again until the answer is yes; fails when it is not within the deadline.
pub async fn until(what: &str, within: Duration, condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < within, "{what}: not within {within:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Asks until the answer is yes: what others do is found within a second, and a busy machine is given time.
pub async fn eventually(what: &str, condition: impl AsyncFn() -> bool) {
    until(what, Duration::from_secs(30), condition).await;
}

/// Asks again while the answer is 503: two programs may wait for one SQLite file longer than a request is worth.
pub async fn patiently(ask: impl AsyncFn() -> Answer) -> Answer {
    let mut answer = ask().await;
    for _ in 0..5 {
        if !is_busy(&answer) {
            break;
        }
        answer = ask().await;
    }
    answer
}

/// Whether an answer asks to come again.
fn is_busy(answer: &Answer) -> bool {
    let busy = answer.status == 503;
    assert!(!busy || !answer.header("retry-after").is_empty(), "{}", answer.text);
    busy
}

impl Client {
    /// Posts, and again while the answer is 503, in a task of its own.
    pub async fn insists(self, path: String, body: Value) -> Answer {
        let mut answer = self.post(&path, body.clone()).await;
        for _ in 0..5 {
            if !is_busy(&answer) {
                break;
            }
            answer = self.post(&path, body.clone()).await;
        }
        answer
    }
}

/// The first column of the first row, a number.
pub async fn number(database: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}")).unwrap();
    row.try_get_by_index(0).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Waits until every event and mutation entry has its place; entries of accesses are written with theirs.
pub async fn sequenced(database: &DatabaseConnection) {
    until("all entries have their place", Duration::from_mins(1), async || {
        let waiting = "SELECT (SELECT count(*) FROM event WHERE position IS NULL) \
            + (SELECT count(*) FROM mutation_entry WHERE position IS NULL)";
        number(database, waiting).await == 0
    })
    .await;
}

impl World {
    /// Nobody signed in, at a second program on the same database.
    pub fn anybody_at(&self, base: &str) -> Client {
        Client::new(self.http.clone(), base.to_owned(), Value::Null)
    }
}

impl Copy {
    /// A connection of the test's own.
    pub async fn connect(&self) -> DatabaseConnection {
        Database::connect(&self.database_url).await.unwrap()
    }

    /// The program, to be run on this copy with more settings; an empty value takes a setting away.
    pub fn command(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = command(self);
        command.args(arguments);
        for (name, value) in settings {
            if value.is_empty() {
                command.env_remove(name)
            } else {
                command.env(name, value)
            };
        }
        command
    }

    /// Runs a command that reads this from its standard input.
    pub fn runs_with_input(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments, &[]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Runs a command that succeeds and prints JSON.
    #[track_caller]
    pub fn tells(&self, arguments: &[&str]) -> Value {
        let output = self.runs(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", errors(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// What a command said on its standard error.
pub fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
