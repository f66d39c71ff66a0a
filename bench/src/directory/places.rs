//! Communes of a table with the columns of `demo/places.csv`.

use std::path::Path;

use crate::Fault;
use crate::chance::Chance;

/// A commune.
#[derive(Clone, Debug, PartialEq)]
pub struct Town {
    /// Its official code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The code of its département.
    pub departement: String,
    /// The code of its group of communes.
    pub epci: Option<String>,
    /// Degrees north and east.
    pub point: (f64, f64),
    /// One of its postal codes.
    pub postal_code: String,
}

/// The communes of France in a file.
#[derive(Debug, Default)]
pub struct Towns {
    all: Vec<Town>,
    /// How many people live in each and in those before it.
    people: Vec<u64>,
}

/// The text of a file, unpacked by gzip when it is packed.
fn text(path: &Path) -> Result<String, Fault> {
    let bytes = std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(String::from_utf8(bytes)?);
    }
    let done = std::process::Command::new("gzip").arg("-dc").arg(path).output()?;
    if !done.status.success() {
        return Err(format!("gzip cannot unpack {}", path.display()).into());
    }
    Ok(String::from_utf8(done.stdout)?)
}

/// The fields of a line: divided by commas, in quotes where a comma stands in one.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted) = (vec![String::new()], false);
    for char in line.trim_end_matches('\r').chars() {
        match char {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => {
                if let Some(last) = fields.last_mut() {
                    last.push(other);
                }
            }
        }
    }
    fields
}

fn town(header: &[String], line: &str) -> Option<(Town, u64)> {
    let fields = fields(line);
    let field = |name: &str| {
        let told = header.iter().position(|column| column == name).and_then(|at| fields.get(at));
        told.map(String::as_str).filter(|told| !told.is_empty())
    };
    if field("pays").is_some_and(|country| country != "FR") || field("type").is_some_and(|kind| kind != "COM") {
        return None;
    }
    let town = Town {
        code: field("code")?.to_owned(),
        name: field("nom")?.to_owned(),
        departement: field("departement")?.to_owned(),
        epci: field("epci").filter(|code| code.len() == 9 && code.bytes().all(|byte| byte.is_ascii_digit())).map(ToOwned::to_owned),
        point: (field("latitude")?.parse().ok()?, field("longitude")?.parse().ok()?),
        postal_code: field("codes_postaux")?.split_whitespace().next()?.to_owned(),
    };
    Some((town, field("population").and_then(|people| people.parse().ok()).unwrap_or(0)))
}

impl Towns {
    /// Reads the communes of today that have a point and a postal code.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        let towns = Self::of(&text(path)?);
        if towns.all.is_empty() {
            return Err(format!("{} tells no commune with a point and a postal code", path.display()).into());
        }
        Ok(towns)
    }

    fn of(text: &str) -> Self {
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let header = fields(lines.next().unwrap_or_default());
        let (mut towns, mut all) = (Self::default(), 0);
        for (town, people) in lines.filter_map(|line| town(&header, line)) {
            all += people;
            towns.all.push(town);
            towns.people.push(all);
        }
        towns
    }

    /// One of them: half of the time any, half of the time where people live.
    pub fn any(&self, chance: &mut Chance) -> Result<&Town, Fault> {
        let people = self.people.last().copied().unwrap_or(0);
        let index = if chance.below(2) == 0 || people == 0 {
            usize::try_from(chance.below(self.all.len() as u64))?
        } else {
            let person = chance.below(people);
            self.people.partition_point(|until| *until <= person)
        };
        Ok(self.all.get(index).ok_or("no communes")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn communes_of_france_are_read_by_their_columns() {
        let towns = Towns::of(
            "pays,code,nom,type,parent,departement,region,epci,latitude,longitude,population,codes_postaux\n\
             FR,59350,\"Lille, ville\",COM,,59,32,200093201,50.6311,3.0470,236710,59000 59800\r\n\
             FR,69381,Lyon 1er,ARM,69123,69,84,,45.77,4.83,30000,69001\n\
             CH,5586,Lausanne,COM,,CH-VD,,,46.5,6.6,140000,1003\n\
             FR,97123,Sans point,COM,,971,01,ZZZZZZZZZ,,,10,97133\n",
        );
        assert_eq!(towns.all.len(), 1);
        let lille = towns.any(&mut Chance::new(1)).unwrap();
        assert_eq!((lille.name.as_str(), lille.postal_code.as_str(), lille.epci.as_deref()), ("Lille, ville", "59000", Some("200093201")));
    }

    #[test]
    fn half_of_the_choices_follow_the_people() {
        let towns = Towns::of(
            "code,nom,departement,latitude,longitude,population,codes_postaux\n1,Bourg,01,46,5,0,01000\n2,Ville,01,46,5,1000,01000\n",
        );
        let mut chance = Chance::new(3);
        let in_town = (0..1_000).filter(|_| towns.any(&mut chance).unwrap().name == "Ville").count();
        assert!((700..800).contains(&in_town), "{in_town}");
    }
}
