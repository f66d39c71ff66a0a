//! Taking a list out as CSV: when the first byte comes, the first row, the last, and what the server holds meanwhile.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Fault;
use crate::http::Client;
use crate::timing;

/// Options of `export`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// `http://host:port`
    #[arg(long)]
    base: String,
    /// What `relais demo --json` printed
    #[arg(long)]
    demo: PathBuf,
    /// The server's process, whose memory is looked at
    #[arg(long)]
    pid: u32,
    /// How often; the one in the middle and the largest growth are told
    #[arg(long, default_value_t = 3)]
    times: usize,
    /// `name=value`, added to the result
    #[arg(long)]
    label: Vec<String>,
}

/// A token of somebody who may take out what the operators' structure received.
async fn exporter(options: &Options) -> Result<String, Fault> {
    let demo: Value = serde_json::from_str(&std::fs::read_to_string(&options.demo)?)?;
    let of_admin = |field: &str| demo.pointer(&format!("/personas/admin/{field}")).and_then(Value::as_str).ok_or("the demo has no admin");
    let grant = |permission: &str| {
        let seen = ["existence", "identity_min", "contact", "identity", "social"];
        json!({"permission": permission, "scope": "organisation", "side": "received", "categories": seen})
    };
    let body = json!({"name": format!("Bench {}", std::process::id()), "grants": [grant("referrals:read"), grant("referrals:export")]});
    let mut admin = Client::connect(&options.base, Some(of_admin("token")?)).await?;
    let path = format!("/v1/organisations/{}/service-accounts", of_admin("organisation_id")?);
    let made: Value = serde_json::from_slice(admin.ask("POST", &path, Some(&body.to_string())).await?.body)?;
    let text = |pointer: &str| made.pointer(pointer).and_then(Value::as_str).ok_or_else(|| format!("no account was made: {made}"));
    let login = json!({"grant_type": "client_credentials", "client_id": text("/service_account/client_id")?, "client_secret": text("/client_secret")?});
    let mut nobody = Client::connect(&options.base, None).await?;
    let answer: Value = serde_json::from_slice(nobody.ask("POST", "/v1/auth/token", Some(&login.to_string())).await?.body)?;
    Ok(answer.get("access_token").and_then(Value::as_str).ok_or("no token")?.to_owned())
}

/// The memory of a process, in kilobytes.
fn rss_kb(pid: u32) -> Result<u64, Fault> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// One list, whole.
#[derive(Debug, Default)]
struct Taken {
    first_byte: Duration,
    first_row: Duration,
    total: Duration,
    bytes: usize,
    lines: usize,
    growth_kb: u64,
}

/// The body of an answer that comes in pieces of any size: its head and the frames of `chunked` are taken off.
#[derive(Debug, Default)]
struct Body {
    head: Vec<u8>,
    frame: Vec<u8>,
    left: usize,
    begun: bool,
}

impl Body {
    /// Gives what of a piece belongs to the body to `each`.
    fn feed(&mut self, mut piece: &[u8], mut each: impl FnMut(&[u8])) -> Result<(), Fault> {
        while let Some((first, rest)) = piece.split_first() {
            if !self.begun {
                self.head.push(*first);
                self.begun = self.head.ends_with(b"\r\n\r\n");
                piece = rest;
            } else if self.left > 0 {
                let (own, rest) = piece.split_at(self.left.min(piece.len()));
                each(own);
                self.left -= own.len();
                piece = rest;
            } else {
                // `\r\n` of the frame before, the length in hexadecimal, `\r\n`.
                self.frame.push(*first);
                if self.frame.len() > 2 && self.frame.ends_with(b"\r\n") {
                    let text = String::from_utf8_lossy(&self.frame).trim().to_owned();
                    self.left = if text.is_empty() { 0 } else { usize::from_str_radix(&text, 16)? };
                    self.frame.clear();
                }
                piece = rest;
            }
        }
        Ok(())
    }
}

async fn take(options: &Options, token: &str) -> Result<Taken, Fault> {
    let address = options.base.strip_prefix("http://").ok_or("the address must begin with http://")?.trim_end_matches('/');
    let (before, begun) = (rss_kb(options.pid)?, Instant::now());
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET /v1/reports/referrals.csv?direction=received HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let (mut piece, mut body) = (vec![0; 256 * 1024], Body::default());
    let (mut taken, mut looked) = (Taken::default(), begun);
    loop {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            break;
        }
        body.feed(piece.get(..read).unwrap_or_default(), |own| {
            taken.bytes += own.len();
            taken.lines += own.split(|byte| *byte == b'\n').count().saturating_sub(1);
            if taken.first_byte.is_zero() {
                taken.first_byte = begun.elapsed();
            }
            // The first line names the columns; the second is the first of a referral.
            if taken.first_row.is_zero() && taken.lines > 1 {
                taken.first_row = begun.elapsed();
            }
        })?;
        if looked.elapsed() > Duration::from_millis(50) {
            looked = Instant::now();
            taken.growth_kb = taken.growth_kb.max(rss_kb(options.pid)?.saturating_sub(before));
        }
    }
    if !body.head.starts_with(b"HTTP/1.1 200") {
        return Err(String::from_utf8_lossy(&body.head).into_owned().into());
    }
    taken.total = begun.elapsed();
    Ok(taken)
}

/// Takes the list out and prints what was measured.
pub async fn export(options: &Options) -> Result<(), Fault> {
    let token = exporter(options).await?;
    let mut all = vec![];
    for _ in 0..options.times {
        all.push(take(options, &token).await?);
    }
    all.sort_by_key(|taken| taken.first_row);
    let (Some(middle), Some(growth)) = (all.get(all.len() / 2), all.iter().map(|taken| taken.growth_kb).max()) else { return Ok(()) };
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    let line = json!({
        "kind": "export", "op": "csv", "first_byte_ms": millis(middle.first_byte), "first_row_ms": millis(middle.first_row),
        "total_ms": millis(middle.total), "bytes": middle.bytes, "rows": middle.lines.saturating_sub(1), "growth_kb": growth,
    });
    timing::print(line, &options.label);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_the_same_in_whatever_pieces_it_comes() {
        let whole = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nid,a\n\r\n10\r\n1,0123456789abc\n\r\n0\r\n\r\n";
        for size in 1..whole.len() {
            let (mut body, mut text) = (Body::default(), vec![]);
            for piece in whole.chunks(size) {
                body.feed(piece, |own| text.extend_from_slice(own)).unwrap();
            }
            assert_eq!(String::from_utf8_lossy(&text), "id,a\n1,0123456789abc\n", "in pieces of {size}");
        }
    }
}
