//! What somebody could try in a name or a text.

use proptest::prelude::*;
use relais_adapters::mail::{MailAddress, Subject};

use super::*;

/// What somebody could try in a name or a text: headers, blocks, links, tags, templates.
fn piece() -> impl Strategy<Value = String> {
    let tries = [
        "\r\nBcc: thief@example.org",
        "\n\nSubject: other",
        "\u{2028}",
        "\u{85}",
        "\u{0}",
        "\n\n",
        "\n- ",
        "\n> ",
        "[Click](link_url)",
        "[Click](account_url)",
        "*reasons",
        "*services",
        "{{ person_name }}",
        "{% set x = 1 %}",
        "<a href=\"https://evil.example\">x</a>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</p></main>",
        "\" onclick=\"x",
        "'",
        "&",
        "javascript:alert(1)",
        " ",
    ];
    prop_oneof![proptest::sample::select(tries.to_vec()).prop_map(str::to_owned), "\\PC{0,12}"]
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..6).prop_map(|pieces| format!("X{}", pieces.concat()))
}

/// Every fact that people write, replaced.
fn written(words: &[String]) -> NoticeFacts {
    let mut words = words.iter().cycle().cloned();
    let mut word = || words.next();
    NoticeFacts {
        recipient_name: word(),
        platform_name: word(),
        organisation_name: word(),
        sending_organisation: word(),
        receiving_organisation: word(),
        former_holder: word(),
        claiming_organisation: word(),
        adviser_name: word(),
        adviser_email: word(),
        service_name: word(),
        service_address: word(),
        service_contact_name: word(),
        service_contact_email: word(),
        service_contact_phone: word(),
        person_name: word(),
        answer_message: word(),
        reasons: vec![word().unwrap_or_default(), word().unwrap_or_default()],
        outcome_label: word(),
        message_text: word(),
        message_author: word(),
        search_name: word(),
        services: vec![ServiceLine {
            name: word().unwrap_or_default(),
            town: word(),
            url: "https://relais.example/l#xserviceline".to_owned(),
        }],
        ..planted()
    }
}

/// The tags of a page in their order; a line break within a text is none of its structure.
fn tags(html: &str) -> Vec<String> {
    let tags = html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default().to_owned());
    tags.filter(|tag| tag != "br").collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_fact_adds_a_header_a_block_or_a_link(
        words in proptest::collection::vec(text(), 1..8),
        language in proptest::sample::select(Language::ALL.to_vec()),
    ) {
        let facts = written(&words);
        for (kind, recipient) in pairs() {
            let plain = render(kind, recipient, language, &planted()).unwrap();
            let tried = render(kind, recipient, language, &facts).unwrap();
            prop_assert_eq!(tags(&tried.html), tags(&plain.html), "{} to {}", kind, recipient);
            prop_assert!(Subject::new(&tried.subject).is_ok(), "{:?}", tried.subject);
            prop_assert!(!tried.subject.contains(['\n', '\r', '\u{2028}', '\u{85}']), "{:?}", tried.subject);
        }
    }

    #[test]
    fn no_name_and_no_address_holds_a_line_break(name in text(), address in text()) {
        for made in [MailAddress::new(Some(&name), "somebody@example.org"), MailAddress::new(None, &address)].into_iter().flatten() {
            prop_assert!(!made.email().contains(['\n', '\r']), "{}", made.email());
        }
        prop_assert!(MailAddress::new(Some("A\r\nBcc: b@example.org"), "somebody@example.org").is_err());
    }
}
