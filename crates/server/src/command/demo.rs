//! `relais demo`: an empty sandbox filled with people and places to try, through the program's own use cases.

mod cast;
mod story;

use std::sync::Arc;

use clap::Args;
use relais_app::{App, identity};
use relais_domain::identity::Actor;
use relais_domain::shared::ids::{ServiceAccountId, UserId};
use relais_persistence::platform::instance;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Stop, print_json};
use crate::config::Common;

/// Options of the demo.
#[derive(Clone, Debug, Args)]
pub struct DemoOptions {
    /// Print the personas for scripts
    #[arg(long)]
    json: bool,
}

/// Demo tokens live a day of real time.
const TOKEN_SECONDS: i64 = 24 * 3600;

/// Fills an empty sandbox once, and prints the personas with fresh tokens every time.
///
/// # Errors
/// Exit 2 outside the sandbox, and on a database that holds anything else.
pub async fn demo(common: &Common, options: &DemoOptions) -> Result<(), Stop> {
    if !common.sandbox {
        return Err(Stop::refused("the demo fills a sandbox only: set RELAIS_SANDBOX=true"));
    }
    let app = common.start().await?;
    let personas = if let Some(known) = instance::demo(&app.db).await? { known } else { fill(&app).await? };
    let fresh = with_tokens(&app, &personas).await?;
    let answer = json!({"base_url": common.public_url(), "personas": fresh});
    if options.json {
        print_json(&answer);
    } else {
        print_people(&answer);
    }
    app.db.clone().close().await;
    Ok(())
}

async fn fill(app: &Arc<App>) -> Result<Value, Stop> {
    if relais_persistence::identity::names::anybody(&app.db).await? {
        return Err(Stop::refused("the database holds data already; the demo fills an empty one only"));
    }
    let personas = story::fill(app).await?;
    let tx = app.db.write(&app.system_ctx(Actor::CommandLine, "demo")).await?;
    instance::note_demo(&tx, personas.clone(), app.clock.now()).await?;
    tx.commit().await?;
    Ok(personas)
}

async fn with_tokens(app: &App, personas: &Value) -> Result<Map<String, Value>, Stop> {
    let mut fresh = personas.get("personas").and_then(Value::as_object).cloned().unwrap_or_default();
    for persona in fresh.values_mut() {
        let id = |name: &str| persona.get(name).and_then(Value::as_str).and_then(|text| text.parse::<Uuid>().ok());
        let who = match (id("user_id"), id("service_account_id")) {
            (Some(user), _) => Actor::User(UserId(user)),
            (None, Some(account)) => Actor::ServiceAccount(ServiceAccountId(account)),
            (None, None) => continue,
        };
        let ctx = app.system_ctx(Actor::CommandLine, "demo");
        let token = identity::issue_token(app, &ctx, who, TOKEN_SECONDS).await?;
        if let Some(fields) = persona.as_object_mut() {
            fields.insert("token".into(), token.into());
        }
    }
    Ok(fresh)
}

fn print_people(answer: &Value) {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    println!("\nWho is who (the sandbox's passwords are no secrets):\n");
    for (name, persona) in answer.get("personas").and_then(Value::as_object).into_iter().flatten() {
        println!("  {name:<15} {:<42} {:<34} {}", text(persona, "email"), text(persona, "password"), text(persona, "role"));
    }
    println!("{}", FIRST_LINES.replace("{base_url}", &text(answer, "base_url")));
}

/// The first requests, with the variables that `make run` writes to `data/demo.env`.
const FIRST_LINES: &str = r#"
First requests (first: `. data/demo.env`):

  # where does the person live? near Lille
  COMMUNE=$(curl -s "$RELAIS/v1/places?q=lill" | sed 's/{"items":\[{"code":"\([^"]*\)".*/\1/'); echo "$COMMUNE"

  # find a service near there that helps to find work and takes referrals
  SERVICE_ID=$(curl -s "$RELAIS/v1/services?commune=$COMMUNE&topic=trouver-un-emploi&accepts_referrals=true&facets=true" | sed 's/{"items":\[{"id":"\([^"]*\)".*/\1/'); echo "$SERVICE_ID"

  # may the person come, and what is to be asked next?
  curl -s "$RELAIS/v1/services/$SERVICE_ID/eligibility" -H 'Content-Type: application/json' -d "{\"age\":24,\"commune\":\"$COMMUNE\"}"

  # make a draft and send it
  ID=$(curl -s "$RELAIS/v1/referrals" -H "Authorization: Bearer $PRESCRIBER_TOKEN" -H 'Content-Type: application/json' -d "{\"service_id\":\"$SERVICE_ID\",\"person\":{\"family_name\":\"Sow\",\"given_name\":\"Awa\",\"contact_preferences\":[\"phone\"],\"phone\":\"0639981234\"},\"person_agreed\":true,\"person_informed\":true}" | sed 's/{"id":"\([^"]*\)".*/\1/')
  curl -s -X POST "$RELAIS/v1/referrals/$ID/send" -H "Authorization: Bearer $PRESCRIBER_TOKEN" -H 'Content-Type: application/json' -d '{"override_reason":"first try"}'

  # take it in charge as the structure's operator
  curl -s -X POST "$RELAIS/v1/referrals/$ID/accept" -H "Authorization: Bearer $OPERATOR_TOKEN"

  # read the mails that went out
  curl -s "$RELAIS/v1/sandbox/mailbox" -H "Authorization: Bearer $PRESCRIBER_TOKEN"

  # move the clock by eleven days: reminders leave for what nobody answered
  curl -s -X POST "$RELAIS/v1/sandbox/clock" -H "Authorization: Bearer $PRESCRIBER_TOKEN" -H 'Content-Type: application/json' -d '{"advance":"P11D"}'
"#;
