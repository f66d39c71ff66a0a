//! Handing a person over: the holder's redirect, and the frame in which any hand-over is done.

use relais_domain::message::NoticeKind;
use relais_domain::person::ConsentPurpose;
use relais_domain::referral::{Act, Contacted, HandedOver, Kind, NoteText, Offer, Passing, RedirectCode, Referral};
use relais_domain::shared::Blocked;
use relais_domain::shared::ids::{OrganisationId, ReferralId, ServiceId};
use relais_persistence::Tx;
use relais_persistence::referral::write::{self, Locked};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::act::{missing_permission, note_refusal, party_of, possible, visible};
use super::reactions;
use super::send::{judged, keep_consent};
use super::terms::Terms;
use crate::message::notify::About;
use crate::{App, Caller, Done, Refusal, directory, document, effect};

/// To whom a person is handed over, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedirectCommand {
    /// The service that is to help; it names the organisation.
    #[serde(default)]
    pub service_id: Option<ServiceId>,
    /// The organisation that is to help, when no service is named.
    #[serde(default)]
    pub organisation_id: Option<OrganisationId>,
    /// Why.
    pub code: RedirectCode,
    /// A word to the next receiver; the sender reads it too.
    #[serde(default)]
    pub note: Option<NoteText>,
    /// Documents of this referral that go with it; none by default.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub documents: Vec<Uuid>,
    /// The person agreed to this hand-over.
    #[serde(default)]
    pub person_agreed: bool,
    /// Who was spoken with before.
    #[serde(default)]
    pub contacted: Option<Contacted>,
}

/// The next receiver, as the directory knows it now.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// What it offers.
    pub offer: Offer,
    /// Where in the body it was named.
    pub pointer: &'static str,
}

impl Target {
    /// Finds the next receiver: a service, or an organisation without one. Of a draft only its own organisation `me` knows.
    ///
    /// # Errors
    /// `unknown_reference`, `not_of_this_service`, `required` (422).
    pub(crate) async fn find(
        tx: &Tx,
        me: OrganisationId,
        service: Option<ServiceId>,
        organisation: Option<OrganisationId>,
    ) -> Result<Self, Refusal> {
        let (offer, pointer) = match (service, organisation) {
            (Some(service), named) => {
                let offer = directory::known_offer_in(tx, service, Some(me)).await?;
                let offer = offer.ok_or_else(|| Refusal::unknown_reference("/service_id"))?;
                if named.is_some_and(|named| named != offer.organisation_id) {
                    return Err(Refusal::invalid("not_of_this_service", "/organisation_id"));
                }
                (offer, "/service_id")
            }
            (None, Some(organisation)) => {
                let offer = directory::organisation_offer_in(tx, organisation).await?;
                (offer.ok_or_else(|| Refusal::unknown_reference("/organisation_id"))?, "/organisation_id")
            }
            (None, None) => return Err(Refusal::invalid("required", "/service_id")),
        };
        Ok(Self { offer, pointer })
    }
}

/// What is said with a hand-over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    pub code: Option<RedirectCode>,
    pub note: Option<NoteText>,
    pub contacted: Option<Contacted>,
    pub documents: Vec<Uuid>,
    pub person_agreed: bool,
    /// The former holder's leads are told as well.
    pub tell_leads: bool,
}

/// Hands a locked leg over within a transaction: the former leg is saved, the next one made with the person's consent, and both
/// sides are told. `command` is [`Referral::redirect`] or [`Referral::retrieve`], given what it needs.
///
/// # Errors
/// Whatever the command refuses; as any write.
pub(crate) async fn hand_over(
    app: &App,
    tx: &mut Tx,
    locked: &Locked,
    target: &Target,
    (kind, words): (Kind, Words),
    command: impl FnOnce(Referral, Passing<'_>) -> Result<HandedOver, Blocked>,
) -> Result<Referral, Refusal> {
    let (leg, now) = (&locked.leg, tx.ctx().now);
    let holders = write::holders(tx, leg.need_id, leg.id).await?;
    let theirs = Terms::of_organisation(app, tx, target.offer.organisation_id).await?;
    let eligibility = judged(app, leg, Some(&target.offer), theirs.zone, now);
    let Words { code, note, contacted, documents, person_agreed, tell_leads } = words;
    let passed_on = documents.clone();
    let passing = Passing {
        kind,
        next_id: tx.ctx().fresh(),
        offer: &target.offer,
        pointer: target.pointer,
        eligibility,
        code,
        note,
        contacted,
        documents,
        person_agreed,
        holders: &holders,
        clocks: &theirs.clocks,
        zone: &theirs.zone,
    };
    let HandedOver { former, next } = command(leg.clone(), passing)?;
    write::save(tx, locked, former.referral.clone(), kind.code(), code.map(RedirectCode::code)).await?;
    write::add(tx, next.referral.clone(), kind.code()).await?;
    document::pass_on(tx, leg, &next.referral, &passed_on).await?;
    let purpose = if kind == Kind::Retrieval { ConsentPurpose::Retrieval } else { ConsentPurpose::Redirect };
    keep_consent(tx, &next.referral, purpose).await?;
    reactions::follow(app, tx, Some(leg), &former).await?;
    reactions::follow(app, tx, None, &next).await?;
    let told = if kind == Kind::Retrieval { NoticeKind::Retrieved } else { NoticeKind::Redirected };
    reactions::tell(tx, &former.referral, told, About { tell_leads, ..About::other_leg(&next.referral) }).await?;
    Ok(next.referral)
}

/// The holder hands the person over: its own leg is `redirected`, and the next leg waits at the next receiver. When that one
/// refuses, does not answer or is gone, the person comes back.
///
/// # Errors
/// 403 `not_the_receiver`; 409 `already_decided`, `not_open`, `service_not_published`, `service_suspended`, `form_disabled`,
/// `no_contact_email`, `organisation_disabled`; 422 `unknown_reference`, `required`, `consent_missing`, `redirect_to_self`,
/// `redirect_in_circle`, `holds_open_leg`, `in_the_future`, `forbidden_identifier`, `markup_not_allowed`.
pub async fn redirect(app: &App, caller: &Caller, id: ReferralId, command: RedirectCommand) -> Result<Done, Refusal> {
    let done = effect(app, caller, async |tx| {
        let locked = visible(tx, caller, id).await?;
        if let Some(blocker) = missing_permission(caller, &locked, Act::Redirect) {
            return Err(Refusal::Blocked { blockers: vec![blocker], allowed: possible(tx, app, caller, &locked).await? });
        }
        let party = party_of(caller, &locked.leg, Act::Redirect);
        // Who may not, or not any more, is told so before anything is said of the target.
        let unfit = Blocked::unless_empty(locked.leg.blockers_to_redirect(party));
        if let Err(refusal) = caller.judged(locked.leg.version, unfit) {
            return Err(refusal.naming(possible(tx, app, caller, &locked).await?));
        }
        let RedirectCommand { service_id, organisation_id, code, note, documents, person_agreed, contacted } = command.clone();
        let target = Target::find(tx, caller.organisation()?, service_id, organisation_id).await?;
        let terms = Terms::of_leg(app, tx, &locked.leg).await?;
        let now = tx.ctx().now;
        let words = Words { code: Some(code), note, contacted, documents, person_agreed, tell_leads: false };
        let command = |leg: Referral, passing: Passing<'_>| leg.redirect(passing, &terms.context(party), now);
        match hand_over(app, tx, &locked, &target, (Kind::Redirect, words), command).await {
            Ok(_) => Ok(Done::changed(id.0)),
            Err(refusal @ Refusal::Blocked { .. }) => Err(refusal.naming(possible(tx, app, caller, &locked).await?)),
            Err(other) => Err(other),
        }
    })
    .await;
    note_refusal(app, caller, id, &done).await?;
    done
}
