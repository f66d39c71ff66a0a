//! What the parts of an office file are related to (`.rels`, OPC): other parts, links, and what programs fetch by themselves.

use super::xml::rows;

/// Whether a part takes in a file of another type, or something that a program fetches from another machine when it opens the file.
pub fn are_active(rels: &[u8]) -> Option<bool> {
    let relations = rows(rels, [b"Type", b"Target", b"TargetMode"])?;
    Some(relations.iter().any(|[kind, target, mode]| {
        let kind = kind.to_ascii_lowercase();
        let external = mode.trim().eq_ignore_ascii_case("external");
        takes_in_a_file(&kind) || (external && !is_shown_only(&kind) && is_elsewhere(target))
    }))
}

/// A file whose words are shown as those of the part (`altChunk`): it is read by none of the parsers here.
fn takes_in_a_file(kind: &str) -> bool {
    kind.ends_with("/afchunk")
}

/// Links wait until somebody follows them, pictures do nothing but show, and a sheet asks before it reads the numbers of another book:
/// books on a file server name each other.
fn is_shown_only(kind: &str) -> bool {
    ["/hyperlink", "/image", "/externallinkpath"].iter().any(|harmless| kind.ends_with(harmless))
}

/// Whether a target is on another machine, in whatever way it is written. The template on the writer's own disk is named by many honest
/// letters, and found nowhere else.
fn is_elsewhere(target: &str) -> bool {
    let target = target.trim().to_ascii_lowercase().replace("%5c", "/").replace("%2f", "/").replace('\\', "/");
    match target.split_once(':') {
        Some(("file", path)) => path.strip_prefix("//").is_some_and(names_a_machine),
        Some((scheme, _)) if is_scheme(scheme) => true,
        _ => target.starts_with("//"),
    }
}

/// What comes after the first two strokes of a path: a machine, or a third stroke and a path of this one, or more strokes and a machine again.
fn names_a_machine(rest: &str) -> bool {
    match rest.strip_prefix('/') {
        Some(path) => path.starts_with('/'),
        None => !is_drive(rest),
    }
}

/// A name of a protocol: a single letter is a disk.
fn is_scheme(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Some programs leave out the third stroke.
fn is_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':' | b'|', ..] if letter.is_ascii_alphabetic())
}
