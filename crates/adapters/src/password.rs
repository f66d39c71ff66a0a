//! Passwords: Argon2id, off the request threads and bounded in number.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::ids;

/// Hashes and checks passwords. At most `parallel` at once, since each takes 19 MiB of memory.
#[derive(Clone, Debug)]
pub struct Passwords {
    slots: Arc<Semaphore>,
}

/// Hashing failed: the library refused its input.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashFailed;

// OWASP's second recommendation for Argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

/// The hash of no password: checked for unknown accounts, so that they take the same time as known ones.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$WkvSa1r1h0z3uvBfp9rjnWm0q3p7V8FqJ8QmJ8x1gXk";

impl Passwords {
    /// A bounded pool of hashing slots.
    pub fn new(parallel: usize) -> Self {
        Self { slots: Arc::new(Semaphore::new(parallel.max(1))) }
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// When the library fails.
    pub async fn hash(&self, password: &str) -> Result<String, HashFailed> {
        let password = password.to_owned();
        self.run(move || {
            argon2().hash_password_with_salt(password.as_bytes(), &ids::random::<16>()).map(|hash| hash.to_string()).map_err(|_| HashFailed)
        })
        .await?
    }

    /// Whether the password fits the PHC string. `None` takes the same time and never fits.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let known = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(NOBODY).to_owned());
        let fits = self
            .run(move || argon2::PasswordHash::new(&hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok()))
            .await;
        fits.unwrap_or(false) && known
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashFailed> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| HashFailed)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(slot);
            done
        })
        .await
        .map_err(|_| HashFailed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new(1);
        let hash = passwords.hash("een lang wachtwoord").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify("een lang wachtwoord", Some(&hash)).await);
        assert!(!passwords.verify("een ander wachtwoord", Some(&hash)).await);
        assert!(!passwords.verify("", None).await);
        assert!(argon2::PasswordHash::new(NOBODY).is_ok());
    }
}
