//! The key that seals the installation's other keys.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

use relais_adapters::ids;

use super::Common;
use crate::command::Stop;

/// Reads 32 bytes from hexadecimal text. Too short, too regular or unreadable keys are refused.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<[u8; 32], &'static str> {
    let text = text.trim();
    if text.len() != 64 {
        return Err("must be 64 hexadecimal digits: make one with `openssl rand -hex 32`");
    }
    let mut key = [0_u8; 32];
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).map_err(|_| "must be hexadecimal")?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| "must be hexadecimal")?;
    }
    let mut distinct = key.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 12 { Err("is too regular to be a random key") } else { Ok(key) }
}

/// The key from the environment, else from a file in the data folder that is made at first start.
///
/// # Errors
/// When the file cannot be read or made, or others may read it.
pub fn find(config: &Common) -> Result<[u8; 32], Stop> {
    if let Some(text) = &config.master_key {
        return parse(text).map_err(|why| Stop::refused(format!("RELAIS_MASTER_KEY {why}")));
    }
    let path = config.data_dir.join("master.key");
    let shown = path.display();
    let cannot = |error: std::io::Error| Stop::new(format!("the key file {shown}: {error}"));
    std::fs::create_dir_all(&config.data_dir).map_err(cannot)?;
    if !path.exists() {
        let text: String = ids::random::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(cannot)?,
            // Another process was first; its key is read below.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(cannot(error)),
        }
    }
    let mode = std::fs::metadata(&path).map_err(cannot)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Stop::refused(format!("the key file {shown} can be read by others: chmod 600 it")));
    }
    let mut text = String::new();
    std::fs::File::open(&path).and_then(|mut file| file.read_to_string(&mut text)).map_err(cannot)?;
    parse(&text).map_err(|why| Stop::refused(format!("the key file {shown} {why}")))
}
