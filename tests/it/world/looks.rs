//! What stories look at besides the API: mails about one referral, tasks, what the program says.

use sea_orm::{ColumnTrait as _, Database, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use relais_domain::shared::ids::ReferralId;
use relais_persistence::message::entity::task;

use super::{Client, World};

/// The eight characters by which mails name a referral.
pub fn short(referral: &str) -> String {
    referral[referral.len() - 8..].to_uppercase()
}

/// The mails of one kind to one part that name a referral.
pub fn about<'a>(mails: &'a [Value], referral: &str, kind: &str, recipient: &str) -> Vec<&'a Value> {
    let number = short(referral);
    let names = |mail: &Value| mail["text"].as_str().unwrap().contains(&number);
    mails.iter().filter(|mail| mail["kind"] == kind && mail["recipient"] == recipient && names(mail)).collect()
}

/// Every word of a mail that a person reads.
pub fn whole(mail: &Value) -> String {
    [&mail["subject"], &mail["text"], &mail["html"]].map(|part| part.as_str().unwrap()).join("\n")
}

/// The key of an access link in a mail.
#[track_caller]
pub fn key_in(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let (_, rest) = text.split_once("/l#").unwrap_or_else(|| panic!("no link in {text}"));
    rest.split_whitespace().next().unwrap().to_owned()
}

impl World {
    /// The open and done tasks of a referral. There is no API for tasks yet: they are read where they stand.
    pub async fn tasks(&self, referral: &str) -> Vec<task::Model> {
        let id: ReferralId = referral.parse().unwrap();
        let database = Database::connect(&self.copy.database_url).await.unwrap();
        let found = task::Entity::find().filter(task::Column::ReferralId.eq(id)).all(&database).await.unwrap();
        database.close().await.unwrap();
        found
    }

    /// Business time.
    pub async fn now(&self) -> chrono::DateTime<chrono::Utc> {
        let clock = self.prescriber().get("/v1/sandbox/clock").await.good();
        clock["now"].as_str().unwrap().parse().unwrap()
    }

    /// Business time moves on to an instant.
    pub async fn moves_to(&self, at: chrono::DateTime<chrono::Utc>) {
        self.prescriber().post("/v1/sandbox/clock", json!({"to": at})).await.good();
    }

    /// Somebody who opens an access link: a session over one referral.
    pub async fn opens(&self, key: &str) -> Client {
        let opened = self.anybody().post("/v1/links/exchange", json!({"token": key})).await.good();
        self.anybody().with_token(opened["access_token"].as_str().unwrap())
    }
}
