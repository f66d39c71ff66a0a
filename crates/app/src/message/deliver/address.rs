//! Whom a notice is written to: addresses, languages, and to whom an answer goes.

use relais_domain::message::{NoticeKind, Recipient};
use relais_domain::referral::{Form, Snapshot};
use relais_domain::shared::PersonName;
use relais_domain::shared::ids::UserId;
use relais_persistence::message::read::{self, LegRow, Members, OrganisationRow, ServiceRow, Story, UserRow};

use super::right::who_may_read;
use super::{Brief, Matter};
use crate::message::render::Language;
use crate::standing::today;
use crate::{App, Refusal};

/// One person or desk to write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Addressee {
    /// Stable among the addressees of one notice; part of the message id. Never an address.
    pub key: String,
    /// The name in the greeting.
    pub name: Option<String>,
    /// The address.
    pub email: String,
    /// The language of the mail.
    pub language: Language,
    /// Where the mail's link leads.
    pub link: LinkTo,
    /// The user in whose daily summary it waits, when it may.
    pub digest_of: Option<UserId>,
}

/// Where the link of a mail leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkTo {
    /// To the record, for somebody who signs in.
    Page,
    /// To the record by an access link, because nobody signs in at this address.
    Key,
    /// Nowhere: whoever reads it has no way in.
    Nowhere,
}

impl Addressee {
    pub(super) fn user(user: UserRow) -> Self {
        let key = format!("user-{}", user.id);
        let digest_of = user.digest.then_some(user.id);
        let language = Language::nearest(&user.language);
        Self { key, name: Some(user.name), email: user.email, language, link: LinkTo::Page, digest_of }
    }

    pub(super) fn desk(key: &str, name: Option<String>, email: String, language: Language) -> Self {
        Self { key: key.to_owned(), name, email, language, link: LinkTo::Page, digest_of: None }
    }
}

fn language_of(organisation: Option<&OrganisationRow>) -> Language {
    Language::nearest(organisation.map_or("en", |row| row.language.as_str()))
}

/// Everybody to write to, each address once.
pub(super) async fn addressees(app: &App, story: &Story, matter: Matter) -> Result<Vec<Addressee>, Refusal> {
    let found = match matter.recipient {
        Recipient::Receiver => receiver(app, story, matter).await?,
        Recipient::Sender => sender(app, story, matter).await?,
        Recipient::Adviser | Recipient::OutsideAdviser => adviser(app, story, matter).await?,
        Recipient::Person => person(story),
        Recipient::Claimant => claimant(app, story, matter).await?,
        Recipient::Lead => leads(app, story, matter).await?,
        Recipient::Moderator => read::moderators(&app.db).await?.into_iter().map(Addressee::user).collect(),
        Recipient::Account | Recipient::AddressOnFile => vec![],
    };
    let mut once: Vec<Addressee> = vec![];
    for mut addressee in found {
        addressee.digest_of = addressee.digest_of.filter(|_| matter.kind.may_wait());
        if !addressee.email.trim().is_empty() && !once.iter().any(|known| known.email.eq_ignore_ascii_case(&addressee.email)) {
            once.push(addressee);
        }
    }
    Ok(once)
}

/// The service's contact address, and the members who chose it. Once assigned, whoever handles the leg is reminded in
/// place of the address, for as long as they are members. A link that was asked for goes to the address alone.
async fn receiver(app: &App, story: &Story, matter: Matter) -> Result<Vec<Addressee>, Refusal> {
    let mut found = vec![];
    if matches!(matter.kind, NoticeKind::Reminder | NoticeKind::HolderReminder) {
        found.extend(assignees(app, story, matter).await?);
    }
    if found.is_empty() {
        found.extend(desk_of_receiver(story));
    }
    if matter.kind != NoticeKind::AccessLink
        && let Some(organisation) = story.receiver.as_ref().filter(|organisation| organisation.verified_at.is_some())
    {
        // Members of an organisation that is not verified see nothing that was addressed to it.
        found.extend(notified(app, story, matter, organisation).await?);
    }
    Ok(found)
}

/// The members of an organisation who chose to be told, as far as they may read it.
async fn notified(app: &App, story: &Story, matter: Matter, organisation: &OrganisationRow) -> Result<Vec<Addressee>, Refusal> {
    let members = read::members(&app.db, organisation.id, Members::Notified, today(app, organisation)).await?;
    let members = who_may_read(app, story, matter, organisation, members).await?;
    Ok(members.into_iter().map(Addressee::user).collect())
}

async fn assignees(app: &App, story: &Story, matter: Matter) -> Result<Vec<Addressee>, Refusal> {
    let (Some(assignment), Some(organisation)) = (&story.assignment, &story.receiver) else { return Ok(vec![]) };
    let today = today(app, organisation);
    let users = match (assignment.member_id, assignment.unit_id) {
        (Some(member), _) => read::members_among(&app.db, organisation.id, vec![member], today).await?,
        (None, Some(unit)) => read::members(&app.db, organisation.id, Members::OfUnit(unit), today).await?,
        (None, None) => vec![],
    };
    let users = who_may_read(app, story, matter, organisation, users).await?;
    Ok(users.into_iter().map(Addressee::user).collect())
}

/// The contact address of the organisation that claims or retrieves, and the members who chose it. All sign in.
async fn claimant(app: &App, story: &Story, matter: Matter) -> Result<Vec<Addressee>, Refusal> {
    let Some(organisation) = &story.other else { return Ok(vec![]) };
    let desk = |email| Addressee::desk("claimant", None, email, language_of(Some(organisation)));
    let mut found: Vec<_> = organisation.email.clone().map(desk).into_iter().collect();
    if organisation.verified_at.is_some() {
        found.extend(notified(app, story, matter, organisation).await?);
    }
    Ok(found)
}

/// The leads of the unit that handles the leg; where nobody leads, the receiver as such.
async fn leads(app: &App, story: &Story, matter: Matter) -> Result<Vec<Addressee>, Refusal> {
    let (Some(leg), Some(organisation)) = (&story.leg, &story.receiver) else { return Ok(vec![]) };
    let unit = story.assignment.as_ref().and_then(|assignment| assignment.unit_id).or(leg.receiver_unit_id);
    let mut found = vec![];
    if organisation.verified_at.is_some() {
        let leads = read::leads(&app.db, organisation.id, unit, today(app, organisation)).await?;
        found = who_may_read(app, story, matter, organisation, leads).await?;
    }
    if found.is_empty() {
        return Ok(desk_of_receiver(story).into_iter().collect());
    }
    Ok(found.into_iter().map(Addressee::user).collect())
}

fn desk_of_receiver(story: &Story) -> Option<Addressee> {
    let leg = story.leg.as_ref()?;
    let contact = contact_now(story);
    let email = contact.email.or_else(|| story.receiver.as_ref()?.email.clone())?;
    let mut desk = Addressee::desk("contact", contact.name, email, language_of(story.receiver.as_ref()));
    if leg.told_at.is_some() && leg.state.is_open() {
        desk.link = LinkTo::Key;
    }
    Some(desk)
}

/// The user who sent it; for a service account, or once that user has left, the organisation; of a blocked organisation, every
/// member.
async fn sender(app: &App, story: &Story, matter: Matter) -> Result<Vec<Addressee>, Refusal> {
    if matter.kind != NoticeKind::Blocked {
        return of_sender(app, story, matter, story.notice.user_id).await;
    }
    let Some(organisation) = &story.sender else { return Ok(vec![]) };
    let users = read::members(&app.db, organisation.id, Members::All, today(app, organisation)).await?;
    Ok(or_desk(organisation, users))
}

/// A user of the sending organisation; once they have left or may not read it any more, or where nobody is named, its desk.
async fn of_sender(app: &App, story: &Story, matter: Matter, user: Option<UserId>) -> Result<Vec<Addressee>, Refusal> {
    let Some(organisation) = &story.sender else { return Ok(vec![]) };
    let users = read::members_among(&app.db, organisation.id, user.into_iter().collect(), today(app, organisation)).await?;
    let users = who_may_read(app, story, matter, organisation, users).await?;
    Ok(or_desk(organisation, users))
}

fn or_desk(organisation: &OrganisationRow, users: Vec<UserRow>) -> Vec<Addressee> {
    if users.is_empty() {
        let desk = |email| Addressee::desk("organisation", None, email, language_of(Some(organisation)));
        return organisation.email.clone().map(desk).into_iter().collect();
    }
    users.into_iter().map(Addressee::user).collect()
}

/// The adviser who is a member of the sending organisation; else the desk that was named, with a link to the page of the record:
/// whoever has an account there signs in, and nobody else reads more.
async fn adviser(app: &App, story: &Story, matter: Matter) -> Result<Vec<Addressee>, Refusal> {
    if story.notice.user_id.is_some() {
        return of_sender(app, story, matter, story.notice.user_id).await;
    }
    let desk = story.leg.as_ref().and_then(|leg| leg.form.adviser.as_ref());
    let language = language_of(story.sender.as_ref());
    let desk = desk.and_then(|adviser| {
        let name = adviser.name.as_ref().map(ToString::to_string);
        Some(Addressee::desk("adviser", name, adviser.email.clone()?, language))
    });
    Ok(desk.into_iter().collect())
}

fn person(story: &Story) -> Vec<Addressee> {
    let Some(leg) = &story.leg else { return vec![] };
    let person = &leg.form.person;
    let Some(email) = person.email.clone() else { return vec![] };
    vec![Addressee::desk("person", full_name(&leg.form), email, language_of_person(story))]
}

/// The person's language, where it is known.
pub(super) fn language_of_person(story: &Story) -> Language {
    let told = story.leg.as_ref().and_then(|leg| leg.form.person.language.as_deref());
    told.map_or_else(|| language_of(story.sender.as_ref()), Language::nearest)
}

/// The person's name, as far as it is known.
pub(super) fn full_name(form: &Form) -> Option<String> {
    let parts: Vec<&str> = [&form.person.given_name, &form.person.family_name].into_iter().flatten().map(PersonName::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Whom to ask at the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Contact {
    pub service: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
}

/// The service as it was at sending; before that, as it is.
pub(super) fn contact(story: &Story) -> Contact {
    contact_of(story.leg.as_ref(), story.service.as_ref())
}

/// Where the receiver is written to: as its service says today, and where that says nothing, as it said at sending.
fn contact_now(story: &Story) -> Contact {
    let receiver = story.leg.as_ref().and_then(|leg| leg.receiver_organisation_id);
    let own = story.service.as_ref().filter(|service| Some(service.organisation_id) == receiver && service.contact_email.is_some());
    own.map_or_else(|| contact(story), |service| contact_of(None, Some(service)))
}

/// The same of any leg and its service.
pub(super) fn contact_of(leg: Option<&LegRow>, service: Option<&ServiceRow>) -> Contact {
    if let Some(snapshot) = leg.and_then(|leg| leg.snapshot.clone()) {
        let Snapshot { name, address, contact_name, contact_phone, contact_email, .. } = snapshot;
        return Contact { service: Some(name), name: contact_name, email: contact_email, phone: contact_phone, address };
    }
    let Some(service) = service else { return Contact::default() };
    Contact {
        service: Some(service.name.to_string()),
        name: service.contact_name.as_ref().map(ToString::to_string),
        email: service.contact_email.as_ref().map(ToString::to_string),
        phone: service.contact_phone.as_ref().map(ToString::to_string),
        address: service.locality.as_ref().map(ToString::to_string),
    }
}

/// Who speaks for the sender: the adviser, else whoever sent it; of members, only those who are it today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Voice {
    pub name: Option<String>,
    pub email: Option<String>,
}

/// Reads who speaks for the sender of a leg.
pub(super) async fn voice(app: &App, story: &Story) -> Result<Voice, Refusal> {
    let Some(leg) = &story.leg else { return Ok(Voice::default()) };
    let named = leg.form.adviser.as_ref();
    let adviser = leg.adviser_id.or_else(|| named.and_then(|adviser| adviser.member_id));
    if adviser.is_none()
        && let Some(desk) = named.filter(|adviser| adviser.email.is_some())
    {
        return Ok(Voice { name: desk.name.as_ref().map(ToString::to_string), email: desk.email.clone() });
    }
    let named: Vec<UserId> = adviser.into_iter().chain(leg.sent_by).collect();
    let Some(sender) = &story.sender else { return Ok(Voice::default()) };
    let users = read::members_among(&app.db, sender.id, named.clone(), today(app, sender)).await?;
    let user = named.iter().find_map(|id| users.iter().find(|user| user.id == *id)).cloned();
    Ok(user.map(|user| Voice { name: Some(user.name), email: Some(user.email) }).unwrap_or_default())
}

/// To whom an answer to the mail goes, so that people can answer each other.
pub(super) fn reply_to(brief: &Brief<'_>, to: &Addressee) -> Option<String> {
    use NoticeKind as K;
    let Brief { story, matter, ref voice, .. } = *brief;
    let of_sender = || voice.email.clone().or_else(|| story.sender.as_ref()?.email.clone());
    let of_next = || {
        let next = contact_of(story.other_leg.as_ref(), story.other_service.as_ref());
        next.email.or_else(|| story.other.as_ref()?.email.clone())
    };
    let of_receiver = || contact_now(story).email.or_else(|| story.receiver.as_ref()?.email.clone());
    let address = match (matter.kind, matter.recipient) {
        // Whoever only claims has no right to know who holds the file.
        (K::Held | K::Blocked | K::DraftDeleted | K::HeldReminder, _) | (K::ClaimObjected | K::ClaimLapsed, Recipient::Claimant) => None,
        (K::Message, _) => {
            let author = story.message.as_ref().map(|message| message.organisation_id);
            if author == story.sender.as_ref().map(|row| row.id) { of_sender() } else { of_receiver() }
        }
        // Both sides of a hand-over or a claim may speak with each other.
        (K::Redirected | K::Retrieved | K::Claimed | K::ClaimObjected | K::ClaimLapsed, Recipient::Receiver | Recipient::Lead) => {
            story.other.as_ref()?.email.clone()
        }
        (_, Recipient::Receiver | Recipient::Person | Recipient::Claimant) => of_sender(),
        (K::Redirected | K::Retrieved, Recipient::Sender | Recipient::Adviser | Recipient::OutsideAdviser) => of_next(),
        (_, Recipient::Sender | Recipient::Adviser | Recipient::OutsideAdviser) => of_receiver(),
        _ => None,
    };
    address.filter(|address| !address.eq_ignore_ascii_case(&to.email))
}
