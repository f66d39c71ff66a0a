//! The vocabulary that every room shares: ids, codes, bounded texts, and the values built from them.

mod blocker;
mod labels;
mod merge;
mod unfit;
mod vocabulary;

pub mod contact;
pub mod data_map;
pub mod identifier;
pub mod ids;
pub mod money;
pub mod name;
pub mod nir;
pub mod period;

pub use blocker::{Blocked, Blocker, BlockerKind};
pub use contact::{Country, EARTH_RADIUS, Email, GeoPoint, Language, Phone, PostalAddress, PostalCode, Url};
pub use identifier::{IdentifierError, IdentifierKind};
pub use labels::Labels;
pub use merge::merge_patch;
pub use money::{Currency, Money, MoneyError};
pub use name::{PersonName, fold, fold_name, fold_text};
pub use nir::contains_nir;
pub use period::Period;
pub use unfit::{forbidden, unfit_for_mail};
pub use vocabulary::{TextError, UnknownCode, check_text};
