//! Configuration: every option is a flag and an environment variable, and weak ones are refused by name.

mod master_key;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use relais_adapters::blobs::{Blobs, Bucket};
use relais_adapters::mail::{MailAddress, Mailer};
use relais_adapters::scan::Scan;
use relais_app::{App, Settings};
use relais_domain::referral::Clocks;
use relais_domain::shared::{Blocker, Url};
use relais_persistence::Db;

use crate::command::Stop;

/// What every command needs to reach the data.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// The database: `sqlite:PATH` or `postgres://…`; SQLite in the data folder by default
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Where the installation keeps its files
    #[arg(long, env = "RELAIS_DATA_DIR", default_value = "./data", global = true)]
    pub data_dir: PathBuf,
    /// Sandbox: the clock can be moved and mails are kept instead of sent. Never with real people's data
    #[arg(long, env = "RELAIS_SANDBOX", default_value_t = false, num_args = 0..=1, default_missing_value = "true", global = true)]
    pub sandbox: bool,
    /// 32 bytes, hexadecimal or base64, that seal the keys in the database; with SQLite a file in the data folder by default
    #[arg(long, env = "RELAIS_MASTER_KEY", hide_env_values = true, global = true)]
    pub master_key: Option<String>,
    /// Where clients reach the API, without a slash at the end
    #[arg(long, env = "RELAIS_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// Where links in mails lead: a template with `{token}` in the fragment
    #[arg(long, env = "RELAIS_LINK_URL", global = true)]
    pub link_url: Option<String>,
    /// The page on what becomes of people's data, to which the mails to persons lead
    #[arg(long, env = "RELAIS_DATA_NOTICE_URL", global = true)]
    pub data_notice_url: Option<String>,
    #[command(flatten)]
    pub files: FileOptions,
    /// The mail server: `smtps://user:password@host` or `smtp://host:587?tls=required`
    #[arg(long, env = "RELAIS_SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<String>,
    /// The sender of mails
    #[arg(long, env = "RELAIS_MAIL_FROM", default_value = "Relais <relais@localhost.localdomain>", global = true)]
    pub mail_from: String,
    /// Budgets: `on` or, in the sandbox only, `off`
    #[arg(long, env = "RELAIS_LIMITS", default_value = "on", global = true)]
    pub limits: Switch,
    /// The delays that differ from the usual ones, as a JSON object: `{"remind_after_days": 7, "count": "working"}`
    #[arg(long, env = "RELAIS_CLOCKS", global = true)]
    pub clocks: Option<String>,
    /// Connections to PostgreSQL: a quarter for the background, the rest for the threads that answer
    #[arg(long, env = "RELAIS_DB_CONNECTIONS", default_value_t = 20, global = true)]
    pub db_connections: u32,
    /// Where the server listens
    #[arg(long, env = "RELAIS_BIND", default_value = "127.0.0.1:8080", global = true)]
    pub bind: SocketAddr,
    /// Origins that browsers may call from, separated by commas; never `*`
    #[arg(long, env = "RELAIS_CORS_ORIGINS", value_delimiter = ',', global = true)]
    pub cors_origins: Vec<String>,
}

/// Where the files lie that people hand in, and who searches them.
#[derive(Clone, Debug, Args)]
pub struct FileOptions {
    /// The bucket for files that people hand in; a folder in the data folder when unset
    #[arg(long, env = "RELAIS_BLOBS_BUCKET", global = true)]
    pub blobs_bucket: Option<String>,
    /// Where the bucket is, unless it is Amazon's: `https://…`
    #[arg(long, env = "RELAIS_BLOBS_ENDPOINT", global = true)]
    pub blobs_endpoint: Option<String>,
    /// The region of the bucket
    #[arg(long, env = "RELAIS_BLOBS_REGION", default_value = "us-east-1", global = true)]
    pub blobs_region: String,
    /// The id of the bucket's access key
    #[arg(long, env = "RELAIS_BLOBS_KEY_ID", hide_env_values = true, global = true)]
    pub blobs_key_id: Option<String>,
    /// The bucket's access key
    #[arg(long, env = "RELAIS_BLOBS_SECRET", hide_env_values = true, global = true)]
    pub blobs_secret: Option<String>,
    /// The clamd that searches files for malware: `tcp:host:port` or `unix:/path`; nobody when unset
    #[arg(long, env = "RELAIS_CLAMD", global = true)]
    pub clamd: Option<String>,
}

impl FileOptions {
    /// What is weak or missing.
    fn weaknesses(&self, sandbox: bool) -> Vec<String> {
        let mut found = vec![];
        if self.blobs_bucket.is_some() && (self.blobs_key_id.is_none() || self.blobs_secret.is_none()) {
            found.push("RELAIS_BLOBS_KEY_ID and RELAIS_BLOBS_SECRET must be set when RELAIS_BLOBS_BUCKET is".into());
        }
        if let Some(url) = &self.blobs_endpoint
            && !sandbox
            && !url.starts_with("https://")
            && !is_this_machine(url)
        {
            found.push("RELAIS_BLOBS_ENDPOINT must begin with https://".into());
        }
        if let Some(clamd) = &self.clamd
            && let Err(why) = clamd.parse::<Scan>()
        {
            found.push(format!("RELAIS_CLAMD {why}"));
        }
        found
    }

    /// The store.
    fn blobs(&self, data_dir: &std::path::Path) -> Result<Blobs, Stop> {
        let store = match (&self.blobs_bucket, &self.blobs_key_id, &self.blobs_secret) {
            (Some(name), Some(key_id), Some(secret)) => Blobs::bucket(&Bucket {
                name: name.clone(),
                endpoint: self.blobs_endpoint.clone(),
                region: self.blobs_region.clone(),
                key_id: key_id.clone(),
                secret: secret.clone(),
            }),
            _ => Blobs::folder(&data_dir.join("files")),
        };
        store.map_err(|error| Stop::new(format!("the store of files: {error}")))
    }
}

/// Whether a URL leads to the machine itself: what is sent there passes no wire.
fn is_this_machine(url: &str) -> bool {
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let known = url.strip_prefix("http://").map(host).unwrap_or_default();
    let name = if known.starts_with('[') { known.split_inclusive(']').next() } else { known.split(':').next() };
    matches!(name, Some("127.0.0.1" | "localhost" | "[::1]")) && !known.contains('@')
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl Common {
    /// The database's address.
    pub fn database(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("relais.db").display()))
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.database().starts_with("postgres")
    }

    /// Where clients reach the API.
    pub fn public_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.bind)).trim_end_matches('/').to_owned()
    }

    fn link_url(&self) -> String {
        // Without a page of its own, the sandbox's page opens the link; outside the sandbox no link leaves without one.
        self.link_url.clone().unwrap_or_else(|| if self.sandbox { format!("{}/l#{{token}}", self.public_url()) } else { String::new() })
    }

    /// Everything that is weak or missing, each sentence naming its setting.
    pub fn weaknesses(&self) -> Vec<String> {
        let mut found = vec![];
        if let Some(key) = &self.master_key
            && let Err(why) = master_key::parse(key)
        {
            found.push(format!("RELAIS_MASTER_KEY {why}"));
        }
        if self.master_key.is_none() && self.is_postgres() && !self.sandbox {
            found.push("RELAIS_MASTER_KEY must be set when PostgreSQL is used: make one with `openssl rand -hex 32`".into());
        }
        if self.cors_origins.iter().any(|origin| origin.trim() == "*") {
            found.push("RELAIS_CORS_ORIGINS must name its origins: `*` would open the API to every page".into());
        }
        if self.limits == Switch::Off && !self.sandbox {
            found.push("RELAIS_LIMITS can be off in the sandbox only".into());
        }
        if let Some(url) = &self.public_url
            && !self.sandbox
            && !url.starts_with("https://")
            && !is_this_machine(url)
        {
            found.push("RELAIS_PUBLIC_URL must begin with https://".into());
        }
        if let Some(url) = &self.link_url
            && url.split_once('#').is_none_or(|(_, fragment)| !fragment.contains("{token}"))
        {
            found.push("RELAIS_LINK_URL must hold {token} after a #, so that tokens never reach a server's log".into());
        }
        // A mail's button takes no quotation mark.
        if self.data_notice_url.as_deref().is_some_and(|url| url.contains('\'') || url.parse::<Url>().is_err()) {
            found.push("RELAIS_DATA_NOTICE_URL is no web address".into());
        }
        if self.mail_from.parse::<MailAddress>().is_err() {
            found.push("RELAIS_MAIL_FROM is no mail address".into());
        }
        if let (Some(url), Ok(from)) = (&self.smtp_url, self.mail_from.parse())
            && !self.sandbox
            && Mailer::smtp(url, from).is_err()
        {
            found.push("RELAIS_SMTP_URL is no mail server's address".into());
        }
        found.extend(self.files.weaknesses(self.sandbox));
        found.extend(self.delays().err());
        found
    }

    /// The delays of the platform.
    fn delays(&self) -> Result<Clocks, String> {
        let Some(given) = &self.clocks else { return Ok(Clocks::default()) };
        let clocks: Clocks = serde_json::from_str(given).map_err(|error| format!("RELAIS_CLOCKS cannot be read: {error}"))?;
        let told = |blocker: &Blocker| format!("{} at {}", blocker.code, blocker.pointer.as_deref().unwrap_or_default());
        let wrong: Vec<String> = clocks.problems().iter().map(told).collect();
        if wrong.is_empty() { Ok(clocks) } else { Err(format!("RELAIS_CLOCKS is not in order: {}", wrong.join(", "))) }
    }

    /// Opens the database, with a data folder for SQLite.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn open(&self) -> Result<Db, Stop> {
        if !self.is_postgres() {
            std::fs::create_dir_all(&self.data_dir)
                .map_err(|error| Stop::new(format!("the data folder {}: {error}", self.data_dir.display())))?;
        }
        Db::open(&self.database(), self.background_connections()).await.map_err(Stop::from)
    }

    fn background_connections(&self) -> u32 {
        (self.db_connections / 4).max(4)
    }

    /// What is left for the threads that answer requests.
    pub fn answering_connections(&self) -> u32 {
        self.db_connections.saturating_sub(self.background_connections())
    }

    /// Puts the program together on an up-to-date database.
    ///
    /// # Errors
    /// A sentence for the operator that names the setting to change.
    pub async fn start(&self) -> Result<Arc<App>, Stop> {
        let weaknesses = self.weaknesses();
        if !weaknesses.is_empty() {
            return Err(Stop::refused(format!("the configuration is refused:\n  - {}", weaknesses.join("\n  - "))));
        }
        let db = self.open().await?;
        db.migrate().await?;
        let master = master_key::find(self)?;
        App::start(db, &master, self.mailer()?, self.settings()?).await.map_err(Stop::from)
    }

    fn settings(&self) -> Result<Settings, Stop> {
        let program = std::env::current_exe().map_err(|error| Stop::new(format!("where this program lies: {error}")))?;
        Ok(Settings {
            public_url: self.public_url(),
            link_url: self.link_url(),
            data_notice_url: self.data_notice_url.clone(),
            sandbox: self.sandbox,
            clocks: self.delays().unwrap_or_default(),
            limits: self.limits == Switch::On,
            data_dir: self.data_dir.clone(),
            blobs: self.files.blobs(&self.data_dir)?,
            scan: self.files.clamd.as_deref().and_then(|clamd| clamd.parse().ok()).unwrap_or_default(),
            program,
        })
    }

    /// Mail goes to the server that is named, else into a folder; the sandbox keeps it in a table.
    fn mailer(&self) -> Result<Option<Mailer>, Stop> {
        if self.sandbox {
            return Ok(None);
        }
        let from: MailAddress = self.mail_from.parse().map_err(|_| Stop::refused("RELAIS_MAIL_FROM is no mail address"))?;
        match &self.smtp_url {
            Some(url) => Mailer::smtp(url, from).map(Some).map_err(|_| Stop::refused("RELAIS_SMTP_URL is no mail server's address")),
            None => Ok(Some(Mailer::folder(self.data_dir.join("mail"), from))),
        }
    }
}
