//! What people hand in: a scanned page of six megabytes, as PDF and as PNG, both whole and valid. The points of the page are noise,
//! so that nothing in them can be packed or guessed.

use crate::chance::Chance;

const WIDTH: usize = 2_400;
const HEIGHT: usize = 2_500;
/// The longest piece that deflate stores without packing it.
const STORED: usize = 65_535;

/// The points of a page in shades of grey. None is a letter: no word of them has a meaning for whoever judges the file.
fn points(seed: u64) -> Vec<u8> {
    let mut chance = Chance::new(seed);
    (0..WIDTH * HEIGHT / 8).flat_map(|_| (chance.next() | 0x8080_8080_8080_8080).to_le_bytes()).collect()
}

/// A page with one picture that fills it.
pub fn pdf() -> Vec<u8> {
    let (picture, content) = (points(17), "q 595 0 0 842 0 0 cm /Scan Do Q");
    let head = format!(
        "<< /Type /XObject /Subtype /Image /Width {WIDTH} /Height {HEIGHT} /ColorSpace /DeviceGray /BitsPerComponent 8 /Length {} >>",
        picture.len()
    );
    let objects: [(&str, &[u8]); 5] = [
        ("<< /Type /Catalog /Pages 2 0 R >>", &[]),
        ("<< /Type /Pages /Kids [3 0 R] /Count 1 >>", &[]),
        ("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /Scan 5 0 R >> >> >>", &[]),
        (&format!("<< /Length {} >>", content.len()), content.as_bytes()),
        (&head, &picture),
    ];
    let (mut file, mut places) = (b"%PDF-1.4\n".to_vec(), vec![]);
    for (index, (says, stream)) in objects.into_iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n{says}\n", index + 1).bytes());
        if !stream.is_empty() {
            file.extend([b"stream\n", stream, b"\nendstream\n"].concat());
        }
        file.extend(b"endobj\n");
    }
    let begins = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    file.extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{begins}\n%%EOF\n", places.len() + 1).bytes());
    file
}

/// The same as a picture of its own.
pub fn png() -> Vec<u8> {
    // Before each line stands how it is filtered: not at all.
    let lines: Vec<u8> = points(19).chunks(WIDTH).flat_map(|line| [&[0], line].concat()).collect();
    let mut packed = vec![0x78, 0x01];
    let pieces = lines.chunks(STORED);
    let last = pieces.len() - 1;
    for (index, piece) in pieces.enumerate() {
        let length = u16::try_from(piece.len()).unwrap_or_default();
        packed.push(u8::from(index == last));
        packed.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
        packed.extend(piece);
    }
    packed.extend(adler32(&lines).to_be_bytes());
    let side = |points: usize| u32::try_from(points).unwrap_or_default().to_be_bytes();
    let head = [&side(WIDTH)[..], &side(HEIGHT), &[8, 0, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(*b"IHDR", &head), &chunk(*b"IDAT", &packed), &chunk(*b"IEND", &[])].concat()
}

fn chunk(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let told = [&kind[..], body].concat();
    let length = u32::try_from(body.len()).unwrap_or_default();
    [&length.to_be_bytes()[..], &told, &crc32(&told).to_be_bytes()].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    let turn = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), turn))
}

fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!((crc32(b"123456789"), adler32(b"Wikipedia")), (0xCBF4_3926, 0x11E6_0398));
    }

    #[test]
    fn both_have_six_megabytes_and_no_more_than_is_taken() {
        for file in [pdf(), png()] {
            assert!((6_000_000..6 * 1_024 * 1_024).contains(&file.len()), "{}", file.len());
        }
    }
}
