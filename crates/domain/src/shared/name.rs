//! Folding: the form in which texts and names are compared, so that « Œuvre », "OEUVRE" and "œuvre" are the same word.

use unicode_normalization::UnicodeNormalization;

crate::text! {
    /// A part of a person's name, as the person writes it.
    PersonName, max = 100
}

impl PersonName {
    /// The form in which names are compared; see [`fold_name`].
    pub fn folded(&self) -> String {
        fold_name(&self.0)
    }
}

/// Folds a text: compatibility forms resolved (Unicode NFKD), accents and other optional marks removed, lower case without regard
/// to language, ligatures and barred letters spelled out (œ oe, æ ae, ß ss, ø o, ł l, đ d), invisible characters removed.
///
/// Vowel signs that carry the word (Devanagari, Thai and so on) and Hangul syllables stay as they are. Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let letters = text.nfkd().filter(|c| !is_optional_mark(*c) && !is_invisible(*c)).flat_map(char::to_lowercase);
    for letter in letters.filter(|c| !is_optional_mark(*c)) {
        match spelled_out(letter) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(letter),
        }
    }
    folded.nfc().collect()
}

/// Folds a name: as [`fold`], and spaces, hyphens and apostrophes vanish, so that "Jean-Paul", "Jean Paul" and "jeanpaul" are one.
pub fn fold_name(name: &str) -> String {
    fold(name).chars().filter(|c| !is_gap(*c)).collect()
}

/// Folds a text for searching: as [`fold`], with each run of spaces, hyphens and apostrophes as one space, none at the ends.
pub fn fold_text(text: &str) -> String {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(is_gap).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Accents of the scripts in which a word is also read without them: the general diacritics (Latin, Greek, Cyrillic), the points of
/// Hebrew and the vowel marks of Arabic.
const fn is_optional_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Characters that leave no trace on paper: soft hyphen, joiners, direction marks, variation selectors, byte order mark.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Spaces, hyphens and apostrophes.
fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{58a}' | '\u{5be}'
            | '\'' | '`' | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2b9}'..='\u{2bf}' | '\u{2c8}' | '\u{a78c}')
}

/// The letters that Unicode does not decompose, spelled as people type them on another keyboard.
const fn spelled_out(letter: char) -> Option<&'static str> {
    Some(match letter {
        'œ' => "oe",
        'æ' => "ae",
        'ß' => "ss",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::accents("Éléonore", "eleonore")]
    #[case::combining_marks("E\u{301}le\u{301}onore", "eleonore")]
    #[case::stacked_marks("Nguye\u{302}\u{303}n", "nguyen")]
    #[case::compound_name("Jean-Paul", "jeanpaul")]
    #[case::spaces("  Jean  Paul ", "jeanpaul")]
    #[case::no_break_space("Jean\u{a0}Paul", "jeanpaul")]
    #[case::no_break_hyphen("Jean\u{2011}Paul", "jeanpaul")]
    #[case::soft_hyphen("Jean\u{ad}Paul", "jeanpaul")]
    #[case::apostrophe("D'Angelo", "dangelo")]
    #[case::typographic_apostrophe("D’Angelo", "dangelo")]
    #[case::acute_as_apostrophe("D´Angelo", "dangelo")]
    #[case::breton("C\u{2bc}hann", "chann")]
    #[case::oe("Lecœur", "lecoeur")]
    #[case::capital_oe("ŒUVRARD", "oeuvrard")]
    #[case::ae("Ægidius", "aegidius")]
    #[case::ae_with_accent("Ǽgir", "aegir")]
    #[case::sharp_s("Strauß", "strauss")]
    #[case::capital_sharp_s("STRAUẞ", "strauss")]
    #[case::norwegian("Bjørn Ångström", "bjornangstrom")]
    #[case::polish("Łukasz", "lukasz")]
    #[case::vietnamese("Đặng", "dang")]
    #[case::icelandic("Þórður", "thordur")]
    #[case::dotted_i("İbrahim", "ibrahim")]
    #[case::dotless_i("Işık", "isik")]
    #[case::german_umlaut("Müller", "muller")]
    #[case::fi_ligature("\u{fb01}ls", "fils")]
    #[case::full_width("Ａｎｎａ", "anna")]
    #[case::final_sigma("ΑΛΈΞΗΣ", "αλεξησ")]
    #[case::small_final_sigma("Αλέξης", "αλεξησ")]
    #[case::cyrillic("Андре́й Ёлкин", "андреиелкин")]
    #[case::arabic_marks("مُحَمَّد", "محمد")]
    #[case::hangul("김철수", "김철수")]
    #[case::devanagari("सीता", "सीता")]
    #[case::japanese("がぎ", "がぎ")]
    #[case::initials("J.-P.", "j.p.")]
    fn names(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(fold_name(name), expected);
    }

    #[rstest]
    #[case("Aide à l’autonomie", "aide a l autonomie")]
    #[case("  Saint-Étienne\u{a0}–\u{202f}Gare\n", "saint etienne gare")]
    #[case("co\u{ad}opération", "cooperation")]
    #[case("Nº 12 bis", "no 12 bis")]
    #[case("- ' -", "")]
    #[case("", "")]
    fn texts(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(fold_text(text), expected);
    }

    #[test]
    fn fold_keeps_gaps() {
        assert_eq!(fold("L'Été à Saint-Malo"), "l'ete a saint-malo");
    }

    #[test]
    fn a_person_name_keeps_its_spelling() {
        let name: Result<PersonName, _> = " Anne-Zoé ".parse();
        assert_eq!(name.as_ref().map(PersonName::as_str), Ok("Anne-Zoé"));
        assert_eq!(name.map(|name| name.folded()), Ok("annezoe".to_owned()));
        assert!("x".repeat(101).parse::<PersonName>().is_err());
        assert!("a\r\nb".parse::<PersonName>().is_err());
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
            prop_assert_eq!(fold_name(&fold_name(&text)), fold_name(&text));
            prop_assert_eq!(fold_text(&fold_text(&text)), fold_text(&text));
        }

        #[test]
        fn the_normal_form_does_not_matter(text in "\\PC{0,40}") {
            prop_assert_eq!(fold(&text.nfc().collect::<String>()), fold(&text.nfd().collect::<String>()));
        }
    }
}
