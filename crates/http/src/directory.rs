//! The directory: services, structures, places, reference lists, what readers keep of them and say of them.

mod bookmark;
mod data_inclusion;
mod hsds;
mod import;
mod owner;
mod place;
mod reference;
mod report;
mod saved_search;
mod service;
mod structure;

use crate::server::Register;

/// The operations of the room.
pub fn routes(config: &mut impl Register) {
    config
        .service(service::list_services)
        .service(service::create_service)
        .service(service::get_service_map)
        .service(service::get_service)
        .service(service::update_service)
        .service(service::publish_service)
        .service(service::suspend_service)
        .service(service::confirm_service)
        .service(service::archive_service)
        .service(service::get_service_actions)
        .service(service::get_service_contact)
        .service(report::report_service)
        .service(report::list_service_reports)
        .service(report::settle_service_report)
        .service(owner::list_contact_readings)
        .service(owner::get_service_history)
        .service(bookmark::list_bookmarks)
        .service(bookmark::create_bookmark)
        .service(bookmark::get_bookmark)
        .service(bookmark::update_bookmark)
        .service(bookmark::delete_bookmark)
        .service(saved_search::list_saved_searches)
        .service(saved_search::create_saved_search)
        .service(saved_search::get_saved_search)
        .service(saved_search::update_saved_search)
        .service(saved_search::delete_saved_search)
        .service(structure::list_structures)
        .service(structure::get_structure)
        .service(import::list_imports)
        .service(import::create_import)
        .service(import::get_import)
        .service(import::delete_import)
        .service(import::upload_structures)
        .service(import::upload_services)
        .service(import::start_import)
        .service(import::get_import_report)
        .service(place::list_places)
        .service(place::get_place)
        .service(reference::list_reference)
        .service(reference::get_reference)
        .service(hsds::get_hsds)
        .service(hsds::list_hsds_services)
        .service(hsds::get_hsds_service)
        .service(hsds::list_hsds_organizations)
        .service(hsds::get_hsds_organization)
        .service(hsds::list_hsds_service_at_locations)
        .service(hsds::get_hsds_service_at_location)
        .service(hsds::list_hsds_taxonomies)
        .service(hsds::get_hsds_taxonomy)
        .service(hsds::list_hsds_taxonomy_terms)
        .service(hsds::get_hsds_taxonomy_term)
        .service(data_inclusion::list_data_inclusion_structures)
        .service(data_inclusion::get_data_inclusion_structure)
        .service(data_inclusion::list_data_inclusion_services)
        .service(data_inclusion::get_data_inclusion_service)
        .service(data_inclusion::search_data_inclusion_services)
        .service(data_inclusion::list_data_inclusion_sources)
        .service(data_inclusion::get_data_inclusion_doc);
}
