//! The installation's keys: made at first start, sealed with the master key, shared by all nodes through the database.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use relais_adapters::crypto::{Sealer, Unsealable};
use relais_adapters::token::{SigningKey, Tokens, new_signing_key};
use relais_adapters::{crypto, ids};
use relais_persistence::platform::secret::{self, Secret};
use relais_persistence::{Ctx, Db};

use crate::Refusal;

/// What the process holds in memory of the installation's keys.
#[derive(Debug)]
pub struct Keys {
    /// Access tokens.
    pub tokens: Tokens,
    /// List cursors.
    pub cursor: Sealer,
    /// TOTP secrets in rows.
    pub totp: Sealer,
    link: Vec<u8>,
    master: Sealer,
    /// When unknown keys were last looked for, in microseconds of real time.
    looked_at: AtomicI64,
}

const SIGNING: &str = "signing";
/// Tokens signed with a replaced key are read for this long after the replacement; they live a quarter of an hour.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// How long a node waits before it looks for unknown keys again.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(5);

fn broken(error: &impl std::fmt::Display) -> Refusal {
    Refusal::Failed(format!("the installation's keys cannot be used: {error}"))
}

impl Keys {
    /// Loads the keys, making those that are missing.
    ///
    /// # Errors
    /// [`Refusal::Failed`] when the master key does not fit what the database holds.
    pub async fn load(db: &Db, ctx: &Ctx, master: &[u8; 32], issuer: &str) -> Result<Self, Refusal> {
        let master = Sealer::new(master).map_err(|error| broken(&error))?;
        let key = |purpose: &'static str| symmetric(db, ctx, &master, purpose);
        let (cursor, totp, link) = (key("cursor").await?, key("totp").await?, key("link").await?);
        let sealer = |bytes: &[u8; 32]| Sealer::new(bytes).map_err(|error| broken(&error));
        let signing = signing_keys(db, ctx, &master).await?;
        let (cursor, totp) = (sealer(&cursor)?, sealer(&totp)?);
        Ok(Self {
            tokens: Tokens::new(issuer.to_owned(), signing),
            cursor,
            totp,
            link: link.to_vec(),
            master,
            looked_at: AtomicI64::new(0),
        })
    }

    /// Reads the signing keys again: another node may have rotated them.
    ///
    /// # Errors
    /// As [`Keys::load`].
    pub async fn refresh(&self, db: &Db, ctx: &Ctx) -> Result<(), Refusal> {
        self.tokens.replace(signing_keys(db, ctx, &self.master).await?);
        Ok(())
    }

    /// Looks for a key that this node does not know, at most once in five seconds: another node may have rotated just now,
    /// and forged key names must not become database load. Says whether it looked.
    ///
    /// # Errors
    /// As [`Keys::load`].
    pub async fn look_again(&self, db: &Db, ctx: &Ctx) -> Result<bool, Refusal> {
        let now = ctx.real_now.timestamp_micros();
        let last = self.looked_at.load(Ordering::Relaxed);
        let mine = now - last > LOOK_AGAIN.num_microseconds().unwrap_or(0);
        if !mine || self.looked_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return Ok(false);
        }
        self.refresh(db, ctx).await?;
        Ok(true)
    }

    /// Makes a new signing key; older ones are read for a day and then dropped.
    ///
    /// # Errors
    /// As any write.
    pub async fn rotate(&self, db: &Db, ctx: &Ctx) -> Result<(), Refusal> {
        let tx = db.write(ctx).await?;
        secret::drop_retired(&tx, SIGNING).await?;
        secret::retire(&tx, SIGNING, ctx.real_now + OVERLAP).await?;
        secret::add(&tx, fresh_signing(&self.master, ctx)?).await?;
        tx.commit().await?;
        self.refresh(db, ctx).await
    }

    /// The token of an access link: a MAC of its id, so that nothing to steal lies in jobs or rows.
    pub fn link_token(&self, link: uuid::Uuid) -> String {
        crypto::hmac_sha256(&self.link, link.as_bytes())
    }
}

async fn symmetric(db: &Db, ctx: &Ctx, master: &Sealer, purpose: &'static str) -> Result<[u8; 32], Refusal> {
    let open = |secret: &Secret| -> Result<[u8; 32], Unsealable> {
        let plain = master.open(secret.name.as_bytes(), &secret.sealed)?;
        <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| Unsealable)
    };
    if let Some(found) = secret::of_purpose(db, purpose).await?.first() {
        return open(found).map_err(|error| broken(&error));
    }
    let sealed = master.seal(purpose.as_bytes(), &ids::random::<32>()).map_err(|error| broken(&error))?;
    let tx = db.write(ctx).await?;
    // The name is the purpose: when two nodes start at once, one of them wins and both read the winner.
    secret::add(&tx, row(purpose.to_owned(), purpose, sealed, ctx.real_now)).await?;
    tx.commit().await?;
    let found = secret::of_purpose(db, purpose).await?;
    open(found.first().ok_or(Refusal::NotFound)?).map_err(|error| broken(&error))
}

async fn signing_keys(db: &Db, ctx: &Ctx, master: &Sealer) -> Result<Vec<SigningKey>, Refusal> {
    let mut found = secret::of_purpose(db, SIGNING).await?;
    if found.is_empty() {
        let tx = db.write(ctx).await?;
        let mut first = fresh_signing(master, ctx)?;
        let name = "signing-1".to_owned();
        let plain = master.open(first.name.as_bytes(), &first.sealed).map_err(|error| broken(&error))?;
        first.sealed = master.seal(name.as_bytes(), &plain).map_err(|error| broken(&error))?;
        first.name = name;
        secret::add(&tx, first).await?;
        tx.commit().await?;
        found = secret::of_purpose(db, SIGNING).await?;
    }
    let alive = found.iter().filter(|secret| secret.retires_at.is_none_or(|at| at > ctx.real_now));
    alive
        .map(|secret| {
            let plain = master.open(secret.name.as_bytes(), &secret.sealed).map_err(|error| broken(&error))?;
            SigningKey::from_pkcs8(secret.name.clone(), &plain, secret.created_at.timestamp_micros()).map_err(|error| broken(&error))
        })
        .collect()
}

fn fresh_signing(master: &Sealer, ctx: &Ctx) -> Result<Secret, Refusal> {
    let name = format!("signing-{}", ids::fresh());
    let key = new_signing_key().map_err(|error| broken(&error))?;
    let sealed = master.seal(name.as_bytes(), &key).map_err(|error| broken(&error))?;
    Ok(row(name, SIGNING, sealed, ctx.real_now))
}

fn row(name: String, purpose: &str, sealed: String, created_at: DateTime<Utc>) -> Secret {
    Secret { name, purpose: purpose.to_owned(), sealed, created_at, retires_at: None }
}
