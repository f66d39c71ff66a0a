//! What no text may hold that others read, and none that leaves in a mail.

use super::{Blocker, contains_nir};

/// One `forbidden_identifier` (422) per text that holds a French social security number. The number is never echoed.
pub fn forbidden(texts: &[(&str, Option<&str>)]) -> Vec<Blocker> {
    let held = texts.iter().filter(|(_, text)| text.is_some_and(contains_nir));
    held.map(|(pointer, _)| Blocker::content("forbidden_identifier").at(*pointer)).collect()
}

/// For texts that leave in mails: as [`forbidden`], and one `markup_not_allowed` (422) per text that holds what a template or a
/// browser would run. The mails escape every text as well; a text that tries is refused before anybody reads it.
pub fn unfit_for_mail(texts: &[(&str, Option<&str>)]) -> Vec<Blocker> {
    let running = texts.iter().filter(|(_, text)| text.is_some_and(holds_markup));
    let refused: Vec<Blocker> = running.map(|(pointer, _)| Blocker::content("markup_not_allowed").at(*pointer)).collect();
    forbidden(texts).into_iter().chain(refused).collect()
}

/// Braces of a template, a script, or an event handler within a tag.
fn holds_markup(text: &str) -> bool {
    let text = text.to_lowercase();
    let known = ["{{", "}}", "{%", "%}", "{#", "#}", "<script", "javascript:"];
    known.iter().any(|piece| text.contains(piece)) || text.split('<').skip(1).any(holds_handler)
}

/// Whether what follows a `<` is a tag with an attribute that begins with `on`, as in `<img onerror=…>`.
fn holds_handler(rest: &str) -> bool {
    let tag = rest.split('>').next().unwrap_or_default();
    if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    let mut before_equals = tag.split('=');
    before_equals.next_back();
    before_equals.any(|part| {
        let name = part.trim_end().rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        part.trim_end().len() > name.len() && name.strip_prefix("on").is_some_and(|event| !event.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::holds_markup;
    use rstest::rstest;

    #[rstest]
    #[case("Bonjour {{ person_name }}", true)]
    #[case("{% include 'x' %}", true)]
    #[case("<SCRIPT>alert(1)</SCRIPT>", true)]
    #[case("<img src=x onerror=alert(1)>", true)]
    #[case("<a href='JavaScript:x'>", true)]
    #[case("<svg/onload = x>", true)]
    #[case("Moins de 3 < 4, et pension = 120 €", false)]
    #[case("<3 merci, condition=remplie", false)]
    #[case("On = nous {a}", false)]
    #[case("2 < 3 et donc onze = 11", false)]
    fn markup(#[case] text: &str, #[case] held: bool) {
        assert_eq!(holds_markup(text), held, "{text}");
    }
}
