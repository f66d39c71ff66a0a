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
fn a_text_is_read_in_whatever_characters_it_is_written() {
    let letter = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?><w:document><w:p><w:t>{NIR}</w:t></w:p></w:document>");
    let little: Vec<u8> = letter.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = letter.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let with =
        |document: Vec<u8>| zip(&[Packed::honest("[Content_Types].xml", b"<Types/>"), Packed::honest("word/document.xml", &document)]);
    for marked in
        [[&b"\xff\xfe"[..], &little].concat(), [&b"\xfe\xff"[..], &big].concat(), [&b"\xef\xbb\xbf"[..], letter.as_bytes()].concat()]
    {
        assert_eq!(judge(FileType::Docx, &with(marked)), Told::Forbidden);
    }
    let western = letter.replace("UTF-16", "windows-1252").replace(' ', "\u{a0}").replace("?xml\u{a0}version", "?xml version");
    let western: Vec<u8> =
        western.replace("\"\u{a0}encoding", "\" encoding").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(judge(FileType::Docx, &with(western)), Told::Forbidden, "the spaces of a Western page are none of UTF-8");
    for unread in [little, big, b"\x4c\x6f\xa7\x94\x93".to_vec(), b"plus rien".to_vec(), [&b"\xff\xfe"[..], b"<"].concat()] {
        assert_eq!(judge(FileType::Docx, &with(unread)), Told::Unreadable);
    }
    let seven = "<?xml version=\"1.0\" encoding=\"UTF-7\"?><w/>";
    assert_eq!(judge(FileType::Docx, &docx(seven)), Told::Unreadable, "digits may be written in letters");
    assert_eq!(judge(FileType::Docx, &docx("<?xml version=\"1.0\" encoding=\"utf-16\"?><w:p><w:t>Bonjour</w:t></w:p>")), CLEAN);
}

#[test]
fn every_part_of_a_packed_file_is_searched() {
    let with = |name: &'static str, body: &[u8]| zip(&docx_with("<w/>", vec![Packed::honest(name, body)]));
    let wide: Vec<u8> = NIR.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, body) in [
        ("word/note.txt", NIR.as_bytes()),
        ("word/settings.bin", &wide),
        ("word/media/plan.svg", b"<svg><text>1 85 05 78 006 <b>084</b> 91</text></svg>"),
    ] {
        assert_eq!(judge(FileType::Docx, &with(name, body)), Told::Forbidden, "{name}");
    }
    assert_eq!(
        judge(FileType::Docx, &with("word/media/photo.png", NIR.as_bytes())),
        Told::Nothing { had_text: false },
        "a picture is not read"
    );
    for (name, body) in [
        ("word/extra.dat", &docx("<w/>")[..]),
        ("word/x.bin", b"{\\rtf1 \\'31}"),
        ("word/y", &compound(&["WordDocument"])),
        ("word/z.xml", b"%PDF-1.4"),
    ] {
        assert_eq!(judge(FileType::Docx, &with(name, body)), Told::Active, "{name}");
    }
    let chunk =
        "<Relationships><Relationship Id=\"a\" Type=\"http://x/relationships/a&#70;Chunk\" Target=\"/word/a.dat\"/></Relationships>";
    assert_eq!(judge(FileType::Docx, &with("word/_rels/document.xml.rels", chunk.as_bytes())), Told::Active);
    let link = format!(
        "<Relationships><Relationship Id=\"a\" Type=\"http://x/relationships/hyperlink\" Target=\"mailto:x?subject={NIR}\"/></Relationships>"
    );
    assert_eq!(judge(FileType::Docx, &with("word/_rels/document.xml.rels", link.as_bytes())), Told::Forbidden);
}

#[test]
fn attributes_say_what_is_shown_in_another_way() {
    let cell =
        "<table:table-cell office:value-type=\"float\" office:value=\"185057800608491\"><text:p>1,85E+14</text:p></table:table-cell>";
    assert_eq!(judge(FileType::Ods, &odt(cell)), Told::Forbidden);
    let exponent = cell.replace("185057800608491", "1.85057800608491E+014");
    assert_eq!(judge(FileType::Ods, &odt(&exponent)), Told::Forbidden);
    let shown = "<table:table-cell><text:p>1,85057800608491E+14</text:p></table:table-cell>";
    assert_eq!(judge(FileType::Ods, &odt(shown)), Told::Forbidden, "with a comma, as it is shown in French");
    let field = format!("<w:p><w:ffData><w:default w:val=\"{NIR}\"/></w:ffData></w:p>");
    assert_eq!(judge(FileType::Docx, &docx(&field)), Told::Forbidden, "in a field of a form");
    let parted = "<w:p><w:t>1 85 05 7</w:t><w:rPr><w:sz w:val=\"24\"/></w:rPr><w:t>8 006 084 91</w:t></w:p>";
    assert_eq!(judge(FileType::Docx, &docx(parted)), Told::Forbidden, "what an attribute says parts no line");
    let path = "<draw:path svg:d=\"m1 85 05 78 006 084 91 z\"/>";
    assert_eq!(judge(FileType::Odt, &odt(path)), Told::Nothing { had_text: false }, "a drawing is no text");
}

#[test]
fn numbers_of_older_sheets_are_read_as_numbers() {
    let sheet = |head: &[u8], number: f64| [&compound(&["Workbook"])[..], head, &number.to_le_bytes()].concat();
    let place = [0, 0, 1, 0, 15, 0];
    let number = [&[0x03, 0x02, 0x0e, 0x00][..], &place].concat();
    let formula = [&[0x06, 0x00, 0x1f, 0x00][..], &place].concat();
    for head in [&number[..], &formula, &[0x1f]] {
        assert_eq!(judge(FileType::Xls, &sheet(head, 185_057_800_608_491.0)), Told::Forbidden);
    }
    assert_eq!(judge(FileType::Xls, &sheet(&number, 185_057_800_608_492.0)), CLEAN, "another number");
    assert_eq!(judge(FileType::Xls, &sheet(b"picture", 185_057_800_608_491.0)), CLEAN, "what stands nowhere in a sheet is chance");
}

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
    let note = format!("<< /Length {} >>\nstream\n{NIR}\nendstream", NIR.len());
    assert_eq!(judge(FileType::Pdf, &pdf("", &[&note])), Told::Forbidden);
    assert_eq!(judge(FileType::Pdf, &packed(&pdf("", &[&note]))), Told::Forbidden);
    let lines = "1 85 05 78 006 084 91 re f";
    assert_eq!(judge(FileType::Pdf, &pdf(lines, &[])), Told::Nothing { had_text: false }, "coordinates");
    let left = format!("<< /Length {} >>\nstream\n{lines}\nendstream", lines.len());
    assert_eq!(judge(FileType::Pdf, &pdf("", &[&left])), Told::Nothing { had_text: false }, "coordinates that nothing shows any more");
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
        let form = format!("<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length {} >>\nstream\n{drawing}\nendstream", drawing.len());
        judge(FileType::Pdf, &pdf("BT /Unknown 12 Tf (Bonjour) Tj ET", &[&form]))
    };
    assert_eq!(shows("BT (Bonjour) Tj ET"), CLEAN);
    assert_eq!(shows(&format!("BT ({NIR}) Tj ET")), Told::Forbidden);
    assert_eq!(shows("BT [(1 85 05) -20 (78 006 )] TJ (084 91) ' ET"), Told::Forbidden, "in parts");
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
    for told in [CLEAN, Told::Nothing { had_text: false }, Told::Forbidden, Told::TooBig, Told::Unreadable, Told::Active] {
        assert_eq!(ended(told.code()).unwrap(), told);
    }
    for crashed in [ended(0), ended(1), ended(101), ended(134), killed(Signal::SIGABRT), killed(Signal::SIGSEGV), killed(Signal::SIGXCPU)] {
        assert_eq!(crashed.unwrap(), Told::Unreadable);
    }
    assert!(killed(Signal::SIGKILL).is_err(), "that says nothing about the file");
}
