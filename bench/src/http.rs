//! A lean client: HTTP/1.1 over one kept connection, no more than what the measurement needs.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Fault;

/// One kept connection.
#[derive(Debug)]
pub struct Client {
    address: String,
    stream: TcpStream,
    head: String,
    buffer: Vec<u8>,
}

/// A status, and the body.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().filter_map(|line| line.split_once(':')).find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

impl Client {
    /// Connects to `http://host:port`.
    pub async fn connect(base: &str, token: Option<&str>) -> Result<Self, Fault> {
        let address = base.strip_prefix("http://").ok_or("the address must begin with http://")?.trim_end_matches('/').to_owned();
        let stream = TcpStream::connect(&address).await?;
        stream.set_nodelay(true)?;
        let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let head = format!("host: {address}\r\naccept: application/json\r\n{token}");
        Ok(Self { address, stream, head, buffer: Vec::with_capacity(256 * 1024) })
    }

    /// Connects again, after something went wrong.
    pub async fn again(&mut self) -> Result<(), Fault> {
        self.stream = TcpStream::connect(&self.address).await?;
        self.stream.set_nodelay(true)?;
        Ok(())
    }

    /// Asks with JSON or without a body, and reads the whole answer.
    pub async fn ask(&mut self, method: &str, path: &str, body: Option<&str>) -> Result<Answer<'_>, Fault> {
        let kind = if body.is_some() { "content-type: application/json\r\n" } else { "" };
        self.send(&format!("{method} {path}"), kind, body.map(str::as_bytes)).await
    }

    /// Sends a file of this name, and reads the whole answer.
    pub async fn hand_in(&mut self, path: &str, name: &str, file: &[u8]) -> Result<Answer<'_>, Fault> {
        let kind = format!("content-type: application/octet-stream\r\ncontent-disposition: attachment; filename=\"{name}\"\r\n");
        self.send(&format!("POST {path}"), &kind, Some(file)).await
    }

    async fn send(&mut self, asked: &str, kind: &str, body: Option<&[u8]>) -> Result<Answer<'_>, Fault> {
        let length = body.map(|body| format!("content-length: {}\r\n", body.len())).unwrap_or_default();
        let mut request = format!("{asked} HTTP/1.1\r\n{}{kind}{length}\r\n", self.head).into_bytes();
        // A short body goes out with the head, in one packet; a file is not copied.
        let body = body.unwrap_or_default();
        let (together, apart) = body.split_at(if body.len() < 16 * 1024 { body.len() } else { 0 });
        request.extend_from_slice(together);
        self.stream.write_all(&request).await?;
        self.stream.write_all(apart).await?;
        self.buffer.clear();
        let end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(self.buffer.get(..end).unwrap_or_default()).into_owned();
        let status = head.get(9..12).and_then(|code| code.parse().ok()).ok_or("no status")?;
        if header(&head, "transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            // No answer of the API holds this sequence; trailers are not used.
            while !self.buffer.ends_with(b"0\r\n\r\n") {
                self.more().await?;
            }
        } else {
            let length: usize = header(&head, "content-length").map_or(Ok(0), str::parse)?;
            while self.buffer.len() < end + length {
                self.more().await?;
            }
        }
        Ok(Answer { status, body: self.buffer.get(end..).unwrap_or_default() })
    }

    async fn more(&mut self) -> Result<(), Fault> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err("the connection was closed".into());
        }
        Ok(())
    }
}

/// Waits until the server is ready.
pub async fn ready(base: &str) -> Result<(), Fault> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        if let Ok(mut client) = Client::connect(base, None).await
            && client.ask("GET", "/health/ready", None).await.is_ok_and(|answer| answer.status == 200)
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    Err("the server did not become ready within 30 s".into())
}
