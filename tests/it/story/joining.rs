//! Joining an organisation: the first member administers it, later ones wait for an administrator, the last one stays.

use relais_domain::directory::OrganisationState;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::tools::number;
use crate::world::{Answer, Client, PASSWORD, World, behind, whole};

async fn asks(who: &Client, structure: &str) -> Answer {
    who.post(&format!("/v1/structures/{structure}/join"), json!({})).await
}

async fn decides(who: &Client, act: &str, request: &Value, body: Value) -> Answer {
    who.post(&format!("/v1/join-requests/{}/{act}", request["id"].as_str().unwrap()), body).await
}

async fn takes_back(who: &Client, request: &Value) -> Answer {
    who.send(Method::POST, &format!("/v1/join-requests/{}/withdraw", request["id"].as_str().unwrap()), None).await
}

async fn leaves(who: &Client, membership: &Value) -> Answer {
    who.send(Method::DELETE, &format!("/v1/me/memberships/{}", membership["id"].as_str().unwrap()), None).await
}

async fn requests(who: &Client, query: &str) -> Vec<Value> {
    who.get(query).await.good()["items"].as_array().unwrap().clone()
}

/// An organisation of a feed with its first member.
async fn begun(world: &World) -> (String, Client) {
    let structure = world.unjoined().await.remove(0);
    let first = world.newcomer("premiere@arrivants.example.org").await;
    first.joins(&structure).await;
    (structure, first)
}

both! {
    async fn the_first_member_administers_and_the_organisation_awaits_its_verification(world) {
        let structure = world.unjoined().await.remove(0);
        let first = world.newcomer("premiere@arrivants.example.org").await;
        let answer = first.post(&format!("/v1/structures/{structure}/join"), json!({})).await.with_status(201);
        let location = answer.header("location").to_owned();
        let request = answer.good();
        assert!(location.ends_with(&format!("/v1/join-requests/{}", request["id"].as_str().unwrap())), "{location}");
        assert_eq!((&request["state"], &request["organisation_id"]), (&json!("accepted"), &json!(structure)));
        assert!(request["decided_at"].is_string());

        assert_eq!(first.membership_of(&structure).await.unwrap()["verified"], false);
        let members = first.get(&format!("/v1/organisations/{structure}/members")).await.good();
        let mut held: Vec<_> = members["items"][0]["roles"].as_array().unwrap().iter().map(|role| role["role_name"].as_str().unwrap()).collect();
        held.sort_unstable();
        assert_eq!((members["items"].as_array().unwrap().len(), held), (1, vec!["organisation_admin", "team_lead"]));
        first.get("/v1/inbox").await.refused(403, "organisation_unverified");
        let role = first.role_from(&structure, "reader").await;
        let invite = json!({"email": "invitee@arrivants.example.org", "role_id": role});
        first.post(&format!("/v1/organisations/{structure}/invitations"), invite).await.with_status(201);

        world.persona("moderator").send(Method::POST, &format!("/v1/organisations/{structure}/verify"), None).await.good();
        assert_eq!(first.membership_of(&structure).await.unwrap()["verified"], true);
        first.get("/v1/inbox").await.good();
        let database = world.copy.connect().await;
        for kind in ["member.joined", "join_request.accepted", "organisation.verified"] {
            let written = format!("SELECT count(*) FROM event e JOIN organisation o ON o.id = e.organisation_id WHERE e.kind = '{kind}' AND o.verified_at IS NOT NULL AND o.source IS NOT NULL");
            assert!(number(&database, &written).await > 0, "{kind} names the organisation");
        }
        database.close().await.unwrap();
    }

    async fn later_ones_wait_for_an_administrator(world) {
        let (structure, first) = begun(world).await;
        let second = world.newcomer("seconde@arrivants.example.org").await;
        let request = second.joins(&structure).await;
        assert_eq!((&request["state"], &request["decided_at"]), (&json!("pending"), &Value::Null));
        assert!(second.membership_of(&structure).await.is_none());
        asks(&second, &structure).await.refused(409, "join_request_pending");

        let told = world.mailed("premiere@arrivants.example.org", "join_requested").await;
        assert_eq!(told.len(), 1);
        let mail = whole(&told[0]);
        assert!(mail.contains("Dominique Arrivant") && mail.contains("Je remplace Léa") && mail.contains("join_request."), "{mail}");
        assert!(world.mailed("seconde@arrivants.example.org", "join_requested").await.is_empty());

        let list = format!("/v1/organisations/{structure}/join-requests");
        let waiting = requests(&first, &format!("{list}?state=pending")).await;
        assert_eq!((waiting.len(), &waiting[0]["email"], &waiting[0]["id"]), (1, &json!("seconde@arrivants.example.org"), &request["id"]));
        assert_eq!(requests(&first, &list).await.len(), 2, "the first member's own request is kept");
        assert_eq!(requests(&second, "/v1/me/join-requests").await[0]["id"], request["id"]);

        let role = first.role_from(&structure, "reader").await;
        let stranger = world.persona("admin");
        let path = format!("/v1/join-requests/{}", request["id"].as_str().unwrap());
        stranger.get(&list).await.refused(404, "not_found");
        stranger.get(&path).await.refused(404, "not_found");
        decides(&stranger, "accept", &request, json!({"role_id": role})).await.refused(404, "not_found");
        decides(&second, "accept", &request, json!({"role_id": role})).await.refused(400, "organisation_required");
        world.anybody().get(&path).await.refused(401, "sign_in_required");
        decides(&first, "accept", &request, json!({"role_id": stranger.role_from(stranger.organisation(), "reader").await})).await.refused(422, "unknown_reference");
        decides(&first, "accept", &request, json!({})).await.refused(422, "required");

        let accepted = decides(&first, "accept", &request, json!({"role_id": role})).await.good();
        assert_eq!((&accepted["state"], &accepted["version"]), (&json!("accepted"), &json!(2)));
        assert!(second.membership_of(&structure).await.is_some());
        let mail = whole(&world.mailed("seconde@arrivants.example.org", "join_accepted").await[0]);
        assert!(mail.contains("maintenant membre"), "{mail}");
        for act in ["accept", "refuse"] {
            let problem = decides(&first, act, &request, if act == "accept" { json!({"role_id": role}) } else { json!({}) }).await.refused(409, "join_request_settled");
            assert_eq!(problem["errors"][0]["params"]["state"], "accepted");
        }
        takes_back(&second, &request).await.refused(409, "join_request_settled");
        asks(&second, &structure).await.refused(409, "already_member");
        second.get(&list).await.refused(403, "permission_missing");
    }

    async fn an_administrator_may_refuse_and_whoever_asked_may_take_it_back(world) {
        let (structure, first) = begun(world).await;
        let second = world.newcomer("seconde@arrivants.example.org").await;
        let request = second.joins(&structure).await;
        takes_back(&first, &request).await.refused(403, "not_your_request");
        let refused = decides(&first, "refuse", &request, json!({"reason": "Passez d’abord nous voir."})).await.good();
        assert_eq!((&refused["state"], &refused["reason"]), (&json!("refused"), &json!("Passez d’abord nous voir.")));
        let mail = whole(&world.mailed("seconde@arrivants.example.org", "join_refused").await[0]);
        assert!(mail.contains("Passez d’abord nous voir.") && mail.contains("refus"), "{mail}");
        assert!(second.membership_of(&structure).await.is_none());

        let again = second.joins(&structure).await;
        assert_ne!(again["id"], request["id"]);
        let withdrawn = takes_back(&second, &again).await.good();
        assert_eq!(withdrawn["state"], "withdrawn");
        decides(&first, "refuse", &again, json!({})).await.refused(409, "join_request_settled");
        let third = world.newcomer("troisieme@arrivants.example.org").await;
        takes_back(&third, &request).await.refused(404, "not_found");
        third.get(&format!("/v1/join-requests/{}", request["id"].as_str().unwrap())).await.refused(404, "not_found");
    }

    async fn a_door_may_be_shut(world) {
        let newcomer = world.newcomer("premiere@arrivants.example.org").await;
        let blocked = world.persona("prescriber_3").organisation().to_owned();
        asks(&newcomer, &blocked).await.refused(409, "organisation_blocked");
        let structure = world.unjoined().await.remove(0);
        world.sets_state(&structure, OrganisationState::Closed).await;
        asks(&newcomer, &structure).await.refused(409, "organisation_disabled");
        asks(&newcomer, &relais_adapters::ids::fresh().to_string()).await.refused(404, "not_found");
        asks(&world.persona("partner"), &blocked).await.refused(403, "not_a_user");
        asks(&world.anybody(), &blocked).await.refused(401, "sign_in_required");
        asks(&world.persona("admin"), world.persona("admin").organisation()).await.refused(409, "already_member");
        assert!(newcomer.get("/v1/me").await.good()["memberships"].as_array().unwrap().is_empty());
    }

    async fn nobody_waits_for_more_than_ten_at_once(world) {
        let newcomer = world.newcomer("premiere@arrivants.example.org").await;
        let structures = world.unjoined().await;
        let second = world.newcomer("seconde@arrivants.example.org").await;
        for structure in structures.iter().take(11) {
            second.joins(structure).await;
        }
        let mut last = Value::Null;
        for structure in structures.iter().take(10) {
            last = newcomer.joins(structure).await;
            assert_eq!(last["state"], "pending");
        }
        asks(&newcomer, &structures[10]).await.refused(409, "too_many_join_requests");
        takes_back(&newcomer, &last).await.good();
        asks(&newcomer, &structures[10]).await.with_status(201);
    }

    async fn who_was_asked_to_run_an_organisation_comes_before_whoever_finds_it(world) {
        let body = json!({"name": "Structure attendue", "country": "FR", "administrator_email": "cheffe@arrivants.example.org"});
        let made = world.persona("platform_admin").post("/v1/organisations", body).await.with_status(201).good();
        let structure = made["id"].as_str().unwrap();
        let finder = world.newcomer("trouveur@arrivants.example.org").await;
        let request = finder.joins(structure).await;
        assert_eq!(request["state"], "pending");
        let sealed = behind(world.mailed("cheffe@arrivants.example.org", "invitation").await.last().unwrap(), "invitation.");
        let (invitation, key) = sealed.split_once('.').unwrap();
        let accept = json!({"token": key, "name": "Anne Cheffe", "password": PASSWORD});
        world.anybody().post(&format!("/v1/invitations/{invitation}/accept"), accept).await.good();
        let head = world.signs_in("cheffe@arrivants.example.org", PASSWORD).await;
        assert_eq!(requests(&head, &format!("/v1/organisations/{structure}/join-requests?state=pending")).await.len(), 1);

        // The other way in: an invitation settles the request.
        let role = head.role_from(structure, "reader").await;
        let invite = json!({"email": "trouveur@arrivants.example.org", "role_id": role});
        head.post(&format!("/v1/organisations/{structure}/invitations"), invite).await.with_status(201);
        let sealed = behind(world.mailed("trouveur@arrivants.example.org", "invitation").await.last().unwrap(), "invitation.");
        let (invitation, key) = sealed.split_once('.').unwrap();
        world.anybody().post(&format!("/v1/invitations/{invitation}/accept"), json!({"token": key, "password": PASSWORD})).await.good();
        assert_eq!(requests(&finder, "/v1/me/join-requests").await[0]["state"], "accepted");
        decides(&head, "refuse", &request, json!({})).await.refused(409, "join_request_settled");
    }

    async fn whoever_comes_first_is_verified_anew(world) {
        let structure = world.unjoined().await.remove(0);
        world.persona("moderator").send(Method::POST, &format!("/v1/organisations/{structure}/verify"), None).await.good();
        let first = world.newcomer("premiere@arrivants.example.org").await;
        assert_eq!(first.joins(&structure).await["state"], "accepted");
        assert_eq!(first.membership_of(&structure).await.unwrap()["verified"], false);
        first.get("/v1/inbox").await.refused(403, "organisation_unverified");
    }

    async fn what_was_held_before_does_not_come_back(world) {
        let (admin, lead) = (world.persona("admin"), world.persona("colleague"));
        let own = admin.organisation().to_owned();
        let membership = lead.membership_of(&own).await.unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/organisations/{own}/members/{membership}");
        admin.patches(&path, json!({"valid_to": "2025-06-30"})).await.good();
        assert!(lead.membership_of(&own).await.is_none());
        let request = lead.joins(&own).await;
        let role = admin.role_from(&own, "reader").await;
        decides(&admin, "accept", &request, json!({"role_id": role})).await.good();
        let roles = admin.get(&path).await.good()["roles"].clone();
        assert_eq!((roles.as_array().unwrap().len(), &roles[0]["role_name"]), (1, &json!("reader")));
    }

    async fn a_member_leaves_and_the_last_administrator_stays(world) {
        let (admin, reader, lead) = (world.persona("admin"), world.persona("reader"), world.persona("colleague"));
        let own = admin.organisation().to_owned();
        let (of_admin, of_reader) = (admin.membership_of(&own).await.unwrap(), reader.membership_of(&own).await.unwrap());
        leaves(&reader, &of_admin).await.refused(404, "not_found");
        leaves(&reader, &of_reader).await.with_status(204);
        assert!(reader.membership_of(&own).await.is_none());
        leaves(&reader, &of_reader).await.refused(404, "not_found");
        reader.get("/v1/referrals").await.refused(400, "organisation_required");

        leaves(&admin, &of_admin).await.refused(409, "last_administrator");
        let role = admin.role_from(&own, "organisation_admin").await;
        let of_lead = lead.membership_of(&own).await.unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/organisations/{own}/members/{of_lead}");
        let tag = admin.get(&path).await.etag();
        admin.with("if-match", &tag).put(&format!("{path}/roles"), json!({"roles": [{"role_id": role}]})).await.good();
        leaves(&admin, &of_admin).await.with_status(204);
        assert!(admin.membership_of(&own).await.is_none());
        let of_lead = lead.membership_of(&own).await.unwrap();
        leaves(&lead, &of_lead).await.refused(409, "last_administrator");
    }
}
