//! Files made byte by byte, good ones and hostile ones.

mod compound;

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

pub use compound::{beginning, book, compound, compound_of, letter, record, sheet_of};

/// One entry of a zip, and what its headers claim of it.
pub struct Packed {
    pub name: &'static str,
    pub body: Vec<u8>,
    pub claims: u32,
    pub deflated: bool,
}

pub fn deflate(body: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(vec![], Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

impl Packed {
    pub fn honest(name: &'static str, body: &[u8]) -> Self {
        Self { name, claims: u32::try_from(body.len()).unwrap(), body: deflate(body), deflated: true }
    }

    pub fn stored(name: &'static str, body: &[u8]) -> Self {
        Self { name, claims: u32::try_from(body.len()).unwrap(), body: body.to_vec(), deflated: false }
    }

    pub fn lying(name: &'static str, body: &[u8], claims: u32) -> Self {
        Self { claims, ..Self::honest(name, body) }
    }
}

pub fn zip(entries: &[Packed]) -> Vec<u8> {
    let (mut file, mut directory) = (vec![], vec![]);
    for entry in entries {
        let at = u32::try_from(file.len()).unwrap().to_le_bytes();
        let packed = u32::try_from(entry.body.len()).unwrap().to_le_bytes();
        let length = u16::try_from(entry.name.len()).unwrap().to_le_bytes();
        let method = if entry.deflated { 8 } else { 0 };
        let common =
            [&[20, 0, 0, 0, method, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &packed, &entry.claims.to_le_bytes(), &length, &[0, 0]].concat();
        directory.extend([&b"PK\x01\x02\x14\0"[..], &common, &[0; 10], &at, entry.name.as_bytes()].concat());
        file.extend([&b"PK\x03\x04"[..], &common, entry.name.as_bytes(), &entry.body].concat());
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let (size, at) = (u32::try_from(directory.len()).unwrap().to_le_bytes(), u32::try_from(file.len()).unwrap().to_le_bytes());
    [&file[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &size, &at, &[0, 0]].concat()
}

pub fn docx(document: &str) -> Vec<u8> {
    zip(&docx_with(document, vec![]))
}

pub fn docx_with(document: &str, more: Vec<Packed>) -> Vec<Packed> {
    let mut entries = vec![Packed::honest("[Content_Types].xml", b"<Types/>"), Packed::honest("word/document.xml", document.as_bytes())];
    entries.extend(more);
    entries
}

pub fn odt(content: &str) -> Vec<u8> {
    let mimetype = Packed::stored("mimetype", b"application/vnd.oasis.opendocument.text");
    zip(&[mimetype, Packed::honest("content.xml", content.as_bytes())])
}

pub fn sheet(cells: &str) -> Vec<u8> {
    let body = format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>");
    zip(&[
        Packed::honest("[Content_Types].xml", b"<Types/>"),
        Packed::honest("xl/workbook.xml", b"<workbook/>"),
        Packed::honest("xl/worksheets/sheet1.xml", body.as_bytes()),
    ])
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [&[0xff, marker][..], &u16::try_from(body.len() + 2).unwrap().to_be_bytes(), body].concat()
}

/// A JPEG of this size with these further segments after its header.
pub fn jpeg(width: u16, height: u16, more: &[(u8, &[u8])]) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    file.extend(segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"));
    for (marker, body) in more {
        file.extend(segment(*marker, body));
    }
    let frame = [&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
    file.extend(segment(0xdb, &[0; 65]));
    file.extend(segment(0xc0, &frame));
    file.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
    file.extend([0x12, 0xff, 0, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]);
    file
}

/// An Exif segment that says which side is up, and where.
pub fn exif(side: u8) -> Vec<u8> {
    let mut body = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
    body.extend([0x0f, 1, 2, 0, 4, 0, 0, 0, b'R', b'4', b'7', 0]);
    body.extend([0x12, 1, 3, 0, 1, 0, 0, 0, side, 0, 0, 0]);
    body.extend(b"\0\0\0\0GPS 48.8566");
    body
}

pub fn png(width: u32, height: u32, more: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let chunk = |kind: &[u8], body: &[u8]| [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], kind, body, &[0; 4]].concat();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(chunk(b"IHDR", &header));
    for (kind, body) in more {
        file.extend(chunk(*kind, body));
    }
    file.extend(chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0, 0, 0, 2, 0, 1]));
    file.extend(chunk(b"IEND", &[]));
    file
}

/// A stream of a PDF with these fields.
pub fn stream(fields: &str, content: &str) -> String {
    format!("<< {fields} /Length {} >>\nstream\n{content}\nendstream", content.len())
}

/// A PDF of one page with this content stream, and these further objects from the sixth on.
pub fn pdf(content: &str, more: &[&str]) -> Vec<u8> {
    pdf_of(stream("", content), more)
}

/// A PDF of one page whose content is this object.
pub fn pdf_of(content: String, more: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        content,
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    objects.extend(more.iter().map(|object| (*object).to_owned()));
    let (mut file, mut places) = ("%PDF-1.4\n".to_owned(), vec![]);
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        writeln!(file, "{} 0 obj\n{object}\nendobj", index + 1).unwrap();
    }
    let begins = file.len();
    writeln!(file, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).unwrap();
    for place in places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    writeln!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{begins}\n%%EOF", objects.len() + 1).unwrap();
    file.into_bytes()
}

/// A page that says this.
pub fn page(words: &str) -> Vec<u8> {
    pdf(&format!("BT /F1 12 Tf 72 720 Td ({words}) Tj ET"), &[])
}
