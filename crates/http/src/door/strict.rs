//! Reading JSON strictly: no duplicate keys, no nesting over 64, no control characters; texts in NFC.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// The deepest nesting that a body may have.
const DEEPEST: usize = 64;

/// Why a body is not JSON as we read it. Each is a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Not JSON, or not UTF-8.
    Syntax,
    /// An object names a key twice.
    DuplicateKey,
    /// Deeper than 64 levels.
    TooDeep,
    /// NUL or another control character in a text.
    ControlCharacter,
}

impl Malformed {
    /// The code of the problem.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Syntax => "malformed_json",
            Self::DuplicateKey => "duplicate_key",
            Self::TooDeep => "too_deep",
            Self::ControlCharacter => "control_character",
        }
    }
}

/// Whether a character may not stand in any text. TAB, LF and CR are judged by the field's own type.
pub fn forbidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// Parses a body.
///
/// # Errors
/// The first thing that makes it malformed.
pub fn parse(bytes: &[u8]) -> Result<Value, Malformed> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0 }.deserialize(&mut deserializer).map_err(|error| why(&error))?;
    deserializer.end().map_err(|_| Malformed::Syntax)?;
    Ok(value)
}

fn why(error: &serde_json::Error) -> Malformed {
    let text = error.to_string();
    [Malformed::DuplicateKey, Malformed::TooDeep, Malformed::ControlCharacter]
        .into_iter()
        .find(|malformed| text.starts_with(malformed.code()))
        .unwrap_or(Malformed::Syntax)
}

struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(&self) -> Result<Self, E> {
        if self.depth >= DEEPEST { Err(E::custom(Malformed::TooDeep.code())) } else { Ok(Self { depth: self.depth + 1 }) }
    }
}

fn text<E: serde::de::Error>(raw: String) -> Result<String, E> {
    if raw.chars().any(forbidden) {
        return Err(E::custom(Malformed::ControlCharacter.code()));
    }
    Ok(if is_nfc(&raw) { raw } else { raw.nfc().collect() })
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        text(value.to_owned()).map(Value::String)
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        text(value).map(Value::String)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = vec![];
        while let Some(item) = sequence.next_element_seed(self.deeper()?)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        use serde::de::Error as _;
        let mut fields = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let key = text(key)?;
            let value = map.next_value_seed(self.deeper()?)?;
            if fields.insert(key, value).is_some() {
                return Err(A::Error::custom(Malformed::DuplicateKey.code()));
            }
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plain_json_is_refused_with_its_code() {
        assert_eq!(parse(br#"{"a": 1, "a": 2}"#), Err(Malformed::DuplicateKey));
        assert_eq!(parse(br#"{"a": {"b": 1, "b": 2}}"#), Err(Malformed::DuplicateKey));
        assert_eq!(parse(br#"{"a": "x\u0000"}"#), Err(Malformed::ControlCharacter));
        assert_eq!(parse(br#"{"a": 1"#), Err(Malformed::Syntax));
        assert_eq!(parse(b"{} {}"), Err(Malformed::Syntax));
        assert_eq!(parse(b"\xff"), Err(Malformed::Syntax));
        assert_eq!(parse(br#"{"a": NaN}"#), Err(Malformed::Syntax));
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(64).as_bytes()).is_ok());
        assert_eq!(parse(nested(65).as_bytes()), Err(Malformed::TooDeep));
    }

    #[test]
    fn texts_are_read_in_nfc() {
        assert_eq!(parse("\"e\u{301}\"".as_bytes()), Ok(Value::String("\u{e9}".into())));
    }
}
