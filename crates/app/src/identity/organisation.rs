//! Organisations: made by the platform, kept by their administrators, verified and shut out by moderators.

use relais_domain::access::{Ceiling, Permission, Resource, Template};
use relais_domain::directory::{Description, Home, OpeningHours, OrganisationState, Slug};
use relais_domain::identity::{
    FullName, OrganisationIdentifier, OrganisationName, OrganisationSettings, TimeZone, blockers_to_block, blockers_to_verify,
    checked_identifiers,
};
use relais_domain::message::NoticeKind;
use relais_domain::referral::{NoteText, OwnMessage, blockers_to_own_messages};
use relais_domain::shared::contact::{Country, Email, GeoPoint, Language, Phone, PostalAddress, Url};
use relais_domain::shared::ids::OrganisationId;
use relais_domain::shared::{Blocked, Blocker, fold_text};
use relais_persistence::Tx;
use relais_persistence::identity::entity::organisation;
use relais_persistence::identity::read::{self, OrganisationFilter};
use relais_persistence::identity::view::OrganisationView;
use relais_persistence::identity::{Organisation, write};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::branch;
use super::face;
use super::invitation::{NewInvitation, invite};
use super::place::Place;
use crate::message::notify::{self, AccountSubject};
use crate::setup::{self, NewOrganisation};
use crate::{App, Caller, Done, Page, PageRequest, Refusal, effect, reactions};

/// A new organisation and its first member.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationCreate {
    /// The name.
    pub name: OrganisationName,
    /// The country: language and time zone follow from it.
    pub country: Country,
    /// Where the first member is invited, as administrator and team lead.
    pub administrator_email: Email,
    /// The first member's name.
    #[serde(default)]
    pub administrator_name: Option<FullName>,
    /// What its roles may hold at most; what an ordinary organisation gets when absent.
    #[serde(default)]
    pub ceiling: Option<Ceiling>,
    /// Everything else about it.
    #[serde(default)]
    pub details: Option<OrganisationPatch>,
}

/// A change of an organisation. What is absent stays; null clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OrganisationPatch {
    /// The name.
    #[schema(value_type = OrganisationName, required = false)]
    pub name: Option<OrganisationName>,
    /// The organisation that it is a branch of: one that the caller administers too.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<OrganisationId>)]
    pub parent_id: Option<Option<OrganisationId>>,
    /// The long text.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<Description>)]
    pub description: Option<Option<Description>>,
    /// Its national identifiers.
    #[schema(value_type = Vec<OrganisationIdentifier>, required = false, max_items = 20)]
    pub identifiers: Option<Vec<OrganisationIdentifier>>,
    /// The e-mail address on file.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<Email>)]
    pub email: Option<Option<Email>>,
    /// The phone number.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<Option<Phone>>,
    /// The website.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<Url>)]
    pub website: Option<Option<Url>>,
    /// The address.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<PostalAddress>)]
    pub address: Option<Option<PostalAddress>>,
    /// The place on the map. A new address without one takes the former away.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<GeoPoint>)]
    pub point: Option<Option<GeoPoint>>,
    /// When it is open, in the grammar of `OpenStreetMap`.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<OpeningHours>)]
    pub opening_hours: Option<Option<OpeningHours>>,
    /// The page on the accessibility of its place.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<Url>)]
    pub accessibility: Option<Option<Url>>,
    /// The networks it belongs to, by their codes in the reference list `networks`.
    #[serde(deserialize_with = "super::patched")]
    #[schema(value_type = Option<Vec<Slug>>, max_items = 50)]
    pub networks: Option<Option<Vec<Slug>>>,
    /// Whether its services may take referrals by the form.
    #[schema(value_type = bool, required = false)]
    pub referral_form: Option<bool>,
    /// The language it is written to in.
    #[schema(value_type = Language, required = false)]
    pub language: Option<Language>,
    /// The time zone: days, reminders and expiry follow it.
    #[schema(value_type = TimeZone, required = false)]
    pub time_zone: Option<TimeZone>,
    /// What it decides for itself; what is absent inside takes its default.
    #[schema(value_type = OrganisationSettings, required = false)]
    pub settings: Option<OrganisationSettings>,
}

/// Why an organisation is shut out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockOrganisation {
    /// The reason; its members read it.
    pub reason: NoteText,
}

/// What the first member of an organisation holds.
pub(super) const FIRST_ROLES: [Template; 2] = [Template::OrganisationAdmin, Template::TeamLead];

/// Whether the caller sees the inner side: who may change it or verify it.
fn is_inside(caller: &Caller, id: OrganisationId) -> bool {
    let place = Place { organisation: id, unit: None };
    let inner = [Permission::OrganisationsWrite, Permission::OrganisationsVerify];
    inner.iter().any(|permission| caller.policy.rule(Resource::Organisation, *permission).decide(&place).is_some())
}

/// Whether the caller acts for it.
fn is_member(caller: &Caller, id: OrganisationId) -> bool {
    caller.acting_for.as_ref().is_some_and(|acting| acting.id == id)
}

/// The organisations of the installation, the oldest first.
///
/// # Errors
/// 403 `permission_missing`; 400 `invalid_cursor`.
pub async fn list_organisations(
    app: &App,
    caller: &Caller,
    filter: &OrganisationFilter,
    page: &PageRequest,
) -> Result<Page<OrganisationView>, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::OrganisationsRead)?;
    let rows = read::organisations(&app.db, &rule, filter, page.after(app, caller)?, page.limit + 1).await?;
    let count = page.count_with(async |most| read::organisations(&app.db, &rule, filter, None, most).await).await?;
    let views = rows.into_iter().map(|row| {
        let inside = is_inside(caller, row.id);
        let member = is_member(caller, row.id);
        OrganisationView::of(row, inside, member)
    });
    Ok(page.page(app, caller, views.collect(), |view: &OrganisationView| (view.created_at, view.id.0))?.counted(count))
}

/// One organisation.
///
/// # Errors
/// 404; 403 `permission_missing`.
pub async fn read_organisation(app: &App, caller: &Caller, id: OrganisationId) -> Result<OrganisationView, Refusal> {
    let rule = caller.may(Resource::Organisation, Permission::OrganisationsRead)?;
    let row = read::organisation(&app.db, &rule, id).await?.ok_or(Refusal::NotFound)?;
    Ok(OrganisationView::of(row, is_inside(caller, id), is_member(caller, id)))
}

/// Makes an organisation with its standard roles, and invites its first member. Only whoever writes organisations on the
/// whole platform may.
///
/// # Errors
/// 403 `permission_missing`; 422 as [`update_organisation`].
pub async fn create_organisation(app: &App, caller: &Caller, body: &OrganisationCreate) -> Result<Done, Refusal> {
    let invited_by = caller.user()?;
    // No organisation has the nil id: only a permission on the whole platform reaches it.
    permitted(caller, OrganisationId(Uuid::nil()), Permission::OrganisationsWrite)?;
    effect(app, caller, async |tx| {
        let home = Home::of(body.country);
        let new = NewOrganisation {
            name: body.name.to_string(),
            email: None,
            country: body.country.code().to_owned(),
            language: home.language,
            time_zone: home.time_zone.to_owned(),
            verified: false,
            ceiling: body.ceiling.clone().unwrap_or_else(Ceiling::ordinary),
        };
        let id = setup::add_organisation(tx, new).await?;
        let roles = setup::standard_roles(tx, id).await?;
        if let Some(details) = &body.details {
            branch::hold(tx, details).await?;
            let placed = branch::judge(caller, tx, Some(id), details).await?;
            let before = write::lock_organisation(tx, id).await?.ok_or(Refusal::NotFound)?;
            save(tx, &before, branch::with(placed, changed(&before, details))?, "update").await?;
        }
        // Two roles, one mail: accepting an invitation accepts all that wait for the same address.
        for (template, role_id) in roles.into_iter().filter(|(template, _)| FIRST_ROLES.contains(template)) {
            let mailed = template == Template::OrganisationAdmin;
            let email = body.administrator_email.clone();
            let name = body.administrator_name.clone();
            invite(app, tx, NewInvitation { organisation: id, email, name, role_id, unit_id: None, invited_by, mailed }).await?;
        }
        Ok(Done::created(id.0))
    })
    .await
}

fn permitted(caller: &Caller, id: OrganisationId, permission: Permission) -> Result<(), Refusal> {
    let rule = caller.policy.rule(Resource::Organisation, permission);
    super::place::reaches(&rule, id, None, permission)
}

/// Changes an organisation.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `organisation_blocked`, `organisation_disabled` of the parent; 412; 422
/// `unknown_time_zone`, `postal_code_invalid`, `commune_invalid`, `identifier_malformed`, `identifier_check_digit`,
/// `identifier_forbidden`, `duplicate`, `unknown_code`, `opening_hours_invalid`; `unknown_reference`, `branch_circle`,
/// `branch_too_deep` of the parent.
pub async fn update_organisation(app: &App, caller: &Caller, id: OrganisationId, patch: &OrganisationPatch) -> Result<Done, Refusal> {
    let done = effect(app, caller, async |tx| {
        branch::hold(tx, patch).await?;
        let before = visible(caller, tx, id, Permission::OrganisationsWrite).await?;
        let placed = branch::judge(caller, tx, Some(id), patch).await?;
        let after = caller.judged(before.version, branch::with(placed, changed(&before, patch)))?;
        save(tx, &before, after, "update").await?;
        Ok(Done::changed(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// The locked organisation, when the caller may do this to it. Its existence is public.
async fn visible(caller: &Caller, tx: &Tx, id: OrganisationId, permission: Permission) -> Result<Organisation, Refusal> {
    let found = write::lock_organisation(tx, id).await?.ok_or(Refusal::NotFound)?;
    permitted(caller, id, permission)?;
    Ok(found)
}

pub(super) async fn save(tx: &mut Tx, before: &Organisation, after: Organisation, act: &str) -> Result<(), Refusal> {
    let after = Organisation { updated_at: tx.ctx().now, ..after };
    tx.save::<organisation::Entity>(before, after, act).await?;
    tx.event("organisation.edited", "organisation", before.id.0, Some(before.id));
    Ok(())
}

/// The organisation with a patch applied; all violations at once.
pub(super) fn changed(before: &Organisation, patch: &OrganisationPatch) -> Result<Organisation, Blocked> {
    let OrganisationPatch { name, parent_id, description, identifiers, email, phone, website, language, time_zone, settings, .. } =
        patch.clone();
    let mut blockers = vec![];
    let mut after = before.clone();
    if let Some(name) = name {
        after.name_folded = fold_text(name.as_str());
        after.name = name.to_string();
    }
    if let Some(given) = identifiers {
        match checked_identifiers(&given) {
            Ok(stored) => after.identifiers = serde_json::to_value(stored).unwrap_or_default(),
            Err(wrong) => blockers.extend(wrong),
        }
    }
    blockers.extend(face::set(&mut after, patch));
    if let Some(zone) = time_zone {
        if zone.as_str().parse::<chrono_tz::Tz>().is_err() {
            blockers.push(Blocker::content("unknown_time_zone").at("/time_zone"));
        }
        after.time_zone = zone.to_string();
    }
    after.parent_id = parent_id.unwrap_or(after.parent_id);
    after.description = description.map_or(after.description, |text| text.map(|text| text.to_string()));
    after.email = email.map_or(after.email, |email| email.map(|email| email.to_string()));
    after.phone = phone.map_or(after.phone, |phone| phone.map(|phone| phone.to_string()));
    after.website = website.map_or(after.website, |url| url.map(|url| url.to_string()));
    after.language = language.map_or(after.language, |language| language.code().to_owned());
    if let Some(mut settings) = settings {
        blockers.extend(settings.messages.iter().flat_map(|messages| blockers_to_own_messages(messages)));
        // A client that knows nothing of messages does not take them away.
        settings.messages = settings.messages.or_else(|| own_messages(&before.settings));
        after.settings = serde_json::to_value(settings).unwrap_or(after.settings);
    }
    Blocked::unless_empty(blockers).map(|()| after)
}

fn own_messages(settings: &Value) -> Option<Vec<OwnMessage>> {
    settings.get("messages").and_then(|messages| Vec::deserialize(messages).ok())
}

/// Declares an organisation verified: its members see what was addressed to it, and what it sent meanwhile leaves. The
/// address on file is told.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `already_verified`, `organisation_blocked`; 412.
pub async fn verify_organisation(app: &App, caller: &Caller, id: OrganisationId) -> Result<Done, Refusal> {
    let done = effect(app, caller, async |tx| {
        let before = visible(caller, tx, id, Permission::OrganisationsVerify).await?;
        let blockers = blockers_to_verify(before.verified_at.is_some(), before.state == OrganisationState::Blocked);
        caller.judged(before.version, Blocked::unless_empty(blockers))?;
        let after = Organisation { verified_at: Some(tx.ctx().now), updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<organisation::Entity>(&before, after, "verify").await?;
        tx.event("organisation.verified", "organisation", id.0, Some(id));
        reactions::organisation_verified(app, tx, id).await?;
        notify::account(tx, NoticeKind::OrganisationVerification, AccountSubject::Organisation(id));
        Ok(Done::changed(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// Shuts an organisation out: its members no longer act for it, what it held back is refused.
///
/// # Errors
/// 404; 403 `permission_missing`; 409 `already_blocked`; 412; 422 `forbidden_identifier`, `markup_not_allowed`.
pub async fn block_organisation(app: &App, caller: &Caller, id: OrganisationId, body: &BlockOrganisation) -> Result<Done, Refusal> {
    let done = effect(app, caller, async |tx| {
        let before = visible(caller, tx, id, Permission::OrganisationsVerify).await?;
        let blockers = blockers_to_block(before.state == OrganisationState::Blocked, &body.reason);
        caller.judged(before.version, Blocked::unless_empty(blockers))?;
        let reason = Some(body.reason.to_string());
        let after = Organisation { state: OrganisationState::Blocked, block_reason: reason, updated_at: tx.ctx().now, ..before.clone() };
        tx.save::<organisation::Entity>(&before, after, "block").await?;
        tx.event("organisation.blocked", "organisation", id.0, Some(id));
        reactions::organisation_blocked(app, tx, id, body.reason.clone()).await?;
        Ok(Done::changed(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

/// The ceiling of an organisation.
///
/// # Errors
/// [`Refusal::Failed`] when what is stored cannot be read.
pub(super) fn ceiling_of(organisation: &Organisation) -> Result<Ceiling, Refusal> {
    serde_json::from_value(organisation.ceiling.clone()).map_err(|error| Refusal::Failed(format!("a ceiling cannot be read: {error}")))
}

/// The grants as they are stored.
pub(super) fn stored_grants(grants: &[relais_domain::access::Grant]) -> Result<serde_json::Value, Refusal> {
    serde_json::to_value(grants).map_err(|error| Refusal::Failed(error.to_string()))
}
