//! Persons over HTTP: records, consents, disclosures, links, export and erasure.

mod consents;
mod links;
mod records;
mod rights;

use relais_app::person::view::{ConsentView, IdentityLinkView, PersonView};

use crate::door::Item;
use crate::server::Register;

impl Item for PersonView {
    fn version(&self) -> i32 {
        self.version
    }

    /// The records that are linked with it come and go without its version.
    fn mask(&self) -> i32 {
        let shown = serde_json::to_vec(&(self.mask.bits(), &self.linked)).unwrap_or_default();
        shown.iter().fold(17_i32, |digest, byte| digest.wrapping_mul(31).wrapping_add(i32::from(*byte))) & i32::MAX
    }
}

impl Item for ConsentView {
    fn version(&self) -> i32 {
        self.version
    }

    fn mask(&self) -> i32 {
        i32::from(self.withdrawal_reason.is_some())
    }
}

impl Item for IdentityLinkView {
    fn version(&self) -> i32 {
        self.version
    }
}

/// Registers the room's operations.
pub fn routes(config: &mut impl Register) {
    records::routes(config);
    consents::routes(config);
    links::routes(config);
    rights::routes(config);
}
