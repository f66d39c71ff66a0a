use relais_domain::document::{ContentFault, FileType};

use super::inspect;
use super::samples::{
    Packed, beginning, book, compound, compound_of, docx, docx_with, exif, jpeg, odt, page, pdf, png, record, sheet, sheet_of, zip,
};

fn fault(kind: FileType, bytes: Vec<u8>) -> ContentFault {
    inspect(kind, bytes).unwrap_err()
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    super::position(bytes, words).is_some()
}

#[test]
fn good_files_of_every_type_are_taken() {
    let good = [
        (FileType::Pdf, page("Bonjour")),
        (FileType::Docx, docx("<w/>")),
        (FileType::Xlsx, sheet("")),
        (FileType::Odt, odt("<office/>")),
        (FileType::Doc, compound(&["WordDocument"])),
        (FileType::Xls, compound(&["Workbook"])),
        (FileType::Jpg, jpeg(640, 480, &[])),
        (FileType::Jpeg, jpeg(640, 480, &[])),
        (FileType::Png, png(640, 480, &[])),
    ];
    for (kind, bytes) in &good {
        assert_eq!(&inspect(*kind, bytes.clone()).unwrap(), bytes, "{kind}");
    }
    // None of them passes for another, but for the two names of JPEG; an empty file for none.
    for (kind, bytes) in &good {
        for (other, _) in good.iter().filter(|(other, _)| other.media_type() != kind.media_type()) {
            assert_eq!(fault(*other, bytes.clone()), ContentFault::Mismatch, "{kind} as {other}");
        }
        assert_eq!(fault(*kind, vec![]), ContentFault::Mismatch);
    }
}

#[test]
fn no_prefix_of_a_good_file_makes_a_parser_fall_over() {
    let files = [
        (FileType::Docx, docx("<w/>")),
        (FileType::Jpg, jpeg(64, 48, &[(0xe1, &exif(6))])),
        (FileType::Png, png(64, 48, &[(b"tEXt", b"a\0b")])),
        (FileType::Pdf, page("x")),
        (FileType::Xls, compound_of(&[("Workbook", book(&[sheet_of(0, 0)]))])),
    ];
    for (kind, bytes) in files {
        for length in 0..bytes.len() {
            let _ = inspect(kind, bytes[..length].to_vec());
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0xff;
            let _ = inspect(kind, changed);
        }
    }
}

#[test]
fn a_bomb_is_known_by_what_it_says_and_by_what_it_does() {
    let much = vec![0; 70 * 1024 * 1024];
    let honest = zip(&docx_with("<w/>", vec![Packed::honest("word/media/a.bin", &much)]));
    assert_eq!(fault(FileType::Docx, honest), ContentFault::UnpackedTooBig);
    let swelling = zip(&docx_with("<w/>", vec![Packed::honest("word/media/a.bin", &much[..8 * 1024 * 1024])]));
    assert_eq!(fault(FileType::Docx, swelling), ContentFault::UnpackedTooBig);
    let lying = zip(&docx_with("<w/>", vec![Packed::lying("word/media/a.bin", &much, 100)]));
    assert_eq!(fault(FileType::Docx, lying), ContentFault::UnpackedTooBig);
    let many = (0..2_001).map(|_| Packed::stored("word/a.xml", b"")).collect();
    assert_eq!(fault(FileType::Docx, zip(&docx_with("<w/>", many))), ContentFault::UnpackedTooBig);
}

#[test]
fn entries_that_lead_elsewhere_or_stand_twice_are_no_document() {
    for name in ["../x.xml", "/etc/x.xml", "word/../../x.xml", "C:\\x.xml", "word\\x.xml", "word/./x.xml"] {
        let file = zip(&docx_with("<w/>", vec![Packed::stored(name, b"x")]));
        assert_eq!(fault(FileType::Docx, file), ContentFault::Mismatch, "{name}");
    }
    let twice = zip(&docx_with("<w/>", vec![Packed::stored("word/document.xml", b"<w>other</w>")]));
    assert_eq!(fault(FileType::Docx, twice), ContentFault::Mismatch);
}

#[test]
fn macros_and_files_within_are_refused() {
    for name in [
        "word/vbaProject.bin",
        "word/embeddings/oleObject1.bin",
        "word/activeX/activeX1.xml",
        "setup.exe",
        "word/letter.DOCX",
        "xl/old.xls",
        "word/afchunk.rtf",
        "afchunk.mht",
        "x/card.pdf",
    ] {
        let file = zip(&docx_with("<w/>", vec![Packed::stored(name, b"x")]));
        assert_eq!(fault(FileType::Docx, file), ContentFault::Active, "{name}");
    }
    let enabled = [
        Packed::honest("[Content_Types].xml", b"<Types>application/vnd.ms-word.document.macroEnabled.main+xml</Types>"),
        Packed::honest("word/document.xml", b"<w/>"),
    ];
    assert_eq!(fault(FileType::Docx, zip(&enabled)), ContentFault::Active);
    assert_eq!(fault(FileType::Doc, compound(&["WordDocument", "_VBA_PROJECT"])), ContentFault::Active);
    assert_eq!(fault(FileType::Xls, compound(&["Workbook", "EncryptedPackage"])), ContentFault::Mismatch);
    let launching = [&page("x")[..], b""].concat();
    let launching = String::from_utf8(launching).unwrap().replace("/Type /Catalog", "/Type /Catalog /OpenAction << /S /Launch >>");
    let spelt = launching.replace("/Launch", "/L#61unch");
    assert_eq!(fault(FileType::Pdf, launching.into_bytes()), ContentFault::Active);
    assert_eq!(fault(FileType::Pdf, spelt.into_bytes()), ContentFault::Active);
}

#[test]
fn a_sheet_of_macros_is_found_as_it_is_listed_and_as_it_begins() {
    let fault_of = |name: &str, book: Vec<u8>| inspect(FileType::Xls, compound_of(&[(name, book)])).err();
    let further = record(0x00fc, &[0; 5000]);
    for kind in [1, 6] {
        let listed = book(&[sheet_of(0, 0), sheet_of(0, kind)]);
        assert_eq!(fault_of("Workbook", listed.clone()), Some(ContentFault::Active), "in small sectors");
        assert_eq!(fault_of("BOOK", listed), Some(ContentFault::Active), "of an older Excel");
        assert_eq!(fault_of("Workbook", book(&[further.clone(), sheet_of(0, kind)])), Some(ContentFault::Active), "in sectors of its own");
    }
    let with_sheet = |kind: u8| {
        let begins = u32::try_from(book(&[sheet_of(0, 0)]).len()).unwrap();
        [book(&[sheet_of(begins, 0)]), beginning(kind), record(0x000a, &[])].concat()
    };
    assert_eq!(fault_of("Workbook", with_sheet(0x40)), Some(ContentFault::Active), "listed as a sheet of cells");
    assert_eq!(fault_of("Workbook", with_sheet(0x10)), None);
    assert_eq!(fault_of("Workbook", book(&[sheet_of(0, 2)])), None, "a chart");
    let decoy = compound_of(&[("Workbook", book(&[])), ("Book", book(&[sheet_of(0, 1)]))]);
    assert_eq!(fault(FileType::Xls, decoy), ContentFault::Active, "in the second of two");
}

#[test]
fn names_of_streams_are_known_in_whatever_case() {
    assert!(inspect(FileType::Xls, compound(&["WORKBOOK"])).is_ok());
    for active in ["_vba_project", "objectpool", "\u{1}OLE10native", "mbd0018D4CE"] {
        assert_eq!(fault(FileType::Doc, compound(&["WordDocument", active])), ContentFault::Active, "{active}");
    }
    assert_eq!(fault(FileType::Xls, compound(&["Workbook", "ENCRYPTEDPACKAGE"])), ContentFault::Mismatch);
}

#[test]
fn chains_of_sectors_that_bite_their_tails_come_to_an_end() {
    let file = compound_of(&[("Workbook", book(&[record(0x00fc, &[0; 5000]), sheet_of(0, 1)]))]);
    // The table is the first sector: each of its numbers, and of those of the header, leads back to the second.
    for at in (44..80).chain(512..1024).step_by(4) {
        let mut turned = file.clone();
        turned[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
        let _ = inspect(FileType::Xls, turned);
    }
    let many: Vec<(&str, Vec<u8>)> = (0..5).map(|_| ("Workbook", book(&[]))).collect();
    assert!(!super::is_legible(FileType::Xls, &compound_of(&many)), "nobody can say which of them is opened");
}

#[test]
fn padding_does_not_keep_a_zip_out_of_sight() {
    let (packed, padding) = (docx("<w/>"), vec![0; 70_000]);
    let noted = pdf("", &[&format!("({})", packed.iter().map(|byte| char::from(byte & 0x7f)).collect::<String>())]);
    for (kind, file) in [
        (FileType::Pdf, noted),
        (FileType::Png, png(64, 48, &[(b"IDAT", &packed)])),
        (FileType::Jpg, jpeg(64, 48, &[(0xdb, &packed)])),
        (FileType::Xls, compound_of(&[("Workbook", book(&[])), ("x", packed.clone())])),
    ] {
        assert!(holds(&file, b"PK\x05\x06"), "{kind}");
        assert_eq!(fault(kind, file.clone()), ContentFault::Mismatch, "{kind}");
        if kind != FileType::Xls {
            assert_eq!(fault(kind, [&file[..], &padding].concat()), ContentFault::Mismatch, "{kind} with padding behind");
        }
    }
}

#[test]
fn two_files_in_one_are_refused() {
    let packed = docx("<w/>");
    for (kind, picture) in [(FileType::Jpg, jpeg(64, 48, &[])), (FileType::Png, png(64, 48, &[])), (FileType::Pdf, page("x"))] {
        assert_eq!(fault(kind, [&picture[..], &packed].concat()), ContentFault::Mismatch, "{kind} and a zip");
        for tail in [&b"<script>alert(1)</script>"[..], b"<?php system('id');", b"\n#!/bin/sh\n", b"MZ\x90", b"%PDF-1.4"] {
            assert_eq!(fault(kind, [&picture[..], tail].concat()), ContentFault::Mismatch, "{kind} and {tail:?}");
        }
    }
    assert_eq!(fault(FileType::Docx, [b"GIF89a", &packed[..]].concat()), ContentFault::Mismatch);
    assert_eq!(fault(FileType::Docx, [&packed[..], b"tail"].concat()), ContentFault::Mismatch);
    assert_eq!(fault(FileType::Pdf, [b"GIF89a", &page("x")[..]].concat()), ContentFault::Mismatch);
}

#[test]
fn padding_behind_the_end_is_cut_off() {
    for (kind, file) in [(FileType::Jpg, jpeg(64, 48, &[])), (FileType::Png, png(64, 48, &[])), (FileType::Pdf, page("x"))] {
        assert_eq!(inspect(kind, [&file[..], &[0; 512]].concat()).unwrap(), file);
    }
}

#[test]
fn pictures_have_a_size_that_can_be_shown() {
    assert!(inspect(FileType::Jpg, jpeg(12_000, 9_000, &[])).is_ok());
    assert_eq!(fault(FileType::Jpg, jpeg(65_000, 65_000, &[])), ContentFault::UnpackedTooBig);
    assert_eq!(fault(FileType::Jpg, jpeg(0, 480, &[])), ContentFault::Mismatch);
    assert_eq!(fault(FileType::Png, png(100_000, 100_000, &[])), ContentFault::UnpackedTooBig);
    assert_eq!(fault(FileType::Png, png(u32::MAX, 1, &[])), ContentFault::UnpackedTooBig);
    assert_eq!(fault(FileType::Png, png(0, 1, &[])), ContentFault::Mismatch);
}

#[test]
fn pictures_lose_what_tells_of_their_maker_and_keep_which_side_is_up() {
    let told = jpeg(
        64,
        48,
        &[(0xe1, &exif(6)), (0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"), (0xed, b"Photoshop 3.0\0"), (0xfe, b"Awa Sow")],
    );
    let kept = inspect(FileType::Jpg, told).unwrap();
    for gone in [&b"GPS"[..], b"R47", b"xmpmeta", b"Photoshop", b"Awa Sow"] {
        assert!(!holds(&kept, gone), "{gone:?}");
    }
    assert!(holds(&kept, b"\x01\x12\0\x03\0\0\0\x01\0\x06"), "which side is up");
    assert_eq!(inspect(FileType::Jpg, kept.clone()).unwrap(), kept, "what is kept is kept again");
    assert_eq!(inspect(FileType::Jpg, jpeg(64, 48, &[(0xe1, &exif(1))])).unwrap(), jpeg(64, 48, &[]));

    let told = png(
        64,
        48,
        &[(b"tEXt", b"Author\0Awa"), (b"iTXt", b"XML:com.adobe.xmp"), (b"eXIf", b"II*\0"), (b"tIME", b"1234567"), (b"gAMA", b"\0\0\0\x01")],
    );
    assert_eq!(inspect(FileType::Png, told).unwrap(), png(64, 48, &[(b"gAMA", b"\0\0\0\x01")]));
}
