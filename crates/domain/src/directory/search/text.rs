//! Words: how texts are cut and compared.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::shared::{Language, fold};

/// Words of a question beyond this number are not looked at.
pub const MOST_WORDS: usize = 16;

/// In words of so many letters or more one typo is forgiven.
pub const SHORTEST_TYPO: usize = 5;

/// Longer runs of letters are no words.
const LONGEST_WORD: usize = 64;

/// The words that say little, folded, by language. Left out: words that mean something in another of the languages.
const STOP_WORDS: &[(Language, &str)] = &[
    (
        Language::Fr,
        "a au aux avec c ce ces cette chez d dans de des du elle elles en est et il ils j je l la le les leur leurs lui m ma mes mon n ne \
         nos notre nous ou par pas pour qu que qui s sa sans se ses si son sont sous sur t ta te tes toi tu un une vos votre vous y",
    ),
    (
        Language::Nl,
        "aan als bij dat de deze die dit door een en er het hoe hun ik in is je jij jou jouw mijn met naar of om onze ons op te tot uit \
         uw van voor wat we wij ze zich zij zijn",
    ),
    (
        Language::De,
        "als am an auch auf aus bei beim das dem den der des die du durch ein eine einem einen einer eines er es fur ich ihr ihre ihren im \
         in ist mein meine mich mir mit nach oder sein sich sie sind um und uns unser unsere vom von was wie wir zu zum zur",
    ),
    (
        Language::En,
        "a an and are as at be by for from he her his how i in is it its my of on or our she that the their them these they this to us was \
         we what where with you your",
    ),
];

static STOPS: LazyLock<HashMap<&'static str, [bool; 4]>> = LazyLock::new(|| {
    let mut stops: HashMap<&'static str, [bool; 4]> = HashMap::new();
    for (place, (_, words)) in STOP_WORDS.iter().enumerate() {
        for word in words.split_whitespace() {
            if let Some(mark) = stops.entry(word).or_default().get_mut(place) {
                *mark = true;
            }
        }
    }
    stops
});

/// Whether a folded word says little in one of the four languages.
pub fn is_stop_word(word: &str) -> bool {
    STOPS.contains_key(word)
}

/// The language that a text seems to be in, by its words that say little; `None` when it does not say.
pub fn guess_language<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Language> {
    let mut counts = [0_u32; 4];
    for marks in words.into_iter().filter_map(|word| STOPS.get(word)) {
        for (count, mark) in counts.iter_mut().zip(marks) {
            *count += u32::from(*mark);
        }
    }
    let mut ranked: Vec<_> = STOP_WORDS.iter().map(|(language, _)| *language).zip(counts).collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    match ranked.as_slice() {
        [(language, most), (_, second), ..] if *most >= 2 && most > second => Some(*language),
        _ => None,
    }
}

/// The words of a text, folded (accents, case, ligatures), in order; anything but letters and digits parts them.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold_plain(text).unwrap_or_else(|| fold(text));
    let parts = folded.split(|c: char| !c.is_alphanumeric());
    parts.filter(|word| !word.is_empty() && word.len() <= LONGEST_WORD).map(str::to_owned).collect()
}

/// The words of a question: without those that say little, unless there are no others; each once, in order, at most
/// [`MOST_WORDS`].
pub fn query_words(question: &str) -> Vec<String> {
    let mut asked: Vec<String> = Vec::new();
    for word in words(question) {
        if !asked.contains(&word) {
            asked.push(word);
        }
    }
    if asked.iter().any(|word| !is_stop_word(word)) {
        asked.retain(|word| !is_stop_word(word));
    }
    asked.truncate(MOST_WORDS);
    asked
}

/// [`fold`] for texts of the letters and signs that our languages are written with; `None` for others, which take the long way.
fn fold_plain(text: &str) -> Option<String> {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0'..='\u{7f}' => folded.push(c.to_ascii_lowercase()),
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'À' | 'Â' | 'Ä' | 'Á' | 'Ã' | 'Å' => folded.push('a'),
            'ç' | 'Ç' => folded.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => folded.push('i'),
            'ñ' | 'Ñ' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' => folded.push('o'),
            'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => folded.push('u'),
            'ý' | 'ÿ' | 'Ý' | 'Ÿ' => folded.push('y'),
            'œ' | 'Œ' => folded.push_str("oe"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            '\u{a0}' | '\u{202f}' | '’' | '‘' | '“' | '”' | '„' | '«' | '»' | '–' | '—' | '…' | '€' | '•' | '·' | '°' =>
            {
                folded.push(' ');
            }
            _ => return None,
        }
    }
    Some(folded)
}

/// Whether two words are the same but for one letter changed, left out, put in, or swapped with its neighbour
/// (Damerau–Levenshtein distance of one at most).
pub fn within_one_typo(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let head = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(head..).unwrap_or_default(), other.get(head..).unwrap_or_default());
    match (one, other) {
        ([], _) | (_, []) => true,
        ([a, b, rest @ ..], [c, d, others @ ..]) if a == d && b == c && rest == others => true,
        ([_, rest @ ..], [_, others @ ..]) => rest == others || rest == other || one == others,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("Aide à l’autonomie (78) – Œuvre", &["aide", "a", "l", "autonomie", "78", "oeuvre"])]
    #[case("Führerschein/Straße", &["fuhrerschein", "strasse"])]
    #[case("e\u{301}te\u{301}", &["ete"])]
    #[case("Łódź…", &["lodz"])]
    #[case(" -- ", &[])]
    fn cut_and_folded(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(words(text), expected);
    }

    #[rstest]
    #[case("le permis de conduire, le permis", &["permis", "conduire"])]
    #[case("à la", &["a", "la"])]
    #[case("der Führerschein", &["fuhrerschein"])]
    #[case("hulp bij het huis", &["hulp", "huis"])]
    #[case("", &[])]
    fn what_is_asked(#[case] question: &str, #[case] expected: &[&str]) {
        assert_eq!(query_words(question), expected);
    }

    #[rstest]
    #[case("logement", "logemnt", true)]
    #[case("logement", "logemetn", true)]
    #[case("logement", "logements", true)]
    #[case("logement", "lagement", true)]
    #[case("logement", "logement", true)]
    #[case("logement", "lgoemetn", false)]
    #[case("logement", "lomegent", false)]
    #[case("ab", "ba", true)]
    #[case("", "a", true)]
    #[case("", "ab", false)]
    fn typos(#[case] one: &str, #[case] other: &str, #[case] expected: bool) {
        assert_eq!((within_one_typo(one, other), within_one_typo(other, one)), (expected, expected));
    }

    #[rstest]
    #[case("Nous aidons les familles dans leurs démarches pour la santé", Some(Language::Fr))]
    #[case("Wij helpen u met de formulieren van het ziekenhuis", Some(Language::Nl))]
    #[case("Wir helfen Ihnen bei der Suche nach einer Wohnung", Some(Language::De))]
    #[case("We help you with the forms of your bank", Some(Language::En))]
    #[case("Atelier", None)]
    fn languages(#[case] text: &str, #[case] expected: Option<Language>) {
        assert_eq!(guess_language(words(text).iter().map(String::as_str)), expected);
    }

    #[test]
    fn a_question_is_bounded() {
        let long: Vec<String> = (0..40).map(|number| format!("mot{number}")).collect();
        assert_eq!(query_words(&long.join(" ")).len(), MOST_WORDS);
        assert!(words(&"x".repeat(65)).is_empty());
    }

    /// The distance by its textbook table.
    fn distance(one: &[char], other: &[char]) -> usize {
        let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
        for i in 0..=one.len() {
            for j in 0..=other.len() {
                table[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let change = table[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
                        let mut least = change.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                        if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                            least = least.min(table[i - 2][j - 2] + 1);
                        }
                        least
                    }
                };
            }
        }
        table[one.len()][other.len()]
    }

    proptest! {
        #[test]
        fn one_typo_is_a_distance_of_one(one in "[ab]{0,6}", other in "[ab]{0,6}") {
            let letters = |word: &str| word.chars().collect::<Vec<_>>();
            prop_assert_eq!(within_one_typo(&one, &other), distance(&letters(&one), &letters(&other)) <= 1);
        }

        #[test]
        fn the_short_way_folds_into_the_same_words(text in "[a-zA-Zà-ÿÀ-Ÿœß’« ,-]{0,40}") {
            let long = fold(&text);
            let long: Vec<&str> = long.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            prop_assert_eq!(words(&text), long);
        }
    }
}
