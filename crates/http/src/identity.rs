//! Identity: sign-in, one's own account, organisations and what hangs on them.

mod auth;
mod me;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of the room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(auth::open_session)
        .service(auth::refresh_session)
        .service(auth::close_session)
        .service(auth::issue_client_token)
        .service(auth::request_password_reset)
        .service(auth::confirm_password_reset)
        .service(auth::get_jwks)
        .service(me::get_me)
        .service(me::update_me)
        .service(me::list_my_sessions)
        .service(me::delete_my_session)
        .service(me::change_my_password)
        .service(me::start_totp)
        .service(me::confirm_totp)
        .service(me::disable_totp);
}
