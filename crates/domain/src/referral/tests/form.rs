use super::*;

fn problems(change: impl FnOnce(&mut Form)) -> Vec<(&'static str, String)> {
    let mut form = form();
    change(&mut form);
    let found = form.problems(Some(&offer()));
    found.into_iter().map(|blocker| (blocker.code, blocker.pointer.unwrap_or_default())).collect()
}

fn one(code: &'static str, pointer: &str) -> Vec<(&'static str, String)> {
    vec![(code, pointer.to_owned())]
}

#[test]
fn an_empty_draft_is_in_order() {
    assert_eq!(Form::default().problems(None), []);
    assert_eq!(Form::default().problems(Some(&offer())), []);
    assert_eq!(problems(|_| {}), []);
}

#[test]
fn each_preference_needs_its_means() {
    let prefer = |preference| {
        move |form: &mut Form| {
            form.person.contact_preferences = vec![preference];
            form.person.phone = None;
        }
    };
    assert_eq!(problems(prefer(ContactPreference::Phone)), one("preference_needs_phone", "/person/phone"));
    assert_eq!(problems(prefer(ContactPreference::Email)), one("preference_needs_email", "/person/email"));
    assert_eq!(problems(prefer(ContactPreference::Other)), one("preference_needs_text", "/person/other_contact"));
    assert_eq!(problems(prefer(ContactPreference::Adviser)), []);
}

#[test]
fn the_persons_email_is_not_the_advisers() {
    let found = problems(|form| {
        form.adviser = Some(Adviser { email: Some("Conseil@Ville.example".to_owned()), ..Adviser::default() });
        form.person.email = Some("conseil@ville.example".to_owned());
    });
    assert_eq!(found, one("email_of_adviser", "/person/email"));
}

#[test]
fn values_are_checked_with_their_place() {
    let number = |text: &str| {
        let text = Some(text.to_owned());
        problems(move |form| form.person.employment_number = text)
    };
    assert_eq!(number("12345678901"), []);
    for wrong in ["1234567890", "123456789012", "1234567890a", ""] {
        assert_eq!(number(wrong), one("employment_number_invalid", "/person/employment_number"));
    }
    assert_eq!(problems(|form| form.person.email = Some("x".to_owned())), one("invalid_email", "/person/email"));
    assert_eq!(problems(|form| form.person.phone = Some("matin".to_owned())), one("invalid_phone", "/person/phone"));
    assert_eq!(problems(|form| form.person.language = Some("fr-BE".to_owned())), []);
    assert_eq!(problems(|form| form.person.language = Some("f".to_owned())), one("invalid_language", "/person/language"));
    assert_eq!(problems(|form| form.person.household_size = Some(0)), one("out_of_range", "/person/household_size"));
    assert_eq!(problems(|form| form.criteria.push("rsa".to_owned())), one("duplicate_code", "/criteria/1"));
}

#[test]
fn only_what_is_offered_can_be_ticked() {
    let new = |code: &str| code.to_owned();
    assert_eq!(problems(|form| form.audiences.push(new("seniors"))), one("unknown_audience", "/audiences/1"));
    assert_eq!(problems(|form| form.criteria.push(new("qpv"))), one("unknown_criterion", "/criteria/1"));
    let tick = DocumentTick { code: new("kbis"), at_hand: true, reason: None };
    assert_eq!(problems(|form| form.documents.push(tick)), one("unknown_document", "/documents/1/code"));
}

#[test]
fn a_social_security_number_is_refused_by_place_and_never_echoed() {
    let text = "Son numéro : 1 84 12 76 451 089 46.";
    let mut form = form();
    form.situation = Some(text.parse().unwrap());
    let found = form.problems(None);
    assert_eq!(found.iter().map(|blocker| blocker.code).collect::<Vec<_>>(), ["forbidden_identifier"]);
    assert!(!format!("{found:?}").contains("451"));
}

#[test]
fn unknown_fields_are_refused_and_absent_ones_are_empty() {
    assert_eq!(serde_json::from_str::<Form>("{}").unwrap(), Form::default());
    assert!(serde_json::from_str::<Form>(r#"{"state": "accepted"}"#).is_err());
    assert!(serde_json::from_str::<Form>(r#"{"person": {"booklet": "1"}}"#).is_err());
    let form = form();
    assert_eq!(serde_json::from_str::<Form>(&serde_json::to_string(&form).unwrap()).unwrap(), form);
}

#[test]
fn probable_duplicates_share_names_and_a_mark_or_have_none_at_all() {
    let same = PersonForm {
        family_name: Some("LEFEVRE".parse().unwrap()),
        given_name: Some("Anne Marie".parse().unwrap()),
        phone: Some("+33 6 12 34 56 78".to_owned()),
        ..PersonForm::default()
    };
    assert!(is_probable_duplicate(&person(), &same));
    let other_phone = PersonForm { phone: Some("07 00 00 00 00".to_owned()), ..same.clone() };
    assert!(!is_probable_duplicate(&person(), &other_phone));
    let unknown = PersonForm { phone: None, ..same.clone() };
    assert!(is_probable_duplicate(&unknown, &unknown.clone()));
    assert!(!is_probable_duplicate(&person(), &unknown));
    let email = |text: &str| PersonForm { email: Some(text.to_owned()), ..other_phone.clone() };
    let mine = PersonForm { email: Some("Anne@example.org".to_owned()), ..person() };
    assert!(is_probable_duplicate(&mine, &email("anne@example.org")));
    let other_name = PersonForm { given_name: Some("Anna".parse().unwrap()), ..same };
    assert!(!is_probable_duplicate(&person(), &other_name));
    assert!(!is_probable_duplicate(&PersonForm::default(), &PersonForm::default()));
}
