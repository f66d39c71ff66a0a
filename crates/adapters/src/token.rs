//! Access tokens: EdDSA JWT (RFC 9068 `at+jwt`), identity only. Rights are read from the database at each request.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What an access token says: who, in which session, until when. Nothing about rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer: the public URL of this installation.
    pub iss: String,
    /// The audience: this API.
    pub aud: String,
    /// The user, service account or access link.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Valid until, seconds since 1970.
    pub exp: i64,
}

/// One signing key with its life.
pub struct SigningKey {
    kid: String,
    public: Vec<u8>,
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// Seconds since 1970; tokens signed by an older key are still read until it leaves the list.
    created_at: i64,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Why a token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// It names a key that is not on this ring; another node may have made it just now.
    #[error("the token's key is not known")]
    UnknownKey,
    /// Anything else.
    #[error("the token is not valid")]
    Invalid,
}

/// A fresh Ed25519 key as PKCS#8 bytes.
///
/// # Errors
/// When the library fails.
pub fn new_signing_key() -> Result<Vec<u8>, TokenError> {
    Ed25519KeyPair::generate()
        .and_then(|pair| pair.to_pkcs8v1().map_err(|_| aws_lc_rs::error::Unspecified))
        .map(|document| document.as_ref().to_vec())
        .map_err(|_| TokenError::Invalid)
}

impl SigningKey {
    /// Reads a key from PKCS#8 bytes.
    ///
    /// # Errors
    /// When the bytes are no Ed25519 key.
    pub fn from_pkcs8(kid: String, pkcs8: &[u8], created_at: i64) -> Result<Self, TokenError> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| TokenError::Invalid)?;
        let public = pair.public_key().as_ref().to_vec();
        Ok(Self { kid, encoding: EncodingKey::from_ed_der(pkcs8), decoding: DecodingKey::from_ed_der(&public), public, created_at })
    }
}

/// The key ring: signs with the newest key, reads with any that is still listed.
#[derive(Debug)]
pub struct Tokens {
    issuer: String,
    keys: RwLock<Vec<SigningKey>>,
    /// Tokens whose signature was checked by the keys that are listed now, by their hash. Their life is checked each time.
    checked: RwLock<HashMap<[u8; 32], Claims>>,
}

/// How many checked tokens are remembered.
const MOST_CHECKED: usize = 4096;

const AUDIENCE: &str = "relais";
const TYPE: &str = "at+jwt";

impl Tokens {
    /// A ring of keys for one issuer.
    pub fn new(issuer: String, keys: Vec<SigningKey>) -> Self {
        Self { issuer, keys: RwLock::new(keys), checked: RwLock::default() }
    }

    /// Takes over the list of keys that the database holds now.
    pub fn replace(&self, keys: Vec<SigningKey>) {
        if let Ok(mut ring) = self.keys.write() {
            *ring = keys;
            self.checked.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// Signs an access token for a session. Times are seconds since 1970, real time.
    ///
    /// # Errors
    /// When there is no key.
    pub fn sign(&self, subject: Uuid, session: Uuid, now: i64, life_seconds: i64) -> Result<String, TokenError> {
        let ring = self.keys.read().map_err(|_| TokenError::Invalid)?;
        let key = ring.iter().max_by_key(|key| key.created_at).ok_or(TokenError::Invalid)?;
        let claims =
            Claims { iss: self.issuer.clone(), aud: AUDIENCE.to_owned(), sub: subject, sid: session, iat: now, exp: now + life_seconds };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.kid.clone());
        jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(|_| TokenError::Invalid)
    }

    /// Reads a token: signature, algorithm, type, issuer, audience and life are all checked, with no leeway.
    ///
    /// # Errors
    /// [`TokenError::Expired`] when only the time is over, [`TokenError::Invalid`] otherwise.
    pub fn read(&self, token: &str, now: i64) -> Result<Claims, TokenError> {
        if token.len() > 2048 {
            return Err(TokenError::Invalid);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        let known = self.checked.read().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
        let claims = match known {
            Some(claims) => claims,
            None => self.check(token, hash)?,
        };
        if claims.exp <= now {
            return Err(TokenError::Expired);
        }
        if claims.iat > now + 60 {
            return Err(TokenError::Invalid);
        }
        Ok(claims)
    }

    /// Everything of a token but its life.
    fn check(&self, token: &str, hash: [u8; 32]) -> Result<Claims, TokenError> {
        if demands_more(token) {
            return Err(TokenError::Invalid);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) {
            return Err(TokenError::Invalid);
        }
        let ring = self.keys.read().map_err(|_| TokenError::Invalid)?;
        let key = ring.iter().find(|key| Some(&key.kid) == header.kid.as_ref()).ok_or(TokenError::UnknownKey)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        // The injected clock decides, not the library's own.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).map_err(|_| TokenError::Invalid)?.claims;
        // While the ring is held for reading it is not replaced, so nothing is remembered that a later ring would refuse.
        let mut checked = self.checked.write().unwrap_or_else(PoisonError::into_inner);
        if checked.len() >= MOST_CHECKED {
            checked.clear();
        }
        checked.insert(hash, claims.clone());
        Ok(claims)
    }

    /// The public keys as a JSON Web Key Set (RFC 7517, RFC 8037).
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self.keys.read().map_or_else(|_| Vec::new(), |ring| {
            ring.iter()
                .map(|key| serde_json::json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.kid, "x": URL_SAFE_NO_PAD.encode(&key.public)}))
                .collect()
        });
        serde_json::json!({ "keys": keys })
    }
}

/// Whether the header names extensions that a reader must understand (`crit`, RFC 7515 §4.1.11). We know none.
fn demands_more(token: &str) -> bool {
    let header = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header = header.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    header.is_none_or(|header| header.get("crit").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> Tokens {
        let key = SigningKey::from_pkcs8("k1".into(), &new_signing_key().unwrap(), 1).unwrap();
        Tokens::new("https://relais.example".into(), vec![key])
    }

    #[test]
    fn a_token_is_read_by_its_own_ring_until_it_expires() {
        let tokens = ring();
        let token = tokens.sign(Uuid::nil(), Uuid::nil(), 1_000, 900).unwrap();
        assert_eq!(tokens.read(&token, 1_899).unwrap().exp, 1_900);
        assert_eq!(tokens.read(&token, 1_900), Err(TokenError::Expired));
        assert_eq!(ring().read(&token, 1_000), Err(TokenError::Invalid));
        assert_eq!(tokens.read(&token[..token.len() - 2], 1_000), Err(TokenError::Invalid));
    }
}
