//! The text of a PDF: what its pages show, and every string in it, because fields of forms, notes and properties are none of them.

mod filters;
mod shown;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object, ObjectId, PlainTextOutput, Stream, output_doc};
use relais_domain::document::ContentFault;

use filters::{lay_open, unpacked};
use shown::shown_by;

use super::raw_texts;
use super::xml::{Layout, text};

/// The pages, the strings, and whatever is written in it besides.
///
/// # Errors
/// `Mismatch` when it is locked or broken, or neither of two readers can read its pages, or something in it is packed in a way that is not
/// known here; `Active` when it starts programs or carries files, however that is packed or spelt.
pub fn texts(bytes: &[u8]) -> Result<Vec<String>, ContentFault> {
    let mut document = catch_unwind(|| Document::load_mem(bytes)).ok().and_then(Result::ok).ok_or(ContentFault::Mismatch)?;
    if document.is_encrypted() || filters::lacks_objects(&document) {
        return Err(ContentFault::Mismatch);
    }
    let everything = || document.objects.values().flat_map(parts);
    if everything().chain(document.trailer.iter().flat_map(|(_, value)| parts(value))).any(is_active) {
        return Err(ContentFault::Active);
    }
    let drawn = drawn(&document);
    lay_open(&mut document, &drawn).ok_or(ContentFault::Mismatch)?;
    let mut found = pages(&document).ok_or(ContentFault::Mismatch)?;
    for (id, object) in &document.objects {
        found.extend(parts(object).filter_map(|part| part.as_str().ok()).map(decoded));
        if let Object::Stream(stream) = object
            && !drawn.contains(id)
        {
            found.extend(written(&document, stream));
        }
    }
    found.extend(document.trailer.iter().flat_map(|(_, value)| parts(value)).filter_map(|part| part.as_str().ok()).map(decoded));
    Ok(found)
}

/// An object and everything that is written in it; what it refers to is an object of its own.
fn parts(object: &Object) -> impl Iterator<Item = &Object> {
    let mut waiting = vec![object];
    std::iter::from_fn(move || {
        let object = waiting.pop()?;
        match object {
            Object::Array(items) => waiting.extend(items),
            Object::Dictionary(fields) => waiting.extend(fields.iter().map(|(_, value)| value)),
            Object::Stream(stream) => waiting.extend(stream.dict.iter().map(|(_, value)| value)),
            _ => {}
        }
        Some(object)
    })
}

fn dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(fields) => Some(fields),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// Whether it starts a program or carries a file. Scripts are not counted: forms of administrations calculate with them.
fn is_active(object: &Object) -> bool {
    let named = matches!(object, Object::Name(name) if matches!(name.as_slice(), b"Launch" | b"EmbeddedFile" | b"RichMedia"));
    let carries = dictionary(object).is_some_and(|fields| {
        let file = [&b"F"[..], b"UF"].iter().any(|key| fields.has(key)) || fields.has_type(b"Filespec");
        fields.has(b"EmbeddedFiles") || fields.has(b"RichMediaContent") || (fields.has(b"EF") && file)
    });
    named || carries
}

/// The streams that something names as what is to be drawn: what they show is read with the pages, and their coordinates are no text.
fn drawn(document: &Document) -> HashSet<ObjectId> {
    let mut drawn: HashSet<ObjectId> = document.objects.values().flat_map(parts).flat_map(draws).collect();
    // The contents of a page may be a list that is an object of its own.
    let lists: Vec<&Object> = drawn.iter().filter_map(|id| document.objects.get(id)).filter(|object| object.as_array().is_ok()).collect();
    drawn.extend(lists.into_iter().flat_map(parts).filter_map(|part| part.as_reference().ok()));
    drawn
}

fn draws(object: &Object) -> Vec<ObjectId> {
    let Some(fields) = dictionary(object) else { return vec![] };
    let page = fields.has_type(b"Page").then(|| fields.get(b"Contents").ok()).flatten();
    let letters =
        fields.get(b"CharProcs").and_then(Object::as_dict).ok().into_iter().flat_map(|letters| letters.iter().map(|(_, one)| one));
    page.into_iter().flat_map(parts).chain(letters).filter_map(|one| one.as_reference().ok()).collect()
}

/// Whether a stream is a drawing within another: of a page, of a note on it, of a field, of a pattern.
fn is_form(stream: &Stream) -> bool {
    stream.dict.has(b"BBox") || stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Form")
}

/// What is written in a stream that is not drawn: an XML, or whatever looks like text.
fn written(document: &Document, stream: &Stream) -> Vec<String> {
    let fields = &stream.dict;
    let said = |key: &[u8], known: &[&[u8]]| fields.get(key).and_then(Object::as_name).is_ok_and(|name| known.contains(&name));
    let keys: [&[u8]; 8] = [b"BBox", b"PatternType", b"ShadingType", b"FunctionType", b"Length1", b"Length2", b"Length3", b"Alternate"];
    let shapes = keys.iter().any(|key| fields.has(key));
    if shapes
        || said(b"Subtype", &[b"Image", b"Form", b"Type1C", b"CIDFontType0C", b"OpenType"])
        || said(b"Type", &[b"XRef", b"ObjStm", b"XObject", b"Pattern", b"CMap"])
    {
        return vec![];
    }
    let content = unpacked(document, stream).unwrap_or_else(|| stream.content.clone());
    if content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&content).trim_ascii_start().starts_with(b"<") {
        return vec![text(&content, Layout::Fields).unwrap_or_else(|| String::from_utf8_lossy(&content).into_owned())];
    }
    if is_drawing(&content) { vec![] } else { raw_texts(&content) }
}

/// What a drawing does; nothing when it is none.
fn operations(content: &[u8]) -> Vec<Operation> {
    catch_unwind(|| Content::decode(content)).ok().and_then(Result::ok).map(|read| read.operations).unwrap_or_default()
}

/// Whether it draws, although nothing names it as something to be drawn: what was replaced stays behind in a file that was changed.
fn is_drawing(content: &[u8]) -> bool {
    let numbers = |operands: &[Object]| operands.len() >= 2 && operands.iter().all(|one| one.as_float().is_ok());
    let draws = |operation: &Operation| match operation.operator.as_str() {
        "BT" | "Tf" | "Tj" | "TJ" => true,
        "re" | "cm" | "m" | "l" | "c" | "v" | "y" | "d0" | "d1" => numbers(&operation.operands),
        _ => false,
    };
    operations(content).iter().any(draws)
}

/// What the pages show, and the drawings within them: those of notes and fields are on no page that a reader of text knows. Many real files
/// have fonts that one reader does not know; then the other is asked.
fn pages(document: &Document) -> Option<Vec<String>> {
    let forms = document.objects.values().filter_map(|object| object.as_stream().ok()).filter(|stream| is_form(stream));
    let mut found: Vec<String> = forms.map(|form| unpacked(document, form).map(|content| shown_by(&content))).collect::<Option<_>>()?;
    if let Some(text) = read_by_layout(document) {
        found.push(text);
        return Some(found);
    }
    let numbers: Vec<u32> = document.get_pages().keys().copied().collect();
    found.push(catch_unwind(AssertUnwindSafe(|| document.extract_text(&numbers))).ok()?.ok()?);
    // That one leaves out letters whose encoding it does not know.
    let pages = document.get_pages().into_values().filter_map(|page| document.get_page_content(page).ok());
    found.extend(pages.map(|content| shown_by(&content)));
    Some(found)
}

fn read_by_layout(document: &Document) -> Option<String> {
    let read = || {
        let mut text = String::new();
        output_doc(document, &mut PlainTextOutput::new(&mut text)).map(|()| text)
    };
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

/// A text string: UTF-16 with its mark, else a byte a character.
fn decoded(bytes: &[u8]) -> String {
    match bytes.strip_prefix(&[0xfe, 0xff]) {
        Some(wide) => {
            let units = wide.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(u16::from_be_bytes);
            char::decode_utf16(units).map(|c| c.unwrap_or('\n')).collect()
        }
        None => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
