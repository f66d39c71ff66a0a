//! Sealing, signing and hashing with aws-lc.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ids;

/// A sealed value could not be opened: wrong key, wrong context, or changed on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value cannot be opened")]
pub struct Unsealable;

/// A key for sealing values: AES-256-GCM with a random nonce and a context that must match on opening.
pub struct Sealer {
    key: LessSafeKey,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(..)")
    }
}

impl Sealer {
    /// Builds the sealer from 256 bits of key material.
    ///
    /// # Errors
    /// When the library refuses the key.
    pub fn new(key: &[u8; 32]) -> Result<Self, Unsealable> {
        UnboundKey::new(&AES_256_GCM, key).map(|key| Self { key: LessSafeKey::new(key) }).map_err(|_| Unsealable)
    }

    /// Seals `plain`; `context` must be given again on opening.
    ///
    /// # Errors
    /// When the library fails.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Result<String, Unsealable> {
        let nonce = ids::random::<NONCE_LEN>();
        let mut sealed = plain.to_vec();
        self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed).map_err(|_| Unsealable)?;
        let mut out = nonce.to_vec();
        out.append(&mut sealed);
        Ok(URL_SAFE_NO_PAD.encode(out))
    }

    /// Opens a value that `seal` made with the same context.
    ///
    /// # Errors
    /// [`Unsealable`] for anything else.
    pub fn open(&self, context: &[u8], sealed: &str) -> Result<Vec<u8>, Unsealable> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Unsealable)?;
        let (nonce, body) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
        self.key.open_in_place(nonce, Aad::from(context), body).map(|plain| plain.to_vec()).map_err(|_| Unsealable)
    }
}

/// SHA-256, base64url.
pub fn sha256(parts: &[&[u8]]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    URL_SAFE_NO_PAD.encode(context.finish())
}

/// HMAC-SHA-256 of `message`, base64url: 256 bits that only the holder of the key can make.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message))
}

/// A random token of 256 bits, base64url.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(ids::random::<32>())
}

/// Compares two secrets in constant time.
pub fn same(a: &str, b: &str) -> bool {
    constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_context() {
        let sealer = Sealer::new(&ids::random()).unwrap();
        let sealed = sealer.seal(b"cursor", b"secret").unwrap();
        assert_eq!(sealer.open(b"cursor", &sealed).unwrap(), b"secret");
        assert!(sealer.open(b"other", &sealed).is_err());
        assert!(sealer.open(b"cursor", &sealed[1..]).is_err());
        assert!(sealer.open(b"cursor", "").is_err());
        assert!(Sealer::new(&ids::random()).unwrap().open(b"cursor", &sealed).is_err());
    }
}
