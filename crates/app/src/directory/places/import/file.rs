//! Reads the rows of a file of places one by one, whatever its format.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use relais_domain::directory::data_inclusion::ImportError;
use relais_domain::directory::{Place, PlaceColumns, parse_place, place_code};

use crate::directory::import::feed::{Element, FeedFile, LARGEST};

/// What a file holds next.
#[derive(Debug)]
pub(super) enum Row {
    /// The places that a good row tells.
    Places { index: u64, places: Vec<Place> },
    /// A row with everything that is wrong with it.
    Wrong { index: u64, id: Option<String>, errors: Vec<ImportError> },
    /// A row that cannot be read; the file goes on after it.
    Bad { index: u64, code: &'static str },
    /// The file breaks off here.
    Broken { index: u64, code: &'static str },
    /// There is no more.
    End,
}

/// A file of places. A stream of it never lies in memory as a whole.
pub(super) struct PlaceFile<'a> {
    form: Form<'a>,
    index: u64,
}

enum Form<'a> {
    Json(FeedFile<Source<'a>>),
    Table(PlaceColumns, Source<'a>),
    Unreadable(&'static str),
    Ended,
}

type Source<'a> = Box<dyn BufRead + 'a>;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

impl<'a> PlaceFile<'a> {
    /// Recognises the format by the beginning of the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn open(reader: impl Read + 'a) -> io::Result<Self> {
        let mut plain = BufReader::with_capacity(64 * 1024, reader);
        let packed = plain.fill_buf()?.starts_with(&GZIP);
        let mut source: Source<'a> = if packed { Box::new(BufReader::new(MultiGzDecoder::new(plain))) } else { Box::new(plain) };
        let form = match recognised(&mut source) {
            Ok(Some(Beginning::Json)) => Form::Json(FeedFile::new(source)),
            Ok(Some(Beginning::Table(columns))) => Form::Table(columns, source),
            Ok(Some(Beginning::Unknown)) => Form::Unreadable("unknown_format"),
            Ok(None) => Form::Unreadable("empty_file"),
            Err(error) if breaks_off(&error) => Form::Unreadable("truncated"),
            Err(error) => return Err(error),
        };
        Ok(Self { form, index: 0 })
    }

    /// The next row.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn next_row(&mut self) -> io::Result<Row> {
        let index = self.index;
        let row = match &mut self.form {
            Form::Json(feed) => feed.next_element().map(row_of),
            Form::Table(columns, source) => next_line(source).map(|line| line.map_or(Row::End, |line| row_of_line(columns, index, line))),
            Form::Unreadable(code) => Ok(Row::Broken { index, code }),
            Form::Ended => Ok(Row::End),
        };
        self.index += 1;
        let row = match row {
            Err(error) if breaks_off(&error) => Row::Broken { index, code: "truncated" },
            other => other?,
        };
        if matches!(row, Row::Broken { .. } | Row::End) {
            self.form = Form::Ended;
        }
        Ok(row)
    }
}

/// Whether a compressed file ends too early or is damaged: what came before it counts.
fn breaks_off(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
}

enum Beginning {
    Json,
    Table(PlaceColumns),
    Unknown,
}

fn recognised(source: &mut Source<'_>) -> io::Result<Option<Beginning>> {
    loop {
        let Some(first) = source.fill_buf()?.first().copied() else { return Ok(None) };
        match first {
            b'[' | b'{' => return Ok(Some(Beginning::Json)),
            byte if byte.is_ascii_whitespace() || BYTE_ORDER_MARK.contains(&byte) => source.consume(1),
            _ => break,
        }
    }
    let columns = match next_line(source)? {
        Some(Line::Text(header)) => PlaceColumns::of_header(&header),
        _ => None,
    };
    Ok(Some(columns.map_or(Beginning::Unknown, Beginning::Table)))
}

fn row_of(element: Element) -> Row {
    match element {
        Element::Record { index, value } => match parse_place(&value) {
            Ok(places) => Row::Places { index, places },
            Err(errors) => Row::Wrong { index, id: place_code(&value).map(ToOwned::to_owned), errors },
        },
        Element::Bad { index, code } => Row::Bad { index, code },
        Element::Broken { index, code } => Row::Broken { index, code },
        Element::End => Row::End,
    }
}

fn row_of_line(columns: &PlaceColumns, index: u64, line: Line) -> Row {
    match line {
        Line::Bad(code) => Row::Bad { index, code },
        Line::Text(line) => match columns.parse(&line) {
            Ok(place) => Row::Places { index, places: place.into_iter().collect() },
            Err(errors) => Row::Wrong { index, id: columns.code(&line), errors },
        },
    }
}

#[derive(Debug)]
enum Line {
    Text(String),
    Bad(&'static str),
}

/// The next line that is not blank. A line beyond the bound is passed over without being kept.
fn next_line(source: &mut Source<'_>) -> io::Result<Option<Line>> {
    let (mut bytes, mut too_big, mut begun) = (vec![], false, false);
    loop {
        let buffer = source.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        begun = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let piece = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        too_big |= bytes.len() + piece.len() > LARGEST;
        if !too_big {
            bytes.extend_from_slice(piece);
        }
        let taken = piece.len() + usize::from(end.is_some());
        source.consume(taken);
        if end.is_some() {
            if !too_big && bytes.trim_ascii().is_empty() {
                bytes.clear();
                begun = false;
                continue;
            }
            break;
        }
    }
    if too_big {
        return Ok(Some(Line::Bad("record_too_big")));
    }
    if !begun || bytes.trim_ascii().is_empty() {
        return Ok(None);
    }
    while bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    Ok(Some(String::from_utf8(bytes).map_or(Line::Bad("malformed_row"), Line::Text)))
}
