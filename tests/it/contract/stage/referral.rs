//! Scenes of referrals.

use serde_json::{Value, json};

use super::{Scene, Stage};
use crate::world::ready_draft;

impl Stage<'_> {
    /// A service of the operators' organisation that takes referrals.
    pub async fn open_service(&self) -> String {
        self.world.service("Accompagnement renforcé").await
    }

    /// A name that nobody else has: no two referrals are taken for one.
    pub fn family_name(&self) -> String {
        let letters = format!("{:05}", self.number());
        format!(
            "Durand{}",
            letters.chars().map(|digit| char::from(b'a' + u8::try_from(digit.to_digit(10).unwrap()).unwrap())).collect::<String>()
        )
    }

    /// A draft of the prescriber.
    pub async fn draft(&self) -> String {
        self.world.prescriber().drafts(&self.open_service().await, &self.family_name()).await
    }

    /// A referral that the operators received.
    pub async fn sent(&self) -> String {
        let draft = self.draft().await;
        self.world.prescriber().sends(&draft).await;
        draft
    }

    /// A draft that lacks nothing at all, not even a criterion.
    pub async fn complete_draft(&self) -> String {
        let service = self.published_service().await.rsplit('/').next().unwrap().to_owned();
        let mut form = ready_draft(&service, &self.family_name());
        form["criteria"] = json!(["job-seeker"]);
        form["documents"] = json!([{"code": "identity-card", "at_hand": true, "reason": "Suivra par courrier"}]);
        self.world.prescriber().drafts_form(form).await
    }

    /// A draft for two services at once.
    pub async fn broadcast(&self) -> Value {
        let services = [self.open_service().await, self.world.service_of("operator_2").await];
        json!({"draft_id": self.draft().await, "service_ids": services, "override_reason": "Vu en entretien"})
    }

    /// One that the operators completed and filed.
    pub async fn archived(&self) -> String {
        let referral = self.accepted().await;
        self.world.operator().completes(&referral).await;
        self.world.operator().does_with("archive", &referral, json!({"reason": "moved_away"})).await.good();
        referral
    }

    /// One that the operators took in charge.
    pub async fn accepted(&self) -> String {
        let sent = self.sent().await;
        self.world.operator().accepts(&sent).await;
        sent
    }
}

pub async fn scene(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let (prescriber, operator) = (stage.world.prescriber(), stage.world.operator());
    let at = |referral: &str| format!("/v1/referrals/{referral}");
    let act = |referral: &str, act: &str| format!("/v1/referrals/{referral}/{act}");
    Some(match id {
        "list_referrals" => Scene::of(operator, "/v1/referrals"),
        "read_inbox" => Scene::of(operator, "/v1/inbox"),
        "read_board" => Scene::of(prescriber, "/v1/referrals/board"),
        "search_referrals" => Scene::of(operator, "/v1/referrals/search").body(json!({"name": "dur"})),
        "create_referral" => {
            let draft = ready_draft(&stage.open_service().await, &stage.family_name());
            Scene::of(prescriber, "/v1/referrals").body(draft).or(json!({"reason": "Cherche un logement"}))
        }
        "record_outside_referral" => {
            let draft = ready_draft(&stage.open_service().await, &stage.family_name());
            Scene::of(prescriber, "/v1/referrals/outside").body(draft).or(json!({"reason": "Cherche un logement"}))
        }
        "read_referral" => Scene::of(operator, at(&stage.sent().await)),
        "update_referral" => Scene::of(prescriber, at(&stage.draft().await)).body(json!({"situation": "Vit chez sa sœur"})).under_itself(),
        "delete_referral" => Scene::of(prescriber, at(&stage.draft().await)).under_itself(),
        "list_referral_actions" => Scene::of(operator, act(&stage.sent().await, "actions")),
        "send_referral" => {
            let reason = json!({"override_reason": "vérifié en entretien"});
            Scene::of(prescriber, act(&stage.draft().await, "send")).body(reason).or(json!({"override_reason": "vérifié par téléphone"}))
        }
        "redirect_referral" => {
            let to = stage.world.persona("operator_2").organisation().to_owned();
            let command = json!({"organisation_id": to, "code": "no_capacity", "person_agreed": true});
            Scene::of(operator, act(&stage.sent().await, "redirect")).body(command).or(json!({"code": "closer_service"}))
        }
        "read_referral_chain" => Scene::of(operator, act(&stage.sent().await, "chain")),
        "enter_walk_in" => {
            let now = stage.world.now().await;
            let person = json!({"family_name": stage.family_name(), "given_name": "Awa"});
            let body = json!({"start": "to_handle", "informed_at": now, "person": person});
            Scene::of(operator, "/v1/referrals/walk-in").body(body).or(json!({"start": "in_charge"}))
        }
        "create_broadcast" => {
            Scene::of(prescriber, "/v1/broadcasts").body(stage.broadcast().await).or(json!({"override_reason": "Autrement"}))
        }
        "read_broadcast" => {
            let made = prescriber.post("/v1/broadcasts", stage.broadcast().await).await.with_status(201).good();
            Scene::of(prescriber, format!("/v1/broadcasts/{}", made["id"].as_str().unwrap()))
        }
        "act_on_referrals" => {
            let items = json!([{"id": stage.sent().await}, {"id": stage.sent().await}]);
            Scene::of(operator, "/v1/referrals/bulk").body(json!({"act": "accept", "items": items})).or(json!({"act": "assign"}))
        }
        "review_referral" => Scene::of(operator, act(&stage.sent().await, "review")),
        "waitlist_referral" => Scene::of(operator, act(&stage.sent().await, "waitlist")),
        "accept_referral" => {
            Scene::of(operator, act(&stage.sent().await, "accept")).body(json!({})).or(json!({"message": "Avec plaisir."}))
        }
        "refuse_referral" => Scene::of(operator, act(&stage.sent().await, "refuse"))
            .body(json!({"codes": ["no_capacity"]}))
            .or(json!({"message": "Désolés."})),
        "withdraw_referral" => {
            Scene::of(prescriber, act(&stage.sent().await, "withdraw")).body(json!({})).or(json!({"message": "Autre solution."}))
        }
        "record_referral_answer" => {
            let today = stage.world.prescriber().get("/v1/sandbox/clock").await.good()["now"].as_str().unwrap()[..10].to_owned();
            let answer = json!({"decision": "accepted", "channel": "phone", "told_by": "L’accueil", "on": today});
            Scene::of(prescriber, act(&stage.sent().await, "record-answer")).body(answer).or(json!({"note": "Rappeler lundi."}))
        }
        "complete_referral" => {
            Scene::of(operator, act(&stage.accepted().await, "complete")).body(json!({"outcome": "done"})).or(json!({"text": "En emploi."}))
        }
        "archive_referral" => {
            let referral = stage.accepted().await;
            operator.completes(&referral).await;
            Scene::of(operator, act(&referral, "archive")).body(json!({"reason": "moved_away"})).or(json!({"note": "Vu."}))
        }
        "unarchive_referral" => {
            let referral = stage.accepted().await;
            operator.post(&act(&referral, "archive"), json!({"reason": "moved_away"})).await.good();
            Scene::of(operator, act(&referral, "unarchive"))
        }
        "set_referral_path" => {
            let referral = stage.accepted().await;
            let step = json!({"id": "0192f4e6-7a10-7000-8000-000000000001", "label": "Premier rendez-vous"});
            Scene::of(operator, act(&referral, "path")).body(json!({"steps": [step]})).under(at(&referral))
        }
        "assign_referral" => {
            let colleague = stage.world.persona("colleague");
            let member = json!({"member_id": colleague.user()});
            Scene::of(colleague, act(&stage.sent().await, "assign")).body(member).or(json!({"member_id": operator.user()}))
        }
        "set_reading_mark" => Scene::of(operator, act(&stage.sent().await, "reading-mark")).body(json!({"read": true})),
        _ => return of_thread_and_links(stage, id).await,
    })
}

/// Scenes of the thread, and of the links that open a referral.
async fn of_thread_and_links(stage: &Stage<'_>, id: &str) -> Option<Scene> {
    let operator = stage.world.operator();
    let act = |referral: &str, act: &str| format!("/v1/referrals/{referral}/{act}");
    Some(match id {
        "list_referral_messages" => {
            let referral = stage.sent().await;
            operator.writes(&referral, json!({"body": "Bonjour"})).await.with_status(201);
            Scene::of(operator, act(&referral, "messages"))
        }
        "read_referral_message" => {
            let referral = stage.sent().await;
            let written = operator.writes(&referral, json!({"body": "Bonjour"})).await.with_status(201);
            Scene::of(operator, act(&referral, &format!("messages/{}", written.body["id"].as_str().unwrap())))
        }
        "write_referral_message" => {
            Scene::of(operator, act(&stage.sent().await, "messages")).body(json!({"body": "Bonjour"})).or(json!({"body": "Bonsoir"}))
        }
        "renew_link" => Scene::of(stage.world.anybody(), "/v1/links/renew").body(json!({"referral_id": stage.sent().await})),
        "exchange_link" => {
            let referral = stage.sent().await;
            stage.world.anybody().post("/v1/links/renew", json!({"referral_id": referral})).await.with_status(202);
            let token = stage.mailed("equipe@tremplin-lillois.example.org", "access_link", "").await;
            Scene::of(stage.world.anybody(), "/v1/links/exchange").body(json!({"token": token}))
        }
        _ => return None,
    })
}
