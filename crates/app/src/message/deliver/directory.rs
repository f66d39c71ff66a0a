//! Mails about the directory: an entry that readers report, services that a saved search found new.

use relais_domain::directory::Alert;
use relais_domain::message::Recipient;
use relais_domain::shared::ids::{SavedSearchId, ServiceId, UserId};
use relais_persistence::message::read;

use super::account::Parts;
use super::address::Addressee;
use super::facts::page;
use crate::App;
use crate::message::render::{Language, NoticeFacts, ServiceLine};
use crate::setback::Setback;

/// That somebody reported a service: to one member of its organisation, or to the address on file.
pub(super) async fn for_report(app: &App, service: ServiceId, user: Option<UserId>) -> Result<Parts, Setback> {
    let Some(row) = read::service(&app.db, service).await? else { return Ok(None) };
    let Some(organisation) = read::organisation(&app.db, row.organisation_id).await? else { return Ok(None) };
    let (to, recipient) = if let Some(user) = user {
        let Some(user) = read::users(&app.db, vec![user]).await?.pop() else { return Ok(None) };
        (Addressee::user(user), Recipient::Account)
    } else {
        let Some(email) = organisation.email else { return Ok(None) };
        (Addressee::desk("organisation", None, email, Language::nearest(&organisation.language)), Recipient::AddressOnFile)
    };
    let facts = NoticeFacts {
        recipient_name: to.name.clone(),
        organisation_name: Some(organisation.name),
        service_name: Some(row.name.to_string()),
        link_url: Some(page(app, &format!("service.{service}"))),
        ..NoticeFacts::default()
    };
    Ok(Some((to, recipient, facts)))
}

/// What a saved search found new. Not sent when its owner has asked for no mails meanwhile.
pub(super) async fn for_search(app: &App, id: SavedSearchId, found: u32, services: &[ServiceId]) -> Result<Parts, Setback> {
    let row = read::saved_search(&app.db, id).await?.filter(|row| row.alert != Alert::Off);
    let Some(row) = row else { return Ok(None) };
    let Some(user) = read::users(&app.db, vec![row.user_id]).await?.pop() else { return Ok(None) };
    let named = read::published_services(&app.db, services).await?;
    if named.is_empty() {
        return Ok(None);
    }
    let line = |(id, name, town)| ServiceLine { name, town, url: page(app, &format!("service.{id}")) };
    let facts = NoticeFacts {
        recipient_name: Some(user.name.clone()),
        search_name: Some(row.name.to_string()),
        found: Some(found),
        services: named.into_iter().map(line).collect(),
        link_url: Some(page(app, &format!("saved_search.{id}"))),
        ..NoticeFacts::default()
    };
    Ok(Some((Addressee::user(user), Recipient::Account, facts)))
}
