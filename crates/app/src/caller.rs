//! Who calls a use case, for whom, and with what request.

use std::sync::{Arc, Mutex};

use chrono_tz::Tz;
use relais_domain::access::{Permission, Policy, Purpose, Resource, Rule};
use relais_domain::identity::Actor;
use relais_domain::shared::Blocked;
use relais_domain::shared::contact::Language;
use relais_domain::shared::ids::{OrganisationId, ReferralId, SessionId, UserId};
use uuid::Uuid;

use crate::Refusal;

/// What of the request matters beyond its body.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The request id.
    pub id: String,
    /// The operation's id.
    pub operation: String,
    /// The purpose that the caller stated.
    pub purpose: Option<Purpose>,
    /// The idempotency key, with a hash of what it was given for.
    pub idempotency: Option<(String, String)>,
    /// The version that the caller last saw.
    pub if_match: Option<i32>,
    /// Check everything, change nothing.
    pub dry_run: bool,
    /// The client's own name (user agent), for the list of sessions.
    pub client: Option<String>,
    /// Where the request came from; for budgets, never stored.
    pub address: Option<String>,
    /// What a dry run found out: who would be told.
    pub preview: Arc<Mutex<Vec<serde_json::Value>>>,
}

/// The organisation that a caller acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActingFor {
    /// Its id.
    pub id: OrganisationId,
    /// Whether a moderator has verified it.
    pub verified: bool,
    /// Its zone.
    pub time_zone: Tz,
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who acts.
    pub actor: Actor,
    /// The session.
    pub session: Option<SessionId>,
    /// For whom; none for the public, link sessions before any organisation, and `/v1/me` with several memberships.
    pub acting_for: Option<ActingFor>,
    /// What the caller may do.
    pub policy: Arc<Policy>,
    /// The language of answers.
    pub language: Language,
    /// The request.
    pub request: Request,
}

impl Caller {
    /// The user who signed in.
    ///
    /// # Errors
    /// `sign_in_required` (401) when nobody is signed in; `not_a_user` (403) for an account of a platform and for an access link: no other
    /// token of theirs would do.
    pub fn user(&self) -> Result<UserId, Refusal> {
        let missing =
            || if self.actor.id().is_some() { Refusal::Barred("not_a_user") } else { Refusal::Unauthenticated("sign_in_required") };
        self.actor.user().ok_or_else(missing)
    }

    /// The organisation that the caller acts for.
    ///
    /// # Errors
    /// `organisation_required` (400).
    pub fn organisation(&self) -> Result<OrganisationId, Refusal> {
        self.acting_for.as_ref().map(|acting| acting.id).ok_or(Refusal::BadRequest("organisation_required"))
    }

    /// The rule for a kind of record, when the permission reaches any record at all.
    ///
    /// # Errors
    /// `organisation_unverified` or `permission_missing` (403).
    pub fn may(&self, resource: Resource, permission: Permission) -> Result<Rule, Refusal> {
        let rule = self.policy.rule(resource, permission);
        if rule.is_never() { Err(Refusal::Forbidden(permission)) } else { Ok(rule) }
    }

    /// The leg that a link session is limited to.
    pub fn link(&self) -> Option<ReferralId> {
        self.policy.standing().link
    }

    /// Orders the answers of a guard and of the version check as the contract does: permission, state, version, content.
    ///
    /// # Errors
    /// The first that applies.
    pub fn judged<T>(&self, version: i32, outcome: Result<T, Blocked>) -> Result<T, Refusal> {
        use relais_domain::shared::BlockerKind;
        let stale = self.request.if_match.is_some_and(|seen| seen != version);
        match outcome {
            Err(blocked) if blocked.kind() != BlockerKind::Content => Err(blocked.into()),
            _ if stale => Err(Refusal::Stale { version }),
            Err(blocked) => Err(blocked.into()),
            Ok(value) => Ok(value),
        }
    }

    /// Checks the version alone, where there is no guard.
    ///
    /// # Errors
    /// [`Refusal::Stale`].
    pub fn saw(&self, version: i32) -> Result<(), Refusal> {
        self.judged(version, Ok(()))
    }

    /// The same caller for one item of a request on many: a repeated request meets what it did to each of them.
    #[must_use]
    pub fn for_item(&self, item: Uuid, if_match: Option<i32>) -> Self {
        let mut one = self.clone();
        one.request.idempotency = one.request.idempotency.map(|(key, body)| (format!("{key}:{item}"), body));
        one.request.if_match = if_match;
        one
    }

    /// A stable text for this caller, to which keys and cursors are bound.
    pub fn key(&self) -> String {
        let organisation = self.acting_for.as_ref().map_or(Uuid::nil(), |acting| acting.id.0);
        format!("{}:{organisation}", self.account_key())
    }

    /// A stable text for this caller, for whomever they act.
    pub fn account_key(&self) -> String {
        format!("{}:{}", self.actor.kind(), self.actor.id().unwrap_or_default())
    }
}
