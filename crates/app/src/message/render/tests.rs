mod hostile;

use chrono::NaiveDate;
use relais_domain::message::{NoticeKind as K, Recipient as R, detail, pairs};

use super::*;

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

/// Every fact is filled with a word that appears nowhere else.
fn planted() -> NoticeFacts {
    let word = |text: &str| Some(text.to_owned());
    NoticeFacts {
        recipient_name: word("Xrecipient"),
        platform_name: word("Xplatform"),
        organisation_name: word("Xorganisation"),
        sending_organisation: word("Xsending"),
        receiving_organisation: word("Xreceiving"),
        receiver_gone: false,
        former_holder: word("Xformer"),
        claiming_organisation: word("Xclaiming"),
        adviser_name: word("Xadvisername"),
        adviser_email: word("xadviser@example.org"),
        service_name: word("Xservicename"),
        service_address: word("Xserviceaddress"),
        service_contact_name: word("Xservicecontact"),
        service_contact_email: word("xservice@example.org"),
        service_contact_phone: word("Xservicephone"),
        person_name: word("Xpersonname"),
        person_contact: word("Xpersoncontact"),
        link_url: word("https://relais.example/l#xlink"),
        account_url: word("https://relais.example/xaccount"),
        data_notice_url: word("https://relais.example/xdata"),
        answer_message: word("Xanswer"),
        reasons: vec!["Xreasonfirst".to_owned(), "Xreasonsecond".to_owned()],
        outcome_label: word("Xoutcome"),
        message_text: word("Xmessagetext"),
        message_author: word("Xmessageauthor"),
        referral_short_id: word("Xshort"),
        days_elapsed: Some(11),
        days_kept: Some(45),
        sent_on: day(2026, 3, 1),
        expires_on: day(2026, 4, 2),
        remind_on: day(2026, 5, 3),
        until: day(2026, 6, 4),
        search_name: word("Xsearch"),
        found: Some(12),
        services: vec![ServiceLine {
            name: "Xserviceline".to_owned(),
            town: Some("Xservicetown".to_owned()),
            url: "https://relais.example/l#xserviceline".to_owned(),
        }],
    }
}

#[test]
fn who_was_shut_out_is_not_said_to_have_let_anybody_wait() {
    let late = [
        ("fr", "répondu à temps", "sans réponse"),
        ("nl", "op tijd geantwoord", "onbeantwoord"),
        ("de", "rechtzeitig geantwortet", "ohne Antwort"),
        ("en", "did not answer", "not answered"),
    ];
    for (language, of_sender, of_person) in late {
        let said = |recipient, receiver_gone| {
            whole(&render(K::Expired, recipient, language.parse().unwrap(), &NoticeFacts { receiver_gone, ..planted() }).unwrap())
        };
        for (recipient, words) in [(R::Sender, of_sender), (R::Adviser, of_sender), (R::OutsideAdviser, of_sender), (R::Person, of_person)]
        {
            assert!(said(recipient, false).contains(words), "{language} {recipient}");
            let gone = said(recipient, true);
            assert!(!gone.contains(words) && gone.contains("Xreceiving"), "{language} {recipient}: {gone}");
        }
    }
}

fn each(mut check: impl FnMut(K, R, Language)) {
    for (kind, recipient) in pairs() {
        for language in Language::ALL {
            check(kind, recipient, *language);
        }
    }
}

/// The engine writes a slash as an entity.
fn unescaped(html: &str) -> String {
    html.replace("&#x2f;", "/")
}

fn whole(rendered: &Rendered) -> String {
    format!("{}\n{}\n{}", rendered.subject, rendered.text, unescaped(&rendered.html))
}

#[test]
fn every_notice_renders_in_every_language() {
    each(|kind, recipient, language| {
        let rendered = render(kind, recipient, language, &planted()).unwrap();
        let context = format!("{kind} to {recipient}: {rendered:?}");
        assert!(!rendered.subject.is_empty(), "{context}");
        assert!(rendered.html.contains(&format!("<html lang=\"{}\">", language.code())), "{context}");
        assert!(rendered.html.trim_end().ends_with("</html>"), "{context}");
        for left in ["{{", "{%", "](", "*reasons"] {
            assert!(!whole(&rendered).contains(left), "{left} in {context}");
        }
        assert!(!rendered.text.to_lowercase().contains("none"), "{context}");
        assert!(rendered.text.contains("Xrecipient"), "{context}");
    });
}

#[test]
fn the_languages_differ() {
    for (kind, recipient) in pairs() {
        let said: Vec<_> = Language::ALL.iter().map(|language| render(kind, recipient, *language, &planted()).unwrap()).collect();
        for (place, one) in said.iter().enumerate() {
            for other in &said[..place] {
                assert_ne!(one.subject, other.subject, "{kind} to {recipient}");
                assert_ne!(one.text, other.text, "{kind} to {recipient}");
            }
        }
    }
}

#[test]
fn no_notice_says_more_than_its_recipient_may_read() {
    each(|kind, recipient, language| {
        let allowed = detail(kind, recipient);
        let said = whole(&render(kind, recipient, language, &planted()).unwrap());
        let words = [
            (allowed.person_identity, "Xpersonname"),
            (allowed.person_contact, "Xpersoncontact"),
            (allowed.reasons, "Xreasonfirst"),
            (allowed.reasons, "Xreasonsecond"),
            (allowed.outcome, "Xoutcome"),
            (allowed.service, "Xservice"),
            (allowed.service, "xservice@"),
            (allowed.link, "xlink"),
            (allowed.message, "Xanswer"),
            (allowed.message, "Xmessagetext"),
            (allowed.message, "Xmessageauthor"),
        ];
        for (may, word) in words {
            assert!(may || !said.contains(word), "{word} leaks in {kind} to {recipient} ({language:?})");
        }
    });
}

#[test]
fn no_subject_names_the_person() {
    each(|kind, recipient, language| {
        let subject = render(kind, recipient, language, &planted()).unwrap().subject;
        assert!(!subject.contains("Xpersonname"), "{kind} to {recipient}: {subject}");
    });
}

#[test]
fn the_receiver_learns_who_refers_and_where_to_click() {
    let said = render(K::Sent, R::Receiver, Language::Fr, &planted()).unwrap();
    for word in ["Xsending", "Xservicename", "https://relais.example/l#xlink", "1er mars 2026"] {
        assert!(said.text.contains(word) && unescaped(&said.html).contains(word), "{word} is missing in {said:?}");
    }
}

#[test]
fn the_sender_reads_why_it_was_refused() {
    let said = render(K::Refused, R::Sender, Language::En, &planted()).unwrap();
    assert!(said.text.contains("- Xreasonfirst\n- Xreasonsecond"), "{}", said.text);
    assert!(said.text.contains("> Xanswer"), "{}", said.text);
    assert!(said.html.contains("<li>Xreasonfirst</li>"), "{}", said.html);
}

#[test]
fn a_notice_reads_well_with_no_fact_at_all() {
    each(|kind, recipient, language| {
        let rendered = render(kind, recipient, language, &NoticeFacts::default()).unwrap();
        let said = whole(&rendered);
        for odd in ["none", "None", "  )", "()", "« »", "“”", " ,", " .\n", "<li></li>", "<p style=\"margin:0 0 16px\"></p>"] {
            assert!(!said.contains(odd), "{odd:?} in {kind} to {recipient} ({language:?}): {said}");
        }
        assert!(!rendered.html.contains("<a "), "a button without a link in {kind} to {recipient}");
    });
}

#[test]
fn every_single_fact_may_be_missing() {
    let blanked: [fn(&mut NoticeFacts); 9] = [
        |facts| facts.service_name = None,
        |facts| facts.receiving_organisation = None,
        |facts| facts.sending_organisation = None,
        |facts| facts.adviser_name = None,
        |facts| facts.answer_message = Some("  \n ".to_owned()),
        |facts| facts.reasons.clear(),
        |facts| facts.days_elapsed = None,
        |facts| facts.days_kept = None,
        |facts| facts.expires_on = None,
    ];
    for blank in blanked {
        let mut facts = planted();
        blank(&mut facts);
        each(|kind, recipient, language| {
            assert!(render(kind, recipient, language, &facts).is_ok(), "{kind} to {recipient}");
        });
    }
}

#[test]
fn a_subject_is_one_line_whatever_the_facts_hold() {
    let hostile = Some("A\r\nBcc: thief@example.org\u{0}\u{85}\u{2028}B".to_owned());
    let facts = NoticeFacts {
        sending_organisation: hostile.clone(),
        receiving_organisation: hostile.clone(),
        organisation_name: hostile.clone(),
        platform_name: hostile.clone(),
        service_name: hostile.clone(),
        person_name: hostile.clone(),
        message_author: hostile,
        ..planted()
    };
    each(|kind, recipient, language| {
        let subject = render(kind, recipient, language, &facts).unwrap().subject;
        assert!(!subject.chars().any(|c| c.is_control() || c == '\u{2028}'), "{subject:?}");
    });
}

#[test]
fn html_is_escaped_and_a_text_cannot_add_blocks() {
    let facts = NoticeFacts {
        message_text: Some("<script>x</script>\n\n[Click](link_url)\n\n{{ person_name }}".to_owned()),
        reasons: vec!["<b>bold</b>".to_owned()],
        ..planted()
    };
    let said = render(K::Message, R::Receiver, Language::En, &facts).unwrap();
    assert!(!said.html.contains("<script"), "{}", said.html);
    assert_eq!(said.html.matches("<a ").count(), 1, "{}", said.html);
    assert!(said.text.contains("> [Click](link_url)"), "{}", said.text);
    assert!(said.text.contains("> {{ person_name }}"), "{}", said.text);
    let refused = render(K::Refused, R::Sender, Language::En, &facts).unwrap();
    assert!(!refused.html.contains("<b>"), "{}", refused.html);
}

#[test]
fn a_link_must_be_a_web_address() {
    for bad in ["javascript:alert(1)", "https://a b", "https://a\"onclick=\"x", "/relative"] {
        let facts = NoticeFacts { link_url: Some(bad.to_owned()), ..planted() };
        assert_eq!(render(K::Sent, R::Receiver, Language::Fr, &facts), Err(RenderError::BadLink { fact: "link_url" }), "{bad}");
    }
}

#[test]
fn nothing_is_rendered_for_whom_it_is_not_meant() {
    for (kind, recipient) in [(K::Refused, R::Receiver), (K::Message, R::Moderator), (K::Invitation, R::Person)] {
        assert_eq!(render(kind, recipient, Language::Fr, &planted()), Err(RenderError::NotMeantFor { kind, recipient }));
    }
}

#[test]
fn dates_are_written_in_the_language() {
    let dates =
        |language: Language| [day(2026, 3, 1), day(2026, 8, 15)].map(|date| date.map(|date| date_in(language, date)).unwrap_or_default());
    assert_eq!(dates(Language::Fr), ["1er mars 2026", "15 août 2026"]);
    assert_eq!(dates(Language::Nl), ["1 maart 2026", "15 augustus 2026"]);
    assert_eq!(dates(Language::De), ["1. März 2026", "15. August 2026"]);
    assert_eq!(dates(Language::En), ["1 March 2026", "15 August 2026"]);
}

/// Without the layout, which is pinned once, and without styles.
fn bare(html: &str) -> String {
    let inside = html.split_once("<main").and_then(|(_, rest)| rest.split_once('>')).map_or(html, |(_, rest)| rest);
    let inside = inside.split_once("</main>").map_or(inside, |(inside, _)| inside);
    let mut pieces = inside.split(" style=\"");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept.push_str(piece.split_once('"').map_or(piece, |(_, rest)| rest));
    }
    kept.trim().to_owned()
}

fn pinned(language: Language) -> String {
    use std::fmt::Write as _;

    let mut book = String::new();
    for (kind, recipient) in pairs() {
        for (facts, name) in [(planted(), "all facts"), (NoticeFacts::default(), "no facts")] {
            let Rendered { subject, text, html } = render(kind, recipient, language, &facts).unwrap();
            write!(book, "======== {kind} to {recipient}, {name}\n{subject}\n--------\n{text}--------\n{}\n", bare(&html)).unwrap();
        }
    }
    book
}

#[test]
fn every_text_is_pinned_in_french() {
    insta::assert_snapshot!("notices_fr", pinned(Language::Fr));
}

#[test]
fn every_text_is_pinned_in_dutch() {
    insta::assert_snapshot!("notices_nl", pinned(Language::Nl));
}

#[test]
fn every_text_is_pinned_in_german() {
    insta::assert_snapshot!("notices_de", pinned(Language::De));
}

#[test]
fn every_text_is_pinned_in_english() {
    insta::assert_snapshot!("notices_en", pinned(Language::En));
}

#[test]
fn the_page_is_pinned_once() {
    insta::assert_snapshot!("page", render(K::Sent, R::Receiver, Language::En, &planted()).unwrap().html);
}
