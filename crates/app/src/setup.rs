//! Setting up from the command line: the first people, organisations and accounts, before anybody can sign in to make
//! them. The same rows as the API's own use cases make, in the same transactions.

use chrono::NaiveDate;
use relais_adapters::crypto;
use relais_domain::access::{Ceiling, Grant, Template, grants_of};
use relais_domain::identity::AccountState;
use relais_domain::shared::contact::{Email, Language};
use relais_domain::shared::ids::{MembershipId, OrganisationId, RoleId, ServiceAccountId, UnitId, UserId};
use relais_persistence::Tx;
use relais_persistence::identity::entity::{app_user, membership, organisation, role, role_assignment, service_account};
use serde_json::json;
use uuid::Uuid;

use crate::{App, Refusal};

/// Somebody who signs in.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// E-mail, for signing in.
    pub email: Email,
    /// Name, as others see it.
    pub name: String,
    /// Language.
    pub language: Language,
    /// A platform role: moderator or platform administrator.
    pub platform_role: Option<Template>,
}

/// Adds a user with a password.
///
/// # Errors
/// `email_taken` (409).
pub async fn add_user(app: &App, tx: &mut Tx, new: NewUser, password_hash: String) -> Result<UserId, Refusal> {
    let _ = app;
    add_account(tx, new, password_hash, AccountState::Active).await
}

/// Adds the account of a user in this state.
///
/// # Errors
/// `email_taken` (409).
pub(crate) async fn add_account(tx: &mut Tx, new: NewUser, password_hash: String, state: AccountState) -> Result<UserId, Refusal> {
    let NewUser { email, name, language, platform_role } = new;
    let now = tx.ctx().now;
    let id: UserId = tx.ctx().fresh();
    let row = app_user::Model {
        id,
        email_key: email.folded(),
        email: email.as_str().to_owned(),
        name,
        phone: None,
        language: language.code().to_owned(),
        password_hash: Some(password_hash),
        totp_sealed: None,
        totp_confirmed_at: None,
        totp_last_step: None,
        platform_role: platform_role.map(|role| role.code().to_owned()),
        state: state.code().to_owned(),
        digest: false,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    match tx.create::<app_user::Entity>(row, "create").await {
        Err(relais_persistence::Failure::Conflict(_)) => Err(Refusal::Conflict("email_taken")),
        other => Ok(other.map(|()| id)?),
    }
}

/// An organisation.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// Its name.
    pub name: String,
    /// Its contact address.
    pub email: Option<Email>,
    /// ISO country code.
    pub country: String,
    /// The language of its mails.
    pub language: Language,
    /// Its time zone's name.
    pub time_zone: String,
    /// Verified from the start.
    pub verified: bool,
    /// The ceiling of what its members may be given.
    pub ceiling: Ceiling,
}

/// Adds an organisation with its standard roles.
///
/// # Errors
/// As any write.
pub async fn add_organisation(tx: &mut Tx, new: NewOrganisation) -> Result<OrganisationId, Refusal> {
    let NewOrganisation { name, email, country, language, time_zone, verified, ceiling } = new;
    let now = tx.ctx().now;
    let id: OrganisationId = tx.ctx().fresh();
    let row = organisation::Model {
        email: email.map(|email| email.as_str().to_owned()),
        country,
        language: language.code().to_owned(),
        time_zone,
        ceiling: json!(ceiling),
        verified_at: verified.then_some(now),
        ..organisation::Model::new(id, name, now)
    };
    tx.create::<organisation::Entity>(row, "create").await?;
    tx.event("organisation.created", "organisation", id.0, Some(id));
    Ok(id)
}

/// The roles that every organisation begins with.
pub const STANDARD_ROLES: &[Template] = &[
    Template::Prescriber,
    Template::Operator,
    Template::OperatorLead,
    Template::Reader,
    Template::Reception,
    Template::OrganisationAdmin,
    Template::TeamLead,
    Template::PrivacyOfficer,
];

/// Adds the standard roles that an organisation lacks, and gives them all.
///
/// # Errors
/// As any write.
pub async fn standard_roles(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<(Template, RoleId)>, Refusal> {
    let known = relais_persistence::identity::names::template_roles(tx, organisation).await?;
    let mut roles = vec![];
    for template in STANDARD_ROLES {
        if let Some((_, id)) = known.iter().find(|(code, _)| code == template.code()) {
            roles.push((*template, *id));
            continue;
        }
        let id = add_role(tx, organisation, *template).await?;
        roles.push((*template, id));
    }
    Ok(roles)
}

async fn add_role(tx: &mut Tx, organisation_id: OrganisationId, template: Template) -> Result<RoleId, Refusal> {
    let now = tx.ctx().now;
    let id: RoleId = tx.ctx().fresh();
    let row = role::Model {
        id,
        organisation_id,
        name: template.code().to_owned(),
        template: Some(template.code().to_owned()),
        grants: json!(grants_of(template)),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    tx.create::<role::Entity>(row, "create").await?;
    Ok(id)
}

/// Makes a user a member of an organisation with some of its standard roles.
///
/// # Errors
/// As any write.
pub async fn join(
    tx: &mut Tx,
    organisation: OrganisationId,
    user: UserId,
    templates: &[Template],
    unit: Option<UnitId>,
) -> Result<(), Refusal> {
    let (now, today) = (tx.ctx().now, began());
    let membership_id: MembershipId = tx.ctx().fresh();
    let row = membership::Model {
        id: membership_id,
        organisation_id: organisation,
        user_id: user,
        valid_from: today,
        valid_to: None,
        notified: false,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    tx.create::<membership::Entity>(row, "join").await?;
    tx.event("member.joined", "membership", membership_id.0, Some(organisation));
    for (template, role_id) in standard_roles(tx, organisation).await? {
        if templates.contains(&template) {
            let id: Uuid = tx.ctx().fresh();
            let row =
                role_assignment::Model { id, membership_id, role_id, unit_id: unit, valid_from: today, valid_to: None, created_at: now };
            tx.create::<role_assignment::Entity>(row, "assign").await?;
        }
    }
    Ok(())
}

/// Memberships that were always there begin long ago.
fn began() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default()
}

/// Adds an account of a partner platform. The secret is shown once and stored as a hash.
///
/// # Errors
/// As any write.
pub async fn add_service_account(
    tx: &mut Tx,
    organisation_id: OrganisationId,
    name: &str,
    grants: &[Grant],
) -> Result<(ServiceAccountId, String, String), Refusal> {
    let now = tx.ctx().now;
    let id: ServiceAccountId = tx.ctx().fresh();
    let (client_id, secret) = (format!("relais-{}", &id.to_string()), crypto::token());
    let row = service_account::Model {
        id,
        organisation_id,
        name: name.to_owned(),
        client_id: client_id.clone(),
        secret_hash: crypto::sha256(&[secret.as_bytes()]),
        grants: json!(grants),
        state: "active".to_owned(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    tx.create::<service_account::Entity>(row, "create").await?;
    Ok((id, client_id, secret))
}

/// Verifies an organisation that a feed brought: the first people who work for it are known to whoever runs the command.
///
/// # Errors
/// 404 when the feed brought no such organisation.
pub async fn verify_imported(app: &App, tx: &mut Tx, source_id: &str) -> Result<OrganisationId, Refusal> {
    let (source, _) = source_id.split_once("--").ok_or(Refusal::NotFound)?;
    let found = relais_persistence::identity::names::imported(&app.db, source, source_id).await?.ok_or(Refusal::NotFound)?;
    let id = found.id;
    let after = organisation::Model { verified_at: Some(tx.ctx().now), ..found.clone() };
    tx.save::<organisation::Entity>(&found, after, "verify").await?;
    tx.event("organisation.verified", "organisation", id.0, Some(id));
    Ok(id)
}
