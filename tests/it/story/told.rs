//! Who is told, and who is not any more: claims, hand-overs, members who left, desks with the same address, summaries that come back.

use relais_persistence::identity::entity::{membership, membership_unit};
use relais_persistence::message::entity::sandbox_mail;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{COACHING, DESK, complaints, form, holds_nothing_back};
use crate::world::{Client, World, about, short, whole};

const ADVISER: &str = "referent.dehors@example.org";
const PERSON: &str = "personne@example.org";

/// A referral with an adviser at a desk elsewhere and a person with an address.
async fn widely_told(world: &World, family_name: &str) -> String {
    let people = json!({"person": {"email": PERSON}, "adviser": {"name": "Référent Dehors", "email": ADVISER}});
    world.prescriber().refers_form(form(&world.service(COACHING).await, family_name, people)).await
}

/// Whom the mails of one kind that came since then are for.
fn parts(mails: &[Value], kind: &str) -> Vec<String> {
    let mut found: Vec<_> =
        mails.iter().filter(|mail| mail["kind"] == kind).map(|mail| mail["recipient"].as_str().unwrap().to_owned()).collect();
    found.sort();
    found.dedup();
    found
}

fn to<'a>(mails: &'a [Value], kind: &str, recipient: &str) -> &'a Value {
    let found = mails.iter().find(|mail| mail["kind"] == kind && mail["recipient"] == recipient);
    found.unwrap_or_else(|| panic!("{kind} to {recipient} in {mails:#?}"))
}

/// A referral in the operators' hands whose person carries a booklet, and the claim of another structure on it.
async fn claimed(world: &World, family_name: &str) -> (String, Value) {
    let (operator, lea) = (world.operator(), world.persona("operator_2"));
    let referral = widely_told(world, family_name).await;
    let booklet = world.issues_booklet(&operator, 5).await;
    operator.does_to_booklet("assign", booklet["id"].as_str().unwrap(), json!({"referral_id": referral})).await.good();
    operator.accepts(&referral).await;
    let asked = json!({"family_name": family_name, "booklet_number": booklet["number"]});
    let claim = lea.post("/v1/retrievals", asked).await.with_status(201).good();
    (referral, claim)
}

/// Ends somebody's memberships. Not every demo organisation has an administrator, so it is written where it stands.
async fn leaves(world: &World, who: &Client) {
    let yesterday = world.now().await.date_naive() - chrono::TimeDelta::days(1);
    let database = world.copy.connect().await;
    let ended = membership::Entity::update_many()
        .col_expr(membership::Column::ValidFrom, Expr::val(yesterday))
        .col_expr(membership::Column::ValidTo, Expr::val(yesterday))
        .filter(membership::Column::UserId.eq(who.user().parse::<relais_domain::shared::ids::UserId>().unwrap()));
    assert!(ended.exec(&database).await.unwrap().rows_affected > 0);
    database.close().await.unwrap();
}

both! {
    async fn a_claim_is_told_to_all_whom_it_touches_and_so_is_its_end(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let before = world.mails_arrive().await.len();
        let (referral, claim) = claimed(world, "Zorglub").await;
        let mails = world.mails_arrive().await[before..].to_vec();
        assert_eq!(parts(&mails, "claimed"), ["outside_adviser", "person", "receiver", "sender"]);
        let person = whole(to(&mails, "claimed", "person"));
        assert!(person.contains("Roue des Flandres") && person.contains(COACHING) && person.contains("Référent Dehors"), "{person}");
        assert!(!whole(to(&mails, "claimed", "outside_adviser")).contains("Zorglub"));

        let before = world.mails_arrive().await.len();
        let path = format!("/v1/retrievals/{}/object", claim["id"].as_str().unwrap());
        operator.post(&path, json!({"reason": "Entretien prévu demain"})).await.good();
        let mails = world.mails_arrive().await[before..].to_vec();
        assert_eq!(parts(&mails, "claim_objected"), ["claimant", "outside_adviser", "receiver", "sender"]);
        assert!(whole(to(&mails, "claim_objected", "sender")).contains(&short(&referral)));
        for mail in mails.iter().filter(|mail| mail["recipient"] == "claimant") {
            let said = whole(mail);
            for word in [COACHING, "Tremplin", "Maison des solidarités", "Zorglub", &short(&referral), &referral, DESK] {
                assert!(!said.contains(word), "who claimed learns {word}: {said}");
            }
            assert_ne!(mail["to"], DESK);
            assert_eq!(mail["reply_to"], json!(null));
        }
        assert!(!mails.iter().any(|mail| whole(mail).contains("Entretien prévu demain")), "the reason is read behind the sign-in");
        assert_eq!(lea.get(path.trim_end_matches("/object")).await.good()["state"], "objected");
    }

    async fn a_claim_without_an_object_is_told_to_have_lapsed(world) {
        let operator = world.operator();
        let (referral, _) = claimed(world, "Quetzal").await;
        operator.completes(&referral).await;
        let before = world.mails_arrive().await.len();
        world.moves_on("P10D").await;
        let mails = world.mails().await[before..].to_vec();
        assert_eq!(parts(&mails, "claim_lapsed"), ["claimant", "outside_adviser", "receiver", "sender"]);
        let claimant = whole(to(&mails, "claim_lapsed", "claimant"));
        assert!([COACHING, "Tremplin", "Maison des solidarités", "Quetzal"].iter().all(|word| !claimant.contains(word)), "{claimant}");
    }

    async fn what_is_fetched_and_what_comes_back_is_told_to_all_four(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let referral = widely_told(world, "Ocelot").await;
        let booklet = world.issues_booklet(&operator, 5).await;
        operator.does_to_booklet("assign", booklet["id"].as_str().unwrap(), json!({"referral_id": referral})).await.good();
        let before = world.mails_arrive().await.len();
        let asked = json!({"family_name": "Ocelot", "booklet_number": booklet["number"]});
        lea.post("/v1/retrievals", asked).await.with_status(201).good();
        let mails = world.mails_arrive().await[before..].to_vec();
        assert_eq!(parts(&mails, "retrieved"), ["claimant", "outside_adviser", "person", "receiver", "sender"]);
        assert!(whole(to(&mails, "retrieved", "person")).contains("Roue des Flandres"), "the person is told where");
        assert!(!whole(to(&mails, "retrieved", "outside_adviser")).contains("Ocelot"));

        let second = widely_told(world, "Margay").await;
        let next = operator.hands_over(&second, &lea).await;
        assert_eq!(next["state"], "redirected");
        let next = world.prescriber().reads(&second).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
        let before = world.mails_arrive().await.len();
        lea.refuses(&next, "no_capacity").await;
        let mails = world.mails_arrive().await[before..].to_vec();
        assert_eq!(parts(&mails, "returned"), ["outside_adviser", "person", "receiver", "sender"]);
        assert_eq!(to(&mails, "returned", "receiver")["to"], DESK);
        assert!(whole(to(&mails, "returned", "sender")).contains("Margay") && !whole(to(&mails, "returned", "receiver")).contains("Margay"));
    }

    async fn who_has_left_is_not_written_to_any_more(world) {
        let (prescriber, operator) = (world.prescriber(), world.operator());
        let (mine, reminded) = (prescriber.refers(&world.service(COACHING).await, "Sow").await, prescriber.refers(&world.service(COACHING).await, "Diop").await);
        world.persona("colleague").does_with("assign", &reminded, json!({"member_id": operator.user()})).await.good();
        let before = world.mails_arrive().await.len();
        leaves(world, &prescriber).await;
        leaves(world, &operator).await;
        world.persona("colleague").refuses(&mine, "no_capacity").await;
        world.moves_on("P11D").await;
        let mails = world.mails().await[before..].to_vec();
        for gone in [&prescriber.persona["email"], &operator.persona["email"]] {
            assert!(mails.iter().all(|mail| mail["to"] != *gone && mail["reply_to"] != *gone), "{gone} in {mails:#?}");
        }
        let refused = about(&mails, &mine, "refused", "sender");
        assert_eq!(refused.len(), 1, "the desk of the organisation is told in their place");
        let reminder = about(&mails, &reminded, "reminder", "receiver");
        assert_eq!(reminder.iter().map(|mail| mail["to"].clone()).collect::<Vec<_>>(), [json!(DESK)]);
    }

    async fn a_team_is_reminded_in_place_of_the_address(world) {
        let (prescriber, lead) = (world.prescriber(), world.persona("colleague"));
        let own = lead.organisation().to_owned();
        let admin = world.persona("admin");
        let unit = admin.post(&format!("/v1/organisations/{own}/units"), json!({"name": "Équipe du matin"})).await.with_status(201).good();
        let members = admin.get(&format!("/v1/organisations/{own}/members?limit=200")).await.good();
        let member = members["items"].as_array().unwrap().iter().find(|member| member["user_id"] == lead.user()).unwrap()["id"].as_str().unwrap().to_owned();
        let row = membership_unit::Model { membership_id: member.parse().unwrap(), unit_id: unit["id"].as_str().unwrap().parse().unwrap() };
        let database = world.copy.connect().await;
        membership_unit::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&database).await.unwrap();
        database.close().await.unwrap();
        let referral = prescriber.refers(&world.service(COACHING).await, "Sow").await;
        lead.does_with("assign", &referral, json!({"unit_id": unit["id"]})).await.good();
        world.moves_on("P11D").await;
        let mails = world.mails().await;
        let reminded: Vec<_> = about(&mails, &referral, "reminder", "receiver").iter().map(|mail| mail["to"].clone()).collect();
        assert_eq!(reminded, [lead.persona["email"].clone()]);
    }

    async fn one_address_gets_one_copy(world) {
        let (prescriber, service) = (world.prescriber(), world.service(COACHING).await);
        let adviser = json!({"adviser": {"name": "Accueil", "email": DESK.to_uppercase()}});
        let before = world.mails_arrive().await.len();
        let referral = prescriber.refers_form(form(&service, "Sow", adviser)).await;
        let mails = world.mails_arrive().await[before..].to_vec();
        let at_desk = |mails: &[Value]| mails.iter().filter(|mail| mail["to"] == DESK && whole(mail).contains(&short(&referral))).count();
        assert_eq!(at_desk(&mails), 1, "{mails:#?}");
        let before = world.mails_arrive().await.len();
        prescriber.writes(&referral, json!({"body": "Bonjour", "to": ["receiver", "adviser", "sender"]})).await.with_status(201);
        let mails = world.mails_arrive().await[before..].to_vec();
        assert_eq!((at_desk(&mails), parts(&mails, "message")), (1, vec!["receiver".to_owned(), "sender".to_owned()]));
        let before = world.mails_arrive().await.len();
        world.operator().does("review", &referral).await.good();
        let mails = world.mails_arrive().await[before..].to_vec();
        assert_eq!(parts(&mails, "reviewed"), ["outside_adviser", "sender"], "what the receiver is not told, the adviser is");
    }

    async fn a_summary_that_comes_back_is_shown_with_each_referral_that_it_told(world) {
        let (prescriber, admin) = (world.prescriber(), world.persona("platform_admin"));
        prescriber.patches("/v1/me", json!({"digest": true})).await.good();
        let service = world.service(COACHING).await;
        let told = [prescriber.refers(&service, "Zorglub").await, prescriber.refers(&service, "Quetzal").await];
        world.moves_on("P1D").await;
        let mails = world.mails().await;
        let digest = mails.iter().rfind(|mail| mail["kind"] == "digest" && mail["to"] == prescriber.persona["email"]).unwrap();
        let database = world.copy.connect().await;
        let kept = sandbox_mail::Entity::find_by_id(digest["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap()).one(&database).await.unwrap().unwrap();
        database.close().await.unwrap();
        for _ in 0..2 {
            admin.post("/v1/notices/bounces", json!({"message_id": format!("<{}>", kept.message_id)})).await.with_status(204);
        }
        for referral in &told {
            let seen = prescriber.reads(referral).await.good();
            assert_eq!(seen["undelivered"], json!([{"kind": "sent", "recipient": "sender", "error_code": "bounced"}]));
            assert_eq!(world.tasks(referral).await.iter().filter(|task| task.kind == "undelivered").count(), 1);
        }
    }

    async fn what_would_run_in_a_mail_is_refused_wherever_it_is_written(world) {
        let (prescriber, operator, service) = (world.prescriber(), world.operator(), world.service(COACHING).await);
        let referral = prescriber.refers(&service, "Sow").await;
        let braces = "Bonjour {{ person_name }}";
        for field in ["message", "message_for_person"] {
            let refused = operator.does_with("accept", &referral, json!({ field: braces })).await.refused(422, "markup_not_allowed");
            assert_eq!(complaints(&refused), [("markup_not_allowed", format!("/{field}").as_str())]);
        }
        let answer = json!({"decision": "accepted", "channel": "phone", "told_by": "Karim", "on": "2025-01-01", "note": braces});
        let refused = prescriber.does_with("record-answer", &referral, answer).await.refused(422, "markup_not_allowed");
        assert_eq!(complaints(&refused), [("markup_not_allowed", "/note")]);
        operator.accepts(&referral).await;
        let refused = operator.does_with("complete", &referral, json!({"outcome": "done", "text": "<img src=x onerror=alert(1)>"})).await;
        assert_eq!(complaints(&refused.refused(422, "markup_not_allowed")), [("markup_not_allowed", "/text")]);
        assert_eq!(operator.sees(&referral).await, "accepted");
        let path = format!("/v1/structures/{}/join", operator.organisation());
        let asked = prescriber.post(&path, json!({"message": braces})).await.refused(422, "markup_not_allowed");
        assert_eq!(complaints(&asked), [("markup_not_allowed", "/message")]);
    }

    async fn no_name_carries_a_header_into_a_mail(world) {
        let (prescriber, admin, operator) = (world.prescriber(), world.persona("admin"), world.operator());
        let service = world.service(COACHING).await;
        let injected = "Sow\r\nBcc: voleur@example.org";
        let before = world.mails_arrive().await.len();
        let drafts = prescriber.lists("direction=sent").await.len();
        for patch in [
            json!({"person": {"family_name": injected}}), json!({"person": {"given_name": injected}}),
            json!({"adviser": {"name": injected, "email": ADVISER}}), json!({"person": {"email": "a@example.org\r\nBcc: voleur@example.org"}}),
        ] {
            let answer = prescriber.post("/v1/referrals", form(&service, "Sow", patch.clone())).await;
            assert_eq!(answer.status, 422, "{patch}: {}", answer.text);
            assert!(!answer.text.contains("voleur"), "the text is not echoed: {}", answer.text);
        }
        assert_eq!(prescriber.lists("direction=sent").await.len(), drafts, "nothing was stored");
        let organisation = admin.patches(&format!("/v1/organisations/{}", admin.organisation()), json!({"name": injected})).await;
        assert_eq!(organisation.status, 422, "{}", organisation.text);
        let named = admin.patches(&format!("/v1/services/{service}"), json!({"name": injected})).await;
        assert_eq!(named.status, 422, "{}", named.text);
        assert_eq!(world.mails_arrive().await.len(), before, "nothing was sent");

        let referral = prescriber.refers(&service, "Sow").await;
        let lines = "Bonjour\n\nSubject: autre\nBcc: voleur@example.org";
        prescriber.writes(&referral, json!({"body": lines})).await.with_status(201);
        operator.does_with("accept", &referral, json!({"message": lines, "message_for_person": lines})).await.good();
        for mail in &world.mails_arrive().await[before..] {
            let subject = mail["subject"].as_str().unwrap();
            assert!(!subject.contains("voleur") && !subject.contains("autre") && !subject.contains('\n'), "{subject}");
        }
    }

    async fn members_read_the_words_of_their_own_organisation_and_nobody_else_does(world) {
        let (operator, admin) = (world.operator(), world.persona("admin"));
        let path = format!("/v1/organisations/{}", operator.organisation());
        assert_eq!(operator.get(&path).await.good()["messages"], json!([]));
        let own = json!([
            {"list": "redirect-codes", "code": "no_capacity", "language": "fr", "text": "Liste rouverte en mai."},
            {"list": "archive-reasons", "code": "moved_away", "language": "fr", "label": "Parti vivre ailleurs", "text": "Bonne route."}
        ]);
        admin.patches(&path, json!({"settings": {"messages": own}})).await.good();
        let seen = operator.get(&path).await.good();
        assert_eq!((&seen["messages"], &seen["administration"]), (&own, &json!(null)), "who answers reads the words, not the administration");
        assert_eq!(world.persona("operator_2").get(&path).await.good()["messages"], json!(null));
        let empty = json!([{"list": "refusal-codes", "code": "other", "language": "fr"}]);
        admin.patches(&path, json!({"settings": {"messages": empty}})).await.refused(422, "required");

        let referral = world.prescriber().refers(&world.service(COACHING).await, "Sow").await;
        operator.does_with("archive", &referral, json!({"reason": "moved_away"})).await.good();
        let mails = world.mails_arrive().await;
        let refused = whole(about(&mails, &referral, "refused", "sender")[0]);
        assert!(refused.contains("Parti vivre ailleurs") && refused.contains("Bonne route."), "{refused}");
    }

    async fn who_is_shut_out_is_told_although_nothing_was_held_back(world) {
        let omar = world.persona("operator_3");
        let before = world.mails_arrive().await.len();
        let path = format!("/v1/organisations/{}/block", omar.organisation());
        world.persona("moderator").post(&path, json!({"reason": "Structure fermée"})).await.good();
        let mails = world.mails_arrive().await[before..].to_vec();
        let told: Vec<_> = mails.iter().filter(|mail| mail["kind"] == "blocked" && mail["to"] == omar.persona["email"]).collect();
        assert_eq!(told.len(), 1, "{mails:#?}");
        assert!(whole(told[0]).contains("Structure fermée"));
    }

    async fn moderators_are_reminded_of_an_organisation_once_however_much_it_holds(world) {
        let (noemie, service) = (world.persona("prescriber_2"), world.service(COACHING).await);
        holds_nothing_back(world).await;
        for name in ["Zidane", "Zola", "Zorglub"] {
            noemie.refers(&service, name).await;
        }
        let before = world.mails_arrive().await.len();
        world.moves_on("P2DT1H").await;
        let mails = world.mails().await[before..].to_vec();
        assert_eq!(mails.iter().filter(|mail| mail["kind"] == "held_reminder" && whole(mail).contains("Association Passerelle")).count(), 1, "{mails:#?}");
    }
}
