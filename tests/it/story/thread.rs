//! The thread: who reads it, who gets a copy by mail, what is refused in it.

use serde_json::json;

use super::{COACHING, DESK, complaints, form, with_email};
use crate::world::{about, short, whole};

both! {
    async fn both_sides_talk_and_each_gets_a_copy_of_what_the_other_writes(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let version = operator.reads(&referral).await.good()["version"].clone();
        prescriber.writes(&referral, json!({"body": "Elle parle peul.\nPrévoir un interprète."})).await.with_status(201);
        world.moves_on("PT1M").await;
        operator.writes(&referral, json!({"body": "C’est noté !"})).await.with_status(201);
        for side in [&prescriber, &operator] {
            assert_eq!(side.thread(&referral).await, ["Elle parle peul.\nPrévoir un interprète.", "C’est noté !"], "oldest first");
        }
        let page = operator.get(&format!("/v1/referrals/{referral}/messages?limit=1")).await.good();
        assert_eq!((&page["items"][0]["author_name"], &page["items"][0]["organisation_id"]), (&prescriber.persona["name"], &json!(prescriber.organisation())));
        let rest = format!("/v1/referrals/{referral}/messages?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
        assert_eq!(operator.get(&rest).await.good()["items"][0]["body"], "C’est noté !");
        assert_eq!(operator.reads(&referral).await.good()["version"], version, "messages move no version");

        let mails = world.mails_arrive().await;
        let (to_desk, to_sender) = (about(&mails, &referral, "message", "receiver"), about(&mails, &referral, "message", "sender"));
        assert_eq!((to_desk.len(), to_sender.len()), (1, 1));
        assert_eq!((&to_desk[0]["to"], &to_desk[0]["reply_to"]), (&json!(DESK), &prescriber.persona["email"]), "people answer each other");
        assert_eq!((&to_sender[0]["to"], &to_sender[0]["reply_to"]), (&prescriber.persona["email"], &json!(DESK)));
        assert!(to_desk[0]["text"].as_str().unwrap().contains("Elle parle peul."));
        assert!(!whole(to_desk[0]).contains("Sow"), "the receiver finds the person behind the link only");
    }

    async fn the_author_chooses_who_gets_a_copy(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let desk = json!({"adviser": {"name": "Accueil social", "email": "accueil@lille.example.org"}, "person": {"email": "awa@example.org"}});
        let referral = prescriber.refers_form(form(&service, "Sow", desk)).await;
        let copies = async |body: &str| {
            let mails = world.mails_arrive().await;
            let of_it = mails.iter().filter(|mail| mail["kind"] == "message" && mail["text"].as_str().unwrap().contains(body));
            let mut to: Vec<String> = of_it.map(|mail| mail["to"].as_str().unwrap().to_owned()).collect();
            to.sort();
            to
        };
        operator.writes(&referral, json!({"body": "À tous", "to": ["sender", "adviser", "person"]})).await.with_status(201);
        assert_eq!(copies("À tous").await, ["accueil@lille.example.org", "awa@example.org", "camille.prescriptrice@demo.example.org"]);
        prescriber.writes(&referral, json!({"body": "Pour Awa", "to": ["person"]})).await.with_status(201);
        assert_eq!(copies("Pour Awa").await, ["awa@example.org"]);
        assert_eq!(operator.thread(&referral).await.len(), 2, "whoever gets a copy, both sides read the thread");
        let problem = operator.writes(&referral, json!({"body": "Non", "to": ["sender", "moderator"]})).await.refused(422, "unknown_code");
        assert_eq!(complaints(&problem), [("unknown_code", "/to/1")]);

        // The adviser at the sender's own address: one copy. A person without e-mail: a task for the sender.
        let alone = prescriber.refers(&service, "Diop").await;
        let before = world.tasks(&alone).await;
        operator.writes(&alone, json!({"body": "Une seule fois", "to": ["sender", "adviser", "person"]})).await.with_status(201);
        assert_eq!(copies("Une seule fois").await, ["camille.prescriptrice@demo.example.org"]);
        let after = world.tasks(&alone).await;
        assert_eq!((after.len(), after[0].kind.as_str(), after[0].organisation_id.to_string().as_str()), (1, "tell_the_person", prescriber.organisation()));
        assert_eq!(after[0].notices.as_array().unwrap().len(), before[0].notices.as_array().unwrap().len() + 1, "the open task is extended");
    }

    async fn the_persons_wish_to_stop_is_a_task_for_who_takes_care(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        let wish = json!({"kind": "person_wishes_to_stop", "body": "Elle a trouvé un emploi."});
        prescriber.writes(&referral, wish.clone()).await.refused(409, "not_accepted");
        operator.accepts(&referral).await;
        operator.writes(&referral, wish.clone()).await.refused(403, "not_the_sender");
        prescriber.writes(&referral, wish.clone()).await.with_status(201);
        prescriber.writes(&referral, wish).await.with_status(201);
        let tasks = world.tasks(&referral).await;
        let stops: Vec<_> = tasks.iter().filter(|task| task.kind == "person_wishes_to_stop").collect();
        assert_eq!(stops.len(), 1, "one open task, however often it is said");
        assert_eq!(stops[0].organisation_id.to_string(), operator.organisation());
        assert_eq!(operator.sees(&referral).await, "accepted", "the receiver ends it, not the message");
        assert_eq!(operator.get(&format!("/v1/referrals/{referral}/messages")).await.good()["items"][0]["kind"], "person_wishes_to_stop");
        assert_eq!(about(&world.mails_arrive().await, &referral, "message", "receiver").len(), 2);
    }

    async fn nothing_is_written_before_it_is_sent_or_after_it_ended(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let service = world.service(COACHING).await;
        let referral = prescriber.drafts(&service, "Sow").await;
        prescriber.writes(&referral, json!({"body": "Bonjour"})).await.refused(409, "not_sent");
        prescriber.sends(&referral).await;
        operator.refuses(&referral, "no_capacity").await;
        for side in [&prescriber, &operator] {
            side.writes(&referral, json!({"body": "Pourquoi ?"})).await.refused(409, "not_open");
        }
        assert!(prescriber.thread(&referral).await.is_empty());
        world.persona("reader").writes(&referral, json!({"body": "Moi"})).await.refused(403, "permission_missing");
        world.persona("reader").get(&format!("/v1/referrals/{referral}/messages")).await.refused(403, "permission_missing");
        prescriber.get(&format!("/v1/referrals/{}/messages", relais_adapters::ids::fresh())).await.refused(404, "not_found");
    }

    async fn a_text_holds_no_template_no_script_and_no_social_security_number(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let referral = prescriber.refers_form(with_email(&world.service(COACHING).await, "Sow", "awa@example.org")).await;
        for text in ["{{ person_name }}", "{% raw %}", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href=\"javascript:x\">ici</a>"] {
            let problem = operator.writes(&referral, json!({"body": text})).await.refused(422, "markup_not_allowed");
            assert_eq!(complaints(&problem), [("markup_not_allowed", "/body")]);
            operator.does_with("accept", &referral, json!({"message": text})).await.refused(422, "markup_not_allowed");
            operator.does_with("refuse", &referral, json!({"codes": ["other"], "message": text})).await.refused(422, "markup_not_allowed");
            prescriber.does_with("withdraw", &referral, json!({"message": text})).await.refused(422, "markup_not_allowed");
        }
        operator.writes(&referral, json!({"body": "n° 2 84 05 59 350 012 55"})).await.refused(422, "forbidden_identifier");
        operator.writes(&referral, json!({"body": "a".repeat(1001)})).await.with_status(422);
        operator.writes(&referral, json!({"body": " "})).await.with_status(422);
        assert!(operator.thread(&referral).await.is_empty());

        operator.does_with("accept", &referral, json!({"message_for_person": "<b>3 < 4</b> & \"l’été\" {oui}"})).await.good();
        let mails = world.mails_arrive().await;
        let told = about(&mails, &referral, "accepted", "person");
        assert_eq!(told.len(), 1);
        assert!(told[0]["text"].as_str().unwrap().contains("<b>3 < 4</b> & \"l’été\" {oui}"));
        let html = told[0]["html"].as_str().unwrap();
        assert!(!html.contains("<b>") && html.contains("&lt;b&gt;"), "what people write is text: {html}");
        assert!(html.contains(&short(&referral)));
    }
}
