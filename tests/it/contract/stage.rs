//! Scenes: for each operation somebody who may do it, on a record that is ready for it.

mod account;
mod booklet;
mod clock;
mod directory;
mod document;
mod joining;
mod organisation;
mod people;
mod person;
mod platform;
mod referral;
mod report;

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::world::{Answer, Client, Document, Operation, World};

pub use people::Newcomer;

/// A program with its document, and what scenes are made of.
pub struct Stage<'a> {
    pub world: &'a World,
    pub document: Document,
    number: AtomicU32,
}

/// One request that should succeed.
#[derive(Clone, Debug)]
pub struct Scene {
    pub who: Client,
    pub path: String,
    pub body: Option<Value>,
    /// Another body that the operation would take as well.
    pub other: Option<Value>,
    /// A file instead of a body, with its media type.
    pub file: Option<(Vec<u8>, &'static str)>,
    /// Where the version of the record is read.
    pub versioned_by: Option<String>,
}

impl Scene {
    pub fn of(who: Client, path: impl Into<String>) -> Self {
        Self { who, path: path.into(), body: None, other: None, file: None, versioned_by: None }
    }

    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub fn file(mut self, bytes: Vec<u8>, media_type: &'static str) -> Self {
        self.file = Some((bytes, media_type));
        self
    }

    /// Fields with which the body is another one.
    pub fn or(mut self, fields: Value) -> Self {
        let mut other = self.body.clone().unwrap_or_else(|| json!({}));
        for (name, value) in fields.as_object().unwrap() {
            other[name] = value.clone();
        }
        self.other = Some(other);
        self
    }

    /// It is done under the version of what stands at this path.
    pub fn under(mut self, path: impl Into<String>) -> Self {
        self.versioned_by = Some(path.into());
        self
    }

    /// It is done under the version of what stands at its own path.
    pub fn under_itself(self) -> Self {
        let path = self.path.clone();
        self.under(path)
    }

    /// The request as it is, with its body or its file.
    pub async fn sent_by(&self, who: &Client, operation: &Operation) -> Answer {
        match &self.file {
            Some((bytes, media_type)) => who.send_bytes(operation.method.clone(), &self.path, bytes.clone(), media_type).await,
            None => who.send(operation.method.clone(), &self.path, self.body.clone()).await,
        }
    }

    /// Somebody else in the same scene.
    pub fn by(mut self, who: &Client) -> Self {
        self.who = who.clone();
        self
    }

    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }
}

impl<'a> Stage<'a> {
    pub async fn in_world(world: &'a World) -> Self {
        Self { world, document: world.document().await, number: AtomicU32::new(1) }
    }

    /// A number that no other thing of this stage has.
    pub fn number(&self) -> u32 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// Every operation with the scene in which it succeeds.
    pub async fn scene(&self, operation: &Operation) -> Scene {
        let id = operation.id.as_str();
        if let Some(scene) = referral::scene(self, id).await {
            return scene;
        }
        if let Some(scene) = booklet::scene(self, id).await {
            return scene;
        }
        if let Some(scene) = person::scene(self, id).await {
            return scene;
        }
        if let Some(scene) = report::scene(self, id).await {
            return scene;
        }
        if let Some(scene) = clock::scene(self, id).await {
            return scene;
        }
        if let Some(scene) = document::scene(self, id).await {
            return scene;
        }
        if let Some(scene) = organisation::scene(self, id, &self.world.persona("admin")).await {
            return scene;
        }
        if let Some(scene) = directory::scene(self, id).await {
            return scene;
        }
        if let Some(scene) = account::scene(self, id).await {
            return scene;
        }
        if let Some(scene) = joining::scene(self, id).await {
            return scene;
        }
        if let Some(scene) = platform::scene(self, id).await {
            return scene;
        }
        panic!("the operation {id} has no scene: say in tests/it/contract/stage how it succeeds")
    }

    /// The version of the record in a scene, as a tag.
    pub async fn tag(&self, scene: &Scene) -> Option<String> {
        let path = scene.versioned_by.as_ref()?;
        let tag = scene.who.get(path).await.with_status(200).etag();
        assert!(!tag.is_empty(), "{path} has no tag");
        Some(tag)
    }

    /// Sends the request of a scene as it is, with these headers.
    pub async fn sends(&self, operation: &Operation, scene: &Scene, headers: &[(&str, &str)]) -> Answer {
        let who = headers.iter().fold(scene.who.clone(), |who, (name, value)| who.with(name, value));
        let answer = scene.sent_by(&who, operation).await.fits(&self.document);
        assert_ne!(answer.status, 500, "{}: {}", answer.asked, answer.text);
        answer
    }

    /// Plays a scene: under the version that the record has now.
    pub async fn plays(&self, operation: &Operation, scene: &Scene) -> Answer {
        match self.tag(scene).await {
            Some(tag) => self.sends(operation, scene, &[("if-match", &tag)]).await,
            None => self.sends(operation, scene, &[]).await,
        }
    }

    /// The scene of a thing of a foreign organisation: the same as everybody's, played by the platform's administrator.
    pub async fn foreign_scene(&self, operation: &Operation) -> Option<Scene> {
        organisation::scene(self, &operation.id, &self.world.persona("platform_admin")).await
    }
}

/// The id in a body.
pub fn id_in(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id in {body}")).to_owned()
}
