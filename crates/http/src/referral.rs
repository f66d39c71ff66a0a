//! Referrals over HTTP: list, create, read, change, delete, then the acts.

mod acts;
mod documents;
mod links;
mod lists;
mod records;
mod thread;

use crate::server::Register;
use relais_app::referral::view::{ReferralLine, ReferralView};

use crate::door::Item;

impl Item for ReferralView {
    fn version(&self) -> i32 {
        self.line.version
    }

    /// Much of what is shown moves without the leg's version: filing, assignment, reading marks, names, the service, time.
    fn mask(&self) -> i32 {
        let ReferralView { line, service_changed, contact, notices, mask, .. } = self;
        let ReferralLine { sender, receiver, service, overdue, unread, assignment, filing, .. } = line;
        let adviser = contact.as_ref().map(|contact| &contact.adviser);
        let beside = (mask.bits(), (sender, receiver, service, adviser), (overdue, unread, service_changed), assignment, filing, notices);
        let shown = serde_json::to_vec(&beside).unwrap_or_default();
        shown.iter().fold(17_i32, |digest, byte| digest.wrapping_mul(31).wrapping_add(i32::from(*byte))) & i32::MAX
    }
}

/// Registers the room's operations.
pub fn routes(config: &mut impl Register) {
    lists::routes(config);
    records::routes(config);
    acts::routes(config);
    thread::routes(config);
    documents::routes(config);
    links::routes(config);
}
