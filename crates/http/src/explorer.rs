//! The contract, for people and for programs: the OpenAPI documents, the catalogue of errors, and the explorer.
//!
//! Everything is served from the binary: `/docs` works without a network.

mod documents;
mod errors;
mod link_page;
mod pages;
mod personas;

pub use documents::Documents;

use crate::server::Register;

/// The documentation routes; a sandbox has its own besides.
pub fn routes(config: &mut impl Register, sandbox: bool) {
    config
        .service(documents::read_openapi)
        .service(documents::read_openapi_3_0)
        .service(errors::list_errors)
        .service(errors::read_error)
        .service(pages::read_explorer)
        .service(pages::read_explorer_file);
    if sandbox {
        config.service(personas::list_personas).service(link_page::read_link_page);
    }
}
