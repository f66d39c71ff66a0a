//! One person's way through all of it, from the search to the figures, as the prescriber's day and as the operators' day: what each
//! does, and what each sees of what the others do.

use serde_json::{Value, json};

use super::operator::numbers;
use super::statistics::a_new_month;
use super::{COACHING, DESK, edits_service, form, merge};
use crate::world::tools::eventually;
use crate::world::{Answer, Client, Program, World, about, pdf, whole};

/// Who must not be named in a mail to a receiver.
const PERSON: &str = "Sissoko-Lambert";
/// The contact address of the structure that the person is handed over to.
const NEXT_DESK: &str = "accueil@roue-des-flandres.example.org";
/// The session of the workshop that the person came to.
const SESSION: &str = "0192f4e6-7a10-7000-8000-000000000001";
const SECOND_SESSION: &str = "0192f4e6-7a10-7000-8000-000000000002";

/// Who takes part: the sender, and three structures one after the other.
struct Day<'a> {
    world: &'a World,
    prescriber: Client,
    operator: Client,
    lea: Client,
    omar: Client,
    service: String,
    month: String,
    /// How many mails there were before it.
    earlier: usize,
}

/// What left: the first leg, and the file that went with it.
struct Sent {
    referral: String,
    file: String,
}

impl<'a> Day<'a> {
    /// A day in a new month. The prescriber and the third structure work at the program that listens at `there`.
    async fn of(world: &'a World, there: &str) -> Self {
        let month = a_new_month(world).await;
        let service = world.service(COACHING).await;
        let asked = json!({"documents": [{"code": "cv", "label": "CV", "obligatory": true}]});
        edits_service(world, &service, asked).await;
        let earlier = world.mails_arrive().await.len();
        let (operator, lea) = (world.operator(), world.persona("operator_2"));
        Self {
            world,
            prescriber: world.client_at(there, "prescriber"),
            operator,
            lea,
            omar: world.client_at(there, "operator_3"),
            service,
            month,
            earlier,
        }
    }

    /// The service among what is found near the person.
    async fn search(&self) -> Value {
        let page = self.prescriber.get("/v1/services?q=accompagnement%20emploi&commune=59350&accepts_referrals=true&limit=50").await.good();
        let found = page["items"].as_array().unwrap().iter().find(|service| service["id"] == json!(self.service));
        found.unwrap_or_else(|| panic!("not found: {page}")).clone()
    }

    /// Whether it is for somebody like this.
    async fn eligibility(&self) -> Value {
        let known = json!({"age": 29, "commune": "59350", "audiences": ["demandeurs-emploi"]});
        self.prescriber.post(&format!("/v1/services/{}/eligibility", self.service), known).await.with_status(200).good()
    }

    fn form(&self, family_name: &str) -> Value {
        let mut form = form(&self.service, family_name, json!({"audiences": ["demandeurs-emploi"], "criteria": ["c1"]}));
        merge(&mut form, json!({"reason": "MotifPlante", "situation": "SituationPlantee"}));
        form
    }

    async fn draft(&self) -> String {
        self.prescriber.drafts_form(self.form(PERSON)).await
    }

    /// The CV is handed in, judged and added.
    async fn documents(&self, draft: &str) -> String {
        let file = self.prescriber.hands_in("cv.pdf", pdf("Parcours et competences")).await;
        self.world.moves_on("PT1M").await;
        self.prescriber.adds_document(draft, &file, Some("cv")).await.with_status(201);
        file
    }

    async fn send(&self, draft: &str) -> Value {
        self.prescriber.does("send", draft).await.good()
    }

    /// Nobody has answered for ten days.
    async fn reminder(&self) {
        self.world.moves_on("P11D").await;
    }

    /// The first structure gives the person a booklet.
    async fn booklet(&self, referral: &str) -> Value {
        let booklet = self.world.issues_booklet(&self.operator, 5).await;
        let id = booklet["id"].as_str().unwrap();
        self.operator.does_to_booklet("assign", id, json!({"referral_id": referral})).await.good()
    }

    /// The first structure hands the person over to the second, with the CV; gives the next leg, as the sender finds it.
    async fn redirect(&self, sent: &Sent) -> String {
        let to = self.lea.organisation();
        let command = json!({"organisation_id": to, "code": "closer_service", "note": "Parle bambara", "documents": [sent.file], "person_agreed": true});
        let handed = self.operator.does_with("redirect", &sent.referral, command).await.good();
        assert_eq!(handed["state"], "redirected");
        self.prescriber.reads(&sent.referral).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned()
    }

    /// Business time was moved at one program: the other one reads it within a second.
    async fn in_step(&self) {
        let now = self.world.now().await;
        eventually("both programs have one time", async || {
            let there = self.omar.get("/v1/sandbox/clock").await.good();
            there["now"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap() >= now
        })
        .await;
    }

    /// The person comes to the third structure with the booklet.
    async fn retrieval(&self, booklet: &Value) -> String {
        self.in_step().await;
        let asked = json!({"family_name": "sissoko lambert", "booklet_number": booklet["number"]});
        let moved = self.omar.post("/v1/retrievals", asked).await.with_status(201).good();
        assert_eq!(moved["state"], "moved");
        moved["referral_id"].as_str().unwrap().to_owned()
    }

    async fn accept(&self, leg: &str) {
        let steps = json!([{"id": SESSION, "label": "Atelier CV", "units": 2, "attended": false}]);
        self.omar.does_with("accept", leg, json!({"message": "À lundi 9 h", "path": steps})).await.good();
    }

    /// The person came to the first session; a second one is agreed.
    async fn workshop(&self, leg: &str) {
        let steps = json!({"steps": [
            {"id": SESSION, "label": "Atelier CV", "units": 2, "attended": true},
            {"id": SECOND_SESSION, "label": "Simulation d’entretien", "units": 1, "attended": false},
        ]});
        self.omar.agrees(leg, steps).await;
    }

    async fn draws(&self, booklet: &Value, leg: &str) -> Answer {
        let used = json!({"referral_id": leg, "step_id": SESSION});
        self.omar.does_to_booklet("use", booklet["id"].as_str().unwrap(), used).await
    }

    async fn complete(&self, leg: &str) {
        self.omar.does_with("complete", leg, json!({"outcome": "done", "text": "A trouvé un emploi"})).await.good();
    }

    /// Four more people go the same way, so that there are enough of them to be counted.
    async fn others(&self) {
        for name in ["Aubert", "Besson", "Charpentier", "Delmas"] {
            let mut form = self.form(name);
            form["documents"] = json!([{"code": "cv", "reason": "Viendra avec"}]);
            let first = self.prescriber.drafts_form(form).await;
            self.send(&first).await;
            self.operator.hands_over(&first, &self.omar).await;
            let next = self.prescriber.reads(&first).await.good()["hand_over"]["next_id"].as_str().unwrap().to_owned();
            self.omar.accepts(&next).await;
            self.omar.completes(&next).await;
        }
    }

    /// How many mails of a kind somebody has had this day.
    async fn mails_to(&self, address: &Value, kind: &str) -> usize {
        self.world.mails_arrive().await.iter().skip(self.earlier).filter(|mail| mail["to"] == *address && mail["kind"] == kind).count()
    }
}

fn stands(board: &std::collections::BTreeMap<String, i64>, state: &str) -> i64 {
    board.get(state).copied().unwrap_or(0)
}

/// The kinds of what there is to say to the person.
fn to_say(referral: &Value) -> Vec<&str> {
    referral["tell_the_person"]["say"].as_array().into_iter().flatten().map(|one| one["kind"].as_str().unwrap()).collect()
}

/// The prescriber's day: what the sender sees at each step.
async fn prescribers(world: &World, there: &str) {
    let day = Day::of(world, there).await;
    let (me, address) = (&day.prescriber, day.prescriber.persona["email"].clone());

    // The service is found, with what it asks; somebody of Lille who looks for work is not excluded.
    assert!(day.search().await["name"].as_str().unwrap().starts_with(COACHING));
    let verdict = day.eligibility().await;
    assert_ne!(verdict["verdict"], "not_eligible", "{verdict}");
    assert_eq!((&verdict["blocking"], &verdict["documents_missing"]), (&json!([]), &json!(["cv"])));

    // The draft says whom one may call, and what is still missing.
    let board = me.board().await;
    let draft = day.draft().await;
    let seen = me.reads(&draft).await.good();
    assert_eq!((&seen["state"], &seen["service_contact"]["email"]), (&json!("draft"), &json!(DESK)));
    assert_eq!(me.blockers_to("send", &draft).await, ["required_document_missing"]);
    assert_eq!(stands(&me.board().await, "draft"), stands(&board, "draft") + 1);
    let file = day.documents(&draft).await;
    assert!(me.blockers_to("send", &draft).await.is_empty());

    // It leaves: who is told how; the person has no address, and is told by me.
    let sent = day.send(&draft).await;
    let told: Vec<_> = sent["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| (notice["recipient"].as_str().unwrap(), notice["channel"].as_str().unwrap()))
        .collect();
    assert!(
        told.contains(&("receiver", "mail")) && told.contains(&("sender", "mail")) && told.contains(&("person", "tell_the_person")),
        "{told:?}"
    );
    let sent = Sent { referral: draft, file };
    assert_eq!(
        (stands(&me.board().await, "draft"), stands(&me.board().await, "sent")),
        (stands(&board, "draft"), stands(&board, "sent") + 1)
    );
    assert_eq!(to_say(&me.reads(&sent.referral).await.good()), ["sent_to_person"]);
    let recap = world.mails_arrive().await;
    let recap = about(&recap, &sent.referral, "sent", "sender");
    assert_eq!((recap.len(), &recap[0]["to"]), (1, &address));
    assert!(whole(recap[0]).contains(PERSON) && whole(recap[0]).contains(COACHING));

    // The receiver is reminded, not I; the leg still waits.
    day.reminder().await;
    assert_eq!((me.sees(&sent.referral).await.as_str(), day.mails_to(&address, "reminder").await), ("sent", 0));

    // The person is handed over, then fetched by another structure: one line, told each time, the whole chain in sight.
    let booklet = day.booklet(&sent.referral).await;
    let waiting = stands(&me.board().await, "sent");
    let second = day.redirect(&sent).await;
    assert_eq!(day.mails_to(&address, "redirected").await, 1);
    assert_eq!(stands(&me.board().await, "sent"), waiting, "one line");
    let third = day.retrieval(&booklet).await;
    assert_eq!(day.mails_to(&address, "retrieved").await, 1);
    let line = |id: &str, state: &str| (id.to_owned(), state.to_owned());
    assert_eq!(me.chain(&sent.referral).await, [line(&sent.referral, "redirected"), line(&second, "redirected"), line(&third, "sent")]);
    let mine = me.lists("direction=sent").await;
    assert!(mine.contains(&third) && !mine.contains(&second) && !mine.contains(&sent.referral));
    assert_eq!(stands(&me.board().await, "sent"), waiting);

    // The third structure takes the person in charge, and the person comes: sessions and attendance are mine to see.
    day.accept(&third).await;
    let seen = me.reads(&third).await.good();
    assert_eq!((&seen["state"], &seen["social"]["answer"]["message"]), (&json!("accepted"), &json!("À lundi 9 h")));
    assert_eq!(day.mails_to(&address, "accepted").await, 1);
    day.workshop(&third).await;
    assert_eq!(day.draws(&booklet, &third).await.good()["balance"], 3);
    let path = me.reads(&third).await.good()["social"]["answer"]["path"].clone();
    let attended: Vec<_> = path.as_array().unwrap().iter().map(|step| step["attended"].as_bool().unwrap()).collect();
    assert_eq!(attended, [true, false]);

    // The help ends: one chain, completed, and everything to tell the person in one task.
    let done = stands(&me.board().await, "completed");
    day.complete(&third).await;
    assert_eq!((me.sees(&third).await.as_str(), day.mails_to(&address, "completed").await), ("completed", 1));
    assert_eq!(stands(&me.board().await, "completed"), done + 1);
    let tasks = me.get(&format!("/v1/tasks?kind=tell_the_person&referral_id={third}")).await.good();
    assert_eq!(tasks["items"].as_array().unwrap().len(), 1, "one task: {tasks}");

    // Whoever counts for the senders counts five chains, each completed.
    day.others().await;
    let figures = world.persona("platform_admin").figures("sent", &day.month, "&group_by=state").await;
    assert_eq!(figures["total"]["count"], 5, "{figures}");
    assert_eq!(figures["states"], json!([{"state": "completed", "count": 5}]));
}

/// The operators' day: what the three structures see at each step.
async fn operators(world: &World, there: &str) {
    let day = Day::of(world, there).await;
    let (operator, lea, omar) = (&day.operator, &day.lea, &day.omar);
    let box_of = async |who: &Client, name: &str| numbers(&who.counts().await, name);

    // Nothing of a draft is anybody's; once it left it waits, unread, in one inbox.
    let before = box_of(operator, "to_handle").await;
    let draft = day.draft().await;
    let file = day.documents(&draft).await;
    operator.finds_no_trace_of(&draft, PERSON).await;
    assert_eq!(box_of(operator, "to_handle").await, before);
    day.send(&draft).await;
    let sent = Sent { referral: draft, file };
    let [count, unread, overdue, mine] = before;
    assert_eq!(box_of(operator, "to_handle").await, [count + 1, unread + 1, overdue, mine]);
    for stranger in [lea, omar] {
        stranger.finds_no_trace_of(&sent.referral, PERSON).await;
    }

    // The mail says that something waits and not about whom; the details and the CV are behind the door.
    let mails = world.mails_arrive().await;
    let told = about(&mails, &sent.referral, "sent", "receiver");
    assert!(told.iter().any(|mail| mail["to"] == DESK));
    for mail in &told {
        assert!([PERSON, "Awa", "06 39", "MotifPlante", "SituationPlantee"].iter().all(|word| !whole(mail).contains(word)), "{mail}");
    }
    let seen = operator.reads(&sent.referral).await.good();
    assert_eq!((&seen["identity"]["family_name"], &seen["social"]["reason"]), (&json!(PERSON), &json!("MotifPlante")));
    assert!(operator.fetches(&sent.file).await.with_status(200).text.starts_with("%PDF-"));
    operator.marks(&sent.referral, true).await;
    assert_eq!(box_of(operator, "to_handle").await, [count + 1, unread, overdue, mine]);

    // Ten days later the desk is reminded, and the line is late.
    day.reminder().await;
    let mails = world.mails().await;
    let reminders = about(&mails, &sent.referral, "reminder", "receiver");
    assert!(reminders.iter().any(|mail| mail["to"] == DESK) && reminders.iter().all(|mail| !whole(mail).contains(PERSON)));
    assert_eq!(operator.line("box=to_handle", &sent.referral).await["overdue"], true);

    // Handed over: it lies in my archive, read-only, and waits in the next inbox with what I sent along.
    let booklet = day.booklet(&sent.referral).await;
    let (own, next) = (box_of(operator, "to_handle").await, box_of(lea, "to_handle").await);
    let second = day.redirect(&sent).await;
    assert_eq!(
        (box_of(operator, "to_handle").await[0], box_of(lea, "to_handle").await[..2].to_vec()),
        (own[0] - 1, vec![next[0] + 1, next[1] + 1])
    );
    assert_eq!(operator.line("box=archived", &sent.referral).await["state"], "redirected");
    operator.does("accept", &sent.referral).await.refused(409, "not_open");
    operator.finds_no_trace_of(&second, "Personne").await;
    let arrived = lea.reads(&second).await.good();
    assert_eq!(
        (&arrived["handed_over_by"]["id"], &arrived["arrived_with"]["note"]),
        (&json!(operator.organisation()), &json!("Parle bambara"))
    );
    lea.fetches(&sent.file).await.with_status(200);
    let mails = world.mails_arrive().await;
    assert!(mails.iter().any(|mail| mail["to"] == NEXT_DESK && !whole(mail).contains(PERSON)));

    // Fetched by the third structure: gone from the second inbox, and the holder is told.
    let (held, counter) = (box_of(lea, "to_handle").await, box_of(omar, "to_handle").await);
    let third = day.retrieval(&booklet).await;
    assert_eq!((box_of(lea, "to_handle").await[0], box_of(omar, "to_handle").await[0]), (held[0] - 1, counter[0] + 1));
    assert_eq!(lea.sees(&second).await, "redirected");
    lea.reads(&third).await.refused(404, "not_found");
    assert_eq!(omar.reads(&third).await.good()["kind"], "retrieval");
    assert_eq!(about(&world.mails_arrive().await, &second, "retrieved", "receiver").len(), 1);

    // Taken in charge: another box, a path, units of the booklet once the person came.
    let in_charge = box_of(omar, "in_charge").await;
    day.accept(&third).await;
    assert_eq!((box_of(omar, "to_handle").await[0], box_of(omar, "in_charge").await[0]), (counter[0], in_charge[0] + 1));
    assert_ne!(day.draws(&booklet, &third).await.status, 200, "nobody came yet");
    day.workshop(&third).await;
    assert_eq!(day.draws(&booklet, &third).await.good()["balance"], 3);
    let late = |tasks: Value| tasks["items"].as_array().unwrap().iter().filter(|task| task["late"] == true).count();
    assert_eq!(late(omar.get(&format!("/v1/tasks?referral_id={third}")).await.good()), 0);

    // Ended: filed by itself, and nothing is left to do.
    let archived = box_of(omar, "archived").await;
    day.complete(&third).await;
    assert_eq!((box_of(omar, "in_charge").await[0], box_of(omar, "archived").await[0]), (in_charge[0], archived[0] + 1));
    omar.does("accept", &third).await.refused(409, "not_open");

    // The lead's figures: five came, all were passed on, which is neither accepting nor refusing.
    day.others().await;
    let figures = world.persona("colleague").figures("received", &day.month, "").await;
    assert_eq!((&figures["total"]["count"], &figures["total"]["acceptance"]), (&json!(5), &json!(null)), "{figures}");
    let states = figures["states"].as_array().unwrap();
    assert_eq!((states.len(), &states[0]["state"], &states[0]["count"]), (1, &json!("redirected"), &json!(5)), "{figures}");
}

both! {
    async fn the_prescribers_day_from_the_search_to_the_figures(world) {
        prescribers(world, &world.program.base).await;
    }

    async fn the_operators_day_from_the_inbox_to_the_figures(world) {
        operators(world, &world.program.base).await;
    }

    async fn the_prescribers_day_on_two_nodes(world) {
        let other = Program::start(&world.copy, &[]);
        prescribers(world, &other.base).await;
    }

    async fn the_operators_day_on_two_nodes(world) {
        let other = Program::start(&world.copy, &[]);
        operators(world, &other.base).await;
    }
}
