//! The form in which names of places are compared.

use crate::shared::fold;

/// Folds the name of a place into words: without accents, case and punctuation, with "St" and "Ste" spelled out.
pub(super) fn fold_place(name: &str) -> String {
    words(name).iter().map(|word| spelled_out(word)).collect::<Vec<_>>().join(" ")
}

/// What somebody may mean who has typed so far: a last "st" is "saint", or the beginning of "strasbourg".
pub(super) fn meanings(typed: &str) -> Vec<String> {
    let words = words(typed);
    let Some((last, before)) = words.split_last() else { return vec![] };
    let before = before.iter().map(|word| spelled_out(word)).collect::<Vec<_>>();
    let with = |last: &str| before.iter().copied().chain([last]).collect::<Vec<_>>().join(" ");
    let mut meant = vec![with(spelled_out(last))];
    if spelled_out(last) != last {
        meant.push(with(last));
    }
    meant
}

/// The letters of a folded name, without the gaps: "labergement" finds "L'Abergement".
pub(super) fn letters(folded: &str) -> impl Iterator<Item = u8> + '_ {
    folded.bytes().filter(|byte| *byte != b' ')
}

fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

fn spelled_out(word: &str) -> &str {
    match word {
        "st" => "saint",
        "ste" => "sainte",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_into_words() {
        for (name, folded) in [
            ("Saint-Étienne", "saint etienne"),
            ("ST ETIENNE", "saint etienne"),
            ("St. Gallen", "saint gallen"),
            ("L’Haÿ-les-Roses", "l hay les roses"),
            ("Ste-Foy-lès-Lyon", "sainte foy les lyon"),
            ("’s-Hertogenbosch", "s hertogenbosch"),
            ("Œuilly", "oeuilly"),
            (" - ", ""),
        ] {
            assert_eq!(fold_place(name), folded);
        }
    }

    #[test]
    fn a_last_st_has_two_meanings() {
        assert_eq!(meanings("St"), ["saint", "st"]);
        assert_eq!(meanings("st et"), ["saint et"]);
        assert_eq!(meanings("Bourg-St"), ["bourg saint", "bourg st"]);
        assert!(meanings("  ").is_empty());
    }
}
