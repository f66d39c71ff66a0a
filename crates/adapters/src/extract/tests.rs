use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use nix::sys::signal::Signal;
use relais_domain::document::FileType;

use super::{Told, judge};
use crate::content::samples::{Packed, compound, docx, docx_with, odt, page, pdf, sheet, zip};

const NIR: &str = "1 85 05 78 006 084 91";
const CLEAN: Told = Told::Nothing { had_text: true };

#[test]
fn a_letter_is_read_as_it_is_shown() {
    let runs =
        "<w:document><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>N° 1 85 05 7</w:t></w:r><w:r><w:t>8 006 084 91</w:t></w:r></w:p></w:document>";
    assert_eq!(judge(FileType::Docx, &docx(runs)), Told::Forbidden);
    let lines = "<w:document><w:p><w:t>1 85 05 78</w:t></w:p><w:p><w:t>006 084 91</w:t></w:p></w:document>";
    assert_eq!(judge(FileType::Docx, &docx(lines)), CLEAN, "two lines are two texts");
    let cells: String = NIR.chars().filter(|c| *c != ' ').map(|c| format!("<w:tc><w:p><w:t>{c}</w:t></w:p></w:tc>")).collect();
    assert_eq!(judge(FileType::Docx, &docx(&format!("<w:tbl><w:tr>{cells}</w:tr></w:tbl>"))), Told::Forbidden, "a box for each digit");
    let escaped = "<w:p><w:t>&#49; 85 05 78 006 084 &#x39;1</w:t></w:p>";
    assert_eq!(judge(FileType::Docx, &docx(escaped)), Told::Forbidden);
    let hidden = zip(&docx_with("<w/>", vec![Packed::honest("word/comments.xml", format!("<c><p>{NIR}</p></c>").as_bytes())]));
    assert_eq!(judge(FileType::Docx, &hidden), Told::Forbidden, "in a comment");
    let property = zip(&docx_with("<w/>", vec![Packed::honest("docProps/core.xml", format!("<p><title>{NIR}</title></p>").as_bytes())]));
    assert_eq!(judge(FileType::Docx, &property), Told::Forbidden, "in a property");
    assert_eq!(judge(FileType::Docx, &docx("<w:p><w:t>Bonjour &amp; merci</w:t></w:p>")), CLEAN);
    assert_eq!(judge(FileType::Docx, &docx("<w:p/>")), Told::Nothing { had_text: false });
}

#[test]
fn a_text_that_could_hide_words_is_not_read() {
    let entity = "<!DOCTYPE x [<!ENTITY a \"1 85 05 78\">]><w:p><w:t>&a; 006 084 91</w:t></w:p>";
    for broken in [entity, "<w:p><w:t>&unknown;</w:t></w:p>", "<w:p><w:t></w:p>"] {
        assert_eq!(judge(FileType::Docx, &docx(broken)), Told::Unreadable, "{broken}");
    }
    assert_eq!(judge(FileType::Docx, b"PK"), Told::Unreadable);
}

#[test]
fn open_documents_and_sheets() {
    let spaced = "<text:p>1<text:s/>85 05 78 006 <text:span>084</text:span> 91</text:p>";
    assert_eq!(judge(FileType::Odt, &odt(spaced)), Told::Forbidden);
    for cell in [
        "<c><v>185057800608491</v></c>",
        "<c><v>1.85057800608491E+14</v></c>",
        "<c t=\"inlineStr\"><is><t>1 85 05 78 006 084 91</t></is></c>",
    ] {
        assert_eq!(judge(FileType::Xlsx, &sheet(cell)), Told::Forbidden, "{cell}");
    }
    let numbers = ["185", "05", "780", "060", "08491"].map(|number| format!("<c><v>{number}</v></c>")).concat();
    assert_eq!(judge(FileType::Xlsx, &sheet(&numbers)), CLEAN, "a row of numbers is no number");
    let counted = "<c t=\"s\"><v>185057800608491</v></c>";
    assert_eq!(judge(FileType::Xlsx, &sheet(counted)), Told::Nothing { had_text: false }, "a count of strings is no number");
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
fn older_files_are_searched_byte_by_byte() {
    let mut narrow = compound(&["WordDocument"]);
    narrow.extend_from_slice(NIR.as_bytes());
    let mut wide = compound(&["Workbook"]);
    wide.push(0);
    wide.extend(NIR.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(judge(FileType::Doc, &narrow), Told::Forbidden);
    assert_eq!(judge(FileType::Xls, &wide), Told::Forbidden);
    assert_eq!(judge(FileType::Doc, &compound(&["WordDocument"])), CLEAN);
}

#[test]
fn exit_codes_say_the_same_on_both_sides() {
    // As the system tells it: the code in the second byte, or the signal in the first.
    let ended = |code: u8| Told::of(ExitStatus::from_raw(i32::from(code) << 8));
    let killed = |signal: Signal| Told::of(ExitStatus::from_raw(signal as i32));
    for told in [CLEAN, Told::Nothing { had_text: false }, Told::Forbidden, Told::TooBig, Told::Unreadable] {
        assert_eq!(ended(told.code()).unwrap(), told);
    }
    for crashed in [ended(0), ended(1), ended(101), ended(134), killed(Signal::SIGABRT), killed(Signal::SIGSEGV), killed(Signal::SIGXCPU)] {
        assert_eq!(crashed.unwrap(), Told::Unreadable);
    }
    assert!(killed(Signal::SIGKILL).is_err(), "that says nothing about the file");
}
