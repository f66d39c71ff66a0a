//! Short ASCII keys: the key of a criterion, the code of a zone.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::string_value;

/// A text that does not fit the pattern of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text does not match {pattern}")]
pub struct BadToken {
    /// The pattern as a regular expression.
    pub pattern: &'static str,
}

macro_rules! token {
    ($(#[$meta:meta])* $name:ident, max = $max:literal, $allowed:expr, $pattern:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The bound, in characters.
            pub const MAX: usize = $max;

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadToken;
            fn from_str(raw: &str) -> Result<Self, Self::Err> {
                let allowed: fn(u8) -> bool = $allowed;
                if (1..=Self::MAX).contains(&raw.len()) && raw.bytes().all(allowed) {
                    Ok(Self(raw.to_owned()))
                } else {
                    Err(BadToken { pattern: $pattern })
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = Cow::<'de, str>::deserialize(deserializer)?;
                raw.parse().map_err(serde::de::Error::custom)
            }
        }

        string_value!($name);

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::String).pattern(Some($pattern)).into()
            }
        }

        impl ToSchema for $name {}
    };
}

token! {
    /// A key that a person chose.
    Slug, max = 64,
    |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'),
    "^[a-z0-9_-]{1,64}$"
}

token! {
    /// The code of a zone, as its country writes it.
    ZoneCode, max = 16,
    |byte| byte.is_ascii_alphanumeric() || byte == b'-',
    "^[A-Za-z0-9-]{1,16}$"
}

impl Slug {
    /// The key `c1`, `c2`, … for criteria that came without one.
    pub(super) fn numbered(number: usize) -> Self {
        Self(format!("c{number}"))
    }

    /// A key that the program itself gives.
    pub(crate) fn own(key: &'static str) -> Self {
        Self(key.to_owned())
    }
}
