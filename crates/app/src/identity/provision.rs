//! What the platform, the command line and the demo make without being asked twice: organisations with their standard
//! roles, accounts, memberships. Nothing here checks rights; whoever calls has.

use relais_domain::access::{Ceiling, Template, grants_of};
use relais_domain::directory::{Home, OrganisationState};
use relais_domain::identity::{AccountState, FullName, OrganisationName};
use relais_domain::shared::contact::{Country, Email, Language};
use relais_domain::shared::fold_text;
use relais_domain::shared::ids::{MembershipId, OrganisationId, RoleId, UnitId, UserId};
use relais_persistence::Tx;
use relais_persistence::identity::entity::{app_user, membership, organisation, role, role_assignment};
use relais_persistence::identity::{Membership, Organisation, Role, RoleAssignment, User, write};
use serde::Serialize;
use serde_json::{Value, json};

use super::standing::date_in;
use crate::Refusal;

/// The roles that every organisation begins with, as far as its ceiling allows.
const STANDARD: &[Template] = &[
    Template::Prescriber,
    Template::Operator,
    Template::OperatorLead,
    Template::Reader,
    Template::Reception,
    Template::OrganisationAdmin,
    Template::TeamLead,
];

/// A new organisation, before anything is known of it but its name and country.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// Its id; fresh when none is given.
    pub id: Option<OrganisationId>,
    /// The name.
    pub name: OrganisationName,
    /// The country: language and time zone follow from it until they are changed.
    pub country: Country,
    /// What its roles may hold at most.
    pub ceiling: Ceiling,
    /// Whether it counts as verified from the start.
    pub verified: bool,
}

/// A new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The e-mail address, free until now.
    pub email: Email,
    /// The name.
    pub name: FullName,
    /// The language of mails.
    pub language: Language,
    /// The Argon2id hash of the password; without one, sign-in needs a reset first.
    pub password_hash: Option<String>,
    /// A role on the platform.
    pub platform_role: Option<Template>,
}

pub(super) fn as_json(value: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(value).map_err(|error| Refusal::Failed(error.to_string()))
}

/// Makes an organisation with its standard roles. It has no members yet.
///
/// # Errors
/// 409 `id_taken`.
pub async fn found(tx: &mut Tx, new: NewOrganisation) -> Result<OrganisationId, Refusal> {
    let ctx = tx.ctx().clone();
    let NewOrganisation { id, name, country, ceiling, verified } = new;
    let home = Home::of(country);
    let id = id.unwrap_or_else(|| ctx.fresh());
    let row = Organisation {
        id,
        parent_id: None,
        name_folded: fold_text(name.as_str()),
        name: name.to_string(),
        description: None,
        state: OrganisationState::Active,
        identifiers: json!([]),
        email: None,
        phone: None,
        website: None,
        address: None,
        locality: None,
        latitude: None,
        longitude: None,
        country: country.code().to_owned(),
        language: home.language.code().to_owned(),
        time_zone: home.time_zone.to_owned(),
        ceiling: as_json(&ceiling)?,
        settings: json!({}),
        verified_at: verified.then_some(ctx.now),
        block_reason: None,
        source: None,
        source_id: None,
        source_updated_on: None,
        created_at: ctx.now,
        updated_at: ctx.now,
        version: 1,
    };
    tx.create::<organisation::Entity>(row, "create").await?;
    tx.event("organisation.created", "organisation", id.0, Some(id));
    add_standard_roles(tx, id, &ceiling, home.language).await?;
    Ok(id)
}

/// Gives an organisation its standard roles: at its foundation, or when it came from a feed and gets its first member.
///
/// # Errors
/// As any write.
pub async fn add_standard_roles(tx: &mut Tx, organisation_id: OrganisationId, ceiling: &Ceiling, language: Language) -> Result<(), Refusal> {
    let now = tx.ctx().now;
    for template in STANDARD.iter().copied().filter(|template| ceiling.templates.contains(template)) {
        let row = Role {
            id: tx.ctx().fresh(),
            organisation_id,
            name: standard_name(template, language).to_owned(),
            template: Some(template.code().to_owned()),
            grants: as_json(&grants_of(template))?,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        tx.create::<role::Entity>(row, "create").await?;
    }
    Ok(())
}

/// What a standard role is called.
const fn standard_name(template: Template, language: Language) -> &'static str {
    let french = matches!(language, Language::Fr);
    match template {
        Template::Prescriber => if french { "Prescripteur" } else { "Prescriber" },
        Template::Operator => if french { "Intervenant" } else { "Operator" },
        Template::OperatorLead => if french { "Responsable des orientations" } else { "Operator lead" },
        Template::Reader => if french { "Lecteur" } else { "Reader" },
        Template::Reception => if french { "Accueil" } else { "Reception" },
        Template::OrganisationAdmin => if french { "Administrateur" } else { "Administrator" },
        Template::TeamLead => if french { "Responsable d’équipe" } else { "Team lead" },
        Template::Auditor => if french { "Auditeur" } else { "Auditor" },
        Template::Moderator => if french { "Modérateur" } else { "Moderator" },
        Template::PlatformAdmin => if french { "Administrateur de la plateforme" } else { "Platform administrator" },
        Template::Partner => if french { "Partenaire" } else { "Partner" },
        Template::AccessLink => if french { "Lien d’accès" } else { "Access link" },
    }
}

/// Makes an account.
///
/// # Errors
/// 409 `email_taken`.
pub async fn open_account(tx: &mut Tx, new: NewAccount) -> Result<UserId, Refusal> {
    let ctx = tx.ctx().clone();
    let NewAccount { email, name, language, password_hash, platform_role } = new;
    if write::user_with_email(tx, &email.folded()).await?.is_some() {
        return Err(Refusal::Conflict("email_taken"));
    }
    let id: UserId = ctx.fresh();
    let row = User {
        id,
        email_key: email.folded(),
        email: email.to_string(),
        name: name.to_string(),
        phone: None,
        language: language.code().to_owned(),
        password_hash,
        totp_sealed: None,
        totp_confirmed_at: None,
        totp_last_step: None,
        platform_role: platform_role.map(|template| template.code().to_owned()),
        state: AccountState::Active.code().to_owned(),
        created_at: ctx.now,
        updated_at: ctx.now,
        version: 1,
    };
    tx.create::<app_user::Entity>(row, "create").await?;
    Ok(id)
}

/// Makes a user a member from today on; an ended membership runs again.
///
/// # Errors
/// As any write.
pub async fn join(tx: &mut Tx, organisation: &Organisation, user_id: UserId) -> Result<MembershipId, Refusal> {
    let now = tx.ctx().now;
    let today = date_in(organisation, now);
    if let Some(before) = write::lock_membership_of(tx, organisation.id, user_id).await? {
        let id = before.id;
        if before.valid_to.is_some_and(|to| to < today) {
            let after = Membership { valid_from: today, valid_to: None, updated_at: now, ..before.clone() };
            tx.save::<membership::Entity>(&before, after, "rejoin").await?;
        }
        return Ok(id);
    }
    let id: MembershipId = tx.ctx().fresh();
    let row = Membership {
        id,
        organisation_id: organisation.id,
        user_id,
        valid_from: today,
        valid_to: None,
        notified: false,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    tx.create::<membership::Entity>(row, "join").await?;
    tx.event("member.joined", "membership", id.0, Some(organisation.id));
    Ok(id)
}

/// Gives a member a role from today on, unless the member holds it there already.
///
/// # Errors
/// As any write.
pub async fn assign(tx: &mut Tx, organisation: &Organisation, membership_id: MembershipId, role_id: RoleId, unit_id: Option<UnitId>) -> Result<(), Refusal> {
    let today = date_in(organisation, tx.ctx().now);
    let held = write::assignments_of(tx, membership_id).await?;
    if held.iter().any(|held| held.role_id == role_id && held.unit_id == unit_id && held.valid_to.is_none_or(|to| to >= today)) {
        return Ok(());
    }
    let row = RoleAssignment { id: tx.ctx().fresh(), membership_id, role_id, unit_id, valid_from: today, valid_to: None, created_at: tx.ctx().now };
    Ok(tx.create::<role_assignment::Entity>(row, "assign").await?)
}

/// The role of an organisation that was made from a template.
///
/// # Errors
/// [`Refusal::Failed`] when the organisation has none.
pub async fn role_from(tx: &Tx, organisation: OrganisationId, template: Template) -> Result<RoleId, Refusal> {
    let found = write::role_from_template(tx, organisation, template.code()).await?;
    found.map(|role| role.id).ok_or_else(|| Refusal::Failed(format!("the organisation has no role made from {template}")))
}
