//! `relais user` and `relais service-account`: the first accounts, before anybody can sign in to make them.

use std::io::BufRead as _;

use clap::Subcommand;
use relais_app::setup::{self, NewUser};
use relais_domain::access::{Template, grants_of};
use relais_domain::identity::{Actor, Password, password_problems};
use relais_domain::shared::contact::{Email, Language};
use relais_domain::shared::ids::OrganisationId;
use serde_json::json;

use super::{Stop, print_json};
use crate::config::Common;

/// People who sign in.
#[derive(Clone, Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user; the password is read from standard input
    Add {
        /// E-mail, for signing in
        #[arg(long)]
        email: String,
        /// Name, as others see it
        #[arg(long)]
        name: String,
        /// fr, nl, de or en
        #[arg(long, default_value = "fr")]
        language: String,
        /// `platform_moderator` or `platform_admin`
        #[arg(long)]
        platform_role: Option<String>,
        /// The organisation to join
        #[arg(long)]
        organisation: Option<OrganisationId>,
        /// Standard roles there, such as `organisation_admin`
        #[arg(long, value_delimiter = ',')]
        roles: Vec<String>,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
}

/// Accounts of partner platforms.
#[derive(Clone, Debug, Subcommand)]
pub enum ServiceAccountCommand {
    /// Add an account; its secret is printed once
    Add {
        /// The organisation that it acts for
        #[arg(long)]
        organisation: OrganisationId,
        /// Its name
        #[arg(long)]
        name: String,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
}

fn parsed<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, Stop> {
    text.parse().map_err(|_| Stop::refused(format!("{what} {text:?} is not known")))
}

/// Manages users.
///
/// # Errors
/// Exit 2 for what is not accepted.
pub async fn user(common: &Common, command: UserCommand) -> Result<(), Stop> {
    let UserCommand::Add { email, name, language, platform_role, organisation, roles, json } = command;
    let email: Email = parsed("the e-mail", &email)?;
    let language: Language = parsed("the language", &language)?;
    let platform_role = platform_role.map(|role| parsed::<Template>("the platform role", &role)).transpose()?;
    let roles = roles.iter().map(|role| parsed::<Template>("the role", role)).collect::<Result<Vec<_>, _>>()?;
    eprintln!("password for {email}:");
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).map_err(|error| Stop::new(error.to_string()))?;
    let password = password.trim_end_matches(['\r', '\n']);
    let password: Password = Password::from(password.to_owned());
    if let Some(blocker) = password_problems(&password, &email, "/password").first() {
        return Err(Stop::refused(format!("the password is refused: {}", blocker.code)));
    }

    let app = common.start().await?;
    let hash = app.passwords.hash(password.as_str()).await.map_err(|error| Stop::new(error.to_string()))?;
    let mut tx = app.db.write(&app.system_ctx(Actor::CommandLine, "user-add")).await?;
    let user = setup::add_user(&app, &mut tx, NewUser { email, name, language, platform_role }, hash).await?;
    if let Some(organisation) = organisation {
        setup::standard_roles(&mut tx, organisation).await?;
        setup::join(&mut tx, organisation, user, &roles, None).await?;
    }
    tx.commit().await?;
    app.db.clone().close().await;
    if json {
        print_json(&json!({"user_id": user}));
    } else {
        println!("added {user}");
    }
    Ok(())
}

/// Manages service accounts.
///
/// # Errors
/// Exit 2 for what is not accepted.
pub async fn service_account(common: &Common, command: ServiceAccountCommand) -> Result<(), Stop> {
    let ServiceAccountCommand::Add { organisation, name, json } = command;
    let app = common.start().await?;
    let mut tx = app.db.write(&app.system_ctx(Actor::CommandLine, "service-account-add")).await?;
    let (id, client_id, secret) = setup::add_service_account(&mut tx, organisation, &name, &grants_of(Template::Partner)).await?;
    tx.commit().await?;
    app.db.clone().close().await;
    if json {
        print_json(&json!({"id": id, "client_id": client_id, "client_secret": secret}));
    } else {
        println!("client_id      {client_id}\nclient_secret  {secret}\nThe secret is not shown again.");
    }
    Ok(())
}
