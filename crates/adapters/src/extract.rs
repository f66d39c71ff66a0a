//! What is written in a file, searched for what it must not hold.
//!
//! Parsers of documents have errors of their own, and a stack that overflows is no panic: they run in a process of their own, the
//! same program with another command, which limits itself before it reads a byte and is killed when it takes too long. All it says
//! is its exit code.

mod compound;
mod packed;
mod pdf;
mod relations;
#[cfg(test)]
mod tests;
mod xml;

use std::io::{self, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use relais_domain::document::{ContentFault, Family, FileType, MOST_BYTES};
use relais_domain::shared::contains_nir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use crate::content::is_legible;

/// Processor time that a file may take, in seconds.
const CPU: u64 = 8;
/// How long is waited for it. Far more than that: a file is not to blame for a busy machine.
const LONGEST: Duration = Duration::from_secs(25);
/// Address space, in bytes.
const MEMORY: u64 = 1 << 30;

/// What a search says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing was found.
    Nothing {
        /// There was some text.
        had_text: bool,
    },
    /// It holds a French social security number.
    Forbidden,
    /// It unpacks to more than is allowed.
    TooBig,
    /// What it says cannot be read.
    Unreadable,
    /// It starts programs or carries other files.
    Active,
}

impl Told {
    /// As the exit code of the process. None is a code that a failing program ends with by itself.
    pub const fn code(self) -> u8 {
        match self {
            Self::Nothing { had_text: true } => 40,
            Self::Nothing { had_text: false } => 41,
            Self::Forbidden => 42,
            Self::TooBig => 43,
            Self::Unreadable => 44,
            Self::Active => 45,
        }
    }

    /// What a process that ended so says. One that crashed, or met a limit, could not read the file; one that was killed from
    /// outside, as a system does that is short of memory, says nothing about it.
    fn of(ended: ExitStatus) -> io::Result<Self> {
        match ended.code() {
            Some(40) => Ok(Self::Nothing { had_text: true }),
            Some(41) => Ok(Self::Nothing { had_text: false }),
            Some(42) => Ok(Self::Forbidden),
            Some(43) => Ok(Self::TooBig),
            Some(45) => Ok(Self::Active),
            None if ended.signal() == Some(Signal::SIGKILL as i32) => Err(io::Error::other("the search was killed")),
            _ => Ok(Self::Unreadable),
        }
    }
}

/// Has a file searched by `program extract`.
///
/// # Errors
/// When the process cannot be started, is killed, or has no turn for too long: that says nothing about the file.
pub async fn search(program: &Path, kind: FileType, bytes: &[u8]) -> io::Result<Told> {
    let mut child = Command::new(program)
        .args(["extract", kind.code()])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut input = child.stdin.take();
    let work = async {
        if let Some(input) = input.as_mut() {
            // A process that has seen enough closes its ears; its exit code says what it thought.
            let _ = input.write_all(bytes).await;
        }
        drop(input);
        child.wait().await
    };
    match timeout(LONGEST, work).await {
        Ok(ended) => Told::of(ended?),
        Err(late) => Err(late.into()),
    }
}

/// Limits what this process may use from now on: memory, processor time, no files, no traces of what it reads.
///
/// # Errors
/// When the system does not let it.
pub fn limit_this_process() -> io::Result<()> {
    // At its hard limit a process is killed as from outside: the soft one comes first and has a signal of its own.
    setrlimit(Resource::RLIMIT_CPU, CPU, CPU + 2)?;
    let limits = [(Resource::RLIMIT_AS, MEMORY), (Resource::RLIMIT_CORE, 0), (Resource::RLIMIT_FSIZE, 0), (Resource::RLIMIT_NOFILE, 16)];
    for (resource, limit) in limits {
        setrlimit(resource, limit, limit)?;
    }
    Ok(())
}

/// What the command does: searches a file from its input.
pub fn search_here(kind: FileType, input: impl io::Read) -> Told {
    let mut bytes = vec![];
    let most = MOST_BYTES as u64 + 1;
    match io::Read::take(input, most).read_to_end(&mut bytes) {
        Ok(read) if read as u64 != most => judge(kind, &bytes),
        _ => Told::Unreadable,
    }
}

/// Searches a file in this process.
pub(crate) fn judge(kind: FileType, bytes: &[u8]) -> Told {
    let told = told(kind, bytes);
    // Older files are searched byte by byte, and a number that stands there openly is told of any. That there is none says nothing about
    // one that is locked.
    let silent = kind.family() == Family::Compound && matches!(told, Told::Nothing { .. });
    if silent && !is_legible(kind, bytes) { Told::Unreadable } else { told }
}

fn told(kind: FileType, bytes: &[u8]) -> Told {
    let texts = match kind.family() {
        Family::Packed => packed::texts(bytes),
        Family::Pdf => pdf::texts(bytes),
        Family::Compound => Ok(compound::texts(bytes)),
        Family::Jpeg | Family::Png => return Told::Nothing { had_text: false },
    };
    match texts {
        Ok(texts) if texts.iter().any(|text| contains_nir(&tidy(text))) => Told::Forbidden,
        Ok(texts) => Told::Nothing { had_text: texts.iter().any(|text| text.chars().any(char::is_alphanumeric)) },
        Err(ContentFault::UnpackedTooBig) => Told::TooBig,
        Err(ContentFault::Active) => Told::Active,
        Err(ContentFault::Mismatch) => Told::Unreadable,
    }
}

/// One space for any number of them: pages are set with as many as fill the line.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut spaced = false;
    for c in text.chars() {
        let space = c != '\n' && c != '\r' && c.is_whitespace();
        if !(space && spaced) {
            tidied.push(if space { ' ' } else { c });
        }
        spaced = space;
    }
    tidied
}

/// What looks like text in a file whose structure is not read: once by bytes, and twice by pairs of them.
fn raw_texts(bytes: &[u8]) -> Vec<String> {
    let shown = |c: char| if c.is_control() { '\n' } else { c };
    let narrow = bytes.iter().map(|byte| shown(char::from(*byte))).collect();
    let wide = |bytes: &[u8]| {
        let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(u16::from_le_bytes);
        char::decode_utf16(units).map(|c| c.map_or('\n', shown)).collect()
    };
    vec![narrow, wide(bytes), wide(bytes.get(1..).unwrap_or_default())]
}
