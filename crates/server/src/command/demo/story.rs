//! What has happened in the demo before the visitor comes: one referral at least in each state.

use std::sync::Arc;

use chrono::TimeDelta;
use relais_app::directory::import::{self, ImportFiles, ImportOptions};
use relais_app::directory::places::import_places;
use relais_app::identity::{self, Credentials};
use relais_app::platform::worker;
use relais_app::referral::{self, ReferralDraft, SendCommand};
use relais_app::{App, Caller, Refusal, Request};
use relais_domain::identity::Actor;
use relais_domain::referral::{
    AcceptCommand, CompleteCommand, ContactPreference, NoteText, Outcome, PersonForm, RefusalCode, RefuseCommand, WithdrawCommand,
};
use relais_domain::shared::ids::{ReferralId, ServiceId};
use serde_json::{Value, json};

use super::cast::{self, Cast};
use crate::command::Stop;

const PLACES: &[u8] = include_bytes!("../../../../../demo/places.csv");
const STRUCTURES: &[u8] = include_bytes!("../../../../../demo/structures.json");
const SERVICES: &[u8] = include_bytes!("../../../../../demo/services.json");

/// Fills the sandbox; gives what is kept of it: the personas without tokens.
///
/// # Errors
/// As any use case.
pub async fn fill(app: &Arc<App>) -> Result<Value, Stop> {
    let options = ImportOptions { dry_run: false, full: true, ..ImportOptions::default() };
    let folder = app.settings.data_dir.join("demo");
    let files = ImportFiles { structures: folder.join("structures.json"), services: folder.join("services.json") };
    let cannot = |error: std::io::Error| Stop::new(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(&folder).map_err(cannot)?;
    std::fs::write(&files.structures, STRUCTURES).map_err(cannot)?;
    std::fs::write(&files.services, SERVICES).map_err(cannot)?;
    import_places(app, PLACES, false).await?;
    import::run(app, &files, &options, &mut |_| {}).await?;
    let cast = cast::bring(app).await?;
    // What is to be expired today was sent forty days ago.
    app.clock.set_offset(TimeDelta::days(-40));
    let old = Story { app, cast: &cast, service: service(app).await? };
    old.sends("prescriber", "Diallo", "Mamadou", "0639980101").await?;
    app.clock.set_offset(TimeDelta::zero());
    old.tells().await?;
    while worker::run_due(app, "demo").await? > 0 {}
    Ok(json!({"personas": cast.personas}))
}

/// The service of the operator's structure that the story asks for.
async fn service(app: &App) -> Result<ServiceId, Refusal> {
    let found = relais_persistence::directory::names::imported(&app.db, "relais-demo", "relais-demo--tremplin-lillois-coaching").await?;
    found.ok_or(Refusal::NotFound)
}

struct Story<'a> {
    app: &'a Arc<App>,
    cast: &'a Cast,
    service: ServiceId,
}

impl Story<'_> {
    /// A persona as a caller, through the same door as everybody.
    async fn caller(&self, persona: &str) -> Result<Caller, Refusal> {
        let ctx = self.app.system_ctx(Actor::CommandLine, "demo");
        let token = identity::issue_token(self.app, &ctx, Actor::User(self.cast.user(persona)?), 600).await?;
        let credentials = Credentials { bearer: Some(token), organisation: None, language: None };
        identity::enter(self.app, credentials, Request { id: "demo".into(), operation: "demo".into(), ..Request::default() }).await
    }

    async fn drafts(&self, persona: &str, family: &str, given: &str, phone: &str) -> Result<ReferralId, Refusal> {
        let name = |text: &str| text.parse().map_err(|_| Refusal::Failed("a demo name is malformed".into()));
        let person = PersonForm {
            family_name: Some(name(family)?),
            given_name: Some(name(given)?),
            contact_preferences: vec![ContactPreference::Phone],
            phone: Some(phone.to_owned()),
            birth_year: Some(1994),
            commune: Some("59350".to_owned()),
            language: Some("fr".to_owned()),
            ..PersonForm::default()
        };
        let draft = ReferralDraft {
            service_id: Some(self.service),
            person,
            reason: "Recherche d’emploi durable, souhaite être accompagnée de près.".parse().ok(),
            situation: "Hébergement stable, pas de moyen de transport.".parse().ok(),
            person_agreed: true,
            person_informed: true,
            ..ReferralDraft::default()
        };
        let done = referral::create(self.app, &self.caller(persona).await?, draft).await?;
        Ok(done.id.into())
    }

    async fn sends(&self, persona: &str, family: &str, given: &str, phone: &str) -> Result<ReferralId, Refusal> {
        let id = self.drafts(persona, family, given, phone).await?;
        let command = SendCommand { override_reason: "Situation vérifiée en entretien.".parse().ok(), accept_duplicate: false };
        referral::send(self.app, &self.caller(persona).await?, id, command).await?;
        Ok(id)
    }

    async fn tells(&self) -> Result<(), Refusal> {
        let (app, operator) = (self.app.as_ref(), self.caller("operator").await?);
        let prescriber = self.caller("prescriber").await?;
        self.drafts("prescriber", "Nguyen", "Linh", "0639980102").await?;
        self.sends("prescriber_2", "Kowalski", "Piotr", "0639980103").await?;
        self.sends("prescriber", "Haddad", "Samira", "0639980104").await?;
        self.sends("prescriber", "Lambert", "Jérôme", "0639980105").await?;
        let reviewed = self.sends("prescriber", "Traoré", "Fatou", "0639980106").await?;
        referral::review(app, &operator, reviewed).await?;
        let waiting = self.sends("prescriber", "Popescu", "Andreea", "0639980107").await?;
        referral::waitlist(app, &operator, waiting).await?;
        let accepted = self.sends("prescriber", "Fernandes", "Rui", "0639980108").await?;
        referral::accept(app, &operator, accepted, AcceptCommand::default()).await?;
        let completed = self.sends("prescriber", "Yılmaz", "Elif", "0639980109").await?;
        referral::accept(app, &operator, completed, AcceptCommand::default()).await?;
        referral::complete(app, &operator, completed, CompleteCommand { outcome: Outcome::Done, text: "CDI signé.".parse().ok() }).await?;
        let refused = self.sends("prescriber", "Mercier", "Luc", "0639980110").await?;
        referral::refuse(app, &operator, refused, RefuseCommand { codes: vec![RefusalCode::NoCapacity], message: None }).await?;
        let withdrawn = self.sends("prescriber", "Okafor", "Chidi", "0639980111").await?;
        referral::withdraw(app, &prescriber, withdrawn, WithdrawCommand::default()).await?;
        self.sends("prescriber_3", "Roux", "Alice", "0639980112").await?;
        self.blocks().await
    }

    /// Moderation refuses an organisation: its held referral is blocked.
    async fn blocks(&self) -> Result<(), Refusal> {
        let reason: NoteText = "Adresse introuvable.".parse().map_err(|_| Refusal::Failed("a demo note is malformed".into()))?;
        let moderator = self.caller("moderator").await?;
        identity::block_organisation(self.app, &moderator, self.cast.blocked()?, &identity::BlockOrganisation { reason }).await?;
        Ok(())
    }
}
