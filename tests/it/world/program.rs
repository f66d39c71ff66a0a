//! The built program as a process of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::Copy;

/// A running program.
pub struct Program {
    child: Child,
    /// Where it listens.
    pub base: String,
    log: Arc<Mutex<Vec<u8>>>,
}

/// The program with the settings of one copy of the data.
pub fn command(copy: &Copy) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relais"));
    for name in std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("RELAIS_") || name == "DATABASE_URL") {
        command.env_remove(name);
    }
    command
        .env("RELAIS_SANDBOX", "true")
        .env("RELAIS_LIMITS", "off")
        .env("RELAIS_DB_CONNECTIONS", "6")
        .env("RELAIS_DATA_DIR", &copy.folder)
        .env("RELAIS_PUBLIC_URL", "http://127.0.0.1:8080")
        .env("DATABASE_URL", &copy.database_url);
    command
}

impl Program {
    /// Starts a server on a free port and waits until it listens and searches.
    pub fn start(copy: &Copy, settings: &[(&str, &str)]) -> Self {
        let mut command = command(copy);
        command.arg("serve").env("RELAIS_BIND", "127.0.0.1:0").env("RELAIS_WORKERS", "2");
        command.envs(settings.iter().copied());
        let program = Self::run(command);
        assert!(!program.base.is_empty(), "it says where it listens");
        let begun = Instant::now();
        while is_warming(&program.base) {
            assert!(begun.elapsed() < Duration::from_mins(1), "search is not ready: {}", program.log());
            std::thread::sleep(Duration::from_millis(5));
        }
        program
    }

    /// Starts a worker alone.
    pub fn work(copy: &Copy) -> Self {
        let mut command = command(copy);
        command.arg("work");
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(Ok(first)) = lines.next() else {
            let mut why = String::new();
            child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            panic!("the program did not start: {why}");
        };
        // What it says later must not fill the pipe and stop it.
        let mut errors = child.stderr.take().unwrap();
        let log = Arc::new(Mutex::new(vec![]));
        let ear = Arc::clone(&log);
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = errors.read(&mut piece) {
                let heard = piece.get(..length).unwrap_or_default();
                let _ = std::io::stderr().write_all(heard);
                ear.lock().unwrap().extend_from_slice(heard);
            }
        });
        std::thread::spawn(move || lines.for_each(drop));
        let base = first.split_whitespace().find(|word| word.starts_with("http://")).unwrap_or_default().to_owned();
        Self { child, base, log }
    }

    /// What it has said on its standard error so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.lock().unwrap()).into_owned()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop, as an operator does.
    pub fn terminate(&self) {
        let told = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// The code with which it ended by itself; none while it runs.
    pub fn exit_code(&mut self) -> Option<i32> {
        self.child.try_wait().unwrap().map(|status| status.code().unwrap_or(-1))
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it.
    pub fn stop(self) {
        self.kill();
    }
}

/// Whether a server does not answer searches yet.
fn is_warming(base: &str) -> bool {
    let address = base.trim_start_matches("http://");
    let ask = format!("GET /v1/services?limit=1 HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(ask.as_bytes()).and_then(|()| stream.read_to_string(&mut answer)).unwrap();
    answer.contains("search_warming")
}

/// A test that fails leaves no program behind.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
