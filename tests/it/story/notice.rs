//! Who is told of what, and what no mail may say: every event of a referral, with words planted in all it holds.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{COACHING, DESK, form};
use crate::world::{Client, World, about, short, whole};

const NAME: &str = "Zorglub";
const PERSON: &str = "personne.plantee@example.org";
const ADVISER: &str = "referent.plante@example.org";
/// What is read behind the link only, whoever the mail is for.
const HIDDEN: &[&str] = &[
    "06 39 98 76 54",
    "0639987654",
    "12345678901",
    "RaisonPlantee",
    "SituationPlantee",
    "CriterePlante",
    "AutreContactPlante",
    "DerogationPlantee",
];

/// A referral with words planted in every field; sent.
async fn planted(world: &World, prescriber: &Client) -> String {
    let service = world.service(COACHING).await;
    let words = json!({
        "person": {
            "family_name": NAME, "given_name": "Quetzal", "phone": "06 39 98 76 54", "email": PERSON, "employment_number": "12345678901",
            "contact_preferences": ["email", "phone", "other"], "other_contact": "AutreContactPlante"
        },
        "reason": "RaisonPlantee", "situation": "SituationPlantee", "criteria_note": "CriterePlante",
        "adviser": {"name": "Référent Planté", "email": ADVISER}
    });
    let referral = prescriber.drafts_form(form(&service, NAME, words)).await;
    prescriber.does_with("send", &referral, json!({"override_reason": "DerogationPlantee"})).await.good();
    referral
}

/// The mails about a referral that came since the last look, as `kind:recipient`.
async fn news(world: &World, referral: &str, seen: &mut usize) -> (BTreeSet<String>, Vec<Value>) {
    let mails = world.mails_arrive().await;
    let number = short(referral);
    let fresh: Vec<Value> = mails[*seen..].iter().filter(|mail| mail["text"].as_str().unwrap().contains(&number)).cloned().collect();
    *seen = mails.len();
    let said = |mail: &Value| format!("{}:{}", mail["kind"].as_str().unwrap(), mail["recipient"].as_str().unwrap());
    let told: BTreeSet<String> = fresh.iter().map(said).collect();
    assert_eq!(told.len(), fresh.len(), "nobody is told twice");
    (told, fresh)
}

/// Asserts what holds for every mail: nothing that is read behind the link, and the name for those only who know it.
fn keeps_what_is_private(mail: &Value) {
    let said = whole(mail);
    for word in HIDDEN {
        assert!(!said.contains(word), "{word} in {said}");
    }
    assert!(!said.contains(PERSON), "the person's address in {said}");
    let recipient = mail["recipient"].as_str().unwrap();
    if !matches!(recipient, "sender" | "person") {
        assert!(!said.contains(NAME) && !said.contains("Quetzal"), "the {recipient} reads the name in {said}");
    }
    let address = mail["to"].as_str().unwrap();
    let expected = match recipient {
        "receiver" => DESK,
        "sender" => "camille.prescriptrice@demo.example.org",
        "outside_adviser" => ADVISER,
        "person" => PERSON,
        other => panic!("{other} is told"),
    };
    assert_eq!(address, expected);
    assert!(!mail["subject"].as_str().unwrap().contains(NAME), "subjects are read by everybody");
}

/// Asserts that exactly these are told, and gives the mails.
async fn tells(world: &World, referral: &str, seen: &mut usize, expected: &[&str]) -> Vec<Value> {
    let (told, mails) = news(world, referral, seen).await;
    assert_eq!(told, expected.iter().map(|text| (*text).to_owned()).collect());
    mails.iter().for_each(keeps_what_is_private);
    mails
}

fn to<'a>(mails: &'a [Value], recipient: &str) -> &'a str {
    mails.iter().find(|mail| mail["recipient"] == recipient).unwrap()["text"].as_str().unwrap()
}

both! {
    async fn from_sending_to_the_end_of_the_help_everybody_learns_what_is_theirs(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let mut seen = world.mails_arrive().await.len();
        let referral = planted(world, &prescriber).await;
        let sent = tells(world, &referral, &mut seen, &["sent:receiver", "sent:sender", "sent:outside_adviser", "sent_to_person:person"]).await;
        for word in ["Maison des solidarités de Lille-Sud", "Accompagnement renforcé", "/l#"] {
            assert!(to(&sent, "receiver").contains(word), "{word}");
        }
        for word in [NAME, "Tremplin lillois", "88 rue Nationale", "Mathieu Carlier", "03 53 01 55 21", DESK, "relancerons", "fin le"] {
            assert!(to(&sent, "sender").contains(word), "{word} in {}", to(&sent, "sender"));
        }
        for word in ["Maison des solidarités", "Accompagnement renforcé", "88 rue Nationale", "Mathieu Carlier", "Vos données"] {
            assert!(to(&sent, "person").contains(word), "{word}");
        }
        assert!(!to(&sent, "person").contains("/l#"), "the key is the receiver's");
        let outside = sent.iter().find(|mail| mail["recipient"] == "outside_adviser").unwrap();
        assert_eq!(crate::world::key_in(outside), format!("referral.{referral}"), "a page for whoever signs in, no key");

        operator.does("review", &referral).await.good();
        tells(world, &referral, &mut seen, &["reviewed:sender", "reviewed:outside_adviser"]).await;
        operator.does("waitlist", &referral).await.good();
        tells(world, &referral, &mut seen, &["waitlisted:sender", "waitlisted:outside_adviser"]).await;
        prescriber.changes(&referral, json!({"person": {"other_contact": "AutreContactPlante bis"}})).await.good();
        tells(world, &referral, &mut seen, &["contact_changed:receiver"]).await;
        let words = json!({"message": "Rendez-vous lundi", "message_for_person": "Venez avec vos papiers"});
        let seen_after = operator.does_with("accept", &referral, words).await.good();
        assert_eq!(seen_after["social"]["answer"]["message_for_person"], "Venez avec vos papiers");
        let accepted = tells(world, &referral, &mut seen, &["accepted:receiver", "accepted:sender", "accepted:outside_adviser", "accepted:person"]).await;
        for recipient in ["sender", "outside_adviser"] {
            assert!(to(&accepted, recipient).contains("Rendez-vous lundi"), "{recipient}");
            assert!(!to(&accepted, recipient).contains("papiers"), "{recipient}");
        }
        let person = accepted.iter().find(|mail| mail["recipient"] == "person").unwrap();
        assert!(whole(person).contains("Venez avec vos papiers") && !whole(person).contains("lundi"), "{person}");
        operator.does_with("complete", &referral, json!({"outcome": "done", "text": "Contrat signé"})).await.good();
        let done = tells(world, &referral, &mut seen, &["completed:sender", "completed:outside_adviser"]).await;
        assert!(to(&done, "sender").contains("Contrat signé"));
        assert!(world.tasks(&referral).await.is_empty(), "a person with an address needs no task");
    }

    async fn a_refusal_is_told_to_the_person_by_the_sender_unless_the_structure_says_so(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let mut seen = world.mails_arrive().await.len();
        let refusal = json!({"codes": ["person_absent"], "message": "MotifPlanté"});
        let first = planted(world, &prescriber).await;
        news(world, &first, &mut seen).await;
        operator.does_with("refuse", &first, refusal.clone()).await.good();
        let told = tells(world, &first, &mut seen, &["refused:sender", "refused:outside_adviser"]).await;
        assert!(["sender", "outside_adviser"].iter().all(|recipient| to(&told, recipient).contains("MotifPlanté")));
        let tasks = world.tasks(&first).await;
        assert_eq!((tasks.len(), tasks[0].kind.as_str(), &tasks[0].notices[0]["kind"]), (1, "tell_the_person", &json!("refused")));

        let path = format!("/v1/organisations/{}", operator.organisation());
        world.persona("admin").patches(&path, json!({"settings": {"refuse_tells_person": true}})).await.good();
        let second = planted(world, &prescriber).await;
        news(world, &second, &mut seen).await;
        operator.does_with("refuse", &second, refusal).await.good();
        let told = tells(world, &second, &mut seen, &["refused:sender", "refused:outside_adviser", "refused:person"]).await;
        let reason = to(&told, "sender").lines().find(|line| line.starts_with("- ")).unwrap().trim_start_matches("- ").to_owned();
        assert!(!to(&told, "person").contains("MotifPlanté") && !to(&told, "person").contains(&reason), "no reason, no message");
        assert!(world.tasks(&second).await.is_empty());
        operator.does_with("archive", &second, json!({"reason": "other"})).await.good();
        tells(world, &second, &mut seen, &[]).await;
    }

    async fn withdrawn_expired_reminded_and_reopened(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let mut seen = world.mails_arrive().await.len();
        let referral = planted(world, &prescriber).await;
        news(world, &referral, &mut seen).await;
        world.moves_on("P11D").await;
        let reminder = tells(world, &referral, &mut seen, &["reminder:receiver"]).await;
        for word in ["Accompagnement renforcé", "Maison des solidarités de Lille-Sud", "10 jours", "/l#"] {
            assert!(to(&reminder, "receiver").contains(word), "{word} in {}", to(&reminder, "receiver"));
        }
        operator.does_with("archive", &referral, json!({"reason": "deceased", "note": "NotePlantee"})).await.good();
        let refused = tells(world, &referral, &mut seen, &["refused:sender", "refused:outside_adviser"]).await;
        assert!(refused.iter().all(|mail| !whole(mail).contains("NotePlantee")));
        let list = world.anybody().get("/v1/reference/archive-reasons").await.good();
        let reason = list["items"].as_array().unwrap().iter().find(|item| item["code"] == "deceased").unwrap().clone();
        for word in [&reason["labels"]["fr"], &reason["message"]["fr"]] {
            assert!(to(&refused, "sender").contains(word.as_str().unwrap()), "{word} in {}", to(&refused, "sender"));
        }
        operator.does("unarchive", &referral).await.good();
        tells(world, &referral, &mut seen, &["reopened:sender", "reopened:outside_adviser"]).await;
        prescriber.does_with("withdraw", &referral, json!({"message": "Merci"})).await.good();
        tells(world, &referral, &mut seen, &["withdrawn:receiver", "withdrawn:sender", "withdrawn:outside_adviser", "withdrawn:person"]).await;

        let forgotten = planted(world, &prescriber).await;
        news(world, &forgotten, &mut seen).await;
        world.moves_on("P21D").await;
        let reminders = about(&world.mails().await, &forgotten, "reminder", "receiver").len();
        assert_eq!(reminders, 2);
        seen = world.mails().await.len();
        world.moves_on("P10D").await;
        tells(world, &forgotten, &mut seen, &["expired:receiver", "expired:sender", "expired:outside_adviser", "expired:person"]).await;
    }

    async fn once_assigned_the_member_is_reminded_in_place_of_the_address(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        world.persona("colleague").does_with("assign", &referral, json!({"member_id": operator.user()})).await.good();
        world.moves_on("P11D").await;
        let mails = world.mails().await;
        let reminders = about(&mails, &referral, "reminder", "receiver");
        assert_eq!(reminders.iter().map(|mail| mail["to"].clone()).collect::<Vec<_>>(), [operator.persona["email"].clone()]);
        assert_eq!(crate::world::key_in(reminders[0]), format!("referral.{referral}"), "a member signs in: the link is no key");
    }

    async fn a_member_who_chose_it_is_told_beside_the_address(world) {
        let (prescriber, operator, admin) = (world.prescriber(), world.operator(), world.persona("admin"));
        let members = admin.get(&format!("/v1/organisations/{}/members", operator.organisation())).await.good();
        let member = members["items"].as_array().unwrap().iter().find(|member| member["user_id"] == operator.user()).unwrap()["id"].clone();
        let path = format!("/v1/organisations/{}/members/{}", operator.organisation(), member.as_str().unwrap());
        admin.patches(&path, json!({"notified": true})).await.good();
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let mails = world.mails_arrive().await;
        let told: BTreeSet<_> = about(&mails, &referral, "sent", "receiver").iter().map(|mail| mail["to"].as_str().unwrap()).collect();
        assert_eq!(told, BTreeSet::from([DESK, operator.persona["email"].as_str().unwrap()]));
        assert!(about(&mails, &referral, "sent", "receiver").iter().all(|mail| !whole(mail).contains("Sow")));
    }

    async fn a_hand_over_is_told_to_everybody_once(world) {
        let (prescriber, operator, lea) = (world.prescriber(), world.operator(), world.persona("operator_2"));
        let first = planted(world, &prescriber).await;
        let before = world.mails_arrive().await.len();
        let next = operator.hands_over(&first, &lea).await;
        assert_eq!(next["state"], "redirected");
        let mails = world.mails_arrive().await;
        let told: Vec<String> = mails[before..].iter().map(|mail| format!("{}:{}", mail["kind"].as_str().unwrap(), mail["recipient"].as_str().unwrap())).collect();
        let expected = ["redirected:receiver", "redirected:sender", "redirected:outside_adviser", "redirected:person", "sent:receiver"];
        assert_eq!(told.iter().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(expected), "{told:?}");
        assert_eq!(told.len(), expected.len(), "nobody is told twice: {told:?}");
        for mail in &mails[before..] {
            let said = whole(mail);
            assert!(HIDDEN.iter().all(|word| !said.contains(word)), "{said}");
            let knows = matches!(mail["recipient"].as_str().unwrap(), "sender" | "person");
            assert!(knows || !said.contains(NAME), "{said}");
        }
        let person = mails[before..].iter().find(|mail| mail["recipient"] == "person").unwrap();
        assert!(whole(person).contains("La Roue des Flandres") || whole(person).contains("Roue"), "the person is told where: {}", whole(person));
    }

    async fn everybody_is_written_to_in_their_language_and_with_the_structures_own_words(world) {
        let (prescriber, operator, admin) = (world.prescriber(), world.operator(), world.persona("admin"));
        let path = format!("/v1/organisations/{}", operator.organisation());
        let own = |code: &str, language: &str, text: &str| json!({"list": "refusal-codes", "code": code, "language": language, "text": text});
        let wrong = json!([own("no_capacity", "fr", "{{ person_name }}"), own("language", "fr", "Bonjour"), own("other", "fr", "<script>x</script>")]);
        let problem = admin.patches(&path, json!({"settings": {"messages": wrong}})).await.refused(422, "validation_failed");
        let codes: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["markup_not_allowed", "unknown_code", "markup_not_allowed"]);
        let messages = json!([own("no_capacity", "nl", "Onze wachtlijst gaat in mei weer open."), own("no_capacity", "fr", "Liste rouverte en mai.")]);
        let set = admin.patches(&path, json!({"language": "de", "settings": {"messages": messages}})).await.good();
        assert_eq!(set["administration"]["settings"]["messages"].as_array().unwrap().len(), 2, "{set}");
        // A client that knows nothing of messages leaves them.
        admin.patches(&path, json!({"settings": {"contact_public": true}})).await.good();
        prescriber.patches("/v1/me", json!({"language": "nl"})).await.good();

        let referral = planted(world, &prescriber).await;
        operator.does_with("refuse", &referral, json!({"codes": ["no_capacity"]})).await.good();
        let mails = world.mails_arrive().await;
        let desk = about(&mails, &referral, "sent", "receiver")[0];
        assert!(desk["subject"].as_str().unwrap().starts_with("Neue Vermittlung"), "{desk}");
        let refused = about(&mails, &referral, "refused", "sender")[0];
        assert!(refused["text"].as_str().unwrap().contains("> Onze wachtlijst gaat in mei weer open."), "{refused}");
        assert!(refused["text"].as_str().unwrap().contains("- Geen plaats"), "{refused}");
        let adviser = about(&mails, &referral, "refused", "outside_adviser")[0];
        assert!(adviser["text"].as_str().unwrap().contains("> Liste rouverte en mai."), "{adviser}");

        let list = world.anybody().get("/v1/reference/redirect-codes").await.good();
        let texts = list["items"].as_array().unwrap().iter().flat_map(|item| ["fr", "nl", "de", "en"].map(|language| item["message"][language].as_str().unwrap().len()));
        assert!(texts.into_iter().all(|length| length > 10), "{list}");
    }

    async fn what_comes_back_is_shown_to_the_sender_and_to_nobody_else(world) {
        let (prescriber, operator, admin) = (world.prescriber(), world.operator(), world.persona("platform_admin"));
        let referral = planted(world, &prescriber).await;
        world.mails_arrive().await;
        let path = format!("/v1/referrals/{referral}?include=notices");
        let notices = prescriber.get(&path).await.good()["notices"].clone();
        let person = notices.as_array().unwrap().iter().find(|notice| notice["recipient"] == "person").unwrap();
        assert_eq!(person["state"], "sent");
        let before = prescriber.reads(&referral).await;
        assert!(before.body.get("undelivered").is_none(), "nothing came back yet");

        let report = json!({"message_id": format!("<{}.person@relais.example.org>", person["id"].as_str().unwrap())});
        prescriber.post("/v1/notices/bounces", report.clone()).await.refused(403, "permission_missing");
        for _ in 0..2 {
            admin.post("/v1/notices/bounces", report.clone()).await.with_status(204);
        }
        admin.post("/v1/notices/bounces", json!({"message_id": "<20260101.x@elsewhere.example>"})).await.with_status(204);

        let after = prescriber.reads(&referral).await;
        assert_ne!(after.etag(), before.etag(), "who polls is told");
        assert_eq!(after.good()["undelivered"], json!([{"kind": "sent_to_person", "recipient": "person", "error_code": "bounced"}]));
        let tasks = world.tasks(&referral).await;
        assert_eq!((tasks.len(), tasks[0].kind.as_str(), tasks[0].notices.as_array().unwrap().len()), (1, "undelivered", 1));
        assert!(operator.reads(&referral).await.good().get("undelivered").is_none(), "the receiver learns nothing of it");
    }
}
