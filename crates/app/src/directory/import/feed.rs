//! Reads the records of a file one by one: a JSON array as a stream, or one object per line.

use std::io::{self, BufRead};

use serde_json::Value;

/// A record beyond this is an error of its index.
pub(in crate::directory) const LARGEST: usize = 1_000_000;

/// What a feed holds next.
#[derive(Debug, PartialEq)]
pub(in crate::directory) enum Element {
    /// A record.
    Record {
        /// Its place, from 0.
        index: u64,
        /// The record.
        value: Value,
    },
    /// A record that cannot be read; the feed goes on after it.
    Bad {
        /// Its place, from 0.
        index: u64,
        /// `malformed_json` or `record_too_big`.
        code: &'static str,
    },
    /// The feed breaks off here.
    Broken {
        /// The place of what is missing.
        index: u64,
        /// `truncated` or `empty_file`.
        code: &'static str,
    },
    /// There is no more.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Unknown,
    Array,
    Lines,
    Ended,
}

/// A file of records.
#[derive(Debug)]
pub(in crate::directory) struct Feed<R> {
    reader: R,
    form: Form,
    index: u64,
    bytes: u64,
}

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

impl<R: BufRead> Feed<R> {
    pub(in crate::directory) const fn new(reader: R) -> Self {
        Self { reader, form: Form::Unknown, index: 0, bytes: 0 }
    }

    /// How many bytes were read.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.reader.fill_buf() {
                Ok(buffer) => return Ok(buffer.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn step(&mut self) {
        self.reader.consume(1);
        self.bytes += 1;
    }

    /// Passes over bytes and gives the next other one, without taking it.
    fn pass(&mut self, passable: impl Fn(u8) -> bool) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !passable(byte) {
                return Ok(Some(byte));
            }
            self.step();
        }
        Ok(None)
    }

    /// The next record.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(in crate::directory) fn next_element(&mut self) -> io::Result<Element> {
        if self.form == Form::Unknown {
            let first = self.pass(|byte| byte.is_ascii_whitespace() || BYTE_ORDER_MARK.contains(&byte))?;
            self.form = match first {
                None => return Ok(self.broken("empty_file")),
                Some(b'[') => {
                    self.step();
                    Form::Array
                }
                Some(_) => Form::Lines,
            };
        }
        match self.form {
            Form::Array => self.next_of_array(),
            Form::Lines => self.next_line(),
            Form::Unknown | Form::Ended => Ok(Element::End),
        }
    }

    fn broken(&mut self, code: &'static str) -> Element {
        self.form = Form::Ended;
        Element::Broken { index: self.index, code }
    }

    fn next_line(&mut self) -> io::Result<Element> {
        if self.pass(|byte| byte.is_ascii_whitespace())?.is_none() {
            self.form = Form::Ended;
            return Ok(Element::End);
        }
        let mut record = Record::default();
        while let Some(byte) = self.peek()? {
            self.step();
            if byte == b'\n' {
                break;
            }
            record.push(byte);
        }
        Ok(self.told(record))
    }

    fn next_of_array(&mut self) -> io::Result<Element> {
        match self.pass(|byte| byte.is_ascii_whitespace() || byte == b',')? {
            None => return Ok(self.broken("truncated")),
            Some(b']') => {
                self.form = Form::Ended;
                return Ok(Element::End);
            }
            Some(_) => {}
        }
        let mut record = Record::default();
        let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
        while let Some(byte) = self.peek()? {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b',' | b']' if depth == 0 => return Ok(self.told(record)),
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.step();
            record.push(byte);
            if depth == 0 && !in_string && matches!(byte, b'}' | b']' | b'"') {
                return Ok(self.told(record));
            }
        }
        Ok(self.broken("truncated"))
    }

    fn told(&mut self, record: Record) -> Element {
        let index = self.index;
        self.index += 1;
        if record.too_big {
            return Element::Bad { index, code: "record_too_big" };
        }
        match serde_json::from_slice(&record.bytes) {
            Ok(value) => Element::Record { index, value },
            Err(_) => Element::Bad { index, code: "malformed_json" },
        }
    }
}

/// The bytes of a record, as many as are allowed.
#[derive(Default)]
struct Record {
    bytes: Vec<u8>,
    too_big: bool,
}

impl Record {
    fn push(&mut self, byte: u8) {
        if self.bytes.len() < LARGEST {
            self.bytes.push(byte);
        } else {
            self.too_big = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all(text: &str) -> Vec<Element> {
        let mut feed = Feed::new(io::BufReader::with_capacity(3, text.as_bytes()));
        let mut found = vec![];
        loop {
            match feed.next_element().unwrap() {
                Element::End => return found,
                element => found.push(element),
            }
        }
    }

    fn record(index: u64, value: Value) -> Element {
        Element::Record { index, value }
    }

    #[test]
    fn both_forms_give_the_same_records() {
        let array = r#" [ {"a": "]},[\"\\"} , {"b": [1, {}]} ] "#;
        let lines = "{\"a\": \"]},[\\\"\\\\\"}\n\n{\"b\": [1, {}]}";
        for text in [array, lines, &format!("\u{feff}{}", array.trim())] {
            assert_eq!(all(text), [record(0, json!({"a": "]},[\"\\"})), record(1, json!({"b": [1, {}]}))], "{text}");
        }
    }

    #[test]
    fn a_bad_record_is_an_error_of_its_index() {
        let bad = Element::Bad { index: 1, code: "malformed_json" };
        assert_eq!(all(r#"[{"a": 1}, {"a": }, {"a": 3}]"#), [record(0, json!({"a": 1})), bad, record(2, json!({"a": 3}))]);
        let bad = Element::Bad { index: 0, code: "malformed_json" };
        assert_eq!(all("{nonsense\n{\"a\": 1}\n"), [bad, record(1, json!({"a": 1}))]);
    }

    #[test]
    fn a_big_record_is_an_error_of_its_index() {
        let big = format!("[{{\"a\": \"{}\"}}, {{}}]", "x".repeat(LARGEST));
        assert_eq!(all(&big), [Element::Bad { index: 0, code: "record_too_big" }, record(1, json!({}))]);
    }

    #[test]
    fn a_feed_that_breaks_off_says_so() {
        for (text, index, code) in [
            ("", 0, "empty_file"),
            (" \n", 0, "empty_file"),
            ("[", 0, "truncated"),
            ("[{\"a\": 1}", 1, "truncated"),
            ("[{\"a\": 1}, {\"a", 1, "truncated"),
        ] {
            assert_eq!(all(text).last(), Some(&Element::Broken { index, code }), "{text}");
        }
    }

    #[test]
    fn an_empty_array_is_no_error() {
        assert_eq!(all("[]"), []);
        assert_eq!(all("[1]"), [record(0, json!(1))]);
    }
}
