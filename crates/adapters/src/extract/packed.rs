//! The text of today's office files: every XML in them, whatever it is for.

use relais_domain::document::ContentFault;

use super::xml::{Layout, text};
use crate::content::Archive;

/// One text for each XML.
pub fn texts(bytes: &[u8]) -> Result<Vec<String>, ContentFault> {
    let archive = Archive::open(bytes)?;
    let mut found = vec![];
    for name in archive.names().filter(|name| is_xml(name)) {
        // Properties of the file and its links: each value stands for itself.
        let fields = name.starts_with("docProps/") || name == "meta.xml" || name.ends_with(".rels");
        let layout = if fields { Layout::Fields } else { Layout::Document };
        found.push(text(&archive.read(name)?, layout).ok_or(ContentFault::Mismatch)?);
    }
    Ok(found)
}

fn is_xml(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".xml", ".rels", ".rdf", ".vml"].iter().any(|ending| lower.ends_with(ending))
}
