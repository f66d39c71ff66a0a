//! The people of the demo, for who tries the API.

use actix_web::get;
use relais_app::Refusal;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::door::{Answer, Call};

/// One person of the demo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Persona {
    /// Which part they play.
    #[schema(example = "prescriber")]
    pub name: String,
    /// With what they sign in.
    #[schema(example = "prescriber@demo.example.org")]
    pub email: String,
    /// With what they sign in.
    #[schema(example = "demo-password-prescriber")]
    pub password: String,
    /// Their role in their organisation.
    #[schema(example = "prescriber")]
    pub role: String,
}

/// Everybody of the demo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Personas {
    /// Everybody, in the order of the demo; empty before the demo has run.
    pub items: Vec<Persona>,
}

/// Lists the people of the demo
///
/// With their passwords: these accounts exist in a sandbox only. Empty before `relais demo` has run.
#[utoipa::path(
    tag = "sandbox",
    extensions(("x-permission" = json!("public")), ("x-sandbox-only" = json!(true))),
    responses((status = 200, description = "Who is who.", body = Personas)),
)]
#[get("/v1/sandbox/personas")]
pub async fn list_personas(call: Call) -> Answer {
    if !call.app.settings.sandbox {
        return Err(Refusal::NotFound.into());
    }
    call.plain(&personas(&call.app.demo().await?.unwrap_or_default()))
}

fn personas(note: &Value) -> Personas {
    let text = |persona: &Value, name: &str| persona.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let all = note.get("personas").and_then(Value::as_object).into_iter().flatten();
    let items = all.filter_map(|(name, persona)| {
        let (email, password) = (text(persona, "email")?, text(persona, "password")?);
        Some(Persona { name: name.clone(), email, password, role: text(persona, "role").unwrap_or_default() })
    });
    Personas { items: items.collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_note_of_the_demo_says_who_is_who() {
        let note = json!({"personas": {
            "prescriber": {"email": "p@example.org", "password": "secret", "role": "prescriber"},
            "partner": {"client_id": "x", "client_secret": "y"},
        }});
        let found = personas(&note).items;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].email, "p@example.org");
        assert_eq!(personas(&Value::Null).items, vec![]);
    }
}
