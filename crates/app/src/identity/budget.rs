//! Budgets of sign-in, counted in the database over all nodes, in real time. Subjects are hashes: no address is kept.

use chrono::TimeDelta;
use relais_adapters::crypto;
use relais_persistence::Ctx;
use relais_persistence::platform::budget;

use crate::{App, Refusal};

const PERIOD: TimeDelta = TimeDelta::minutes(15);
const FAILURES_PER_ACCOUNT: i32 = 10;
const FAILURES_PER_ADDRESS: i32 = 50;
const RESETS_PER_ACCOUNT: i32 = 3;
const RESETS_PER_ADDRESS: i32 = 20;
const SIGN_UPS_PER_ACCOUNT: i32 = 3;
const SIGN_UPS_PER_ADDRESS: i32 = 20;
const JOININGS_PER_ACCOUNT: i32 = 20;

/// The failures of one account and of one address.
#[derive(Debug)]
pub(super) struct Tries<'a> {
    app: &'a App,
    ctx: &'a Ctx,
    account: String,
    address: Option<String>,
}

fn subject(text: &str) -> String {
    crypto::sha256(&[b"budget\n", text.as_bytes()])
}

impl<'a> Tries<'a> {
    /// The budgets behind an account, named by its e-mail or client id, and an address.
    pub(super) fn of(app: &'a App, ctx: &'a Ctx, account: &str, address: Option<&str>) -> Self {
        Self { app, ctx, account: subject(account), address: address.map(subject) }
    }

    fn too_many(&self) -> Refusal {
        crate::budget::used_up(self.ctx, PERIOD)
    }

    /// Whether there are tries left. Asked before a secret is checked and again before a right one is believed, so that
    /// tries at the same time do not slip past the count.
    ///
    /// # Errors
    /// [`Refusal::TooMany`].
    pub(super) async fn check(&self) -> Result<(), Refusal> {
        if !self.app.settings.limits {
            return Ok(());
        }
        let used = |name: &'static str, subject: String| async move { budget::used(&self.app.db, self.ctx, name, &subject, PERIOD).await };
        if used("sign_in_account", self.account.clone()).await? >= FAILURES_PER_ACCOUNT {
            return Err(self.too_many());
        }
        match &self.address {
            Some(address) if used("sign_in_address", address.clone()).await? >= FAILURES_PER_ADDRESS => Err(self.too_many()),
            _ => Ok(()),
        }
    }

    /// Counts a failure and gives the refusal back.
    ///
    /// # Errors
    /// As any write.
    pub(super) async fn failed(&self, refusal: Refusal) -> Result<Refusal, Refusal> {
        if self.app.settings.limits {
            budget::spend(&self.app.db, self.ctx, "sign_in_account", &self.account, PERIOD).await?;
            if let Some(address) = &self.address {
                budget::spend(&self.app.db, self.ctx, "sign_in_address", address, PERIOD).await?;
            }
        }
        Ok(refusal)
    }

    /// Takes one mail from the budgets of password resets. False when there is none left.
    ///
    /// # Errors
    /// As any write.
    pub(super) async fn may_reset(&self) -> Result<bool, Refusal> {
        self.spend(("reset_account", RESETS_PER_ACCOUNT), ("reset_address", RESETS_PER_ADDRESS)).await
    }

    /// Takes one mail from the budgets of signing up. False when there is none left.
    ///
    /// # Errors
    /// As any write.
    pub(super) async fn may_sign_up(&self) -> Result<bool, Refusal> {
        self.spend(("sign_up_account", SIGN_UPS_PER_ACCOUNT), ("sign_up_address", SIGN_UPS_PER_ADDRESS)).await
    }

    async fn spend(&self, of_account: (&str, i32), of_address: (&str, i32)) -> Result<bool, Refusal> {
        let spend = async |name: &str, subject: &str| budget::spend(&self.app.db, self.ctx, name, subject, PERIOD).await;
        let account = spend(of_account.0, &self.account).await?;
        let address = spend(of_address.0, self.address.as_deref().unwrap_or_default()).await?;
        Ok(!self.app.settings.limits || (account <= of_account.1 && address <= of_address.1))
    }

    /// Takes one from the budget of what an account sets off at organisations that it does not belong to: each asks people to
    /// do something about it.
    ///
    /// # Errors
    /// [`Refusal::TooMany`].
    pub(super) async fn spend_joining(&self) -> Result<(), Refusal> {
        if !self.app.settings.limits {
            return Ok(());
        }
        let used = budget::spend(&self.app.db, self.ctx, "joining_account", &self.account, PERIOD).await?;
        if used <= JOININGS_PER_ACCOUNT { Ok(()) } else { Err(self.too_many()) }
    }
}
