//! The text of today's office files: every XML in them, whatever it is for, and whatever else may hold words.

use relais_domain::document::ContentFault;

use super::xml::{Layout, text};
use super::{raw_texts, relations};
use crate::content::{Archive, is_file_of_its_own};

/// What is drawn point by point, and letters to draw with: no words are in them.
const DRAWN: [&str; 15] =
    [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".tif", ".tiff", ".ico", ".webp", ".ttf", ".otf", ".odttf", ".fntdata"];

/// One text for each XML, and what looks like text of everything else.
///
/// # Errors
/// `Mismatch` for what cannot be read, `Active` for a file within the file or one that is fetched from elsewhere.
pub fn texts(bytes: &[u8]) -> Result<Vec<String>, ContentFault> {
    let archive = Archive::open(bytes)?;
    let mut found = vec![];
    // The first entry of an open document only names its type; the rest are folders.
    for name in archive.names().filter(|name| *name != "mimetype" && !name.ends_with('/')) {
        let lower = name.to_ascii_lowercase();
        let entry = archive.read(name)?;
        // Its name does not say what it is: programs go by what is written of it elsewhere, or by its first bytes.
        if is_file_of_its_own(&entry) {
            return Err(ContentFault::Active);
        }
        if is_xml(&lower) {
            if lower.strip_suffix(".rels").is_some() && relations::are_active(&entry).ok_or(ContentFault::Mismatch)? {
                return Err(ContentFault::Active);
            }
            // Properties of the file and its links: each value stands for itself.
            let fields = name.starts_with("docProps/") || name == "meta.xml" || name.contains("_rels/");
            let layout = if fields { Layout::Fields } else { Layout::Document };
            found.push(text(&entry, layout).ok_or(ContentFault::Mismatch)?);
        } else if !DRAWN.iter().any(|ending| lower.ends_with(ending)) {
            found.extend(raw_texts(&entry));
            found.extend(text(&entry, Layout::Document));
        }
    }
    Ok(found)
}

fn is_xml(lower: &str) -> bool {
    [".xml", ".rels", ".rdf", ".vml"].iter().any(|ending| lower.ends_with(ending))
}
