//! Ids of records that have no row of their own.

use uuid::Uuid;

use crate::shared::ids::ServiceId;

/// The namespace of what belongs to the directory as a whole: taxonomies and their terms.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f0b_1c52_8d7e_5a34_9b61_2e47_c0da_83f5);

/// The number of a service's last other place; 0 is its address.
pub const LAST_PLACE: u8 = 50;
/// The number of the place that is no place: by telephone or over the Internet.
pub const REMOTE_PLACE: u8 = 51;

/// The id of what belongs to the directory as a whole (UUID v5).
pub(super) fn common(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// The id of what belongs to one record (UUID v5 in the namespace of its owner).
pub(super) fn owned(owner: Uuid, name: &str) -> Uuid {
    Uuid::new_v5(&owner, name.as_bytes())
}

/// The 62 bits of a UUID after its variant.
const TAIL: u128 = (1 << 62) - 1;
/// How far the ids of two places of one service lie apart: an odd number, so large that it meets no neighbour.
const STEP: u128 = 0x1545_f491_4f6c_dd1d;
const VERSION: u128 = 0xf << 76;

fn moved(id: u128, by: u128, version: u128) -> u128 {
    let tail = (id & TAIL).wrapping_add(by) & TAIL;
    (id & !TAIL & !VERSION) | (version << 76) | tail
}

/// The id of a service at one of its places (UUID v8), by the number of the place. It can be led back to the service: no table
/// of such ids is kept.
pub fn service_at_location_id(service: ServiceId, number: u8) -> Uuid {
    Uuid::from_u128(moved(service.0.as_u128(), STEP.wrapping_mul(u128::from(number)), 8))
}

/// The services whose place may have this id, with the number of the place; at most one of them exists.
pub fn services_behind(id: Uuid) -> Vec<(ServiceId, u8)> {
    if id.get_version_num() != 8 {
        return Vec::new();
    }
    let back = |number: u8| moved(id.as_u128(), 0_u128.wrapping_sub(STEP.wrapping_mul(u128::from(number))), 7);
    (0..=REMOTE_PLACE).map(|number| (ServiceId(Uuid::from_u128(back(number))), number)).collect()
}
