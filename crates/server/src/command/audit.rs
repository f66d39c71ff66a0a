//! `relais audit verify`.

use clap::Subcommand;
use serde_json::json;

use super::{Stop, print_json};
use crate::config::Common;

/// What to check.
#[derive(Clone, Debug, Subcommand)]
pub enum AuditCommand {
    /// Compute the seals of both journals again; names the first bad row
    Verify {
        /// For scripts
        #[arg(long)]
        json: bool,
    },
}

/// Checks the journals.
///
/// # Errors
/// Exit 2 when a row is not what was written.
pub async fn audit(common: &Common, command: &AuditCommand) -> Result<(), Stop> {
    let AuditCommand::Verify { json } = command;
    let app = common.start().await?;
    let outcome = relais_app::audit::verify(&app).await?;
    app.db.clone().close().await;
    match outcome {
        Ok(verified) => {
            if *json {
                print_json(&json!({"ok": true, "mutations": verified.mutations, "accesses": verified.accesses}));
            } else {
                println!("sound: {} mutations, {} accesses", verified.mutations, verified.accesses);
            }
            Ok(())
        }
        Err(broken) => {
            if *json {
                print_json(
                    &json!({"ok": false, "journal": broken.journal, "position": broken.position, "id": broken.id, "why": broken.why.to_string()}),
                );
            }
            Err(Stop::refused(broken.to_string()))
        }
    }
}
