//! Identity: sign-in, one's own account, organisations and what hangs on them, joining.

mod auth;
mod invitation;
mod joining;
mod me;
mod member;
mod organisation;
mod role;

use crate::server::Register;

/// The operations of the room.
pub fn routes(config: &mut impl Register) {
    config
        .service(auth::open_session)
        .service(auth::refresh_session)
        .service(auth::close_session)
        .service(auth::issue_client_token)
        .service(auth::request_password_reset)
        .service(auth::confirm_password_reset)
        .service(auth::get_jwks)
        .service(joining::sign_up)
        .service(joining::confirm_email)
        .service(me::get_me)
        .service(me::update_me)
        .service(me::list_my_sessions)
        .service(me::delete_my_session)
        .service(me::change_my_password)
        .service(me::start_totp)
        .service(me::confirm_totp)
        .service(me::disable_totp)
        .service(organisation::list_organisations)
        .service(organisation::create_organisation)
        .service(organisation::get_organisation)
        .service(organisation::update_organisation)
        .service(organisation::verify_organisation)
        .service(organisation::block_organisation)
        .service(member::list_members)
        .service(member::get_member)
        .service(member::update_member)
        .service(member::delete_member)
        .service(member::replace_member_roles)
        .service(member::agree_to_member_role)
        .service(role::list_roles)
        .service(role::create_role)
        .service(role::get_role)
        .service(role::update_role)
        .service(role::delete_role)
        .service(role::list_units)
        .service(role::create_unit)
        .service(role::get_unit)
        .service(role::update_unit)
        .service(role::delete_unit)
        .service(role::explain_access)
        .service(invitation::list_invitations)
        .service(invitation::create_invitation)
        .service(invitation::get_invitation)
        .service(invitation::delete_invitation)
        .service(invitation::accept_invitation)
        .service(joining::create_structure)
        .service(joining::join_structure)
        .service(joining::list_join_requests)
        .service(joining::list_my_join_requests)
        .service(joining::get_join_request)
        .service(joining::accept_join_request)
        .service(joining::refuse_join_request)
        .service(joining::withdraw_join_request)
        .service(joining::delete_my_membership)
        .service(invitation::list_service_accounts)
        .service(invitation::create_service_account)
        .service(invitation::get_service_account)
        .service(invitation::delete_service_account)
        .service(invitation::rotate_service_account_secret);
}
