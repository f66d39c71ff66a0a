//! What the lists of services can be asked for alike: how a service is marked by the national lists.

use relais_domain::directory::{AudienceCode, Fee, Reception, ServiceKind, reference_list};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, Condition};

use super::{holds_one_of, is_empty_list};
use crate::db::Engine;
use crate::directory::entity::service::{Column as S, Entity as Services};

/// The marks that are asked for. Several of a kind are alternatives; none of a kind asks nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks<'a> {
    /// Topics, and categories, which stand for their topics.
    pub topics: &'a [String],
    /// Whom it is for; what is for everyone is found too.
    pub audiences: &'a [AudienceCode],
    /// What it gives.
    pub kinds: &'a [ServiceKind],
    /// What it costs.
    pub fees: &'a [Fee],
    /// Where it receives; what does both is found by either.
    pub receptions: &'a [Reception],
}

/// Services with these marks.
pub(super) fn marked(engine: Engine, marks: &Marks<'_>) -> Condition {
    let Marks { topics, audiences, kinds, fees, receptions } = marks;
    let places = || receptions.iter().copied().chain([Reception::Both]);
    let of_topics = || holds_one_of(engine, (Services, S::Topics), &topics_of(topics));
    Condition::all()
        .add_option((!kinds.is_empty()).then(|| S::Kind.is_in(kinds.iter().copied())))
        .add_option((!fees.is_empty()).then(|| S::Fee.is_in(fees.iter().copied())))
        .add_option((!receptions.is_empty()).then(|| S::Reception.is_in(places())))
        .add_option((!topics.is_empty()).then(of_topics))
        .add_option((!audiences.is_empty()).then(|| for_one_of(engine, audiences)))
}

fn for_one_of(engine: Engine, audiences: &[AudienceCode]) -> Expr {
    let codes: Vec<&str> = audiences.iter().map(|code| code.code()).collect();
    holds_one_of(engine, (Services, S::Audiences), &codes).or(is_empty_list(engine, S::Audiences))
}

/// The topics that are named; a category stands for all of its topics.
pub(super) fn topics_of(wanted: &[String]) -> Vec<&'static str> {
    let all = reference_list("topics").unwrap_or_default().iter().map(|entry| entry.code);
    let asked = |code: &str| wanted.iter().any(|one| one == code || code.split_once("--").is_some_and(|(category, _)| category == one));
    all.filter(|code| asked(code)).collect()
}
