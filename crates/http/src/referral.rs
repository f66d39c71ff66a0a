//! Referrals over HTTP: list, create, read, change, delete, then the acts.

pub(crate) mod acts;
mod booklets;
mod chain;
mod clocks;
mod documents;
mod links;
mod lists;
mod many;
mod moderation;
mod records;
mod retrievals;
mod saved_views;
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
        let ReferralView {
            line, service_changed, service_contact, contact, notices, undelivered, tell_the_person, arrived_with, mask, ..
        } = self;
        let ReferralLine { sender, receiver, handed_over_by, service, overdue, unread, assignment, filing, expire_at, updated_at, .. } =
            line;
        let adviser = contact.as_ref().map(|contact| &contact.adviser);
        let names = (sender, receiver, handed_over_by, service, adviser);
        let told = (notices, undelivered, tell_the_person);
        let asked = (service_changed, service_contact);
        // A draft whose files change keeps its version and lives longer.
        let times = (overdue, unread, expire_at, updated_at);
        let beside = (mask.bits(), names, times, asked, assignment, filing, told, arrived_with);
        digest(&beside)
    }
}

/// A short digest of what is shown beside a version.
fn digest(shown: &impl serde::Serialize) -> i32 {
    let shown = serde_json::to_vec(shown).unwrap_or_default();
    shown.iter().fold(17_i32, |digest, byte| digest.wrapping_mul(31).wrapping_add(i32::from(*byte))) & i32::MAX
}

/// Registers the room's operations.
pub fn routes(config: &mut impl Register) {
    lists::routes(config);
    records::routes(config);
    acts::routes(config);
    clocks::routes(config);
    chain::routes(config);
    many::routes(config);
    thread::routes(config);
    documents::routes(config);
    links::routes(config);
    booklets::routes(config);
    retrievals::routes(config);
    saved_views::routes(config);
    moderation::routes(config);
}
