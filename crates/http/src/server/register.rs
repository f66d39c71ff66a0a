//! Where rooms hand in their operations.

use actix_web::dev::HttpServiceFactory;
use utoipa_actix_web::OpenApiFactory;

/// Takes operations: once with what they declare about themselves, for the document, and in each thread that answers
/// without it, because a declaration costs more than a route.
pub trait Register {
    /// Takes one operation.
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self;
}

impl Register for utoipa_actix_web::service_config::ServiceConfig<'_> {
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        Self::service(self, operation)
    }
}

impl Register for actix_web::web::ServiceConfig {
    fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        Self::service(self, operation)
    }
}
