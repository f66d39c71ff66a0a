//! The identity room: entities and queries.

mod founding;

pub mod entity;
pub mod names;
pub mod read;
pub mod standing;
pub mod view;
pub mod write;

pub use entity::account_token::Model as AccountToken;
pub use entity::app_user::Model as User;
pub use entity::invitation::Model as Invitation;
pub use entity::join_request::Model as JoinRequest;
pub use entity::membership::Model as Membership;
pub use entity::organisation::Model as Organisation;
pub use entity::role::Model as Role;
pub use entity::role_assignment::Model as RoleAssignment;
pub use entity::service_account::Model as ServiceAccount;
pub use entity::session::Model as Session;
pub use entity::unit::Model as Unit;
