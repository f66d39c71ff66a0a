//! Black-box tests over HTTP: the built program, both databases, the field's own stories.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cloned_ref_to_slice_refs,
    reason = "a test may stop at the first surprise"
)]

#[macro_use]
mod world;

mod architecture;
mod command;
mod contract;
mod drill;
mod first_light;
mod race;
mod story;
