//! The three macros that define words of the vocabulary: `id!`, `choice!` and `text!`.
//!
//! Each gives a type its JSON form, its OpenAPI schema and its database value at once, so the three cannot drift apart.

use std::fmt;

/// A code that is not in the list of a `choice!`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown code for {list}")]
pub struct UnknownCode {
    /// The name of the choice type.
    pub list: &'static str,
}

/// Why a text was refused by a `text!` type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// Empty, or only white space.
    Empty,
    /// Longer than the bound, in Unicode scalar values.
    TooLong {
        /// The bound.
        max: usize,
    },
    /// A control character other than TAB, LF, CR (the latter three only in multi-line texts).
    ControlCharacter,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the text is empty"),
            Self::TooLong { max } => write!(f, "the text is longer than {max} characters"),
            Self::ControlCharacter => write!(f, "the text holds a control character"),
        }
    }
}

impl std::error::Error for TextError {}

/// Trims a text and checks it against the bounds of its type.
///
/// # Errors
/// The first bound that the text breaks.
pub fn check_text(raw: &str, max: usize, multiline: bool) -> Result<String, TextError> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    let allowed = |c: char| multiline && matches!(c, '\t' | '\n' | '\r');
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(TextError::ControlCharacter);
    }
    Ok(text.to_owned())
}

/// Defines an identifier: a UUID v7 with a type of its own, so that a person's id is never taken for a referral's.
#[macro_export]
macro_rules! id {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize, ::sea_orm::DeriveValueType)]
        #[serde(transparent)]
        pub struct $name(pub ::uuid::Uuid);

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::uuid::Error;
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                ::uuid::Uuid::parse_str(text).map(Self)
            }
        }

        impl From<::uuid::Uuid> for $name {
            fn from(id: ::uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for ::uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl ::sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> ::std::result::Result<Self, ::sea_orm::DbErr> {
                Err(::sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::Schema> {
                ::utoipa::openapi::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::Type::String)
                    .format(Some(::utoipa::openapi::SchemaFormat::KnownFormat(::utoipa::openapi::KnownFormat::Uuid)))
                    .into()
            }
        }

        impl ::utoipa::ToSchema for $name {}
    )+};
}

/// Defines a closed list of codes. Output documents carry the values as `x-extensible-enum`, so that clients accept
/// codes of later versions; input with an unknown code is refused.
#[macro_export]
macro_rules! choice {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable ASCII code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::shared::UnknownCode;
            fn from_str(code: &str) -> ::std::result::Result<Self, Self::Err> {
                match code {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::shared::UnknownCode { list: stringify!($name) }),
                }
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let code = <::std::borrow::Cow<'de, str> as $crate::serde::Deserialize>::deserialize(deserializer)?;
                code.parse().map_err($crate::serde::de::Error::custom)
            }
        }

        $crate::string_value!($name);

        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::Schema> {
                let codes = [$($code),+];
                $crate::utoipa::openapi::ObjectBuilder::new()
                    .schema_type($crate::utoipa::openapi::Type::String)
                    .description(Some(format!("One of: {}. Later versions may add codes.", codes.join(", "))))
                    .extensions(Some($crate::utoipa::openapi::extensions::ExtensionsBuilder::new()
                        .add("x-extensible-enum", codes)
                        .build()))
                    .into()
            }
        }

        impl $crate::utoipa::ToSchema for $name {}
    };
}

/// Defines a bounded text: trimmed, never empty, at most `max` Unicode scalar values, without control characters.
#[macro_export]
macro_rules! text {
    ($(#[$meta:meta])* $name:ident, max = $max:literal) => { $crate::text!($(#[$meta])* $name, max = $max, multiline = false); };
    ($(#[$meta:meta])* $name:ident, max = $max:literal, multiline) => { $crate::text!($(#[$meta])* $name, max = $max, multiline = true); };
    ($(#[$meta:meta])* $name:ident, max = $max:literal, multiline = $multiline:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The bound, in Unicode scalar values.
            pub const MAX: usize = $max;

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::shared::TextError;
            fn from_str(raw: &str) -> ::std::result::Result<Self, Self::Err> {
                $crate::shared::check_text(raw, $max, $multiline).map(Self)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let raw = <::std::borrow::Cow<'de, str> as $crate::serde::Deserialize>::deserialize(deserializer)?;
                raw.parse().map_err($crate::serde::de::Error::custom)
            }
        }

        $crate::string_value!($name);

        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::Schema> {
                $crate::utoipa::openapi::ObjectBuilder::new()
                    .schema_type($crate::utoipa::openapi::Type::String)
                    .min_length(Some(1))
                    .max_length(Some($max))
                    .into()
            }
        }

        impl $crate::utoipa::ToSchema for $name {}
    };
}

/// The database value of a type that reads and writes itself as a string (`FromStr` and `Display`).
#[doc(hidden)]
#[macro_export]
macro_rules! string_value {
    ($name:ident) => {
        impl From<$name> for $crate::sea_orm::Value {
            fn from(value: $name) -> Self {
                value.to_string().into()
            }
        }

        impl $crate::sea_orm::TryGetable for $name {
            fn try_get_by<I: $crate::sea_orm::ColIdx>(
                row: &$crate::sea_orm::QueryResult,
                index: I,
            ) -> ::std::result::Result<Self, $crate::sea_orm::TryGetError> {
                let text = <String as $crate::sea_orm::TryGetable>::try_get_by(row, index)?;
                text.parse().map_err(|error| {
                    $crate::sea_orm::TryGetError::DbErr($crate::sea_orm::DbErr::Type(format!("{}: {error}", stringify!($name))))
                })
            }
        }

        impl $crate::sea_orm::sea_query::ValueType for $name {
            fn try_from(value: $crate::sea_orm::Value) -> ::std::result::Result<Self, $crate::sea_orm::sea_query::ValueTypeErr> {
                let text = <String as $crate::sea_orm::sea_query::ValueType>::try_from(value)?;
                text.parse().map_err(|_| $crate::sea_orm::sea_query::ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> $crate::sea_orm::sea_query::ArrayType {
                $crate::sea_orm::sea_query::ArrayType::String
            }

            fn column_type() -> $crate::sea_orm::sea_query::ColumnType {
                $crate::sea_orm::sea_query::ColumnType::Text
            }
        }

        impl $crate::sea_orm::sea_query::Nullable for $name {
            fn null() -> $crate::sea_orm::Value {
                $crate::sea_orm::Value::String(None)
            }
        }

        impl $crate::sea_orm::IntoActiveValue<$name> for $name {
            fn into_active_value(self) -> $crate::sea_orm::ActiveValue<$name> {
                $crate::sea_orm::ActiveValue::Set(self)
            }
        }
    };
}
