//! Why may I do this, and how far?

use relais_domain::access::{Grant, Permission};
use relais_domain::identity::RoleName;
use relais_domain::shared::ids::RoleId;
use serde::Serialize;
use utoipa::ToSchema;

use super::role::sources;
use crate::{App, Caller, Refusal};

/// What gives and takes a permission.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExplanationView {
    /// The permission that was asked about.
    pub permission: Permission,
    /// Whether it reaches anything at all.
    pub granted: bool,
    /// The entries of my roles that speak of it, those that take away too.
    pub grants: Vec<ExplainedGrant>,
}

/// One entry and where it comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExplainedGrant {
    /// The role that holds it; null when it comes with the account itself or with being signed in.
    pub role_id: Option<RoleId>,
    /// The name of the role.
    #[schema(value_type = Option<RoleName>)]
    pub role_name: Option<String>,
    /// The entry, as it is held.
    pub grant: Grant,
}

/// Which of the caller's grants give a permission, and which take it.
///
/// # Errors
/// As any read.
pub async fn explain(app: &App, caller: &Caller, permission: Permission) -> Result<ExplanationView, Refusal> {
    let mut grants = vec![];
    let mut unexplained: Vec<Grant> =
        caller.policy.standing().grants.iter().filter(|grant| grant.permission == permission).cloned().collect();
    for (role, held) in sources(app, caller).await? {
        for grant in held.into_iter().filter(|grant| grant.permission == permission) {
            if let Some(at) = unexplained.iter().position(|known| *known == grant) {
                unexplained.remove(at);
            }
            let (role_id, role_name) = (role.as_ref().map(|role| role.id), role.as_ref().map(|role| role.name.clone()));
            grants.push(ExplainedGrant { role_id, role_name, grant });
        }
    }
    grants.extend(unexplained.into_iter().map(|grant| ExplainedGrant { role_id: None, role_name: None, grant }));
    Ok(ExplanationView { permission, granted: caller.policy.holds_somewhere(permission), grants })
}
