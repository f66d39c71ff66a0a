//! The data of the catalogue: one list per room, in the order of their statuses.

mod directory;
mod document;
mod general;
mod identity;
mod person;
mod platform;
mod referral;
mod report;
#[cfg(test)]
mod tests;

/// One code: usual status, one line in English and in French, and what to do about it.
#[derive(Debug)]
pub struct Entry(pub &'static str, pub u16, pub &'static str, pub &'static str, pub &'static str);

/// The lists.
const ROOMS: &[&[Entry]] =
    &[general::CODES, identity::CODES, person::CODES, platform::CODES, directory::CODES, referral::CODES, document::CODES, report::CODES];

/// Every code, room by room.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    ROOMS.iter().copied().flatten()
}
