//! Malware: a clamd (INSTREAM over TCP or a Unix socket), or nothing.

use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

/// How long a scan may take, with all that belongs to it.
const LONGEST: Duration = Duration::from_secs(30);
/// The size of a piece on its way.
const PIECE: usize = 64 * 1024;
/// The longest answer that is listened to.
const LONGEST_ANSWER: u64 = 4096;

/// Who searches files for malware.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scan {
    /// Nobody.
    #[default]
    None,
    /// A clamd that listens at `host:port`.
    Tcp(String),
    /// A clamd that listens at a Unix socket.
    Unix(PathBuf),
}

/// What a scan says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody looked.
    NotConfigured,
    /// Nothing was found.
    Clean,
    /// Malware.
    Found,
}

impl FromStr for Scan {
    type Err = &'static str;

    /// `tcp:host:port` or `unix:/path`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("tcp", address))
                if address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok()) =>
            {
                Ok(Self::Tcp(address.to_owned()))
            }
            Some(("unix", path)) if path.starts_with('/') => Ok(Self::Unix(path.into())),
            _ => Err("is neither tcp:host:port nor unix:/path"),
        }
    }
}

impl Scan {
    /// Has a file searched.
    ///
    /// # Errors
    /// When the scanner is away, answers too late, or could not search: that says nothing about the file.
    pub async fn search(&self, bytes: &[u8]) -> io::Result<Verdict> {
        let asked = async {
            match self {
                Self::None => Ok(Verdict::NotConfigured),
                Self::Tcp(address) => ask(TcpStream::connect(address).await?, bytes).await,
                Self::Unix(path) => ask(UnixStream::connect(path).await?, bytes).await,
            }
        };
        timeout(LONGEST, asked).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }
}

/// One INSTREAM: pieces with their lengths, an empty one, one line of answer.
async fn ask(mut clamd: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> io::Result<Verdict> {
    clamd.write_all(b"zINSTREAM\0").await?;
    for piece in bytes.chunks(PIECE) {
        clamd.write_all(&u32::try_from(piece.len()).unwrap_or_default().to_be_bytes()).await?;
        clamd.write_all(piece).await?;
    }
    clamd.write_all(&[0; 4]).await?;
    clamd.flush().await?;
    let mut answer = vec![];
    clamd.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    match answer.trim_end_matches(['\0', '\n', '\r']) {
        "stream: OK" => Ok(Verdict::Clean),
        found if found.starts_with("stream: ") && found.ends_with(" FOUND") => Ok(Verdict::Found),
        // What it says may name what it read: it goes nowhere.
        _ => Err(io::Error::other("the scanner could not search")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A clamd that answers so, and gives what it was sent.
    async fn clamd(answer: &'static [u8]) -> (Scan, tokio::task::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scan = Scan::Tcp(listener.local_addr().unwrap().to_string());
        let heard = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let (mut heard, mut command) = (vec![], [0; 10]);
            socket.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            loop {
                let length = socket.read_u32().await.unwrap() as usize;
                if length == 0 {
                    break;
                }
                let mut piece = vec![0; length];
                socket.read_exact(&mut piece).await.unwrap();
                heard.append(&mut piece);
            }
            socket.write_all(answer).await.unwrap();
            heard
        });
        (scan, heard)
    }

    #[tokio::test]
    async fn the_whole_file_is_sent_and_the_answer_is_believed() {
        let file = vec![7; 3 * PIECE + 5];
        for (answer, expected) in [(&b"stream: OK\0"[..], Verdict::Clean), (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Verdict::Found)] {
            let (scan, heard) = clamd(answer).await;
            assert_eq!(scan.search(&file).await.unwrap(), expected);
            assert!(heard.await.unwrap() == file);
        }
    }

    #[tokio::test]
    async fn a_scanner_that_cannot_search_says_nothing_about_the_file() {
        let (scan, _heard) = clamd(b"INSTREAM size limit exceeded. ERROR\0").await;
        assert!(scan.search(b"x").await.is_err());
        assert!(Scan::Unix("/nonexistent/clamd.sock".into()).search(b"x").await.is_err());
        assert_eq!(Scan::None.search(b"x").await.unwrap(), Verdict::NotConfigured);
    }

    #[test]
    fn addresses() {
        assert_eq!("tcp:clamav:3310".parse(), Ok(Scan::Tcp("clamav:3310".into())));
        assert_eq!("unix:/run/clamd.sock".parse(), Ok(Scan::Unix("/run/clamd.sock".into())));
        for bad in ["", "clamav:3310", "tcp:3310", "tcp:h:x", "unix:run"] {
            assert!(bad.parse::<Scan>().is_err(), "{bad}");
        }
    }
}
