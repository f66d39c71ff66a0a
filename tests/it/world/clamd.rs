//! A scanner of malware that knows one virus.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What it takes for malware.
pub const MALWARE: &str = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE";

/// Starts a clamd that listens as long as the test lasts; gives its address as `RELAIS_CLAMD` has it.
pub async fn clamd() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(scans(socket));
        }
    });
    address
}

/// One INSTREAM: pieces with their lengths until an empty one, then the verdict.
async fn scans(mut socket: TcpStream) -> io::Result<()> {
    let (mut heard, mut command) = (vec![], [0; 10]);
    socket.read_exact(&mut command).await?;
    loop {
        let length = socket.read_u32().await? as usize;
        if length == 0 {
            break;
        }
        let mut piece = vec![0; length];
        socket.read_exact(&mut piece).await?;
        heard.append(&mut piece);
    }
    let found = heard.windows(MALWARE.len()).any(|bytes| bytes == MALWARE.as_bytes());
    socket.write_all(if found { b"stream: Eicar-Test-Signature FOUND\0" } else { b"stream: OK\0" }).await
}
