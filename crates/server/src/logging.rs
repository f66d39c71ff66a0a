//! Structured logs: ids and route patterns only, never names.

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line of text.
    Text,
    /// One JSON object a line.
    Json,
}

/// Options of the log.
#[derive(Clone, Debug, Args)]
pub struct LogOptions {
    /// What is logged: a level (error, warn, info, debug) or a filter such as `warn,relais_http=info`
    #[arg(id = "log", long = "log", env = "RELAIS_LOG", default_value = "warn", global = true)]
    pub filter: String,
    /// How
    // An id of its own: a command's own `--format` must not be taken for this one.
    #[arg(id = "log_format", long = "log-format", env = "RELAIS_LOG_FORMAT", default_value = "text", global = true)]
    pub format: LogFormat,
}

/// Starts logging to standard error.
pub fn start(options: &LogOptions) {
    let filter = EnvFilter::try_new(&options.filter).unwrap_or_else(|_| EnvFilter::new("warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match options.format {
        LogFormat::Text => builder.with_ansi(false).init(),
        LogFormat::Json => builder.json().init(),
    }
}
