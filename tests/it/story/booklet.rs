//! Booklets: issued by the platform, given to a person, drawn from at each attended step, taken back when it was wrong.

use serde_json::{Value, json};

use super::COACHING;
use crate::world::tools::number;
use crate::world::{Answer, Client, World};

/// Steps of an agreed path, each with its units and whether the person came.
pub fn steps(of: &[(u8, i32, bool)]) -> Value {
    let one = |(n, units, attended): &(u8, i32, bool)| json!({"id": step(*n), "label": format!("Rendez-vous {n}"), "units": units, "attended": attended});
    json!({"steps": of.iter().map(one).collect::<Vec<_>>()})
}

fn step(n: u8) -> String {
    format!("0192f4e6-7a10-7000-8000-0000000000{n:02}")
}

impl Client {
    /// Sets the agreed path.
    pub async fn agrees(&self, referral: &str, path: Value) {
        let tag = self.reads(referral).await.etag();
        self.with("if-match", &tag).put(&format!("/v1/referrals/{referral}/path"), path).await.good();
    }

    /// An act on a booklet.
    pub async fn does_to_booklet(&self, act: &str, booklet: &str, command: Value) -> Answer {
        self.post(&format!("/v1/booklets/{booklet}/{act}"), command).await
    }

    /// Draws the units of a step.
    pub async fn draws(&self, booklet: &str, referral: &str, n: u8) -> Answer {
        self.does_to_booklet("use", booklet, json!({"referral_id": referral, "step_id": step(n)})).await
    }

    /// The ledger: kind, units and balance of each entry.
    async fn ledger(&self, booklet: &str) -> Vec<(String, i64, i64)> {
        let page = self.get(&format!("/v1/booklets/{booklet}/entries?limit=200")).await.good();
        let entries = page["items"].as_array().unwrap().iter();
        entries
            .map(|entry| {
                (entry["kind"].as_str().unwrap().to_owned(), entry["units"].as_i64().unwrap(), entry["balance_after"].as_i64().unwrap())
            })
            .collect()
    }
}

fn id(booklet: &Value) -> String {
    booklet["id"].as_str().unwrap().to_owned()
}

/// A person whom the operators have in charge, with a booklet of so many units; gives the booklet and the referral.
pub async fn carries(world: &World, family_name: &str, units: i32) -> (String, String) {
    let operator = world.operator();
    let booklet = id(&world.issues_booklet(&operator, units).await);
    let referral = world.prescriber().refers(&world.service(COACHING).await, family_name).await;
    operator.accepts(&referral).await;
    operator.does_to_booklet("assign", &booklet, json!({"referral_id": referral})).await.good();
    (booklet, referral)
}

both! {
    async fn units_are_drawn_for_attended_steps_and_returned_when_it_was_wrong(world) {
        let (operator, colleague) = (world.operator(), world.persona("colleague"));
        let (booklet, referral) = carries(world, "Traoré", 3).await;
        let seen = operator.get(&format!("/v1/booklets/{booklet}")).await.good();
        assert_eq!((&seen["state"], &seen["balance"], &seen["referral_id"]), (&json!("assigned"), &json!(3), &json!(referral)));
        operator.does_to_booklet("assign", &booklet, json!({"referral_id": referral})).await.refused(409, "booklet_already_assigned");
        operator.agrees(&referral, steps(&[(1, 2, true), (2, 2, true), (3, 1, false), (4, 0, true)])).await;

        let dry = operator.post(&format!("/v1/booklets/{booklet}/use?dry_run=true"), json!({"referral_id": referral, "step_id": step(1)})).await.good();
        assert_eq!(dry["would"], "use");
        assert_eq!(operator.draws(&booklet, &referral, 1).await.good()["balance"], 1);
        colleague.draws(&booklet, &referral, 1).await.refused(409, "step_already_used");
        let refusal = operator.draws(&booklet, &referral, 2).await.refused(409, "balance_too_low");
        assert_eq!((&refusal["errors"][0]["params"]["balance"], &refusal["errors"][0]["params"]["units"]), (&json!(1), &json!(2)));
        operator.draws(&booklet, &referral, 3).await.refused(409, "step_not_attended");
        operator.draws(&booklet, &referral, 4).await.refused(422, "step_without_units");
        operator.draws(&booklet, &referral, 9).await.refused(422, "unknown_step");
        let part = json!({"referral_id": referral, "step_id": step(2), "units": 1});
        assert_eq!(operator.does_to_booklet("use", &booklet, part).await.good()["balance"], 0);

        let page = operator.get(&format!("/v1/booklets/{booklet}/entries")).await.good();
        let entries = page["items"].as_array().unwrap();
        let reverse = |place: usize| json!({"entry_id": entries[place]["id"], "reason": "Séance annulée"});
        operator.does_to_booklet("reverse", &booklet, reverse(0)).await.refused(409, "not_reversible");
        operator.does_to_booklet("reverse", &booklet, reverse(1)).await.refused(409, "not_reversible");
        let stale = operator.with("if-match", "\"1.0.fr\"").post(&format!("/v1/booklets/{booklet}/reverse"), reverse(2)).await;
        stale.refused(412, "version_changed");
        assert_eq!(operator.does_to_booklet("reverse", &booklet, reverse(2)).await.good()["balance"], 2);
        operator.does_to_booklet("reverse", &booklet, reverse(2)).await.refused(409, "not_reversible");
        assert_eq!(operator.draws(&booklet, &referral, 1).await.good()["balance"], 0, "the step is free again");
        let line = |kind: &str, units: i64, balance: i64| (kind.to_owned(), units, balance);
        let all = [line("issue", 3, 3), line("assign", 0, 3), line("use", -2, 1), line("use", -1, 0), line("reverse", 2, 2), line("use", -2, 0)];
        assert_eq!(operator.ledger(&booklet).await, all);
        let undo = operator.get(&format!("/v1/booklets/{booklet}/entries")).await.good();
        assert_eq!(undo["items"][2]["reversed_by"], undo["items"][4]["id"]);
    }

    async fn numbers_come_in_series_and_are_never_given_again(world) {
        let issuer = world.persona("platform_admin");
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let series = async |to: &Client, count: i32| {
            issuer.post("/v1/booklets/series", json!({"organisation_id": to.organisation(), "count": count, "units": 5})).await
        };
        let answers = tokio::join!(series(&operator, 40), series(&lea, 40), series(&operator, 40));
        let mut made = vec![];
        for answer in [answers.0, answers.1, answers.2] {
            let one = answer.with_status(201).good();
            made.push((one["first_number"].as_str().unwrap().to_owned(), one["last_number"].as_str().unwrap().to_owned()));
        }
        made.sort();
        let text = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(made, [text("000aaa", "039aaa"), text("040aaa", "079aaa"), text("080aaa", "119aaa")]);
        for wrong in [json!({"count": 0}), json!({"units": 1001}), json!({"organisation_id": "0192f4e6-0000-7000-8000-00000000dead"})] {
            let mut body = json!({"organisation_id": operator.organisation(), "count": 1, "units": 5});
            super::merge(&mut body, wrong);
            issuer.post("/v1/booklets/series", body).await.with_status(422);
        }
        operator.post("/v1/booklets/series", json!({"organisation_id": operator.organisation(), "count": 1, "units": 5})).await.refused(403, "permission_missing");
        let database = world.copy.connect().await;
        assert_eq!(number(&database, "SELECT count(DISTINCT number) FROM booklet").await, 120);
        assert_eq!(number(&database, "SELECT count(*) FROM booklet_entry WHERE kind = 'issue'").await, 120);
        database.close().await.unwrap();
        let mine = operator.get("/v1/booklets?limit=1&count=true").await.good();
        assert_eq!((&mine["count"], &mine["items"][0]["state"]), (&json!(80), &json!("free")));
        assert_eq!(lea.get("/v1/booklets?limit=1&count=true").await.good()["count"], 40);
        world.persona("prescriber").get("/v1/booklets").await.refused(403, "permission_missing");
        assert_eq!(issuer.get("/v1/booklets/series?count=true").await.good()["count"], 3);
        issuer.get("/v1/booklets").await.refused(403, "permission_missing");
    }

    async fn a_booklet_is_seen_by_its_organisation_and_by_who_has_the_person(world) {
        let (operator, lea, reader) = (world.operator(), world.persona("operator_2"), world.persona("reader"));
        let (booklet, referral) = carries(world, "Sissoko", 4).await;
        let path = format!("/v1/booklets/{booklet}");
        lea.get(&path).await.refused(404, "not_found");
        lea.get(&format!("{path}/entries")).await.refused(404, "not_found");
        lea.draws(&booklet, &referral, 1).await.refused(404, "not_found");
        reader.get(&path).await.refused(403, "permission_missing");
        let stranger = world.prescriber().refers(&world.service(COACHING).await, "Autre").await;
        operator.does_to_booklet("use", &booklet, json!({"referral_id": stranger, "step_id": step(1)})).await.refused(422, "unknown_step");
        assert_eq!(lea.get(&format!("/v1/booklets?referral_id={referral}")).await.good()["items"], json!([]));

        let next = operator.hands_over(&referral, &lea).await;
        assert_eq!(next["state"], "redirected");
        let hers = world.prescriber().reads(&referral).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
        let found = lea.get(&format!("/v1/booklets?referral_id={hers}")).await.good();
        assert_eq!((&found["items"][0]["id"], &found["items"][0]["referral_id"]), (&json!(booklet), &json!(null)), "her own leg is another");
        lea.accepts(&hers).await;
        lea.agrees(&hers, steps(&[(1, 3, true)])).await;
        lea.does_to_booklet("assign", &booklet, json!({"referral_id": hers})).await.refused(403, "not_of_this_organisation");
        assert_eq!(lea.draws(&booklet, &hers, 1).await.good()["balance"], 1);
        operator.draws(&booklet, &referral, 1).await.refused(422, "unknown_step");
        let seen = operator.get(&format!("{path}/entries")).await.good();
        assert_eq!((&seen["items"][2]["units"], &seen["items"][2]["referral_id"]), (&json!(-3), &json!(null)), "what it does not read is null");
        assert_eq!((&seen["items"][1]["organisation_id"], &seen["items"][2]["organisation_id"]), (&json!(operator.organisation()), &json!(null)), "nor where the person went");
        assert_eq!(lea.get(&format!("{path}/entries")).await.good()["items"][2]["organisation_id"], lea.organisation());
        let printed = operator.get(&path).await.good()["number"].as_str().unwrap().to_owned();
        let asks = async |who: &Client, number: &str| who.post("/v1/booklets/search", json!({"number": number})).await;
        assert_eq!(asks(&operator, &printed.to_uppercase()).await.good()["items"][0]["id"], json!(booklet));
        assert_eq!(asks(&lea, &printed).await.good()["items"], json!([]), "whose booklet another issued is found by who carries it");
        reader.post("/v1/booklets/search", json!({"number": printed})).await.refused(403, "permission_missing");
        asks(&operator, "abc").await.with_status(422);
        let mine = json!({"booklet_number": printed});
        assert_eq!(lea.searches(mine.clone()).await, std::slice::from_ref(&hers));
        assert_eq!(operator.searches(mine.clone()).await, std::slice::from_ref(&referral));
        assert_eq!(world.persona("operator_3").searches(mine.clone()).await, Vec::<String>::new());
        reader.post("/v1/referrals/search", mine).await.refused(403, "permission_missing");
    }

    async fn a_booklet_given_to_the_wrong_person_is_taken_back_and_serves_nobody_else(world) {
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        let (booklet, referral) = carries(world, "Erreur", 3).await;
        let other = world.prescriber().refers(&world.service(COACHING).await, "Voisine").await;
        operator.accepts(&other).await;
        operator.agrees(&other, steps(&[(1, 1, true)])).await;
        operator.draws(&booklet, &other, 1).await.refused(409, "booklet_not_carried");
        let given = operator.get(&format!("/v1/booklets/{booklet}/entries")).await.good()["items"][1]["id"].clone();
        let back = json!({"entry_id": given, "reason": "Mauvaise personne"});
        for (act, command) in [("assign", json!({"referral_id": referral})), ("reverse", back.clone()), ("use", json!({"referral_id": referral, "step_id": step(1)}))] {
            lea.does_to_booklet(act, &booklet, command).await.refused(404, "not_found");
        }
        let freed = operator.does_to_booklet("reverse", &booklet, back).await.good();
        assert_eq!((&freed["state"], &freed["referral_id"], &freed["balance"]), (&json!("free"), &Value::Null, &json!(3)));
        operator.draws(&booklet, &other, 1).await.refused(409, "booklet_not_assigned");
        let entries = operator.get(&format!("/v1/booklets/{booklet}/entries")).await.good();
        let last = entries["items"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["kind"], &last["reverses"], &last["reason"]), (&json!("reverse"), &given, &json!("Mauvaise personne")));
        operator.does_to_booklet("assign", &booklet, json!({"referral_id": other})).await.good();
        assert_eq!(operator.draws(&booklet, &other, 1).await.good()["balance"], 2);
    }

    async fn who_writes_in_booklets_reads_them_and_of_whom_they_are_is_for_who_knows_the_person(world) {
        let (operator, admin) = (world.operator(), world.persona("admin"));
        let (booklet, referral) = carries(world, "Secrète", 3).await;
        let path = format!("/v1/organisations/{}/service-accounts", admin.organisation());
        let account = async |permissions: &[&str]| {
            let grants: Vec<_> = permissions.iter().map(|one| json!({"permission": one, "scope": "organisation", "side": "both", "categories": []})).collect();
            let made = admin.post(&path, json!({"name": "Compte", "grants": grants})).await.with_status(201).good();
            let login = json!({"grant_type": "client_credentials", "client_id": made["service_account"]["client_id"], "client_secret": made["client_secret"]});
            let token = world.anybody().post("/v1/auth/token", login).await.good();
            world.anybody().with_token(token["access_token"].as_str().unwrap())
        };
        let given = operator.get(&format!("/v1/booklets/{booklet}/entries")).await.good()["items"][1]["id"].clone();
        let back = json!({"entry_id": given, "reason": "Mauvaise personne"});
        let writer = account(&["referrals:read", "booklets:write"]).await;
        let problem = writer.does_to_booklet("reverse", &booklet, back).await.refused(403, "permission_missing");
        assert!(problem.to_string().contains("booklets:read"), "{problem}");
        assert_eq!(operator.get(&format!("/v1/booklets/{booklet}")).await.good()["state"], "assigned", "nothing was done");

        let counts = account(&["referrals:read", "booklets:read"]).await;
        let page = counts.get(&format!("/v1/booklets/{booklet}/entries")).await;
        assert!(!page.text.contains(&referral) && !counts.get(&format!("/v1/booklets/{booklet}")).await.text.contains(&referral));
        assert_eq!(operator.get(&format!("/v1/booklets/{booklet}")).await.good()["referral_id"], json!(referral));
    }

    async fn of_many_who_draw_the_last_units_at_once_only_some_get_them(world) {
        let (operator, colleague) = (world.operator(), world.persona("colleague"));
        let (booklet, referral) = carries(world, "Course", 5).await;
        let all: Vec<(u8, i32, bool)> = (1..=8).map(|n| (n, 2, true)).collect();
        operator.agrees(&referral, steps(&all)).await;
        let one = |n: u8| if n.is_multiple_of(2) { operator.clone() } else { colleague.clone() };
        let (booklet_id, leg) = (booklet.as_str(), referral.as_str());
        let draw = async |n: u8| crate::world::tools::patiently(async || one(n).draws(booklet_id, leg, n).await).await.status.as_u16();
        let drawn = tokio::join!(draw(1), draw(2), draw(3), draw(4), draw(5), draw(6), draw(7), draw(8));
        let mut statuses = [drawn.0, drawn.1, drawn.2, drawn.3, drawn.4, drawn.5, drawn.6, drawn.7];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 409, 409, 409, 409, 409, 409]);
        let seen = operator.get(&format!("/v1/booklets/{booklet}")).await.good();
        assert_eq!(seen["balance"], 1);
        let same = json!({"referral_id": referral, "step_id": step(1), "units": 1});
        let again = tokio::join!(operator.does_to_booklet("use", &booklet, same.clone()), colleague.does_to_booklet("use", &booklet, same.clone()));
        let won = [again.0.status.as_u16(), again.1.status.as_u16()].iter().filter(|status| **status == 200).count();
        assert!(won <= 1, "a step is used once");
    }
}
