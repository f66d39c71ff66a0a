//! Referrals over HTTP: list, create, read, change, delete, then the acts.

mod acts;
mod links;
mod lists;
mod records;
mod thread;

use relais_app::referral::view::ReferralView;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::door::Item;

impl Item for ReferralView {
    fn version(&self) -> i32 {
        self.line.version
    }

    fn mask(&self) -> i32 {
        self.mask.bits()
    }
}

/// Registers the room's operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    lists::routes(config);
    records::routes(config);
    acts::routes(config);
    thread::routes(config);
    links::routes(config);
}
