//! What is read of the identity room, as it is shown.

use chrono::{DateTime, NaiveDate, Utc};
use relais_domain::access::{Ceiling, Grant, Template};
use relais_domain::directory::{Description, OpeningHours, OrganisationState, Slug};
use relais_domain::identity::{
    AccountState, FullName, JoinMessage, JoinState, OrganisationIdentifier, OrganisationName, OrganisationSettings, RoleName, UnitName,
};
use relais_domain::referral::OwnMessage;
use relais_domain::shared::contact::{Country, Email, Language, Phone, PostalAddress, Url};
use relais_domain::shared::ids::{InvitationId, JoinRequestId, MembershipId, OrganisationId, RoleId, ServiceAccountId, UnitId, UserId};
use serde::{Deserialize as _, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{Invitation, JoinRequest, Organisation, Role, ServiceAccount, Unit, User};

/// An organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationView {
    /// The id.
    pub id: OrganisationId,
    /// The organisation that this is a branch of.
    pub parent_id: Option<OrganisationId>,
    /// The name.
    #[schema(value_type = OrganisationName)]
    pub name: String,
    /// The long text.
    #[schema(value_type = Option<Description>)]
    pub description: Option<String>,
    /// Where it stands.
    pub state: OrganisationState,
    /// Whether a moderator has verified it.
    pub verified: bool,
    /// Its national identifiers.
    #[schema(value_type = Vec<OrganisationIdentifier>)]
    pub identifiers: Json,
    /// The e-mail address, when it is public or mine to change.
    #[schema(value_type = Option<Email>)]
    pub email: Option<String>,
    /// The phone number, when it is public or mine to change.
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<String>,
    /// The website.
    #[schema(value_type = Option<Url>)]
    pub website: Option<String>,
    /// The address.
    #[schema(value_type = Option<PostalAddress>)]
    pub address: Option<Json>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// When it is open, in the grammar of `OpenStreetMap`; what does not follow it is shown as it came.
    #[schema(value_type = Option<OpeningHours>)]
    pub opening_hours: Option<String>,
    /// The page on the accessibility of its place.
    #[schema(value_type = Option<Url>)]
    pub accessibility: Option<String>,
    /// The networks it belongs to, by their codes in the reference list `networks`.
    #[schema(value_type = Option<Vec<Slug>>)]
    pub networks: Option<Json>,
    /// Whether its services may take referrals by the form.
    pub referral_form: bool,
    /// The country.
    #[schema(value_type = Country)]
    pub country: String,
    /// The language it is written to in.
    #[schema(value_type = Language)]
    pub language: String,
    /// The time zone, by its IANA name.
    #[schema(example = "Europe/Paris")]
    pub time_zone: String,
    /// Its own labels and messages for reasons, for whoever acts for it; null for others. Where there is none for a reason, the
    /// reference lists say what we suggest.
    pub messages: Option<Vec<OwnMessage>>,
    /// What only those see who run the organisation or verify it; null for others.
    pub administration: Option<AdministrationView>,
    /// When it came into this installation.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

/// The inner side of an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdministrationView {
    /// What its roles may hold at most.
    #[schema(value_type = Ceiling)]
    pub ceiling: Json,
    /// What it decides for itself.
    #[schema(value_type = OrganisationSettings)]
    pub settings: Json,
    /// When a moderator verified it.
    pub verified_at: Option<DateTime<Utc>>,
    /// Why it is shut out.
    pub block_reason: Option<String>,
}

impl OrganisationView {
    /// A row as it is shown: `inside` to those who run or verify it, `member` to whoever acts for it.
    pub fn of(row: Organisation, inside: bool, member: bool) -> Self {
        let messages = member.then(|| row.settings.get("messages").and_then(|own| Vec::deserialize(own).ok()).unwrap_or_default());
        let told = row.settings.get("contact_public").and_then(Json::as_bool).unwrap_or(row.source.is_some());
        let administration = inside.then(|| AdministrationView {
            ceiling: row.ceiling,
            settings: row.settings,
            verified_at: row.verified_at,
            block_reason: row.block_reason,
        });
        Self {
            id: row.id,
            parent_id: row.parent_id,
            name: row.name,
            description: row.description,
            state: row.state,
            verified: row.verified_at.is_some(),
            identifiers: row.identifiers,
            email: row.email.filter(|_| told || inside),
            phone: row.phone.filter(|_| told || inside),
            website: row.website,
            address: row.address,
            latitude: row.latitude,
            longitude: row.longitude,
            opening_hours: row.opening_hours,
            accessibility: row.accessibility,
            networks: row.networks,
            referral_form: row.referral_form,
            country: row.country,
            language: row.language,
            time_zone: row.time_zone,
            messages,
            administration,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// A member of an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberView {
    /// The id of the membership.
    pub id: MembershipId,
    /// The account.
    pub user_id: UserId,
    /// The name.
    #[schema(value_type = FullName)]
    pub name: String,
    /// The e-mail address.
    #[schema(value_type = Email)]
    pub email: String,
    /// The phone number.
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<String>,
    /// Where the account stands.
    #[schema(value_type = AccountState)]
    pub account: String,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; null while there is no end.
    pub valid_to: Option<NaiveDate>,
    /// Whether mails for the organisation go to this member too.
    pub notified: bool,
    /// The units the member works in.
    pub units: Vec<UnitId>,
    /// The roles the member holds, those of other days too.
    pub roles: Vec<AssignmentView>,
    /// When the membership was made.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

/// A role that a member holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssignmentView {
    /// The role.
    pub role_id: RoleId,
    /// Its name.
    #[schema(value_type = RoleName)]
    pub role_name: String,
    /// The unit it is limited to, with those below; null for the whole organisation.
    pub unit_id: Option<UnitId>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; null while there is no end.
    pub valid_to: Option<NaiveDate>,
}

/// A role of an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleView {
    /// The id.
    pub id: RoleId,
    /// The name.
    #[schema(value_type = RoleName)]
    pub name: String,
    /// The template it was made from.
    #[schema(value_type = Option<Template>)]
    pub template: Option<String>,
    /// What it gives and takes away.
    #[schema(value_type = Vec<Grant>)]
    pub grants: Json,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

impl From<Role> for RoleView {
    fn from(row: Role) -> Self {
        let Role { id, organisation_id: _, name, template, grants, created_at, updated_at, version } = row;
        Self { id, name, template, grants, created_at, updated_at, version }
    }
}

/// A unit of an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// The id.
    pub id: UnitId,
    /// The unit above.
    pub parent_id: Option<UnitId>,
    /// The name.
    #[schema(value_type = UnitName)]
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

impl From<Unit> for UnitView {
    fn from(row: Unit) -> Self {
        let Unit { id, organisation_id: _, parent_id, name, created_at, updated_at, version } = row;
        Self { id, parent_id, name, created_at, updated_at, version }
    }
}

/// An invitation to join an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitationView {
    /// The id.
    pub id: InvitationId,
    /// Where it was sent.
    #[schema(value_type = Email)]
    pub email: String,
    /// The name of whom it is for.
    #[schema(value_type = Option<FullName>)]
    pub name: Option<String>,
    /// The role it gives.
    pub role_id: RoleId,
    /// The unit that the role is limited to.
    pub unit_id: Option<UnitId>,
    /// Who invited.
    pub invited_by: UserId,
    /// Until when it can be accepted, in real time.
    pub expires_at: DateTime<Utc>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

impl From<Invitation> for InvitationView {
    fn from(row: Invitation) -> Self {
        let Invitation {
            id,
            organisation_id: _,
            email,
            name,
            role_id,
            unit_id,
            token_hash: _,
            invited_by,
            expires_at,
            accepted_at,
            revoked_at,
            created_at,
            version,
        } = row;
        Self { id, email, name, role_id, unit_id, invited_by, expires_at, accepted_at, revoked_at, created_at, version }
    }
}

/// A request to join an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JoinRequestView {
    /// The id.
    pub id: JoinRequestId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its name.
    #[schema(value_type = OrganisationName)]
    pub organisation_name: String,
    /// The account that asked.
    pub user_id: UserId,
    /// The name of who asked.
    #[schema(value_type = FullName)]
    pub name: String,
    /// The e-mail address of who asked; it is confirmed.
    #[schema(value_type = Email)]
    pub email: String,
    /// Where the request stands.
    pub state: JoinState,
    /// What was written to the administrators.
    #[schema(value_type = Option<JoinMessage>)]
    pub message: Option<String>,
    /// Why it was refused.
    #[schema(value_type = Option<JoinMessage>)]
    pub reason: Option<String>,
    /// When it was accepted, refused or taken back.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

impl JoinRequestView {
    /// A row with the names of both sides.
    pub fn of(row: JoinRequest, organisation_name: String, user: User) -> Self {
        let JoinRequest {
            id,
            organisation_id,
            user_id,
            state,
            message,
            reason,
            decided_by: _,
            decided_at,
            created_at,
            updated_at,
            version,
        } = row;
        let User { name, email, .. } = user;
        Self {
            id,
            organisation_id,
            organisation_name,
            user_id,
            name,
            email,
            state,
            message,
            reason,
            decided_at,
            created_at,
            updated_at,
            version,
        }
    }
}

/// The account of a partner platform.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceAccountView {
    /// The id.
    pub id: ServiceAccountId,
    /// The name.
    pub name: String,
    /// What it signs in with.
    pub client_id: String,
    /// What it may do.
    #[schema(value_type = Vec<Grant>)]
    pub grants: Json,
    /// Where it stands.
    #[schema(value_type = AccountState)]
    pub state: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// Counts the changes.
    pub version: i32,
}

impl From<ServiceAccount> for ServiceAccountView {
    fn from(row: ServiceAccount) -> Self {
        let ServiceAccount { id, organisation_id: _, name, client_id, secret_hash: _, grants, state, created_at, updated_at, version } =
            row;
        Self { id, name, client_id, grants, state, created_at, updated_at, version }
    }
}
