//! Who signs in: credentials, sessions, organisations, members, roles.

mod assign;
mod branch;
mod budget;
mod cache;
mod enter;
mod explain;
mod face;
mod invitation;
mod join;
mod join_request;
mod me;
mod member;
mod organisation;
mod password;
mod place;
mod refresh;
mod role;
mod service_account;
mod session;
mod sign_in;
mod sign_up;
mod standing;
mod structure;
mod totp;
mod unit;

pub use assign::{AgreeToRole, RoleHeld, RolesHeld, agree_to_role, assign_roles};
pub use cache::SessionCache;
pub use enter::{Credentials, enter, of_session};
pub use explain::{ExplainedGrant, ExplanationView, explain};
pub use invitation::{
    AcceptInvitation, AcceptedInvitation, InvitationCreate, accept_invitation, create_invitation, list_invitations, read_invitation,
    revoke_invitation,
};
pub use join_request::{
    AcceptJoinRequest, JoinStructure, RefuseJoinRequest, accept_join_request, join_structure, list_join_requests, my_join_requests,
    read_join_request, refuse_join_request, withdraw_join_request,
};
pub use me::{AccountView, ActingForView, MePatch, MeView, MembershipView, ModeView, SessionView, end_session, me, my_sessions, update_me};
pub use member::{MemberPatch, end_membership, leave, list_members, read_member, update_member};
pub use organisation::{
    BlockOrganisation, OrganisationCreate, OrganisationPatch, block_organisation, create_organisation, list_organisations,
    read_organisation, update_organisation, verify_organisation,
};
pub use password::{ChangePassword, ConfirmReset, ResetRequest, change_password, confirm_reset, request_reset};
pub use refresh::{RefreshRequest, refresh};
pub use role::{RoleCreate, RolePatch, create_role, delete_role, list_roles, read_role, update_role};
pub use service_account::{
    ServiceAccountCreate, ServiceAccountSecret, close_service_account, create_service_account, list_service_accounts, read_service_account,
    rotate_secret,
};
pub use session::{issue_token, open_link_session};
pub use sign_in::{ClientLogin, ClientTokens, GrantType, LoginRequest, TokenPair, login, login_client, logout};
pub use sign_up::{ConfirmEmail, SignUp, confirm_email, sign_up};
pub use structure::{StructureCreate, create_structure};
pub use totp::{ConfirmTotp, DisableTotp, TotpSecret, confirm_totp, disable_totp, start_totp};
pub use unit::{UnitCreate, UnitPatch, create_unit, delete_unit, list_units, read_unit, update_unit};

pub(crate) use place::reaches;

use crate::patch::patched;

pub use relais_persistence::identity::read::OrganisationFilter;
pub use relais_persistence::identity::view;

/// The public keys of access tokens, as a JSON Web Key Set (RFC 7517).
pub fn jwks(app: &crate::App) -> serde_json::Value {
    app.keys.tokens.jwks()
}
