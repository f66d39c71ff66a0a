//! Founding an organisation: by anybody who has an account, for a place that the directory does not know yet.

use relais_domain::access::Ceiling;
use relais_domain::directory::{Description, Home};
use relais_domain::identity::{OrganisationIdentifier, OrganisationName};
use relais_domain::shared::contact::{Country, Email, Language, Phone, PostalAddress, Url};
use relais_domain::shared::ids::OrganisationId;
use relais_domain::shared::{Blocked, Blocker, IdentifierKind};
use relais_persistence::Tx;
use relais_persistence::identity::write;
use relais_persistence::platform::instance;
use serde::Deserialize;
use utoipa::ToSchema;

use super::branch;
use super::budget::Tries;
use super::join::begin;
use super::organisation::{OrganisationPatch, changed, save};
use crate::setup::{self, NewOrganisation};
use crate::{App, Caller, Done, Refusal, effect_of_account};

/// A new organisation of the caller's.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StructureCreate {
    /// The name.
    pub name: OrganisationName,
    /// The country: the time zone follows from it, and the language unless one is given.
    pub country: Country,
    /// The organisation that it is a branch of: one that the caller administers.
    #[serde(default)]
    pub parent_id: Option<OrganisationId>,
    /// Its national identifiers. A SIRET names one place: it must not be in the directory already.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub identifiers: Vec<OrganisationIdentifier>,
    /// The long text.
    #[serde(default)]
    pub description: Option<Description>,
    /// The e-mail address on file; a moderator compares it.
    #[serde(default)]
    pub email: Option<Email>,
    /// The phone number.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// The website.
    #[serde(default)]
    pub website: Option<Url>,
    /// The address.
    #[serde(default)]
    pub address: Option<PostalAddress>,
    /// The language it is written to in.
    #[serde(default)]
    pub language: Option<Language>,
}

impl StructureCreate {
    /// What is said beyond name and country.
    fn details(&self) -> OrganisationPatch {
        let Self { name: _, country: _, parent_id, identifiers, description, email, phone, website, address, language } = self.clone();
        OrganisationPatch {
            parent_id: parent_id.map(Some),
            identifiers: Some(identifiers),
            description: description.map(Some),
            email: email.map(Some),
            phone: phone.map(Some),
            website: website.map(Some),
            address: address.map(Some),
            language,
            ..OrganisationPatch::default()
        }
    }
}

/// Makes an organisation that the caller administers. It is at work, and not verified.
///
/// # Errors
/// 403 `permission_missing` for a parent that the caller does not administer; 409 `structure_exists` with the id of the one to
/// join, `organisation_blocked`, `organisation_disabled` of the parent; 422 as [`super::update_organisation`]; 429 after twenty
/// within a quarter of an hour.
pub async fn create_structure(app: &App, caller: &Caller, body: &StructureCreate) -> Result<Done, Refusal> {
    let user = caller.user()?;
    Tries::of(app, &app.ctx(caller), &user.to_string(), None).spend_joining().await?;
    let details = body.details();
    let done = effect_of_account(app, caller, async |tx| {
        instance::one_at_a_time(tx).await?;
        let placed = branch::judge(caller, tx, None, &details).await?;
        not_there_yet(tx, &body.identifiers).await?;
        let id = setup::add_organisation(tx, bare(body)).await?;
        let before = write::lock_organisation(tx, id).await?.ok_or(Refusal::NotFound)?;
        save(tx, &before, branch::with(placed, changed(&before, &details))?, "update").await?;
        let organisation = write::lock_organisation(tx, id).await?.ok_or(Refusal::NotFound)?;
        begin(tx, &organisation, user).await?;
        Ok(Done::created(id.0))
    })
    .await?;
    app.sessions.clear();
    Ok(done)
}

fn bare(body: &StructureCreate) -> NewOrganisation {
    let home = Home::of(body.country);
    NewOrganisation {
        name: body.name.to_string(),
        email: None,
        country: body.country.code().to_owned(),
        language: body.language.unwrap_or(home.language),
        time_zone: home.time_zone.to_owned(),
        verified: false,
        ceiling: Ceiling::ordinary(),
    }
}

/// Checks that no organisation has one of these SIRETs; one that has is public and there to be joined. Other numbers name a
/// whole company or association, which may have many places.
async fn not_there_yet(tx: &Tx, identifiers: &[OrganisationIdentifier]) -> Result<(), Refusal> {
    let mut blockers = vec![];
    for (place, one) in identifiers.iter().enumerate().filter(|(_, one)| one.kind == IdentifierKind::Siret) {
        // A malformed one is told with everything else that is wrong.
        let Ok(value) = one.kind.check(&one.value) else { continue };
        if let Some(known) = write::with_identifier(tx, one.kind, &value).await? {
            let pointer = format!("/identifiers/{place}/value");
            blockers.push(Blocker::state("structure_exists").at(pointer).with("structure_id", known.to_string()));
        }
    }
    Ok(Blocked::unless_empty(blockers)?)
}
