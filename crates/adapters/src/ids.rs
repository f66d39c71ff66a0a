//! Fresh ids and random values.

use uuid::Uuid;

/// A new UUID v7.
#[expect(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
pub fn fresh() -> Uuid {
    Uuid::now_v7()
}

/// Random bytes of the operating system's quality.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    // A machine that cannot give random bytes must not go on handing out predictable keys.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}
