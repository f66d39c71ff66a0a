//! The rows of the generated world: the same in every run, but for the ids of the demo and the time.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::Fault;
use crate::cast::Cast;
use crate::chance::Chance;
use crate::db::{Cell, Table};

/// How large the world is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Organisations.
    pub organisations: u64,
    /// Services.
    pub services: u64,
    /// Referrals.
    pub referrals: u64,
    /// How many ended legs the operator's structure has; one of twenty referrals when nothing is said.
    pub archived: Option<u64>,
}

/// Legs in the open boxes of the operator's structure.
pub const OPEN: u64 = 2_000;
/// Its ended legs: one of so many of all.
const ENDED_SHARE: u64 = 20;

/// How many legs the operator's structure has.
pub const fn of_operator(size: Size) -> u64 {
    let ended = match size.archived {
        Some(archived) => archived,
        None => size.referrals / ENDED_SHARE,
    };
    let all = OPEN + ended;
    if all < size.referrals { all } else { size.referrals }
}

/// What a generated id names. Needs, persons and consents have the number of their leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Of {
    Leg = 1,
    Need,
    Person,
    Consent,
    Organisation,
    Service,
}

/// The first number of the operator's legs, of the others, and of those that are there to be accepted. Twelve decimal digits
/// each, so that a script without string functions can count them up.
pub const OPERATORS: u64 = 100_000_000_000;
pub const OTHERS: u64 = 200_000_000_000;
pub const POOL: u64 = 300_000_000_000;

/// The id of a generated row: its last twelve digits are the number, in decimal.
pub fn id(of: Of, number: u64) -> Uuid {
    let mut digits = 0_u128;
    for (place, digit) in number.to_string().bytes().rev().enumerate() {
        digits |= u128::from(digit - b'0') << (4 * place);
    }
    let head = 0x0193_0000_0000_7000_8000_0000_0000_0000_u128 | (u128::from(of as u16) << 64);
    Uuid::from_u128(head | digits)
}

const FAMILY: &[&str] =
    &["Martin", "Diallo", "Nguyen", "Benali", "Lefebvre", "Kowalski", "Traore", "Moreau", "Haddad", "Garcia", "Popescu"];
const GIVEN: &[&str] = &["Awa", "Linh", "Camille", "Mehdi", "Jeanne", "Piotr", "Fatou", "Luc", "Samira", "Ana", "Andreea", "Elif"];
const REASONS: &str = "Cherche un emploi durable dans la restauration ou la logistique après deux ans d'interruption; souhaite un accompagnement \
    rapproché, un rendez-vous par semaine, et de l'aide pour refaire son CV et préparer des entretiens.";
const SITUATION: &str = "Hébergée chez une amie jusqu'à la fin du mois, sans moyen de transport personnel; deux enfants scolarisés. Le français est \
    compris et parlé, l'écrit est plus difficile. Les droits sont ouverts; une formation de quatre mois est envisagée au printemps.";

/// Writes one world.
#[derive(Debug)]
pub struct World {
    chance: Chance,
    now: DateTime<Utc>,
    operators: Uuid,
    operator: Uuid,
    prescribers: Uuid,
    prescriber: Uuid,
    service: Uuid,
    size: Size,
}

/// A batch of legs with all that belongs to them, in the order in which they are written.
#[derive(Debug)]
pub struct Batch {
    needs: Vec<Vec<Cell>>,
    persons: Vec<Vec<Cell>>,
    legs: Vec<Vec<Cell>>,
    consents: Vec<Vec<Cell>>,
    assignments: Vec<Vec<Cell>>,
    marks: Vec<Vec<Cell>>,
}

const NEED: &str = "id,created_at";
const PERSON: &str = "id,organisation_id,family_name,given_name,name_folded,phone,email,birth_year,commune,language,protected,created_at,\
    updated_at,version";
const LEG: &str = "id,need_id,root_id,kind,origin,state,sender_organisation_id,sent_by,adviser_id,receiver_organisation_id,service_id,\
    person_id,name_folded,contact_keys,form,snapshot,sent_at,told_at,answered_at,decided_at,ended_at,state_since,remind_at,reminders_sent,\
    expire_at,refusal_codes,outcome,path,created_at,updated_at,version,inbox_box";
const CONSENT: &str = "id,person_id,referral_id,recipient_organisation_id,purpose,categories,given_at,version";
const ORGANISATION: &str = "id,name,name_folded,state,identifiers,email,locality,country,language,time_zone,ceiling,settings,verified_at,\
    created_at,updated_at,version";
const SERVICE: &str = "id,organisation_id,name,name_folded,summary,description,kind,topics,audiences,criteria,locality,locality_folded,\
    commune,postal_code,contact_name,contact_email,contact_phone,contact_public,hours_per_week,weeks,form_enabled,languages,state,\
    published_at,created_at,updated_at,version";

impl Batch {
    const fn new() -> Self {
        Self { needs: vec![], persons: vec![], legs: vec![], consents: vec![], assignments: vec![], marks: vec![] }
    }

    /// The tables, those that are referred to first.
    pub fn tables(self) -> [Table; 6] {
        let table = |name, columns, rows| Table { name, columns, rows };
        [
            table("need", NEED, self.needs),
            table("person", PERSON, self.persons),
            table("referral", LEG, self.legs),
            table("consent", CONSENT, self.consents),
            table("referral_assignment", "referral_id,member_id,assigned_at", self.assignments),
            table("reading_mark", "referral_id,user_id,read_at", self.marks),
        ]
    }
}

/// What distinguishes one leg.
struct Leg {
    number: u64,
    state: &'static str,
    sender: Uuid,
    sent_by: Uuid,
    receiver: Uuid,
    service: Uuid,
    at: DateTime<Utc>,
}

impl World {
    /// Around the people of a database.
    pub fn new(cast: &Cast, now: DateTime<Utc>, size: Size) -> Result<Self, Fault> {
        Ok(Self {
            chance: Chance::new(7),
            now,
            operators: cast.id("operator.organisation_id")?,
            operator: cast.id("operator.user_id")?,
            prescribers: cast.id("prescriber.organisation_id")?,
            prescriber: cast.id("prescriber.user_id")?,
            service: cast.id("service")?,
            size,
        })
    }

    /// The organisations.
    pub fn organisations(&self) -> Table {
        let at = self.now - TimeDelta::days(900);
        let row = |number| {
            let name = format!("Structure {number}");
            let made = Cell::At(at + TimeDelta::milliseconds(i64::try_from(number).unwrap_or(0)));
            let text = Cell::Text;
            vec![
                Cell::Id(id(Of::Organisation, number)),
                text(name.clone()),
                text(name.to_lowercase()),
                "active".into(),
                "[]".into(),
                text(format!("accueil-{number}@structure.example.org")),
                "Lille".into(),
                "FR".into(),
                "fr".into(),
                "Europe/Paris".into(),
                r#"{"templates":["prescriber","operator"],"permissions":["directory:read"]}"#.into(),
                "{}".into(),
                made.clone(),
                made.clone(),
                made,
                Cell::Int(1),
            ]
        };
        Table { name: "organisation", columns: ORGANISATION, rows: (0..self.size.organisations).map(row).collect() }
    }

    /// The services from one number to another.
    pub fn services(&mut self, numbers: std::ops::Range<u64>) -> Table {
        let at = self.now - TimeDelta::days(800);
        let rows = numbers.map(|number| {
            let name = format!("Accompagnement {} {number}", self.chance.one(&["emploi", "logement", "mobilité", "numérique", "santé"]));
            let made = Cell::At(at + TimeDelta::milliseconds(i64::try_from(number).unwrap_or(0)));
            vec![
                Cell::Id(id(Of::Service, number)),
                Cell::Id(id(Of::Organisation, number % self.size.organisations)),
                Cell::Text(name.clone()),
                Cell::Text(name.to_lowercase()),
                "Un accompagnement rapproché, sur rendez-vous.".into(),
                REASONS.into(),
                "support".into(),
                r#"["trouver-un-emploi--faire-un-cv"]"#.into(),
                r#"["demandeurs-emploi","jeunes"]"#.into(),
                r#"[{"id":"c1","label":"Être inscrit à France Travail","obligatory":false}]"#.into(),
                "Lille".into(),
                "lille".into(),
                "59350".into(),
                "59000".into(),
                "Mathieu Carlier".into(),
                Cell::Text(format!("service-{number}@structure.example.org")),
                "03 53 01 55 21".into(),
                Cell::Truth(true),
                Cell::Int(4),
                Cell::Int(26),
                Cell::Truth(true),
                r#"["fr"]"#.into(),
                "published".into(),
                made.clone(),
                made.clone(),
                made,
                Cell::Int(1),
            ]
        });
        Table { name: "service", columns: SERVICE, rows: rows.collect() }
    }

    /// The legs at these places of the history, oldest first. Those of the operator's structure are spread evenly among the others;
    /// its last ones are still open.
    pub fn legs(&mut self, places: std::ops::Range<u64>) -> Batch {
        let (mut batch, all, own) = (Batch::new(), self.size.referrals, of_operator(self.size));
        for place in places {
            let (before, after) = (place * own / all, (place + 1) * own / all);
            let leg = if after > before { self.operators_leg(before, own) } else { self.other_leg(place) };
            self.put(&mut batch, &leg);
        }
        batch
    }

    /// Sent legs for the operator's service, to be accepted.
    pub fn pool(&mut self, numbers: std::ops::Range<u64>) -> Batch {
        let mut batch = Batch::new();
        for number in numbers {
            let leg = Leg { number: POOL + number, at: self.ago(20), ..self.operators_leg(0, OPEN) };
            self.put(&mut batch, &Leg { state: "sent", sender: self.prescribers, sent_by: self.prescriber, ..leg });
        }
        batch
    }

    fn ago(&mut self, days: u64) -> DateTime<Utc> {
        self.now - TimeDelta::microseconds(i64::try_from(self.chance.below(days * 86_400_000_000)).unwrap_or(0) + 1)
    }

    fn operators_leg(&mut self, number: u64, own: u64) -> Leg {
        let open = number + OPEN >= own;
        let state = match self.chance.below(100) {
            0..50 if open => "sent",
            50..65 if open => "under_review",
            65..75 if open => "waitlisted",
            _ if open => "accepted",
            0..50 => "completed",
            50..70 => "refused",
            70..85 => "expired",
            _ => "withdrawn",
        };
        let at = if open { self.ago(30) } else { self.ago(600) - TimeDelta::days(40) };
        let (sender, sent_by) = if self.chance.below(2) == 0 {
            (self.prescribers, self.prescriber)
        } else {
            (id(Of::Organisation, self.chance.below(self.size.organisations)), self.prescriber)
        };
        Leg { number: OPERATORS + number, state, sender, sent_by, receiver: self.operators, service: self.service, at }
    }

    /// A leg between others; one of fifty is sent by the demo's prescribers.
    fn other_leg(&mut self, place: u64) -> Leg {
        let service = self.chance.below(self.size.services);
        let sender = match self.chance.below(50) {
            0 => self.prescribers,
            _ => id(Of::Organisation, self.chance.below(self.size.organisations)),
        };
        let state = self.chance.one(&["sent", "accepted", "completed", "completed", "completed", "refused", "expired", "withdrawn"]);
        let receiver = id(Of::Organisation, service % self.size.organisations);
        let at = self.ago(600);
        Leg { number: OTHERS + place, state, sender, sent_by: self.prescriber, receiver, service: id(Of::Service, service), at }
    }

    fn put(&mut self, batch: &mut Batch, leg: &Leg) {
        let Leg { number, state, sender, sent_by, receiver, service, at } = *leg;
        let (leg_id, person) = (id(Of::Leg, number), id(Of::Person, number));
        let (family, given) = (format!("{}-{}", self.chance.one(FAMILY), self.chance.letters()), self.chance.one(GIVEN));
        let phone = format!("06399{:05}", self.chance.below(100_000));
        let year = 1_950 + i64::try_from(self.chance.below(55)).unwrap_or(0);
        let folded = format!("{} {}", family.to_lowercase().replace('-', " "), given.to_lowercase());
        let made = Cell::At(at);
        batch.needs.push(vec![Cell::Id(id(Of::Need, number)), made.clone()]);
        batch.persons.push(vec![
            Cell::Id(person),
            Cell::Id(sender),
            Cell::Text(family.clone()),
            given.into(),
            Cell::Text(folded.clone()),
            Cell::Text(phone.clone()),
            Cell::Null,
            Cell::Int(year),
            "59350".into(),
            "fr".into(),
            Cell::Truth(false),
            made.clone(),
            made.clone(),
            Cell::Int(1),
        ]);
        let form = json!({
            "adviser": {"member_id": sent_by, "name": null, "email": null, "phone": null},
            "person": {"family_name": family, "given_name": given, "contact_preferences": ["phone"], "phone": phone, "email": null,
                "other_contact": null, "language": "fr", "available_from": null, "employment_number": null, "birth_year": year,
                "commune": "59350", "household_size": 3, "statuses": ["rsa"], "protected": false},
            "reason": REASONS, "situation": SITUATION, "audiences": ["demandeurs-emploi"], "criteria": ["c1"], "criteria_note": null,
            "documents": [], "person_agreed": true, "person_informed": true});
        let snapshot = json!({"name": "Accompagnement renforcé vers l’emploi", "address": "88 rue Nationale, 59000 Lille",
            "contact_name": "Mathieu Carlier", "contact_phone": "03 53 01 55 21", "contact_email": "equipe@tremplin-lillois.example.org",
            "audiences": ["demandeurs-emploi"], "criteria": [{"id": "c1", "label": "Être inscrit à France Travail"}], "documents": [],
            "hours_per_week": 4, "weeks": 26, "taken_at": at, "service_version": 1});
        let waits = matches!(state, "sent" | "under_review" | "waitlisted");
        let decided = !waits && state != "expired" && state != "withdrawn";
        let ended = !waits && state != "accepted";
        let later = |when: bool, days: i64| if when { Cell::At(at + TimeDelta::days(days)) } else { Cell::Null };
        let lies_in = match state {
            "sent" | "under_review" | "waitlisted" => "to_handle",
            "accepted" => "in_charge",
            _ => "archived",
        };
        batch.legs.push(vec![
            Cell::Id(leg_id),
            Cell::Id(id(Of::Need, number)),
            Cell::Id(leg_id),
            "sent".into(),
            "platform".into(),
            state.into(),
            Cell::Id(sender),
            Cell::Id(sent_by),
            Cell::Id(sent_by),
            Cell::Id(receiver),
            Cell::Id(service),
            Cell::Id(person),
            Cell::Text(folded),
            Cell::Text(format!("|{phone}|")),
            Cell::Text(form.to_string()),
            Cell::Text(snapshot.to_string()),
            made.clone(),
            made.clone(),
            later(decided || state == "under_review", 2),
            later(decided, 3),
            later(ended, 20),
            made.clone(),
            later(waits, 10),
            Cell::Int(0),
            later(waits, 30),
            if state == "refused" { r#"["no_capacity"]"#.into() } else { "[]".into() },
            if state == "completed" { "done".into() } else { Cell::Null },
            "[]".into(),
            made.clone(),
            made.clone(),
            Cell::Int(2),
            lies_in.into(),
        ]);
        batch.consents.push(vec![
            Cell::Id(id(Of::Consent, number)),
            Cell::Id(person),
            Cell::Id(leg_id),
            Cell::Id(receiver),
            "referral".into(),
            r#"["identity","contact","social","documents"]"#.into(),
            made.clone(),
            Cell::Int(1),
        ]);
        if receiver == self.operators && number < POOL {
            if state == "accepted" {
                batch.assignments.push(vec![Cell::Id(leg_id), Cell::Id(self.operator), made.clone()]);
            }
            if number % 2 == 0 {
                batch.marks.push(vec![Cell::Id(leg_id), Cell::Id(self.operator), made]);
            }
        }
    }
}
