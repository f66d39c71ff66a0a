//! Which statements the server runs for one request: PostgreSQL's own log tells. The server must run without its worker; its
//! sequencer still runs now and then, so the request with the fewest statements counts.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::cast::Cast;
use crate::chance::Chance;
use crate::db::Db;
use crate::directory::copies;
use crate::http::Client;
use crate::load::{self, Op, Script};
use crate::log::{self, Logged};
use crate::recipe::{self, Recipe, Step};
use crate::{Fault, Place, fill, rows};

/// Options of `capture`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// The log of the private PostgreSQL
    #[arg(long)]
    log: PathBuf,
    /// Where the server listens
    #[arg(long)]
    base: String,
    /// Which operations
    #[arg(long, value_enum, value_delimiter = ',', default_value = "detail,inbox,create_send,accept,redirect")]
    ops: Vec<Op>,
    /// Where to write the recipes
    #[arg(long)]
    out: PathBuf,
}

/// So many requests are looked at; the one with the fewest statements, which read the caller's rights from memory, is kept.
const LOOKED_AT: u64 = 10;
/// The name of the person in captured drafts: found again in whatever was made of it.
const MARK: &str = "zqxvkwjhbfgp";

/// Captures every operation.
pub async fn capture(options: &Options) -> Result<(), Fault> {
    let mut db = Db::open(&options.place.database_url).await?;
    let cast = Cast::read(&options.place, &mut db).await?;
    let demo: Value = serde_json::from_str(&std::fs::read_to_string(&options.place.demo)?)?;
    for setting in ["log_statement = 'all'", "log_parameter_max_length = -1"] {
        db.run(&format!("ALTER SYSTEM SET {setting}")).await?;
    }
    db.run("SELECT pg_reload_conf()").await?;
    let (mut recipes, mut pool_taken) = (Map::new(), 0);
    for op in options.ops.iter().copied() {
        let ids: Vec<Uuid> = match op {
            Op::Detail => fill::operators_legs(&mut db).await?.into_iter().take(1).collect(),
            Op::ServiceDetail => vec![copies::id(0)],
            _ => {
                let taken = pool_taken;
                pool_taken += if op.uses_pool() { LOOKED_AT + 1 } else { 0 };
                (taken..=taken + LOOKED_AT).map(|number| rows::id(rows::Of::Leg, rows::POOL + number)).collect()
            }
        };
        let since = db.now().await?.timestamp() - 1;
        let script = Script::new(&demo, op, ids.iter().map(ToString::to_string).collect(), &cast.id("service")?.to_string())?;
        let mut client = Client::connect(&options.base, load::token(&demo, op)?).await?;
        let looked = look(options, op, &script, &mut client).await?;
        recipes.insert(op.name().into(), recipe_of(op, looked, &cast, &ids, since)?.to_json());
    }
    for setting in ["log_statement", "log_parameter_max_length"] {
        db.run(&format!("ALTER SYSTEM RESET {setting}")).await?;
    }
    db.run("SELECT pg_reload_conf()").await?;
    std::fs::write(&options.out, serde_json::to_string_pretty(&Value::Object(recipes))?)?;
    Ok(())
}

/// Does it a few times, and reads after each what was logged.
async fn look(options: &Options, op: Op, script: &Script, client: &mut Client) -> Result<Vec<Vec<Logged>>, Fault> {
    let mut chance = Chance::new(5);
    let mut looked = vec![];
    for turn in 0..=LOOKED_AT {
        let from = std::fs::metadata(&options.log)?.len();
        let name = if turn == LOOKED_AT { MARK.to_owned() } else { chance.letters() };
        let step = match op {
            Op::CreateSend => script.create_and_send(client, &name).await?,
            _ => script.step(client, &mut chance).await?,
        };
        if let load::Step::Wrong(why) = step {
            return Err(format!("{} cannot be captured: {why}", op.name()).into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        let mut file = std::fs::File::open(&options.log)?;
        file.seek(SeekFrom::Start(from))?;
        let mut text = vec![];
        file.read_to_end(&mut text)?;
        if turn > 0 {
            looked.push(log::read(&String::from_utf8_lossy(&text)));
        }
    }
    Ok(looked)
}

/// The transactions that change something, without the access journal and the sequencer's; for reads, what runs outside transactions.
fn compared(op: Op, logged: &[Logged]) -> Vec<Logged> {
    let acts = op.is_act();
    let apart = |statement: &Logged| ["\"access_entry\"", "\"sequence_state\""].iter().any(|table| statement.sql.contains(table));
    let (mut kept, mut open): (Vec<Logged>, Vec<Vec<Logged>>) = (vec![], vec![]);
    for statement in logged {
        let running = open.iter().position(|one| one.first().is_some_and(|first| first.process == statement.process));
        if statement.sql.starts_with("BEGIN") {
            open.push(vec![statement.clone()]);
        } else if let Some(index) = running {
            if let Some(one) = open.get_mut(index) {
                one.push(statement.clone());
            }
            if statement.sql.starts_with("COMMIT") || statement.sql.starts_with("ROLLBACK") {
                let one = open.remove(index);
                if acts && !one.iter().any(apart) {
                    kept.extend(one);
                }
            }
        } else if !acts && !apart(statement) {
            kept.push(statement.clone());
        }
    }
    kept
}

fn recipe_of(op: Op, looked: Vec<Vec<Logged>>, cast: &Cast, ids: &[Uuid], since: i64) -> Result<Recipe, Fault> {
    let statements = looked.iter().map(Vec::len).min().unwrap_or(0);
    let most = looked.iter().max_by_key(|one| one.len()).into_iter().flatten().map(|one| one.sql.chars().take(200).collect()).collect();
    // A captured draft is recognised by the mark in it: the last one.
    let chosen = if op == Op::CreateSend { looked.into_iter().next_back() } else { looked.into_iter().rev().min_by_key(Vec::len) };
    let chosen = compared(op, &chosen.ok_or("nothing was captured")?);
    if chosen.is_empty() {
        return Err(format!("no statement of {} was logged", op.name()).into());
    }
    let mut known: Vec<String> = vec![];
    let steps = chosen.into_iter().map(|logged| {
        let params = logged.params.into_iter().map(|param| param.map(|text| holes(&text, cast, ids, since, &mut known)));
        Step { params: params.collect(), sql: logged.sql }
    });
    let steps = steps.collect();
    Ok(Recipe { statements, most, steps, fresh: known.len() })
}

/// Puts holes where another run has other values: ids of the demo, fresh ids, the referral, the name.
fn holes(text: &str, cast: &Cast, ids: &[Uuid], since: i64, known: &mut Vec<String>) -> String {
    let mut text = cast.hide(text);
    for id in ids {
        let id = id.to_string();
        if let Some(number) = id.rsplit('-').next() {
            text = text.replace(number, recipe::NUMBER);
        }
    }
    while let Some(at) = text.to_lowercase().find(MARK) {
        text.replace_range(at..at + MARK.len(), recipe::NAME);
    }
    for id in fresh_ids(&text, since) {
        let index = known.iter().position(|one| *one == id).unwrap_or_else(|| {
            known.push(id.clone());
            known.len() - 1
        });
        text = text.replace(&id, &recipe::fresh(index));
    }
    text
}

/// Ids in a text that were made after `since`.
fn fresh_ids(text: &str, since: i64) -> Vec<String> {
    let windows = (0..text.len().saturating_sub(35)).filter_map(|at| text.get(at..at + 36));
    let ids =
        windows.filter(|window| window.as_bytes().get(8) == Some(&b'-')).filter_map(|window| Some((window, window.parse::<Uuid>().ok()?)));
    let made = |id: &Uuid| id.get_timestamp().and_then(|stamp| i64::try_from(stamp.to_unix().0).ok());
    ids.filter(|(_, id)| made(id).is_some_and(|at| at >= since)).map(|(text, _)| text.to_owned()).collect()
}
