//! Where files lie: a folder, a store that speaks S3, or memory for tests.
//!
//! A file lies under a random key that says nothing. It is put before its row is written, and what has no row is swept: a crash
//! between the two leaves a file that nobody finds, never a row without its file.

#[cfg(test)]
mod tests;

use std::path::Path as FilePath;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutPayload};

use crate::ids;

/// All files lie below this.
const PREFIX: &str = "documents";

/// A store.
#[derive(Clone, Debug)]
pub enum Blobs {
    /// A folder of this machine; every file is on the disk before its putting is answered.
    Folder(Arc<LocalFileSystem>),
    /// A bucket.
    S3(Arc<AmazonS3>),
    /// Nowhere but here.
    Memory(Arc<InMemory>),
}

/// How to reach a bucket.
#[derive(Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Where it is, unless it is Amazon's: `https://…`.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// The id of the access key.
    pub key_id: String,
    /// The access key.
    pub secret: String,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The store cannot be used now, or does not have what it should.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such file.
    #[error("no such file")]
    Missing,
    /// Something stands against it now. The text is for the log.
    #[error("the store is away: {0}")]
    Away(String),
}

impl From<Error> for BlobError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { .. } => Self::Missing,
            other => Self::Away(other.to_string()),
        }
    }
}

/// A piece of a file.
pub type Piece = <PutPayload as IntoIterator>::Item;

/// The pieces of a file, as they come.
pub struct Pieces(BoxStream<'static, object_store::Result<Piece>>);

impl std::fmt::Debug for Pieces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pieces(..)")
    }
}

impl Pieces {
    /// The next piece; none at the end.
    pub async fn next(&mut self) -> Option<Result<Piece, BlobError>> {
        self.0.next().await.map(|piece| piece.map_err(BlobError::from))
    }
}

impl Blobs {
    /// A folder, which is made.
    ///
    /// # Errors
    /// When it cannot be made or read.
    pub fn folder(folder: &FilePath) -> Result<Self, BlobError> {
        let made = std::fs::create_dir_all(folder).map_err(|error| BlobError::Away(error.to_string()));
        made.and_then(|()| Ok(Self::Folder(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)))))
    }

    /// A bucket. Nothing is asked of it yet.
    ///
    /// # Errors
    /// When what is said of it does not make sense.
    pub fn bucket(bucket: &Bucket) -> Result<Self, BlobError> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_access_key_id(&bucket.key_id)
            .with_secret_access_key(&bucket.secret);
        if let Some(endpoint) = &bucket.endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        Ok(Self::S3(Arc::new(builder.build()?)))
    }

    /// Memory, for tests.
    pub fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    fn store(&self) -> &dyn ObjectStore {
        match self {
            Self::Folder(store) => store.as_ref(),
            Self::S3(store) => store.as_ref(),
            Self::Memory(store) => store.as_ref(),
        }
    }

    /// A fresh key: 192 random bits.
    pub fn fresh_key() -> String {
        URL_SAFE_NO_PAD.encode(ids::random::<24>())
    }

    /// Keys spread over folders by their first two characters.
    fn place(key: &str) -> Path {
        Path::from_iter([PREFIX, key.get(..2).unwrap_or("__"), key])
    }

    /// Puts a file. It is durable when this returns.
    ///
    /// # Errors
    /// [`BlobError::Away`].
    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), BlobError> {
        self.store().put(&Self::place(key), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// Reads a file piece by piece.
    ///
    /// # Errors
    /// Both.
    pub async fn read(&self, key: &str) -> Result<Pieces, BlobError> {
        Ok(Pieces(self.store().get(&Self::place(key)).await?.into_stream()))
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// Both.
    pub async fn get(&self, key: &str) -> Result<Piece, BlobError> {
        Ok(self.store().get(&Self::place(key)).await?.bytes().await?)
    }

    /// Erases a file. One that is gone already is no error.
    ///
    /// # Errors
    /// [`BlobError::Away`].
    pub async fn erase(&self, key: &str) -> Result<(), BlobError> {
        match self.store().delete(&Self::place(key)).await.map_err(BlobError::from) {
            Ok(()) | Err(BlobError::Missing) => Ok(()),
            Err(away) => Err(away),
        }
    }

    /// The keys of the files that were put before `before` (real time), handed on in parts of a few hundred.
    ///
    /// # Errors
    /// [`BlobError::Away`], or what the receiver of the keys answers.
    pub async fn older_than<E: From<BlobError>>(
        &self,
        before: DateTime<Utc>,
        mut take: impl AsyncFnMut(Vec<String>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut found = self.store().list(Some(&Path::from(PREFIX)));
        let mut keys = vec![];
        while let Some(meta) = found.next().await {
            let meta = meta.map_err(BlobError::from)?;
            if meta.last_modified < before {
                keys.extend(meta.location.filename().map(ToOwned::to_owned));
            }
            if keys.len() >= 500 {
                take(std::mem::take(&mut keys)).await?;
            }
        }
        if keys.is_empty() { Ok(()) } else { take(keys).await }
    }
}
