//! Merge patches (RFC 7396).

/// Reads a field of a merge patch: absent is `None`, null is `Some(None)`.
#[expect(clippy::option_option, reason = "a merge patch knows three answers: absent, null and a value")]
pub(crate) fn patched<'de, T: serde::Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    serde::Deserialize::deserialize(deserializer).map(Some)
}
