//! Somebody who uses the API. The verbs are those of the field.

use reqwest::Method;
use serde_json::{Value, json};

use super::Answer;

/// A signed-in persona, or nobody.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    pub persona: Value,
    headers: Vec<(String, String)>,
}

impl Client {
    pub fn new(http: reqwest::Client, base: String, persona: Value) -> Self {
        Self { http, base, persona, headers: vec![] }
    }

    /// The same person with one more header on each request.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name.to_owned(), value.to_owned()));
        other
    }

    /// The same person at another program on the same database.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The same person with another token.
    pub fn with_token(&self, token: &str) -> Self {
        let mut other = self.clone();
        other.persona = json!({"token": token});
        other
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let text = body.map(|body| body.to_string());
        self.send_text(method, path, text, "application/json").await
    }

    /// Sends a body as it is, for what no JSON library would write.
    pub async fn send_text(&self, method: Method, path: &str, body: Option<String>, media_type: &str) -> Answer {
        self.try_text(method, path, body, media_type).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Posts to a server that may be killed meanwhile: then there is no answer.
    pub async fn tries(&self, path: &str, body: &Value) -> Option<Answer> {
        self.try_text(Method::POST, path, Some(body.to_string()), "application/json").await.ok()
    }

    async fn try_text(&self, method: Method, path: &str, body: Option<String>, media_type: &str) -> reqwest::Result<Answer> {
        let asked = format!("{method} {path} {}", body.as_deref().unwrap_or_default());
        self.try_bytes(method, path, body.map(String::into_bytes), media_type, asked).await
    }

    /// Sends bytes as they are.
    pub async fn send_bytes(&self, method: Method, path: &str, body: Vec<u8>, media_type: &str) -> Answer {
        let asked = format!("{method} {path} ({} bytes)", body.len());
        let answer = self.try_bytes(method, path, Some(body), media_type, asked).await;
        answer.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn try_bytes(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        media_type: &str,
        asked: String,
    ) -> reqwest::Result<Answer> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if let Some(token) = self.persona["token"].as_str() {
            request = request.bearer_auth(token);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.header("content-type", media_type).body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, headers, body, text, method, path: path.to_owned(), asked })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// Changes a resource under the version that it has now.
    pub async fn patches(&self, path: &str, body: Value) -> Answer {
        let tag = self.get(path).await.etag();
        self.with("if-match", &tag).send(Method::PATCH, path, Some(body)).await
    }

    /// Deletes a resource under the version that it has now.
    pub async fn deletes(&self, path: &str) -> Answer {
        let tag = self.get(path).await.etag();
        self.with("if-match", &tag).send(Method::DELETE, path, None).await
    }

    /// An act on a referral, with an empty command where it takes one.
    pub async fn does(&self, act: &str, referral: &str) -> Answer {
        let command = (!matches!(act, "review" | "waitlist" | "unarchive" | "resume-clock")).then(|| json!({}));
        self.send(Method::POST, &format!("/v1/referrals/{referral}/{act}"), command).await
    }

    /// Makes a draft that is ready to be sent, for a person of this name.
    pub async fn drafts(&self, service: &str, family_name: &str) -> String {
        let draft = ready_draft(service, family_name);
        self.post("/v1/referrals", draft).await.with_status(201).good()["id"].as_str().unwrap().to_owned()
    }

    /// Sends a draft.
    pub async fn sends(&self, referral: &str) -> Value {
        self.post(&format!("/v1/referrals/{referral}/send"), json!({"override_reason": "vérifié en entretien"})).await.good()
    }

    /// Makes a draft and sends it.
    pub async fn refers(&self, service: &str, family_name: &str) -> String {
        let referral = self.drafts(service, family_name).await;
        self.sends(&referral).await;
        referral
    }

    pub async fn accepts(&self, referral: &str) -> Value {
        self.does("accept", referral).await.good()
    }

    pub async fn refuses(&self, referral: &str, code: &str) -> Value {
        self.post(&format!("/v1/referrals/{referral}/refuse"), json!({"codes": [code]})).await.good()
    }

    pub async fn completes(&self, referral: &str) -> Value {
        self.post(&format!("/v1/referrals/{referral}/complete"), json!({"outcome": "done"})).await.good()
    }

    /// The referral as this person may read it.
    pub async fn reads(&self, referral: &str) -> Answer {
        self.get(&format!("/v1/referrals/{referral}")).await
    }

    /// The state in which this person sees a referral.
    pub async fn sees(&self, referral: &str) -> String {
        self.reads(referral).await.good()["state"].as_str().unwrap().to_owned()
    }

    /// The ids in one of the receiver's boxes.
    pub async fn box_of(&self, name: &str) -> Vec<String> {
        let page = self.get(&format!("/v1/referrals?box={name}&limit=200")).await.good();
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The acts that this person is told to be possible.
    pub async fn may(&self, referral: &str) -> Vec<String> {
        let actions = self.get(&format!("/v1/referrals/{referral}/actions")).await.good();
        let allowed = actions["items"].as_array().unwrap().iter().filter(|action| action["allowed"] == true);
        allowed.map(|action| action["act"].as_str().unwrap().to_owned()).collect()
    }
}

/// A draft with everything that sending asks for.
pub fn ready_draft(service: &str, family_name: &str) -> Value {
    json!({
        "service_id": service,
        "person": {
            "family_name": family_name, "given_name": "Awa", "contact_preferences": ["phone"], "phone": "06 39 98 12 34",
            "birth_year": 1998, "commune": "59350", "language": "fr"
        },
        "reason": "Cherche un emploi", "situation": "Hébergée par une amie",
        "person_agreed": true, "person_informed": true
    })
}
