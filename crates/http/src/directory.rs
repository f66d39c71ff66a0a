//! The directory: services, structures, places, reference lists.

mod place;
mod reference;
mod service;
mod structure;

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of the room.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(service::list_services)
        .service(service::create_service)
        .service(service::get_service)
        .service(service::update_service)
        .service(service::publish_service)
        .service(service::suspend_service)
        .service(service::confirm_service)
        .service(service::archive_service)
        .service(service::get_service_actions)
        .service(service::get_service_contact)
        .service(structure::list_structures)
        .service(structure::get_structure)
        .service(place::list_places)
        .service(place::get_place)
        .service(reference::list_reference)
        .service(reference::get_reference);
}
