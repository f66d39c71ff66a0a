//! The text of a PDF: what its pages show, and every string in it, because fields of forms, notes and properties are none of them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, Object, extract_text_from_mem};
use relais_domain::document::ContentFault;

use super::xml::{Layout, text};

/// The pages, the strings, and the XML in it.
///
/// # Errors
/// `Mismatch` when it is locked or broken, or neither of two readers can read its pages.
pub fn texts(bytes: &[u8]) -> Result<Vec<String>, ContentFault> {
    let document = catch_unwind(|| Document::load_mem(bytes)).ok().and_then(Result::ok).ok_or(ContentFault::Mismatch)?;
    if document.is_encrypted() {
        return Err(ContentFault::Mismatch);
    }
    let mut found = vec![pages(bytes, &document).ok_or(ContentFault::Mismatch)?];
    for object in document.objects.values() {
        strings(object, &mut found);
    }
    Ok(found)
}

/// What the pages show. Many real files have fonts that one reader does not know; then the other is asked.
fn pages(bytes: &[u8], document: &Document) -> Option<String> {
    if let Ok(Ok(text)) = catch_unwind(|| extract_text_from_mem(bytes)) {
        return Some(text);
    }
    let numbers: Vec<u32> = document.get_pages().keys().copied().collect();
    catch_unwind(AssertUnwindSafe(|| document.extract_text(&numbers))).ok()?.ok()
}

/// Every string of an object and of what is written in it; each is a text of its own.
fn strings(object: &Object, found: &mut Vec<String>) {
    let mut waiting = vec![object];
    while let Some(object) = waiting.pop() {
        match object {
            Object::String(bytes, _) => found.push(decoded(bytes)),
            Object::Array(items) => waiting.extend(items),
            Object::Dictionary(fields) => waiting.extend(fields.iter().map(|(_, value)| value)),
            Object::Stream(stream) => {
                waiting.extend(stream.dict.iter().map(|(_, value)| value));
                let picture = stream.dict.get(b"Subtype").is_ok_and(|kind| matches!(kind, Object::Name(name) if name == b"Image"));
                let content = if picture { None } else { stream.decompressed_content().ok() };
                let content = content.unwrap_or_else(|| stream.content.clone());
                if content.trim_ascii_start().starts_with(b"<") {
                    found.push(text(&content, Layout::Fields).unwrap_or_else(|| String::from_utf8_lossy(&content).into_owned()));
                }
            }
            _ => {}
        }
    }
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
