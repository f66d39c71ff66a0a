//! More verbs of the field, for stories.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Client, World};

/// The ids of a page's items, in their order.
#[track_caller]
fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

impl Answer {
    /// A refusal for want of a right, whichever of the doors says so.
    #[track_caller]
    pub fn refused_for_want_of_right(&self) {
        assert!(matches!(self.status.as_u16(), 400 | 401 | 403 | 404), "{}: {} {}", self.asked, self.status, self.text);
    }
}

impl Client {
    /// The organisation that this persona acts for.
    pub fn organisation(&self) -> &str {
        self.persona["organisation_id"].as_str().expect("the persona has an organisation")
    }

    /// The user behind this persona.
    pub fn user(&self) -> &str {
        self.persona["user_id"].as_str().expect("the persona is a user")
    }

    /// Makes a draft out of this form.
    pub async fn drafts_form(&self, form: Value) -> String {
        self.post("/v1/referrals", form).await.with_status(201).good()["id"].as_str().unwrap().to_owned()
    }

    /// Makes a draft out of this form and sends it.
    pub async fn refers_form(&self, form: Value) -> String {
        let referral = self.drafts_form(form).await;
        self.sends(&referral).await;
        referral
    }

    /// An act on a referral, with its command.
    pub async fn does_with(&self, act: &str, referral: &str, command: Value) -> Answer {
        self.post(&format!("/v1/referrals/{referral}/{act}"), command).await
    }

    /// An act on a service.
    pub async fn does_to_service(&self, act: &str, service: &str) -> Answer {
        let path = format!("/v1/services/{service}");
        let tag = self.get(&path).await.etag();
        self.with("if-match", &tag).send(reqwest::Method::POST, &format!("{path}/{act}"), None).await
    }

    /// Changes a referral under the version that it has now.
    pub async fn changes(&self, referral: &str, patch: Value) -> Answer {
        self.patches(&format!("/v1/referrals/{referral}"), patch).await
    }

    /// The ids in a list, `?` left out.
    pub async fn lists(&self, query: &str) -> Vec<String> {
        ids(&self.get(&format!("/v1/referrals?limit=200&{query}")).await.good())
    }

    /// The line of a referral in a list.
    pub async fn line(&self, query: &str, referral: &str) -> Value {
        let page = self.get(&format!("/v1/referrals?limit=200&{query}")).await.good();
        let found = page["items"].as_array().unwrap().iter().find(|item| item["id"] == referral);
        found.unwrap_or_else(|| panic!("{referral} is not in the list {query}")).clone()
    }

    /// The ids that a search finds.
    pub async fn searches(&self, search: Value) -> Vec<String> {
        ids(&self.post("/v1/referrals/search", search).await.good())
    }

    /// The counts of the inbox.
    pub async fn counts(&self) -> Value {
        self.get("/v1/inbox").await.good()
    }

    /// The sender's board: how many stand where.
    pub async fn board(&self) -> BTreeMap<String, i64> {
        let board = self.get("/v1/referrals/board").await.good();
        let entries = board["items"].as_array().unwrap().iter();
        entries.map(|entry| (entry["state"].as_str().unwrap().to_owned(), entry["count"].as_i64().unwrap())).collect()
    }

    /// Marks a referral as read, or as unread.
    pub async fn marks(&self, referral: &str, read: bool) {
        self.put(&format!("/v1/referrals/{referral}/reading-mark"), json!({"read": read})).await.with_status(204);
    }

    /// Writes into the thread.
    pub async fn writes(&self, referral: &str, message: Value) -> Answer {
        self.post(&format!("/v1/referrals/{referral}/messages"), message).await
    }

    /// What the thread says, oldest first.
    pub async fn thread(&self, referral: &str) -> Vec<String> {
        let page = self.get(&format!("/v1/referrals/{referral}/messages")).await.good();
        page["items"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap().to_owned()).collect()
    }

    /// The codes of what blocks one act now, as the list of acts tells it.
    pub async fn blockers_to(&self, act: &str, referral: &str) -> Vec<String> {
        let actions = self.get(&format!("/v1/referrals/{referral}/actions")).await.good();
        let action = actions["items"].as_array().unwrap().iter().find(|action| action["act"] == act).unwrap().clone();
        action["blockers"].as_array().unwrap().iter().map(|blocker| blocker["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Asserts that a referral is behind no door that a user has: not read, listed, counted, searched, nor acted upon.
    pub async fn finds_no_trace_of(&self, referral: &str, family_name: &str) {
        self.reads(referral).await.refused(404, "not_found");
        for door in ["actions", "messages"] {
            self.get(&format!("/v1/referrals/{referral}/{door}")).await.refused(404, "not_found");
        }
        self.writes(referral, json!({"body": "Bonjour"})).await.refused(404, "not_found");
        for act in ["review", "accept", "withdraw", "unarchive"] {
            self.does(act, referral).await.refused(404, "not_found");
        }
        self.does_with("refuse", referral, json!({"codes": ["other"]})).await.refused(404, "not_found");
        self.does_with("archive", referral, json!({"reason": "other"})).await.refused(404, "not_found");
        self.put(&format!("/v1/referrals/{referral}/reading-mark"), json!({"read": true})).await.refused(404, "not_found");
        for query in ["", "direction=sent", "unread=true"] {
            assert!(!self.lists(query).await.contains(&referral.to_owned()), "listed by {query}");
        }
        let found = self.post("/v1/referrals/search", json!({"name": family_name, "filter": {"count": true}})).await.good();
        assert_eq!((found["items"].as_array().unwrap().len(), &found["count"]), (0, &json!(0)), "found by name");
    }
}

impl World {
    /// The platform issues one booklet to somebody's organisation.
    pub async fn issues_booklet(&self, to: &Client, units: i32) -> Value {
        let series = json!({"organisation_id": to.organisation(), "count": 1, "units": units});
        let series = self.persona("platform_admin").post("/v1/booklets/series", series).await.with_status(201).good();
        let (mut cursor, wanted) = (String::new(), &series["first_number"]);
        loop {
            let page = to.get(&format!("/v1/booklets?limit=200&state=free{cursor}")).await.good();
            if let Some(found) = page["items"].as_array().unwrap().iter().find(|booklet| &booklet["number"] == wanted) {
                return found.clone();
            }
            cursor = format!("&cursor={}", page["next_cursor"].as_str().expect("the booklet is in the list"));
        }
    }
}
