//! The comparison on PostgreSQL: the captured statements as a script of pgbench, prepared.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::Fault;
use crate::recipe::{self, Numbers, Options, Piece, Recipe, Step};
use crate::timing::{self, Timing};

const HEAD: &str = "head";
/// pgbench takes no more in one statement; one with more of them is cut between its parts, and where a part is too long between rows.
const MOST_VARIABLES: usize = 255;

/// A script, and the variables that are given to it.
#[derive(Debug, Default)]
struct Script {
    text: String,
    variables: Vec<(String, String)>,
}

impl Script {
    fn variable(&mut self, value: &str) -> String {
        if let Some((name, _)) = self.variables.iter().find(|(_, known)| known == value) {
            return format!(":{name}");
        }
        let name = format!("v{}", self.variables.len());
        self.variables.push((name.clone(), value.to_owned()));
        format!(":{name}")
    }

    /// What stands for a parameter in the script.
    fn parameter(&mut self, value: &str, reads: bool) -> String {
        let pieces = recipe::cut(value);
        if let [Piece::Text(text)] = pieces.as_slice() {
            let variable = self.variable(text);
            // Inside a question nothing else tells pgbench's untyped values from texts.
            let number = reads && text.parse::<i32>().is_ok();
            return if number { format!("{variable}::int") } else { variable };
        }
        let mut parts = vec![];
        for piece in &pieces {
            parts.push(match piece {
                Piece::Text(text) => self.variable(text),
                Piece::Hole(hole) if hole.starts_with("fresh") => format!(":{HEAD} || :{hole}"),
                Piece::Hole(hole) => format!(":{hole}"),
            });
        }
        let sample: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => *text,
                Piece::Hole("number") => "000000000000",
                Piece::Hole("name") => "x",
                Piece::Hole(_) => "00000000-0000-0000-0000-000000000000",
            })
            .collect();
        format!("({})::{}", parts.join("::text || ") + "::text", type_of(&sample))
    }

    fn step(&mut self, step: &Step) {
        let mut group: Vec<String> = vec![];
        let mut variables = 0;
        for part in step.parts().iter().flat_map(|part| part.by_rows(MOST_VARIABLES, variables_in)) {
            let own = part.params.iter().flatten().map(|value| variables_in(value)).sum::<usize>();
            if variables + own > MOST_VARIABLES {
                self.statement(&std::mem::take(&mut group));
                variables = 0;
            }
            variables += own;
            let part = self.filled(&part);
            group.push(part);
        }
        self.statement(&group);
    }

    /// The text of a statement with what stands for its parameters.
    fn filled(&mut self, step: &Step) -> String {
        let reads = step.sql.starts_with("SELECT");
        let mut sql = step.sql.clone();
        // The last first, so that $1 does not match in $12.
        for (index, param) in step.params.iter().enumerate().rev() {
            let place = match param {
                None => "NULL".to_owned(),
                Some(value) => self.parameter(value, reads),
            };
            sql = sql.replace(&format!("${}", index + 1), &place);
        }
        sql
    }

    /// Parts as one statement, as the server sends them.
    fn statement(&mut self, parts: &[String]) {
        let Some((last, before)) = parts.split_last() else { return };
        let before: Vec<_> = before.iter().enumerate().map(|(number, part)| format!("part{number} AS ({part})")).collect();
        let with = if before.is_empty() { String::new() } else { format!("WITH {} ", before.join(", ")) };
        let _ = writeln!(self.text, "{with}{last};");
    }
}

/// How many variables stand for a parameter.
fn variables_in(value: &str) -> usize {
    let of = |piece: &Piece<'_>| if matches!(piece, Piece::Hole(hole) if hole.starts_with("fresh")) { 2 } else { 1 };
    recipe::cut(value).iter().map(of).sum()
}

fn type_of(sample: &str) -> &'static str {
    if sample.parse::<uuid::Uuid>().is_ok() {
        "uuid"
    } else if sample.starts_with(['{', '[', '"']) {
        "jsonb"
    } else {
        "text"
    }
}

fn script(options: &Options, recipe: &Recipe, numbers: Numbers, head: &str) -> Script {
    let mut script = Script::default();
    script.variables.push((HEAD.into(), head.into()));
    script.variables.push(("turn".into(), "0".into()));
    let own = numbers.count / options.clients.max(1);
    let last = numbers.from + numbers.count.max(1) - 1;
    let number = if options.op.uses_pool() {
        // Each client has referrals of its own; a variable lives as long as its client.
        format!("{} + :client_id * {own} + :turn", numbers.from)
    } else {
        format!("random({}, {last})", numbers.from)
    };
    // Writing to a string cannot fail.
    let _ = writeln!(script.text, "\\set number {number}\n\\set turn :turn + 1");
    let _ = writeln!(script.text, "\\set name 100000000000 + :client_id * 1000000000 + :turn");
    for index in 0..recipe.fresh {
        let _ = writeln!(script.text, "\\set fresh{index} 100000000000 + :client_id * 1000000000 + :turn * {} + {index}", recipe.fresh);
    }
    for step in &recipe.steps {
        script.step(step);
    }
    script
}

/// Runs pgbench and reads what it measured.
pub fn run(url: &str, options: &Options, recipe: &Recipe, numbers: Numbers, head: &str) -> Result<Value, Fault> {
    let script = script(options, recipe, numbers, head);
    let folder = options.folder.join(format!("pgbench-{}-{}", options.op.name(), std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("script.sql");
    std::fs::write(&file, &script.text)?;
    let mut command = Command::new(&options.pgbench);
    command.args(["-n", "-M", "prepared", "-j", "2", "-r", "-l", "--log-prefix"]).arg(folder.join("log")).arg("-f").arg(&file);
    command.args(["-c", &options.clients.to_string(), "-T", &options.seconds.to_string()]);
    for (name, value) in &script.variables {
        command.arg("-D").arg(format!("{name}={value}"));
    }
    let done = command.arg(url).output()?;
    let (said, wrong) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    std::fs::write(folder.join("said.txt"), format!("{said}\n{wrong}"))?;
    if !done.status.success() || wrong.contains("ERROR") {
        return Err(format!("pgbench failed on {}: {}", options.op.name(), wrong.chars().take(2_000).collect::<String>()).into());
    }
    let number = |name: &str| {
        said.lines().find_map(|line| line.strip_prefix(name)).and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
    };
    let per_second = number("tps = ").ok_or("pgbench told no rate")?;
    let mut timing = Timing::default();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("log.")) {
            for line in std::fs::read_to_string(&path)?.lines() {
                if let Some(micros) = line.split(' ').nth(2).and_then(|micros| micros.parse().ok()) {
                    timing.add(Duration::from_micros(micros));
                }
            }
            std::fs::remove_file(&path)?;
        }
    }
    let line = timing.line("bare", options.op.name(), Duration::from_secs(options.seconds));
    Ok(timing::with(line, "per_second", per_second))
}
