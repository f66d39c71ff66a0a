//! A feed in the shape of data·inclusion: the same structures and services in every run with the same options.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::places::{Town, Towns};
use super::words::{self, Subject};
use crate::Fault;
use crate::chance::Chance;

/// The source that all records name.
pub const SOURCE: &str = "relais-bench";
/// How many services a structure has.
const SERVICES_EACH: u64 = 4;
/// Entries were touched within so many days.
const OLDEST: u64 = 900;

/// Options of `directory-fill`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// A table of communes with the columns of `demo/places.csv`, plain or packed by gzip
    #[arg(long, default_value = "demo/places.csv")]
    places: PathBuf,
    #[arg(long, default_value_t = 20_000)]
    services: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// No entry was touched after this day
    #[arg(long, default_value = "2026-10-01")]
    until: NaiveDate,
    /// Where `structures.ndjson` and `services.ndjson` are written
    #[arg(long)]
    folder: PathBuf,
}

/// The digit that makes a number pass Luhn's test.
fn check_digit(digits: &str) -> u32 {
    let doubled = |(place, digit): (usize, u32)| match digit * 2 {
        twice if place % 2 == 0 => twice / 10 + twice % 10,
        _ => digit,
    };
    let sum: u32 = digits.chars().rev().filter_map(|char| char.to_digit(10)).enumerate().map(doubled).sum();
    (10 - sum % 10) % 10
}

/// A sound SIRET that begins with a zero, as no real one does; zeros alone are not sound.
fn siret(number: u64) -> String {
    let company = format!("0{number:07}");
    let place = format!("{company}{}0001", check_digit(&company));
    format!("{place}{}", check_digit(&place))
}

/// Where something is.
fn placed(record: &mut Value, town: &Town, chance: &mut Chance) {
    #[expect(clippy::cast_precision_loss, reason = "a number below 200")]
    let mut off = || (chance.below(201) as f64 - 100.0) / 5_000.0;
    let (latitude, longitude) = (town.point.0 + off(), town.point.1 + off());
    let address = json!({"adresse": format!("{} {}", 1 + chance.below(120), chance.one(words::STREETS)), "code_postal": town.postal_code,
        "commune": town.name, "code_insee": town.code, "latitude": rounded(latitude), "longitude": rounded(longitude)});
    if let (Some(record), Value::Object(address)) = (record.as_object_mut(), address) {
        record.extend(address);
    }
}

/// Five digits after the point: a metre.
pub fn rounded(degrees: f64) -> f64 {
    (degrees * 100_000.0).round() / 100_000.0
}

/// Writes feeds.
#[derive(Debug)]
struct Writer<'a> {
    options: &'a Options,
    towns: Towns,
    chance: Chance,
}

impl Writer<'_> {
    /// What is told in so many cases of a hundred.
    fn told(&mut self, percent: u64, value: impl Into<Value>) -> Value {
        if self.chance.below(100) < percent { value.into() } else { Value::Null }
    }

    fn day(&mut self) -> String {
        let days = self.chance.below(OLDEST);
        (self.options.until - TimeDelta::days(i64::try_from(days).unwrap_or(0))).to_string()
    }

    fn structure(&mut self, number: u64, town: &Town) -> Value {
        let called = words::surname(&mut self.chance);
        let sort = self.chance.one(&["Association", "Centre social", "Maison", "Atelier", "Régie de quartier", "Mission"]);
        let phone = format!("03 53 01 {:02} {:02}", self.chance.below(100), self.chance.below(100));
        let mut record = json!({"source": SOURCE, "id": format!("{SOURCE}--{number:06}"), "nom": format!("{sort} {called}"),
            "date_maj": self.day(), "description": format!("{sort} qui agit à {} et dans les environs.", town.name),
            "siret": self.told(80, siret(number + 1)), "telephone": self.told(80, phone),
            "courriel": self.told(70, format!("contact-{number}@structure.example.org")),
            "site_web": self.told(50, format!("https://structure-{number}.example.org")),
            "horaires_accueil": self.told(40, words::HOURS.first().copied())});
        placed(&mut record, town, &mut self.chance);
        record
    }

    fn description(&mut self, subject: &Subject, town: &Town) -> String {
        let mut text = subject.first.to_owned();
        let lead = words::surname(&mut self.chance);
        let from = self.chance.below(words::SENTENCES.len() as u64);
        for step in 0..4 {
            // An odd stride visits each of the sixteen once.
            let index = usize::try_from((from + 5 * step) % words::SENTENCES.len() as u64).unwrap_or(0);
            text.push(' ');
            text.push_str(words::SENTENCES.get(index).copied().unwrap_or_default());
        }
        // Writing to a string cannot fail.
        let _ = write!(text, " L’accueil se fait à {}, auprès de {lead}.", town.name);
        text
    }

    fn topics(&mut self, subject: &Subject) -> Vec<&'static str> {
        let mut topics = vec![subject.topic];
        for _ in 0..self.chance.below(3) {
            if let Some(other) = words::any(&mut self.chance, words::SUBJECTS).filter(|other| !topics.contains(&other.topic)) {
                topics.push(other.topic);
            }
        }
        topics
    }

    fn audiences(&mut self) -> Vec<&'static str> {
        if self.chance.below(3) == 0 {
            return vec!["tous-publics"];
        }
        let mut audiences: Vec<&str> = (0..=self.chance.below(3)).map(|_| self.chance.one(words::AUDIENCES)).collect();
        audiences.sort_unstable();
        audiences.dedup();
        audiences
    }

    fn coverage(&mut self, town: &Town) -> Value {
        match self.chance.below(100) {
            0..20 => json!([town.code]),
            20..40 => json!([town.epci.as_ref().unwrap_or(&town.departement)]),
            40..75 => json!([town.departement]),
            75..85 => json!(["france"]),
            _ => Value::Null,
        }
    }

    fn service(&mut self, number: u64, structure: u64, town: &Town) -> Result<Value, Fault> {
        let subject = words::any(&mut self.chance, words::SUBJECTS).ok_or("no subjects")?;
        let topics = self.topics(subject);
        let (audiences, conditions) = (self.audiences(), [(); 3].map(|()| self.chance.one(words::CONDITIONS)).join("\n"));
        let (fee, fee_note) = match self.chance.below(10) {
            0..6 => ("gratuit", None),
            _ => ("payant", Some(format!("{} € par an", 5 + self.chance.below(60)))),
        };
        let (receptions, on_site): (&[&str], bool) = match self.chance.below(100) {
            0..70 => (&["en-presentiel"], true),
            70..85 => (&["a-distance"], false),
            _ => (&["en-presentiel", "a-distance"], true),
        };
        let ways: &[&str] = if on_site { &["se-presenter", "telephoner"] } else { &["telephoner", "envoyer-un-courriel"] };
        let phone = format!("03 53 01 {:02} {:02}", self.chance.below(100), self.chance.below(100));
        let mut record = json!({"source": SOURCE, "id": format!("{SOURCE}--{number:06}"), "structure_id": format!("{SOURCE}--{structure:06}"),
            "nom": format!("{} à {}", subject.name, town.name), "description": self.description(subject, town), "type": self.told(95, subject.kind),
            "thematiques": topics, "publics": self.told(90, audiences), "frais": self.told(90, fee), "frais_precisions": fee_note,
            "publics_precisions": self.told(30, "À partir de 18 ans, avec l’accord du référent."),
            "conditions_acces": self.told(60, conditions), "modes_accueil": receptions, "zone_eligibilite": self.coverage(town),
            "modes_mobilisation": self.told(90, ways), "mobilisable_par": self.told(85, &["professionnels", "usagers"][..]),
            "contact_nom_prenom": self.told(60, format!("Camille {}", words::surname(&mut Chance::new(number)))),
            "telephone": self.told(80, phone), "courriel": self.told(70, format!("service-{number}@structure.example.org")),
            "lien_source": format!("https://source.example.org/services/{number}"), "date_maj": self.day(),
            "volume_horaire_hebdomadaire": self.told(30, 4), "nombre_semaines": self.told(30, 26)});
        if let (Some(hours), Some(fields)) = (words::any(&mut self.chance, words::HOURS), record.as_object_mut()) {
            fields.insert("horaires_accueil".into(), self.told(40, *hours));
        }
        if on_site {
            placed(&mut record, town, &mut self.chance);
        }
        Ok(record)
    }
}

/// Writes the two files of a feed.
pub fn write(options: &Options) -> Result<(), Fault> {
    let towns = Towns::read(&options.places)?;
    let mut writer = Writer { options, towns, chance: Chance::new(options.seed) };
    std::fs::create_dir_all(&options.folder)?;
    let mut structures = BufWriter::new(File::create(options.folder.join("structures.ndjson"))?);
    let mut services = BufWriter::new(File::create(options.folder.join("services.ndjson"))?);
    for number in 0..options.services {
        let structure = number / SERVICES_EACH;
        let town = writer.towns.any(&mut writer.chance)?.clone();
        if number.is_multiple_of(SERVICES_EACH) {
            writeln!(structures, "{}", writer.structure(structure, &town))?;
        }
        writeln!(services, "{}", writer.service(number, structure, &town)?)?;
    }
    structures.flush()?;
    services.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_luhn() {
        assert_eq!(check_digit("7992739871"), 3);
        assert_eq!(siret(683_099).len(), 14);
    }
}
