//! What is read of a PDF.

use relais_domain::document::FileType;

use super::{CLEAN, NIR, Told, judge};
use crate::content::samples::{page, pdf, pdf_of, stream};

const NOTHING: Told = Told::Nothing { had_text: false };

/// The same file with all of its objects packed.
fn packed(file: &[u8]) -> Vec<u8> {
    let mut document = pdf_extract::Document::load_mem(file).unwrap();
    let options = pdf_extract::SaveOptions::builder().use_object_streams(true).use_xref_streams(true);
    let options = options.max_objects_per_stream(100).compression_level(9).build();
    let mut written = vec![];
    document.save_with_options(&mut written, options).unwrap();
    written
}

#[test]
fn what_a_pdf_starts_or_carries_is_found_however_it_is_packed() {
    let actions = [
        "<< /S /Launch /F (x.exe) >>",
        "<< /S /L#61unch /F (x.exe) >>",
        "<< /Type /Filespec /F (x.docx) /EF << /F 4 0 R >> >>",
        "<< /Names << /EmbeddedFiles << /Names [] >> >> >>",
        "<< /Subtype /RichMedia >>",
    ];
    // What does not become smaller is left open: something beside it makes it worth the while.
    let beside = format!("({})", "a".repeat(2000));
    for action in actions {
        let open = pdf("", &[action, &beside]);
        let hidden = packed(&open);
        assert!(!hidden.windows(4).any(|bytes| bytes == b"x.ex" || bytes == b"/EF "), "it is packed");
        for file in [open, hidden] {
            assert_eq!(judge(FileType::Pdf, &file), Told::Active, "{action}");
        }
    }
    let script = "<< /S /JavaScript /JS (AFSimple_Calculate) >>";
    assert_eq!(judge(FileType::Pdf, &packed(&pdf("BT /F1 12 Tf (Bonjour) Tj ET", &[script]))), CLEAN);
}

#[test]
fn texts_of_a_pdf_are_searched_and_its_drawings_are_not() {
    let note = stream("", NIR);
    assert_eq!(judge(FileType::Pdf, &pdf("", &[&note])), Told::Forbidden);
    assert_eq!(judge(FileType::Pdf, &packed(&pdf("", &[&note]))), Told::Forbidden);
    let lines = "1 85 05 78 006 084 91 re f";
    assert_eq!(judge(FileType::Pdf, &pdf(lines, &[])), NOTHING, "coordinates");
    let left = stream("", lines);
    assert_eq!(judge(FileType::Pdf, &pdf("", &[&left])), NOTHING, "coordinates that nothing shows any more");
}

#[test]
fn a_pdf_is_read_with_its_fields() {
    assert_eq!(judge(FileType::Pdf, &page(NIR)), Told::Forbidden);
    assert_eq!(judge(FileType::Pdf, &page("Bonjour")), CLEAN);
    let field = format!("<< /FT /Tx /T (numero) /V ({NIR}) >>");
    assert_eq!(judge(FileType::Pdf, &pdf("", &[&field])), Told::Forbidden, "in a field");
    let wide: String = NIR.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    assert_eq!(judge(FileType::Pdf, &pdf("", &[&format!("<< /Title <FEFF{wide}> >>")])), Told::Forbidden, "in the title");
    assert_eq!(judge(FileType::Pdf, b"%PDF-1.7\nnothing\n%%EOF"), Told::Unreadable);
}

#[test]
fn a_pdf_whose_font_is_unknown_is_searched_in_the_forms_that_it_shows() {
    let shows = |drawing: &str| {
        let form = stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", drawing);
        judge(FileType::Pdf, &pdf("BT /Unknown 12 Tf (Bonjour) Tj ET", &[&form]))
    };
    assert_eq!(shows("BT (Bonjour) Tj ET"), CLEAN);
    assert_eq!(shows(&format!("BT ({NIR}) Tj ET")), Told::Forbidden);
    assert_eq!(shows("BT [(1 85 05) -20 (78 006 )] TJ (084 91) ' ET"), Told::Forbidden, "in parts");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X} ")).collect::<String>() + ">"
}

/// Runs of up to this many bytes as they are, the last two of the same as one run.
fn runs(bytes: &[u8], length: u8) -> Vec<u8> {
    let literal = |bytes: &[u8]| [&[u8::try_from(bytes.len() - 1).unwrap()], bytes].concat();
    [bytes.chunks(length.into()).map(literal).collect::<Vec<_>>().concat(), vec![255, b' ', 128]].concat()
}

#[test]
fn what_is_drawn_is_read_however_it_is_packed() {
    let words = format!("BT /F1 12 Tf 72 720 Td ({NIR}) Tj ET");
    let in_hex = hex(words.as_bytes());
    let deflated = |bytes: &[u8]| {
        let mut plain = pdf_extract::Stream::new(pdf_extract::Dictionary::new(), bytes.to_vec());
        plain.compress().unwrap();
        plain.content
    };
    let long = words.replace("ET", &format!("{} ET", "0 0 Td ".repeat(50)));
    // Each row of a picture with what was done to it before its bytes: nothing.
    let rows: Vec<u8> = long.as_bytes().chunks_exact(2).flat_map(|row| [0, row[0], row[1]]).collect();
    for (fields, content) in [
        ("/Filter /ASCIIHexDecode", in_hex.clone()),
        ("/Filter [/ASCIIHexDecode]", in_hex.to_lowercase()),
        ("/Filter /AHx", in_hex.clone()),
        ("/F /AHx", in_hex.clone()),
        ("/Filter 6 0 R", in_hex.clone()),
        ("/Filter [6 0 R] /Subtype /Image", in_hex.clone()),
        ("/Filter [/ASCIIHexDecode /RunLengthDecode]", hex(&runs(words.as_bytes(), 128))),
        ("/Filter [/AHx /RL]", hex(&runs(words.as_bytes(), 3))),
        ("/Filter [/AHx /Fl]", hex(&deflated(long.as_bytes()))),
        ("/Filter [/AHx /FlateDecode] /DecodeParms [null << /Predictor 12 /Columns 2 >>]", hex(&deflated(&rows))),
    ] {
        let file = pdf_of(stream(fields, &content), &["/ASCIIHexDecode"]);
        assert_eq!(judge(FileType::Pdf, &file), Told::Forbidden, "{fields}");
        let form = stream(&format!("{fields} /BBox [0 0 9 9]"), &content);
        let file = pdf("", &["/ASCIIHexDecode", &form]);
        assert_eq!(judge(FileType::Pdf, &file), Told::Forbidden, "in a note: {fields}");
    }
    let honest = pdf_of(stream("/Filter /ASCIIHexDecode", &hex(b"BT /F1 12 Tf 72 720 Td (Bonjour) Tj ET")), &[]);
    assert_eq!(judge(FileType::Pdf, &honest), CLEAN);
    let metadata = stream("/Type /Metadata /Filter /ASCIIHexDecode", &hex(format!("<x>{NIR}</x>").as_bytes()));
    assert_eq!(judge(FileType::Pdf, &pdf("", &[&metadata])), Told::Forbidden, "what is not drawn as well");
}

#[test]
fn what_is_drawn_and_packed_in_an_unknown_way_is_read_by_nobody() {
    let in_hex = hex(b"BT (Bonjour) Tj ET");
    for fields in [
        "/Filter /DCTDecode",
        "/Filter /Crypt",
        "/Filter /ASCIIHexDecode /F /FlateDecode",
        "/Filter 9 0 R",
        "/Filter (ASCIIHexDecode)",
        "/Filter /RunLengthDecode",
        "/Filter [/AHx /Fl] /DecodeParms [null << /Predictor 2 /Columns 2 >>]",
    ] {
        assert_eq!(judge(FileType::Pdf, &pdf_of(stream(fields, &in_hex), &[])), Told::Unreadable, "{fields}");
        let form = stream(&format!("{fields} /Subtype /Form"), &in_hex);
        assert_eq!(judge(FileType::Pdf, &pdf("", &[&form])), Told::Unreadable, "in a note: {fields}");
    }
    let picture = stream("/Subtype /Image /Filter /DCTDecode", "x");
    assert_eq!(judge(FileType::Pdf, &pdf("BT /F1 12 Tf (Bonjour) Tj ET", &[&picture])), CLEAN, "a picture is not read");
    let beside = format!("({})", "a".repeat(2000));
    let whole = packed(&pdf("BT /F1 12 Tf (Bonjour) Tj ET", &[&beside]));
    assert_eq!(judge(FileType::Pdf, &whole), CLEAN);
    let at = whole.windows(6).position(|six| six == b"ObjStm").unwrap();
    let at = at + whole[at..].windows(6).position(|six| six == b"/Flate").unwrap_or_else(|| panic!("it is packed"));
    let mut changed = whole.clone();
    changed[at + 1..at + 6].copy_from_slice(b"Crypt");
    assert_eq!(judge(FileType::Pdf, &changed), Told::Unreadable, "objects that were left out");
}

#[test]
fn what_stands_only_in_a_note_or_a_field_is_read_in_lines() {
    let shows = |drawing: &str| {
        let form = stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", drawing);
        judge(FileType::Pdf, &pdf("BT /F1 12 Tf (Bonjour) Tj ET", &["<< /Type /Annot /Subtype /Stamp /AP << /N 7 0 R >> >>", &form]))
    };
    assert_eq!(shows("BT (Bonjour) Tj ET"), CLEAN);
    for drawing in [
        format!("/Tx BMC q BT /Helv 12 Tf 2 2 Td ({NIR}) Tj ET Q EMC"),
        "BT /F 9 Tf (1 85 05 78) Tj 50 0 Td (006) Tj 1 0 0 1 70 2 Tm (084 91) Tj ET".to_owned(),
        "BT /F 9 Tf 5 5 Td (1 85 05 78) Tj ET q 1 0 0 1 5 5 cm BT /F 9 Tf 50 0 Td (006 084 91) Tj ET Q".to_owned(),
        "BT /F 9 Tf 0 1 -1 0 9 5 Tm (1 85 05 78) Tj 0 1 -1 0 9 60 Tm (006 084 91) Tj ET".to_owned(),
    ] {
        assert_eq!(shows(&drawing), Told::Forbidden, "{drawing}");
    }
    for drawing in [
        "BT /F 9 Tf (1 85 05 78) Tj 0 -11 Td (006 084 91) Tj ET",
        "BT /F 9 Tf 11 TL (1 85 05 78) Tj T* (006 084 91) Tj ET",
        "BT /F 9 Tf 11 TL (1 85 05 78) Tj (006 084 91) ' ET",
        "BT /F 9 Tf 0 -11 TD (1 85 05 78) Tj T* (006 084 91) Tj ET",
        "BT /F 9 Tf 0 1 -1 0 9 5 Tm (1 85 05 78) Tj 0 1 -1 0 20 5 Tm (006 084 91) Tj ET",
    ] {
        assert_eq!(shows(drawing), CLEAN, "two lines are two texts: {drawing}");
    }
}
