//! What happens once: an import, a start.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Fault;
use crate::http::Client;
use crate::timing;

/// Options of `timed`.
#[derive(Clone, Debug, clap::Args)]
pub struct Timed {
    /// What is timed
    #[arg(long)]
    name: String,
    /// `name=value`, added to the result
    #[arg(long)]
    label: Vec<String>,
    /// The program and its arguments, after `--`
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

/// Runs a program to its end and prints how long it took and, when it prints JSON, what it counted.
pub fn timed(options: &Timed) -> Result<(), Fault> {
    let (program, arguments) = options.command.split_first().ok_or("no program")?;
    let begun = Instant::now();
    let done = Command::new(program).args(arguments).stderr(std::process::Stdio::inherit()).output()?;
    let seconds = begun.elapsed().as_secs_f64();
    if !done.status.success() {
        return Err(format!("{} ended with {}", options.name, done.status).into());
    }
    let said = serde_json::from_slice::<Value>(&done.stdout).unwrap_or_default();
    let counted = ["structures", "services", "places"].map(|what| (what, said.get(what).cloned().unwrap_or_default()));
    let counted: serde_json::Map<_, _> =
        counted.into_iter().filter(|(_, tally)| tally.is_object()).map(|(what, tally)| (what.to_owned(), tally)).collect();
    timing::print(json!({"kind": "timed", "op": options.name, "seconds": seconds, "counted": counted}), &options.label);
    Ok(())
}

/// Waits until search answers, and prints how often it asked to come back later.
pub async fn searching(base: &str, most: u64) -> Result<(), Fault> {
    let (begun, mut later) = (Instant::now(), 0_u64);
    let mut client = Client::connect(base, None).await?;
    while begun.elapsed() < Duration::from_secs(most) {
        match client.ask("GET", "/v1/services?limit=1", None).await?.status {
            200 => {
                println!("{later}");
                return Ok(());
            }
            503 => later += 1,
            other => return Err(format!("a search answered {other}").into()),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err(format!("search did not answer within {most} s").into())
}
