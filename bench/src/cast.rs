//! Who plays: the personas of the demo, and the service that is asked.

use serde_json::Value;

use crate::db::Db;
use crate::{Fault, Place};

/// The operator's service.
const SERVICE: &str = "relais-demo--tremplin-lillois-coaching";

/// The ids of one database that its rows and statements speak of, by name: `operator.user_id`, `service` …
#[derive(Clone, Debug)]
pub struct Cast {
    names: Vec<(String, String)>,
}

impl Cast {
    /// Reads them from the database and from what the demo printed.
    pub async fn read(place: &Place, db: &mut Db) -> Result<Self, Fault> {
        let demo: Value = serde_json::from_str(&std::fs::read_to_string(&place.demo)?)?;
        let mut names = vec![];
        for (persona, known) in demo.get("personas").and_then(Value::as_object).into_iter().flatten() {
            for field in ["user_id", "organisation_id", "service_account_id"] {
                if let Some(id) = known.get(field).and_then(Value::as_str) {
                    names.push((format!("{persona}.{field}"), id.to_owned()));
                }
            }
        }
        let service = db.ids(&format!("SELECT id FROM service WHERE source_id = '{SERVICE}'")).await?;
        names.push((
            "service".into(),
            service.into_iter().next().ok_or("the demo's service is missing: run `relais demo` first")?.to_string(),
        ));
        Ok(Self { names })
    }

    /// The id behind a name.
    pub fn id(&self, name: &str) -> Result<uuid::Uuid, Fault> {
        let found = self.names.iter().find(|(known, _)| known == name).ok_or_else(|| format!("nobody is called {name}"))?;
        Ok(found.1.parse()?)
    }

    /// Ids in a text become names in braces.
    pub fn hide(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(id, &format!("{{{name}}}")))
    }

    /// Names in braces become the ids of this database.
    pub fn show(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }
}
