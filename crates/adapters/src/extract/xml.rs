//! The text of XML, in lines as a reader would see them.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// Ends of lines: paragraphs, headings, rows, shared strings, comments.
const LINES: [&[u8]; 9] = [b"p", b"h", b"row", b"tr", b"table-row", b"si", b"txbxContent", b"list-item", b"annotation"];
/// Cells of tables. A form with one character a cell is read as one line, a table of numbers is not.
const CELLS: [&[u8]; 3] = [b"tc", b"c", b"table-cell"];
/// What stands for a space.
const SPACES: [&[u8]; 5] = [b"tab", b"br", b"s", b"line-break", b"cr"];

/// How its elements part the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// As a document: what is written in one paragraph is one line, however it is set.
    Document,
    /// Each element is a line of its own.
    Fields,
}

/// The text; none when it is no XML, or declares a document type, with which words could be hidden.
pub fn text(xml: &[u8], layout: Layout) -> Option<String> {
    let mut reader = Reader::from_reader(xml);
    let mut page = Page { text: String::new(), layout, cells: vec![], counted: false };
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return Some(page.text),
            Event::DocType(_) => return None,
            Event::Start(tag) => page.begins(&tag),
            Event::Empty(tag) => {
                page.begins(&tag);
                page.ends(tag.local_name().as_ref());
            }
            Event::End(tag) => page.ends(tag.local_name().as_ref()),
            Event::Text(text) => page.says(&String::from_utf8_lossy(&text)),
            Event::CData(text) => page.says(&String::from_utf8_lossy(&text)),
            Event::GeneralRef(reference) => {
                let name = String::from_utf8_lossy(&reference).into_owned();
                match reference.resolve_char_ref() {
                    Ok(Some(c)) => page.says(&c.to_string()),
                    _ => page.says(resolve_predefined_entity(&name)?),
                }
            }
            _ => {}
        }
    }
}

struct Page {
    text: String,
    layout: Layout,
    /// Where the cells begin in which we are.
    cells: Vec<usize>,
    /// The cell only names a text that stands elsewhere, by its number.
    counted: bool,
}

impl Page {
    fn says(&mut self, words: &str) {
        if !self.counted {
            self.text.push_str(words);
        }
    }

    fn begins(&mut self, tag: &BytesStart<'_>) {
        let name = tag.local_name();
        let name = name.as_ref();
        if CELLS.contains(&name) && self.layout == Layout::Document {
            self.cells.push(self.text.len());
            self.counted = name == b"c" && tag.attributes().flatten().any(|found| found.key.as_ref() == b"t" && &*found.value == b"s");
        }
        // Sheets of open documents say their numbers in attributes as well; what is shown is in their text.
        if SPACES.contains(&name) {
            self.text.push(' ');
        }
    }

    fn ends(&mut self, name: &[u8]) {
        if self.layout == Layout::Fields {
            return self.text.push('\n');
        }
        if CELLS.contains(&name) {
            let begun = self.cells.pop().unwrap_or_default();
            let said = self.text.get(begun..).unwrap_or_default().trim();
            let single = said.chars().count() == 1;
            let shown = if single { format!("{said} ") } else { format!("\n{}\n", whole_number(said)) };
            self.text.truncate(begun);
            self.text.push_str(&shown);
            self.counted = false;
        } else if LINES.contains(&name) {
            // A paragraph within a cell ends with it.
            self.text.push(if self.cells.is_empty() { '\n' } else { ' ' });
        }
    }
}

/// A number as people would write it: sheets write fifteen digits as `1.85E+14`.
fn whole_number(said: &str) -> String {
    match said.parse::<f64>() {
        Ok(number) if number.fract() == 0.0 && (1e11..1e16).contains(&number) => format!("{number:.0}"),
        _ => said.to_owned(),
    }
}
