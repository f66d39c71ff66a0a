//! How the streams of a PDF are packed (ISO 32000-1, 7.4). The readers here know three filters and take what is packed otherwise for the
//! text itself: so that nothing hides in it, it is laid open before they read, or nobody can say what it holds.

use std::collections::HashSet;

use pdf_extract::xref::XrefEntry;
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};

use super::is_form;

/// The fields that say how a stream is packed, and their short names, which some readers know as well.
const FILTERS: [&[u8]; 2] = [b"Filter", b"F"];
const SETTINGS: [&[u8]; 2] = [b"DecodeParms", b"DP"];

/// Whether objects are missing that are packed into a stream: the reader leaves out, without a word, what it cannot unpack.
pub fn lacks_objects(document: &Document) -> bool {
    let container = |entry: &XrefEntry| match entry {
        XrefEntry::Compressed { container, .. } => Some((*container, 0)),
        _ => None,
    };
    document.reference_table.entries.values().filter_map(container).any(|id| !document.objects.contains_key(&id))
}

/// Lays open what is drawn; none when some of it cannot be.
pub fn lay_open(document: &mut Document, drawn: &HashSet<ObjectId>) -> Option<()> {
    let streams = document.objects.iter().filter_map(|(id, object)| Some((*id, object.as_stream().ok()?)));
    let closed = streams.filter(|(id, stream)| (drawn.contains(id) || is_form(stream)) && !is_open(stream));
    let open: Vec<(ObjectId, Vec<u8>)> = closed.map(|(id, stream)| Some((id, unpacked(document, stream)?))).collect::<Option<_>>()?;
    for (id, content) in open {
        if let Some(Ok(stream)) = document.objects.get_mut(&id).map(Object::as_stream_mut) {
            stream.set_plain_content(content);
            [FILTERS, SETTINGS].concat().into_iter().for_each(|name| drop(stream.dict.remove(name)));
        }
    }
    Some(())
}

/// Whether every reader unpacks it, as nearly all of them are packed: not at all, or in the one common way.
fn is_open(stream: &Stream) -> bool {
    let fields = &stream.dict;
    let common = |filter: &Object| filter.as_name().is_ok_and(|name| name == b"FlateDecode");
    let filter = fields.get(b"Filter").ok();
    let plain = filter.is_none_or(|filter| common(filter) || matches!(filter.as_array().map(Vec::as_slice), Ok([one]) if common(one)));
    plain && SETTINGS.iter().chain([&FILTERS[1]]).all(|key| !fields.has(key))
}

/// What a stream holds; none when it is packed in a way that is not known here.
pub fn unpacked(document: &Document, stream: &Stream) -> Option<Vec<u8>> {
    let filters = listed(document, &stream.dict, FILTERS)?;
    let settings = listed(document, &stream.dict, SETTINGS)?;
    let mut content = stream.content.clone();
    for (place, filter) in filters.into_iter().enumerate() {
        let settings = settings.get(place).and_then(|settings| settings.as_dict().ok());
        content = undone(filter.as_name().ok()?, settings.map(|settings| resolved(document, settings)), content)?;
    }
    Some(content)
}

/// One object or a list of them, wherever they stand; none when both names of the field are there: readers differ in which they take.
fn listed<'a>(document: &'a Document, fields: &'a Dictionary, names: [&[u8]; 2]) -> Option<Vec<&'a Object>> {
    let resolve = |object| document.dereference(object).ok().map(|(_, object)| object);
    let [long, short] = names.map(|name| fields.get(name).ok());
    let field = match (long, short) {
        (Some(_), Some(_)) => return None,
        (None, None) => return Some(vec![]),
        (one, other) => one.or(other)?,
    };
    match resolve(field)? {
        Object::Null => Some(vec![]),
        Object::Array(items) => items.iter().map(resolve).collect(),
        one => Some(vec![one]),
    }
}

/// The same fields, with what they refer to in its place.
fn resolved(document: &Document, fields: &Dictionary) -> Dictionary {
    let value = |value| document.dereference(value).map_or(Object::Null, |(_, value)| value.clone());
    fields.iter().map(|(key, field)| (key.clone(), value(field))).collect()
}

/// Undoes one filter. Some readers know them by their short names as well.
fn undone(filter: &[u8], settings: Option<Dictionary>, content: Vec<u8>) -> Option<Vec<u8>> {
    let name = match filter {
        b"ASCIIHexDecode" | b"AHx" => return from_hex(&content),
        b"RunLengthDecode" | b"RL" => return from_runs(&content),
        b"FlateDecode" | b"Fl" => "FlateDecode",
        b"LZWDecode" | b"LZW" => "LZWDecode",
        b"ASCII85Decode" | b"A85" => "ASCII85Decode",
        _ => return None,
    };
    let mut fields = Dictionary::new();
    fields.set("Filter", Object::Name(name.into()));
    if let Some(settings) = settings {
        is_known(&settings).then_some(())?;
        fields.set("DecodeParms", settings);
    }
    Stream::new(fields, content).decompressed_content().ok()
}

/// Whether the reader undoes what was done to the bytes before they were packed: it knows the ways of PNG, for whole bytes.
fn is_known(settings: &Dictionary) -> bool {
    let number = |name: &[u8], otherwise: i64| settings.get(name).and_then(Object::as_i64).unwrap_or(otherwise);
    match number(b"Predictor", 1) {
        1 => true,
        10..=15 => number(b"BitsPerComponent", 8) >= 8,
        _ => false,
    }
}

/// Two hexadecimal digits a byte up to `>`, with spaces between any of them; a zero follows a last one that stands alone.
fn from_hex(content: &[u8]) -> Option<Vec<u8>> {
    let end = content.iter().position(|byte| *byte == b'>').unwrap_or(content.len());
    let written = content.get(..end)?.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != 0);
    let digits: Vec<u8> = written.map(|byte| char::from(*byte).to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit) << (4 * (2 - pair.len()))).collect())
}

/// Runs up to the length 128: bytes as they are, or one byte many times.
fn from_runs(content: &[u8]) -> Option<Vec<u8>> {
    let (mut bytes, mut rest) = (vec![], content);
    while let Some((length, run)) = rest.split_first() {
        let length = usize::from(*length);
        rest = match length {
            0..128 => {
                bytes.extend_from_slice(run.get(..=length)?);
                run.get(length + 1..)?
            }
            128 => break,
            _ => {
                let (byte, after) = run.split_first()?;
                bytes.resize(bytes.len() + 257 - length, *byte);
                after
            }
        };
    }
    Some(bytes)
}
