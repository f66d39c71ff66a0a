//! The text of XML, in lines as a reader would see them.

use std::borrow::Cow;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Ends of lines: paragraphs, headings, rows, shared strings, comments.
const LINES: [&[u8]; 9] = [b"p", b"h", b"row", b"tr", b"table-row", b"si", b"txbxContent", b"list-item", b"annotation"];
/// Cells of tables. A form with one character a cell is read as one line, a table of numbers is not.
const CELLS: [&[u8]; 3] = [b"tc", b"c", b"table-cell"];
/// A formula of a sheet or a chart, and what holds one with its value or a value alone: none of them goes on in what stands beside it.
const FORMULA: &[u8] = b"f";
const PARTS: [&[u8]; 3] = [FORMULA, b"v", b"pt"];
/// What stands for a space.
const SPACES: [&[u8]; 5] = [b"tab", b"br", b"s", b"line-break", b"cr"];

/// Attributes that hold what somebody wrote, or a number that a cell shows in another way.
const TELLING: [&[u8]; 14] = [
    b"value",
    b"string-value",
    b"val",
    b"formula",
    b"descr",
    b"title",
    b"alt",
    b"name",
    b"fullName",
    b"displayText",
    b"tooltip",
    b"author",
    b"Target",
    b"href",
];
/// What a table over a sheet keeps of it: numbers and texts of the cells, in an attribute that elsewhere holds anything.
const KEPT: [&[u8]; 2] = [b"n", b"s"];
/// A value with fewer digits holds no number that is looked for.
const FEWEST_DIGITS: usize = 13;

/// How its elements part the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// As a document: what is written in one paragraph is one line, however it is set.
    Document,
    /// Each element is a line of its own.
    Fields,
}

/// The characters of an XML. It says itself how they are written; none when it does not, or in a way that is not known here: then nobody
/// can say what it holds.
fn decoded(xml: &[u8]) -> Option<Cow<'_, str>> {
    let wide = |rest: &[u8], of: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(of);
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok().filter(|_| rest.len().is_multiple_of(2)).map(Cow::Owned)
    };
    let text = match xml {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => str::from_utf8(rest).ok().map(Cow::Borrowed),
        _ => match (declared(xml), str::from_utf8(xml)) {
            (Some(name), _) if name.starts_with("utf-7") || name.starts_with("iso-2022") => None,
            (_, Ok(text)) => Some(Cow::Borrowed(text)),
            // In whatever other way: digits and what parts them are the same in all of them.
            (Some(_), Err(_)) => Some(xml.iter().map(|byte| char::from(*byte)).collect()),
            (None, Err(_)) => None,
        },
    };
    // Wide characters without a mark, or something else than XML.
    text.filter(|text| !text.contains('\0') && (text.trim_start().is_empty() || text.trim_start().starts_with('<')))
}

/// The name of the encoding that an XML declares, in small letters.
fn declared(xml: &[u8]) -> Option<String> {
    let head = xml.strip_prefix(b"<?xml")?;
    let head = head.get(..memchr::memmem::find(head, b"?>")?)?;
    let rest = head.get(memchr::memmem::find(head, b"encoding")? + 8..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let name = rest.get(..memchr::memchr(*quote, rest)?)?;
    Some(String::from_utf8_lossy(name).to_ascii_lowercase())
}

/// The text, and what its attributes say; none when it is no XML, or declares a document type, with which words could be hidden.
pub fn text(xml: &[u8], layout: Layout) -> Option<String> {
    let xml = decoded(xml)?;
    let mut reader = Reader::from_str(&xml);
    let mut page = Page { text: String::new(), aside: String::new(), layout, cells: vec![], parts: vec![], counted: false };
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return Some(page.text + "\n" + &page.aside),
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

/// What every element says in the attributes of these names, each empty where it says nothing; none as for [`text`].
pub fn rows<const N: usize>(xml: &[u8], names: [&[u8]; N]) -> Option<Vec<[String; N]>> {
    let xml = decoded(xml)?;
    let mut reader = Reader::from_str(&xml);
    let mut found = vec![];
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return Some(found),
            Event::DocType(_) => return None,
            Event::Start(tag) | Event::Empty(tag) => {
                let said = |name: &[u8]| tag.attributes().flatten().find(|one| one.key.as_ref() == name);
                found.push(names.map(|name| said(name).map(|one| value(&one)).unwrap_or_default()));
            }
            _ => {}
        }
    }
}

/// What an attribute says; as it is written, where that cannot be resolved.
fn value(attribute: &Attribute<'_>) -> String {
    match attribute.normalized_value(XmlVersion::default()) {
        Ok(said) => said.into_owned(),
        Err(_) => String::from_utf8_lossy(&attribute.value).into_owned(),
    }
}

struct Page {
    text: String,
    /// What attributes say: each value is a line of its own, and parts no paragraph.
    aside: String,
    layout: Layout,
    /// Where the cells begin in which we are.
    cells: Vec<usize>,
    /// Where the formulas and values begin in which we are.
    parts: Vec<usize>,
    /// The value of the cell only names a text that stands elsewhere, by its number.
    counted: bool,
}

impl Page {
    fn says(&mut self, words: &str) {
        self.text.push_str(words);
    }

    fn begins(&mut self, tag: &BytesStart<'_>) {
        let name = tag.local_name();
        let name = name.as_ref();
        if CELLS.contains(&name) && self.layout == Layout::Document {
            self.cells.push(self.text.len());
            self.counted = name == b"c" && tag.attributes().flatten().any(|found| found.key.as_ref() == b"t" && &*found.value == b"s");
        }
        if PARTS.contains(&name) && self.layout == Layout::Document {
            self.parts.push(self.text.len());
        }
        for one in tag.attributes().flatten().filter(|one| is_telling(name, one.key.local_name().as_ref())) {
            let said = whole_number(value(&one).trim());
            if said.bytes().filter(u8::is_ascii_digit).count() >= FEWEST_DIGITS {
                self.aside.push_str(&said);
                self.aside.push('\n');
            }
        }
        if SPACES.contains(&name) {
            self.text.push(' ');
        }
    }

    fn ends(&mut self, name: &[u8]) {
        if self.layout == Layout::Fields {
            return self.text.push('\n');
        }
        if PARTS.contains(&name) {
            self.ends_part(name == FORMULA);
        } else if CELLS.contains(&name) {
            let begun = self.cells.pop();
            let said = self.cut(begun);
            let said = said.trim();
            let single = said.chars().count() == 1;
            let shown = if single { format!("{said} ") } else { line(said) };
            self.text.push_str(&shown);
            self.counted = false;
        } else if LINES.contains(&name) {
            // A paragraph within a cell ends with it.
            self.text.push(if self.cells.is_empty() { '\n' } else { ' ' });
        }
    }

    /// Ends a formula or a value. A formula is set aside, so that a cell is read as it is shown. Drawings have parts of these names that
    /// hold nothing, and may stand within a line.
    fn ends_part(&mut self, formula: bool) {
        let begun = self.parts.pop();
        let said = self.cut(begun);
        let said = said.trim();
        if said.is_empty() || (self.counted && !formula) {
            return;
        }
        let page = if formula { &mut self.aside } else { &mut self.text };
        page.push_str(&line(said));
    }

    /// Takes back what was said since.
    fn cut(&mut self, begun: Option<usize>) -> String {
        let begun = begun.unwrap_or(self.text.len());
        let said = self.text.get(begun..).unwrap_or_default().to_owned();
        self.text.truncate(begun);
        said
    }
}

fn is_telling(element: &[u8], attribute: &[u8]) -> bool {
    TELLING.contains(&attribute) || (attribute == b"v" && KEPT.contains(&element))
}

/// A line of its own, which may be a number.
fn line(said: &str) -> String {
    format!("\n{}\n", whole_number(said))
}

/// A number as people would write it: sheets write fifteen digits as `1.85E+14`, some of them with a comma.
fn whole_number(said: &str) -> String {
    match said.replacen(',', ".", 1).parse::<f64>() {
        Ok(number) if number.fract() == 0.0 && (1e11..1e16).contains(&number) => format!("{number:.0}"),
        _ => said.to_owned(),
    }
}
