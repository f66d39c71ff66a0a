//! The people of the demo: who they are, where they work, what they may do.

use relais_app::setup::{self, NewOrganisation, NewUser};
use relais_app::{App, Refusal};
use relais_domain::access::{Ceiling, Template, grants_of};
use relais_domain::identity::Actor;
use relais_domain::shared::contact::{Email, Language};
use relais_domain::shared::ids::{OrganisationId, UserId};
use relais_persistence::Tx;
use serde_json::{Map, Value, json};

/// One persona: key, e-mail's first part, name, organisation, roles, platform role.
struct Part(&'static str, &'static str, &'static str, Place, &'static [Template], Option<Template>);

/// Where somebody works.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Prescribers,
    Unverified,
    Blocked,
    Structure,
    OtherStructure,
    ThirdStructure,
    Platform,
}

const PARTS: &[Part] = &[
    Part("prescriber", "camille.prescriptrice", "Camille Lefèvre", Place::Prescribers, &[Template::Prescriber], None),
    Part("privacy_officer", "anne.donnees", "Anne Delattre", Place::Prescribers, &[Template::PrivacyOfficer], None),
    Part("prescriber_2", "noemie.passerelle", "Noémie Garcia", Place::Unverified, &[Template::Prescriber], None),
    Part("prescriber_3", "loic.refuse", "Loïc Martin", Place::Blocked, &[Template::Prescriber], None),
    Part("operator", "karim.operateur", "Karim Benali", Place::Structure, &[Template::Operator], None),
    Part("operator_2", "lea.operatrice", "Léa Dubois", Place::OtherStructure, &[Template::Operator], None),
    Part("operator_3", "omar.operateur", "Omar Haddad", Place::ThirdStructure, &[Template::Operator], None),
    Part("colleague", "ines.responsable", "Inès Moreau", Place::Structure, &[Template::OperatorLead, Template::PrivacyOfficer], None),
    Part("reader", "paul.lecteur", "Paul Girard", Place::Structure, &[Template::Reader], None),
    Part("admin", "sofia.admin", "Sofia Rossi", Place::Structure, &[Template::OrganisationAdmin], None),
    Part("moderator", "moderation", "Maud Petit", Place::Platform, &[], Some(Template::Moderator)),
    Part("platform_admin", "plateforme", "Yann Le Goff", Place::Platform, &[], Some(Template::PlatformAdmin)),
];

/// The structures of the demo's feed that the operators work for.
const STRUCTURE: &str = "relais-demo--tremplin-lillois";
const OTHER_STRUCTURE: &str = "relais-demo--roue-des-flandres";
const THIRD_STRUCTURE: &str = "relais-demo--maison-numerique-fives";

/// Everybody, with their organisations.
pub struct Cast {
    pub personas: Map<String, Value>,
    places: Vec<(Place, OrganisationId)>,
}

impl Cast {
    fn place(&self, place: Place) -> Result<OrganisationId, Refusal> {
        self.places.iter().find(|(known, _)| *known == place).map(|(_, id)| *id).ok_or(Refusal::NotFound)
    }

    /// The organisation that moderation refuses in the story.
    pub fn blocked(&self) -> Result<OrganisationId, Refusal> {
        self.place(Place::Blocked)
    }

    /// A persona's user.
    pub fn user(&self, persona: &str) -> Result<UserId, Refusal> {
        let id = self.personas.get(persona).and_then(|known| known.get("user_id")).and_then(Value::as_str);
        id.and_then(|id| id.parse().ok()).ok_or(Refusal::NotFound)
    }
}

fn email(first: &str) -> Result<Email, Refusal> {
    format!("{first}@demo.example.org").parse().map_err(|_| Refusal::Failed("a demo address is malformed".into()))
}

fn organisation(name: &str, address: &str, verified: bool, ceiling: Ceiling) -> Result<NewOrganisation, Refusal> {
    let (country, language, time_zone) = ("FR".to_owned(), Language::Fr, "Europe/Paris".to_owned());
    Ok(NewOrganisation { name: name.to_owned(), email: Some(email(address)?), country, language, time_zone, verified, ceiling })
}

/// Brings everybody in.
///
/// # Errors
/// As any write.
pub async fn bring(app: &App) -> Result<Cast, Refusal> {
    // Hashing is slow on purpose and never done inside a transaction.
    let mut hashes = vec![];
    for Part(key, ..) in PARTS {
        let password = password_of(key);
        let hash = app.passwords.hash(&password).await.map_err(|error| Refusal::Failed(error.to_string()))?;
        hashes.push((password, hash));
    }
    let mut tx = app.db.write(&app.system_ctx(Actor::CommandLine, "demo")).await?;
    let mut cast = Cast { personas: Map::new(), places: organisations(app, &mut tx).await? };
    for (Part(key, first, name, place, roles, platform_role), (password, hash)) in PARTS.iter().zip(hashes) {
        let (organisation, address) = (cast.place(*place)?, email(first)?);
        let new = NewUser { email: address.clone(), name: (*name).to_owned(), language: Language::Fr, platform_role: *platform_role };
        let user = setup::add_user(app, &mut tx, new, hash).await?;
        setup::join(&mut tx, organisation, user, roles, None).await?;
        let role = platform_role.or_else(|| roles.first().copied()).map(Template::code);
        cast.personas.insert(
            (*key).to_owned(),
            json!({"email": address, "password": password, "name": name, "organisation_id": organisation, "role": role, "user_id": user}),
        );
    }
    let partner = partner(&mut tx, cast.place(Place::Prescribers)?).await?;
    cast.personas.insert("partner".into(), partner);
    tx.commit().await?;
    Ok(cast)
}

fn password_of(key: &str) -> String {
    format!("sandbox {} only", key.replace('_', " "))
}

async fn organisations(app: &App, tx: &mut Tx) -> Result<Vec<(Place, OrganisationId)>, Refusal> {
    let made = [
        (Place::Prescribers, "Maison des solidarités de Lille-Sud", "accueil.lille-sud", true, Ceiling::ordinary()),
        (Place::Unverified, "Association Passerelle", "contact.passerelle", false, Ceiling::ordinary()),
        (Place::Blocked, "Collectif Sans Adresse", "contact.sans-adresse", false, Ceiling::ordinary()),
        (Place::Platform, "Plateforme Relais", "equipe.plateforme", true, Ceiling::platform()),
    ];
    let mut places = vec![];
    for (place, name, address, verified, ceiling) in made {
        let id = setup::add_organisation(tx, organisation(name, address, verified, ceiling)?).await?;
        setup::standard_roles(tx, id).await?;
        places.push((place, id));
    }
    for (place, source_id) in
        [(Place::Structure, STRUCTURE), (Place::OtherStructure, OTHER_STRUCTURE), (Place::ThirdStructure, THIRD_STRUCTURE)]
    {
        let id = setup::verify_imported(app, tx, source_id).await?;
        setup::standard_roles(tx, id).await?;
        places.push((place, id));
    }
    Ok(places)
}

async fn partner(tx: &mut Tx, organisation: OrganisationId) -> Result<Value, Refusal> {
    let (id, client_id, secret) =
        setup::add_service_account(tx, organisation, "Plateforme partenaire", &grants_of(Template::Partner)).await?;
    Ok(json!({"email": null, "password": null, "name": "Plateforme partenaire", "organisation_id": organisation, "role": Template::Partner,
        "service_account_id": id, "client_id": client_id, "client_secret": secret}))
}
