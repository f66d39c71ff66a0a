//! Files made here, byte by byte, and what people do with them.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Client, World};

/// Entries of a zip, none of them packed.
pub fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let (mut file, mut directory) = (vec![], vec![]);
    for (name, body) in entries {
        let at = u32::try_from(file.len()).unwrap();
        let (size, length) = (u32::try_from(body.len()).unwrap().to_le_bytes(), u16::try_from(name.len()).unwrap().to_le_bytes());
        let common: Vec<u8> = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &size, &size, &length, &[0, 0]].concat();
        directory.extend([&b"PK\x01\x02\x14\0"[..], &common, &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat());
        file.extend([&b"PK\x03\x04"[..], &common, name.as_bytes(), body.as_bytes()].concat());
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let (size, at) = (u32::try_from(directory.len()).unwrap().to_le_bytes(), u32::try_from(file.len()).unwrap().to_le_bytes());
    [&file[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &size, &at, &[0, 0]].concat()
}

/// A letter of Word that says this.
pub fn docx(words: &str) -> Vec<u8> {
    let (first, second) = words.split_at(words.len() / 2);
    let body = format!(
        "<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{first}</w:t></w:r><w:r><w:t>{second}</w:t></w:r></w:p>\
         </w:body></w:document>"
    );
    zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &body)])
}

/// A sheet of Excel with this number in a cell.
pub fn xlsx(number: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData><row><c><v>12</v></c><c><v>{number}</v></c></row></sheetData></worksheet>");
    zip(&[("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>"), ("xl/worksheets/sheet1.xml", &sheet)])
}

/// A text of an open document that says this.
pub fn odt(words: &str) -> Vec<u8> {
    let body = format!("<office:document-content><text:p>{words}</text:p></office:document-content>");
    zip(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", &body)])
}

/// A file of an office program until 2003, with these names in its directory and these bytes behind them.
pub fn compound(names: &[&str], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.resize(1536, 0);
    for name in names {
        file.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        file.extend([0; 8]);
    }
    [&file, bytes].concat()
}

/// A photograph of one point, with these further segments after its header.
pub fn jpeg(more: &[(u8, &[u8])]) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| [&[0xff, marker][..], &u16::try_from(body.len() + 2).unwrap().to_be_bytes(), body].concat();
    let mut file = vec![0xff, 0xd8];
    file.extend(segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"));
    for (marker, body) in more {
        file.extend(segment(*marker, body));
    }
    file.extend(segment(0xdb, &[0; 65]));
    file.extend(segment(0xc0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]));
    file.extend(segment(0xda, &[1, 1, 0, 0, 63, 0]));
    file.extend([0x12, 0xff, 0, 0x34, 0xff, 0xd9]);
    file
}

/// A PDF of one page that says this.
pub fn pdf(words: &str) -> Vec<u8> {
    let content = format!("BT /F1 12 Tf 72 720 Td ({words}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
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

/// A picture of one point, with these further chunks before its end.
pub fn png(more: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let chunk = |kind: &[u8], body: &[u8]| [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], kind, body, &[0; 4]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]));
    for (kind, body) in more {
        file.extend(chunk(*kind, body));
    }
    file.extend(chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0, 0, 0, 2, 0, 1]));
    file.extend(chunk(b"IEND", &[]));
    file
}

/// The header that names a file.
pub fn named(name: &str) -> String {
    let encoded: String =
        name.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect();
    format!("attachment; filename*=UTF-8''{encoded}")
}

impl Client {
    /// Uploads a file.
    pub async fn uploads(&self, name: &str, bytes: Vec<u8>) -> Answer {
        self.with("content-disposition", &named(name)).send_bytes(Method::POST, "/v1/uploads", bytes, "application/octet-stream").await
    }

    /// Uploads a file that is taken in; gives its id.
    pub async fn hands_in(&self, name: &str, bytes: Vec<u8>) -> String {
        self.uploads(name, bytes).await.with_status(202).good()["id"].as_str().unwrap().to_owned()
    }

    /// Adds a file to a draft.
    pub async fn adds_document(&self, referral: &str, document: &str, code: Option<&str>) -> Answer {
        self.post(&format!("/v1/referrals/{referral}/documents"), json!({"document_id": document, "code": code})).await
    }

    /// The files of a referral.
    pub async fn documents_of(&self, referral: &str) -> Vec<Value> {
        let list = self.get(&format!("/v1/referrals/{referral}/documents")).await.good();
        list["items"].as_array().cloned().unwrap_or_default()
    }

    /// Fetches a file.
    pub async fn fetches(&self, document: &str) -> Answer {
        self.get(&format!("/v1/documents/{document}/content")).await
    }

    /// Where a file of a referral stands.
    pub async fn state_of_document_in(&self, referral: &str, document: &str) -> String {
        self.get(&format!("/v1/referrals/{referral}/documents/{document}")).await.good()["state"].as_str().unwrap().to_owned()
    }

    /// Where a file stands, for its uploader.
    pub async fn state_of_document(&self, document: &str) -> String {
        self.get(&format!("/v1/documents/{document}")).await.good()["state"].as_str().unwrap().to_owned()
    }
}

impl World {
    /// The record of somebody's file once it is judged. A busy machine may put the search off, and the clock has to move on with it.
    pub async fn judged(&self, who: &Client, file: &str) -> Value {
        for _ in 0..5 {
            self.moves_on("PT1M").await;
            let seen = who.get(&format!("/v1/documents/{file}")).await.good();
            if seen["state"] != "pending" {
                return seen;
            }
        }
        panic!("nobody judged the file")
    }

    /// A clean file of the prescriber.
    pub async fn clean_file(&self) -> String {
        let file = self.prescriber().hands_in("cv.pdf", pdf("Parcours et competences")).await;
        assert_eq!(self.judged(&self.prescriber(), &file).await["state"], "clean");
        file
    }

    /// How many files lie in the store's folder.
    pub fn files_in_store(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
            entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        count(&self.copy.folder.join("files"))
    }
}
