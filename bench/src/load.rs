//! Loading a running server from kept connections.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::Fault;
use crate::chance::Chance;
use crate::directory::copies;
use crate::directory::questions::Questions;
use crate::http::Client;
use crate::scans;
use crate::timing::{self, Timing};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Op {
    /// Read one referral.
    Detail,
    /// Read a page of 50 of the operator's box `to_handle`.
    Inbox,
    /// Count the operator's inbox.
    InboxCounts,
    /// Make a draft and send it: two requests, timed together.
    CreateSend,
    /// Take in charge a referral that was sent.
    Accept,
    /// Hand over a referral that was sent, to the structure of another operator.
    Redirect,
    /// Hand in a scanned page of 6 MB, a PDF or a PNG.
    Upload,
    /// Sign in with a password.
    Login,
    /// Search near a commune, by topic.
    SearchNear,
    /// The same, with counts of what there is.
    SearchFacets,
    /// Search by words, one of them mistyped, near a commune.
    SearchTypo,
    /// Search by words everywhere.
    SearchText,
    /// Read one service.
    ServiceDetail,
    /// Read a page of 50 of the façade of HSDS.
    HsdsPage,
    /// Complete the name of a place.
    PlaceComplete,
}

impl Op {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detail => "detail",
            Self::Inbox => "inbox",
            Self::InboxCounts => "inbox_counts",
            Self::CreateSend => "create_send",
            Self::Accept => "accept",
            Self::Redirect => "redirect",
            Self::Upload => "upload",
            Self::Login => "login",
            Self::SearchNear => "search_near",
            Self::SearchFacets => "search_facets",
            Self::SearchTypo => "search_typo",
            Self::SearchText => "search_text",
            Self::ServiceDetail => "service_detail",
            Self::HsdsPage => "hsds_page",
            Self::PlaceComplete => "place_complete",
        }
    }

    /// Whether it changes something: then its transactions are compared, and SQLite has one writer.
    pub const fn is_act(self) -> bool {
        self.uses_pool() || matches!(self, Self::CreateSend | Self::Upload)
    }

    /// Whether each run takes a referral of the pool, which it takes once.
    pub const fn uses_pool(self) -> bool {
        matches!(self, Self::Accept | Self::Redirect)
    }

    /// Whether nobody signs in for it.
    const fn is_public(self) -> bool {
        !self.is_act() && !matches!(self, Self::Detail | Self::Inbox | Self::InboxCounts)
    }

    /// Who of the demo does it.
    const fn persona(self) -> &'static str {
        if matches!(self, Self::CreateSend | Self::Upload) { "prescriber" } else { "operator" }
    }
}

/// Options of `load`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// `http://host:port`
    #[arg(long)]
    base: String,
    #[arg(long, value_enum)]
    op: Op,
    /// What `relais demo --json` printed
    #[arg(long)]
    demo: PathBuf,
    #[arg(long, default_value_t = 16)]
    connections: usize,
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Runs before the time is taken
    #[arg(long, default_value_t = 1)]
    warm_up: u64,
    /// Ids of referrals, one a line
    #[arg(long)]
    ids: Option<PathBuf>,
    /// The service to ask for
    #[arg(long)]
    service: Option<String>,
    /// The communes that are asked for, as `directory-fill` takes them
    #[arg(long)]
    places: Option<PathBuf>,
    /// How many services the directory has
    #[arg(long, default_value_t = 20_000)]
    services: u64,
    /// `name=value`, added to the result
    #[arg(long)]
    label: Vec<String>,
}

/// What the connections share.
pub struct Script {
    op: Op,
    ids: Vec<String>,
    next: AtomicUsize,
    service: String,
    login: String,
    hand_over: String,
    files: Vec<(&'static str, Vec<u8>)>,
    questions: Option<Questions>,
}

/// What came of one step.
pub enum Step {
    /// It went well; the answer, or the file that was sent, had so many bytes.
    Done(usize),
    /// It did not.
    Wrong(String),
    /// Nothing is left to do.
    Over,
}

fn persona<'a>(demo: &'a Value, op: Op, field: &str) -> Result<&'a str, Fault> {
    let who = op.persona();
    let found = demo.get("personas").and_then(|all| all.get(who)).and_then(|one| one.get(field)).and_then(Value::as_str);
    Ok(found.ok_or_else(|| format!("the demo has no {field} of {who}"))?)
}

/// The token with which an operation is done; none to sign in, and none for what is public.
pub fn token(demo: &Value, op: Op) -> Result<Option<&str>, Fault> {
    if op.is_public() { Ok(None) } else { persona(demo, op, "token").map(Some) }
}

impl Script {
    /// For one operation.
    pub fn new(demo: &Value, op: Op, ids: Vec<String>, service: &str) -> Result<Self, Fault> {
        let login = json!({"email": persona(demo, op, "email")?, "password": persona(demo, op, "password")?}).to_string();
        let next = demo.pointer("/personas/operator_2/organisation_id").and_then(Value::as_str).unwrap_or_default();
        let hand_over = json!({"organisation_id": next, "code": "closer_service", "person_agreed": true}).to_string();
        let files = if op == Op::Upload { vec![("scan.pdf", scans::pdf()), ("scan.png", scans::png())] } else { vec![] };
        Ok(Self { op, ids, next: AtomicUsize::new(0), service: service.to_owned(), login, hand_over, files, questions: None })
    }

    fn draft(&self, name: &str) -> String {
        json!({"service_id": self.service, "person": {"family_name": name, "given_name": "Awa", "contact_preferences": ["phone"],
            "phone": "06 39 98 12 34", "birth_year": 1998, "commune": "59350", "language": "fr"},
            "reason": "Cherche un emploi durable, souhaite être accompagnée de près et préparer des entretiens.",
            "situation": "Hébergée par une amie, pas de moyen de transport personnel, deux enfants scolarisés.",
            "person_agreed": true, "person_informed": true})
        .to_string()
    }

    /// Does it once.
    pub async fn step(&self, client: &mut Client, chance: &mut Chance) -> Result<Step, Fault> {
        let number = usize::try_from(chance.next() >> 32)?;
        let any = || self.ids.get(number % self.ids.len().max(1)).map(String::as_str).unwrap_or_default();
        let (answer, wanted) = match self.op {
            Op::Detail => (client.ask("GET", &format!("/v1/referrals/{}", any()), None).await?, 200),
            Op::Inbox => (client.ask("GET", "/v1/referrals?box=to_handle&limit=50", None).await?, 200),
            Op::InboxCounts => (client.ask("GET", "/v1/inbox", None).await?, 200),
            Op::Redirect => {
                let Some(id) = self.ids.get(self.next.fetch_add(1, Ordering::Relaxed)) else { return Ok(Step::Over) };
                (client.ask("POST", &format!("/v1/referrals/{id}/redirect"), Some(&self.hand_over)).await?, 200)
            }
            Op::Login => (client.ask("POST", "/v1/auth/login", Some(&self.login)).await?, 200),
            Op::Accept => {
                let Some(id) = self.ids.get(self.next.fetch_add(1, Ordering::Relaxed)) else { return Ok(Step::Over) };
                (client.ask("POST", &format!("/v1/referrals/{id}/accept"), Some("{}")).await?, 200)
            }
            Op::CreateSend => return self.create_and_send(client, &chance.letters()).await,
            Op::Upload => return self.upload(client, number).await,
            Op::ServiceDetail => (client.ask("GET", &format!("/v1/services/{}", any()), None).await?, 200),
            _ => {
                let questions = self.questions.as_ref().ok_or("this operation needs --places")?;
                let path = questions.one(self.op, chance)?.ok_or("nothing to ask")?;
                (client.ask("GET", &path, None).await?, 200)
            }
        };
        let right = answer.status == wanted;
        Ok(if right { Step::Done(answer.body.len()) } else { Step::Wrong(format!("{}", answer.status)) })
    }

    /// Hands in one of the files. Its bytes count, not those of the answer.
    async fn upload(&self, client: &mut Client, number: usize) -> Result<Step, Fault> {
        let (name, file) = self.files.get(number % self.files.len().max(1)).ok_or("no file to hand in")?;
        let answer = client.hand_in("/v1/uploads", name, file).await?;
        let said = || format!("{} {}", answer.status, String::from_utf8_lossy(answer.body));
        Ok(if answer.status == 202 { Step::Done(file.len()) } else { Step::Wrong(said()) })
    }

    /// Makes a draft for a person of this name, and sends it.
    pub async fn create_and_send(&self, client: &mut Client, name: &str) -> Result<Step, Fault> {
        let made = client.ask("POST", "/v1/referrals", Some(&self.draft(name))).await?;
        if made.status != 201 {
            return Ok(Step::Wrong(format!("create {}", made.status)));
        }
        let body: Value = serde_json::from_slice(made.body)?;
        let id = body.get("id").and_then(Value::as_str).ok_or("a draft without an id")?;
        let command = r#"{"override_reason":"Vérifié en entretien."}"#;
        let sent = client.ask("POST", &format!("/v1/referrals/{id}/send"), Some(command)).await?.status;
        Ok(if sent == 200 { Step::Done(0) } else { Step::Wrong(format!("send {sent}")) })
    }
}

/// Reads ids, one a line.
pub fn lines(path: Option<&PathBuf>) -> Result<Vec<String>, Fault> {
    let Some(path) = path else { return Ok(vec![]) };
    Ok(std::fs::read_to_string(path)?.lines().map(ToOwned::to_owned).collect())
}

/// Loads a server and prints what was measured.
pub async fn load(options: &Options) -> Result<(), Fault> {
    let demo: Value = serde_json::from_str(&std::fs::read_to_string(&options.demo)?)?;
    let service = options.service.as_deref().unwrap_or_default();
    let ids = match options.op {
        Op::ServiceDetail => (0..options.services).map(|number| copies::id(number).to_string()).collect(),
        _ => lines(options.ids.as_ref())?,
    };
    let mut script = Script::new(&demo, options.op, ids, service)?;
    script.questions = options.places.as_ref().map(|places| Questions::new(places, options.services)).transpose()?;
    let script = Arc::new(script);
    let warm = Duration::from_secs(options.warm_up);
    let end = warm + Duration::from_secs(options.seconds);
    let begun = Instant::now();
    let mut tasks = vec![];
    for connection in 0..options.connections {
        let mut client = Client::connect(&options.base, token(&demo, options.op)?).await?;
        let script = Arc::clone(&script);
        // Names must differ from those of an earlier run on the same database.
        let mut chance = Chance::new(u64::from(std::process::id()) << 16 | connection as u64);
        tasks.push(tokio::spawn(async move {
            let mut timing = Timing::default();
            let mut last = begun;
            while begun.elapsed() < end {
                let from = Instant::now();
                let step = script.step(&mut client, &mut chance).await;
                let counted = from.duration_since(begun) >= warm;
                match step {
                    Ok(Step::Over) => break,
                    Ok(Step::Done(bytes)) if counted => {
                        timing.add(from.elapsed());
                        timing.bytes += bytes;
                    }
                    Ok(Step::Done(_)) => {}
                    Ok(Step::Wrong(why)) => timing.wrong(why),
                    Err(error) => {
                        timing.wrong(error.to_string());
                        client.again().await?;
                    }
                }
                last = Instant::now();
            }
            Ok::<_, Fault>((timing, last))
        }));
    }
    let (mut all, mut last) = (Timing::default(), begun);
    for task in tasks {
        let (timing, ended) = task.await??;
        all.join(timing);
        last = last.max(ended);
    }
    let took = last.duration_since(begun).saturating_sub(warm);
    timing::print(all.line("server", options.op.name(), took), &options.label);
    Ok(())
}
