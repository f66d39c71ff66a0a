//! Cuts a file into its records as its bytes come in: a JSON array as a stream, or one object per line.
//!
//! It is fed, it does not read: the bytes may come from a file or from wherever an upload was kept, and between two records
//! its whole memory is a [`Mark`], from which another worker can go on.

use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};
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

/// How the records stand in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    #[default]
    Unknown,
    Array,
    Lines,
    Ended,
}

/// A place between two records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    form: Form,
    /// How many records came before.
    index: u64,
    /// How many bytes came before.
    pub bytes: u64,
}

/// A file of records.
#[derive(Debug, Default)]
pub(super) struct Feed {
    mark: Mark,
    open: Option<Record>,
}

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

impl Feed {
    /// A feed that goes on at a place; its next bytes are those after it.
    pub(super) const fn at(mark: Mark) -> Self {
        Self { mark, open: None }
    }

    /// The place after the last record.
    pub(super) const fn mark(&self) -> Mark {
        self.mark
    }

    /// Takes bytes in, up to the end of a record. Says how many were taken, and the record when it is whole.
    pub(super) fn take(&mut self, input: &[u8]) -> (usize, Option<Element>) {
        let mut taken = 0;
        if self.mark.form == Form::Unknown {
            taken = passed(input, |byte| byte.is_ascii_whitespace() || BYTE_ORDER_MARK.contains(&byte));
            match input.get(taken) {
                None => {}
                Some(b'[') => {
                    taken += 1;
                    self.mark.form = Form::Array;
                }
                Some(_) => self.mark.form = Form::Lines,
            }
        }
        let rest = input.get(taken..).unwrap_or_default();
        let (more, element) = match self.mark.form {
            Form::Array => self.take_of_array(rest),
            Form::Lines => self.take_of_line(rest),
            Form::Ended => (rest.len(), Some(Element::End)),
            Form::Unknown => (0, None),
        };
        self.mark.bytes += (taken + more) as u64;
        (taken + more, element)
    }

    /// There are no more bytes. `cut` when the file breaks off for a reason outside its text.
    pub(super) fn finish(&mut self, cut: bool) -> Element {
        let form = std::mem::replace(&mut self.mark.form, Form::Ended);
        let open = self.open.take();
        match (form, open) {
            (Form::Unknown, _) if !cut => self.broken("empty_file"),
            (Form::Lines, Some(record)) if !cut => self.told(record),
            (Form::Ended, _) => Element::End,
            (Form::Lines, _) if !cut => Element::End,
            _ => self.broken("truncated"),
        }
    }

    const fn broken(&self, code: &'static str) -> Element {
        Element::Broken { index: self.mark.index, code }
    }

    fn take_of_line(&mut self, input: &[u8]) -> (usize, Option<Element>) {
        let mut taken = 0;
        if self.open.is_none() {
            taken = passed(input, |byte| byte.is_ascii_whitespace());
        }
        let Some(rest) = input.get(taken..).filter(|rest| !rest.is_empty()) else { return (taken, None) };
        let record = self.open.get_or_insert_default();
        match rest.iter().position(|byte| *byte == b'\n') {
            None => {
                record.push(rest);
                (input.len(), None)
            }
            Some(end) => {
                record.push(rest.get(..end).unwrap_or_default());
                (taken + end + 1, self.close())
            }
        }
    }

    fn take_of_array(&mut self, input: &[u8]) -> (usize, Option<Element>) {
        let mut begin = 0;
        if self.open.is_none() {
            begin = passed(input, |byte| byte.is_ascii_whitespace() || byte == b',');
            match input.get(begin) {
                None => return (begin, None),
                Some(b']') => {
                    self.mark.form = Form::Ended;
                    return (begin + 1, Some(Element::End));
                }
                Some(_) => {}
            }
        }
        let rest = input.get(begin..).unwrap_or_default();
        let record = self.open.get_or_insert_default();
        let Some(end) = rest.iter().position(|byte| record.ends_before(*byte)) else {
            record.push(rest);
            return (input.len(), None);
        };
        // What closes a value belongs to it; what only separates values does not.
        let end = if record.closed { end + 1 } else { end };
        record.push(rest.get(..end).unwrap_or_default());
        (begin + end, self.close())
    }

    fn close(&mut self) -> Option<Element> {
        let record = self.open.take()?;
        Some(self.told(record))
    }

    fn told(&mut self, record: Record) -> Element {
        let index = self.mark.index;
        self.mark.index += 1;
        if record.too_big {
            return Element::Bad { index, code: "record_too_big" };
        }
        match serde_json::from_slice(&record.bytes) {
            Ok(value) => Element::Record { index, value },
            Err(_) => Element::Bad { index, code: "malformed_json" },
        }
    }
}

/// A file of records that is read where it lies.
#[derive(Debug)]
pub(in crate::directory) struct FeedFile<R> {
    reader: R,
    feed: Feed,
}

impl<R: BufRead> FeedFile<R> {
    pub(in crate::directory) fn new(reader: R) -> Self {
        Self { reader, feed: Feed::default() }
    }

    /// The next record.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(in crate::directory) fn next_element(&mut self) -> io::Result<Element> {
        loop {
            let bytes = match self.reader.fill_buf() {
                Ok([]) => return Ok(self.feed.finish(false)),
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let (taken, element) = self.feed.take(bytes);
            self.reader.consume(taken);
            if let Some(element) = element {
                return Ok(element);
            }
        }
    }
}

/// How many bytes at the beginning may be passed over.
fn passed(input: &[u8], passable: impl Fn(u8) -> bool) -> usize {
    input.iter().position(|byte| !passable(*byte)).unwrap_or(input.len())
}

/// Where the next byte of a record stands in its JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Value,
    Text,
    Escape,
}

/// The bytes of a record, as many as are allowed, and where in its JSON they end.
#[derive(Debug, Default)]
struct Record {
    bytes: Vec<u8>,
    too_big: bool,
    depth: u32,
    within: Within,
    closed: bool,
}

impl Record {
    fn push(&mut self, bytes: &[u8]) {
        if self.bytes.len() + bytes.len() > LARGEST {
            self.too_big = true;
            self.bytes = Vec::new();
        }
        if !self.too_big {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Whether the value is over, with this byte or before it.
    const fn ends_before(&mut self, byte: u8) -> bool {
        match (self.within, byte) {
            (Within::Escape, _) | (Within::Value, b'"') => self.within = Within::Text,
            (Within::Text, b'\\') => self.within = Within::Escape,
            (Within::Text, b'"') => {
                self.within = Within::Value;
                self.closed = self.depth == 0;
            }
            (Within::Value, b',' | b']') if self.depth == 0 => return true,
            (Within::Value, b'{' | b'[') => self.depth += 1,
            (Within::Value, b'}' | b']') => {
                self.depth = self.depth.saturating_sub(1);
                self.closed = self.depth == 0;
            }
            (Within::Text | Within::Value, _) => {}
        }
        self.closed
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Reads a text in pieces of this size, and anew from the mark after each record when `marked`.
    fn read(text: &str, piece: usize, marked: bool) -> Vec<Element> {
        let (mut feed, mut found) = (Feed::default(), vec![]);
        loop {
            let at = usize::try_from(feed.mark().bytes).unwrap();
            let rest = &text.as_bytes()[at..];
            let element = match rest {
                [] => Some(feed.finish(false)),
                _ => feed.take(&rest[..piece.min(rest.len())]).1,
            };
            match element {
                None => {}
                Some(Element::End) => return found,
                Some(element) => {
                    let ended = matches!(element, Element::Broken { .. });
                    found.push(element);
                    if ended {
                        return found;
                    }
                    if marked {
                        feed = Feed::at(feed.mark());
                    }
                }
            }
        }
    }

    fn all(text: &str) -> Vec<Element> {
        let whole = read(text, usize::MAX, false);
        for piece in [1, 3, 64] {
            assert_eq!(read(text, piece, false), whole, "in pieces of {piece}");
        }
        assert_eq!(read(text, 7, true), whole, "from mark to mark");
        whole
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
    fn a_big_record_is_an_error_of_its_index_and_is_not_kept() {
        let big = format!("[{{\"a\": \"{}\"}}, {{}}]", "x".repeat(LARGEST));
        assert_eq!(read(&big, 4096, false), [Element::Bad { index: 0, code: "record_too_big" }, record(1, json!({}))]);
        let mut feed = Feed::default();
        for _ in 0..100 {
            feed.take("y".repeat(LARGEST).as_bytes());
            assert!(feed.open.as_ref().unwrap().bytes.capacity() <= LARGEST);
        }
        assert_eq!(feed.take(b"\n").1, Some(Element::Bad { index: 0, code: "record_too_big" }));
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
        let mut cut = Feed::default();
        assert_eq!(cut.take(b"{\"a\": 1}\n{\"a").1, Some(record(0, json!({"a": 1}))));
        assert_eq!(cut.finish(true), Element::Broken { index: 1, code: "truncated" });
    }

    #[test]
    fn an_empty_array_is_no_error() {
        assert_eq!(all("[]"), []);
        assert_eq!(all("[1]"), [record(0, json!(1))]);
        assert_eq!(all(r#"["a", 2, true]"#), [record(0, json!("a")), record(1, json!(2)), record(2, json!(true))]);
    }
}
