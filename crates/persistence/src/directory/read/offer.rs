//! What a sender can ask of a receiver, for the referral room.

use chrono::NaiveDate;
use relais_domain::directory::{ContactName, CriteriaMode, OrganisationState, RequiredDocument, ServiceState};
use relais_domain::eligibility::Asked;
use relais_domain::referral::{AskedDocument, Offer, OfferedCriterion};
use relais_domain::shared::ids::{OrganisationId, ServiceId, UnitId};
use relais_domain::shared::{Email, Phone, PostalAddress};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _, QuerySelect as _};
use serde_json::Value as Json;

use super::{has_members, offered_by};
use crate::db::{Db, Failure, Tx};
use crate::directory::entity::service::{Column as S, Entity as Services};
use crate::directory::view::AcceptanceRow;
use crate::directory::write::told;
use crate::identity::entity::organisation::{self, Column as O, Entity as Organisations};

#[derive(FromQueryResult)]
struct Row {
    organisation_id: OrganisationId,
    unit_id: Option<UnitId>,
    name: String,
    contact_name: Option<ContactName>,
    contact_email: Option<Email>,
    contact_phone: Option<Phone>,
    address: Option<Json>,
    audiences: Option<Json>,
    criteria: Option<Json>,
    criteria_mode: Option<CriteriaMode>,
    coverage: Option<Json>,
    documents: Option<Json>,
    hours_per_week: Option<i32>,
    weeks: Option<i32>,
    version: i32,
    organisation_email: Option<String>,
    #[sea_orm(nested)]
    acceptance: AcceptanceRow,
}

/// A service as it is offered now, from the read pool; `None` when there is no such service.
///
/// # Errors
/// As any read.
pub async fn offer(db: &Db, today: NaiveDate, id: ServiceId) -> Result<Option<Offer>, Failure> {
    service_offer(db.reader(), today, id).await
}

/// As [`offer`], within a transaction.
///
/// # Errors
/// As any read.
pub async fn offer_in(tx: &Tx, id: ServiceId) -> Result<Option<Offer>, Failure> {
    service_offer(tx.conn(), tx.ctx().now.date_naive(), id).await
}

/// An organisation as the receiver of a referral without a service, from the read pool; `None` when there is no such organisation.
///
/// # Errors
/// As any read.
pub async fn organisation_offer(db: &Db, id: OrganisationId) -> Result<Option<Offer>, Failure> {
    plain_offer(db.reader(), id).await
}

/// As [`organisation_offer`], within a transaction.
///
/// # Errors
/// As any read.
pub async fn organisation_offer_in(tx: &Tx, id: OrganisationId) -> Result<Option<Offer>, Failure> {
    plain_offer(tx.conn(), id).await
}

async fn service_offer(conn: &impl ConnectionTrait, today: NaiveDate, id: ServiceId) -> Result<Option<Offer>, Failure> {
    let row = Services::find()
        .select_only()
        .columns([
            S::OrganisationId,
            S::UnitId,
            S::Name,
            S::State,
            S::FormEnabled,
            S::ContactName,
            S::ContactEmail,
            S::ContactPhone,
            S::Address,
        ])
        .columns([S::Audiences, S::Criteria, S::Documents, S::HoursPerWeek, S::Weeks, S::Version])
        .columns([S::Source, S::SuspendedFrom, S::CriteriaMode, S::Coverage])
        .expr_as(S::ContactEmail.is_not_null(), "has_contact_email")
        .expr_as(O::State.into_expr(), "organisation_state")
        .expr_as(O::ReferralForm.into_expr(), "organisation_takes_forms")
        .expr_as(O::Email.into_expr(), "organisation_email")
        .expr_as(O::VerifiedAt.is_not_null(), "organisation_verified")
        .expr_as(has_members(today), "has_members")
        .join(JoinType::InnerJoin, offered_by())
        .filter(S::Id.eq(id))
        .into_model::<Row>()
        .one(conn)
        .await?;
    row.map(|row| of_service(today, id, row)).transpose()
}

fn of_service(today: NaiveDate, id: ServiceId, row: Row) -> Result<Offer, Failure> {
    let acceptance = row.acceptance.facts(today);
    let audiences: Option<Vec<String>> = told(row.audiences)?;
    let asks = Asked {
        criteria: told(row.criteria)?.unwrap_or_default(),
        mode: row.criteria_mode.unwrap_or(CriteriaMode::All),
        audiences: audiences.iter().flatten().filter_map(|code| code.parse().ok()).collect(),
        coverage: told(row.coverage)?,
        documents: told(row.documents.clone())?.unwrap_or_default(),
    };
    let documents: Vec<RequiredDocument> = told(row.documents)?.unwrap_or_default();
    let announced = row.contact_email.map(|email| email.to_string()).or(row.organisation_email);
    Ok(Offer {
        service_id: Some(id),
        organisation_id: row.organisation_id,
        unit_id: row.unit_id,
        version: row.version,
        name: row.name,
        published: matches!(acceptance.state, ServiceState::Published | ServiceState::Suspended),
        suspended: acceptance.state == ServiceState::Suspended,
        form_enabled: acceptance.has_form(),
        contact_email: announced,
        contact_name: row.contact_name.map(|name| name.to_string()),
        contact_phone: row.contact_phone.map(|phone| phone.to_string()),
        address: told::<PostalAddress>(row.address)?.as_ref().map(one_line),
        for_everyone: audiences.as_ref().is_some_and(Vec::is_empty),
        audiences: audiences.unwrap_or_default(),
        criteria: asks.criteria.iter().map(|one| OfferedCriterion { id: one.id.to_string(), label: one.label.to_string() }).collect(),
        documents: documents.into_iter().map(asked).collect(),
        asks,
        hours_per_week: row.hours_per_week,
        weeks: row.weeks,
        organisation_active: acceptance.organisation.active,
    })
}

fn asked(document: RequiredDocument) -> AskedDocument {
    let RequiredDocument { code, label, obligatory, form: _ } = document;
    AskedDocument { code: code.to_string(), label: label.to_string(), obligatory }
}

async fn plain_offer(conn: &impl ConnectionTrait, id: OrganisationId) -> Result<Option<Offer>, Failure> {
    let row = Organisations::find_by_id(id).one(conn).await?;
    row.map(of_organisation).transpose()
}

fn of_organisation(row: organisation::Model) -> Result<Offer, Failure> {
    Ok(Offer {
        service_id: None,
        organisation_id: row.id,
        unit_id: None,
        version: 0,
        name: row.name,
        published: true,
        suspended: false,
        form_enabled: true,
        contact_email: row.email,
        contact_name: None,
        contact_phone: row.phone,
        address: told::<PostalAddress>(row.address)?.as_ref().map(one_line),
        for_everyone: true,
        audiences: vec![],
        criteria: vec![],
        documents: vec![],
        asks: Asked::default(),
        hours_per_week: None,
        weeks: None,
        organisation_active: row.state == OrganisationState::Active,
    })
}

/// `14 rue des Sarrazins, 59000 Lille`.
fn one_line(address: &PostalAddress) -> String {
    let PostalAddress { line1, line2, postal_code, locality, commune: _, country: _ } = address;
    let complement = line2.as_ref().map(|line| format!(", {line}")).unwrap_or_default();
    format!("{line1}{complement}, {postal_code} {locality}")
}
