//! What no text of a referral may hold.

pub(super) use crate::shared::{forbidden, unfit_for_mail};
