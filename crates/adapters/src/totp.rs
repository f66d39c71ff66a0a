//! One-time codes (RFC 6238): six digits, thirty seconds, SHA-1, as authenticator apps expect.

use totp_rs::{Builder, Secret, Totp};

use crate::ids;

/// The secret could not be read.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the one-time-code secret cannot be used")]
pub struct TotpFailed;

/// A fresh secret of 160 bits, base32.
pub fn new_secret() -> String {
    Secret::from(ids::random::<20>().to_vec()).to_base32()
}

fn totp(secret: &str, account: &str) -> Result<Totp, TotpFailed> {
    let secret = Secret::try_from_base32(secret).map_err(|_| TotpFailed)?;
    Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some("Relais")).build().map_err(|_| TotpFailed)
}

/// The `otpauth://` address that an authenticator app reads.
///
/// # Errors
/// When the secret is no base32 of the right length.
pub fn address(secret: &str, account: &str) -> Result<String, TotpFailed> {
    totp(secret, account)?.to_url().map_err(|_| TotpFailed)
}

/// The time step that `code` belongs to, one step of skew allowed; `None` when it fits none. The caller remembers the
/// step and refuses it a second time (RFC 6238 §5.2). `now` is in seconds since 1970, real time.
pub fn matching_step(secret: &str, code: &str, now: i64) -> Option<i64> {
    let now = u64::try_from(now).ok()?;
    totp(secret, "account").ok()?.check(code, now).and_then(|step| i64::try_from(step).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_fits_its_step_and_the_next_only() {
        let secret = new_secret();
        let code = totp(&secret, "a").unwrap().generate(1_000_000_000).to_string();
        let step = matching_step(&secret, &code, 1_000_000_000).unwrap();
        assert_eq!(step, 1_000_000_000 / 30);
        assert_eq!(matching_step(&secret, &code, 1_000_000_030), Some(step));
        assert_eq!(matching_step(&secret, &code, 1_000_000_090), None);
        assert_eq!(matching_step(&secret, "12345", 1_000_000_000), None);
    }
}
